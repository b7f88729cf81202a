#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/requirements.py sees what is proven, and what is wrong."""

import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "requirements.py")

TABLE = """
## 5.2 Hello Message

| ID | Level | Who | Requirement | Test |
|---|---|---|---|---|
| Z-5.2-01 | MUST | EP | One | a test |
| Z-5.2-02 | MUST | EP-opt | Two | a test |
| Z-5.2-03 | MAY | **EP+UI** | Three | a test |
| Z-5.2-04 | MAY | **UI** | Four | a test |
"""


class TestRequirements(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.makedirs(os.path.join(self.folder, "tests", "data"))
        self.write("tests/data/requirements.md", TABLE)

    def write(self, path, text):
        with open(os.path.join(self.folder, path), "w", encoding="utf-8") as file:
            file.write(text)

    def run_script(self, *options):
        done = subprocess.run([sys.executable, SCRIPT, *options, self.folder],
                              stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout

    def run_with(self, pending, source, name="tests/a.c"):
        self.write("tests/data/requirements-pending.md", pending)
        self.write(name, source)
        return self.run_script()

    def test_all_proven(self):
        status, out = self.run_with("", "/* Z-5.2-01 Z-5.2-02: because */\n/* Z-5.2-03 */")
        self.assertEqual(status, 0, out)
        self.assertIn("3 of   3  5.2 Hello Message", out)

    def test_long_comment(self):
        status, out = self.run_with(
            "", "/* Z-5.2-01, Z-5.2-02\n * Z-5.2-03: in three lines\n * of text */")
        self.assertEqual(status, 0, out)

    def test_python(self):
        status, out = self.run_with("", "# Z-5.2-01 Z-5.2-02 Z-5.2-03\n", "tests/a.py")
        self.assertEqual(status, 0, out)

    def test_pending(self):
        status, out = self.run_with("| Z-5.2-02 | optional |\n| Z-5.2-03 | later |\n",
                                    "/* Z-5.2-01 */")
        self.assertEqual(status, 0, out)
        self.assertIn("1 of the 3", out)
        self.assertIn("pending: Z-5.2-02 Z-5.2-03", out)

    def test_neither(self):
        status, out = self.run_with("| Z-5.2-02 | optional |\n", "/* Z-5.2-01 */")
        self.assertEqual(status, 1)
        self.assertIn("Z-5.2-03: no test names it", out)

    def test_mention_is_no_proof(self):
        status, out = self.run_with("", "/* Z-5.2-01 Z-5.2-02 */\n/* unlike Z-5.2-03 */")
        self.assertEqual(status, 1)
        self.assertIn("Z-5.2-03: no test names it", out)

    def test_both(self):
        status, out = self.run_with("| Z-5.2-03 | later |\n", "/* Z-5.2-01 Z-5.2-02 Z-5.2-03 */")
        self.assertEqual(status, 1)
        self.assertIn("Z-5.2-03: proven in tests/a.c", out)

    def test_prune(self):
        self.run_with("# Why\n\n| Z-5.2-02 | optional |\n| Z-5.2-03 | later |\n",
                      "/* Z-5.2-01 Z-5.2-03 */")
        status, out = self.run_script("--prune")
        self.assertEqual(status, 0, out)
        with open(os.path.join(self.folder, "tests/data/requirements-pending.md"),
                  encoding="utf-8") as file:
            self.assertEqual(file.read(), "# Why\n\n| Z-5.2-02 | optional |\n")

    def test_unknown(self):
        status, out = self.run_with("", "/* Z-5.2-01 Z-5.2-02 Z-5.2-03 Z-5.2-99 */")
        self.assertEqual(status, 1)
        self.assertIn("Z-5.2-99: no such requirement", out)

    def test_no_reason(self):
        status, out = self.run_with("| Z-5.2-03 | |\n", "/* Z-5.2-01 Z-5.2-02 */")
        self.assertEqual(status, 1)
        self.assertIn("Z-5.2-03: no reason", out)


if __name__ == "__main__":
    unittest.main()
