#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people use an example program on one machine.

usage: test-sas-call.py PROGRAM...     the command that starts the example
"""

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lib")
PROGRAM = sys.argv[1:]
PATIENCE = 30  # seconds, for a slow machine


def free_ports():
    """Two, and no other test's that runs at the same time."""
    first = 20000 + os.getpid() % 2000 * 16
    done = subprocess.run([sys.executable, os.path.join(LIB, "free-ports.py"), str(first)],
                          stdout=subprocess.PIPE, check=True, text=True)
    ports = [int(port) for port in done.stdout.split()]
    return ports[0], ports[2]


class Person:
    """Somebody at the program's terminal."""

    def __init__(self, port, peer_port, cache):
        environment = dict(os.environ, SOURCE="audiotestsrc is-live=true",
                           SINK="fakesink async=false")
        self.program = subprocess.Popen(
            [*PROGRAM, str(port), "127.0.0.1", str(peer_port), cache], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.program.stdout:
            self.lines.put(line.rstrip("\n"))

    def wait_for(self, start):
        """The rest of the next line that begins so."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError("no line %r after %r" % (start, self.seen)) from None
            self.seen.append(line)
            if line.startswith(start):
                return line[len(start):]

    def types(self, text):
        self.program.stdin.write(text + "\n")
        self.program.stdin.flush()

    def hangs_up(self):
        """Ends the program as Ctrl-C does; returns its exit status."""
        self.program.send_signal(signal.SIGINT)
        status = self.program.wait(PATIENCE)
        self.reader.join()
        while not self.lines.empty():
            self.seen.append(self.lines.get())
        return status

    def clean_up(self):
        self.program.kill()
        self.program.wait()
        self.reader.join()
        self.program.stdin.close()
        self.program.stdout.close()


class TestSasCall(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def call(self):
        ports = free_ports()
        people = []
        for i, name in enumerate(("alice.sqlite", "bob.sqlite")):
            people.append(Person(ports[i], ports[1 - i], os.path.join(self.folder, name)))
            self.addCleanup(people[-1].clean_up)
        return people

    def hang_up(self, people):
        for person in people:
            self.assertEqual(person.hangs_up(), 0, person.seen)

    def test_both_confirm(self):
        """The first call asks; in the second both know each other."""
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

        people = self.call()
        for person in people:
            person.wait_for("trust: verified")
        self.hang_up(people)
        for person in people:
            self.assertNotIn("Read it to each other", "\n".join(person.seen))

    def test_they_differ(self):
        people = self.call()
        for person in people:
            person.wait_for("Read it to each other")
        people[0].types("n")
        people[0].wait_for("trust: sas-mismatch")
        self.hang_up(people)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
