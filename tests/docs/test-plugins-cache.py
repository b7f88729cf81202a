#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/plugins/gst_plugins_cache.json is what the plugin registers, and what
gst-inspect-1.0 sees of it."""

import json
import os
import re
import subprocess
import unittest

from pages import load_maker, read

CACHE = "docs/plugins/gst_plugins_cache.json"
CURE = ("%s is not what the plugin registers. After a change of properties, signals, pads or "
        "enumerations: ninja -C build plugins-cache" % CACHE)


def inspect(name):
    done = subprocess.run(["gst-inspect-1.0", name], stdout=subprocess.PIPE, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def get_part(text, heading):
    """The lines below a heading, down to the next that begins at the margin."""
    return re.split(r"^(?=\S)", text.split("\n%s:\n" % heading, 1)[1], flags=re.MULTILINE)[0]


class TestPluginsCache(unittest.TestCase):
    maxDiff = 4000

    def test_up_to_date(self):
        text = load_maker().make()
        if read(CACHE) != text:
            self.assertEqual(json.loads(read(CACHE)), json.loads(text), CURE)
            self.fail(CURE)

    def members(self, plugin, element, kind):
        """Those of the element and of the types of the plugin that it comes of."""
        found = set(element.get(kind, {}))
        for name in element["hierarchy"]:
            found |= set(plugin["other-types"].get(name, {}).get(kind, {}))
        return found

    def test_inspected(self):
        plugin = json.loads(read(CACHE))["zrtp"]
        names = re.findall(r"^  (\w+): ", inspect("zrtp"), re.MULTILINE)
        self.assertEqual(sorted(plugin["elements"]), sorted(names))
        parents = get_part(inspect("bin"), "Element Properties")
        parents = set(re.findall(r"^  ([\w-]+) *: ", parents, re.MULTILINE))
        for name, element in plugin["elements"].items():
            text = inspect(name)
            properties = re.findall(r"^  ([\w-]+) *: ", get_part(text, "Element Properties"),
                                    re.MULTILINE)
            self.assertEqual(self.members(plugin, element, "properties"),
                             set(properties) - parents, name)
            templates = re.findall(r"^  (?:SRC|SINK) template: '(.*)'$", text, re.MULTILINE)
            self.assertEqual({template.replace("%%", "%") for template in
                              element["pad-templates"]}, set(templates), name)
            # GStreamer 1.26 puts what an action returns between name and colon.
            signals = re.findall(r'^  "([\w-]+)"(?: ->[^:\n]*)? : ', text, re.MULTILINE)
            own = self.members(plugin, element, "signals")
            self.assertIn("verify-sas", own)
            self.assertEqual(own, own & set(signals), name)


if __name__ == "__main__":
    unittest.main()
