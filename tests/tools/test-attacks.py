#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/attacks.py sees which attacks have a test, and what is wrong."""

import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "attacks.py")

HEAD = "# Attacks\n\n| Source | Attack | Here | Tests |\n|---|---|---|---|\n"

SUITE = """
GST_START_TEST (test_once)
{
}
GST_END_TEST;
GST_START_TEST (test_often)
GST_START_TEST (test_never)
  tcase_add_test (tc, test_once);
  tcase_add_loop_test (tc, test_often, 0,
      3);
"""


class TestAttacks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for path in ("tests/data", "tests/check/elements"):
            os.makedirs(os.path.join(self.folder, path))
        self.write("tests/check/forgery.c", SUITE)
        self.write("tests/check/elements/gate.c", SUITE)

    def write(self, path, text):
        with open(os.path.join(self.folder, path), "w", encoding="utf-8") as file:
            file.write(text)

    def run_with(self, rows):
        self.write("tests/data/attacks.md", HEAD + rows)
        done = subprocess.run([sys.executable, SCRIPT, self.folder],
                              stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout

    def assert_wrong(self, rows, text):
        status, out = self.run_with(rows)
        self.assertEqual(status, 1, out)
        self.assertIn(text, out)

    def test_good(self):
        status, out = self.run_with(
            "| CVE | A | B | `forgery: test_once`, `elements/gate: test_often` |\n"
            "| Paper | A | B | `forgery: test_once` |\n")
        self.assertEqual(status, 0, out)
        self.assertIn("2 attacks, 2 tests", out)

    def test_no_test(self):
        self.assert_wrong("| CVE | A | B | by reading the code |\n", "CVE: names no test")

    def test_unknown(self):
        self.assert_wrong("| CVE | A | B | `forgery: test_twice` |\n", "no such test")
        self.assert_wrong("| CVE | A | B | `elsewhere: test_once` |\n", "no such suite")

    def test_not_run(self):
        self.assert_wrong("| CVE | A | B | `forgery: test_never` |\n", "does not run it")

    def test_columns(self):
        self.assert_wrong("| CVE | A | `forgery: test_once` |\n", "3 columns")
        self.assert_wrong("| CVE |  | B | `forgery: test_once` |\n", "empty")

    def test_no_row(self):
        self.assert_wrong("", "no row")


if __name__ == "__main__":
    unittest.main()
