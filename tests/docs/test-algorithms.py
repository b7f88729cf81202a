#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/plugins/algorithms.md lists what the tables of the engine have."""

import os
import re
import unittest

from pages import ROOT, read

PAGE = "docs/plugins/algorithms.md"
KINDS = {
    "HASH": "hash", "CIPHER": "cipher", "AUTH_TAG": "auth tag", "KEY_AGREEMENT": "key agreement",
    "SAS": "SAS"
}

BASE = re.compile(r'\.base = \{"(.{4})", ZRTP_KIND_(\w+), (TRUE|FALSE)(?:, (\d+))?\}')
DEFAULTS = re.compile(r'\[ZRTP_KIND_(\w+)\] = "([^"]+)"')
ROW = re.compile(r"^\| `(\w+)` \| ([\w ]+) \| (.+) \| (\d*) ?\| (\d*) ?\|$", re.MULTILINE)


def read_engine():
    """{name: (kind, mandatory, bits)}, and {name: place in the default order}"""
    rows, places = {}, {}
    for name in sorted(os.listdir(os.path.join(ROOT, "ext/zrtp/crypto"))):
        if name.endswith(".c"):
            for row in BASE.findall(read("ext/zrtp/crypto/" + name)):
                rows[row[0].strip()] = (KINDS[row[1]], row[2] == "TRUE", int(row[3] or 0))
    for _, names in DEFAULTS.findall(read("ext/zrtp/agreement/zrtppolicy.c")):
        places.update((one, i + 1) for i, one in enumerate(names.split(",")))
    return rows, places


class TestAlgorithms(unittest.TestCase):
    def test_supported(self):
        rows, places = read_engine()
        text = read(PAGE).split("\n## Left out", 1)[0]
        listed = {}
        for name, kind, what, bits, place in ROW.findall(text):
            listed[name] = (kind, "; must" in what, int(bits or 0))
            self.assertEqual(int(place or 0), places.get(name, 0), name)
        self.assertEqual(listed, rows)

    def test_left_out(self):
        rows, _ = read_engine()
        for part in read(PAGE).split("\n## Left out")[1:]:
            heading, _, body = part.partition("\n")
            for name in re.findall(r"`(\w{4})", heading + "".join(re.findall(r"^\| (`.*?) \|", body, re.M))):
                self.assertNotIn(name, rows)


if __name__ == "__main__":
    unittest.main()
