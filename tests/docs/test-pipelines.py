#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every pair of pipelines that README.md, docs/ and the elements' sources
print, until both sides are secure and have played something.

What is changed in a line before it runs: microphone and loudspeaker, camera and
screen are a test source and a file; addresses are addresses of loopback that
no other program uses, so that the ports may stay as they are printed; files are in
folders of the test's own; programs without ZRTP print the RTCP that they get.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from pages import blocks, section_blocks

PATIENCE = 40  # seconds, for a slow machine
ENOUGH = 20000  # octets of decoded sound or picture: more than a sink's header


class Side:
    """A user with a terminal."""

    def __init__(self, folder, name, texts, address, variables):
        """texts: our own and the other side's. address: ours."""
        # Whether the other side has anything to say.
        self.hears = "rtp_src_" in texts[1]
        self.log = os.path.join(folder, name + ".log")
        self.sinks = []
        text = texts[0]
        for variable, value in variables.items():
            text = re.sub(r"\b%s=\S+" % variable, "%s=%s" % (variable, value), text)
        text = text.replace("127.0.0.1", variables["PEER"])
        text = re.sub(r"udpsrc (?!address=)", "udpsrc address=%s " % address, text)
        text = text.replace("autoaudiosrc", "audiotestsrc is-live=true")
        text = re.sub(r"auto(audio|video)sink", lambda match: self.sink(folder, name), text)
        self.encoders = text.count("zrtpenc ")
        if not self.encoders:
            text = re.sub(r"! rtp\.recv", "! identity dump=true ! rtp.recv", text)
        self.text = text
        home = os.path.join(folder, name)
        os.mkdir(home)
        environment = dict(os.environ, XDG_DATA_HOME=home)
        with open(self.log, "wb") as log:
            self.program = subprocess.Popen(
                ["bash", "-c", text], cwd=home, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def sink(self, folder, name):
        path = os.path.join(folder, "%s-%d.raw" % (name, len(self.sinks)))
        self.sinks.append(path)
        return "filesink location=" + path

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def is_content(self):
        """Every transport is secure, every sink has got what there was; without
        ZRTP: so has the session, RTCP among it."""
        if not self.encoders and not re.search(r"^00000000 .*: [89ab][0-9a-f] c[89] ",
                                               self.output(), re.MULTILINE):
            return False
        secure = re.findall(r"GstZrtpState, [^\n]*state=\(string\)secure", self.output())
        return len(secure) >= self.encoders and (not self.hears or all(
            os.path.exists(path) and os.path.getsize(path) > ENOUGH for path in self.sinks))

    def kill(self, number):
        try:
            os.killpg(self.program.pid, number)
        except ProcessLookupError:
            pass

    def clean_up(self):
        self.kill(signal.SIGKILL)
        self.program.wait()


class TestPipelines(unittest.TestCase):
    def run_pair(self, number, sides):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        net = "127.%d.%d." % (100 + number, os.getpid() % 250 + 1)
        people = []

        def start(name, texts, address, variables):
            people.append(Side(folder.name, name, texts, address, variables))
            self.addCleanup(people[-1].clean_up)

        texts = [sides["alice"].text, sides["bob"].text]
        for i, name in enumerate(("alice", "bob")):
            mine, others = "%s%d" % (net, 1 + i), "%s%d" % (net, 2 - i)
            inside = "%s%d" % (net, 11 + i)
            program = "%s%d" % (net, 21 + i)
            variables = {"OUTSIDE": mine, "PEER": others, "INSIDE": inside, "PROGRAM": program}
            start(name, texts[::1 - 2 * i], mine, variables)
            if "programs" in sides:
                start(name + "-program", [sides["programs"].text] * 2, program, variables)

        deadline = time.monotonic() + PATIENCE
        while not all(person.is_content() for person in people):
            everything = "\n".join(person.text + person.output() for person in people)
            for person in people:
                self.assertIsNone(person.program.poll(), everything)
            self.assertLess(time.monotonic(), deadline, everything)
            time.sleep(0.1)
        # Z-4-01: no line has another port than those of RTP and RTCP.
        for person in people:
            person.kill(signal.SIGINT)
        for person in people:
            person.program.wait(PATIENCE)
            self.assertNotRegex(person.output(), r"\nERROR|\nWARNING|CRITICAL|\(warning\)")


def add_tests():
    pairs = {}
    for block in [*blocks(), *section_blocks()]:
        if block.mark.startswith("pipeline: "):
            name, side = block.mark[10:].split(", ")
            for one in ("alice", "bob") if side == "both" else (side,):
                assert one not in pairs.setdefault(name, {}), "%s: twice %s" % (name, one)
                pairs[name][one] = block
    assert pairs
    for number, (name, sides) in enumerate(pairs.items()):
        assert set(sides) - {"programs"} == {"alice", "bob"}, "%s: only %s" % (name, list(sides))
        setattr(TestPipelines, "test_" + re.sub(r"\W", "_", name),
                lambda self, number=number, sides=sides: self.run_pair(number, sides))


add_tests()

if __name__ == "__main__":
    unittest.main(verbosity=2)
