# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a phone shows of a call's security, out of the messages on the bus;
docs/applications.md tells why. Connect on_message to "message::element"."""

# How a state looks while media can't be heard by both alone: level and text.
STATES = {
    "idle": ("off", ""),
    "discovering": ("busy", "Not encrypted yet"),
    "negotiating": ("busy", "Becoming encrypted"),
    "clear": ("open", "Not encrypted any more"),
    "no-zrtp": ("open", "Not encrypted: the other side can't"),
    "failed": ("alarm", "Not encrypted: it failed"),
}

# With encryption: level, text, and whether to show the SAS and the question.
TRUST = {
    "none": ("busy", "Becoming encrypted", False),
    "unverified": ("encrypted", "Encrypted, but to whom? Compare once", True),
    "peer-unverified": ("encrypted", "The other side has not compared", True),
    "verified": ("verified", "Encrypted to the one you know", False),
    "signed": ("verified", "Encrypted to the one who signed", False),
    "mitm-relayed": ("encrypted", "Encrypted to your office, which can listen", True),
    "cache-mismatch": ("alarm", "This is not who it was. Compare now, before you talk", True),
    "name-mismatch": ("alarm", "This one is known by another name", True),
    "new-endpoint": ("alarm", "This is another phone than the one you verified. Compare now", True),
    "signature-invalid": ("alarm", "Somebody else signed. Compare now, before you talk", True),
    "sas-mismatch": ("alarm", "Somebody listens. Hang up", False),
}


class Indicator:
    def __init__(self, show):
        """show(level, text, sas): sas is None when there is nothing to ask."""
        self.show = show
        self.states = {}  # of each transport
        self.trust = "none"
        self.sas = None
        self.alarm = None

    def on_message(self, _bus, message):
        fields = message.get_structure()
        name = fields.get_name()
        if name == "GstZrtpState":
            self.states[fields["stream-id"]] = fields["state"]
        elif name == "GstZrtpTrust":
            self.trust = fields["trust"]
        elif name == "GstZrtpSas":
            self.trust = fields["trust"]
            self.sas = fields["sas"]
        elif name in ("GstZrtpPeerMismatch", "GstZrtpDowngrade", "GstZrtpSecurity"):
            self.alarm = fields["text"]
        else:
            return
        self.update()

    def end_alarm(self):
        """Call this after verify-sas: only the users' comparison ends an alarm."""
        self.alarm = None
        self.update()

    def update(self):
        """The call is as secure as the worst of its transports."""
        level, text, asks = TRUST[self.trust]
        if self.alarm and level != "alarm":
            level, text, asks = "alarm", self.alarm, True
        if level != "alarm":
            for state in self.states.values():
                if state != "secure":
                    level, text = STATES[state]
                    asks = False
                    break
        self.show(level, text, self.sas if asks else None)
