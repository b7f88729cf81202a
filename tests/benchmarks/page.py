# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/performance.md and its plots, from what the benchmarks say. Whatever is
not there as expected raises: a page with holes is worse than none."""

import plot

# Where the other side can't do it.
NONE = "-"

OURS, SRTP = "zrtpenc, zrtpdec", "srtpenc, srtpdec"


class Missing(Exception):
    """A benchmark does not say what the page wants to show."""


def pick(rows, **wanted):
    """The one row that has all of this."""
    found = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
    if len(found) != 1:
        raise Missing("%d rows with %s" % (len(found), wanted))
    return found[0]


def get(row, name):
    if name not in row:
        raise Missing("no %s in %s" % (name, row))
    return row[name]


def figure(row, name, form="%.2f"):
    return form % get(row, name)


def perhaps(row, name, form="%.2f"):
    """A figure that not every row has."""
    return form % row[name] if name in row else NONE


def table(head, rows):
    """Names to the left, figures to the right."""
    if not rows:
        raise Missing("nothing for a table of %s" % head)
    left = [isinstance(cell, str) and not cell[:1].isdigit() and cell != NONE for cell in rows[0]]
    lines = ["| " + " | ".join(head) + " |",
             "|" + "|".join("---" if text else "---:" for text in left) + "|"]
    for row in rows:
        if len(row) != len(head):
            raise Missing("%d cells for %d columns: %s" % (len(row), len(head), row))
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def values(rows, name):
    """All that there are, in order."""
    return list(dict.fromkeys(get(row, name) for row in rows))


# Media

MAIN_SIZES = (160, 1200)


def other_ns(media, subject, like, **changes):
    """Of another element in the same case, if that was measured."""
    wanted = {name: like[name] for name in ("cipher", "octets", "unit", "pieces")}
    wanted.update(changes, subject=subject)
    rows = [row for row in media if all(row[name] == value for name, value in wanted.items())]
    return figure(rows[0], "ns", "%.0f") if rows else NONE


def media_table(media, ours, srtp, dtls):
    rows = []
    for row in media:
        if row["subject"] != ours or row["octets"] not in MAIN_SIZES:
            continue
        rows.append([row["cipher"], "%d" % row["octets"], row["unit"], "%d" % row["pieces"],
                     other_ns(media, srtp, row), other_ns(media, dtls, row), figure(row, "ns", "%.0f"),
                     figure(row, "gain", "%.1f"), perhaps(row, "list_to_single"),
                     perhaps(row, "to_bare_and_identity")])
    return table(["cipher", "payload", "unit", "memories", srtp + ", ns", dtls + ", ns", ours + ", ns",
                  srtp + " / " + ours, "list / single", ours + " / least"], rows)


def parts_table(media):
    rows = []
    for octets in MAIN_SIZES:
        single = {"octets": octets, "unit": "single", "pieces": 1}
        cells = [pick(media, subject=name, **single) for name in ("nothing", "identity")]
        cells += [pick(media, subject=name, cipher="AES1", **single)
                  for name in ("libsrtp2-protect", "nettle-protect", "libsrtp2-unprotect",
                               "nettle-unprotect")]
        rows.append(["%d" % octets] + [figure(cell, "ns", "%.0f") for cell in cells])
    return table(["payload", "two pads", "identity", "protect, libsrtp2", "with Nettle",
                  "unprotect, libsrtp2", "with Nettle"], rows)


def overlap_table(overlap):
    return table(["octets", "kernel", "ns", "to Nettle"],
                 [[figure(row, "octets", "%d"), get(row, "name"), figure(row, "ns", "%.0f"),
                   figure(row, "ratio")] for row in overlap])


def size_plot(media):
    curves = []
    for name in ("srtpenc", "dtlssrtpenc", "zrtpenc", "srtpdec", "dtlssrtpdec", "zrtpdec"):
        rows = [row for row in media if row["subject"] == name and row["cipher"] == "AES1"
                and row["unit"] == "single" and row["pieces"] == 1]
        points = sorted((row["octets"], get(row, "ns")) for row in rows)
        if len(points) < 2:
            raise Missing("no sizes of %s" % name)
        curves.append((name, points, name.replace("dec", "enc"), name.endswith("dec")))
    return plot.plot("CPU time of a packet", "octets of payload", "nanoseconds", curves)


# Many sources

def ssrcs_table(ssrcs):
    numbers = values(ssrcs, "ssrcs")
    rows = [[subject] + [figure(pick(ssrcs, subject=subject, ssrcs=n), "ns", "%.0f") for n in numbers]
            + [figure(pick(ssrcs, subject=subject, ssrcs=numbers[-1]), "to_one")]
            for subject in values(ssrcs, "subject")]
    return table(["SSRCs"] + ["%d" % n for n in numbers] + ["%d / 1" % numbers[-1]], rows)


def ssrcs_plot(ssrcs):
    curves = [(subject, [(row["ssrcs"], get(row, "to_one")) for row in ssrcs
                         if row["subject"] == subject], subject, False)
              for subject in values(ssrcs, "subject")]
    return plot.plot("CPU time of a packet, in terms of one SSRC", "SSRCs on one pair", "ratio", curves,
                     log_x=True)


# Setting up

def setup_table(setup):
    names = {"zrtp X255 file": "ZRTP, X255, known peers in a file", "zrtp X255": "ZRTP, X255",
             "zrtp EC25": "ZRTP, EC25", "zrtp DH3k": "ZRTP, DH3k", "dtls-srtp": "DTLS-SRTP",
             "zrtp X255 late": "ZRTP, X255, one end late", "dtls-srtp late": "DTLS-SRTP, one end late"}
    rows = [[names[get(row, "subject")], figure(row, "calls", "%d"), figure(row, "failed", "%d")]
            + [figure(row, name, "%.1f") for name in ("median_ms", "p90_ms", "p99_ms", "max_ms", "cpu_ms")]
            for row in setup]
    return table(["", "calls", "failed", "median", "90 %", "99 %", "longest", "CPU"], rows)


def network_cell(row):
    text = figure(row, "median_ms", "%.0f") + " / " + figure(row, "p99_ms", "%.0f")
    failed = get(row, "failed")
    return text + " (%d of %d not)" % (failed, row["calls"]) if failed else text


def network_table(network):
    subjects = values(network, "subject")
    rows = []
    for rtt in values(network, "rtt_ms"):
        for loss in values(network, "loss_percent"):
            if any(row["rtt_ms"] == rtt and row["loss_percent"] == loss for row in network):
                rows.append(["%d" % rtt, "%d" % loss]
                            + [network_cell(pick(network, subject=subject, rtt_ms=rtt, loss_percent=loss))
                               for subject in subjects])
    return table(["RTT, ms", "loss, %"] + subjects, rows)


def loss_plot(network):
    rtts = values(network, "rtt_ms")
    rtt = rtts[1] if len(rtts) > 1 else rtts[0]
    curves = []
    for subject in values(network, "subject"):
        rows = [row for row in network if row["subject"] == subject and row["rtt_ms"] == rtt]
        short = subject.split(",")[0]
        for name, label, dashed in (("median_ms", "", False), ("p99_ms", ", 99 %", True)):
            curves.append((short + label, [(row["loss_percent"], get(row, name)) for row in rows],
                           subject, dashed))
    return plot.plot("Time to secure, RTT %d ms" % rtt, "percent of packets lost, each way",
                     "milliseconds", curves, log_y=True)


def handshake_table(handshake):
    rows = [[row["key_agreement"], row["cipher"], figure(row, "engine_us", "%.0f"),
             perhaps(row, "libbzrtp_us", "%.0f"), perhaps(row, "ratio"), figure(row, "to_x255"),
             figure(row, "engine_packets", "%d"), figure(row, "engine_octets", "%d"),
             perhaps(row, "libbzrtp_octets", "%d"), figure(row, "engine_kb", "%.1f"),
             perhaps(row, "libbzrtp_kb", "%.1f")] for row in handshake]
    return table(["", "cipher", "this, us", "libbzrtp, us", "ratio", "to X255", "packets", "octets",
                  "libbzrtp", "kB an end", "libbzrtp"], rows)


# Scale

SCALE = (("setup_per_second", "calls set up a second", "%.0f"),
         ("setup_cpu_ms", "CPU of that, ms a call", "%.2f"),
         ("resident_kb", "resident, kB a pair", "%.1f"),
         ("heap_kb", "allocated, kB a pair", "%.1f"),
         ("setup_threads", "threads, setting up", "%.0f"),
         ("load_threads", "threads, under load", "%.0f"),
         ("packets_per_second", "packets a second", "%.0f"),
         ("carried_percent", "carried, %", "%.1f"),
         ("packet_ns", "CPU of a packet, both elements, ns", "%.0f"),
         ("load_cpu_percent", "CPU, % of a core", "%.1f"),
         ("lag_ms", "timers late by, ms", "%.2f"),
         ("lag_p99_ms", "99 %", "%.2f"))
# Of srtpenc and srtpdec, too.
SCALE_BOTH = ("resident_kb", "carried_percent", "packet_ns", "load_cpu_percent")


def scale_rows(scale, subject):
    rows = [row for row in scale if get(row, "subject") == subject]
    if not rows:
        raise Missing("nothing of %s" % subject)
    return rows


def scale_table(scale):
    ours, theirs = scale_rows(scale, OURS), scale_rows(scale, SRTP)
    if values(theirs, "calls") != values(ours, "calls")[:len(theirs)]:
        raise Missing("the same numbers of calls of both")
    rows = [[title] + [figure(row, name, form) for row in ours] for name, title, form in SCALE]
    for name, title, form in SCALE:
        if name in SCALE_BOTH:
            cells = [figure(row, name, form) for row in theirs]
            rows.append(["srtpenc, srtpdec: " + title] + cells + [NONE] * (len(ours) - len(theirs)))
    return table(["calls"] + [figure(row, "calls", "%d") for row in ours], rows)


def scale_plot(scale, name, title, y_name):
    curves = [(subject, [(row["calls"], get(row, name)) for row in scale_rows(scale, subject)],
               subject, False) for subject in (OURS, SRTP)]
    return plot.plot(title, "calls in one process", y_name, curves, log_x=True)


# Goals

def plain(media, subject, octets, **more):
    case = {"cipher": "AES1", "unit": "single", "pieces": 1}
    case.update(more)
    return pick(media, subject=subject, octets=octets, **case)


def media_goals(media):
    for ours, theirs, goals in (("zrtpenc", "srtpenc", (5, 3.9)), ("zrtpdec", "srtpdec", (5, 3.8))):
        for octets, goal in zip(MAIN_SIZES, goals):
            yield ("%s: CPU time of %s, %d octets" % (ours, theirs, octets),
                   get(plain(media, ours, octets), "gain"), "at least", goal)
    for octets in MAIN_SIZES:
        yield ("zrtpenc: lists of 32 against single buffers, %d octets" % octets,
               get(plain(media, "zrtpenc", octets, unit="list"), "list_to_single"), "at most", 0.9)
    for octets in MAIN_SIZES:
        yield ("zrtpenc: against libsrtp2 with Nettle and identity, %d octets" % octets,
               get(plain(media, "zrtpenc", octets), "to_bare_and_identity"), "at most", 1.25)


def handshake_goals(handshake):
    for name, goal in (("DH3k", 0.6), ("DH2k", 0.6), ("X255", 1.05), ("X448", 1.3), ("Mult", 0.5)):
        row = pick(handshake, key_agreement=name, cipher="AES1")
        if "ratio" in row:
            yield "%s against libbzrtp" % name, row["ratio"], "at most", goal
    yield ("EC25 against X255", get(pick(handshake, key_agreement="EC25"), "to_x255"), "at most", 1.6)
    yield ("memory of a secure end, engine, kB",
           get(pick(handshake, key_agreement="X255"), "engine_kb"), "at most", 6)


def scale_goals(everything):
    scale = scale_rows(everything, OURS)
    most = scale[-1]
    few = next((row for row in scale if row["calls"] >= 100), scale[0])
    ten = pick(scale, calls=10)
    calls = get(most, "calls")
    yield "memory of a pair, kB, %d calls" % calls, get(most, "resident_kb"), "at most", 100
    yield ("the same against %d calls" % few["calls"],
           get(most, "resident_kb") / get(few, "resident_kb"), "at most", 1.1)
    yield ("threads, %d calls" % calls, max(get(most, "setup_threads"), get(most, "load_threads")),
           "at most", max(get(ten, "setup_threads"), get(ten, "load_threads")))


def other_goals(network, ssrcs):
    row = pick(network, subject=OURS, rtt_ms=0, loss_percent=0)
    yield ("time to secure, RTT 0, no loss: 99 % against median",
           get(row, "p99_ms") / get(row, "median_ms"), "at most", 5)
    most = values(ssrcs, "ssrcs")[-1]
    for subject in ("zrtpenc, one pad", "zrtpdec"):
        yield ("%s: a packet with %d SSRCs against 1" % (subject, most),
               get(pick(ssrcs, subject=subject, ssrcs=most), "to_one"), "at most", 1.2)


def goals_table(results):
    goals = [*media_goals(results["media"]), *handshake_goals(results["handshake"]),
             *scale_goals(results["scale"]), *other_goals(results["network"], results["ssrcs"])]
    rows = []
    for name, value, direction, goal in goals:
        reached = value >= goal if direction == "at least" else value <= goal
        rows.append([name, "%s %g" % (direction, goal), "%.2f" % value, "yes" if reached else "no"])
    return table(["measure", "goal", "here", "reached"], rows)


def floor_ratios(media, ours):
    """Of srtpenc's or srtpdec's CPU time to the least that there is."""
    rows = [plain(media, ours, octets) for octets in MAIN_SIZES]
    return ["%.2f" % (get(row, "gain") * get(row, "to_bare_and_identity")) for row in rows]


PAGE = """\
# Performance

What this costs, next to what else does the same. The figures are of one run of `tests/benchmarks/run-benchmarks` on
{date}: {system}, {count} x {processor}; GStreamer {gstreamer}, libsrtp2 {libsrtp2}, Nettle {nettle}, libbzrtp
{libbzrtp}. Other machines give other times. Ratios hold better, since what is compared takes turns within one run. To
see yours:

```
meson setup build && ninja -C build
tests/benchmarks/run-benchmarks
```

## Goals

{goals}

What can't be avoided, an element that does nothing (`identity`) and libsrtp2 with Nettle, goes into srtpenc's CPU time
{floor_encrypt[0]} times at 160 octets and {floor_encrypt[1]} times at 1200, and into srtpdec's {floor_decrypt[0]} and {floor_decrypt[1]} times. X448 takes what
Nettle's curve448 takes; libbzrtp has another library for it, libdecaf.

## Media

CPU time of a packet, in nanoseconds: one thread pushes packets into the element, and they are freed where they come
out; making them does not count. Medians of many rounds of 512 packets; ratios are medians of the rounds' ratios.
HMAC-SHA1 with 80 bits. zrtpenc and zrtpdec after the call got secure; srtpenc, srtpdec and those of DTLS-SRTP as the
system has them, in a process that never loaded this plugin (it gives libsrtp2 faster ciphers, from which they would
profit, too).

{encrypt}

{decrypt}

*unit*: single buffers, or buffer lists of 32. *memories* of a buffer: payloaders of audio make two, of video three
and more; what comes from a network has one. *srtpenc / zrtpenc*: how many times the CPU time of the one is that of
the other. *least*: an element that does nothing (`identity`), plus libsrtp2 with Nettle. srtpdec of GStreamer 1.22
crashes on buffer lists: zrtpdec with lists is compared with srtpdec without.

![CPU time of a packet against its size]({plots}/size.svg)

What it is made of, AES1, single buffers, nanoseconds:

{parts}

What would be gained if the SHA-1 of two packets ran side by side, or AES and SHA-1 of one packet: bare kernels on the
processor's instructions, so the most that it could bring. Not done.

{overlap}

## Many sources

CPU time of a packet in nanoseconds, 160 octets, when each packet has another SSRC than the one before. *nothing*:
pads alone, two for each SSRC.

{ssrcs}

![CPU time of a packet against SSRCs]({plots}/ssrcs.svg)

## Until a call is secure

Milliseconds from setting the two pipelines PLAYING, one right after the other, until both have the keys of both
directions. UDP on 127.0.0.1, live sources, new pipelines for each call, ZRTP and DTLS-SRTP (`dtlssrtpenc`,
`dtlssrtpdec`) in turn in one process. CPU: of that process meanwhile, so of both ends, with their pipelines. Writing
known peers to a file means waiting for the disk once; the other rows keep none. *One end late*: the first has been
calling for some 300 ms when the second appears, and the time counts from there.

{setup}

Over a network with delay and loss: median and 99th percentile in milliseconds, from when both ends are there. X255.
Calls that are not secure after 30 s count as that. No media flows (an SRTP packet would stand in for a lost
Conf2ACK). *engine* and *libbzrtp* run on a simulated clock on which computing takes no time, and one end begins up to
20 ms after the other; the elements run in real time, 100 calls of each kind, many at a time, as they mostly wait. Where
nothing is delayed or lost there are 500, one after the other: they only compute, and what else the machine computes
meanwhile adds to them, mostly to the 99 %. ZRTP takes four round trips, DTLS two, but DTLS waits for a second before it
repeats what was lost.

{network}

![Time to secure against loss]({plots}/loss.svg)

## Handshake

CPU time of a handshake, both ends together, in microseconds: two ends in memory, without GStreamer, this project's
engine and libbzrtp, the stack of Linphone. Mult is the second stream of a call, Prsh a call with what was kept of
earlier ones. Each packet arrives at once, but for one HelloACK, which decides the initiator. Packets and octets: of
ZRTP, both ways. kB an end: allocated once it is secure, without SRTP. libbzrtp has no E255, EC25, EC38, Prsh.

{handshake}

## Scale

Calls in one process, four elements each, linked to each other without a network, X255: a process for each column.
Threads are all but the benchmark's own. Load: every zrtpenc gets a packet of voice each 20 ms, from two threads.
Meanwhile 20 more pairs say Hello to no peer: how late they are shows what timers are worth. The packets of a few calls
find nothing in the processor's caches after 20 ms of sleep, those of many never do. Memory: once media flows. srtpenc
and srtpdec have a key at hand; beyond 100 calls the system's libsrtp2 takes minutes for their first packets.

{scale}

![CPU time of a packet against calls]({plots}/calls.svg)

![Memory of a pair against calls]({plots}/memory.svg)
"""


def render(results, machine, plots):
    """The page, and its plots by name."""
    media, network, scale, ssrcs = (results[name] for name in ("media", "network", "scale", "ssrcs"))
    text = PAGE.format(
        goals=goals_table(results), plots=plots,
        floor_encrypt=floor_ratios(media, "zrtpenc"), floor_decrypt=floor_ratios(media, "zrtpdec"),
        encrypt=media_table(media, "zrtpenc", "srtpenc", "dtlssrtpenc"),
        decrypt=media_table(media, "zrtpdec", "srtpdec", "dtlssrtpdec"),
        parts=parts_table(media), overlap=overlap_table(results["overlap"]), ssrcs=ssrcs_table(ssrcs),
        setup=setup_table(results["setup"]),
        network=network_table(network), handshake=handshake_table(results["handshake"]),
        scale=scale_table(scale), **machine)
    return text, {
        "size.svg": size_plot(media), "ssrcs.svg": ssrcs_plot(ssrcs), "loss.svg": loss_plot(network),
        "calls.svg": scale_plot(scale, "packet_ns", "CPU time of a packet under full load, both elements",
                                "nanoseconds"),
        "memory.svg": scale_plot(scale, "resident_kb", "Memory of a pair", "kB")}
