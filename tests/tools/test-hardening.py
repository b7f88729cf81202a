#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugin and the program have the protections that compiler and linker offer.

usage: test-hardening.py SOURCE-FOLDER FORTIFIED PLUGIN PROGRAM

FORTIFIED: "true" if the build asks for _FORTIFY_SOURCE."""

import platform
import re
import subprocess
import sys
import unittest

SOURCE, FORTIFIED, PLUGIN, PROGRAM = sys.argv[1:5]
ENDBR64 = b"\xf3\x0f\x1e\xfa"


def read_elf(option, path):
    done = subprocess.run(["readelf", "--wide", option, path], check=True, text=True,
                          stdout=subprocess.PIPE)
    return done.stdout


def read_octets(path):
    with open(path, "rb") as file:
        return file.read()


class TestHardening(unittest.TestCase):
    def each(self, option):
        for path in (PLUGIN, PROGRAM):
            with self.subTest(path):
                yield path, read_elf(option, path)

    def test_relocations_are_read_only(self):
        for _, text in self.each("--segments"):
            self.assertIn("GNU_RELRO", text)
        for _, text in self.each("--dynamic"):
            self.assertRegex(text, r"BIND_NOW|\bNOW\b")
            self.assertNotIn("TEXTREL", text)

    def test_nothing_is_writable_and_executable(self):
        for _, text in self.each("--segments"):
            self.assertRegex(text, r"GNU_STACK .* RW +0x")
            self.assertNotIn("RWE", text)

    def test_program_is_position_independent(self):
        self.assertIn("DYN", read_elf("--file-header", PROGRAM))

    def test_stack_is_protected(self):
        self.assertIn("__stack_chk_fail", read_elf("--dyn-syms", PLUGIN))

    def test_calls_are_fortified(self):
        if FORTIFIED == "true":
            self.assertRegex(read_elf("--dyn-syms", PLUGIN), r"__memcpy_chk")

    def test_branches_land(self):
        if platform.machine() == "x86_64":
            self.assertGreater(read_octets(PLUGIN).count(ENDBR64), 500)

    def test_exports_only_the_entry(self):
        rows = [line.split() for line in read_elf("--dyn-syms", PLUGIN).splitlines()]
        names = {row[7] for row in rows if len(row) == 8 and row[4] == "GLOBAL" and row[6] != "UND"}
        self.assertEqual(names, {"gst_plugin_zrtp_get_desc", "gst_plugin_zrtp_register"})

    def test_folders_leave_no_trace(self):
        for path in (PLUGIN, PROGRAM):
            with self.subTest(path):
                found = re.search(re.escape(SOURCE.encode()) + rb"[^\0]*", read_octets(path))
                self.assertIsNone(found)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
