#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example's offer and answer, and its call.

usage: test-sdp-call.py PROGRAM
"""

import re
import subprocess
import sys
import unittest

PROGRAM = sys.argv[1:]


class TestSdpCall(unittest.TestCase):
    def test_call(self):
        done = subprocess.run(PROGRAM, stdout=subprocess.PIPE, text=True, timeout=120, check=True)
        texts = re.findall(r"^(\w+) says:\n(v=0\r?\n.*?)\n\n", done.stdout,
                           re.MULTILINE | re.DOTALL)
        self.assertEqual([name for name, _ in texts], ["alice", "bob"], done.stdout)
        hashes = set()
        for _, text in texts:
            session, media = re.split(r"^(?=m=)", text, maxsplit=1, flags=re.MULTILINE)
            self.assertNotIn("zrtp-hash", session)
            # Z-4-02
            self.assertRegex(media, r"^m=audio \d+ RTP/AVP 8\b")
            # Z-4-03 Z-4.1-01
            found = re.findall(r"^a=zrtp-hash:1\.10 ([0-9a-f]{64})\r?$", media, re.MULTILINE)
            self.assertEqual(len(found), 1, media)
            hashes.update(found)
        self.assertEqual(len(hashes), 2)
        ends = re.findall(r"^(\w+): SAS (\S{4}), hello-hash-status match$", done.stdout,
                          re.MULTILINE)
        self.assertEqual([name for name, _ in ends], ["alice", "bob"], done.stdout)
        self.assertEqual(ends[0][1], ends[1][1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
