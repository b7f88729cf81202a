#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One voice call, encrypted in three ways: with srtpenc, with dtlssrtpenc, with
zrtpenc. docs/from-srtp.md puts the three classes side by side.

    secure-call.py srtp|dtls|zrtp 5004 192.0.2.7 5004

Both sides run it. What one prints as `mine` is what signalling has to carry: the
user enters it on the other side. RTP and RTCP share a port. SOURCE and SINK in
the environment replace microphone and loudspeaker, CACHE the file of known
peers.
"""

import hashlib
import os
import secrets
import signal
import ssl
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

CALL = """
rtpbin name=rtp  {elements}
{source} ! audioconvert ! audioresample ! opusenc bitrate-type=cbr !
  rtpopuspay pt=96 ! rtp.send_rtp_sink_0
funnel name=net ! udpsink host={host} port={peer_port} async=false sync=false
udpsrc name=from port={port} caps=application/x-srtp
{links}
rtp. ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! {sink}
"""


class Srtp:
    """Signalling carries the keys: its readers can listen."""

    elements = "srtpenc name=enc  srtpdec name=dec"
    links = """
        rtp.send_rtp_src_0 ! enc.rtp_sink_0    enc.rtp_src_0 ! net.
        rtp.send_rtcp_src_0 ! enc.rtcp_sink_0  enc.rtcp_src_0 ! net.
        from. ! dec.rtp_sink                   dec.rtp_src ! rtp.recv_rtp_sink_0
                                               dec.rtcp_src ! rtp.recv_rtcp_sink_0"""
    key_caps = ("application/x-srtp, srtp-key=(buffer)%s, "
                "srtp-cipher=aes-128-icm, srtp-auth=hmac-sha1-80, "
                "srtcp-cipher=aes-128-icm, srtcp-auth=hmac-sha1-80")

    def __init__(self, call):
        self.mine = secrets.token_hex(30)
        call.enc.set_property("key", Gst.Buffer.new_wrapped(bytes.fromhex(self.mine)))
        call.dec.connect("request-key", self.on_request_key)

    def accept(self, theirs):
        self.theirs = theirs

    def on_request_key(self, _dec, _ssrc):
        return Gst.Caps.from_string(self.key_caps % self.theirs)


class DtlsSrtp:
    """Signalling carries fingerprints: an attacker that changes it can listen."""

    elements = "dtlssrtpdec name=dec connection-id=call  dtlssrtpenc name=enc connection-id=call"
    links = """
        rtp.send_rtp_src_0 ! enc.rtp_sink_0
        rtp.send_rtcp_src_0 ! enc.rtcp_sink_0  enc.src ! net.
        from. ! dec.sink                       dec.rtp_src ! rtp.recv_rtp_sink_0
                                               dec.rtcp_src ! rtp.recv_rtcp_sink_0"""

    def __init__(self, call):
        self.call = call
        self.mine = self.fingerprint(call.dec.get_property("pem"))
        call.dec.connect("notify::peer-pem", self.on_peer)

    @staticmethod
    def fingerprint(pem):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    def accept(self, theirs):
        self.theirs = theirs
        # One of the two has to begin.
        self.call.enc.set_property("is-client", self.mine > theirs)

    def on_peer(self, dec, _property):
        # dtlssrtpdec takes any certificate: this comparison is all the security.
        if self.fingerprint(dec.get_property("peer-pem")) != self.theirs:
            self.call.tell("not the other side's certificate: hanging up")
            self.call.hang_up()


class Zrtp:
    """Signalling may carry a hash, and need not. The users' voices do the rest."""

    elements = "zrtpenc name=enc  zrtpdec name=dec"
    links = Srtp.links

    def __init__(self, call):
        self.call = call
        if "CACHE" in os.environ:
            call.enc.set_property("cache", os.environ["CACHE"])
        self.mine = call.enc.get_property("hello-hash")
        call.bus.connect("message::element", self.on_message)

    def accept(self, theirs):
        self.call.enc.set_property("peer-hello-hash", theirs)

    def on_message(self, _bus, message):
        fields = message.get_structure()
        name = fields.get_name()
        if name == "GstZrtpHelloHash" and fields["status"] == "mismatch":
            self.call.tell("not the endpoint that was announced: hanging up")
            self.call.hang_up()
        elif name in ("GstZrtpPeerMismatch", "GstZrtpDowngrade", "GstZrtpSecurity"):
            self.call.tell("ALARM: " + fields["text"])
        elif name == "GstZrtpSas" and fields["trust"] != "verified":
            self.call.ask("Read to each other: %s. Is it the same (y/n)?" % fields["sas"],
                          self.on_answer)

    def on_answer(self, line):
        self.call.enc.emit("verify-sas" if line.startswith("y") else "reject-sas")
        if not line.startswith("y"):
            self.call.hang_up()


class Call:
    def __init__(self, kind, port, host, peer_port):
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(CALL.format(
            elements=kind.elements, links=kind.links, port=port, host=host, peer_port=peer_port,
            source=os.environ.get("SOURCE", "autoaudiosrc"),
            sink=os.environ.get("SINK", "autoaudiosink")))
        self.enc = self.pipeline.get_by_name("enc")
        self.dec = self.pipeline.get_by_name("dec")
        self.bus = self.pipeline.get_bus()
        self.bus.add_signal_watch()
        self.bus.connect("message::error", self.on_error)
        self.pipeline.get_by_name("rtp").connect("request-pt-map", self.on_payload_type)
        self.security = kind(self)

    def run(self):
        self.tell("mine: " + self.security.mine)
        self.ask("theirs:", self.start)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def start(self, theirs):
        self.security.accept(theirs)
        self.pipeline.set_state(Gst.State.PLAYING)

    def tell(self, text):
        print(text, flush=True)

    def ask(self, question, answered):
        self.tell(question)
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, self.on_line,
                          answered)

    @staticmethod
    def on_line(stdin, _condition, answered):
        answered(stdin.readline().strip())
        return False

    @staticmethod
    def on_payload_type(_rtpbin, _session, _payload_type):
        return Gst.Caps.from_string(
            "application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96")

    def on_error(self, _bus, message):
        self.tell("error: " + message.parse_error().gerror.message)
        self.hang_up()

    def hang_up(self):
        GLib.idle_add(self.loop.quit)


def main():
    kinds = {"srtp": Srtp, "dtls": DtlsSrtp, "zrtp": Zrtp}
    if len(sys.argv) != 5 or sys.argv[1] not in kinds:
        sys.exit("usage: secure-call.py srtp|dtls|zrtp PORT PEER-HOST PEER-PORT")
    Gst.init(None)
    call = Call(kinds[sys.argv[1]], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, call.loop.quit)
    call.run()


if __name__ == "__main__":
    main()
