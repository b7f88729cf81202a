#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sentences of "level-text" come out of a catalogue, as docs/applications.md
says."""

import atexit
import locale
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

# Before anything asks for the language. The C library translates nothing in its
# own locales, C.UTF-8 among them, so there is one for this test.
if os.environ.get("LANGUAGE") != "xx":
    locales = tempfile.mkdtemp()
    subprocess.run(["localedef", "--no-archive", "-i", "en_US", "-f", "UTF-8",
                    os.path.join(locales, "xx_XX.UTF-8")], check=True)
    os.execve(sys.executable, [sys.executable, *sys.argv],
              dict(os.environ, LOCPATH=locales, LC_ALL="xx_XX.UTF-8", LANGUAGE="xx"))
atexit.register(shutil.rmtree, os.environ["LOCPATH"])

import gi  # noqa: E402

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

from pages import read  # noqa: E402

DOMAIN = "gst-zrtp-1.0"


def sentences():
    """What N_() and _() mark in the source."""
    text = read("gst/zrtp/session/gstzrtplevel.c")
    for match in re.finditer(r'\b(?:N_|_) ?\(((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)', text):
        yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1)))


def write_catalogue(path, texts):
    """A GNU .mo file: texts by original, sorted, the header first."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **texts}.items())
    count, data = len(pairs), b""
    tables = [[], []]
    offset = 28 + 16 * count
    for column in (0, 1):
        for pair in pairs:
            octets = pair[column].encode()
            tables[column] += [len(octets), offset + len(data)]
            data += octets + b"\0"
    with open(path, "wb") as file:
        file.write(struct.pack("<7I", 0x950412de, 0, count, 28, 28 + 8 * count, 0, 0))
        file.write(struct.pack("<%dI" % (4 * count), *tables[0], *tables[1]))
        file.write(data)


class TestTranslation(unittest.TestCase):
    def test_sentence(self):
        originals = list(sentences())
        self.assertGreater(len(originals), 25)
        self.assertEqual(len(set(originals)), len(originals))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "xx", "LC_MESSAGES")
        os.makedirs(path)
        write_catalogue(os.path.join(path, DOMAIN + ".mo"),
                        {text: "ö " + text for text in originals})

        locale.setlocale(locale.LC_ALL, "")
        Gst.init(None)
        element = Gst.ElementFactory.make("zrtpenc")
        locale.bindtextdomain(DOMAIN, folder.name)
        self.addCleanup(element.set_state, Gst.State.NULL)
        element.set_property("require-encryption", False)
        element.set_property("cache", ":memory:")
        element.set_state(Gst.State.PAUSED)
        text = element.get_property("level-text")
        self.assertIn(text[2:], originals)
        self.assertEqual(text, "ö Not encrypted yet: others can listen")


if __name__ == "__main__":
    unittest.main()
