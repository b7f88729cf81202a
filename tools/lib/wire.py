#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Datagrams as they were on the wire: a pcap file of them, and what they are."""

import collections
import struct

# One UDP datagram: time in seconds, port it was sent to, octets.
Datagram = collections.namedtuple("Datagram", "time port data")

ZRTP_COOKIE = b"ZRTP"
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)


def checksum(header):
    """The Internet checksum (RFC 1071) of an even number of octets."""
    total = sum(struct.unpack("!%dH" % (len(header) // 2), header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pcap_record(time, source, destination, data):
    """A pcap record (link type RAW) of an IPv4 UDP datagram. source and
    destination are (address as 4 octets, port)."""
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(data), 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(data), 0, 0, 64, 17, 0,
                     source[0], destination[0])
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    size = 28 + len(data)
    return struct.pack("<IIII", int(time), int(time % 1 * 1e6), size, size) + ip + udp + data


def read_pcap(path):
    """The datagrams of a file that pcap_record() made."""
    with open(path, "rb") as file:
        octets = file.read()
    assert octets[:24] == PCAP_HEADER, "%s is not a recording of quickstart" % path
    datagrams = []
    at = 24
    while at < len(octets):
        seconds, micros, size, _ = struct.unpack_from("<IIII", octets, at)
        at += 16
        port = struct.unpack_from("!H", octets, at + 22)[0]
        datagrams.append(Datagram(seconds + micros / 1e6, port, octets[at + 28:at + size]))
        at += size
    return datagrams


def kind(data):
    """"zrtp", "rtp" (or SRTP, which looks the same), "rtcp" or "other"."""
    if len(data) >= 12 and data[0] == 0x10 and data[4:8] == ZRTP_COOKIE:
        return "zrtp"
    if len(data) >= 8 and data[0] >> 6 == 2 and 192 <= data[1] <= 223:
        return "rtcp"
    if len(data) >= 12 and data[0] >> 6 == 2:
        return "rtp"
    return "other"


def zrtp_type(data):
    """The message type of a ZRTP packet, e.g. "Commit" (RFC 6189 5.1)."""
    return data[16:24].decode("ascii", "replace").strip()


def rtp_sequence(data):
    return struct.unpack_from("!H", data, 2)[0]


def rtp_payload(data):
    """What follows the RTP header (RFC 3550 5.1)."""
    at = 12 + 4 * (data[0] & 15)
    if data[0] & 0x10:
        at += 4 + 4 * struct.unpack_from("!H", data, at + 2)[0]
    return data[at:]


def read_framed(path):
    """The packets of a file with RFC 4571 framing (rtpstreampay)."""
    with open(path, "rb") as file:
        octets = file.read()
    packets = []
    at = 0
    while at + 2 <= len(octets):
        size = struct.unpack_from("!H", octets, at)[0]
        packets.append(octets[at + 2:at + 2 + size])
        at += 2 + size
    return packets
