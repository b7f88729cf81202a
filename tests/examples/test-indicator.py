#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""indicator.py knows what there is, and shows what is so."""

import unittest

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

from indicator import Indicator  # noqa: E402

Gst.init(None)
PATIENCE = 30 * Gst.SECOND

CALL = """
audiotestsrc is-live=true ! alawenc ! rtppcmapay ! zrtpenc name=enc cache=:memory:
enc.rtp_src_0 ! udpsink name=send host=127.0.0.1 async=false sync=false
udpsrc name=receive address=127.0.0.1 port=0 caps="application/x-rtp,media=audio,
  clock-rate=8000,encoding-name=PCMA,payload=8" ! zrtpdec ! fakesink async=false
"""


class Phone:
    def __init__(self):
        self.pipeline = Gst.parse_launch(CALL)
        self.pipeline.set_state(Gst.State.READY)
        self.zrtp = self.pipeline.get_by_name("enc")
        self.bus = self.pipeline.get_bus()
        self.indicator = Indicator(self.show)
        self.shown = []

    def show(self, *what):
        if self.shown[-1:] != [what]:
            self.shown.append(what)

    def dial(self, other):
        port = other.pipeline.get_by_name("receive").get_property("port")
        self.pipeline.get_by_name("send").set_property("port", port)
        self.pipeline.set_state(Gst.State.PLAYING)

    def wait(self, level):
        while not self.shown or self.shown[-1][0] != level:
            message = self.bus.timed_pop_filtered(
                PATIENCE, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
            assert message and message.type == Gst.MessageType.ELEMENT, self.shown
            self.indicator.on_message(self.bus, message)
        return self.shown[-1]


class TestIndicator(unittest.TestCase):
    def test_call(self):
        """From nothing to verified, and no lock before there is one."""
        phones = [Phone(), Phone()]
        for phone, other in zip(phones, reversed(phones)):
            self.addCleanup(phone.pipeline.set_state, Gst.State.NULL)
            phone.dial(other)
        sas = [phone.wait("encrypted")[2] for phone in phones]
        self.assertTrue(sas[0])
        self.assertEqual(sas[0], sas[1])
        for phone in phones:
            self.assertEqual([what[0] for what in phone.shown if what[0] != "busy"], ["encrypted"])
            phone.zrtp.emit("verify-sas")
            self.assertIsNone(phone.wait("verified")[2])
        phones[0].zrtp.emit("reject-sas")
        self.assertIn("Hang up", phones[0].wait("alarm")[1])
        self.assertIsNone(phones[0].shown[-1][2])
        for phone in phones:
            self.assertNotIn("open", [what[0] for what in phone.shown])
            self.assertTrue(all(what[1] for what in phone.shown if what[0] != "off"))


if __name__ == "__main__":
    unittest.main()
