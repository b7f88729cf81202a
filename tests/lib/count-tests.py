#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads logs of "meson test" (meson-logs/NAME.json): prints how many tests passed,
then a line for each that did not. A skipped test did not pass."""

import json
import os
import sys


def main():
    passed, troubles = 0, []
    for path in filter(os.path.exists, sys.argv[1:]):
        with open(path, encoding="utf-8") as file:
            for line in file:
                test = json.loads(line)
                if test["result"] in ("OK", "EXPECTEDFAIL"):
                    passed += 1
                else:
                    troubles.append("%s: %s" % (test["name"], test["result"]))
    if not passed and not troubles:
        troubles.append("no test ran")
    print(passed, *troubles, sep="\n")


if __name__ == "__main__":
    main()
