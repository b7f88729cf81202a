#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every attack that we know of has a test.

tests/data/attacks.md has a row for each, whose last column names the tests that
show what becomes of it: `suite: test_name`, where the suite is a source of
tests/check without ".c" ("forgery", "elements/gate"). Exit status 1 if a row
names no test, or one that does not exist or that its suite does not run.

usage: attacks.py [SOURCE-FOLDER]
"""

import os
import re
import sys

TABLE = "tests/data/attacks.md"
COLUMNS = 4

NAME = re.compile(r"`([a-z0-9/-]+): (test_[a-z0-9_]+)`")
START = r"GST_START_TEST \(%s\)"
RUN = r"tcase_add_(?:loop_)?test \(\w+,\s*%s\b"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def read_rows():
    """The cells of each row of each table, without headings."""
    rows = []
    for line in read(TABLE).split("\n"):
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if cells[0].strip() == "Source" or set(line) <= set("|-"):
            continue
        rows.append(cells)
    return rows


def judge_test(suite, name):
    """What is wrong with it, or None."""
    path = "tests/check/%s.c" % suite
    if not os.path.exists(path):
        return "no such suite"
    source = read(path)
    if not re.search(START % name, source):
        return "no such test"
    if not re.search(RUN % name, source):
        return "its suite does not run it"
    return None


def main():
    if len(sys.argv) > 1:
        os.chdir(sys.argv[1])
    rows = read_rows()
    wrong, tests = [], set()
    for cells in rows:
        names = NAME.findall(cells[-1])
        if len(cells) != COLUMNS or not all(cells):
            wrong.append("%s: %d columns, some of them may be empty" % (cells[0], len(cells)))
        if not names:
            wrong.append("%s: names no test" % cells[0])
        for suite, name in names:
            verdict = judge_test(suite, name)
            if verdict:
                wrong.append("%s: `%s: %s`: %s" % (cells[0], suite, name, verdict))
        tests.update(names)
    if not rows:
        wrong.append("%s: no row" % TABLE)
    print("%d attacks, %d tests" % (len(rows), len(tests)))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
