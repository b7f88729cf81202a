#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two processes call each other with sound and picture. Prints how well both fit
together, how long the first picture takes once the call is secure, and how many
pictures got lost. Those depend on the machine; what must be so everywhere is
asserted.
"""

import json
import os
import socket
import statistics
import sys
import tempfile
import unittest

from terminal import Terminal

FOLDER = os.path.dirname(os.path.abspath(__file__))
RATE = 20  # pictures a second, as in measured-call.py
N_PORTS = 4  # of each side


def are_free(first):
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(N_PORTS)]
    try:
        for i, one in enumerate(sockets):
            one.bind(("", first + i))
    except OSError:
        return False
    finally:
        for one in sockets:
            one.close()
    return True


def free_ports():
    """For two, and no other test's that runs at the same time."""
    port = 30000 + os.getpid() % 1000 * 16
    found = []
    while len(found) < 2:
        if are_free(port):
            found.append(port)
        port += N_PORTS
    return found


class TestAvCall(unittest.TestCase):
    def call(self, program, *arguments):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        ports = free_ports()
        people = []
        for i, name in enumerate(("alice", "bob")):
            people.append(Terminal(
                [sys.executable, os.path.join(FOLDER, program), str(ports[i]), "127.0.0.1",
                 str(ports[1 - i]), os.path.join(folder.name, name), *arguments],
                AUDIO_SOURCE="audiotestsrc is-live=true", AUDIO_SINK="fakesink",
                VIDEO_SOURCE="videotestsrc is-live=true", VIDEO_SINK="fakesink"))
            self.addCleanup(people[-1].clean_up)
        return people

    def hang_up(self, people):
        for person in people:
            self.assertEqual(person.hangs_up(), 0, person.seen)

    def test_as_it_is(self):
        """The example itself, and its users."""
        people = self.call("av-call.py")
        sas = [person.wait_for("SAS: ") for person in people]
        self.assertEqual(sas[0], sas[1])
        for person in people:
            person.wait_for("Read it to each other")
            person.types("y")
        for person in people:
            person.wait_for("trust: verified")
        self.hang_up(people)

    def measure(self, video):
        people = self.call("measured-call.py", video)
        sides = [json.loads(person.wait_for("measured: ")) for person in people]
        self.assertEqual(sides[0]["sas"], sides[1]["sas"])
        for name, side, other in zip(("alice", "bob"), sides, sides[::-1]):
            # One key agreement; the other transport by Multistream.
            self.assertEqual(side["key-agreements"].count("Mult"), 1)
            self.assertEqual(side["clear"], 0)
            # The first picture is whole, whatever was sent before.
            self.assertIsNotNone(side["pictures"][0][0])
            numbers = [number for number, _ in side["pictures"] if number is not None]
            self.assertEqual(numbers, sorted(set(numbers)))
            # As far as both lists go.
            sent = [number for number in other["painted"]
                    if numbers[0] <= number <= numbers[-1]]
            damaged = len(side["pictures"]) - len(numbers)
            lost = len(set(sent) - set(numbers)) - damaged
            print("%s, %s: first picture %.0f ms after secure; of %d pictures %d lost, "
                  "%d damaged; sound behind picture by %s ms"
                  % (video, name, side["first-picture"] * 1000, len(sent), lost, damaged,
                     " ".join("%.1f" % (error * 1000) for error in lip_sync(side, other))), flush=True)
        for person in people:
            person.program.stdin.close()
        for person in people:
            self.assertEqual(person.program.wait(30), 0)

    def test_vp8(self):
        self.measure("vp8")

    def test_h264(self):
        self.measure("h264")


def lip_sync(side, other):
    """By how much each of the other's ticks is due later than the picture that was
    taken at the same time. Reports (RTCP) that say how the two fit come after the
    first of them."""
    for tick in side["ticks"]:
        near = [due - number / RATE for number, due in side["pictures"]
                if number is not None and abs(due - tick) < 0.6]
        if near:
            late = tick - other["tone-starts"] - statistics.median(near)
            yield late - round(late)


if __name__ == "__main__":
    unittest.main(verbosity=2)
