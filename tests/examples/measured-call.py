#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One side of av-call.py that sees what it hears and shows: every picture has its
number in stripes, and every second there is a tick. Ends when its input
does; before that it prints what it measured as JSON.

usage: measured-call.py PORT PEER-HOST PEER-PORT CACHE-FILE [vp8|h264]
"""

import array
import importlib.util
import json
import os
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
RATE = 20  # pictures a second
WIDTH, HEIGHT, STRIPE = 320, 240, 20
BLACK, WHITE = 16, 235
ENOUGH_PICTURES, ENOUGH_TICKS = 8 * RATE, 6
SOUND_RATE = 48000
LOUD = 3000  # of 32767
QUIET_TIME = SOUND_RATE // 2  # samples of silence in front of a tick

os.environ.update(
    AUDIO_SOURCE="audiotestsrc name=tone is-live=true wave=ticks samplesperbuffer=480 volume=0.8",
    AUDIO_SINK="audio/x-raw,format=S16LE,rate=%d,channels=1 ! "
               "appsink name=ear sync=false emit-signals=true" % SOUND_RATE,
    VIDEO_SOURCE="appsrc name=camera is-live=true format=time "
                 "caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1"
                 % (WIDTH, HEIGHT, RATE),
    VIDEO_SINK="video/x-raw,format=I420 ! appsink name=screen sync=false emit-signals=true")

spec = importlib.util.spec_from_file_location("av_call", os.path.join(FOLDER, "av-call.py"))
av_call = importlib.util.module_from_spec(spec)
spec.loader.exec_module(av_call)
Gst, GLib = av_call.Gst, av_call.GLib


def check_bits(number):
    return (number ^ number >> 4 ^ number >> 8) & 15


def paint(number):
    """Sixteen stripes: twelve bits of the number and four to check them."""
    bits = (number & 0xfff) << 4 | check_bits(number & 0xfff)
    line = b"".join(bytes([WHITE if bits >> i & 1 else BLACK]) * STRIPE for i in range(16))
    return line * HEIGHT + b"\x80" * (WIDTH * HEIGHT // 2)


def read(picture):
    """The number, or None if any part of the picture is not as it was painted."""
    number = None
    for row in range(8, HEIGHT, 32):
        bits = 0
        for i in range(16):
            light = picture[row * WIDTH + i * STRIPE + STRIPE // 2]
            if 80 < light < 170:
                return None
            bits |= (light >= 170) << i
        if bits & 15 != check_bits(bits >> 4) or number not in (None, bits >> 4):
            return None
        number = bits >> 4
    return number


class MeasuredCall(av_call.Call):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.camera = self.pipeline.get_by_name("camera")
        self.tone_starts = None
        self.pipeline.get_by_name("tone").get_static_pad("src").add_probe(
            Gst.PadProbeType.BUFFER, self.on_tone)
        self.painted = [None]  # numbers of pictures that were sent
        self.secure_at = None
        self.first_picture_at = None
        self.pictures = []  # number or None, and when it is due
        self.ticks = []  # when they are due
        self.quiet = 0
        self.told = False
        GLib.timeout_add(5, self.shoot)
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP,
                          lambda *_: self.loop.quit())

    def shoot(self):
        """The camera: picture N is taken at N / RATE."""
        clock = self.pipeline.get_clock()
        if clock and self.pipeline.get_state(0).state == Gst.State.PLAYING:
            due = (clock.get_time() - self.pipeline.get_base_time()) * RATE // Gst.SECOND
            if due != self.painted[-1]:
                self.painted.append(due)
                buffer = Gst.Buffer.new_wrapped(paint(due))
                buffer.pts = due * Gst.SECOND // RATE
                buffer.duration = Gst.SECOND // RATE
                self.camera.emit("push-buffer", buffer)
        return True

    def on_tone(self, _pad, info):
        """The first tick is when the source got ready."""
        self.tone_starts = info.get_buffer().pts / Gst.SECOND
        return Gst.PadProbeReturn.REMOVE

    def on_pad_added(self, rtpbin, pad):
        super().on_pad_added(rtpbin, pad)
        for name, heard in (("ear", self.on_sound), ("screen", self.on_picture)):
            sink = self.pipeline.get_by_name(name)
            if sink and not hasattr(sink, "is_watched"):
                sink.is_watched = True
                sink.connect("new-sample", heard)
                setattr(self, name, sink)

    @staticmethod
    def take(sink):
        sample = sink.emit("pull-sample")
        buffer = sample.get_buffer()
        due = sample.get_segment().to_running_time(Gst.Format.TIME, buffer.pts)
        return buffer.extract_dup(0, buffer.get_size()), due / Gst.SECOND

    def on_picture(self, sink):
        if self.first_picture_at is None:
            self.first_picture_at = time.monotonic()
        picture, due = self.take(sink)
        self.pictures.append((read(picture), due))
        self.check_end()
        return Gst.FlowReturn.OK

    def on_sound(self, sink):
        data, due = self.take(sink)
        for i, sample in enumerate(array.array("h", data)):
            if abs(sample) < LOUD:
                self.quiet += 1
                continue
            if self.quiet >= QUIET_TIME:
                self.ticks.append(due + i / SOUND_RATE)
            self.quiet = 0
        self.check_end()
        return Gst.FlowReturn.OK

    def on_element(self, bus, message):
        fields = message.get_structure()
        if fields.get_name() == "GstZrtpState" and fields["state"] == "secure" \
                and fields["stream-id"] == 1:
            self.secure_at = time.monotonic()
        super().on_element(bus, message)

    def check_end(self):
        if not self.told and len(self.pictures) >= ENOUGH_PICTURES \
                and len(self.ticks) >= ENOUGH_TICKS:
            self.told = True
            GLib.idle_add(self.tell)

    def tell(self):
        stats = [pair[0].props.stats for pair in self.zrtp.values()]
        print("measured:", json.dumps({
            "sas": self.zrtp[0][0].props.sas,
            "key-agreements": [pair[0].props.key_agreement for pair in self.zrtp.values()],
            "clear": sum(s["sent-clear-count"] + s["recv-clear-count"] for s in stats),
            "first-picture": self.first_picture_at - self.secure_at,
            "tone-starts": self.tone_starts, "painted": self.painted[1:],
            "pictures": list(self.pictures), "ticks": list(self.ticks)}))


def main():
    Gst.init(None)
    sys.stdout.reconfigure(line_buffering=True)
    MeasuredCall(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *sys.argv[4:]).run()


if __name__ == "__main__":
    main()
