# gst-zrtp: ZRTP for GStreamer
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One call between two endpoint programs (peer.h says what they print)."""

import asyncio
import re
import socket
import struct
import time

STARTED_WITHIN = 10             # seconds, for "started" and "hello-hash"
CLOSED_WITHIN = 10              # seconds from the end of input to the exit


class Failure(Exception):
    """A case did not go as it should."""


def expect(condition, text):
    if not condition:
        raise Failure(text)


def udp_socket():
    """A UDP socket on a free port of the loopback."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(('127.0.0.1', 0))
    return sock


def connected_pair():
    """Two UDP sockets that talk to each other."""
    left, right = udp_socket(), udp_socket()
    left.connect(right.getsockname())
    right.connect(left.getsockname())
    return left, right


class Endpoint:
    """A program with its options; running, what it said."""

    def __init__(self, program, options=()):
        self.command = [*program, *options]
        self.lines = []
        self.secure = {}
        self.media = {}
        self.hashes = {}
        self.done = self.started = self.timed_out = False
        self.status = None
        self.process = None
        self.changed = asyncio.Condition()
        self.readers = []

    async def launch(self, sockets, extra):
        handles = [s.fileno() for s in sockets]
        self.command += ['--socket', ','.join(map(str, handles)), *extra]
        self.process = await asyncio.create_subprocess_exec(
            *self.command, pass_fds=handles,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE)
        self.readers = [
            asyncio.create_task(self._read(self.process.stdout, True)),
            asyncio.create_task(self._read(self.process.stderr, False))]

    async def _read(self, stream, is_output):
        while line := await stream.readline():
            text = line.decode(errors='replace').rstrip()
            async with self.changed:
                self.lines.append(text if is_output else 'stderr: ' + text)
                if is_output:
                    self._take(text)
                self.changed.notify_all()
        async with self.changed:
            self.changed.notify_all()

    def _take(self, text):
        word = text.split(' ', 1)[0]
        values = dict(re.findall(r'([\w-]+)=(\S*)', text))
        if word == 'hello-hash':
            self.hashes[int(values['channel'])] = text.split('value=')[1]
        elif word in ('secure', 'media'):
            getattr(self, word)[int(values['channel'])] = values
        elif word in ('done', 'started'):
            setattr(self, word, True)
        elif word == 'timeout':
            self.timed_out = True

    async def wait_for(self, condition, seconds):
        """Until condition() or the program's end. FALSE: neither in time."""
        def over():
            return condition() or all(r.done() for r in self.readers)

        async def wait():
            async with self.changed:
                while not over():
                    await self.changed.wait()
        try:
            await asyncio.wait_for(wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    async def say(self, text):
        self.process.stdin.write(text.encode() + b'\n')
        await self.process.stdin.drain()

    async def kill(self):
        """Dies without a word."""
        self.process.kill()
        self.status = await self.process.wait()
        await asyncio.gather(*self.readers)

    async def close(self):
        """Ends the input, by which a lingering endpoint ends."""
        if self.process is None:
            return
        try:
            self.process.stdin.close()
            self.status = await asyncio.wait_for(self.process.wait(),
                                                 CLOSED_WITHIN)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()
            self.status = 'killed'
        await asyncio.gather(*self.readers)

    def text(self):
        return '\n'.join(self.lines)

    def transcript(self):
        return '\n'.join(['    $ ' + ' '.join(self.command)]
                         + ['      ' + line for line in self.lines]
                         + [f'      exit status {self.status}'])


class Relay:
    """Sits between two endpoints and keeps every datagram with its time."""

    class Side(asyncio.DatagramProtocol):
        def __init__(self, relay, index):
            self.relay, self.index, self.transport = relay, index, None

        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            self.relay.take(self.index, data)

    def __init__(self):
        self.packets = []       # (time, from port, to port, octets)
        self.sides = []
        self.ports = []

    async def open(self):
        """Two connected sockets for the endpoints."""
        loop = asyncio.get_running_loop()
        ends = []
        for index in (0, 1):
            end, own = connected_pair()
            _, side = await loop.create_datagram_endpoint(
                lambda i=index: Relay.Side(self, i), sock=own)
            self.sides.append(side)
            self.ports.append(end.getsockname()[1])
            ends.append(end)
        return ends

    def take(self, index, data):
        other = 1 - index
        self.packets.append((time.time(), self.ports[index], self.ports[other],
                             data))
        self.sides[other].transport.sendto(data)

    def close(self):
        for side in self.sides:
            side.transport.close()

    def write_pcap(self, path):
        """Raw IPv4 packets, as if they had gone straight from end to end."""
        with open(path, 'wb') as out:
            out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                  101))
            for when, source, target, data in self.packets:
                packet = ip_packet(source, target, data)
                seconds = int(when)
                out.write(struct.pack('<IIII', seconds,
                                      int((when - seconds) * 1e6),
                                      len(packet), len(packet)) + packet)


def ip_packet(source, target, data):
    loopback = bytes([127, 0, 0, 1])
    udp = struct.pack('>HHHH', source, target, 8 + len(data), 0) + data
    header = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), 0, 0, 64, 17,
                         0) + loopback * 2
    total = sum(struct.unpack('>10H', header))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    return header[:10] + struct.pack('>H', ~total & 0xffff) + header[12:] + udp


async def exchange_hashes(endpoints, spoil):
    """Carries a=zrtp-hash across; the value that endpoint @spoil gets is
    wrong in one digit."""
    for end in endpoints:
        await end.wait_for(lambda e=end: e.hashes, STARTED_WITHIN)
        expect(end.hashes, 'no hello-hash was printed')
    for index, end in enumerate(endpoints):
        for value in endpoints[1 - index].hashes.values():
            if index == spoil:
                value = value[:-1] + ('0' if value[-1] != '0' else '1')
            await end.say(value)


async def make_call(left, right, *, first=None, channels=1, seconds=10,
                    hashes=False, spoil=None, relays=(), until_secure=True):
    """Runs both until each is done (or in @seconds is not).

    first: the endpoint that has to be at work before the other is launched;
    None for both at once. relays: one a channel. until_secure: without it the call only ends when
    both give up."""
    extra = ['--linger', '--timeout', str(seconds), '--channels', str(channels)]
    if hashes:
        extra += ['--print-hash'] + ['--peer-hash', '-'] * channels
    pairs = [await relay.open() for relay in relays] \
        or [connected_pair() for _ in range(channels)]
    ends = [(left, [p[0] for p in pairs]), (right, [p[1] for p in pairs])]
    if first is right:
        ends.reverse()
    try:
        for index, (end, sockets) in enumerate(ends):
            await end.launch(sockets, extra)
            if first is not None and index == 0:
                await end.wait_for(lambda e=end: e.started, STARTED_WITHIN)
                expect(end.started, 'the first endpoint did not start')
        if hashes:
            await exchange_hashes((left, right), spoil)
        for end in (left, right):
            await end.wait_for(
                lambda e=end: until_secure and e.done, seconds + STARTED_WITHIN)
    finally:
        for end in (left, right):
            await end.close()
        for relay in relays:
            relay.close()
        for pair in pairs:
            for sock in pair:
                sock.close()


def drain(sock):
    """A socket that is opened again has nothing of its port's past."""
    sock.setblocking(False)
    try:
        while True:
            sock.recv(65536)
    except (BlockingIOError, ConnectionRefusedError):
        pass
    finally:
        sock.setblocking(True)


async def make_call_to_restarted(left, right, again, ready, seconds=30):
    """Once ready(), @right dies and @again takes its place on its port."""
    extra = ['--linger', '--timeout', str(seconds)]
    ours, theirs = connected_pair()
    try:
        await left.launch([ours], extra)
        await right.launch([theirs], extra)
        await left.wait_for(ready, STARTED_WITHIN)
        expect(ready(), 'the first call never came so far')
        await right.kill()
        drain(theirs)
        await again.launch([theirs], extra)
        for end in (left, again):
            await end.wait_for(lambda e=end: e.done, seconds + STARTED_WITHIN)
    finally:
        for end in (left, again):
            await end.close()
        ours.close()
        theirs.close()


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0

