#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Links lead somewhere; excerpts are what the programs say; nothing runnable
goes without a test."""

import os
import re
import unittest

from pages import BLOCK, ROOT, blocks, pages, read, section_blocks, sources

LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page):
    """The anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.*)$", read(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class TestPages(unittest.TestCase):
    def test_links(self):
        for page in pages():
            for link in LINK.findall(read(page)):
                if "://" in link:
                    continue
                path, _, anchor = link.partition("#")
                target = os.path.normpath(os.path.join(os.path.dirname(page), path)) \
                    if path else page
                self.assertTrue(os.path.exists(os.path.join(ROOT, target)),
                                "%s: %s leads nowhere" % (page, link))
                if anchor:
                    self.assertIn(anchor, anchors(target), "%s: %s" % (page, link))

    def test_excerpts(self):
        found = 0
        for block in blocks():
            if block.language not in ("c", "python"):
                continue
            self.assertTrue(block.mark.startswith("from: "), "%s: an excerpt of what?\n%s"
                            % (block.page, block.text))
            self.assertIn(block.text, read(block.mark[6:]), block.page)
            found += 1
        self.assertGreater(found, 0)

    def test_every_pipeline_is_marked(self):
        for block in blocks():
            if "gst-launch-1.0 " in block.text:
                self.assertRegex(block.mark, r"^pipeline: [\w ]+, (alice|bob|both|programs)$",
                                 "%s: not tested:\n%s" % (block.page, block.text))

    def test_every_pipeline_is_a_block(self):
        """What the extraction does not see is not printed either."""
        for page in pages():
            self.assertNotRegex(BLOCK.sub("", read(page)), r"gst-launch-1\.0\b[^`]*? ! ", page)
        seen = "\n".join(block.text for block in section_blocks())
        for path in sources():
            for line in re.findall(r"gst-launch-1\.0 .* ! .*", read(path)):
                self.assertIn(line, seen, "%s: not in a block |[ ]|" % path)

    def test_examples_show_alarms(self):
        """A program that shows SAS or trust shows what README.md tells to show."""
        alarms = re.findall(r"^\| `(GstZrtp\w+)` .*\*\*show it", read("README.md"), re.MULTILINE)
        self.assertGreater(len(alarms), 2)
        folder = os.path.join(ROOT, "tests", "examples")
        programs = [name for name in sorted(os.listdir(folder))
                    if name.endswith((".c", ".py")) and not name.startswith("test-")]
        found = 0
        for name in programs:
            text = read(os.path.join("tests", "examples", name))
            if "GstZrtpSas" in text or "GstZrtpTrust" in text:
                found += 1
                for alarm in alarms:
                    self.assertIn(alarm, text, name)
        self.assertGreater(found, 8)

    def test_commands_exist(self):
        for block in blocks():
            for path in re.findall(r"\b((?:tools|tests)/[\w./-]+)", block.text):
                self.assertTrue(os.path.exists(os.path.join(ROOT, path)),
                                "%s: no %s" % (block.page, path))


if __name__ == "__main__":
    unittest.main()
