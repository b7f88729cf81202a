#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the inputs that fuzzing of all but messages, signatures and streams starts from.

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


HASH = "fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df"

# As in fuzz-sdp.c: an attribute on each line, a colon first for a=zrtp-hash.
SDP = {
    "none": "sendrecv\nrtpmap:8 PCMA/8000",
    "one": ":1.10 " + HASH,
    "upper-case": ":1.10 " + HASH.upper(),
    "other-case-key": "ZRTP-Hash:1.10 " + HASH,
    "no-blank": ":1.10" + HASH,
    "no-version": ":" + HASH,
    "blanks": ":  1.10 \t " + HASH + "  ",
    "two-versions": ":1.10 " + HASH + "\n:2.00 abcdef",
    "same-twice": (":1.10 " + HASH + "\n") * 2,
    "many": "\n".join(":%d.00 %02x" % (n, n) for n in range(2, 30)),
    "short": ":1.10 " + HASH[:-1],
    "long": ":1.10 " + HASH + "00",
    "not-hexadecimal": ":1.10 " + HASH[:-1] + "g",
    "good-and-bad": ":1.10 " + HASH + "\n:1.10 zz\nsendrecv",
    "no-value": "zrtp-hash\nsendrecv",
    "empty-value": ":\n:",
    "version-only": ":1.10",
    "comma": ":1.1,0 " + HASH,
    "control": ":1.10\x01 " + HASH,
    "not-utf-8": ":1.10 \udcff\udcfe",
    "between": "a:b\n:1.10 " + HASH + "\nc:d",
}

# As in fuzz-elements.c.
OPPORTUNISTIC, CLEAR, PASSIVE, IDLE = 1, 2, 4, 8
SECOND = 0x80
FLOW = bytes([2 | 3 << 4])
WAIT, LONG_WAIT = bytes([14]), bytes([14 | 0x40])
ENC, DEC, AGAIN = 0, 4, 8
NULL, READY, PAUSED, PLAYING = range(4)


def push(shape=0, who=0):
    return bytes([who, shape])


def push_list(*shapes, who=0):
    return bytes([1 | who, len(shapes), *shapes])


def element_change(at, by, cut=0, who=0):
    return bytes([5 | who, at, by, cut])


def element_forge(kind, octets=b"", who=0):
    return bytes([7 | who, kind, len(octets)]) + octets


def event(what, who=0):
    return bytes([8 | who, what])


def state(what, who=0):
    return bytes([9 | who, what])


def prop(what, value, who=0):
    return bytes([10 | who, what, value])


def act(what, who=0):
    return bytes([11 | who, what])


def pads(what, who=0):
    return bytes([12 | who, what])


def query(who=0):
    return bytes([13 | who, 13 | 0x40 | who])


DISCOVER, GO_SECURE, GO_CLEAR, ACCEPT_CLEAR, VERIFY, REJECT, FORGET, UNVERIFY = range(8)
EOS, GAP, FLUSH_START, FLUSH_STOP, EVENTS, RECONFIGURE, KEY_UNIT, LOST = range(8)
ELEMENT_CALL = (push() + push(who=SECOND) + FLOW + WAIT) * 4
MEDIA = b"".join(push(n) + push(n, who=SECOND) for n in (0, 1, 31, 0x40, 0x47, 0x20, 0xC0)) + FLOW

ELEMENTS = {
    "call": bytes([0]) + ELEMENT_CALL + MEDIA,
    "call-passive": bytes([PASSIVE]) + ELEMENT_CALL + MEDIA,
    "opportunistic": bytes([OPPORTUNISTIC]) + MEDIA + ELEMENT_CALL + MEDIA,
    "idle": bytes([IDLE]) + MEDIA + query() + act(GO_SECURE),
    "started-late": bytes([IDLE]) + b"".join(state(PLAYING | which | AGAIN, who) for which in (ENC, DEC)
                                             for who in (0, SECOND)) + ELEMENT_CALL + MEDIA,
    "lists": bytes([0]) + ELEMENT_CALL + push_list(0, 0x40, 0xC0, 0x80) + bytes([15 | 0x70 | SECOND])
    + push_list() + push_list(1, 2, 3, 4, who=SECOND) + bytes([15 | 0x30]),
    "shapes": bytes([0]) + ELEMENT_CALL + b"".join(push(0x80 | n) for n in range(16)) + FLOW,
    "before-keys": bytes([0]) + MEDIA * 2,
    "changed": bytes([0]) + ELEMENT_CALL + b"".join(push() + element_change(n, 1, who=SECOND)
                                                    for n in range(0, 40, 3)) + FLOW,
    "cut": bytes([0]) + ELEMENT_CALL + b"".join(push() + element_change(0, 0, n, SECOND) for n in range(0, 40, 4)),
    "changed-handshake": bytes([0]) + b"".join(push() + push(who=SECOND) + element_change(20 + n, 255)
                                               + element_change(30 + n, 4, who=SECOND) + FLOW for n in range(8)),
    "forged": bytes([0]) + ELEMENT_CALL + b"".join(element_forge(kind, bytes(range(60)), who) for kind in range(4)
                                                   for who in (0, SECOND)) + MEDIA,
    "doubled": bytes([0]) + ELEMENT_CALL + push() + bytes([6 | SECOND, 6 | SECOND, 3 | SECOND]) + MEDIA,
    "lost": bytes([0]) + (push() + bytes([4 | SECOND]) + WAIT) * 12 + ELEMENT_CALL,
    "go-clear": bytes([OPPORTUNISTIC | CLEAR]) + ELEMENT_CALL + act(GO_CLEAR) + FLOW + act(ACCEPT_CLEAR, SECOND)
    + FLOW + MEDIA + act(GO_SECURE) + ELEMENT_CALL + MEDIA,
    "go-clear-refused": bytes([0]) + ELEMENT_CALL + act(GO_CLEAR) + FLOW + MEDIA + LONG_WAIT + MEDIA,
    "compared": bytes([0]) + ELEMENT_CALL + act(VERIFY) + act(VERIFY | 0x80, SECOND) + FLOW + act(UNVERIFY)
    + act(REJECT) + act(FORGET) + query() + MEDIA,
    "restarted": bytes([0]) + ELEMENT_CALL + state(NULL | ENC) + state(PLAYING | ENC | AGAIN) + ELEMENT_CALL + MEDIA,
    "receiver-restarted": bytes([0]) + ELEMENT_CALL + state(READY | DEC) + MEDIA + state(PLAYING | DEC | AGAIN)
    + ELEMENT_CALL + MEDIA,
    "events": bytes([0]) + ELEMENT_CALL + b"".join(event(n | d) for n in range(8) for d in (0, 8, 0x80, 0x88)) + MEDIA,
    "ended": bytes([0]) + ELEMENT_CALL + event(EOS) + push() + event(EVENTS) + push() + FLOW + event(EOS, SECOND),
    "flushed": bytes([0]) + ELEMENT_CALL + event(FLUSH_START) + push() + event(FLUSH_STOP) + event(EVENTS) + MEDIA,
    "properties": bytes([0]) + b"".join(prop(n, v) for n in range(10) for v in (0, 1)) + ELEMENT_CALL + query(),
    "lists-of-names": bytes([IDLE]) + b"".join(prop(0x80 | n, n + m, SECOND) for n in range(7) for m in range(3))
    + state(PLAYING | ENC | AGAIN) + ELEMENT_CALL,
    "pads": bytes([0]) + b"".join(pads(n) + pads(0x40 | n, SECOND) for n in range(6)) + ELEMENT_CALL + MEDIA,
    "pad-replaced": bytes([0]) + ELEMENT_CALL + pads(0xC0) + event(EVENTS) + MEDIA + pads(0x80) + push() + pads(0xC0),
    "queries": bytes([0]) + query() + ELEMENT_CALL + query() + query(SECOND),
    "timers": bytes([0]) + LONG_WAIT * 20 + ELEMENT_CALL + LONG_WAIT * 20 + MEDIA,
}


# As in fuzz-wire.c: side, port and host in one octet, then size and datagram.
OUTSIDE, FORWARDED, RTCP_PORT, LATER, LONG_SILENCE = 1, 2, 1 << 2, 1 << 6, 0xFF


def datagram(data, what=LATER):
    return bytes([what, len(data)]) + data


def rtp(n, what=LATER, kind=0):
    return datagram(bytes([0x80, kind, 0, n]) + (160 * n).to_bytes(4, "big") + b"SSRC" + bytes(160), what)


def call(what=LATER):
    return b"".join(rtp(n, what) for n in range(5))


REPORT = datagram(bytes.fromhex("80c9000153535243"), LATER | RTCP_PORT)
HELLO_ACK = bytes.fromhex("100000015a52545022222222505a000348656c6c6f41434b2d3ab30f")

WIRE = {
    "call": call() + REPORT * 2 + call(LATER | OUTSIDE),
    "call-of-two-hosts": call() + call(LATER | OUTSIDE | 1 << 4),
    "several": b"".join(call(LATER | port << 2 | host << 4) for port in range(4) for host in range(4)),
    "forwarded": call(LATER | FORWARDED) + call(),
    "zrtp-outside": datagram(HELLO_ACK, OUTSIDE) + call() + datagram(HELLO_ACK),
    "zrtp-inside": datagram(HELLO_ACK) + call(),
    "dtls-outside": datagram(packet(22, 254, 40), OUTSIDE) + call(),
    "dtls-inside": datagram(packet(22, 254, 40)) + call(),
    "stun": datagram(PACKETS["stun"]) * 9 + call(),
    "in-vain": b"".join(rtp(n, LATER, n & 31) for n in range(40)),
    "silence": call() + datagram(b"", LONG_SILENCE) + call(),
}


def main():
    corpora = {"packet": PACKETS, "srtp": SRTP, "cache": CACHE, "elements": ELEMENTS, "wire": WIRE}
    corpora["sdp"] = {name: text.encode(errors="surrogateescape") for name, text in SDP.items()}
    for name, inputs in corpora.items():
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, octets in inputs.items():
            (folder / file).write_bytes(octets)


if __name__ == "__main__":
    main()
