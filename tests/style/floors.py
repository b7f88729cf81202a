#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The floors of ext/zrtp and gst/zrtp: a folder includes and calls what is on its own
floor or below, never up, and no two files go round in a circle.

    floors.py SOURCE-FOLDER BUILD-FOLDER

Calls are read from the objects of the build, so a prototype in the wrong header hides
nothing. Tables of function pointers, set from above, are the way to call up.
"""
import collections
import os
import re
import subprocess
import sys
import tempfile
import unittest

# From the ground up. Folders of one row know nothing of each other; "" is the top.
ENGINE = (("base",), ("crypto",), ("message", "srtp", "cache"), ("agreement",), ("state",),
          ("session",), ("handshake",), ("",))
ELEMENTS = (("threads",), ("media", "api"), ("session",), ("",))
INCLUDE = re.compile(r'^#\s*include\s*"([^"]+)"', re.MULTILINE)


# Which files write which part of a stream (struct _ZrtpStream in state/zrtpstate.h): the
# first is the owner. A part with one writer is a fact; another writer is a decision to
# be made here. Writes through a pointer that a local holds are not seen.
WRITERS = {
    "step": "step",
    "timers": "timer",
    "soft_error": "softerror",
    "lost_call": "lostcall",
    "output": "output lifecycle",
    "forks": "fork lifecycle",
    "own": "discovery confirm lifecycle",
    "discovery": "discovery hello dispatch stream announcement commit-send lifecycle remote",
    "announced": "hellohash announcement hello lifecycle",
    "remotes": "remote contention transfer trial announcement commit-send lifecycle",
    "limits": "contention discovery lifecycle remote",
    "retransmit": "retransmit confirm fail exchange",
    "prepared": "exchange dhpart commit-send",
    "backoff": "lifecycle stream contention transfer trial fail commit-send commit-receive "
               "exchange goclear",
    "bound": "sealed derive secure fail lifecycle sasrelay retransmit",
    "clearing": "goclear confirm lifecycle",
    "guard": "admit announcement fail goclear lifecycle secure trial",
    "failure": "fail admit discovery step",
    "restart": "probe trial transfer lifecycle output",
    "exchange": "exchange",
    "media_confirmed": "confirm lifecycle",
}
# The same for GstZrtpTransport; transport.c frees.
ELEMENT_WRITERS = {"hello": "hello transport"}
WRITE = (r"->%s(?:\.\w+|\[[^\]]*\])*\s*(?:=(?!=)|[-+|&]=|\+\+|--)",
         r"(?:memset|memcpy|zrtp_wipe|zrtp_remote_clear|zrtp_remote_copy|zrtp_peer_clear|"
         r"g_clear_pointer|g_steal_pointer) \(&?\w+(?:->\w+)*->%s\b(?!->)")


class House:
    """Sources of one folder, by their paths in it."""

    def __init__(self, floors, source, prefix, objects):
        self.floor_of = {name: i for i, row in enumerate(floors) for name in row}
        self.source, self.prefix, self.objects = source, prefix, objects

    def is_up(self, one, other):
        here, there = os.path.dirname(one), os.path.dirname(other)
        if here == there:
            return False
        return self.floor_of[there] >= self.floor_of[here]

    def includes(self):
        """{(file, header): None} of all sources."""
        edges = {}
        for top, _, names in sorted(os.walk(self.source)):
            for name in sorted(names):
                if not name.endswith((".c", ".h")):
                    continue
                path = os.path.join(top, name)
                with open(path, encoding="utf-8") as file:
                    found = INCLUDE.findall(file.read())
                for header in found:
                    if os.path.exists(os.path.join(self.source, header[len(self.prefix):])) \
                            and header.startswith(self.prefix):
                        edges[os.path.relpath(path, self.source), header[len(self.prefix):]] = None
        return edges

    def calls(self):
        """{(file, file): symbols} of the build's objects."""
        defined, wanted = {}, collections.defaultdict(set)
        for name in sorted(os.listdir(self.objects)):
            if not name.endswith(".o"):
                continue
            folder, _, base = name[:-len(".o")].rpartition("_")
            path = os.path.join(folder, base)
            done = subprocess.run(["nm", os.path.join(self.objects, name)], check=True,
                                  stdout=subprocess.PIPE, text=True)
            for line in done.stdout.splitlines():
                *_, kind, symbol = line.split()
                if kind in "TDBRC":
                    defined[symbol] = path
                elif kind == "U":
                    wanted[path].add(symbol)
        edges = collections.defaultdict(list)
        for path, symbols in wanted.items():
            for symbol in sorted(symbols):
                if defined.get(symbol, path) != path:
                    edges[path, defined[symbol]].append(symbol)
        return edges

    def find_up(self, edges):
        return ["%s -> %s %s" % (a, b, " ".join(what or ())) for (a, b), what in edges.items()
                if self.is_up(a, b)]


def find_circles(edges):
    """Groups of files that reach each other."""
    after = collections.defaultdict(set)
    for one, other in edges:
        after[one].add(other)

    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for other in after[todo.pop()] - seen:
                seen.add(other)
                todo.append(other)
        return seen

    reached = {name: reach(name) for name in list(after)}
    return sorted({tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
                   for name in reached if name in reached[name]})


def find_writers(source, prefix, part):
    """Names of the files under @source that write @part."""
    found = set()
    for top, _, names in os.walk(source):
        for name in names:
            if name.startswith(prefix) and name.endswith(".c") and "srtp" not in name:
                with open(os.path.join(top, name), encoding="utf-8") as file:
                    text = file.read()
                if any(re.search(pattern % part, text) for pattern in WRITE):
                    found.add(name[len(prefix):-len(".c")])
    return found


class TestFloors(unittest.TestCase):
    houses = {}

    def check(self, house):
        for edges in (house.includes(), house.calls()):
            self.assertGreater(len(edges), 100)
            self.assertEqual(house.find_up(edges), [])
            self.assertEqual(find_circles(edges), [])

    def test_engine(self):
        self.check(self.houses["engine"])

    def test_elements(self):
        self.check(self.houses["elements"])

    def check_writers(self, house, prefix, writers):
        found = {part: find_writers(house.source, prefix, part) for part in writers}
        self.assertEqual(found, {part: set(names.split()) for part, names in writers.items()})

    def test_writers(self):
        self.check_writers(self.houses["engine"], "zrtp", WRITERS)
        self.check_writers(self.houses["elements"], "gstzrtp", ELEMENT_WRITERS)

    def test_faults_are_found(self):
        """A file that includes upwards, and two that include each other."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in (("state/a.h", '#include "zrtp/state/b.h"\n'),
                               ("state/b.h", '#include "zrtp/state/a.h"\n'),
                               ("state/c.c", '#include "zrtp/session/d.h"\n'),
                               ("session/d.h", '#include "zrtp/state/a.h"\n'),
                               ("cache/e.c", '#include "zrtp/srtp/f.h"\n'), ("srtp/f.h", "")):
                os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                    file.write(text)
            house = House(ENGINE, folder, "zrtp/", None)
            edges = house.includes()
            self.assertEqual(sorted(line.strip() for line in house.find_up(edges)),
                             ["cache/e.c -> srtp/f.h", "state/c.c -> session/d.h"])
            self.assertEqual(find_circles(edges), [("state/a.h", "state/b.h")])
            self.assertEqual(find_circles({("a", "b"): 1, ("b", "c"): 1, ("c", "a"): 1}),
                             [("a", "b", "c")])


def main():
    source, build = sys.argv[1:3]
    del sys.argv[1:3]
    TestFloors.houses = {
        "engine": House(ENGINE, os.path.join(source, "ext/zrtp"), "zrtp/",
                        os.path.join(build, "ext/zrtp/libzrtp-engine.a.p")),
        "elements": House(ELEMENTS, os.path.join(source, "gst/zrtp"), "",
                          os.path.join(build, "gst/zrtp/libgstzrtp.so.p"))}
    unittest.main()


if __name__ == "__main__":
    main()
