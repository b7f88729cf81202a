#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two builds of the same source in folders of other names give the same octets.

usage: test-reproducible.py SOURCE-FOLDER"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = sys.argv[1]
PLUGIN = "gst/zrtp/libgstzrtp.so"
# Without optimisation, for the time that it takes, and with debug information, where
# folders show.
OPTIONS = ["-Dtests=disabled", "-Doptimization=0", "-Ddebug=true"]
# Where the source is, and the build as seen from there.
PLACES = [("one", "build"), ("second/deeper", "../elsewhere")]


class TestReproducible(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        # A compiler cache would give the first build's octets to the second.
        self.environment = dict(os.environ, CCACHE_DISABLE="1")

    def run_tool(self, *command):
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def build(self, place):
        source = os.path.join(self.folder, place[0])
        build = os.path.normpath(os.path.join(source, place[1]))
        os.makedirs(source)
        for name in ("meson.build", "meson_options.txt"):
            shutil.copy(os.path.join(SOURCE, name), source)
        for name in ("ext", "gst", "tools", "docs"):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(source, name))
        self.run_tool("meson", "setup", *OPTIONS, build, source)
        self.run_tool("ninja", "-C", build, PLUGIN)
        with open(os.path.join(build, PLUGIN), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def test_two_folders(self):
        first, second = [self.build(place) for place in PLACES]
        self.assertEqual(first, second)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
