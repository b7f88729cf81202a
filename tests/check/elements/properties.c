/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The properties, signals and actions of both elements as an application sees
 * them: kinds, defaults, ranges, what is refused and how.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include "zrtp/zrtp.h"

static const char *const types[] = { "zrtpenc", "zrtpdec" };

/* -- What is there -- */

#define R G_PARAM_READABLE
#define W G_PARAM_WRITABLE
#define READY GST_PARAM_MUTABLE_READY
#define PLAYING GST_PARAM_MUTABLE_PLAYING

typedef struct
{
  const char *name;
  const char *type;
  guint flags;
  const char *initial;          /* as text; NULL: can't be read */
  guint min, max;               /* of a uint */
} Property;

static const Property properties[] = {
  {"session-id", "gchararray", R | W | READY, "", 0, 0},
  {"stream-id", "guint", R | W | READY, "0", 0, G_MAXUINT},
  {"cache", "gchararray", R | W | READY, "", 0, 0},
  {"peer-name", "gchararray", R | W | PLAYING, "", 0, 0},
  {"aux-secret", "GstBuffer", W | PLAYING, NULL, 0, 0},
  {"signalling-srtp-key", "GstBuffer", W | PLAYING, NULL, 0, 0},
  {"mitm", "gboolean", R | W | READY, "false", 0, 0},
  {"enroll", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"hashes", "gchararray", R | W | READY, "S256,S384", 0, 0},
  {"ciphers", "gchararray", R | W | READY, "AES1,AES3,AES2", 0, 0},
  {"auth-tags", "gchararray", R | W | READY, "HS80,HS32", 0, 0},
  {"key-agreements", "gchararray", R | W | READY,
      "X255,EC25,DH3k,E255,EC38,DH2k,Mult", 0, 0},
  {"sas-types", "gchararray", R | W | READY, "B32,B256", 0, 0},
  {"strict-algorithms", "gboolean", R | W | READY, "false", 0, 0},
  {"passive", "gboolean", R | W | READY, "false", 0, 0},
  {"require-encryption", "gboolean", R | W | PLAYING, "true", 0, 0},
  {"before-secure", "GstZrtpBeforeSecure", R | W | PLAYING, "auto", 0, 0},
  {"auto-discover", "gboolean", R | W | PLAYING, "true", 0, 0},
  {"auto-secure", "gboolean", R | W | PLAYING, "true", 0, 0},
  {"allow-clear", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"unattended", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"require-verified", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"stop-on-reject", "gboolean", R | W | PLAYING, "true", 0, 0},
  {"disclosure", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"cache-expiry", "guint", R | W | PLAYING, "4294967295", 0, G_MAXUINT},
  {"peer-hello-hash", "gchararray", R | W | PLAYING, "", 0, 0},
  {"signalling-trusted", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"hello-timeout", "guint", R | W | PLAYING, "50", 10, 10000},
  {"retry-timeout", "guint", R | W | PLAYING, "150", 20, 60000},
  {"srtcp-tag", "GstZrtpSrtcpTag", R | W | PLAYING, "auto", 0, 0},
  {"replay-window-size", "guint", R | W | PLAYING, "1024", 64, 32767},
  {"allow-repeat-tx", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"error-on-bypass", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"request-keyframe", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"check-signatures", "gboolean", R | W | READY, "false", 0, 0},
  {"sign-sas", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"mtu", "guint", R | W | PLAYING, "1400", 96, 2136},
  {"sas-verified", "gboolean", R | W | PLAYING, "false", 0, 0},
  {"state", "GstZrtpState", R, "idle", 0, 0},
  {"role", "GstZrtpRole", R, "none", 0, 0},
  {"hash", "gchararray", R, "", 0, 0},
  {"cipher", "gchararray", R, "", 0, 0},
  {"auth-tag", "gchararray", R, "", 0, 0},
  {"key-agreement", "gchararray", R, "", 0, 0},
  {"hello-hash", "gchararray", R, "", 0, 0},
  {"hello-hash-status", "GstZrtpHelloHashStatus", R, "absent", 0, 0},
  {"zid", "gchararray", R, "", 0, 0},
  {"peer-zid", "gchararray", R, "", 0, 0},
  {"peer-client", "gchararray", R, "", 0, 0},
  {"peer-disclosure", "gboolean", R, "false", 0, 0},
  {"peer-mitm", "gboolean", R, "false", 0, 0},
  {"stats", "GstStructure", R, NULL, 0, 0},
  {"sas", "gchararray", R, "", 0, 0},
  {"sas-type", "gchararray", R, "", 0, 0},
  {"sas-spelling", "gchararray", R, "", 0, 0},
  {"sas-relayed", "gboolean", R, "false", 0, 0},
  {"enrollment", "GstZrtpEnrollment", R, "none", 0, 0},
  {"trust", "GstZrtpTrust", R, "none", 0, 0},
  {"level", "GstZrtpLevel", R, "off", 0, 0},
  {"level-text", "gchararray", R, "", 0, 0},
  {"aux-matched", "GstZrtpAuxMatched", R, "none", 0, 0},
  {"signature-status", "GstZrtpSignatureStatus", R, "none", 0, 0},
  {"signer", "gchararray", R, "", 0, 0},
  {"known-peer-name", "gchararray", R, "", 0, 0},
  {"known-peer-zid", "gchararray", R, "", 0, 0},
  {"known-peer-last-seen", "gint64", R, "0", 0, 0},
  {"exported-key", "GBytes", R, NULL, 0, 0}
};

#define FLAGS (R | W | GST_PARAM_MUTABLE_READY | GST_PARAM_MUTABLE_PAUSED \
    | GST_PARAM_MUTABLE_PLAYING | G_PARAM_CONSTRUCT | G_PARAM_CONSTRUCT_ONLY \
    | GST_PARAM_CONTROLLABLE)

static GParamSpec *
find (GstElement * element, const char *name)
{
  GParamSpec *pspec = g_object_class_find_property
      (G_OBJECT_GET_CLASS (element), name);

  fail_unless (pspec != NULL, "no property %s", name);
  return pspec;
}

static void
check_property (GstElement * element, const Property * property)
{
  GParamSpec *pspec = find (element, property->name);

  fail_unless_equals_string (g_type_name (pspec->value_type), property->type);
  fail_unless (((guint) pspec->flags & FLAGS) == property->flags, "%s: %x",
      property->name, pspec->flags);
  fail_unless (g_param_spec_get_blurb (pspec)
      && strlen (g_param_spec_get_blurb (pspec)) > 10, "%s", property->name);
  if (G_IS_PARAM_SPEC_UINT (pspec)) {
    fail_unless_equals_uint64 (G_PARAM_SPEC_UINT (pspec)->minimum,
        property->min);
    fail_unless_equals_uint64 (G_PARAM_SPEC_UINT (pspec)->maximum,
        property->max);
  }
  /* Reading it makes a Hello where there is none. */
  if (property->initial && !g_str_equal (property->name, "hello-hash"))
    propertywatch_assert (element, property->name, property->initial);
}

/* The pspec's default is the value of a new element. */
static void
check_default (GstElement * element, const Property * property)
{
  GParamSpec *pspec = find (element, property->name);
  GValue value = G_VALUE_INIT;

  if (!(pspec->flags & W) || !(pspec->flags & R))
    return;
  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (element), property->name, &value);
  fail_unless (g_param_value_defaults (pspec, &value), "%s", property->name);
  g_value_unset (&value);
}

/* One that is not in the list above would be missing there. */
static guint
count_own (GstElement * element)
{
  guint n_all, n_bin;
  gpointer bin_class = g_type_class_ref (GST_TYPE_BIN);

  g_free (g_object_class_list_properties (G_OBJECT_GET_CLASS (element),
          &n_all));
  g_free (g_object_class_list_properties (bin_class, &n_bin));
  g_type_class_unref (bin_class);
  return n_all - n_bin;
}

GST_START_TEST (test_kinds_and_defaults)
{
  GstElement *element = propertywatch_make (types[__i__], NULL);

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    check_property (element, &properties[i]);
    check_default (element, &properties[i]);
  }
  fail_unless_equals_int (count_own (element), G_N_ELEMENTS (properties));
  propertywatch_drop (element);
}

GST_END_TEST;

typedef const char *(*GetNick) (gint value);

static void
check_enum (GstElement * element, const char *property, const char *nicks,
    GetNick get_nick)
{
  GEnumClass *klass = g_type_class_ref (find (element, property)->value_type);
  char **wanted = g_strsplit (nicks, " ", -1);

  fail_unless_equals_int (klass->n_values, g_strv_length (wanted));
  for (guint i = 0; i < klass->n_values; i++) {
    fail_unless_equals_int (klass->values[i].value, i);
    fail_unless_equals_string (klass->values[i].value_nick, wanted[i]);
    /* Messages have the engine's names. */
    if (get_nick)
      fail_unless_equals_string (klass->values[i].value_nick, get_nick (i));
  }
  g_strfreev (wanted);
  g_type_class_unref (klass);
}

GST_START_TEST (test_enumerations)
{
  GstElement *element = propertywatch_make (types[__i__], NULL);

  check_enum (element, "state", "idle discovering negotiating secure clear "
      "no-zrtp failed", (GetNick) zrtp_state_nick);
  check_enum (element, "role", "none initiator responder",
      (GetNick) zrtp_role_nick);
  check_enum (element, "trust", "none unverified peer-unverified verified "
      "cache-mismatch name-mismatch sas-mismatch mitm-relayed signed "
      "signature-invalid new-endpoint peer-changed", (GetNick) zrtp_trust_nick);
  check_enum (element, "hello-hash-status", "absent match mismatch",
      (GetNick) zrtp_hello_hash_status_nick);
  check_enum (element, "enrollment", "none offered accepted enrolled",
      (GetNick) zrtp_enrollment_nick);
  check_enum (element, "signature-status", "none unchecked valid invalid "
      "unsupported", (GetNick) zrtp_signature_status_nick);
  check_enum (element, "before-secure", "auto drop block", NULL);
  check_enum (element, "srtcp-tag", "auto 80 32", NULL);
  propertywatch_drop (element);
}

GST_END_TEST;

/* -- What can be set -- */

GST_START_TEST (test_values)
{
  static const struct
  {
    const char *property, *set, *get;
  } values[] = {
    {"session-id", "a call", "a call"}, {"stream-id", "4294967295",
        "4294967295"}, {"cache", "/some/where", "/some/where"},
    {"peer-name", "Zoë", "Zoë"}, {"peer-name", "", ""},
    {"hashes", "S384", "S384"}, {"hashes", " S384 ,S256", "S384,S256"},
    {"ciphers", "AES2,AES1,AES3", "AES2,AES1,AES3"},
    {"auth-tags", "HS32", "HS32"}, {"sas-types", "B256", "B256"},
    {"key-agreements", "DH2k,EC25,EC38,X255,X448,E255,Mult",
        "DH2k,EC25,EC38,X255,X448,E255,Mult"},
    {"sas-types", "B10D,B32E,B256,B32", "B10D,B32E,B256,B32"},
    {"strict-algorithms", "true", "true"}, {"passive", "true", "true"},
    {"mitm", "true", "true"}, {"enroll", "true", "true"},
    {"check-signatures", "true", "true"}, {"sign-sas", "true", "true"},
    {"mtu", "2136", "2136"},
    {"require-encryption", "false", "false"},
    {"before-secure", "block", "block"}, {"before-secure", "drop", "drop"},
    {"auto-secure", "false", "false"}, {"disclosure", "true", "true"},
    {"allow-clear", "true", "true"}, {"unattended", "true", "true"},
    {"require-verified", "true", "true"}, {"stop-on-reject", "false", "false"},
    {"cache-expiry", "0", "0"}, {"signalling-trusted", "true", "true"},
    {"hello-timeout", "10", "10"}, {"hello-timeout", "10000", "10000"},
    {"retry-timeout", "60000", "60000"}, {"srtcp-tag", "32", "32"},
    {"srtcp-tag", "80", "80"}, {"replay-window-size", "64", "64"},
    {"replay-window-size", "32767", "32767"}, {"allow-repeat-tx", "true",
        "true"}, {"request-keyframe", "true", "true"}
  };
  GstElement *element = propertywatch_make (types[__i__], NULL);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    gst_util_set_object_arg (G_OBJECT (element), values[i].property,
        values[i].set);
    propertywatch_assert (element, values[i].property, values[i].get);
  }
  propertywatch_drop (element);
}

GST_END_TEST;

/* What is refused leaves the old value and says which property and why. */
static void
assert_refused (GstElement * element, GstBus * bus, const char *property,
    const char *value, const char *reason)
{
  char *before = propertywatch_get (element, property), *text;

  g_object_set (element, property, value, NULL);
  propertywatch_assert (element, property, before);
  text = propertywatch_pop (bus, GST_MESSAGE_WARNING, property);
  fail_unless (strstr (text, reason), "%s: %s", property, text);
  g_free (text);
  g_free (before);
}

GST_START_TEST (test_refused)
{
  GstElement *element = propertywatch_make (types[__i__], "refused");
  GstBus *bus = gst_bus_new ();
  char *long_name = g_strnfill (256, 'x');

  gst_element_set_bus (element, bus);
  assert_refused (element, bus, "hashes", "S512", "S512");
  assert_refused (element, bus, "ciphers", "AES1,AES9", "AES9");
  assert_refused (element, bus, "ciphers", "AES1,", "");
  assert_refused (element, bus, "auth-tags", "hs80", "hs80");
  assert_refused (element, bus, "sas-types", "B32,B32", "B32");
  assert_refused (element, bus, "key-agreements", "AES1", "AES1");
  assert_refused (element, bus, "key-agreements",
      "DH2k,DH3k,EC25,EC38,X255,X448,E255,Mult", "7");
  assert_refused (element, bus, "peer-name", long_name, "255");
  assert_refused (element, bus, "peer-name", "Zo\xeb", "UTF-8");
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  gst_element_set_bus (element, NULL);

  /* No element has a bus yet: GLib's log is told. */
  ASSERT_WARNING (g_object_set (element, "ciphers", "AES9", NULL));
  propertywatch_assert (element, "ciphers", "AES1,AES3,AES2");
  g_free (long_name);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

/* What can't be a=zrtp-hash is refused where there is a Hello to compare, else
 * told when there is. */
GST_START_TEST (test_bad_hello_hash)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "bad-hash");
  GstBus *bus = gst_bus_new ();
  char *hash, *text;

  g_object_set (enc, "cache", ":memory:", "peer-hello-hash", "nonsense", NULL);
  gst_element_set_bus (enc, bus);
  propertywatch_set_state (enc, GST_STATE_PAUSED);
  text = propertywatch_pop (bus, GST_MESSAGE_WARNING, "peer-hello-hash");
  fail_unless (strstr (text, "nonsense") && strstr (text, "1.10"), "%s", text);
  g_free (text);
  hash = propertywatch_get (enc, "hello-hash");
  g_object_set (enc, "peer-hello-hash", hash, NULL);
  assert_refused (enc, bus, "peer-hello-hash", "1.10 0123", "64");
  propertywatch_assert (enc, "peer-hello-hash", hash);
  propertywatch_set_state (enc, GST_STATE_NULL);
  gst_element_set_bus (enc, NULL);
  g_free (hash);
  gst_object_unref (bus);
  propertywatch_drop (enc);
}

GST_END_TEST;

/* Before there is anything to act on, actions do nothing and say so. */
GST_START_TEST (test_actions_too_early)
{
  static const char *const actions[] = { "go-secure", "verify-sas",
    "reject-sas", "forget-peer", "go-clear", "accept-clear", "accept-enrollment"
  };
  static const char *const zids[] = { NULL, "", "x", "00112233445566778899aabb",
    "00112233445566778899aab", "00112233445566778899aabg",
    "00112233445566778899aabbc"
  };
  GstElement *element = propertywatch_make (types[__i__], "early");
  GstBus *bus = gst_bus_new ();

  g_object_set (element, "cache", ":memory:", NULL);
  gst_element_set_bus (element, bus);
  for (guint state = GST_STATE_NULL; state <= GST_STATE_PAUSED; state++) {
    propertywatch_set_state (element, state);
    for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
      gboolean done = TRUE;

      g_signal_emit_by_name (element, actions[i], &done);
      fail_if (done, "%s", actions[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (zids); i++) {
      gboolean done = TRUE;

      g_signal_emit_by_name (element, "accept-fork", zids[i], &done);
      fail_if (done, "%s", zids[i]);
    }
    g_object_set (element, "sas-verified", TRUE, NULL);
    g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING, "sas-verified"));
    propertywatch_assert (element, "sas-verified", "false");
    g_object_set (element, "sas-verified", FALSE, NULL);
    propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  }
  propertywatch_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

/* -- In a call -- */

#define END(more) VOICE "! zrtpenc name=enc cache=:memory: " more \
    " enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " \
    EAR "async=false"

static void
note_mismatch (GstElement * element, const char *kind, const char *text,
    gint * count)
{
  fail_unless_equals_string (kind, "aux-secret");
  fail_unless (text && *text);
  g_atomic_int_inc (count);
}

/* Hexadecimal from a command line on the left, octets on the right. */
static void
check_secret (const char *line, const char *action, gconstpointer octets,
    gsize size, gint left, gint right)
{
  Endpoint *a = endpoint_new (END ("%s"), line);
  Endpoint *b = endpoint_new (END (""));
  gint mismatches[2] = { 0, 0 };

  if (octets) {
    GBytes *bytes = g_bytes_new (octets, size);

    g_signal_emit_by_name (b->dec, action, bytes);
    g_bytes_unref (bytes);
  }
  g_signal_connect (a->dec, "peer-mismatch", G_CALLBACK (note_mismatch),
      &mismatches[0]);
  g_signal_connect (b->enc, "peer-mismatch", G_CALLBACK (note_mismatch),
      &mismatches[1]);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  /* The SAS and all about it is told before. */
  endpoint_wait_secure (a, b);
  endpoint_free (a);
  endpoint_free (b);
  fail_unless_equals_int (mismatches[0], left);
  fail_unless_equals_int (mismatches[1], right);
}

GST_START_TEST (test_aux_secret)
{
  static const char line[] = "aux-secret=00ff10ab00ff10ab00ff10ab00ff10ab";
  static const char action[] = "set-aux-secret";
  const char *same =
      "\x00\xff\x10\xab\x00\xff\x10\xab\x00\xff\x10\xab\x00\xff\x10\xab";
  const char *other =
      "\x00\xff\x10\xab\x00\xff\x10\xab\x00\xff\x10\xab\x00\xff\x10\xac";

  check_secret (line, action, same, 16, 0, 0);
  check_secret (line, action, other, 16, 1, 1);
  check_secret (line, action, same + 1, 16, 1, 1);
  check_secret (line, action, NULL, 0, 1, 0);
}

GST_END_TEST;

/* Both have what an SDES attribute said, or not the same, or one has nothing. An
 * aux-secret beside it does not count. */
/* Z-8.2-01 Z-8-05 */
GST_START_TEST (test_signalling_srtp_key)
{
  static const char line[] =
      "aux-secret=00ff10ab00ff10ab00ff10ab00ff10ab signalling-srtp-key="
      "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b5353535353535353535353535353";
  static const char action[] = "set-signalling-srtp-key";
  const char *key = "KKKKKKKKKKKKKKKKSSSSSSSSSSSSSS";

  check_secret (line, action, key, 30, 0, 0);
  check_secret (line, action, "KKKKKKKKKKKKKKKKSSSSSSSSSSSSST", 30, 1, 1);
  check_secret (line, action, "KKKKKKKKKKKKKKKKSSSSSSSSSSSS", 28, 1, 1);
  check_secret (line, action, NULL, 0, 1, 0);
}

GST_END_TEST;

/* What has no SRTP key's size is refused, and not repeated in the warning. */
GST_START_TEST (test_no_srtp_key)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make
      ("zrtpdec", NULL));
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  for (gsize size = 0; size < 64; size++) {
    GBytes *bytes = g_bytes_new_take (g_strnfill (size, 'q'), size);
    char *text;

    g_signal_emit_by_name (element, "set-signalling-srtp-key", bytes);
    g_bytes_unref (bytes);
    if (size == 28 || size == 30 || size == 38 || size == 44 || size == 46) {
      propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
      continue;
    }
    text = propertywatch_pop (bus, GST_MESSAGE_WARNING, "signalling-srtp-key");
    fail_if (strstr (text, "qq") || strstr (text, "7171"), "%s", text);
    g_free (text);
  }
  g_signal_emit_by_name (element, "set-signalling-srtp-key", NULL);
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

static void
check_fields (const GstStructure * s, const char *fields, GType type)
{
  char **names = g_strsplit (fields, " ", -1);

  for (guint i = 0; names[i]; i++) {
    fail_unless (gst_structure_has_field_typed (s, names[i], type),
        "no %s in %" GST_PTR_FORMAT, names[i], s);
  }
  g_strfreev (names);
}

static void
check_stream (const GstStructure * stats, guint i, const char *direction,
    guint64 enough)
{
  const GValue *streams = gst_structure_get_value (stats, "streams");
  const GstStructure *s = gst_value_get_structure
      (gst_value_array_get_value (streams, i));
  guint64 packets, octets;

  fail_unless (gst_structure_has_name (s, "application/x-srtp-stream"));
  check_fields (s, "ssrc roc", G_TYPE_UINT);
  check_fields (s, "packets octets", G_TYPE_UINT64);
  fail_unless_equals_string (gst_structure_get_string (s, "direction"),
      direction);
  gst_structure_get_uint64 (s, "packets", &packets);
  gst_structure_get_uint64 (s, "octets", &octets);
  fail_unless (packets >= enough);
  fail_unless_equals_uint64 (octets, packets * (12 + 160));
}

/* The plugin was loaded before anything used GMP or SQLite. */
static void
check_memory (const GstStructure * stats)
{
  const GstStructure *memory;
  gboolean gmp = FALSE, sqlite = FALSE;

  check_fields (stats, "memory", GST_TYPE_STRUCTURE);
  memory = gst_value_get_structure (gst_structure_get_value (stats, "memory"));
  fail_unless (gst_structure_has_name (memory, "application/x-zrtp-memory"));
  check_fields (memory, "gmp-wipes sqlite-wipes", G_TYPE_BOOLEAN);
  check_fields (memory, "size locked undumped", G_TYPE_UINT64);
  fail_unless (gst_structure_get (memory, "gmp-wipes", G_TYPE_BOOLEAN, &gmp,
          "sqlite-wipes", G_TYPE_BOOLEAN, &sqlite, NULL));
  fail_unless (gmp && sqlite);
}

GST_START_TEST (test_stats)
{
  Endpoint *a = endpoint_new (END ("")), *b = endpoint_new (END (""));
  const GValue *streams;
  GstStructure *stats;

  g_object_get (__i__ ? a->dec : a->enc, "stats", &stats, NULL);
  fail_unless (gst_structure_has_name (stats, "application/x-zrtp-stats"));
  gst_structure_free (stats);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 5);
  endpoint_wait_media (b, 5);
  g_object_get (__i__ ? a->dec : a->enc, "stats", &stats, NULL);
  fail_unless (gst_structure_has_name (stats, "application/x-zrtp-stats"));
  check_fields (stats, "zrtp-sent zrtp-received zrtp-retransmitted round-trip "
      "time-to-secure sent-count sent-octets sent-rtcp-count sent-clear-count "
      "recv-count recv-octets recv-rtcp-count recv-clear-count "
      "recv-drop-count", G_TYPE_UINT64);
  check_fields (stats, "zrtp-drops sent-drops recv-drops", GST_TYPE_STRUCTURE);
  check_fields (stats, "streams", GST_TYPE_ARRAY);
  check_memory (stats);
  streams = gst_structure_get_value (stats, "streams");
  fail_unless_equals_int (gst_value_array_get_size (streams), 2);
  check_stream (stats, 0, "send", 5);
  check_stream (stats, 1, "receive", 5);
  gst_structure_free (stats);

  fail_unless (endpoint_get_stat (a->enc, "recv-count") >= 5);
  fail_unless (endpoint_get_stat (a->enc, "sent-count") >= 5);
  /* Hello, HelloACK, two or three messages of the exchange. */
  fail_unless (endpoint_get_stat (a->enc, "zrtp-sent") >= 4);
  fail_unless (endpoint_get_stat (a->enc, "zrtp-received") >= 4);
  fail_unless (endpoint_get_stat (a->enc, "time-to-secure") > 0);
  fail_unless (endpoint_get_stat (a->enc, "time-to-secure")
      < 20 * GST_SECOND);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* The same on both sides and in both elements; another in the next call. */
GST_START_TEST (test_exported_key)
{
  Endpoint *a = endpoint_new (END ("")), *b = endpoint_new (END (""));
  GBytes *keys[3];

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  g_object_get (a->enc, "exported-key", &keys[0], NULL);
  g_object_get (a->dec, "exported-key", &keys[1], NULL);
  g_object_get (b->enc, "exported-key", &keys[2], NULL);
  fail_unless_equals_int (g_bytes_get_size (keys[0]), 32);
  fail_unless (g_bytes_equal (keys[0], keys[1]));
  fail_unless (g_bytes_equal (keys[0], keys[2]));
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (keys[i]);
  gst_element_set_state (a->pipeline, GST_STATE_NULL);
  g_object_get (a->enc, "exported-key", &keys[0], NULL);
  fail_unless (keys[0] == NULL);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* What was agreed, in words. */
GST_START_TEST (test_agreed)
{
  Endpoint *a = endpoint_new (END ("ciphers=AES3 hashes=S384 auth-tags=HS32 "
          "key-agreements=EC38 sas-types=B256 disclosure=true"));
  Endpoint *b = endpoint_new (END ("ciphers=AES3 hashes=S384 auth-tags=HS32 "
          "key-agreements=EC38 sas-types=B256 passive=true"));
  char *name;

  endpoint_connect (a, b);
  propertywatch_start (b->dec, "peer-disclosure");
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  propertywatch_assert (a->dec, "cipher", "AES3");
  propertywatch_assert (a->dec, "hash", "S384");
  propertywatch_assert (a->dec, "auth-tag", "HS32");
  propertywatch_assert (a->dec, "key-agreement", "EC38");
  propertywatch_assert (a->dec, "sas-type", "B256");
  /* Words are spoken as they are. */
  propertywatch_assert (a->dec, "sas-spelling", a->sas);
  fail_unless (strchr (a->sas, ':') || strchr (a->sas, ' '), "%s", a->sas);
  propertywatch_assert (a->dec, "role", "initiator");
  propertywatch_assert (b->dec, "role", "responder");
  propertywatch_assert (a->dec, "trust", "unverified");
  propertywatch_assert (a->dec, "peer-disclosure", "false");
  propertywatch_wait (b->dec, "peer-disclosure", "true");
  name = propertywatch_get (a->enc, "peer-client");
  fail_unless (*name && strlen (name) <= ZRTP_CLIENT_ID_SIZE);
  g_free (name);
  endpoint_wait_media (a, 5);
  endpoint_wait_media (b, 5);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
properties_suite (void)
{
  Suite *s = suite_create ("properties");
  TCase *tc = tcase_create ("alone");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_kinds_and_defaults, 0, 2);
  tcase_add_loop_test (tc, test_enumerations, 0, 2);
  tcase_add_loop_test (tc, test_values, 0, 2);
  tcase_add_loop_test (tc, test_refused, 0, 2);
  tcase_add_test (tc, test_bad_hello_hash);
  tcase_add_loop_test (tc, test_actions_too_early, 0, 2);

  tc = tcase_create ("call");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_aux_secret);
  tcase_add_test (tc, test_signalling_srtp_key);
  tcase_add_test (tc, test_no_srtp_key);
  tcase_add_loop_test (tc, test_stats, 0, 2);
  tcase_add_test (tc, test_exported_key);
  tcase_add_test (tc, test_agreed);
  return s;
}

GST_CHECK_MAIN (properties);
