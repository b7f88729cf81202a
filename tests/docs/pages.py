#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""README.md, docs/ and the elements' SECTION comments as the tests see them."""

import collections
import importlib.util
import os
import re

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

# A block of code: what the comment in front of it says, and its text.
Block = collections.namedtuple("Block", "page mark language text")

BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
                   re.MULTILINE | re.DOTALL)


SECTION_BLOCK = re.compile(r"^ \* \|\[\n \* (.*?)\n \* \]\|", re.MULTILINE | re.DOTALL)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def load_maker():
    """docs/make-plugins-cache.py as a module."""
    spec = importlib.util.spec_from_file_location(
        "maker", os.path.join(ROOT, "docs", "make-plugins-cache.py"))
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return maker


def pages():
    """Paths of every page, from the root of the tree."""
    found = ["README.md"]
    for folder, _, names in os.walk(os.path.join(ROOT, "docs")):
        found += [os.path.relpath(os.path.join(folder, name), ROOT)
                  for name in sorted(names) if name.endswith(".md")]
    return found


def sources():
    """Paths of every source of plugin and engine, from the root of the tree."""
    for top in ("gst", "ext"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def section_blocks():
    """The pipelines of the SECTION comments in the elements' sources; two by two
    they make a call."""
    for path in sources():
        for number, match in enumerate(SECTION_BLOCK.finditer(read(path))):
            mark = "pipeline: %s %d, %s" % (os.path.basename(path), number // 2,
                                            ("alice", "bob")[number % 2])
            yield Block(path, mark, "sh", match.group(1).replace("\n * ", "\n"))


def blocks():
    """Every block of code in README.md and docs/."""
    for page in pages():
        for match in BLOCK.finditer(read(page)):
            yield Block(page, match.group("mark") or "", match.group("language"),
                        match.group("text"))
