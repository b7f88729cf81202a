# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ports for a call."""

import os
import subprocess
import sys

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lib")


def free_ports():
    """Two, and no other test's that runs at the same time."""
    first = 20000 + os.getpid() % 2000 * 16
    done = subprocess.run([sys.executable, os.path.join(LIB, "free-ports.py"), str(first)],
                          stdout=subprocess.PIPE, check=True, text=True)
    ports = [int(port) for port in done.stdout.split()]
    return ports[0], ports[2]
