#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run-benchmarks writes a page of what there is, and where anything is wrong it
says so and leaves the old page alone.

usage: test-run-benchmarks.py BUILD-FOLDER"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "run-benchmarks")
OLD = "the old page\n"
PLOTS = {"calls.svg", "loss.svg", "memory.svg", "size.svg", "ssrcs.svg"}
BUILD = os.path.abspath(sys.argv.pop(1))


class TestRunBenchmarks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One run of all of them, which the tests spoil each in its way."""
        cls.folder = tempfile.TemporaryDirectory()
        cls.page = os.path.join(cls.folder.name, "performance.md")
        cls.json = os.path.join(cls.folder.name, "all.json")
        cls.run_script("--quick", "--build", BUILD, "--json", cls.json, check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_script(cls, *more, page=None, check=False):
        return subprocess.run([SCRIPT, "--page", page or cls.page, *more], stderr=subprocess.PIPE,
                              text=True, check=check)

    def test_page(self):
        with open(self.page, encoding="utf-8") as file:
            text = file.read()
        for heading in ("Goals", "Media", "Many sources", "Until a call is secure", "Handshake", "Scale"):
            self.assertIn("\n## %s\n" % heading, text)
        self.assertNotIn("{", text)
        for name in PLOTS:
            self.assertIn("](performance/%s)" % name, text)
            xml.dom.minidom.parse(os.path.join(self.folder.name, "performance", name))
        self.assertEqual(set(os.listdir(os.path.join(self.folder.name, "performance"))), PLOTS)

    def test_from_file(self):
        again = os.path.join(self.folder.name, "again", "performance.md")
        os.mkdir(os.path.dirname(again))
        self.assertEqual(self.run_script("--from", self.json, page=again).returncode, 0)
        with open(self.page, encoding="utf-8") as one, open(again, encoding="utf-8") as two:
            self.assertEqual(one.read(), two.read())

    def assert_refused(self, *more, says):
        page = os.path.join(self.folder.name, "old.md")
        with open(page, "w", encoding="utf-8") as file:
            file.write(OLD)
        done = self.run_script(*more, page=page)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no page", done.stderr)
        self.assertIn(says, done.stderr)
        with open(page, encoding="utf-8") as file:
            self.assertEqual(file.read(), OLD)
        self.assertFalse(os.path.exists(os.path.join(self.folder.name, "old")))

    def assert_spoiled(self, spoil, says):
        with open(self.json, encoding="utf-8") as file:
            data = json.load(file)
        spoil(data["results"])
        path = os.path.join(self.folder.name, "spoiled.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(data, file)
        self.assert_refused("--from", path, says=says)

    def test_missing_benchmark(self):
        self.assert_spoiled(lambda results: results.pop("network"), "network")

    def test_missing_row(self):
        def spoil(results):
            results["handshake"] = [row for row in results["handshake"] if row["key_agreement"] != "EC25"]
        self.assert_spoiled(spoil, "EC25")

    def test_missing_figure(self):
        def spoil(results):
            for row in results["scale"]:
                row["kilobytes"] = row.pop("resident_kb")
        self.assert_spoiled(spoil, "resident_kb")

    def test_renamed_subject(self):
        def spoil(results):
            for row in results["media"]:
                row["subject"] = row["subject"].replace("identity", "nobody")
        self.assert_spoiled(spoil, "identity")

    def test_failing_program(self):
        self.assert_refused("--quick", "--build", self.make_build("exit 3"), says="exit status 3")

    def test_babbling_program(self):
        self.assert_refused("--quick", "--build", self.make_build("echo no json"), says="JSONDecodeError")

    def test_silent_program(self):
        self.assert_refused("--quick", "--build", self.make_build("echo '{\"rows\": []}'"), says="no rows")

    def make_build(self, body):
        """A build whose programs all do the same."""
        build = tempfile.mkdtemp(dir=self.folder.name)
        folder = os.path.join(build, "tests", "benchmarks")
        os.makedirs(folder)
        for name in os.listdir(os.path.join(BUILD, "tests", "benchmarks")):
            if name.startswith("benchmark-") and "." not in name:
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("#!/bin/sh\n%s\n" % body)
                os.chmod(path, 0o700)
        return build


if __name__ == "__main__":
    unittest.main()
