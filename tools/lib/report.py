#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What came of a call between Alice and Bob that quickstart made: what each side
says, what the wire carried, what was heard. Exit status 1 if anything is wrong.

Reads from one folder, for each NAME: NAME.wav (played), NAME-heard.wav,
NAME.log (gst-launch-1.0 -m), NAME.rtp (the clear RTP packets, RFC 4571
framing), and wire.pcap.
"""

import argparse
import collections
import math
import os
import re
import sys

import sound
import wire

TAG = 10                # octets of an SRTP authentication tag, HS80
SRTCP_TRAILER = 4 + TAG  # E flag and index, tag (RFC 3711 3.4)
WINDOW = 8              # a run of so many octets does not recur by chance

Side = collections.namedtuple("Side", "name rtp_port rtcp_port")

FIELD = re.compile(r'([\w-]+)=\([^)]*\)("(?:[^"\\]|\\.)*"|[^,;]*)')


class Report:
    """Lines for the user, and whether all is well."""

    def __init__(self):
        self.failures = 0

    def check(self, good, text):
        if not good:
            self.failures += 1
        print("  %-4s  %s" % ("ok" if good else "FAIL", text))

    @staticmethod
    def section(text):
        print("\n%s" % text)


def read_messages(path):
    """The GstZrtp... messages of a "gst-launch-1.0 -m" log: (name, fields)."""
    messages = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = re.search(r"\(element\): (GstZrtp\w+)(.*)", line)
            if match:
                fields = {key: value.strip('"') for key, value in FIELD.findall(match.group(2))
                          if value != "NULL"}
                messages.append((match.group(1), fields))
    return messages


def settled(messages):
    """The last word on each field."""
    fields = {}
    for _, more in messages:
        fields.update(more)
    return fields


def report_sides(report, folder, names):
    report.section("What each side says")
    messages = [read_messages(os.path.join(folder, name + ".log")) for name in names]
    sides = [settled(of_one) for of_one in messages]
    print("  %-15s  %-16s %s" % ("", *[name.capitalize() for name in names]))
    for field in ("state", "role", "sas", "sas-type", "key-agreement", "hash", "cipher",
                  "auth-tag", "trust"):
        print("  %-15s  %-16s %s" % (field, *[side.get(field, "-") for side in sides]))
    for name, of_one in zip(names, messages):
        states = [fields.get("state") for what, fields in of_one if what == "GstZrtpState"]
        report.check("secure" in states, "%s became secure" % name.capitalize())
    sas = [side.get("sas") for side in sides]
    report.check(bool(sas[0]) and sas[0] == sas[1],
                 "the two SAS agree" if sas[0] == sas[1] else
                 "the two SAS DIFFER: an attacker is in the middle")
    for field in ("key-agreement", "hash", "cipher", "auth-tag", "sas-type"):
        report.check(field in sides[0] and sides[0].get(field) == sides[1].get(field),
                     "both name the same %s" % field)
    return sides


def entropy(octets):
    """Bits an octet."""
    counts = collections.Counter(octets)
    return -sum(n / len(octets) * math.log2(n / len(octets)) for n in counts.values())


def windows(octets):
    return {octets[at:at + WINDOW] for at in range(len(octets) - WINDOW + 1)}


def time_to_secure(side, datagrams):
    """Seconds from the first Hello to the first SRTP packet that came to the
    port of @side, or None."""
    zrtp = [d.time for d in datagrams if d.port == side.rtp_port and wire.kind(d.data) == "zrtp"]
    srtp = [d.time for d in datagrams if d.port == side.rtp_port and wire.kind(d.data) == "rtp"]
    return srtp[0] - zrtp[0] if zrtp and srtp else None


def report_handshake(report, datagrams, sides):
    names = []
    for datagram in datagrams:
        if wire.kind(datagram.data) == "zrtp" and wire.zrtp_type(datagram.data) not in names:
            names.append(wire.zrtp_type(datagram.data))
    print("  ZRTP: %s" % ", ".join(names))
    for sender, receiver in (sides, sides[::-1]):
        seconds = time_to_secure(receiver, datagrams)
        if seconds is not None:
            print("  %s: %.0f ms from the first Hello to the first SRTP packet"
                  % (sender.name.capitalize(), seconds * 1e3))
    report.check({"Hello", "Commit", "Confirm1", "Confirm2", "Conf2ACK"} <= set(names),
                 "a whole ZRTP exchange, on the RTP ports alone")


def report_media(report, name, side, datagrams, clear):
    """The SRTP that @name sent to the other's @side, against its clear RTP."""
    packets = [d.data for d in datagrams if d.port == side.rtp_port
               and wire.kind(d.data) == "rtp"]
    payloads = [wire.rtp_payload(data) for data in packets]
    name = name.capitalize()
    report.check(len(payloads) > 50, "%s sent %d SRTP packets" % (name, len(payloads)))
    if not payloads or not clear:
        report.check(False, "%s: nothing to compare" % name)
        return
    frames = [wire.rtp_payload(data) for data in clear]
    told = set().union(*map(windows, frames))
    shared = sum(1 for payload in payloads if not told.isdisjoint(windows(payload)))
    report.check(shared == 0,
                 "%s: of %d octets of Opus that were played, no run of %d is on the wire"
                 % (name, sum(map(len, frames)), WINDOW) if shared == 0 else
                 "%s: %d packets hold what was played, in the clear" % (name, shared))
    heads = len(set(frame[0] for frame in frames))
    wire_heads = len(set(payload[0] for payload in payloads))
    report.check(wire_heads > 32 and wire_heads > 4 * heads,
                 "%s: a frame's first octet (Opus TOC): %d values played, %d on the wire"
                 % (name, heads, wire_heads))
    bits = entropy(b"".join(payloads))
    report.check(bits > 7.9, "%s: %.4f bits of entropy an octet, of 8" % (name, bits))
    sizes = [len(frame) + TAG for frame in frames]
    report.check([len(payload) for payload in payloads] == sizes,
                 "%s: each of the %d packets is its Opus frame's size and a tag of %d octets"
                 % (name, len(payloads), TAG))
    sequence = [wire.rtp_sequence(data) for data in packets]
    steps = {(b - a) & 0xFFFF for a, b in zip(sequence, sequence[1:])}
    report.check(steps <= {1}, "%s: sequence numbers without a gap" % name)


def report_control(report, name, side, datagrams):
    """SRTCP: E flag set, index counts up for each SSRC (RFC 3711 3.4)."""
    packets = [d.data for d in datagrams if d.port == side.rtcp_port]
    good = bool(packets)
    last = {}
    for data in packets:
        if wire.kind(data) != "rtcp" or len(data) < 8 + SRTCP_TRAILER:
            good = False
            continue
        trailer = int.from_bytes(data[-SRTCP_TRAILER:-TAG], "big")
        ssrc = data[4:8]
        good = good and trailer >> 31 == 1 and trailer & 0x7FFFFFFF > last.get(ssrc, -1)
        last[ssrc] = trailer & 0x7FFFFFFF
    report.check(good, "%s sent %d SRTCP packets: all encrypted, index counting up"
                 % (name.capitalize(), len(packets)))


def report_wire(report, folder, sides):
    report.section("What the wire carried (%s)" % os.path.join(folder, "wire.pcap"))
    datagrams = wire.read_pcap(os.path.join(folder, "wire.pcap"))
    report_handshake(report, datagrams, sides)
    media_ports = {side.rtp_port for side in sides}
    stray = sum(1 for d in datagrams if wire.kind(d.data) == "other"
                or (wire.kind(d.data) == "zrtp" and d.port not in media_ports))
    report.check(stray == 0, "nothing but ZRTP, SRTP and SRTCP: %d other packets" % stray)
    for sender, receiver in (sides, sides[::-1]):
        clear = wire.read_framed(os.path.join(folder, sender.name + ".rtp"))
        report_media(report, sender.name, receiver, datagrams, clear)
        report_control(report, sender.name, receiver, datagrams)


def report_sound(report, folder, names):
    report.section("What was heard")
    played = {name: sound.Sound.read(os.path.join(folder, name + ".wav")) for name in names}
    for name, other in (names, names[::-1]):
        path = os.path.join(folder, name + "-heard.wav")
        try:
            heard = sound.Sound.read(path)
            alike, late = sound.compare(played[other], heard)
            foreign, _ = sound.compare(played[name], heard)
        except (OSError, EOFError, ValueError, sound.wave.Error) as error:
            report.check(False, "%s heard nothing: %s" % (name.capitalize(), error))
            continue
        report.check(alike > 0.9 and foreign < 0.5,
                     "%s heard %s: correlation of the two waves %.3f (with %s's own: %.3f)"
                     % (name.capitalize(), other.capitalize(), alike,
                        name.capitalize(), foreign))
        report.check(heard.seconds > played[other].seconds - 0.1,
                     "%s heard %.1f s of %.1f s, %.0f ms into the file (%s)"
                     % (name.capitalize(), heard.seconds, played[other].seconds,
                        late * 1e3, path))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("sides", nargs=2, metavar="NAME:RTP:RTCP",
                        help="a side and the ports that it listens on")
    args = parser.parse_args()
    sides = []
    for text in args.sides:
        name, rtp_port, rtcp_port = text.split(":")
        sides.append(Side(name, int(rtp_port), int(rtcp_port)))
    names = [side.name for side in sides]

    report = Report()
    report_sides(report, args.folder, names)
    report_wire(report, args.folder, sides)
    report_sound(report, args.folder, names)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
