#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A voice call whose SAS is signed by both sides with OpenPGP keys, so that
no user has to read it aloud (RFC 6189 7.2.1). GnuPG makes and checks the
signatures. Alice runs

    signed-call.py 5004 192.0.2.7 5004 alice@example FINGERPRINT

where alice@example is her own key, of ECDSA with nistp256 or nistp384 or of DSA
with 2048 or 3072 bits, and FINGERPRINT is that of the key by which Bob signs;
GnuPG has both. SOURCE and SINK in the environment replace microphone and
loudspeaker, KEYSERVER is where Bob could find her key.
"""

import os
import signal
import subprocess
import sys
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

CALL = """
{source} ! audioconvert ! audioresample ! opusenc bitrate-type=cbr !
  rtpopuspay ! zrtpenc name=enc cache=:memory: sign-sas=true check-signatures=true !
  udpsink host={host} port={peer_port} async=false sync=false
udpsrc port={port} caps="application/x-rtp,media=audio,clock-rate=48000,
  encoding-name=OPUS,payload=96" ! zrtpdec ! rtpjitterbuffer !
  rtpopusdepay ! opusdec ! audioconvert ! audioresample ! {sink}
"""

GPG = ["gpg", "--batch", "--no-tty", "--quiet"]


def say(line):
    """In one piece: signal handlers and the main loop are in different threads."""
    sys.stdout.write(line + "\n")


def sign(sashash, key):
    """One binary signature packet, or None."""
    done = subprocess.run(
        [*GPG, "--local-user", key, "--digest-algo", "SHA256",
         "--sig-keyserver-url", os.environ.get("KEYSERVER", "hkps://keys.openpgp.org"),
         "--detach-sign"], input=sashash, stdout=subprocess.PIPE, check=False)
    return done.stdout if done.returncode == 0 else None


def find_signer(sashash, signature):
    """The fingerprint of the key that made a good signature, or None; and
    whether there is a key to check it with at all."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        done = subprocess.run(
            [*GPG, "--status-fd", "1", "--verify", file.name, "-"], input=sashash,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    words = [line.split()[1:] for line in done.stdout.decode().splitlines()]
    # Of a subkey the primary key's fingerprint is the last word.
    good = [line[-1] for line in words if line[0] == "VALIDSIG"]
    known = not any(line[0] == "NO_PUBKEY" for line in words)
    return (good[0] if done.returncode == 0 and len(good) == 1 else None), known


class Call:
    def __init__(self, port, host, peer_port, key, peer_key):
        self.key = key
        self.peer_key = peer_key.upper()
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(CALL.format(
            port=port, host=host, peer_port=peer_port,
            source=os.environ.get("SOURCE", "autoaudiosrc"),
            sink=os.environ.get("SINK", "autoaudiosink")))
        zrtp = self.pipeline.get_by_name("enc")
        zrtp.connect("signature-wanted", self.on_signature_wanted)
        zrtp.connect("signature-received", self.on_signature_received)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::element", self.on_element)
        bus.connect("message::warning", self.on_warning)
        bus.connect("message::error", self.on_error)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def on_signature_wanted(self, zrtp, sashash, _key_agreement):
        """The handshake waits for us. Without a signature it goes on as well."""
        signature = sign(sashash.get_data(), self.key)
        zrtp.emit("set-signature", sashash, None, GLib.Bytes.new(signature) if signature else None)

    def on_signature_received(self, zrtp, sashash, certificate, signature):
        if certificate or not signature:
            say("They have a signature that this program can't check.")
            return
        signer, known = find_signer(sashash.get_data(), signature.get_data())
        if not known:
            say("GnuPG does not have their key: compare the SAS.")
        elif signer == self.peer_key:
            zrtp.emit("accept-signature", sashash, signer)
        else:
            zrtp.emit("reject-signature", sashash)

    def on_element(self, _bus, message):
        fields = message.get_structure()
        name = fields.get_name()
        if name == "GstZrtpTrust":
            signer = fields["signer"]
            say("trust: " + fields["trust"] + (" by " + signer if signer else ""))
        elif name == "GstZrtpSas":
            say("SAS: " + fields["sas"])
        elif name in ("GstZrtpPeerMismatch", "GstZrtpDowngrade", "GstZrtpSecurity"):
            say("ALARM: " + fields["text"])

    def on_warning(self, _bus, message):
        print(message.parse_warning().gerror.message, file=sys.stderr)

    def on_error(self, _bus, message):
        print(message.parse_error().gerror.message, file=sys.stderr)
        self.loop.quit()


def main():
    if len(sys.argv) != 6:
        sys.exit("usage: signed-call.py PORT PEER-HOST PEER-PORT KEY PEER-FINGERPRINT")
    Gst.init(None)
    sys.stdout.reconfigure(line_buffering=True)
    call = Call(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5])
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, call.loop.quit)
    call.run()


if __name__ == "__main__":
    main()
