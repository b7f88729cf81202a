#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A user calls the recorder, is told that it discloses what it hears, and hangs
up; the file can be played.

usage: test-recorder.py RECORDER
"""

import os
import subprocess
import sys
import tempfile
import unittest

from terminal import Terminal

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lib")
RECORDER = sys.argv[1]
CALLER = """zrtpenc name=enc cache=%s zrtpdec name=dec
audiotestsrc is-live=true ! opusenc bitrate-type=cbr bitrate=256000 ! rtpopuspay pt=96 ! enc.rtp_sink_0
enc.rtp_src_0 ! udpsink host=127.0.0.1 port=%d async=false sync=false
udpsrc port=%d caps=application/x-rtp ! dec.rtp_sink dec.rtp_src ! fakesink async=false"""
PLAYER = ["gst-launch-1.0", "-q", "filesrc", None, "!", "oggdemux", "!", "opusdec", "!", "filesink",
          None]


def free_ports():
    first = 20000 + os.getpid() % 2000 * 16
    done = subprocess.run([sys.executable, os.path.join(LIB, "free-ports.py"), str(first)],
                          stdout=subprocess.PIPE, check=True, text=True)
    ports = [int(port) for port in done.stdout.split()]
    return ports[0], ports[2]


class TestRecorder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, command):
        terminal = Terminal(command)
        self.addCleanup(terminal.clean_up)
        return terminal

    def test_message(self):
        """Z-11-01 Z-11-03"""
        ports = free_ports()
        recording = self.path("message.ogg")
        recorder = self.start([RECORDER, str(ports[0]), "127.0.0.1", str(ports[1]),
                               self.path("recorder.sqlite"), recording])
        caller = self.start(["gst-launch-1.0", "-v", *(
            CALLER % (self.path("caller.sqlite"), ports[0], ports[1])).split()])
        sas = recorder.wait_for("SAS: ")
        recorder.wait_for("state: secure")
        told = {}
        while told != {"peer-disclosure": "true", "sas": sas}:
            words = caller.next_line("peer-disclosure and sas").split()
            if len(words) == 4 and words[0].endswith("GstZrtpEnc:enc:") \
                    and words[1] in ("peer-disclosure", "sas"):
                told[words[1]] = words[3].strip('"')

        recorder.hears(recording)
        self.assertEqual(recorder.hangs_up(), 0)
        caller.hangs_up()
        PLAYER[3] = "location=" + recording
        PLAYER[-1] = "location=" + self.path("played.raw")
        subprocess.run(PLAYER, check=True)
        # Half a second at least: 16 bits, 48000 a second.
        self.assertGreater(os.path.getsize(self.path("played.raw")), 48000)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
