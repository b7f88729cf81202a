#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people use secure-call.py, in each of its three ways.

usage: test-secure-call.py PROGRAM
"""

import os
import sys
import tempfile
import unittest

from ports import free_ports
from terminal import Terminal

PROGRAM = sys.argv[1]


class TestSecureCall(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, *name):
        return os.path.join(self.folder, "-".join(name))

    def start(self, kind):
        """Two endpoints that do not know each other."""
        ports = free_ports()
        people = {}
        for i, name in enumerate(("alice", "bob")):
            people[name] = Terminal(
                [sys.executable, PROGRAM, kind, str(ports[i]), "127.0.0.1", str(ports[1 - i])],
                CACHE=self.file(name, "peers.sqlite"),
                SINK="filesink async=false location=" + self.file(name, "sound"))
            self.addCleanup(people[name].clean_up)
        return people

    def signal(self, people, spoil=lambda text: text):
        """Carries what has to be carried, perhaps not as it was."""
        said = {name: person.wait_for("mine: ") for name, person in people.items()}
        people["alice"].types(spoil(said["bob"]))
        people["bob"].types(said["alice"])

    def hang_up(self, people):
        for person in people.values():
            self.assertEqual(person.hangs_up(), 0, person.seen)
            self.assertNotIn("error: ", "\n".join(person.seen))

    def call(self, kind):
        people = self.start(kind)
        self.signal(people)
        for name, person in people.items():
            person.hears(self.file(name, "sound"))
        return people

    def test_srtp(self):
        self.hang_up(self.call("srtp"))

    def test_dtls(self):
        self.hang_up(self.call("dtls"))

    def test_zrtp(self):
        people = self.call("zrtp")
        questions = [person.wait_for("Read to each other: ") for person in people.values()]
        self.assertEqual(questions[0], questions[1])
        for person in people.values():
            person.types("y")
        self.hang_up(people)

    def refuse(self, kind, message):
        """One digit of what alice is told is another."""
        people = self.start(kind)
        self.signal(people, lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"))
        people["alice"].wait_for(message)
        self.assertEqual(people["alice"].program.wait(30), 0)

    def test_false_fingerprint(self):
        self.refuse("dtls", "not the other side's certificate")

    def test_false_hash(self):
        self.refuse("zrtp", "not the endpoint that was announced")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
