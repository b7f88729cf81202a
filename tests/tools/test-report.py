#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/lib/report.py is content with a sound call and with nothing less."""

import array
import contextlib
import io
import math
import os
import random
import struct
import sys
import tempfile
import unittest
import wave

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools", "lib"))

import report  # noqa: E402
import sound  # noqa: E402
import wire  # noqa: E402

RATE = 8000
ALICE, BOB = report.Side("alice", 5004, 5005), report.Side("bob", 5006, 5007)


def speech(seed, seconds=2):
    """Something as restless as a voice: noise in bursts, smoothed."""
    rng = random.Random(seed)
    samples, value, loud = [], 0.0, 0
    for at in range(RATE * seconds):
        if at % 800 == 0:
            loud = rng.choice((0, 2000, 8000))
        value = 0.6 * value + rng.uniform(-loud, loud)
        samples.append(int(value))
    return samples


def write_wav(path, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", samples).tobytes())


def rtp(sequence, payload):
    return struct.pack("!BBHII", 0x80, 96, sequence, 960 * sequence, 0x1234) + payload


def zrtp(name):
    return b"\x10\0\0\1ZRTP\0\0\0\1PZ\0\3" + name.ljust(8).encode() + bytes(4)


def srtcp(index, rng):
    return struct.pack("!BBHI", 0x80, 200, 6, 0x1234) + rng.randbytes(20) + \
        struct.pack("!I", 1 << 31 | index) + rng.randbytes(10)


class Call:
    """The files of a call in which all is well, to be spoilt."""

    def __init__(self, folder):
        self.folder = folder
        self.rng = random.Random(1)
        self.sas = {"alice": "b9q7", "bob": "b9q7"}
        self.played = {"alice": speech(1), "bob": speech(2)}
        self.heard = {"alice": self.played["bob"], "bob": self.played["alice"]}
        # Opus frames of different sizes; the first octet hardly changes.
        self.frames = {name: [b"\xf8" + self.rng.randbytes(80 + i % 40) for i in range(200)]
                       for name in self.played}
        self.wire = [(5006, zrtp(name)) for name in
                     ("Hello", "HelloACK", "Commit", "DHPart1", "DHPart2", "Confirm1",
                      "Confirm2", "Conf2ACK")]
        for name, port in (("alice", 5006), ("bob", 5004)):
            self.wire += [(port, rtp(i, self.rng.randbytes(len(frame) + 10)))
                          for i, frame in enumerate(self.frames[name])]
            self.wire += [(port + 1, srtcp(i, self.rng)) for i in range(3)]

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self):
        for name, frames in self.frames.items():
            write_wav(self.path(name + ".wav"), self.played[name])
            write_wav(self.path(name + "-heard.wav"), self.heard[name])
            with open(self.path(name + ".rtp"), "wb") as file:
                for i, frame in enumerate(frames):
                    packet = rtp(i, frame)
                    file.write(struct.pack("!H", len(packet)) + packet)
            with open(self.path(name + ".log"), "w", encoding="utf-8") as file:
                head = 'Got message #7 from element "enc" (element): '
                file.write(head + 'GstZrtpState, session-id=(string)"", '
                           'state=(string)secure;\n')
                file.write(head + 'GstZrtpSas, sas=(string)%s, sas-type=(string)B32, '
                           'key-agreement=(string)X255, hash=(string)S256, '
                           'cipher=(string)AES1, auth-tag=(string)HS80;\n' % self.sas[name])
        with open(self.path("wire.pcap"), "wb") as file:
            file.write(wire.PCAP_HEADER)
            for i, (port, data) in enumerate(self.wire):
                file.write(wire.pcap_record(i / 100, (b"\x7f\0\0\1", 9), (b"\x7f\0\0\1", port),
                                            data))

    def failures(self):
        """The lines of the report that begin with FAIL."""
        self.write()
        out = report.Report()
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            report.report_sides(out, self.folder, ("alice", "bob"))
            report.report_wire(out, self.folder, (ALICE, BOB))
            report.report_sound(out, self.folder, ("alice", "bob"))
        lines = [line for line in text.getvalue().split("\n") if line.startswith("  FAIL")]
        assert len(lines) == out.failures
        return lines


class TestReport(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.call = Call(self.folder.name)

    def expect(self, *parts):
        failures = self.call.failures()
        self.assertEqual(len(failures), len(parts), failures)
        for part, line in zip(parts, failures):
            self.assertIn(part, line)

    def test_sound_call(self):
        self.expect()

    def test_different_sas(self):
        self.call.sas["bob"] = "yyyy"
        self.expect("SAS DIFFER")

    def test_one_clear_packet(self):
        at = next(i for i, (port, data) in enumerate(self.call.wire)
                  if port == 5004 and wire.kind(data) == "rtp")
        frame = self.call.frames["bob"][0]
        self.call.wire[at] = (5004, rtp(0, frame + self.call.rng.randbytes(10)))
        self.expect("Bob: 1 packets hold what was played")

    def test_all_clear(self):
        self.call.wire = [(port, data) for port, data in self.call.wire
                          if wire.kind(data) != "rtp"]
        for name, port in (("alice", 5006), ("bob", 5004)):
            self.call.wire += [(port, rtp(i, frame))
                               for i, frame in enumerate(self.call.frames[name])]
        failures = self.call.failures()
        self.assertEqual(sum("hold what was played" in line for line in failures), 2)
        self.assertEqual(sum("Opus TOC" in line for line in failures), 2)
        self.assertEqual(sum("a tag of 10 octets" in line for line in failures), 2)

    def test_short_tag(self):
        self.call.wire = [(port, data[:-6] if wire.kind(data) == "rtp" and port == 5004
                           else data) for port, data in self.call.wire]
        self.expect("Bob: each of the 200 packets")

    def test_lost_packet(self):
        del self.call.wire[100]
        self.expect("Alice: each of the 199 packets", "Alice: sequence numbers")

    def test_clear_rtcp(self):
        self.call.wire.append((5005, struct.pack("!BBHI", 0x80, 200, 6, 0x1234) + bytes(24)))
        self.expect("Bob sent 4 SRTCP")

    def test_zrtp_on_the_rtcp_port(self):
        self.call.wire.append((5007, zrtp("Hello")))
        self.expect("1 other packets", "Alice sent 4 SRTCP")

    def test_half_an_exchange(self):
        self.call.wire = [packet for packet in self.call.wire
                          if wire.kind(packet[1]) != "zrtp"
                          or wire.zrtp_type(packet[1]) != "Confirm2"]
        self.expect("a whole ZRTP exchange")

    def test_own_voice(self):
        self.call.heard["alice"] = self.call.played["alice"]
        self.expect("Alice heard Bob")

    def test_noise(self):
        rng = random.Random(9)
        self.call.heard["bob"] = [rng.randrange(-9000, 9000) for _ in range(2 * RATE)]
        self.expect("Bob heard Alice")

    def test_cut_short(self):
        self.call.heard["bob"] = self.call.played["alice"][:RATE]
        self.expect("Bob heard 1.0 s of 2.0 s")

    def test_nothing_heard(self):
        self.call.heard["bob"] = []
        self.expect("Bob heard Alice", "Bob heard 0.0 s")


class TestSound(unittest.TestCase):
    def test_same_wave_late(self):
        played = sound.Sound(speech(3), RATE)
        for late in (0, 1, 7, 333, 2000):
            value, seconds = sound.compare(played, sound.Sound([0] * late + played.samples, RATE))
            self.assertGreater(value, 0.999)
            self.assertAlmostEqual(seconds, late / RATE, delta=0.1 / RATE)

    def test_same_wave_early(self):
        played = sound.Sound(speech(3), RATE)
        value, seconds = sound.compare(played, sound.Sound(played.samples[400:], RATE))
        self.assertGreater(value, 0.999)
        self.assertAlmostEqual(seconds, -400 / RATE, delta=0.1 / RATE)

    def test_loudness_does_not_matter(self):
        played = sound.Sound(speech(3), RATE)
        value, _ = sound.compare(played, sound.Sound([x // 2 for x in played.samples], RATE))
        self.assertGreater(value, 0.999)

    def test_same_loudness_other_wave(self):
        """An envelope alone is not enough."""
        played = sound.Sound(speech(3), RATE)
        other = [int(abs(x) * math.sin(i)) for i, x in enumerate(played.samples)]
        value, _ = sound.compare(played, sound.Sound(other, RATE))
        self.assertLess(value, 0.5)


if __name__ == "__main__":
    unittest.main()
