#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people sign the SAS of their calls with certificates that OpenSSL made.

usage: test-signed-call.py PROGRAM
"""

import os
import subprocess
import sys
import tempfile
import unittest

from ports import free_ports
from terminal import Terminal

PROGRAM = sys.argv[1]


class TestSignedCall(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def make(self, name, common_name, curve="prime256v1", issuer=None):
        """A key and a certificate, self-signed or by an issuer."""
        key, request, certificate = (self.path(name + end) for end in (".key", ".csr", ".crt"))
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve,
                     "-out", key)
        if issuer:
            self.openssl("req", "-new", "-key", key, "-subj", "/CN=" + common_name,
                         "-out", request)
            self.openssl("x509", "-req", "-in", request, "-CA", self.path(issuer + ".crt"),
                         "-CAkey", self.path(issuer + ".key"), "-CAcreateserial", "-days", "30",
                         "-out", certificate)
        else:
            self.openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=" + common_name,
                         "-days", "30", "-out", certificate)

    def person(self, ports, names, trust, expected, *options):
        """A name is that of a key and its certificate, or KEY:CERTIFICATE."""
        identity = []
        for name in names:
            key, _, certificate = name.partition(":")
            identity += ["--key=" + self.path(key + ".key"),
                         "--certificate=" + self.path((certificate or key) + ".crt")]
        person = Terminal([PROGRAM, *identity, "--trust=" + self.path(trust + ".crt"), *options,
                           str(ports[0]), "127.0.0.1", str(ports[1]), expected])
        self.addCleanup(person.clean_up)
        return person

    def call(self, alice, bob):
        ports = free_ports()
        return [self.person(ports, *alice), self.person(ports[::-1], *bob)]

    def hang_up(self, people):
        for person in people:
            self.assertEqual(person.hangs_up(), 0, person.seen)

    def test_both_signed(self):
        """With each other's certificates; no user reads anything aloud."""
        self.make("alice", "Alice")
        self.make("bob", "Bob", "secp384r1")
        people = self.call((["alice"], "bob", "Bob"), (["bob"], "alice", "Alice"))
        people[0].wait_for("trust: signed by Bob")
        people[1].wait_for("trust: signed by Alice")
        self.hang_up(people)
        for person in people:
            self.assertNotIn("ALARM", "\n".join(person.seen))

    def expect_alarm(self, people, doubt):
        people[0].wait_for("doubt: " + doubt)
        people[0].wait_for("ALARM: the signature")
        people[0].wait_for("trust: signature-invalid")
        self.hang_up(people)
        self.assertNotIn("trust: signed", "\n".join(people[0].seen))

    def test_other_signer(self):
        """He calls himself Bob."""
        for name, common_name in (("alice", "Alice"), ("bob", "Bob"), ("mallory", "Bob")):
            self.make(name, common_name)
        people = self.call((["alice"], "bob", "Bob"), (["mallory"], "alice", "Alice"))
        self.expect_alarm(people, "their certificate is not one that you trust")

    def test_certificate_without_key(self):
        """Bob's certificate is no secret."""
        for name, common_name in (("alice", "Alice"), ("bob", "Bob"), ("mallory", "Mallory")):
            self.make(name, common_name)
        people = self.call((["alice"], "bob", "Bob"), (["mallory:bob"], "alice", "Alice"))
        self.expect_alarm(people, "their signature is not about this call")

    def test_authority(self):
        """Who trusts an authority still wants to talk to one person."""
        self.make("authority", "Authority")
        for name in ("Alice", "Bob", "Mallory"):
            self.make(name.lower(), name, issuer="authority")
        people = self.call((["alice"], "authority", "Bob"), (["bob"], "authority", "Alice"))
        people[0].wait_for("trust: signed by Bob")
        people[1].wait_for("trust: signed by Alice")
        self.hang_up(people)
        people = self.call((["alice"], "authority", "Bob"), (["mallory"], "authority", "Alice"))
        self.expect_alarm(people, "they have a certificate of another name")

    def test_own_key(self):
        """As if it had been sent back."""
        self.make("alice", "Alice")
        people = self.call((["alice"], "alice", "Alice"), (["alice"], "alice", "Alice"))
        self.expect_alarm(people, "this is your own key")

    def test_curves(self):
        """With a key for each size, that of the key agreement's size signs."""
        # Z-7.2-07 Z-7.2-08
        self.make("alice", "Alice")
        self.make("alice-384", "Alice", "secp384r1")
        self.make("bob", "Bob")
        for agreement, curve in (("EC38", "P-384"), ("EC25", "P-256"), ("X255", "P-256")):
            options = ["--agreements=" + agreement]
            people = self.call((["alice", "alice-384"], "bob", "Bob", *options),
                               (["bob"], "alice-384" if curve == "P-384" else "alice", "Alice",
                                *options))
            people[0].wait_for("signing with %s after %s" % (curve, agreement))
            people[1].wait_for("trust: signed by Alice")
            self.hang_up(people)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
