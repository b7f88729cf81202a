#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints two pairs of free UDP ports, RTP (even) and RTCP (the next one).

usage: free-ports.py [FIRST-TO-TRY]
"""

import socket
import sys


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("", port))
        except OSError:
            return False
    return True


def main():
    found = []
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 5004
    while len(found) < 4:
        if is_free(port) and is_free(port + 1):
            found += [port, port + 1]
        port += 2
    print(*found)


if __name__ == "__main__":
    main()
