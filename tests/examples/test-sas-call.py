#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people use an example program on one machine.

usage: test-sas-call.py PROGRAM...     the command that starts the example
"""

import glob
import os
import sys
import tempfile
import unittest

from ports import free_ports
from terminal import Terminal

PROGRAM = sys.argv[1:]


class TestSasCall(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def call(self):
        ports = free_ports()
        people = []
        for i, name in enumerate(("alice.sqlite", "bob.sqlite")):
            people.append(Terminal([*PROGRAM, str(ports[i]), "127.0.0.1", str(ports[1 - i]),
                                    os.path.join(self.folder, name)]))
            self.addCleanup(people[-1].clean_up)
        return people

    def hang_up(self, people):
        for person in people:
            self.assertEqual(person.hangs_up(), 0, person.seen)

    def verify(self):
        """A first call, with the question."""
        people = self.call()
        sas = [person.wait_for("SAS: ") for person in people]
        self.assertEqual(sas[0], sas[1])
        self.assertEqual(len(sas[0]), 4)
        for person in people:
            person.wait_for("Read it to each other")
            person.types("y")
        for person in people:
            person.wait_for("trust: verified")
        self.hang_up(people)

    def call_again(self):
        """A later call, where both know each other."""
        people = self.call()
        for person in people:
            person.wait_for("trust: verified")
        self.hang_up(people)
        return people

    def test_both_confirm(self):
        self.verify()
        people = self.call_again()
        for person in people:
            self.assertNotIn("Read it to each other", "\n".join(person.seen))

    def test_old_secrets(self):
        """One goes back to an old copy of its files: an alarm on both sides."""
        self.verify()
        old = {}
        for path in glob.glob(os.path.join(self.folder, "alice.sqlite*")):
            with open(path, "rb") as file:
                old[path] = file.read()
        for _ in range(2):
            self.call_again()
        for path in glob.glob(os.path.join(self.folder, "alice.sqlite*")):
            os.remove(path)
        for path, data in old.items():
            with open(path, "wb") as file:
                file.write(data)
        people = self.call()
        for person in people:
            person.wait_for("ALARM: ")
        self.hang_up(people)

    def test_they_differ(self):
        people = self.call()
        for person in people:
            person.wait_for("Read it to each other")
        people[0].types("n")
        people[0].wait_for("trust: sas-mismatch")
        self.hang_up(people)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
