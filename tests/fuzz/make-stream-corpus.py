#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the inputs that fuzzing of the state machine starts from.

They are calls that go well, with one thing each that happens in them. What a
fuzzer found beyond these has names that begin with "found-".

    tests/fuzz/make-stream-corpus.py tests/fuzz/corpus/stream
"""

import pathlib
import sys

# As in fuzz-world.h.
CLEAR, PASSIVE, STREAMS, CACHE, MITM, ASKING, SIGNATURES, ENCRYPTION = (1 << n for n in range(8))
# As in fuzz-stream.c. The last one gives some steps another meaning.
BOB = 0x80
SECOND = 0x40
OTHER = 0x20

FLOW = bytes([2])
TIMER = bytes([11])
AGAIN = bytes([13 | OTHER])
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


# What happens to a file of known peers, as in fuzz-known.c.
MEET, BACK_UP, PUT_BACK, FORGET, MEET_ANOTHER, BREAK, LATER = range(7)
TWICE, VERIFIED, PBX, SHORT, NAMED, STRONG = (1 << n for n in range(6))


def known(act, how=0, who=0):
    return bytes([14 | OTHER | who, act, how])


# To the point where both are secure, and all is quiet.
CALL = FLOW * 6 + TIMER + FLOW * 2
# The same without a wait, in which a disk that is asked would seem slow.
SHORT_CALL = FLOW * 9
VERIFY = session(0) + session(0, who=BOB) + FLOW
DELIVER = bytes([0, BOB])

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
    "noise": (0, bytes([15 | OTHER, 40]) + bytes(range(40)) + CALL),
    "known": (CACHE, (SHORT_CALL + AGAIN) * 3 + CALL),
    "known-streams": (CACHE | STREAMS, (SHORT_CALL * 2 + AGAIN) * 2 + CALL),
    "known-cut-off": (CACHE, b"".join(FLOW * n + AGAIN for n in range(1, 10)) + SHORT_CALL),
    "known-cut-off-last": (CACHE, SHORT_CALL + AGAIN + (FLOW * 7 + AGAIN) * 4 + SHORT_CALL),
    "known-cut-off-passive": (CACHE | PASSIVE, SHORT_CALL + AGAIN + (FLOW * 6 + AGAIN) * 4 + SHORT_CALL),
    "known-slow-disk": (CACHE, known(MEET, TWICE) + (DELIVER * 4 + TIMER) * 12 + CALL),
    "known-names": (CACHE, known(MEET, NAMED) + session(7, 0) + CALL + session(7, 1) + CALL),
    "known-stronger": (CACHE, known(MEET, STRONG) + CALL + VERIFY),
    "known-expired": (CACHE, known(MEET, SHORT | TWICE) + known(LATER, 12) + CALL),
    "known-enrolled": (MITM | PASSIVE | CACHE, known(MEET, PBX) + CALL + stream(7, 5, who=BOB)
                       + FLOW * 2),
    "preshared": (CACHE, (SHORT_CALL + VERIFY + AGAIN) * 4 + CALL),
    "preshared-streams": (CACHE | STREAMS, known(MEET, TWICE | VERIFIED) + CALL + CALL),
    "preshared-forgotten": (CACHE, known(MEET, TWICE | VERIFIED) + known(FORGET, who=BOB) + CALL),
    "preshared-aux-secret": (CACHE, known(MEET, TWICE | VERIFIED) + session(9, 7)
                             + session(9, 7, who=BOB) + CALL),
    "preshared-cut-off": (CACHE, known(MEET, TWICE | VERIFIED)
                          + b"".join(FLOW * n + AGAIN for n in range(2, 8)) + SHORT_CALL),
    "preshared-played-back": (CACHE, known(MEET, TWICE | VERIFIED) + CALL + AGAIN
                              + b"".join(FLOW + play_back(n) + play_back(n, BOB) for n in range(12)) + CALL),
    "mismatch": (CACHE, known(MEET) + known(MEET_ANOTHER, 7) + CALL + VERIFY + AGAIN + CALL),
    "mismatch-rejected": (CACHE, known(MEET) + known(FORGET) + CALL + session(2, who=BOB) + FLOW
                          + AGAIN + CALL),
    "mismatch-put-back": (CACHE, CALL + known(BACK_UP) + (AGAIN + CALL) * 2 + known(PUT_BACK) + AGAIN + CALL),
    "mismatch-clear": (CACHE | CLEAR, known(MEET) + known(FORGET) + CALL + session(4) + FLOW * 2
                       + session(5, who=BOB) + FLOW + stream(0) + CALL),
    "unread": (CACHE, known(MEET, TWICE) + known(BREAK) + CALL + VERIFY + known(BREAK) + AGAIN + CALL),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, (wants, steps)) in enumerate(INPUTS.items()):
        (folder / name).write_bytes(bytes([wants, number]) + steps)


if __name__ == "__main__":
    main()
