#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the inputs that fuzzing of packets, SRTP and the cache file starts from.

What a fuzzer found beyond these has names that begin with "found-".

    tests/fuzz/make-corpora.py tests/fuzz/corpus
"""

import pathlib
import sys


def packet(first, second, size):
    return bytes([first, second]) + bytes(range(size - 2))


def zrtp(name, words):
    """A packet of that type; the harness puts the CRC right."""
    message = b"\x50\x5a" + words.to_bytes(2, "big") + name.encode() + bytes(4 * words - 12)
    return b"\x10\x00\x00\x01ZRTP\x01\x02\x03\x04" + message + bytes(4)


PACKETS = {
    "empty": b"",
    "short-rtp": packet(0x80, 0, 11),
    "rtp": packet(0x80, 0, 12),
    "rtp-marker": packet(0x80, 0x80, 60),
    "rtp-extension": packet(0x9F, 96, 200),
    "rtcp-too-short": packet(0x80, 200, 7),
    "rtcp-first": packet(0x80, 192, 8),
    "rtcp-last": packet(0xA0, 223, 28),
    "rtp-below": packet(0x80, 191, 28),
    "rtp-above": packet(0x80, 224, 28),
    "stun": bytes.fromhex("000100002112a442") + bytes(12),
    "dtls": packet(22, 254, 40),
    "turn": packet(0x40, 0, 30),
    "zrtp-cookie-only": b"\x10\x00\x00\x00ZRTP",
    "zrtp-hello-ack": zrtp("HelloACK", 3),
    "zrtp-commit": zrtp("Commit  ", 29),
    "zrtp-ping": zrtp("Ping    ", 6),
    "zrtp-error": zrtp("Error   ", 4),
    "zrtp-unknown": zrtp("Unknown ", 4),
}

# As in fuzz-srtp.c: the algorithms, and steps.
AES1, AES3, AES2 = range(3)
HS32, REPEAT, SHORT_RTCP, EITHER_RTCP = 4, 8, 0x10, 0x20
RTCP = 0x80


def protect(sequence=1, size=40, shape=0, ssrc=1, rtcp=0):
    return bytes([0 | rtcp, shape, ssrc, size, sequence >> 8, sequence & 255, 17])


def deliver(n=0):
    return bytes([2, n])


def change(n, at, by, cut=0):
    return bytes([4, n, at, by, cut])


def forge(size=60, n=31, rtcp=0):
    return bytes([5 | rtcp, 0, 0, size, 0, 7, n])


SRTP_CALL = b"".join(protect(n) + deliver() for n in range(4))
SRTCP_CALL = b"".join(protect(0, 20, rtcp=RTCP) + deliver() for n in range(4))

SRTP = {
    "call": bytes([AES1, 0]) + SRTP_CALL + SRTCP_CALL,
    "aes-192": bytes([AES2, 0]) + SRTP_CALL + SRTCP_CALL,
    "aes-256-short": bytes([AES3 | HS32, 0x7F]) + SRTP_CALL + SRTCP_CALL,
    "short-rtcp": bytes([HS32 | SHORT_RTCP, 0]) + SRTCP_CALL,
    "either-rtcp": bytes([HS32 | EITHER_RTCP, 0]) + SRTCP_CALL + b"\x07" + SRTCP_CALL,
    "both-rtcp": bytes([SHORT_RTCP | EITHER_RTCP, 0]) + SRTCP_CALL,
    "repeated": bytes([REPEAT, 0]) + protect() * 2 + deliver() + deliver(1),
    "not-repeated": bytes([0, 0]) + protect() * 2 + deliver() * 2,
    "replayed": bytes([0, 0]) + SRTP_CALL + b"".join(deliver(n) for n in range(4)),
    "old": bytes([0, 0]) + protect(1) + protect(900) + deliver() + deliver(1),
    "wrapped": bytes([0, 0]) + protect(0xFFFF) + deliver() + protect(0) + deliver() + b"\x06\x01",
    "jumped": bytes([0, 0]) + protect(0) + deliver() + protect(0x909E) + deliver() + protect(0) + deliver(),
    "sources": bytes([0, 0]) + b"".join(protect(1, ssrc=n) + deliver() for n in range(4)),
    "extension": bytes([0, 0]) + protect(shape=0x12, ssrc=5) + deliver() + protect(shape=0x1F, size=200) + deliver(),
    "header-only": bytes([0, 0]) + protect(size=0) + deliver() + protect(size=0, rtcp=RTCP) + deliver(),
    "changed": bytes([0, 0]) + protect() + b"".join(change(0, n, 1 << n % 8) for n in range(62)),
    "cut": bytes([0, 0]) + protect() + b"".join(change(0, 0, 0, n) for n in range(60)),
    "cut-rtcp": bytes([HS32 | EITHER_RTCP, 0]) + protect(rtcp=RTCP) + b"".join(
        change(0, 0, 0, n) for n in range(60)),
    "confused": bytes([0, 0]) + protect() + change(0, 0, 0, 0x80) + protect(rtcp=RTCP) + change(0, 0, 0, 0x80),
    "forged": bytes([0, 0]) + SRTP_CALL + forge() * 6 + forge(rtcp=RTCP) * 6 + SRTP_CALL,
    "no-room": bytes([0, 0]) + b"".join(protect()[:-1] + bytes([n]) for n in range(18)),
}

# As in fuzz-cache.c.
RAW, WAL, READ_ONLY = 1, 2, 4
UPDATE = 0x31


def patch(at, octets):
    return bytes([at & 255, at >> 8, len(octets) - 1]) + octets


def changed(*patches, cut=0x80):
    return bytes([len(patches), cut]) + b"".join(patches)


CACHE = {
    "sound": bytes([0, UPDATE]) + changed(),
    "sound-wal": bytes([WAL, UPDATE]) + changed() + changed(),
    "sound-read-only": bytes([READ_ONLY, UPDATE]) + changed(),
    "empty": bytes([RAW, UPDATE]),
    "text": bytes([RAW, UPDATE]) + b"not a database",
    "magic": bytes([RAW, UPDATE]) + b"SQLite format 3\0",
    "one-octet-less": bytes([0, UPDATE]) + changed(cut=0x81),
    "one-page-less": bytes([0, UPDATE]) + changed(cut=8),
    "page-size": bytes([0, UPDATE]) + changed(patch(16, b"\x02\x00")),
    "later": bytes([0, UPDATE]) + changed(patch(60, b"\0\0\0\x09")),
    "earlier": bytes([0, UPDATE]) + changed(patch(60, b"\0\0\0\x01")),
    "foreign": bytes([0, UPDATE]) + changed(patch(68, b"abcd")),
    "utf-16": bytes([0, UPDATE]) + changed(patch(56, b"\0\0\0\2")),
    "no-journal": bytes([0, UPDATE]) + changed(patch(18, b"\1\1")),
    "free-list": bytes([0, UPDATE]) + changed(patch(32, b"\0\0\0\2\0\0\0\5")),
    "root-page": bytes([0, UPDATE]) + changed(patch(100, b"\5")),
    "schema": bytes([0, UPDATE]) + changed(patch(3000, b"x" * 16), patch(3500, b"y" * 16)),
    "cells": bytes([0, UPDATE]) + changed(patch(4096, b"\x0a\0\0\xff\xff\0\0\0")),
    "content": bytes([0, UPDATE]) + changed(*(patch(0x2FFF - 40 * n, b"\xff" * 4) for n in range(12))),
    "wal-salt": bytes([WAL, UPDATE]) + changed() + changed(patch(16, b"\1\2\3\4")),
    "wal-frame": bytes([WAL, UPDATE]) + changed() + changed(patch(32, b"\0\0\xff\xff")),
    "wal-cut": bytes([WAL, UPDATE]) + changed() + changed(cut=8),
    "wal-of-nothing": bytes([RAW | WAL, UPDATE]),
    "forget": bytes([0, 0x80]) + changed(),
    "expire": bytes([0, 0x05]) + changed(),
}


def main():
    for name, inputs in (("packet", PACKETS), ("srtp", SRTP), ("cache", CACHE)):
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, octets in inputs.items():
            (folder / file).write_bytes(octets)


if __name__ == "__main__":
    main()
