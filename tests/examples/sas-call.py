#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A voice call that shows the short authentication string (SAS), asks whether
the other one reads the same, and tells zrtpenc the answer. Both sides run it:

    sas-call.py 5004 192.0.2.7 5004 known-peers.sqlite

RTP goes to and from the given ports, RTCP to and from the ones above them.
SOURCE and SINK in the environment replace microphone and loudspeaker.
"""

import os
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

CALL = """
rtpbin name=rtp  zrtpenc name=enc cache="{cache}"  zrtpdec name=dec
{source} ! audioconvert ! audioresample ! opusenc bitrate-type=cbr !
  rtpopuspay ! rtp.send_rtp_sink_0
rtp.send_rtp_src_0 ! enc.rtp_sink_0
enc.rtp_src_0 ! udpsink host={host} port={peer_port} async=false sync=false
rtp.send_rtcp_src_0 ! enc.rtcp_sink_0
enc.rtcp_src_0 ! udpsink host={host} port={peer_rtcp} async=false sync=false
udpsrc port={port} caps="application/x-rtp,media=audio,clock-rate=48000,
  encoding-name=OPUS,payload=96" ! dec.rtp_sink
dec.rtp_src ! rtp.recv_rtp_sink_0
udpsrc port={rtcp} caps=application/x-rtcp ! dec.rtcp_sink
dec.rtcp_src ! rtp.recv_rtcp_sink_0
rtp. ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! {sink}
"""


class Call:
    def __init__(self, port, host, peer_port, cache):
        self.loop = GLib.MainLoop()
        self.listening = False
        self.pipeline = Gst.parse_launch(CALL.format(
            port=port, rtcp=port + 1, host=host, peer_port=peer_port, peer_rtcp=peer_port + 1,
            cache=cache, source=os.environ.get("SOURCE", "autoaudiosrc"),
            sink=os.environ.get("SINK", "autoaudiosink")))
        # Either element of the pair would do.
        self.zrtp = self.pipeline.get_by_name("enc")
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
            print("state:", fields["state"])
        elif name == "GstZrtpSas":
            print("SAS:", fields["sas"])
            if fields["trust"] != "verified":
                print("Read it to each other. Is it the same (y/n)?")
                self.listen()
        elif name == "GstZrtpTrust":
            print("trust:", fields["trust"])
            if fields["trust"] == "sas-mismatch":
                print("An attacker is between you: hanging up.")
                self.loop.quit()
        elif name in ("GstZrtpPeerMismatch", "GstZrtpDowngrade", "GstZrtpSecurity"):
            print("ALARM:", fields["text"])
        elif name == "GstZrtpEnrollment":
            print("enrollment:", fields["enrollment"])
            if fields["enrollment"] == "offered":
                print("This PBX wants to be trusted with the SAS of your calls. It could listen "
                      "to them all. Agree by e.")
                self.listen()

    def listen(self):
        """To the keyboard; a PBX may bring another SAS while the question is open."""
        if not self.listening:
            GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT,
                              GLib.IOCondition.IN | GLib.IOCondition.HUP, self.on_answer)
        self.listening = True

    def on_answer(self, stdin, _condition):
        """The user's answer. Until it comes the call is encrypted, but with whom
        is not known; the media flows all the same."""
        line = stdin.readline()
        done = line == ""
        if line.startswith("e"):
            self.zrtp.emit("accept-enrollment")
        if line.startswith("y"):
            done = self.zrtp.emit("verify-sas")
        elif line.startswith("n"):
            done = self.zrtp.emit("reject-sas")
        self.listening = not done
        return not done

    def on_warning(self, _bus, message):
        print(message.parse_warning().gerror.message, file=sys.stderr)

    def on_error(self, _bus, message):
        print(message.parse_error().gerror.message, file=sys.stderr)
        self.loop.quit()


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: sas-call.py PORT PEER-HOST PEER-PORT CACHE-FILE")
    Gst.init(None)
    sys.stdout.reconfigure(line_buffering=True)
    call = Call(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, call.loop.quit)
    call.run()


if __name__ == "__main__":
    main()
