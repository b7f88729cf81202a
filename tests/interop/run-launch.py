#!/usr/bin/python3
# gst-zrtp: ZRTP for GStreamer
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls libbzrtp with pipelines as a user types them.

run-launch.py BZRTP-PEER: gst-launch-1.0 on one side, an endpoint of peer.h on
the other, a relay between them. The pattern that the endpoint sends has to come
out of the pipeline octet for octet, what the pipeline sends has to authenticate
there, both have to show the same SAS, and no RTP may pass before the handshake
is over.
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile

from calls import (CLOSED_WITHIN, Endpoint, Failure, Relay, connected_pair,
                   expect, udp_socket)

SSRC = 0x2000                   # of the endpoint
PACKETS = 50
SECONDS = 20
PCMU = ('application/x-rtp,media=audio,payload=0,clock-rate=8000,'
        'encoding-name=PCMU')
TONE = 'audiotestsrc is-live=true ! opusenc ! rtpopuspay ! enc.rtp_sink_0'
VIDEO = ('videotestsrc is-live=true ! video/x-raw,width=320,height=240 ! '
         'vp8enc deadline=1 ! rtpvp8pay ! enc.rtp_sink_0')
# Not live: it would be over before there are keys if nothing held it.
CLIP = ('audiotestsrc num-buffers=200 ! opusenc ! rtpopuspay ! '
        'enc.rtp_sink_0')
OUT = 'enc.rtp_src_0 ! udpsink host=127.0.0.1 port={to}'
NETWORK = ' async=false sync=false'
IN = 'udpsrc port={at} caps="' + PCMU + '" ! dec.rtp_sink'
FILE = ('dec.rtp_src ! rtppcmudepay ! filesink location={file} async=false '
        'sync=false buffer-mode=unbuffered')
NOTHING = 'dec.rtp_src ! fakesink async=false'
ELEMENTS = 'zrtpenc name=enc cache={cache} zrtpdec name=dec'

# Name, pipeline, what the endpoint waits for and sends.
CASES = [
    ('both-ways', [ELEMENTS, TONE, OUT + NETWORK, IN, FILE], PACKETS, PACKETS),
    # udpsink as it comes: async, and synchronised to the clock.
    ('default-sinks', [ELEMENTS, TONE, OUT, IN, FILE], PACKETS, PACKETS),
    ('send-only', [ELEMENTS, VIDEO, OUT + NETWORK, IN, NOTHING], PACKETS, 0),
    ('receive-only', [ELEMENTS, 'enc.zrtp_src ! udpsink host=127.0.0.1 '
                      'port={to}' + NETWORK, IN, FILE], 0, PACKETS),
    ('not-live', [ELEMENTS, CLIP, OUT + ' async=false', IN, FILE], PACKETS,
     PACKETS),
    ('strongest', [ELEMENTS + ' key-agreements=X448 hashes=S384 ciphers=AES3 '
                   'sas-types=B256', TONE, OUT + NETWORK, IN, FILE], PACKETS,
     PACKETS),
]
# What the endpoint is told to insist on, and what has to come of it.
STRONGEST = {'key-agreements': 'X448', 'hashes': 'S384', 'ciphers': 'AES3',
             'sas-types': 'B256'}
AGREED = {'ka': 'X448', 'hash': 'S384', 'cipher': 'AES3', 'sas-type': 'B256'}


def is_rtp(data):
    return data[0] >> 6 == 2


class PortRelay(Relay):
    """One end is a connected socket as ever; the other sends from anywhere to
    one port and listens on another."""

    async def open_ports(self):
        end, own = connected_pair()
        outside, listening = udp_socket(), udp_socket()
        # The pipeline binds this one itself.
        self.listens_at = listening.getsockname()[1]
        listening.close()
        self.sends_to = outside.getsockname()[1]
        loop = asyncio.get_running_loop()
        for index, sock in enumerate((own, outside)):
            _, side = await loop.create_datagram_endpoint(
                lambda i=index: Relay.Side(self, i), sock=sock)
            self.sides.append(side)
        return end

    def take(self, index, data):
        self.packets.append(data)
        if index == 0:
            self.sides[1].transport.sendto(data,
                                           ('127.0.0.1', self.listens_at))
        else:
            self.sides[0].transport.sendto(data)


class Pipeline(Endpoint):
    """gst-launch-1.0; its element messages tell what it did."""

    def __init__(self, parts, **places):
        super().__init__(['gst-launch-1.0', '-m'])
        self.description = ' '.join(parts).format(**places)
        self.sas = None

    async def start(self):
        self.command.append(self.description)
        self.process = await asyncio.create_subprocess_exec(
            *self.command[:2], *self.split(), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        self.readers = [
            asyncio.create_task(self._read(self.process.stdout, True)),
            asyncio.create_task(self._read(self.process.stderr, False))]

    def split(self):
        """As a shell does; no word has blanks in it."""
        return [word.replace('"', '') for word in self.description.split()]

    def _take(self, text):
        found = re.search(r'GstZrtpSas, sas=\(string\)("[^"]*"|[^,]*)', text)
        if found:
            self.sas = re.sub(r'\\', '', found[1].strip('"'))

    async def stop(self):
        if self.process.returncode is None:
            self.process.terminate()
        try:
            self.status = await asyncio.wait_for(self.process.wait(),
                                                 CLOSED_WITHIN)
        except asyncio.TimeoutError:
            self.process.kill()
            self.status = await self.process.wait()
            raise Failure('gst-launch-1.0 does not end') from None
        finally:
            await asyncio.gather(*self.readers)


def pattern(packets):
    """The payloads that media.c makes."""
    return b''.join(
        bytes((sequence * 31 + i * 7 + (SSRC >> (8 * (i % 4)))) & 255
              for i in range(20 + (sequence * 37) % 160))
        for sequence in range(packets))


def check_wire(packets):
    last = max(i for i, data in enumerate(packets)
               if data[16:24] == b'Confirm1')
    expect(not any(is_rtp(data) for data in packets[:last]),
           'RTP before the handshake was over')


def check_file(path, packets):
    with open(path, 'rb') as file:
        got = file.read()
    expect(got == pattern(packets),
           f'{len(got)} octets came out, not the {len(pattern(packets))} '
           'that were sent')


async def until_file_is(path, size):
    """The last packets may still be on their way through the pipeline."""
    for _ in range(200):
        if os.path.exists(path) and os.path.getsize(path) >= size:
            return
        await asyncio.sleep(0.02)


async def converse(pipeline, other, end, path, sent):
    """Until each has what it should have from the other."""
    try:
        await pipeline.start()
        await other.launch([end], ['--linger', '--timeout', str(SECONDS)])
        await other.wait_for(lambda: other.done, SECONDS + 5)
        expect(other.done, 'not done')
        await until_file_is(path, len(pattern(sent)))
    finally:
        await pipeline.stop()
        await other.close()


def check(pipeline, other, relay, path, sent, strongest):
    secure, media = other.secure[0], other.media[0]
    expect(pipeline.sas is not None
           and pipeline.sas.replace(' ', ':') == secure['sas'],
           f'SAS: {pipeline.sas!r} here, {secure["sas"]!r} there')
    expect(media['srtp-bad'] == '0' and media['srtp-early'] == '0',
           f'bad media: {media}')
    for key, value in AGREED.items() if strongest else ():
        expect(secure[key] == value, f'{key} is {secure[key]}')
    check_wire(relay.packets)
    if sent:
        check_file(path, sent)


async def run_case(peer, name, parts, expected, sent, folder):
    relay = PortRelay()
    end = await relay.open_ports()
    path = os.path.join(folder, 'media')
    strongest = name == 'strongest'
    pipeline = Pipeline(parts, to=relay.sends_to, at=relay.listens_at,
                        file=path, cache=os.path.join(folder, 'cache'))
    other = Endpoint([peer], [
        '--ssrc', str(SSRC), '--any-media', '--expect', str(expected),
        '--send', str(sent)])
    for key, value in STRONGEST.items() if strongest else ():
        other.command += ['--' + key, value]
    try:
        await converse(pipeline, other, end, path, sent)
        check(pipeline, other, relay, path, sent, strongest)
    except Failure:
        print(pipeline.transcript())
        print(other.transcript())
        raise
    finally:
        relay.close()
        end.close()
    return other.secure[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('peer')
    peer = parser.parse_args().peer
    failed = 0
    for name, parts, expected, sent in CASES:
        with tempfile.TemporaryDirectory(prefix='zrtp-launch-') as folder:
            try:
                secure = asyncio.run(run_case(peer, name, parts, expected, sent,
                                              folder))
            except Failure as failure:
                failed += 1
                print(f'FAIL launch/{name}: {failure}')
            else:
                print(f'PASS launch/{name}: {secure["ka"]} {secure["hash"]} '
                      f'{secure["cipher"]} SAS {secure["sas"]}, secure after '
                      f'{secure["ms"]} ms')
            sys.stdout.flush()
    print(f'{len(CASES) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
