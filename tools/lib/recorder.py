#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands between two endpoints on this machine and records what they send.

Listens on 127.0.0.1 on the given ports and passes each datagram on to the same
port of 127.0.0.2. An endpoint that listens on every address (udpsrc's default)
gets it there, and gets it without us when we are not running. Ends when media
has flowed in every direction and then stopped.
"""

import argparse
import os
import selectors
import socket
import sys
import time

import wire


class Recorder:
    def __init__(self, ports, path):
        self.ports = ports
        self.selector = selectors.DefaultSelector()
        for port in ports:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sock.bind(("127.0.0.1", port))
            self.selector.register(sock, selectors.EVENT_READ, port)
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.file = open(path, "wb")
        self.file.write(wire.PCAP_HEADER)
        # Times and numbers of what came, by port.
        self.last_media = {}
        self.counts = {port: {} for port in ports}

    def take(self, sock, port):
        data, source = sock.recvfrom(65535)
        now = time.time()
        self.file.write(wire.pcap_record(
            now, (socket.inet_aton(source[0]), source[1]),
            (socket.inet_aton("127.0.0.1"), port), data))
        kind = wire.kind(data)
        self.counts[port][kind] = self.counts[port].get(kind, 0) + 1
        if kind == "rtp":
            self.last_media[port] = now
        self.out.sendto(data, ("127.0.0.2", port))

    def run(self, media_ports, limit, quiet):
        """Passes datagrams on until media stopped. Returns what went wrong, or
        None."""
        start = time.time()
        told = start
        while True:
            for key, _ in self.selector.select(0.1):
                self.take(key.fileobj, key.data)
            now = time.time()
            if now - told >= 1:
                told = now
                self.tell(now - start)
            if all(now - self.last_media.get(port, now) >= quiet for port in media_ports):
                return None
            if now - start > limit:
                return "no end of the media in %d s" % limit

    def tell(self, seconds):
        total = {}
        for counts in self.counts.values():
            for kind, n in counts.items():
                total[kind] = total.get(kind, 0) + n
        print("  %2d s: %3d ZRTP, %4d (S)RTP, %2d (S)RTCP packets passed on"
              % (seconds, total.get("zrtp", 0), total.get("rtp", 0),
                 total.get("rtcp", 0)), flush=True)

    def close(self):
        self.file.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ports", required=True, help="every port, comma-separated")
    parser.add_argument("--media", required=True, help="those that carry RTP")
    parser.add_argument("--limit", type=float, default=60, help="seconds in all")
    parser.add_argument("--quiet", type=float, default=1.5,
                        help="seconds without media that are the end of it")
    parser.add_argument("--ready", help="a file to make once the ports are open")
    parser.add_argument("pcap")
    args = parser.parse_args()

    def numbers(text):
        return [int(number) for number in text.split(",") if number]

    recorder = Recorder(numbers(args.ports), args.pcap)
    if args.ready:
        os.close(os.open(args.ready, os.O_CREAT | os.O_WRONLY))
    trouble = recorder.run(numbers(args.media), args.limit, args.quiet)
    recorder.close()
    if trouble:
        print("recorder: %s" % trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
