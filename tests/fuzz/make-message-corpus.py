#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the inputs that fuzzing of the message codec starts from.

They are whole packets, bare messages and plain texts: every type and form, a
few from the vectors, and some that are wrong in one place.

    tests/fuzz/make-message-corpus.py tests/data tests/fuzz/corpus/message
"""

import json
import pathlib
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def message(name, body, words=None):
    if words is None:
        words = 3 + len(body) // 4
    return struct.pack(">HH8s", 0x505A, words, name) + body


def packet(content, first=0x1000):
    frame = struct.pack(">HH4sI", first, 7, b"ZRTP", 0x11223344) + content
    return frame + struct.pack("<I", crc32c(frame))


def count(size):
    return bytes(i & 0xFF for i in range(size))


def hello(flags, lists):
    return message(b"Hello   ", b"1.10" + b"gst-zrtp corpus " + count(44) +
                   struct.pack(">I", flags) + lists + count(8))


def commit(key_agreement, rest):
    return message(b"Commit  ", count(44) + b"S256AES1HS32" + key_agreement +
                   b"B32 " + count(rest + 8))


def confirm_body(signature_words=0, flags=0, unused=0):
    return (count(32) + struct.pack(">II", unused << 17 | signature_words << 8 | flags, 3600) +
            b"PGP "[:4 * signature_words] + count(4 * max(signature_words - 1, 0)))


def sas_relay_body(signature_words=0, flags=0, unused=0):
    return (struct.pack(">I", unused << 17 | signature_words << 8 | flags) + b"B256" + count(32) +
            b"X509"[:4 * signature_words] + count(4 * max(signature_words - 1, 0)))


def made():
    """Good ones: name and message."""
    yield "hello-without-lists", hello(0, b"")
    yield "hello", hello(0x10022241, b"S256S384AES1AES3HS32HS80X255EC25DH3kMultB32 ")
    yield "hello-full-lists", hello(0x70077777, b"S384" * 7 + b"AES3" * 7 + b"SK64" * 7 +
                                    b"X448" * 7 + b"B256" * 7)
    yield "hello-unused-bits", hello(0x8FF11111, b"N256GCM SK32E414B10D")
    yield "commit-dh", commit(b"DH3k", 32)
    yield "commit-mult", commit(b"Mult", 16)
    yield "commit-prsh", commit(b"Prsh", 24)
    for name, words in ("dh3k", 96), ("dh2k", 64), ("ec25", 16), ("ec38", 24), ("ec52", 33), ("x255", 8):
        yield "dhpart1-" + name, message(b"DHPart1 ", count(64 + 4 * words + 8))
    yield "dhpart2-x448", message(b"DHPart2 ", count(64 + 56 + 8))
    yield "dhpart2-one-word", message(b"DHPart2 ", count(64 + 4 + 8))
    yield "confirm1", message(b"Confirm1", count(24) + confirm_body(0, 0xF))
    yield "confirm2-signature", message(b"Confirm2", count(24) + confirm_body(20, 4, 0x7FFF))
    yield "confirm2-longest", message(b"Confirm2", count(24) + confirm_body(511))
    yield "sasrelay", message(b"SASrelay", count(24) + sas_relay_body(0, 0x7))
    yield "sasrelay-signature", message(b"SASrelay", count(24) + sas_relay_body(2, 0xFF, 0x7FFF))
    yield "error", message(b"Error   ", struct.pack(">I", 0x61))
    yield "goclear", message(b"GoClear ", count(8))
    yield "ping", message(b"Ping    ", b"1.10" + count(8))
    yield "pingack", message(b"PingACK ", b"1.10" + count(20))
    for name in b"HelloACK", b"Conf2ACK", b"ErrorACK", b"ClearACK", b"RelayACK":
        yield name.decode().lower(), message(name, b"")


def wrong():
    """Inputs that are wrong in one place."""
    yield "counts-of-15", packet(hello(0x000FFFFF, b"S256" * 75))
    yield "count-of-8", packet(hello(0x00080000, b"S256" * 8))
    yield "unknown-type", packet(message(b"Goodbye ", count(8)))
    yield "length-short", packet(message(b"Ping    ", b"1.10" + count(8), 5))
    yield "length-zero", packet(message(b"Ping    ", b"1.10" + count(8), 0))
    yield "length-huge", packet(message(b"Ping    ", b"1.10" + count(8), 0xFFFF))
    yield "commit-mult-long", packet(commit(b"Mult", 32))
    yield "dhpart-empty", packet(message(b"DHPart1 ", count(72)))
    yield "dhpart-too-long", packet(message(b"DHPart1 ", count(72 + 4 * 97)))
    yield "confirm-too-short", packet(message(b"Confirm1", count(60)))
    yield "confirm-too-long", packet(message(b"Confirm1", count(64 + 4 * 512)))
    yield "fragment", packet(struct.pack(">HHHH", 1, 250, 0, 25) + count(100), 0x1100)
    yield "unused-header-bits", packet(message(b"HelloACK", b""), 0x1FFF)
    yield "bad-crc", packet(message(b"HelloACK", b""))[:-1] + b"\xff"
    yield "cut", packet(message(b"HelloACK", b""))[:27]
    yield "rtp", b"\x80\x00" + count(170)
    yield "nothing", b""


def main():
    data, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    inputs = {"packet-" + name: packet(content) for name, content in made()}
    inputs.update(("wrong-" + name, content) for name, content in wrong())
    inputs["message-hello"] = hello(0x00000111, b"MultX255B32 ")
    inputs["plain-confirm"] = confirm_body(3, 0x5)
    inputs["plain-sasrelay"] = sas_relay_body(3, 0x5)
    call = json.loads((data / "field-vectors.json").read_text())[0]["ch"][0]
    for i, entry in enumerate(call["packets"]):
        name = f"field-{i:02}-{entry['type'].strip().lower()}"
        inputs[name] = bytes.fromhex(entry["hex"])
    for name, content in inputs.items():
        (out / name).write_bytes(content)
    print(len(inputs), "inputs")


if __name__ == "__main__":
    main()
