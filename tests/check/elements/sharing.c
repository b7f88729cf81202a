/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the elements of a pair and of a call have in common: the Hello and its
 * hash, values that were set on one of them, notify on all.
 */
#include "endpoint.h"
#include "propertywatch.h"

#define END SEND_END NET_SRC "! zrtpdec name=dec ! fakesink async=false"
#define SEND_END VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! " \
    NET_SINK "async=false "

static const char hex[] = "0123456789abcdef";

/* zrtpenc and zrtpdec of no bin, named alike; in NULL. */
static void
make_pair (const char *session_id, guint stream_id, GstElement ** enc,
    GstElement ** dec)
{
  *enc = propertywatch_make ("zrtpenc", session_id);
  *dec = propertywatch_make ("zrtpdec", session_id);
  g_object_set (*enc, "cache", ":memory:", "stream-id", stream_id, NULL);
  g_object_set (*dec, "stream-id", stream_id, NULL);
}

/* Who posts without a parent has no bus but the one that a test gives it. */
static GstBus *
give_bus (GstElement * element)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  return bus;
}

static void
drop_bus (GstElement * element, GstBus * bus)
{
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
}

/* -- The Hello and its hash -- */

/* Signalling wants it before anything else is there, and it stays. */
GST_START_TEST (test_hello_hash_in_null)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  GstElement *dec = gst_element_factory_make ("zrtpdec", NULL);
  GstElement *pipeline = gst_pipeline_new (NULL);
  char *hash;

  g_object_set (enc, "cache", ":memory:", NULL);
  hash = propertywatch_get (enc, "hello-hash");
  fail_unless (g_str_has_prefix (hash, "1.10 "), "%s", hash);
  fail_unless_equals_int (strlen (hash), 5 + 64);
  fail_unless_equals_int (strspn (hash + 5, hex), 64);
  propertywatch_assert (enc, "hello-hash", hash);
  propertywatch_assert (dec, "hello-hash", "");

  /* It goes along into a pipeline, to another name, to PLAYING. */
  gst_bin_add_many (GST_BIN (pipeline), enc, dec, NULL);
  propertywatch_assert (enc, "hello-hash", hash);
  g_object_set (enc, "session-id", "null", "stream-id", 5, NULL);
  g_object_set (dec, "session-id", "null", "stream-id", 5, NULL);
  propertywatch_assert (enc, "hello-hash", hash);
  propertywatch_set_state (pipeline, GST_STATE_READY);
  propertywatch_assert (enc, "hello-hash", hash);
  propertywatch_assert (dec, "hello-hash", hash);
  propertywatch_set_state (pipeline, GST_STATE_PLAYING);
  propertywatch_assert (enc, "hello-hash", hash);
  g_free (hash);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

GST_END_TEST;

/* What the other side gets is what was announced; it says so, and refuses
 * anything else. */
GST_START_TEST (test_hello_hash_announced)
{
  Endpoint *a = endpoint_new (END), *b = endpoint_new (END);
  char *hash = propertywatch_get (a->enc, "hello-hash");
  GstStructure *peer;

  g_object_set (b->dec, "peer-hello-hash", hash, NULL);
  propertywatch_start (b->dec, "hello-hash-status");
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  peer = endpoint_wait (b, "GstZrtpPeer");
  fail_unless_equals_string (gst_structure_get_string (peer, "hello-hash"),
      hash + 5);
  gst_structure_free (peer);
  propertywatch_wait (b->dec, "hello-hash-status", "match");
  propertywatch_assert (b->enc, "hello-hash-status", "match");
  endpoint_wait_secure (a, b);
  g_free (hash);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* From PAUSED to READY a call is over: the next one has a new Hello and new keys,
 * and who knows the old hash is told. */
GST_START_TEST (test_new_call)
{
  Endpoint *a = endpoint_new (END), *b = endpoint_new (END);
  char *hash = propertywatch_get (a->enc, "hello-hash"), *new_hash;
  GBytes *key, *new_key;
  GstStructure *hello;

  propertywatch_start (a->enc, "hello-hash");
  propertywatch_start (a->dec, "hello-hash");
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  g_object_get (a->enc, "exported-key", &key, NULL);
  fail_unless (key != NULL);
  fail_unless_equals_int (propertywatch_count (a->enc, "hello-hash"), 0);

  gst_element_set_state (a->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  propertywatch_wait_count (a->enc, "hello-hash", 1);
  propertywatch_wait_count (a->dec, "hello-hash", 1);
  new_hash = propertywatch_get (a->enc, "hello-hash");
  fail_if (g_str_equal (hash, new_hash));
  propertywatch_assert (a->dec, "hello-hash", new_hash);
  g_object_get (a->enc, "exported-key", &new_key, NULL);
  fail_unless (new_key == NULL);

  hello = endpoint_wait (a, "GstZrtpHello");
  fail_unless_equals_string (gst_structure_get_string (hello, "hello-hash"),
      new_hash);
  gst_structure_free (hello);
  endpoint_wait_state (a, "idle");
  endpoint_wait_state (b, "idle");
  propertywatch_assert (a->dec, "sas", "");

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  propertywatch_assert (a->enc, "hello-hash", new_hash);
  g_object_get (a->enc, "exported-key", &new_key, NULL);
  fail_unless (new_key && !g_bytes_equal (key, new_key));
  g_bytes_unref (key);
  g_bytes_unref (new_key);
  g_free (hash);
  g_free (new_hash);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* What is in the Hello stays once its hash is known; a new value warns, and
 * counts from the next one on. */
GST_START_TEST (test_frozen)
{
  static const struct
  {
    const char *property, *value;
  } frozen[] = {
    {"cache", "/nowhere/at/all"}, {"hashes", "S384"}, {"ciphers", "AES3"},
    {"auth-tags", "HS32"}, {"key-agreements", "EC38"}, {"sas-types", "B256"},
    {"strict-algorithms", "true"}, {"passive", "true"},
    {"mitm", "true"}, {"check-signatures", "true"}
  };
  GstElement *enc, *dec;
  GstBus *bus;
  char *hash, *zid;

  make_pair ("frozen", 0, &enc, &dec);
  bus = give_bus (enc);
  propertywatch_start (dec, "hello-hash");
  hash = propertywatch_get (enc, "hello-hash");
  zid = propertywatch_get (enc, "zid");
  for (guint i = 0; i < G_N_ELEMENTS (frozen); i++) {
    char *text;

    gst_util_set_object_arg (G_OBJECT (enc), frozen[i].property,
        frozen[i].value);
    text = propertywatch_pop (bus, GST_MESSAGE_WARNING, frozen[i].property);
    fail_unless (strstr (text, "next Hello"), "%s", text);
    g_free (text);
    propertywatch_assert (enc, frozen[i].property, frozen[i].value);
    propertywatch_assert (enc, "hello-hash", hash);
  }
  /* These may change at any time. */
  g_object_set (enc, "disclosure", TRUE, "cache-expiry", 5, "auto-secure",
      FALSE, "require-encryption", FALSE, "peer-name", "Bob", "enroll", TRUE,
      NULL);
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_set_state (enc, GST_STATE_PAUSED);
  propertywatch_set_state (dec, GST_STATE_PAUSED);
  propertywatch_assert (enc, "hello-hash", hash);
  propertywatch_assert (enc, "zid", zid);
  propertywatch_set_state (enc, GST_STATE_READY);
  propertywatch_assert (enc, "hello-hash", hash);
  propertywatch_set_state (dec, GST_STATE_READY);
  propertywatch_wait_count (dec, "hello-hash", 1);
  g_free (hash);
  g_free (zid);
  drop_bus (enc, bus);
  propertywatch_drop (enc);
  propertywatch_drop (dec);
}

GST_END_TEST;

/* As long as no endpoint knows the Hello, values may come late. */
GST_START_TEST (test_not_frozen)
{
  Endpoint *a = endpoint_new (END), *b = endpoint_new (END);

  endpoint_connect (a, b);
  g_object_set (a->dec, "ciphers", "AES3", NULL);
  g_object_set (b->enc, "ciphers", "AES3", NULL);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  propertywatch_assert (b->enc, "cipher", "AES3");
  endpoint_assert_quiet (a);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* -- Values -- */

/* Whichever element it is set on, both show it. Values that no application set
 * do not count against one that was set. */
GST_START_TEST (test_shared_values)
{
  GstElement *enc, *dec, *enc1, *dec1;

  make_pair ("values", 0, &enc, &dec);
  make_pair ("values", 1, &enc1, &dec1);
  g_object_set (dec, "ciphers", "AES3", NULL);
  propertywatch_assert (enc, "ciphers", "AES1,AES3,AES2");
  propertywatch_set_state (enc, GST_STATE_READY);
  propertywatch_set_state (dec, GST_STATE_READY);
  propertywatch_set_state (enc1, GST_STATE_READY);
  propertywatch_set_state (dec1, GST_STATE_READY);
  propertywatch_assert (enc, "ciphers", "AES3");
  propertywatch_assert (enc1, "ciphers", "AES1,AES3,AES2");

  propertywatch_start (dec, "peer-name");
  propertywatch_start (enc1, "peer-name");
  propertywatch_start (dec1, "peer-name");
  propertywatch_start (dec, "before-secure");
  propertywatch_start (enc1, "before-secure");
  propertywatch_start (enc, "stream-id");

  /* Of the call. */
  g_object_set (enc, "peer-name", "Zoë", NULL);
  propertywatch_assert (dec, "peer-name", "Zoë");
  propertywatch_assert (enc1, "peer-name", "Zoë");
  propertywatch_assert (dec1, "peer-name", "Zoë");
  propertywatch_wait_count (dec, "peer-name", 1);
  propertywatch_wait_count (enc1, "peer-name", 1);
  propertywatch_wait_count (dec1, "peer-name", 1);
  propertywatch_assert (dec1, "cache", ":memory:");

  /* Of the pair. */
  gst_util_set_object_arg (G_OBJECT (enc), "before-secure", "block");
  propertywatch_assert (dec, "before-secure", "block");
  propertywatch_assert (enc1, "before-secure", "auto");
  propertywatch_wait_count (dec, "before-secure", 1);
  fail_unless_equals_int (propertywatch_count (enc1, "before-secure"), 0);

  /* Of one element. */
  g_object_set (dec, "stream-id", 9, NULL);
  propertywatch_assert (enc, "stream-id", "0");
  fail_unless_equals_int (propertywatch_count (enc, "stream-id"), 0);

  propertywatch_drop (enc);
  propertywatch_drop (dec);
  propertywatch_drop (enc1);
  propertywatch_drop (dec1);
}

GST_END_TEST;

/* The value that was set last counts, whatever the order of starting. */
GST_START_TEST (test_contradiction)
{
  GstElement *enc, *dec;
  GstBus *bus;
  char *text;

  make_pair ("contradiction", 0, &enc, &dec);
  bus = give_bus (enc);
  g_object_set (dec, "ciphers", "AES3", "hello-timeout", 100,
      "peer-name", "Bob", NULL);
  g_object_set (enc, "ciphers", "AES2", "hello-timeout", 100,
      "peer-name", "Bob", NULL);
  propertywatch_set_state (__i__ ? enc : dec, GST_STATE_PAUSED);
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  propertywatch_set_state (__i__ ? dec : enc, GST_STATE_PAUSED);
  text = propertywatch_pop (bus, GST_MESSAGE_WARNING, "\"ciphers\"");
  fail_unless (strstr (text, "zrtpenc") && strstr (text, "zrtpdec"), "%s",
      text);
  g_free (text);
  propertywatch_assert (enc, "ciphers", "AES2");
  propertywatch_assert (dec, "ciphers", "AES2");
  /* Only that: what both set alike is no contradiction. */
  propertywatch_set_state (enc, GST_STATE_NULL);
  propertywatch_set_state (dec, GST_STATE_NULL);
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, "different values");
  drop_bus (enc, bus);
  propertywatch_drop (enc);
  propertywatch_drop (dec);
}

GST_END_TEST;

/* State of the pair, SAS of the call: every element that shows it notifies. */
GST_START_TEST (test_notify_on_all)
{
  static const char *const properties[] = { "state", "role", "cipher", "sas",
    "sas-type", "trust", "peer-zid", "peer-client"
  };
  Endpoint *a = endpoint_new (END), *b = endpoint_new (END);
  GstElement *lone = gst_element_factory_make ("zrtpdec", NULL);

  g_object_set (lone, "stream-id", 1, NULL);
  gst_bin_add (GST_BIN (a->pipeline), lone);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    propertywatch_start (a->enc, properties[i]);
    propertywatch_start (a->dec, properties[i]);
    propertywatch_start (lone, properties[i]);
  }
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    propertywatch_wait_count (a->enc, properties[i], 1);
    propertywatch_wait_count (a->dec, properties[i], 1);
    propertywatch_assert_same (a->enc, a->dec, properties[i]);
  }
  propertywatch_wait (lone, "sas", a->sas);
  propertywatch_wait_count (lone, "trust", 1);
  fail_unless_equals_int (propertywatch_count (lone, "state"), 0);
  fail_unless_equals_int (propertywatch_count (lone, "cipher"), 0);
  propertywatch_assert (lone, "state", "idle");
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
sharing_suite (void)
{
  Suite *s = suite_create ("sharing");
  TCase *tc = tcase_create ("hello");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_hello_hash_in_null);
  tcase_add_test (tc, test_hello_hash_announced);
  tcase_add_test (tc, test_new_call);
  tcase_add_test (tc, test_frozen);
  tcase_add_test (tc, test_not_frozen);

  tc = tcase_create ("values");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_shared_values);
  tcase_add_loop_test (tc, test_contradiction, 0, 2);
  tcase_add_test (tc, test_notify_on_all);
  return s;
}

GST_CHECK_MAIN (sharing);
