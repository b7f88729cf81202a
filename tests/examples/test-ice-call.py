#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people call each other through a NAT by the example program.

usage: test-ice-call.py PROGRAM
"""

import os
import subprocess
import sys
import tempfile
import unittest

import nat
from terminal import Terminal

PROGRAM = sys.argv[1]


class TestIceCall(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.nat = nat.Nat()
        self.addCleanup(self.nat.remove)
        self.nat.make()

    def start(self, place, role):
        command = [PROGRAM, role, os.path.join(self.folder, place + ".sqlite")]
        person = Terminal(self.nat.command(place, *command), SINK="filesink async=false location="
                          + self.sound(place, role))
        self.addCleanup(person.clean_up)
        return person

    def sound(self, place, role):
        return os.path.join(self.folder, place + "-" + role)

    @staticmethod
    def read_lines(person):
        """What the program wants the other one to enter."""
        person.wait_for("Give these lines to the other one")
        lines = []
        while not lines or lines[-1]:
            lines.append(person.next_line("the lines for the other one"))
        return lines

    def connect(self, people):
        """Hands over what each one's program printed."""
        lines = [self.read_lines(person) for person in people]
        for person, other in zip(people, reversed(lines)):
            for line in other:
                person.types(line)
        return ["\n".join(own) for own in lines]

    def test_there_is_a_nat(self):
        """From home one gets out under the router's address; no packet gets in."""
        listener = ("import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                    "s.bind(('0.0.0.0', 5000)); s.settimeout(20); print('ready', flush=True); "
                    "data, (host, port) = s.recvfrom(9); print(host, flush=True); "
                    "s.sendto(b'x', (host, port))")
        speaker = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                   "s.settimeout(20); s.sendto(b'x', ('%s', 5000)); s.recvfrom(9)")
        with subprocess.Popen(self.nat.command("world", sys.executable, "-c", listener), text=True,
                              stdout=subprocess.PIPE) as world:
            self.assertEqual(world.stdout.readline(), "ready\n")
            self.nat.run(*self.nat.command("home", sys.executable, "-c",
                                           speaker % nat.WORLD_ADDRESS))
            self.assertEqual(world.stdout.readline().strip(), nat.ROUTER_ADDRESS)
        done = subprocess.run(
            self.nat.command("world", sys.executable, "-c", speaker % nat.HOME_ADDRESS),
            stderr=subprocess.PIPE, text=True, check=False)
        self.assertIn("unreachable", done.stderr)

    def call(self, caller, callee):
        people = [self.start(caller, "call"), self.start(callee, "answer")]
        lines = self.connect(people)
        # Neither knows the address under which the other sees the home.
        self.assertNotIn(nat.ROUTER_ADDRESS, lines[0] + lines[1])
        for person in people:
            person.wait_for("ICE: ready")
            person.wait_for("announced peer: match")
        people[0].hears(self.sound(caller, "call"))
        people[1].hears(self.sound(callee, "answer"))
        return people

    def hang_up(self, people):
        for person in people:
            self.assertEqual(person.hangs_up(), 0, person.seen)

    def test_both_ways(self):
        """Either may call. The first time the users compare the SAS."""
        people = self.call("home", "world")
        sas = [person.wait_for("SAS: ") for person in people]
        self.assertEqual(sas[0], sas[1])
        for person in people:
            person.wait_for("Read it to each other")
            person.types("y")
        for person in people:
            person.wait_for("trust: verified")
        self.hang_up(people)
        # Z-3-01: no Hello before there was a way.
        for person in people:
            self.assertLess(person.seen.index("ICE: ready"),
                            person.seen.index("state: discovering"), person.seen)

        people = self.call("world", "home")
        for person in people:
            person.wait_for("trust: verified")
        self.hang_up(people)

    def test_nonsense(self):
        person = self.start("world", "answer")
        self.read_lines(person)
        person.types("hello?")
        person.types("")
        self.assertEqual(person.program.wait(30), 0)


if __name__ == "__main__":
    nat.become_root()
    unittest.main(argv=sys.argv[:1], verbosity=2)
