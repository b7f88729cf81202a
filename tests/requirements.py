#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which requirements of RFC 6189 the tests prove.

tests/data/requirements.md has a row for each requirement. A test names those
that it proves at the start of a comment, /* Z-5.2-14 */ or /* Z-5.2-14: why */
(several ids in one comment; # in Python). tests/data/requirements-pending.md
lists the endpoint's rows (EP in the column Who) that no test proves, each with
the reason. Exit status 1 if a test names an id that does not exist, or if one of
the endpoint's rows is in neither place or in both.

usage: requirements.py [SOURCE-FOLDER]
       requirements.py --missing [SOURCE-FOLDER]   print rows for the pending table
       requirements.py --prune [SOURCE-FOLDER]     take proven rows out of it
"""

import collections
import os
import re
import sys

TABLE = "tests/data/requirements.md"
PENDING = "tests/data/requirements-pending.md"
# They hold ids that prove nothing.
OURS = ("tests/requirements.py", "tests/tools/test-requirements.py")

ID = r"Z-[0-9.]+-[0-9]+"
COMMENT = re.compile(r"(?:/\*|#)\s*((?:%s[\s,*#]*)+)(?::|\*/|\n|$)" % ID)
ROW = re.compile(r"^\| *(%s) *\|(.*)\|\s*$" % ID)

Row = collections.namedtuple("Row", "section level who text")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def read_rows():
    rows = {}
    section = None
    for line in read(TABLE).split("\n"):
        if line.startswith("## "):
            section = line[3:]
        match = ROW.match(line)
        if match:
            level, who, text, _ = (cell.strip() for cell in match.group(2).split(" | "))
            rows[match.group(1)] = Row(section, level, who.strip("*"), text)
    return rows


def is_ours(row):
    """Whether the row concerns the endpoint, alone or with others."""
    return any(who.startswith("EP") for who in row.who.split("+"))


def read_pending():
    """{id: reason}, and what is wrong with the table."""
    pending, wrong = {}, []
    for line in read(PENDING).split("\n") if os.path.exists(PENDING) else []:
        match = ROW.match(line)
        if not match:
            continue
        name, reason = match.group(1), match.group(2).split("|")[-1].strip()
        if name in pending:
            wrong.append("%s: twice in %s" % (name, PENDING))
        if not reason:
            wrong.append("%s: no reason in %s" % (name, PENDING))
        pending[name] = reason
    return pending, wrong


def prune_pending(named):
    lines = read(PENDING).split("\n")
    with open(PENDING, "w", encoding="utf-8") as file:
        file.write("\n".join(line for line in lines
                             if not ROW.match(line) or ROW.match(line).group(1) not in named))


def read_tests():
    """{id: the files that name it}"""
    named = collections.defaultdict(set)
    for folder, folders, names in os.walk("tests"):
        folders[:] = [name for name in folders if name not in ("data", "__pycache__")]
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith((".c", ".h", ".py")) and path not in OURS:
                for ids in COMMENT.findall(read(path)):
                    for one in re.findall(ID, ids):
                        named[one].add(path)
    return named


def report(rows, named, pending):
    """Prints a line for each section; returns (proven, all) of the endpoint's."""
    sections = collections.OrderedDict()
    for name, row in rows.items():
        if is_ours(row):
            sections.setdefault(row.section, []).append(name)
    for section, names in sections.items():
        proven = [name for name in names if name in named]
        print("%3d of %3d  %s" % (len(proven), len(names), section))
        waiting = [name for name in names if name in pending]
        if waiting:
            print("            pending: %s" % " ".join(waiting))
    ours = [name for names in sections.values() for name in names]
    return sum(name in named for name in ours), len(ours)


def main():
    arguments = sys.argv[1:]
    folders = [argument for argument in arguments if not argument.startswith("--")]
    if folders:
        os.chdir(folders[0])
    rows = read_rows()
    named = read_tests()
    if "--prune" in arguments:
        prune_pending(named)
    pending, wrong = read_pending()

    missing = [name for name, row in rows.items()
               if is_ours(row) and name not in named and name not in pending]
    if "--missing" in arguments:
        for name in missing:
            print("| %s | %s |" % (name, rows[name].text))
        return 0

    for name in sorted(set(named) - set(rows)):
        wrong.append("%s: no such requirement, named in %s" % (name, " ".join(sorted(named[name]))))
    for name in sorted(set(pending) - set(rows)):
        wrong.append("%s: no such requirement, listed in %s" % (name, PENDING))
    for name in sorted(set(pending) & set(named)):
        wrong.append("%s: proven in %s; take it out of %s (--prune)"
                     % (name, " ".join(sorted(named[name])), PENDING))
    for name in missing:
        wrong.append("%s: no test names it (%s)" % (name, rows[name].text))

    proven, all_ours = report(rows, named, pending)
    print("%d of the %d requirements on an endpoint are proven by a test, %d are pending"
          % (proven, all_ours, len(pending)))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
