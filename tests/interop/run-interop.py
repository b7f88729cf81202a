#!/usr/bin/python3
# gst-zrtp: ZRTP for GStreamer
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lets two endpoint programs call each other in every way that matters.

run-interop.py LEFT RIGHT [options]: one line a case and a summary; exit status
0 if all passed. The programs are those of peer.h; LEFT is the one under test.
"""

import argparse
import asyncio
import fnmatch
import itertools
import os
import sys
import tempfile
import time

import calls
from calls import (Endpoint, Failure, expect, make_call,
                   make_call_to_restarted, median)

KEY_AGREEMENTS = ['X255', 'X448', 'DH3k', 'DH2k']
RANK = ['DH2k', 'X255', 'X448', 'DH3k']         # RFC 6189 4.1.2, by speed
KINDS = {'hash': 'hashes', 'cipher': 'ciphers', 'auth': 'auth-tags',
         'ka': 'key-agreements', 'sas-type': 'sas-types'}
SIDES = ('left', 'right')
PACKETS = 20
MEDIA = ['--send', str(PACKETS), '--expect', str(PACKETS), '--rtcp']
LOSSY_MEDIA = ['--send', str(PACKETS * 3), '--expect', str(PACKETS), '--rtcp']
# An endpoint that gives no HelloACK gets no Commit and sends its own: the initiator.
INITIATOR = ['--drop', 'HelloACK:1000']
MESSAGES = ['Hello', 'HelloACK', 'Commit', 'DHPart1', 'DHPart2', 'Confirm1',
            'Confirm2', 'Conf2ACK']


class Case:
    """One call or a chain of calls: what a case function has in hand."""

    def __init__(self, name, function, left, right):
        self.name, self.function = name, function
        self.programs = {'left': left, 'right': right}
        self.ends = []
        self.folder = None
        self.seconds = 0.0

    async def call(self, left=(), right=(), first=None, **options):
        """A call; @first is None, 'left' or 'right'. Gives both endpoints."""
        ends = [self.end('left', left), self.end('right', right)]
        await make_call(*ends, first={None: None, 'left': ends[0],
                                      'right': ends[1]}[first], **options)
        return ends

    def end(self, side, options):
        base = ['--ssrc', '4096' if side == 'left' else '8192']
        end = Endpoint([self.programs[side]], [*base, *options])
        self.ends.append(end)
        return end

    def cache(self, side):
        return ['--cache', os.path.join(self.folder, side + '.sqlite')]

    async def run(self):
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix='zrtp-interop-') as folder:
            self.folder = folder
            try:
                await self.function(self)
            finally:
                self.seconds = time.monotonic() - started

    def times(self):
        return [float(s[0]['ms']) for s in (e.secure for e in self.ends)
                if 0 in s]


def check_secure(ends, channel=0, **expected):
    """Both are secure and agree in everything. @expected: values of theirs."""
    both = [end.secure.get(channel) for end in ends]
    expect(all(both), f'channel {channel}: not secure')
    left, right = both
    for key in ('hash', 'cipher', 'auth', 'ka'):
        expect(left[key] == right[key],
               f'{key}: {left[key]} here, {right[key]} there')
    expect({left['role'], right['role']} == {'initiator', 'responder'},
           f'both are {left["role"]}')
    # libbzrtp tells the SAS on the channel that made it only.
    if channel == 0 or left['sas'] and right['sas']:
        expect(left['sas'] and left['sas'] == right['sas'],
               f'SAS: {left["sas"]!r} here, {right["sas"]!r} there')
        expect(left['sas-type'] == right['sas-type'], 'SAS types differ')
    for key, value in expected.items():
        key = key.replace('_', '-')
        expect(left[key] == value, f'{key} is {left[key]}, not {value}')


def check_multistream(ends, **expected):
    """One channel by a key agreement, the other from it."""
    for channel in (0, 1):
        check_secure(ends, channel=channel, **expected)
    agreed = [ends[0].secure[channel]['ka'] for channel in (0, 1)]
    expect(agreed.count('Mult') == 1, f'key agreements: {agreed}')


def check_media(ends, packets=PACKETS, lossless=True, channels=1):
    """What was sent came, whole and nothing else."""
    for end in ends:
        expect(end.done and end.status == 0, 'not done')
        for channel in range(channels):
            media = {k: int(v) for k, v in end.media[channel].items()}
            expect(media['srtp-bad'] == 0 and media['srtcp-bad'] == 0,
                   f'bad media: {media}')
            if lossless:
                expect(media['srtp-early'] == 0,
                       f'media before there was a key for it: {media}')
                expect(media['srtp-received'] == packets
                       and media['srtcp-received'] == (packets + 4) // 5,
                       f'lost media: {media}')


def check_never_secure(ends):
    for end in ends:
        expect(end.started and end.timed_out, 'did not even try')
        expect(not end.secure and not end.done, 'secure all the same')


def check_flags(end, mismatch, verified):
    """What one endpoint says of the cache and of the V flags."""
    said = end.secure[0]
    expect(said['cache-mismatch'] == str(int(mismatch)),
           f'cache-mismatch is {said["cache-mismatch"]}')
    expect(said['verified'] == str(int(verified)),
           f'verified is {said["verified"]}')


# Cases


def algorithm_cases():
    """Every combination of what both stacks know, in both roles."""
    product = itertools.product(KEY_AGREEMENTS, ['S256', 'S384'],
                                ['AES1', 'AES3'], ['HS80', 'HS32'],
                                ['B32', 'B256'], ['left', 'right'])
    for ka, hash_, cipher, auth, sas, initiator in product:
        options = ['--key-agreements', ka, '--hashes', hash_, '--ciphers',
                   cipher, '--auth-tags', auth, '--sas-types', sas, *MEDIA]

        async def run(case, options=options, initiator=initiator, ka=ka,
                      hash_=hash_, cipher=cipher, auth=auth, sas=sas):
            extra = {initiator: INITIATOR}
            ends = await case.call([*options, *extra.get('left', [])],
                                   [*options, *extra.get('right', [])])
            # DH2k SHOULD use AES-128 (5.1.5): an initiator may keep to that.
            if ka == 'DH2k' and ends[0].secure[0]['cipher'] == 'AES1':
                cipher = 'AES1'
            check_secure(ends, ka=ka, hash=hash_, cipher=cipher, auth=auth,
                         sas_type=sas, role='initiator' if initiator == 'left'
                         else 'responder')
            check_media(ends)
        yield (f'algorithms/{ka}-{hash_}-{cipher}-{auth}-{sas}-'
               f'{initiator}-initiates', run)


def agreed_key_agreement(left, right):
    """4.1.2: of both first mutual choices the faster."""
    return min(next(a for a in left if a in right),
               next(a for a in right if a in left), key=RANK.index)


def preference_cases():
    """Every order against every other: both must choose the same."""
    orders = list(itertools.permutations(KEY_AGREEMENTS))
    for index, left in enumerate(orders):
        right = orders[(index * 7 + 5) % len(orders)]

        async def run(case, left=left, right=right):
            ends = await case.call(['--key-agreements', ','.join(left)],
                                   ['--key-agreements', ','.join(right)])
            check_secure(ends, ka=agreed_key_agreement(left, right))
        yield f'preferences/{"-".join(left)}-and-{"-".join(right)}', run
    for kind, one, two in (('hash', 'S256', 'S384'), ('cipher', 'AES1', 'AES3'),
                           ('auth', 'HS80', 'HS32'),
                           ('sas-type', 'B32', 'B256')):
        for initiator in SIDES:
            async def run_kind(case, kind=kind, one=one, two=two,
                               initiator=initiator):
                option = '--' + KINDS[kind]
                left, right = f'{one},{two}', f'{two},{one}'
                extra = {initiator: INITIATOR}
                ends = await case.call(
                    [option, left, *MEDIA, *extra.get('left', [])],
                    [option, right, *MEDIA, *extra.get('right', [])])
                check_secure(ends)
                wanted = one if initiator == 'left' else two
                expect(ends[0].secure[0][kind] == wanted,
                       f'{kind} is not the initiator\'s first')
                check_media(ends)
            yield f'preferences/{kind}-of-{initiator}-initiator', run_kind

    async def defaults(case):
        ends = await case.call(MEDIA, MEDIA)
        check_secure(ends, hash='S256', cipher='AES1', ka='X255')
        check_media(ends)
    yield 'preferences/defaults', defaults


def start_cases():
    for first in ('left', 'right', None):
        # After 6 s the first one's Hello schedule has ended.
        for delay in (0, 100, 2500, 6000):
            if first is None and delay:
                continue

            async def run(case, first=first, delay=delay):
                late = MEDIA + ['--start-delay', str(delay)]
                ends = await case.call(late if first == 'right' else MEDIA,
                                       late if first == 'left' else MEDIA,
                                       first=first, seconds=20)
                check_secure(ends)
                check_media(ends)
            yield f'start/{first or "none"}-first-by-{delay}-ms', run


def drop_cases():
    """Each message lost once, whichever side sends it, and three times."""
    for message, times, dropper, initiator in itertools.product(
            MESSAGES, (1, 3), ('left', 'right'), ('left', 'right')):
        sender = 'initiator' if message in ('Commit', 'DHPart2', 'Confirm2') \
            else 'responder'
        is_initiator = dropper == initiator
        if message not in ('Hello', 'HelloACK') \
                and is_initiator != (sender == 'initiator'):
            continue
        if message == 'HelloACK' and is_initiator:
            continue            # its HelloACK never goes out anyway

        async def run(case, message=message, times=times, dropper=dropper,
                      initiator=initiator):
            drops = {'left': [], 'right': []}
            drops[initiator].append('HelloACK:1000')
            drops[dropper].append(f'{message}:{times}')
            ends = await case.call(*[
                [*LOSSY_MEDIA, *(['--drop', ','.join(drops[side])]
                                 if drops[side] else [])]
                for side in SIDES], seconds=15)
            check_secure(ends)
            check_media(ends, lossless=False)
        yield (f'drop/{message}-{times}-by-{dropper}-'
               f'{initiator}-initiates', run)


def loss_cases():
    for seed in range(1, 17):
        async def run(case, seed=seed):
            loss = ['--loss', '20', '--seed', str(seed)]
            ends = await case.call([*LOSSY_MEDIA, *loss], LOSSY_MEDIA,
                                   seconds=25)
            check_secure(ends)
            check_media(ends, lossless=False)
        yield f'loss/20-percent-seed-{seed}', run


def media_cases():
    async def rollover(case):
        media = [*MEDIA, '--first-sequence', '65530']
        ends = await case.call(media, media)
        check_secure(ends)
        check_media(ends)
    yield 'media/rollover', rollover

    for initiator in SIDES:
        async def short_srtcp(case, initiator=initiator):
            media = [*MEDIA, '--auth-tags', 'HS32', '--srtcp-tag', '4']
            extra = {initiator: INITIATOR}
            ends = await case.call([*media, *extra.get('left', [])],
                                   [*media, *extra.get('right', [])])
            check_secure(ends, auth='HS32')
            check_media(ends)
        yield f'media/short-srtcp-tags-{initiator}-initiates', short_srtcp

    async def unforeseen(case):
        """Left was not told that right shortens tags. What it sends before it
        hears the first of them, right can't read."""
        media = [*MEDIA, '--auth-tags', 'HS32']
        ends = await case.call(media, [*media, '--srtcp-tag', '4'])
        check_secure(ends, auth='HS32')
        left, right = [{k: int(v) for k, v in end.media[0].items()}
                       for end in ends]
        for media in (left, right):
            expect(media['srtp-received'] == PACKETS and media['srtp-bad'] == 0
                   and media['srtcp-received'] + media['srtcp-bad']
                   == (PACKETS + 4) // 5, f'lost media: {media}')
        expect(left['srtcp-bad'] == 0, f'not understood: {left}')
        expect(right['srtcp-received'] > 0, f'never shortened: {right}')
    yield 'media/unforeseen-srtcp-tags', unforeseen


def cache_cases():
    def both(case, left=(), right=()):
        return ([*MEDIA, *case.cache('left'), *left],
                [*MEDIA, *case.cache('right'), *right])

    for initiator in SIDES:
        role = {side: INITIATOR if side == initiator else []
                for side in SIDES}

        async def retained(case, role=role):
            """Four calls: unknown, unverified, verified on both, remembered."""
            for number in range(4):
                verify = ['--mark-verified'] if number == 2 else []
                ends = await case.call(*both(case, role['left'] + verify,
                                             role['right'] + verify))
                check_secure(ends)
                check_media(ends)
                for end in ends:
                    check_flags(end, mismatch=False, verified=number == 3)
        yield f'cache/retained-{initiator}-initiates', retained

        async def half_verified(case, role=role):
            """Only one user compared the SAS: neither shows it verified."""
            for number in range(2):
                verify = ['--mark-verified'] if number == 0 else []
                ends = await case.call(*both(case, role['left'] + verify,
                                             role['right']))
                check_secure(ends)
                for end in ends:
                    check_flags(end, mismatch=False, verified=False)
        yield f'cache/half-verified-{initiator}-initiates', half_verified

        for loser in SIDES:
            keeper = 'right' if loser == 'left' else 'left'

            async def lost(case, role=role, loser=loser, keeper=keeper,
                           confirm=False):
                """One forgets: the other is told. Unless its user confirms at
                once both are told in the next call, until both confirm."""
                told = {loser: False, keeper: False}
                for number in range(4):
                    extra = {loser: [], keeper: []}
                    if number == 1:
                        extra[loser] = ['--forget-secrets']
                        told[keeper] = True
                    elif number == 2 and not confirm:
                        told[loser] = told[keeper] = True
                    if number == 1 and confirm:
                        extra[keeper] += ['--mark-verified']
                    if number == 2:
                        extra = {s: ['--mark-verified'] for s in extra}
                    ends = await case.call(*both(case, *[
                        role[side] + extra[side] for side in SIDES]))
                    check_secure(ends)
                    check_media(ends)
                    for side, end in zip(SIDES, ends):
                        check_flags(end, mismatch=told[side],
                                    verified=number == 3)
                        told[side] = False
            yield f'cache/lost-by-{loser}-{initiator}-initiates', lost

            async def confirmed(case, lost=lost):
                await lost(case, confirm=True)
            yield f'cache/lost-by-{loser}-confirmed-{initiator}-initiates', \
                confirmed

        async def both_lost(case, role=role):
            for forget in ([], ['--forget-secrets'], []):
                ends = await case.call(*both(case, role['left'] + forget,
                                             role['right'] + forget))
                check_secure(ends)
                for end in ends:
                    check_flags(end, mismatch=False, verified=False)
        yield f'cache/lost-by-both-{initiator}-initiates', both_lost

        async def cut_off(case, initiator=initiator):
            """The initiator never learns that Confirm2 came (4.6.1): only the
            responder has moved on, and rs2 still fits."""
            role = {side: ['--drop', 'HelloACK:1000'] if side == initiator
                    else ['--drop', 'Conf2ACK:1000']
                    for side in SIDES}
            ends = await case.call(*both(case))
            check_secure(ends)
            ends = await case.call(
                *[[*case.cache(side), *role[side]]
                  for side in SIDES],
                seconds=3, until_secure=False)
            expect([bool(e.secure) for e in ends]
                   == [side != initiator for side in SIDES],
                   'not cut off between Confirm2 and Conf2ACK')
            for _ in range(2):
                ends = await case.call(*both(case))
                check_secure(ends)
                for end in ends:
                    check_flags(end, mismatch=False, verified=False)
        yield f'cache/cut-off-{initiator}-initiates', cut_off

    async def same_zid(case):
        """One cache for both is one ZID: no call (5.9, code 0x90). Only with
        twice the same program."""
        cache = case.cache('left')
        ends = await case.call(cache, cache, seconds=3, until_secure=False)
        check_never_secure(ends)
    yield 'cache/same-file', same_zid


def hello_hash_cases():
    async def right_hashes(case):
        ends = await case.call(MEDIA, MEDIA, hashes=True)
        check_secure(ends)
        check_media(ends)
    yield 'hello-hash/right', right_hashes

    for index, side in enumerate(SIDES):
        async def wrong(case, index=index):
            ends = await case.call(MEDIA, MEDIA, hashes=True, spoil=index,
                                   seconds=5, until_secure=False)
            check_never_secure(ends)
        yield f'hello-hash/wrong-at-{side}', wrong


def aux_cases():
    secret, other = '00112233445566778899aabbccddeeff', '01' * 16
    for initiator in SIDES:
        role = {side: INITIATOR if side == initiator else []
                for side in SIDES}
        for name, right, said in (('same', secret, 'match'),
                                  ('different', other, 'mismatch')):
            async def run(case, role=role, right=right, said=said):
                ends = await case.call(
                    [*MEDIA, '--aux', secret, *role['left']],
                    [*MEDIA, '--aux', right, *role['right']])
                check_secure(ends, aux=said)
                expect(ends[1].secure[0]['aux'] == said, 'aux there')
                check_media(ends)
            yield f'aux/{name}-{initiator}-initiates', run


def multistream_cases():
    for initiator in ('left', 'right', None):
        for hash_, cipher in (('S256', 'AES1'), ('S384', 'AES3')):
            async def run(case, initiator=initiator, hash_=hash_,
                          cipher=cipher):
                options = [*MEDIA, '--hashes', hash_, '--ciphers', cipher]
                extra = {initiator: INITIATOR}
                ends = await case.call([*options, *extra.get('left', [])],
                                       [*options, *extra.get('right', [])],
                                       channels=2)
                check_multistream(ends, hash=hash_, cipher=cipher)
                check_media(ends, channels=2)
            yield (f'multistream/{hash_}-{cipher}-'
                   f'{initiator or "either"}-initiates', run)
    for seed in range(1, 5):
        async def lossy(case, seed=seed):
            ends = await case.call(
                [*LOSSY_MEDIA, '--loss', '20', '--seed', str(seed)],
                LOSSY_MEDIA, channels=2, seconds=25)
            check_multistream(ends)
            check_media(ends, channels=2, lossless=False)
        yield f'multistream/20-percent-loss-seed-{seed}', lossy


def restart_cases():
    """The peer's program dies and starts again, with another ZID."""
    for initiator, role, never in (
            ('left', INITIATOR, 'DHPart1:1000'),
            ('right', [], 'DHPart2:1000,HelloACK:1000')):
        async def unfinished(case, role=role, never=never):
            ends = [case.end('left', [*MEDIA, *role]),
                    case.end('right', ['--drop', never]),
                    case.end('right', MEDIA)]
            await make_call_to_restarted(
                *ends, ready=lambda: 'state=negotiating' in ends[0].text())
            check_secure([ends[0], ends[2]])
            check_media([ends[0], ends[2]])
        yield f'restart/unfinished-{initiator}-initiates', unfinished

    async def refused(case):
        """Once secure a newcomer gets nothing unless the user wants it."""
        ends = [case.end('left', MEDIA), case.end('right', MEDIA),
                case.end('right', MEDIA)]
        await make_call_to_restarted(*ends, ready=lambda: ends[0].done,
                                     seconds=4)
        check_never_secure([ends[2]])
        expect(' fork ' in ends[0].text(), 'no user was told')
    yield 'restart/refused', refused

    async def accepted(case):
        ends = [case.end('left', [*MEDIA, '--accept-fork']),
                case.end('right', MEDIA),
                case.end('right', ['--send', str(PACKETS)])]
        await make_call_to_restarted(*ends, ready=lambda: ends[0].done)
        check_secure([ends[0], ends[2]])
        expect(int(ends[0].media[0]['srtp-received']) > PACKETS
               and ends[0].media[0]['srtp-bad'] == '0',
               f'media of the second: {ends[0].media[0]}')
    yield 'restart/accepted', accepted


def own_cases():
    """What libbzrtp does not know."""
    for ka, cipher in itertools.product(('EC25', 'EC38', 'E255', 'DH3k'),
                                        ('AES1', 'AES2', 'AES3')):
        hash_ = 'S384' if ka == 'EC38' else 'S256'

        async def run(case, ka=ka, cipher=cipher, hash_=hash_):
            options = ['--key-agreements', ka, '--ciphers', cipher,
                       '--hashes', hash_, *MEDIA]
            ends = await case.call(options, options)
            check_secure(ends, ka=ka, cipher=cipher, hash=hash_)
            check_media(ends)
        yield f'own/{ka}-{cipher}', run


def unknown_cases():
    """Names in our Hello that the peer has never heard of are passed over."""
    for initiator in SIDES:
        async def run(case, initiator=initiator):
            role = {side: INITIATOR if side == initiator else []
                    for side in SIDES}
            ends = await case.call(
                ['--key-agreements', 'EC25,E255,EC38,X448,DH3k', '--ciphers',
                 'AES2,AES3', *MEDIA, *role['left']],
                ['--key-agreements', 'X255,DH3k,X448', '--ciphers', 'AES3',
                 *MEDIA, *role['right']])
            check_secure(ends, ka='X448', cipher='AES3')
            check_media(ends)
        yield f'unknown/{initiator}-initiates', run


GROUPS = [algorithm_cases, preference_cases, start_cases, drop_cases,
          loss_cases, media_cases, cache_cases, hello_hash_cases, aux_cases,
          multistream_cases, unknown_cases, restart_cases,
          own_cases]


async def run_all(cases, jobs, verbose):
    failed = 0
    places = asyncio.Semaphore(jobs)

    async def run_one(case):
        nonlocal failed
        async with places:
            said = True
            try:
                await case.run()
            except Failure as failure:
                failed += 1
                print(f'FAIL {case.name}: {failure}')
            else:
                times = ' '.join(f'{ms:.0f}' for ms in case.times()) or '-'
                print(f'PASS {case.name} ({case.seconds:.1f} s; '
                      f'ms to secure: {times})')
                said = verbose
            for end in case.ends if said else ():
                print(end.transcript())
            sys.stdout.flush()
    await asyncio.gather(*(run_one(case) for case in cases))
    return failed


def print_times(cases):
    """Median time from start to secure by key agreement, no loss."""
    for ka in KEY_AGREEMENTS:
        times = [ms for case in cases for ms in case.times()
                 if case.name.startswith(f'algorithms/{ka}-')]
        if times:
            print(f'{ka}: {median(times):.1f} ms to secure (median of '
                  f'{len(times)}), {max(times):.1f} at most')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('left')
    parser.add_argument('right')
    parser.add_argument('--only', nargs='+', default=['*'],
                        help='patterns of case names')
    parser.add_argument('--skip', nargs='+', default=[],
                        help='patterns of case names, after --only')
    parser.add_argument('--jobs', type=int, default=8)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--verbose', action='store_true',
                        help='what the endpoints say, failed or not')
    options = parser.parse_args()
    cases = [Case(name, function, options.left, options.right)
             for group in GROUPS for name, function in group()
             if any(fnmatch.fnmatch(name, p) for p in options.only)
             and not any(fnmatch.fnmatch(name, p) for p in options.skip)]
    if options.list:
        print('\n'.join(case.name for case in cases))
        return 0
    failed = asyncio.run(run_all(cases, options.jobs, options.verbose))
    print_times(cases)
    print(f'{len(cases) - failed} passed, {failed} failed')
    return 1 if failed or not cases else 0


if __name__ == '__main__':
    sys.exit(main())
