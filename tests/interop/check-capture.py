#!/usr/bin/python3
# gst-zrtp: ZRTP for GStreamer
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Has tshark read our calls.

check-capture.py LEFT RIGHT: lets the two endpoint programs of peer.h call each
other through a relay, writes down what passed as a pcap file and compares what
tshark makes of it with what the RFC says that it is: every packet known, of
the right type, its CRC good, nothing malformed, no expert has a warning.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile

from calls import Endpoint, Failure, Relay, expect, make_call

FIELDS = ['frame.number', '_ws.col.Protocol', 'zrtp.type', 'zrtp.sequence',
          'zrtp.source_id', 'zrtp.checksum.status', '_ws.malformed',
          '_ws.expert.message', 'zrtp.version']
GOOD = '1'                      # zrtp.checksum.status
DH_MESSAGES = {'Hello', 'HelloACK', 'Commit', 'DHPart1', 'DHPart2', 'Confirm1',
               'Confirm2', 'Conf2ACK'}
MULT_MESSAGES = DH_MESSAGES - {'DHPart1', 'DHPart2'}
SPARE = {'HelloACK', 'Conf2ACK'}
MEDIA = ['--send', '30', '--expect', '10', '--rtcp']
SSRC = (0x1000, 0x2000)
# Name, channels, options of both.
CALLS = [
    ('defaults', 1, []),
    ('DH3k', 1, ['--key-agreements', 'DH3k']),
    ('DH2k-S384', 1, ['--key-agreements', 'DH2k', '--hashes', 'S384']),
    ('X448-AES3-B256', 1, ['--key-agreements', 'X448', '--ciphers', 'AES3',
                           '--sas-types', 'B256']),
    ('multistream', 2, []),
    ('HS32-loss', 1, ['--auth-tags', 'HS32', '--loss', '15', '--seed', '3']),
]


def is_zrtp(data):
    return data[0] >> 4 == 1


def message_type(data):
    return data[16:24].decode('ascii').strip()


def is_clear_media(data):
    """Whether the pattern of media.c can be read on the wire."""
    if 192 <= data[1] <= 223:
        return b'peer@test' in data
    sequence = int.from_bytes(data[2:4], 'big')
    start = 24 if data[0] & 0x10 else 12
    return data[start:start + 8] == bytes(
        (sequence * 31 + i * 7 + data[11 - i % 4]) & 255 for i in range(8))


def run_tshark(path, ports):
    command = ['tshark', '-n', '-r', path, '-T', 'fields', '-E',
               'separator=|', '-E', 'occurrence=f']
    for port in ports:
        command += ['-d', f'udp.port=={port},rtp']
    for field in FIELDS:
        command += ['-e', field]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f'tshark: {done.stderr}')
    return [dict(zip(FIELDS, line.split('|')))
            for line in done.stdout.splitlines()]


def check_sequence(relay):
    """One counter a stream, up by one for every packet, no wrap (5): libbzrtp
    drops what is not above the last one."""
    for port in relay.ports:
        numbers = [int.from_bytes(data[2:4], 'big')
                   for _, source, _, data in relay.packets
                   if source == port and is_zrtp(data)]
        expect(all(a < b for a, b in zip(numbers, numbers[1:])),
               f'sequence numbers: {numbers}')


def check_zrtp_row(row, data):
    expect(row['_ws.col.Protocol'] == 'ZRTP', 'not known as ZRTP')
    expect(not row['_ws.malformed'], 'malformed')
    # A note about the port number alone, where it is one that traceroute uses.
    notes = row['_ws.expert.message']
    expect(not notes or notes.startswith('Possible traceroute'), notes)
    expect(row['zrtp.type'].strip() == message_type(data),
           f'type {row["zrtp.type"]!r}, not {message_type(data)!r}')
    expect(row['zrtp.checksum.status'] == GOOD, 'bad CRC')
    expect(int(row['zrtp.sequence']) == int.from_bytes(data[2:4], 'big'),
           'another sequence number')
    expect(int(row['zrtp.source_id'], 16) in (s + i for s in SSRC for i in (0, 1)), 'another SSRC')
    if message_type(data) == 'Hello':
        expect(row['zrtp.version'] == '1.10', 'another version')


def check_capture(relay, path):
    """How many ZRTP packets there were, by message type."""
    relay.write_pcap(path)
    rows = run_tshark(path, relay.ports)
    expect(len(rows) == len(relay.packets), 'tshark has lost packets')
    seen = {}
    for row, (_, _, _, data) in zip(rows, relay.packets):
        where = f'packet {row["frame.number"]}: '
        if not is_zrtp(data):
            expect(not is_clear_media(data), where + 'clear media')
            # tshark calls it SRTP only after a Conf2ACK, which may be lost,
            # and may try to read ciphertext: no more is asked of it here.
            expect(row['_ws.col.Protocol'].lstrip('S') in ('RTP', 'RTCP'),
                   where + 'media taken for ' + row['_ws.col.Protocol'])
            continue
        try:
            check_zrtp_row(row, data)
        except Failure as failure:
            raise Failure(where + str(failure)) from None
        seen[message_type(data)] = seen.get(message_type(data), 0) + 1
    return seen


def check_tester(relay, path):
    """One wrong bit in a CRC has to be found."""
    index = next(i for i, p in enumerate(relay.packets) if is_zrtp(p[3]))
    good = relay.packets[index]
    relay.packets[index] = good[:3] + (good[3][:-1] + bytes([good[3][-1] ^ 1]),)
    try:
        check_capture(relay, path)
    except Failure:
        return
    finally:
        relay.packets[index] = good
    raise Failure('a bad CRC was not seen')


async def check_call(programs, channels, options, path):
    relays = [Relay() for _ in range(channels)]
    ends = [Endpoint([program], ['--ssrc', str(ssrc), *MEDIA, *options])
            for ssrc, program in zip(SSRC, programs)]
    try:
        await make_call(*ends, relays=relays, channels=channels, seconds=20)
        expect(all(end.done for end in ends), 'not secure')
        for relay in relays:
            check_sequence(relay)
        seen = [check_capture(relay, path) for relay in relays]
        for counts, wanted in zip(seen, (DH_MESSAGES, MULT_MESSAGES)):
            # Media stands for a lost Conf2ACK, a Commit for a HelloACK.
            needed = wanted - SPARE if '--loss' in options else wanted
            expect(needed <= set(counts) <= wanted, f'messages: {counts}')
        check_tester(relays[0], path)
    except Failure:
        for end in ends:
            print(end.transcript())
        raise
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('left')
    parser.add_argument('right')
    options = parser.parse_args()
    programs = (options.left, options.right)
    failed = 0
    with tempfile.TemporaryDirectory(prefix='zrtp-capture-') as folder:
        for name, channels, extra in CALLS:
            path = os.path.join(folder, name + '.pcap')
            try:
                seen = asyncio.run(check_call(programs, channels, extra,
                                              path))
            except Failure as failure:
                failed += 1
                print(f'FAIL capture/{name}: {failure}')
            else:
                print(f'PASS capture/{name}: '
                      + '; '.join(', '.join(f'{n} {t}' for t, n in s.items())
                                  for s in seen))
    print(f'{len(CALLS) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
