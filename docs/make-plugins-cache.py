#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes docs/plugins/gst_plugins_cache.json: what the plugin registers, in the
form that GStreamer's documentation is made from (hotdoc reads it). Wants to
find the plugin, by GST_PLUGIN_PATH_1_0; `ninja -C build plugins-cache` sees to
that.

usage: make-plugins-cache.py [FILE]     without FILE: to standard output
"""

import json
import os
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GObject, Gst  # noqa: E402

PLUGIN = "zrtp"
# What a property has to be in at most to be set, by the flag that says so.
MUTABLE = [(Gst.PARAM_MUTABLE_PLAYING, "playing"), (Gst.PARAM_MUTABLE_PAUSED, "paused"),
           (Gst.PARAM_MUTABLE_READY, "ready")]
RANKS = {Gst.Rank.NONE: "none", Gst.Rank.MARGINAL: "marginal",
         Gst.Rank.SECONDARY: "secondary", Gst.Rank.PRIMARY: "primary"}


def is_plugin_api(gtype):
    found = Gst.type_is_plugin_api(gtype)
    return found[0] if isinstance(found, tuple) else found


class Types:
    """The types of the plugin's own that elements have to do with."""

    def __init__(self):
        self.found = {}

    def note(self, gtype, make):
        if gtype.name in self.found or not is_plugin_api(gtype):
            return
        self.found[gtype.name] = None
        self.found[gtype.name] = make(gtype)

    def note_value(self, gtype):
        if gtype.is_a(GObject.TYPE_ENUM):
            self.note(gtype, describe_enum)


def make_enum_value(gtype, number):
    """The value with its names. PyGObject 3.50 gives a plain number for a default,
    but not for what comes back from C."""
    carrier = Gst.Structure.new_empty("carrier")
    carrier.set_value("value", GObject.Value(gtype, int(number)))
    return carrier.get_value("value")


def describe_enum(gtype):
    values = type(make_enum_value(gtype, 0)).__enum_values__
    return {"kind": "enum", "values": [
        {"name": value.value_nick, "value": str(number), "desc": value.value_name}
        for number, value in sorted(values.items())]}


def describe_default(spec, instance, gtype):
    """Default and limits, as text."""
    if spec.flags & GObject.ParamFlags.READABLE and not spec.flags & Gst.PARAM_DOC_SHOW_DEFAULT:
        value = instance.get_property(spec.name)
    else:
        value = getattr(spec, "default_value", None)
    if gtype.is_a(GObject.TYPE_ENUM):
        return {"default": "%s (%d)" % (make_enum_value(gtype, value).value_nick, value)}
    if gtype == GObject.TYPE_BOOLEAN:
        return {"default": "true" if value else "false"}
    if gtype == GObject.TYPE_STRING:
        return {"default": "NULL" if value is None else value}
    if gtype.is_a(GObject.TYPE_BOXED) or gtype.is_a(GObject.TYPE_OBJECT):
        return {"default": value.to_string()} if isinstance(value, Gst.Structure) else {}
    return {"default": str(value), "min": str(spec.minimum), "max": str(spec.maximum)}


def describe_property(spec, instance, types):
    flags = spec.flags
    gtype = spec.value_type
    types.note_value(gtype)
    return {
        "blurb": spec.blurb,
        "conditionally-available": bool(flags & Gst.PARAM_CONDITIONALLY_AVAILABLE),
        "construct": bool(flags & GObject.ParamFlags.CONSTRUCT),
        "construct-only": bool(flags & GObject.ParamFlags.CONSTRUCT_ONLY),
        "controllable": bool(flags & Gst.PARAM_CONTROLLABLE),
        "mutable": next((state for flag, state in MUTABLE if flags & flag), "null"),
        "readable": bool(flags & GObject.ParamFlags.READABLE),
        "type": gtype.name,
        "writable": bool(flags & GObject.ParamFlags.WRITABLE),
        **describe_default(spec, instance, gtype),
    }


def describe_signal(signal, types):
    for gtype in (*signal.param_types, signal.return_type):
        types.note_value(gtype)
    result = {"args": [{"name": "arg%d" % i, "type": gtype.name}
                       for i, gtype in enumerate(signal.param_types)],
              "return-type": signal.return_type.name}
    flags = signal.signal_flags
    for flag, when in ((GObject.SignalFlags.RUN_FIRST, "first"),
                       (GObject.SignalFlags.RUN_LAST, "last"),
                       (GObject.SignalFlags.RUN_CLEANUP, "cleanup")):
        if flags & flag:
            result["when"] = when
            break
    for flag, name in ((GObject.SignalFlags.NO_RECURSE, "no-recurse"),
                       (GObject.SignalFlags.DETAILED, "detailed"),
                       (GObject.SignalFlags.ACTION, "action"),
                       (GObject.SignalFlags.NO_HOOKS, "no-hooks")):
        if flags & flag:
            result[name] = True
    return result


def get_hierarchy(gtype):
    while gtype != GObject.TYPE_INVALID:
        yield gtype
        gtype = gtype.parent


def describe_object(gtype, instance, types):
    """What the type itself adds to those that it comes of."""
    for parent in get_hierarchy(gtype):
        types.note(parent, lambda one: {"kind": "object", **describe_object(one, instance, types)})
    result = {"hierarchy": [parent.name for parent in get_hierarchy(gtype)]}
    interfaces = [interface.name for interface in gtype.interfaces]
    if interfaces:
        result["interfaces"] = interfaces
    properties = {spec.name: describe_property(spec, instance, types)
                  for spec in instance.list_properties() if spec.owner_type == gtype}
    if properties:
        result["properties"] = properties
    signals = [GObject.signal_query(number) for number in GObject.signal_list_ids(gtype)]
    if signals:
        result["signals"] = {signal.signal_name: describe_signal(signal, types)
                             for signal in signals}
    return result


def describe_caps(caps):
    if caps.is_any() or caps.is_empty():
        return "ANY" if caps.is_any() else "EMPTY"
    lines = []
    for i in range(caps.get_size()):
        # gst-python 1.26 wraps what get_structure() gives.
        structure = Gst.Structure.new_from_string(caps.copy_nth(i).to_string())
        lines.append(structure.get_name() + ":")
        for j in range(structure.n_fields()):
            name = structure.nth_field_name(j)
            lines.append("%15s: %s" % (name, structure.get_value(name)))
    return "\n".join(lines) + "\n"


def describe_element(factory, types):
    instance = factory.create(None)
    # The name may be translated.
    result = {key: factory.get_metadata(key) for key in factory.get_metadata_keys()
              if key != "long-name"}
    result.update(describe_object(instance.__gtype__, instance, types))
    result["rank"] = RANKS[factory.get_rank()]
    # hotdoc reads the names as formats.
    result["pad-templates"] = {
        template.name_template.replace("%", "%%"): {
            "caps": describe_caps(template.static_caps.get()),
            "direction": template.direction.value_nick,
            "presence": template.presence.value_nick,
        } for template in factory.get_static_pad_templates()}
    return result


def describe_plugin(plugin):
    types = Types()
    elements = {}
    for feature in Gst.Registry.get().get_feature_list_by_plugin(plugin.get_name()):
        if isinstance(feature, Gst.ElementFactory):
            factory = feature.load()
            elements[factory.get_name()] = describe_element(factory, types)
    return {
        "description": plugin.get_description(),
        "elements": elements,
        "filename": os.path.basename(plugin.get_filename()).split(".")[0].removeprefix("lib"),
        "license": plugin.get_license(),
        "other-types": types.found,
        "package": plugin.get_package(),
        "source": plugin.get_source(),
        "tracers": {},
        "url": plugin.get_origin(),
    }


def make():
    """The file's text."""
    Gst.init(None)
    plugin = Gst.Registry.get().find_plugin(PLUGIN)
    if not plugin:
        sys.exit("There is no plugin %s: is GST_PLUGIN_PATH_1_0 right?" % PLUGIN)
    found = {PLUGIN: describe_plugin(plugin.load())}
    return json.dumps(found, indent=4, sort_keys=True, ensure_ascii=False) + "\n"


def main():
    text = make()
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            file.write(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
