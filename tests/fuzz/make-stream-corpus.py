#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the inputs that fuzzing of the state machine starts from.

They are calls that go well, with one thing each that happens in them. What a
fuzzer found beyond these has names that begin with "found-".

    tests/fuzz/make-stream-corpus.py tests/fuzz/corpus/stream
"""

import pathlib
import sys

# As in fuzz-stream.c.
CLEAR, PASSIVE, STREAMS, CACHE, MITM, ASKING, SIGNATURES, ENCRYPTION = (1 << n for n in range(8))
BOB = 0x80
SECOND = 0x40
NOISE = 0x20

FLOW = bytes([2])
TIMER = bytes([11])
LOSE, DOUBLE, SWAP, REFLECT = bytes([3]), bytes([4]), bytes([5]), bytes([10])


def change(at, by, reseal=False, who=0):
    return bytes([(7 if reseal else 6) | who, at & 255, at >> 8, by])


def forge(row, source=0, body=b"", who=0):
    return bytes([8 | who, row, source]) + body


def play_back(number, who=0):
    return bytes([9 | who, number & 255, number >> 8])


def session(act, *arguments, who=0):
    return bytes([14 | who, act, *arguments])


def stream(act, *arguments, who=0):
    return bytes([15 | who, act, *arguments])


# To the point where both are secure, and all is quiet.
CALL = FLOW * 6 + TIMER + FLOW * 2

INPUTS = {
    "call": (0, CALL),
    "passive": (PASSIVE, CALL),
    "cache": (CACHE, CALL + session(0) + FLOW + stream(2)),
    "two-streams": (STREAMS, CALL + CALL),
    "asking": (ASKING | CLEAR, CALL + stream(0) + CALL),
    "clear": (CLEAR, CALL + session(4) + FLOW * 2 + session(5, who=BOB) + FLOW + stream(0) + CALL),
    "clear-unanswered": (CLEAR | ENCRYPTION, CALL + session(4, who=BOB) + (LOSE + TIMER) * 11),
    "pbx": (MITM | PASSIVE | CACHE, CALL + session(6) + stream(7, 5, who=BOB) + FLOW * 2),
    "signatures": (SIGNATURES, FLOW * 4 + session(8, 3) + session(8, 2, who=BOB) + CALL + session(8, 1)),
    "rejected": (CACHE, CALL + session(2) + session(3, who=BOB) + FLOW),
    "aux-secret": (CACHE, session(9, 7) + session(9, 7, who=BOB) + CALL),
    "hash": (0, stream(8, 0) + stream(8, 1, who=BOB) + CALL + stream(8, 0, who=BOB) + CALL),
    "stopped": (STREAMS, FLOW * 3 + stream(4) + FLOW + stream(5) + CALL + stream(4, who=SECOND)),
    "clear-media": (CLEAR, stream(1) + (LOSE + TIMER) * 30 + stream(1) + FLOW * 3),
    "lost": (0, (LOSE + TIMER + FLOW) * 12),
    "doubled": (STREAMS, (DOUBLE + SWAP + bytes([0, BOB])) * 20 + CALL),
    "changed": (0, FLOW * 2 + change(20, 1) + change(90, 4, who=BOB) + CALL),
    "resealed": (0, FLOW * 2 + b"".join(change(12 + n, 255, True) for n in range(40)) + CALL),
    "forged": (0, FLOW * 3 + b"".join(forge(n) + forge(n, who=BOB) for n in range(18)) + CALL),
    "strangers": (0, FLOW + b"".join(forge(n, 2 * n + 1, bytes([n]) * 60) for n in range(18)) + CALL),
    "fork": (0, CALL + forge(0, 33, bytes(range(64))) + stream(3) + CALL),
    "played-back": (0, CALL + b"".join(play_back(n) for n in range(12)) + CALL),
    "reflected": (0, (FLOW + REFLECT + b"\1" + REFLECT + b"\0") * 6 + CALL),
    "noise": (0, bytes([15 | NOISE, 40]) + bytes(range(40)) + CALL),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, (wants, steps)) in enumerate(INPUTS.items()):
        (folder / name).write_bytes(bytes([wants, number]) + steps)


if __name__ == "__main__":
    main()
