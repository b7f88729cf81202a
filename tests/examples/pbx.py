#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A PBX between two phones: it has a call with each, passes on what they send,
and relays the short authentication string (SAS), so that both users see the same:

    pbx.py pbx.sqlite 5004 192.0.2.7 5004 5006 192.0.2.8 5004

For each phone its own port, and the phone's host and port; RTCP goes to and from
the ports above them. A phone shows a relayed SAS once its user has agreed to that
in a call with "pbx.py --enroll ...". sas-call is such a phone.
"""

import signal
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

# The call with one phone, whose media goes on to the other.
LEG = """
zrtpenc name=enc_{leg} session-id={leg} mitm=true enroll={enroll} cache="{cache}"
zrtpdec name=dec_{leg} session-id={leg}
udpsrc port={port} caps=application/x-rtp ! dec_{leg}.rtp_sink
dec_{leg}.rtp_src ! enc_{other}.rtp_sink_0
enc_{leg}.rtp_src_0 ! udpsink host={host} port={phone_port} async=false sync=false
udpsrc port={rtcp} caps=application/x-rtcp ! dec_{leg}.rtcp_sink
dec_{leg}.rtcp_src ! enc_{other}.rtcp_sink_0
enc_{leg}.rtcp_src_0 ! udpsink host={host} port={phone_rtcp} async=false sync=false
"""
OTHER = {"a": "b", "b": "a"}


def describe_leg(leg, cache, enroll, arguments):
    port, host, phone_port = int(arguments[0]), arguments[1], int(arguments[2])
    return LEG.format(leg=leg, other=OTHER[leg], cache=cache, enroll=str(enroll).lower(),
                      port=port, rtcp=port + 1, host=host, phone_port=phone_port,
                      phone_rtcp=phone_port + 1)


class Pbx:
    def __init__(self, enroll, cache, phones):
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(describe_leg("a", cache, enroll, phones[:3])
                                         + describe_leg("b", cache, enroll, phones[3:]))
        self.legs = {leg: self.pipeline.get_by_name("enc_" + leg) for leg in OTHER}
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::element", self.on_element)
        bus.connect("message::warning", self.on_warning)
        bus.connect("message::error", self.on_error)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def is_secure(self, leg):
        return self.legs[leg].get_property("state").value_nick == "secure"

    def on_element(self, _bus, message):
        fields = message.get_structure()
        name = fields.get_name()
        if name == "GstZrtpState":
            self.on_state(fields["session-id"], fields["state"])
        elif name == "GstZrtpSas":
            print("%s: SAS %s, enrollment %s" % (fields["session-id"], fields["sas"],
                                                 fields["enrollment"]))
        elif name in ("GstZrtpPeerMismatch", "GstZrtpDowngrade", "GstZrtpSecurity"):
            print("%s: ALARM: %s" % (fields["session-id"], fields["text"]))
        elif name == "GstZrtpRelayDone":
            print("%s: told%s" % (fields["session-id"],
                                  ", no answer" if fields["error"] else ""))

    def on_state(self, leg, state):
        print("%s: %s" % (leg, state))
        other = OTHER[leg]
        if state == "secure" and self.is_secure(other):
            if self.legs[leg].emit("relay-sas", other):
                print("SAS relayed")
            else:
                print("neither phone is enrolled: their users see different SAS")

    def on_warning(self, _bus, message):
        print(message.parse_warning().gerror.message, file=sys.stderr)

    def on_error(self, _bus, message):
        print(message.parse_error().gerror.message, file=sys.stderr)
        self.loop.quit()


def main():
    arguments = sys.argv[1:]
    enroll = arguments[:1] == ["--enroll"]
    if enroll:
        del arguments[0]
    if len(arguments) != 7:
        sys.exit("usage: pbx.py [--enroll] CACHE-FILE PORT PHONE-HOST PHONE-PORT "
                 "PORT PHONE-HOST PHONE-PORT")
    Gst.init(None)
    sys.stdout.reconfigure(line_buffering=True)
    pbx = Pbx(enroll, arguments[0], arguments[1:])
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, pbx.loop.quit)
    pbx.run()


if __name__ == "__main__":
    main()
