#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-inspect-1.0 reads every property of an element, and changes nothing in the
user's folders."""

import os
import re
import subprocess
import tempfile
import unittest


class TestInspect(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = home.name
        self.environment = dict(os.environ, HOME=self.home, XDG_DATA_HOME=self.home)

    def run_tool(self, *command):
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def inspect(self):
        for name in ("zrtpenc", "zrtpdec", "zrtp"):
            output = self.run_tool("gst-inspect-1.0", name)
            self.assertNotRegex(output, "CRITICAL|WARNING")
            self.assertIn("zrtpenc", output)

    def test_exists(self):
        """As installation scripts ask: the version counts, not the name alone."""
        for name in ("zrtpenc", "zrtpdec"):
            self.run_tool("gst-inspect-1.0", "--exists", name)

    def test_version(self):
        """The package has the version of gst-zrtp, the plugin that of GStreamer."""
        output = self.run_tool("gst-inspect-1.0", "zrtp")
        self.assertRegex(output, r"Version +%s\n" % re.escape(os.environ["GST_VERSION"]))
        self.assertRegex(output, r"Binary package +gst-zrtp %s\n"
                         % re.escape(os.environ["ZRTP_VERSION"]))

    def snapshot(self):
        found = {}
        for folder, _, names in os.walk(self.home):
            found[folder] = os.stat(folder).st_mode
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[path] = (os.stat(path).st_mode, file.read())
        return found

    def test_first_of_all(self):
        self.inspect()
        self.assertEqual(list(self.snapshot()), [self.home])

    def test_with_known_peers(self):
        self.run_tool("gst-launch-1.0", "fakesrc", "num-buffers=1", "!", "fakesink",
                      "zrtpenc", "zrtpdec")
        before = self.snapshot()
        self.assertIn(os.path.join(self.home, "gst-zrtp", "peers.sqlite"), before)
        self.inspect()
        self.assertEqual(self.snapshot(), before)


if __name__ == "__main__":
    unittest.main()
