# SPDX-License-Identifier: LGPL-2.1-or-later
"""A user at the terminal of an example program."""

import os
import queue
import signal
import subprocess
import threading
import time

PATIENCE = 30  # seconds, for a slow machine


class Terminal:
    def __init__(self, command, **environment):
        """Starts the command, with a test source and sink unless others are named."""
        environment = {**os.environ, "SOURCE": "audiotestsrc is-live=true",
                       "SINK": "fakesink async=false", **environment}
        self.program = subprocess.Popen(
            command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.program.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def next_line(self, wanted):
        """The next line of output."""
        deadline = time.monotonic() + PATIENCE
        try:
            line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            line = None
        if line is None:
            raise AssertionError("no line %r after %r" % (wanted, self.seen))
        self.seen.append(line)
        return line

    def wait_for(self, start):
        """The rest of the next line that begins so."""
        while True:
            line = self.next_line(start)
            if line.startswith(start):
                return line[len(start):]

    def hears(self, path):
        """Waits until the sink has put more than a moment's sound into a file."""
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(path) or os.path.getsize(path) < 20000:
            if time.monotonic() > deadline:
                raise AssertionError("no sound in %s after %r" % (path, self.seen))
            time.sleep(0.05)

    def types(self, text):
        self.program.stdin.write(text + "\n")
        self.program.stdin.flush()

    def hangs_up(self):
        """Ends the program as Ctrl-C does; returns its exit status."""
        self.program.send_signal(signal.SIGINT)
        status = self.program.wait(PATIENCE)
        self.reader.join()
        while (line := self.lines.get()) is not None:
            self.seen.append(line)
        return status

    def clean_up(self):
        self.program.kill()
        self.program.wait()
        self.reader.join()
        self.program.stdin.close()
        self.program.stdout.close()
