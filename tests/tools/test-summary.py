#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""meson setup says at its end whether there are tests, and what they lack.

usage: test-summary.py SOURCE-FOLDER"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = sys.argv[1]


def list_pkg_config_files():
    """Paths of all .pc files, by name."""
    done = subprocess.run(["pkg-config", "--variable", "pc_path", "pkg-config"],
                          stdout=subprocess.PIPE, text=True, check=True)
    folders = os.environ.get("PKG_CONFIG_PATH", "").split(":") + done.stdout.strip().split(":")
    found = {}
    for folder in filter(os.path.isdir, folders):
        for name in os.listdir(folder):
            found.setdefault(name, os.path.join(folder, name))
    return found


class TestSummary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def set_up(self, *options, without=()):
        """What the summary of "meson setup" says of the tests on a system without these
        packages."""
        packages = os.path.join(self.folder, "packages")
        os.mkdir(packages)
        for name, path in list_pkg_config_files().items():
            if name.removesuffix(".pc") not in without:
                os.symlink(path, os.path.join(packages, name))
        environment = {**os.environ, "PKG_CONFIG_LIBDIR": packages, "PKG_CONFIG_PATH": ""}
        # meson would go on to ask cmake.
        native = os.path.join(self.folder, "native.ini")
        with open(native, "w", encoding="utf-8") as file:
            file.write("[binaries]\ncmake = 'false'\n")
        done = subprocess.run(
            ["meson", "setup", "--native-file", native, *options,
             os.path.join(self.folder, "build"), SOURCE],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        found = re.search(r"^ +tests +: (.*?)\n\n", done.stdout, re.MULTILINE | re.DOTALL)
        self.assertTrue(found, done.stdout)
        return found.group(1)

    def test_all(self):
        self.assertRegex(self.set_up(), r"^(all are built|built in part)")

    def test_packages_missing(self):
        summary = self.set_up(without=("nice", "gstreamer-check-1.0"))
        self.assertRegex(summary, r"^NOT built\. Missing: gstreamer-check-1\.0, nice\n")
        self.assertIn("tools/install-deps --test", summary)

    def test_one_suite_missing(self):
        summary = self.set_up(without=("libbzrtp",))
        self.assertRegex(summary, r"^built in part\. Missing: libbzrtp \(")
        self.assertIn("tools/install-deps --test", summary)

    def test_disabled(self):
        self.assertRegex(self.set_up("-Dtests=disabled"), r"^NOT built: -Dtests=disabled")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
