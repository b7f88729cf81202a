#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two people sign the SAS of their calls with keys that GnuPG made.

usage: test-signed-call-pgp.py PYTHON-PROGRAM PROGRAM     the second one has X.509
"""

import os
import subprocess
import sys
import tempfile
import unittest

from ports import free_ports
from terminal import Terminal

PROGRAM, X509_PROGRAM = sys.argv[1:]


class Person:
    """With a home of GnuPG of their own."""

    def __init__(self, test, name, algorithm):
        # A short path: the agent has its socket there.
        folder = tempfile.TemporaryDirectory(prefix="pgp-", dir="/tmp")
        test.addCleanup(folder.cleanup)
        self.environment = {"GNUPGHOME": folder.name, "KEYSERVER": "hkps://keys.example"}
        test.addCleanup(self.run, "gpgconf", "--kill", "all")
        self.gpg("--passphrase", "", "--quick-generate-key", name + "@example", algorithm,
                 "sign")
        listing = self.gpg("--with-colons", "--list-keys").decode().split("\n")
        self.fingerprint = next(line.split(":")[9] for line in listing
                                if line.startswith("fpr"))
        self.name = name + "@example"

    def run(self, *command, **options):
        return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                              env={**os.environ, **self.environment}, **options).stdout

    def gpg(self, *arguments, **options):
        return self.run("gpg", "--batch", "--quiet", *arguments, **options)

    def knows(self, other):
        self.gpg("--import", input=other.gpg("--export", other.name))


class TestSignedCall(unittest.TestCase):
    def start(self, person, ports, expected):
        terminal = Terminal([sys.executable, PROGRAM, str(ports[0]), "127.0.0.1", str(ports[1]),
                             person.name, expected.fingerprint], **person.environment)
        self.addCleanup(terminal.clean_up)
        return terminal

    def hang_up(self, terminals):
        for terminal in terminals:
            self.assertEqual(terminal.hangs_up(), 0, terminal.seen)

    def test_both_signed(self):
        """One with ECDSA, one with DSA."""
        alice, bob = Person(self, "alice", "nistp256"), Person(self, "bob", "dsa2048")
        alice.knows(bob)
        bob.knows(alice)
        ports = free_ports()
        terminals = [self.start(alice, ports, bob), self.start(bob, ports[::-1], alice)]
        terminals[0].wait_for("trust: signed by " + bob.fingerprint)
        terminals[1].wait_for("trust: signed by " + alice.fingerprint)
        self.hang_up(terminals)
        for terminal in terminals:
            self.assertNotIn("ALARM", "\n".join(terminal.seen))

    def test_other_signer(self):
        """Alice has both keys, but expects Bob."""
        alice, bob = Person(self, "alice", "nistp256"), Person(self, "bob", "nistp384")
        mallory = Person(self, "mallory", "nistp256")
        for other in (bob, mallory):
            alice.knows(other)
        mallory.knows(alice)
        ports = free_ports()
        terminals = [self.start(alice, ports, bob), self.start(mallory, ports[::-1], alice)]
        terminals[0].wait_for("ALARM: the signature")
        terminals[0].wait_for("trust: signature-invalid")
        terminals[1].wait_for("trust: signed by " + alice.fingerprint)
        self.hang_up(terminals)
        self.assertNotIn("trust: signed", "\n".join(terminals[0].seen))

    def test_unknown_key(self):
        """That is no alarm, and no trust either."""
        alice, bob = Person(self, "alice", "nistp256"), Person(self, "bob", "nistp256")
        bob.knows(alice)
        ports = free_ports()
        terminals = [self.start(alice, ports, bob), self.start(bob, ports[::-1], alice)]
        terminals[0].wait_for("GnuPG does not have their key")
        terminals[1].wait_for("trust: signed by " + alice.fingerprint)
        self.hang_up(terminals)
        self.assertNotIn("ALARM", "\n".join(terminals[0].seen))
        self.assertNotIn("trust: signed", "\n".join(terminals[0].seen))

    def test_other_form(self):
        """One has OpenPGP, the other X.509: neither can check what comes, and the
        call is as it would be without."""
        alice = Person(self, "alice", "nistp256")
        folder = alice.environment["GNUPGHOME"]
        key, certificate = (os.path.join(folder, name) for name in ("bob.key", "bob.crt"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-subj",
                        "/CN=Bob", "-days", "30", "-out", certificate], check=True,
                       stderr=subprocess.DEVNULL)
        ports = free_ports()
        bob = Terminal([X509_PROGRAM, "--key=" + key, "--certificate=" + certificate,
                        "--trust=" + certificate, str(ports[1]), "127.0.0.1", str(ports[0]),
                        "Alice"])
        self.addCleanup(bob.clean_up)
        terminals = [self.start(alice, ports, alice), bob]
        for terminal in terminals:
            terminal.wait_for("They have a signature that this program can't check.")
            # The two come from different threads.
            if "trust: unverified" not in terminal.seen:
                terminal.wait_for("trust: unverified")
        self.hang_up(terminals)
        for terminal in terminals:
            self.assertNotIn("ALARM", "\n".join(terminal.seen))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
