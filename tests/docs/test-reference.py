#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/plugins says of properties, signals and pads what the elements say."""

import re
import unittest

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GObject, Gst  # noqa: E402

from pages import load_maker, read  # noqa: E402

Gst.init(None)
make_enum_value = load_maker().make_enum_value

# What a table calls a type, by the name of its GType.
TYPES = {"gchararray": "string", "guint": "uint", "gint64": "int64", "gboolean": "boolean",
         "GstBuffer": "GstBuffer", "GBytes": "GBytes", "GstStructure": "GstStructure"}


def rows(page, heading):
    """The rows of the tables below a heading, down to the next of its level."""
    text = read(page).split("\n" + heading + "\n", 1)[1]
    level = heading.split(" ")[0]
    text = re.split("\n%s " % level, text)[0]
    for line in text.split("\n"):
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.replace("\\*", "*").split("|")[1:-1]]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)



class TestReference(unittest.TestCase):
    def setUp(self):
        self.elements = [Gst.ElementFactory.make(name) for name in ("zrtpenc", "zrtpdec")]
        self.assertTrue(all(self.elements))

    def own_properties(self, element):
        """Those that GstBin does not have."""
        bin_names = {spec.name for spec in Gst.Bin.list_properties()}
        return {spec.name: spec for spec in element.list_properties()
                if spec.name not in bin_names}

    def test_properties(self):
        documented = {}
        for row in rows("docs/plugins/index.md", "## Properties"):
            for name in names(row[0]):
                self.assertNotIn(name, documented)
                documented[name] = row
        for element in self.elements:
            specs = self.own_properties(element)
            self.assertEqual(set(documented), set(specs))
            for name, spec in specs.items():
                self.check_property(spec, documented[name])

    def check_property(self, spec, row):
        kind, access = row[1], row[2]
        flags = spec.flags
        wanted = ("r" if flags & GObject.ParamFlags.READABLE else "") + \
            ("w" if flags & GObject.ParamFlags.WRITABLE else "")
        self.assertEqual(access.split(",")[0], wanted, spec.name)
        if GObject.type_is_a(spec.value_type, GObject.TYPE_ENUM):
            default = make_enum_value(spec.value_type, spec.default_value).value_nick
            self.assertTrue(kind.endswith("; " + default) or kind == "enum, " + default,
                            "%s: %s" % (spec.name, default))
            return
        self.assertEqual(kind.split(",")[0], TYPES[spec.value_type.name], spec.name)
        if "," in kind:
            default = {None: "NULL", True: "true", False: "false"}.get(
                spec.default_value if not isinstance(spec.default_value, int)
                or isinstance(spec.default_value, bool) else "", str(spec.default_value))
            self.assertEqual(kind.split(", ", 1)[1].strip("`"), default, spec.name)

    def test_signals(self):
        documented = {}
        for row in rows("docs/plugins/index.md", "## Signals"):
            documented[names(row[0])[0]] = row
        base = GObject.type_parent(GObject.type_from_name("GstZrtpEnc"))
        signals = [GObject.signal_query(signal) for signal in GObject.signal_list_ids(base)]
        self.assertEqual(set(documented), {signal.signal_name for signal in signals})
        for signal in signals:
            row = documented[signal.signal_name]
            if signal.signal_flags & GObject.SignalFlags.ACTION:
                self.assertEqual(row[1] or "void", signal.return_type.name, signal.signal_name)
            else:
                types = [kind.replace("gchar*", "gchararray")
                         for kind in re.findall(r"([\w*]+) \*\w", row[1])]
                self.assertEqual(types, [kind.name for kind in signal.param_types],
                                 signal.signal_name)
            self.assertEqual(row[1].count(" *") or row[0].count(" *"),
                             len(signal.param_types), signal.signal_name)

    def test_causes(self):
        """Why packets are dropped: what the code can say."""
        documented = [name for row in rows("docs/plugins/index.md", "### Causes of drops")
                      for name in names(row[0])]
        known = []
        for path in ("gst/zrtp/media/gstzrtpsender.c", "gst/zrtp/media/gstzrtpreceiver.c",
                     "ext/zrtp/base/zrtptypes.c"):
            nicks = re.search(r"_drop_nick \(.*?= \{(.*?)\}", read(path), re.DOTALL).group(1)
            known += re.findall(r'"([^"]+)"', nicks)
        self.assertEqual(set(documented), set(known) - {"none"})

    def test_pads(self):
        presences = {"always": Gst.PadPresence.ALWAYS, "sometimes": Gst.PadPresence.SOMETIMES,
                     "request": Gst.PadPresence.REQUEST}
        for element in self.elements:
            factory = element.get_factory()
            page = "docs/plugins/%s.md" % factory.get_name()
            templates = {template.name_template: template
                         for template in factory.get_static_pad_templates()}
            documented = {names(row[0])[0]: row for row in rows(page, "## Pads")}
            self.assertEqual(set(documented), set(templates))
            for name, row in documented.items():
                presence = re.match(r"\w+", row[1]).group(0)
                self.assertEqual(presences[presence], templates[name].presence, name)
                for media in names(row[2]):
                    if "/" in media:
                        self.assertTrue(templates[name].static_caps.get().can_intersect(
                            Gst.Caps.from_string(media)), "%s: %s" % (name, media))
            klass = factory.get_metadata("klass")
            self.assertIn("Klass `%s`" % klass, read(page))


if __name__ == "__main__":
    unittest.main()
