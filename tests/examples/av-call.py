#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A call with sound and picture. rtpbin asks for the ZRTP elements by its signals
request-rtp-encoder and so on. Shows the short authentication string (SAS); who
compared it types y or n. Both sides run it:

    av-call.py 5004 192.0.2.7 5004 known-peers.sqlite [h264]

Sound goes to and from the given ports, its RTCP to and from the ones above them,
picture and its RTCP to and from the next two. Pictures are VP8 or H.264.
AUDIO_SOURCE, AUDIO_SINK, VIDEO_SOURCE and VIDEO_SINK in the environment replace
microphone, loudspeaker, camera and screen.
"""

import os
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

# A medium: number of its RTP session, caps, and how to make and to show it.
AUDIO = (
    0, "media=audio,clock-rate=48000,encoding-name=OPUS,payload=96",
    "audioconvert ! audioresample ! opusenc bitrate-type=cbr ! rtpopuspay pt=96",
    "rtpopusdepay ! opusdec ! audioconvert ! audioresample")
# A lost picture is asked for again (RTCP feedback, RFC 4585): by what unpacks it,
# and at the other side by rtpbin of the encoder.
VIDEO = {
    "vp8": (
        1, "media=video,clock-rate=90000,encoding-name=VP8,payload=97,rtcp-fb-nack-pli=1",
        "videoconvert ! vp8enc deadline=1 error-resilient=default ! rtpvp8pay pt=97",
        "rtpvp8depay request-keyframe=true ! vp8dec ! videoconvert"),
    "h264": (
        1, "media=video,clock-rate=90000,encoding-name=H264,payload=97,rtcp-fb-nack-pli=1",
        "videoconvert ! openh264enc complexity=low ! h264parse ! "
        "rtph264pay pt=97 config-interval=-1 aggregate-mode=zero-latency",
        "rtph264depay request-keyframe=true ! h264parse ! openh264dec ! videoconvert"),
}

# What is around rtpbin; the links to it make it ask.
MEDIUM = """
{source} ! {encode} name=pay{number}
udpsink name=rtp_out{number} host={host} port={peer_port} async=false sync=false
udpsink name=rtcp_out{number} host={host} port={peer_rtcp} async=false sync=false
udpsrc name=rtp_in{number} port={port} caps="application/x-rtp,{caps}"
udpsrc name=rtcp_in{number} port={rtcp} caps=application/x-rtcp
"""


class Call:
    def __init__(self, port, host, peer_port, cache, video="vp8"):
        self.loop = GLib.MainLoop()
        self.zrtp = {}
        media = ((AUDIO, "AUDIO_SOURCE", "autoaudiosrc", "AUDIO_SINK", "autoaudiosink"),
                 (VIDEO[video], "VIDEO_SOURCE", "autovideosrc", "VIDEO_SINK", "autovideosink"))
        # Reports tell when a picture was taken, not when its encoder was ready:
        # that is what fits it to the sound.
        text = "rtpbin name=rtp rtp-profile=avpf latency=100 rtcp-sync-send-time=false\n"
        self.players = []
        for (number, caps, encode, decode), source, camera, sink, screen in media:
            text += MEDIUM.format(
                number=number, caps=caps, encode=encode, host=host,
                source=os.environ.get(source, camera),
                port=port + 2 * number, rtcp=port + 2 * number + 1,
                peer_port=peer_port + 2 * number, peer_rtcp=peer_port + 2 * number + 1)
            self.players.append(decode + " ! " + os.environ.get(sink, screen))
        self.pipeline = Gst.parse_launch(text)
        for number in range(len(media)):
            self.make_pair(number, cache)
        self.rtp = self.pipeline.get_by_name("rtp")
        self.rtp.connect("request-rtp-encoder", self.on_request_encoder, "rtp_sink_%u")
        self.rtp.connect("request-rtcp-encoder", self.on_request_encoder, "rtcp_sink_%u")
        self.rtp.connect("request-rtp-decoder", self.on_request_decoder)
        self.rtp.connect("request-rtcp-decoder", self.on_request_decoder)
        self.rtp.connect("pad-added", self.on_pad_added)
        for number in range(len(media)):
            self.link(number)
        self.watch_bus()

    def make_pair(self, number, cache):
        """One for each transport. One session-id makes them one call: the SAS
        counts for all, and only the first takes a full key agreement."""
        pair = []
        for kind in ("zrtpenc", "zrtpdec"):
            element = Gst.ElementFactory.make(kind)
            element.props.session_id = "call-%d" % os.getpid()
            element.props.stream_id = number
            pair.append(element)
        pair[0].props.cache = cache
        self.zrtp[number] = pair

    def on_request_encoder(self, _rtpbin, number, name):
        """rtpbin takes the pads of this name; they have to be there now."""
        encoder = self.zrtp[number][0]
        encoder.request_pad_simple(name % number)
        return encoder

    def on_request_decoder(self, _rtpbin, number):
        return self.zrtp[number][1]

    def link(self, number):
        def part(name):
            return self.pipeline.get_by_name("%s%d" % (name, number))

        part("pay").link_pads("src", self.rtp, "send_rtp_sink_%d" % number)
        self.rtp.link_pads("send_rtp_src_%d" % number, part("rtp_out"), "sink")
        self.rtp.link_pads("send_rtcp_src_%d" % number, part("rtcp_out"), "sink")
        part("rtp_in").link_pads("src", self.rtp, "recv_rtp_sink_%d" % number)
        part("rtcp_in").link_pads("src", self.rtp, "recv_rtcp_sink_%d" % number)

    def on_pad_added(self, _rtpbin, pad):
        """The other side's media: recv_rtp_src_SESSION_SSRC_PT."""
        if pad.get_direction() != Gst.PadDirection.SRC or "recv_rtp" not in pad.get_name():
            return
        number = int(pad.get_name().split("_")[3])
        player = Gst.parse_bin_from_description(self.players[number], True)
        self.pipeline.add(player)
        player.sync_state_with_parent()
        pad.link(player.get_static_pad("sink"))

    def watch_bus(self):
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::element", self.on_element)
        bus.connect("message::warning", self.on_warning)
        bus.connect("message::error", self.on_error)
        bus.connect("message::eos", lambda bus, message: self.loop.quit())

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def on_element(self, _bus, message):
        fields = message.get_structure()
        name = fields.get_name()
        if name == "GstZrtpState":
            print("state of %s: %s" % ("sound" if fields["stream-id"] == 0 else "picture",
                                       fields["state"]))
        elif name == "GstZrtpSas":
            print("SAS:", fields["sas"])
            if fields["trust"] != "verified":
                print("Read it to each other. Is it the same (y/n)?")
                GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT,
                                  GLib.IOCondition.IN | GLib.IOCondition.HUP, self.on_answer)
        elif name == "GstZrtpTrust":
            print("trust:", fields["trust"])
            if fields["trust"] == "sas-mismatch":
                print("An attacker is between you: hanging up.")
                self.loop.quit()
        elif name in ("GstZrtpPeerMismatch", "GstZrtpDowngrade", "GstZrtpSecurity"):
            print("ALARM:", fields["text"])

    def on_answer(self, stdin, _condition):
        line = stdin.readline()
        done = line == ""
        if line.startswith("y"):
            done = self.zrtp[0][0].emit("verify-sas")
        elif line.startswith("n"):
            done = self.zrtp[0][0].emit("reject-sas")
        return not done

    def on_warning(self, _bus, message):
        print(message.parse_warning().gerror.message, file=sys.stderr)

    def on_error(self, _bus, message):
        print(message.parse_error().gerror.message, file=sys.stderr)
        self.loop.quit()


def main():
    if len(sys.argv) not in (5, 6) or sys.argv[5:] not in ([], ["vp8"], ["h264"]):
        sys.exit("usage: av-call.py PORT PEER-HOST PEER-PORT CACHE-FILE [vp8|h264]")
    Gst.init(None)
    sys.stdout.reconfigure(line_buffering=True)
    call = Call(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, call.loop.quit)
    call.run()


if __name__ == "__main__":
    main()
