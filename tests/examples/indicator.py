# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a phone shows of a call's security, out of the messages on the bus;
docs/applications.md tells why. Connect on_message to "message::element"."""


class Indicator:
    def __init__(self, show):
        """show(level, text, sas): sas is None when there is nothing to ask."""
        self.show = show

    def on_message(self, _bus, message):
        fields = message.get_structure()
        if fields.get_name() == "GstZrtpLevel":
            self.show(fields["level"], fields["level-text"], fields["sas"])
