#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/lib/recorder.py passes every datagram on, records it, and knows when the
media has ended."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

LIB = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "lib")
sys.path.insert(0, LIB)

import wire  # noqa: E402


def rtp(sequence):
    return struct.pack("!BBHII", 0x80, 96, sequence, 0, 1) + b"payload %d" % sequence


class Endpoint:
    """A socket on every address, as udpsrc has it."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind(("0.0.0.0", port))
        self.socket.settimeout(10)

    def close(self):
        self.socket.close()


class TestRecorder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.pcap = os.path.join(folder.name, "wire.pcap")
        self.ready = os.path.join(folder.name, "ready")
        # No other test's that runs at the same time.
        first = 20000 + os.getpid() % 2000 * 16
        done = subprocess.run([sys.executable, os.path.join(LIB, "free-ports.py"), str(first)],
                              stdout=subprocess.PIPE, check=True, text=True)
        self.ports = [int(port) for port in done.stdout.split()]

    def start(self, *options):
        recorder = subprocess.Popen(
            [sys.executable, os.path.join(LIB, "recorder.py"), "--ports",
             ",".join(map(str, self.ports)), "--media",
             "%d,%d" % (self.ports[0], self.ports[2]), "--ready", self.ready,
             "--quiet", "0.3", *options, self.pcap],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(recorder.stdout.close)
        self.addCleanup(recorder.kill)
        while not os.path.exists(self.ready):
            self.assertIsNone(recorder.poll())
            time.sleep(0.01)
        return recorder

    def test_passes_on_and_records(self):
        ends = [Endpoint(port) for port in self.ports]
        recorder = self.start()
        sent = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for sequence in range(20):
                for end, port in zip(ends, self.ports):
                    sender.sendto(rtp(sequence), ("127.0.0.1", port))
                    self.assertEqual(end.socket.recv(2000), rtp(sequence))
                    sent.append((port, rtp(sequence)))
        self.assertEqual(recorder.wait(10), 0)
        for end in ends:
            end.close()
        self.assertEqual([(d.port, d.data) for d in wire.read_pcap(self.pcap)], sent)

    def test_gives_up_without_media_both_ways(self):
        recorder = self.start("--limit", "1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(rtp(0), ("127.0.0.1", self.ports[0]))
        self.assertEqual(recorder.wait(10), 1)


if __name__ == "__main__":
    unittest.main()
