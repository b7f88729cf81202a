#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people call each other through the example PBX, on one machine.

usage: test-pbx.py PBX PHONE     the programs: pbx.py, and sas-call in C or Python
"""

import os
import subprocess
import sys
import tempfile
import unittest

from terminal import Terminal

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lib")
PBX, PHONE = sys.argv[1:3]


def free_ports():
    """Four, each with the next one, and no other test's that runs at the same time."""
    found = []
    first = 20000 + os.getpid() % 2000 * 16
    while len(found) < 8:
        done = subprocess.run([sys.executable, os.path.join(LIB, "free-ports.py"), str(first)],
                              stdout=subprocess.PIPE, check=True, text=True)
        found += done.stdout.split()
        first = int(found[-1]) + 1
    return found[::2]


class TestPbx(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *command, **environment):
        terminal = Terminal(command, **environment)
        self.addCleanup(terminal.clean_up)
        return terminal

    def call(self, *options):
        """Alice and Bob, each with the PBX."""
        alice, bob, to_alice, to_bob = free_ports()
        cache = [os.path.join(self.folder, name) for name in ("pbx", "alice", "bob")]
        here = "127.0.0.1"
        return (self.start(PBX, *options, cache[0], to_alice, here, alice, to_bob, here, bob),
                self.start(PHONE, alice, here, to_alice, cache[1], SINK=self.sink(cache[1])),
                self.start(PHONE, bob, here, to_bob, cache[2], SINK=self.sink(cache[2])))

    def sink(self, cache):
        return "filesink async=false location=%s.raw" % cache

    def hang_up(self, people):
        for person in people:
            self.assertEqual(person.hangs_up(), 0, person.seen)

    def test_bob_is_enrolled(self):
        """Both see the SAS of Alice's call, and hear each other."""
        people = pbx, _, bob = self.call("--enroll")
        sas = bob.wait_for("SAS: ")
        while pbx.wait_for("b: ") != "SAS %s, enrollment offered" % sas:
            pass
        bob.wait_for("This PBX wants to be trusted")
        bob.types("e")
        bob.wait_for("enrollment: accepted")
        pbx.wait_for("neither phone is enrolled")
        self.hang_up(people)

        people = pbx, alice, bob = self.call()
        sas = alice.wait_for("SAS: ")
        pbx.wait_for("SAS relayed")
        while bob.wait_for("SAS: ") != sas:
            pass
        missing = {"a: told", "b: told"}
        while missing:
            missing.discard(pbx.next_line(missing))
        bob.wait_for("trust: mitm-relayed")
        for person in (alice, bob):
            person.types("y")
        alice.wait_for("trust: verified")
        bob.wait_for("trust: mitm-relayed")
        for person, name in ((alice, "alice"), (bob, "bob")):
            person.hears(os.path.join(self.folder, name + ".raw"))
        self.hang_up(people)
        self.assertNotIn("This PBX", "\n".join(alice.seen + bob.seen))

    def test_nobody_agrees(self):
        """Who was asked and did not agree sees the SAS of his own call."""
        people = _, alice, bob = self.call("--enroll")
        for person in (alice, bob):
            person.wait_for("This PBX wants to be trusted")
        self.hang_up(people)

        people = pbx, alice, bob = self.call()
        pbx.wait_for("neither phone is enrolled")
        self.assertNotEqual(alice.wait_for("SAS: "), bob.wait_for("SAS: "))
        self.hang_up(people)
        self.assertNotIn("trust: mitm-relayed", alice.seen + bob.seen)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
