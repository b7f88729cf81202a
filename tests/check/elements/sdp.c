/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * a=zrtp-hash in SDP offers and answers (RFC 6189 8): written, read, and what
 * becomes of calls whose signalling has it right, wrong, late or not at all.
 */
#include <gst/sdp/sdp.h>

#include "endpoint.h"
#include "propertywatch.h"

#define END VOICE "! zrtpenc name=enc cache=%s enc.rtp_src_0 ! " \
    NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false"

#define WRONG "fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df"
#define UPPER "FE30EFD02423CB054E50EFD0248742AC7A52C8F91BC2DF881AE642C371BA46DF"

/* -- Session descriptions -- */

/* The RFC's example with that many streams, and no a=zrtp-hash. */
static GstSDPMessage *
make_sdp (guint n_media)
{
  GString *text = g_string_new ("v=0\r\n"
      "o=bob 2890844527 2890844527 IN IP4 127.0.0.1\r\n"
      "s=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n");
  GstSDPMessage *sdp;

  for (guint i = 0; i < n_media; i++)
    g_string_append_printf (text, "m=audio %u RTP/AVP 8\r\n"
        "a=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n", 5004 + 2 * i);
  fail_unless_equals_int (gst_sdp_message_new_from_text (text->str, &sdp),
      GST_SDP_OK);
  fail_unless_equals_int (gst_sdp_message_medias_len (sdp), n_media);
  g_string_free (text, TRUE);
  return sdp;
}

/* Through the signalling as text. */
static GstSDPMessage *
transmit (GstSDPMessage * sdp)
{
  char *text = gst_sdp_message_as_text (sdp);
  GstSDPMessage *result;

  fail_unless_equals_int (gst_sdp_message_new_from_text (text, &result),
      GST_SDP_OK);
  g_free (text);
  gst_sdp_message_free (sdp);
  return result;
}

static void
add_hash (GstSDPMessage * sdp, guint media, const char *value)
{
  gst_sdp_media_add_attribute (&g_array_index (sdp->medias, GstSDPMedia,
          media), "zrtp-hash", value);
}

static const char *
get_attribute (GstSDPMessage * sdp, guint media, const char *key, guint nth)
{
  return gst_sdp_media_get_attribute_val_n (gst_sdp_message_get_media (sdp,
          media), key, nth);
}

static gboolean
write_sdp (GstElement * element, GstSDPMessage * sdp, guint media)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, "write-sdp", sdp, media, &done);
  return done;
}

static gboolean
read_sdp (GstElement * element, GstSDPMessage * sdp, guint media)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, "read-sdp", sdp, media, &done);
  return done;
}

/* One endpoint's offer or answer reaches the other. */
static void
signal_hash (Endpoint * from, Endpoint * to)
{
  GstSDPMessage *sdp = make_sdp (1);

  fail_unless (write_sdp (from->enc, sdp, 0));
  sdp = transmit (sdp);
  fail_unless (read_sdp (to->dec, sdp, 0));
  gst_sdp_message_free (sdp);
}

/* One with another hash put in. */
static void
signal_wrong_hash (Endpoint * to)
{
  GstSDPMessage *sdp = make_sdp (1);

  add_hash (sdp, 0, "1.10 " WRONG);
  fail_unless (read_sdp (to->dec, sdp, 0));
  gst_sdp_message_free (sdp);
}

/* -- The attribute -- */

GST_START_TEST (test_write)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "sdp");
  GstSDPMessage *sdp = make_sdp (1);
  const GstSDPMedia *media;
  char *hash, *line, *text;

  g_object_set (enc, "cache", ":memory:", NULL);
  add_hash (sdp, 0, "1.10 " WRONG);
  add_hash (sdp, 0, "2.00 00");
  fail_unless (write_sdp (enc, sdp, 0));
  fail_unless (write_sdp (enc, sdp, 0));
  hash = propertywatch_get (enc, "hello-hash");
  fail_unless (g_regex_match_simple ("^1\\.10 [0-9a-f]{64}$", hash, 0, 0));
  text = gst_sdp_message_as_text (sdp);
  line = g_strdup_printf ("a=zrtp-hash:%s\r\n", hash);

  /* Z-8-02 Z-8-04 Z-13-01 Z-4-03 Z-4.1-01 */
  fail_unless (strstr (text, line) != NULL, "%s", text);
  /* Z-4.1.1-03: one line, for the one version there is. */
  fail_unless (strstr (strstr (text, "zrtp-hash") + 1, "zrtp-hash") == NULL);
  fail_unless (strstr (text, "m=") < strstr (text, "zrtp-hash"));

  sdp = transmit (sdp);
  /* Z-8-03: at media level alone. */
  fail_unless (gst_sdp_message_get_attribute_val (sdp, "zrtp-hash") == NULL);
  fail_unless_equals_string (get_attribute (sdp, 0, "zrtp-hash", 0), hash);
  media = gst_sdp_message_get_media (sdp, 0);
  /* Z-4-02 */
  fail_unless_equals_string (gst_sdp_media_get_proto (media), "RTP/AVP");
  fail_unless_equals_string (get_attribute (sdp, 0, "rtpmap", 0),
      "8 PCMA/8000");
  fail_unless (get_attribute (sdp, 0, "sendrecv", 0) != NULL);
  g_free (hash);
  g_free (line);
  g_free (text);
  gst_sdp_message_free (sdp);
  propertywatch_drop (enc);
}

GST_END_TEST;

/* Later offers may have another profile, which stays. */
GST_START_TEST (test_other_profiles)
{
  static const char *profiles[] = { "RTP/SAVP", "RTP/AVPF", "RTP/SAVPF" };
  GstElement *enc = propertywatch_make ("zrtpenc", "sdp");
  char *hash;

  g_object_set (enc, "cache", ":memory:", NULL);
  hash = propertywatch_get (enc, "hello-hash");
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
    GstSDPMessage *sdp = make_sdp (1);

    gst_sdp_media_set_proto (&g_array_index (sdp->medias, GstSDPMedia, 0),
        profiles[i]);
    fail_unless (write_sdp (enc, sdp, 0));
    sdp = transmit (sdp);
    /* Z-4-04 Z-4-05 */
    fail_unless_equals_string (gst_sdp_media_get_proto
        (gst_sdp_message_get_media (sdp, 0)), profiles[i]);
    fail_unless_equals_string (get_attribute (sdp, 0, "zrtp-hash", 0), hash);
    fail_unless (read_sdp (enc, sdp, 0));
    propertywatch_assert (enc, "peer-hello-hash", hash);
    gst_sdp_message_free (sdp);
  }
  g_free (hash);
  propertywatch_drop (enc);
}

GST_END_TEST;

/* Each stream has a Hello, and a line, of its own. */
GST_START_TEST (test_two_streams)
{
  GstElement *enc[2];
  GstSDPMessage *sdp = make_sdp (2);

  for (guint i = 0; i < 2; i++) {
    enc[i] = propertywatch_make ("zrtpenc", "sdp");
    g_object_set (enc[i], "stream-id", i, "cache", ":memory:", NULL);
    fail_unless (write_sdp (enc[i], sdp, i));
  }
  sdp = transmit (sdp);
  /* Z-8-03 */
  fail_if (g_strcmp0 (get_attribute (sdp, 0, "zrtp-hash", 0),
          get_attribute (sdp, 1, "zrtp-hash", 0)) == 0);
  for (guint i = 0; i < 2; i++) {
    fail_unless (get_attribute (sdp, i, "zrtp-hash", 1) == NULL);
    fail_unless (read_sdp (enc[i], sdp, 1 - i));
    propertywatch_assert (enc[i], "peer-hello-hash", get_attribute (sdp, 1 - i,
            "zrtp-hash", 0));
  }
  gst_sdp_message_free (sdp);
  propertywatch_drop (enc[0]);
  propertywatch_drop (enc[1]);
}

GST_END_TEST;

/* The Hello is zrtpenc's. */
GST_START_TEST (test_write_without_hello)
{
  GstElement *dec = propertywatch_make ("zrtpdec", "sdp");
  GstSDPMessage *sdp = make_sdp (1);

  fail_if (write_sdp (dec, sdp, 0));
  fail_unless (get_attribute (sdp, 0, "zrtp-hash", 0) == NULL);
  gst_sdp_message_free (sdp);
  propertywatch_drop (dec);
}

GST_END_TEST;

static const struct
{
  const char *lines[4];
  const char *value;            /* NULL: one of them can't be read */
} readings[] = {
  /* Z-8.1-03 */
  {{NULL}, ""},
  {{"1.10 " WRONG}, "1.10 " WRONG},
  /* Z-8-04: either case, any blanks, or none as in the grammar. */
  {{"1.10 " UPPER}, "1.10 " WRONG},
  {{" 1.10 \t " WRONG "  "}, "1.10 " WRONG},
  {{"1.10" UPPER}, "1.10 " WRONG},
  {{UPPER}, "1.10 " WRONG},
  /* Z-4.1.1-02 Z-4.1.1-03: several versions, whose hashes are their own. */
  {{"2.00 00AA", "1.10 " WRONG}, "2.00 00aa\n1.10 " WRONG},
  {{"1.10 " WRONG, "2.00 " WRONG WRONG, "1.1b " UPPER}, "1.10 " WRONG
      "\n2.00 " WRONG WRONG "\n1.1b " WRONG},
  {{"2.00 00AA"}, "2.00 00aa"},
  /* What can't be read. */
  {{""}},
  {{"1.10"}},
  {{"1.10 "}},
  {{"1.10 0"}},
  {{"1.10 " WRONG "0"}},
  {{"1.10 " WRONG " 0"}},
  {{"1.10 g" WRONG}},
  {{"1.10," WRONG}},
  {{"1.10 " WRONG "," WRONG}},
  {{"1.10 " WRONG "\n1.10 " WRONG}},
  {{"1.1\x01 " WRONG}},
  {{"2.00 "}},
  {{"2.00 base64=="}},
  {{"1.10 " WRONG, "nonsense"}},
};

GST_START_TEST (test_read)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  const char *value = readings[__i__].value;
  GstSDPMessage *sdp = make_sdp (1);

  gst_bin_add (GST_BIN (pipeline), enc);
  g_object_set (enc, "cache", ":memory:", "peer-hello-hash", UPPER, NULL);
  for (guint i = 0; i < 4 && readings[__i__].lines[i]; i++)
    add_hash (sdp, 0, readings[__i__].lines[i]);
  fail_unless_equals_int (read_sdp (enc, sdp, 0), value != NULL);
  propertywatch_assert (enc, "peer-hello-hash", value ? value : UPPER);
  if (value)
    propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  else
    g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING, "a=zrtp-hash:"));

  /* The stream takes what was read, and nothing of it gets into our Hello. */
  g_free (propertywatch_get (enc, "hello-hash"));
  fail_unless_equals_int (read_sdp (enc, sdp, 0), value != NULL);
  propertywatch_assert (enc, "peer-hello-hash", value ? value : UPPER);
  if (value)
    propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  gst_sdp_message_free (sdp);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

GST_END_TEST;

/* -- Calls -- */

static void
make_call (Endpoint ** alice, Endpoint ** bob)
{
  *alice = endpoint_new (END, ":memory:");
  *bob = endpoint_new (END, ":memory:");
  endpoint_connect (*alice, *bob);
}

static void
hang_up (Endpoint * alice, Endpoint * bob)
{
  endpoint_free (alice);
  endpoint_free (bob);
}

static void
play_both (Endpoint * alice, Endpoint * bob)
{
  endpoint_play (alice);
  endpoint_play (bob);
}

/* Alice was told of another Hello than Bob's: she answers none of his Commits
 * until he gives up, and nothing is secure. */
static void
assert_refused (Endpoint * alice, Endpoint * bob)
{
  GstStructure *checked;

  /* Soon. */
  g_object_set (bob->enc, "retry-timeout", 20, NULL);
  play_both (alice, bob);
  checked = endpoint_wait (alice, "GstZrtpHelloHash");
  fail_unless_equals_string (gst_structure_get_string (checked, "status"),
      "mismatch");
  gst_structure_free (checked);
  g_free (endpoint_wait_warning (alice, "not the one that was announced"));
  endpoint_wait_state (bob, "failed");
  endpoint_assert_quiet (alice);
  fail_unless_equals_string (alice->state, "discovering");
  propertywatch_assert (alice->enc, "hello-hash-status", "mismatch");
  fail_unless (endpoint_get_stat (alice->enc, "zrtp-drops/bad-hello-hash") > 0);
  fail_unless (alice->sas == NULL && bob->sas == NULL);
  fail_unless_equals_uint64 (endpoint_get_stat (alice->enc, "sent-count"), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (bob->enc, "sent-count"), 0);
  fail_unless_equals_int (g_atomic_int_get (&alice->heard), 0);
  fail_unless_equals_int (g_atomic_int_get (&bob->heard), 0);
}

GST_START_TEST (test_match)
{
  Endpoint *alice, *bob;

  make_call (&alice, &bob);
  signal_hash (alice, bob);
  signal_hash (bob, alice);
  play_both (alice, bob);
  endpoint_wait_secure (alice, bob);
  /* Z-8.1-02 */
  propertywatch_assert (alice->enc, "hello-hash-status", "match");
  propertywatch_assert (bob->enc, "hello-hash-status", "match");
  /* That the signalling was true, no application said: the SAS is to be
   * compared. */
  propertywatch_assert (alice->enc, "trust", "unverified");
  endpoint_wait_media (alice, 5);
  endpoint_wait_media (bob, 5);
  endpoint_assert_quiet (alice);
  endpoint_assert_quiet (bob);
  hang_up (alice, bob);
}

GST_END_TEST;

/* Bob's answer has a line for a version to come, too. */
GST_START_TEST (test_highest_common_version)
{
  Endpoint *alice, *bob;
  GstSDPMessage *sdp = make_sdp (1);
  char *hash;

  make_call (&alice, &bob);
  fail_unless (write_sdp (bob->enc, sdp, 0));
  add_hash (sdp, 0, "2.00 " WRONG);
  fail_unless (read_sdp (alice->enc, sdp, 0));
  gst_sdp_message_free (sdp);
  /* Z-4.1.1-04 Z-4.1.1-05 */
  hash = propertywatch_get (alice->enc, "hello-hash");
  fail_unless (g_str_has_prefix (hash, "1.10 "));
  play_both (alice, bob);
  endpoint_wait_secure (alice, bob);
  propertywatch_assert (alice->enc, "hello-hash-status", "match");
  propertywatch_assert (alice->enc, "hello-hash", hash);
  g_free (hash);
  hang_up (alice, bob);
}

GST_END_TEST;

/* No sign of ZRTP in offer and answer: they find each other all the same. */
GST_START_TEST (test_none)
{
  Endpoint *alice, *bob;
  GstSDPMessage *sdp = make_sdp (1);

  make_call (&alice, &bob);
  fail_unless (read_sdp (alice->enc, sdp, 0));
  fail_unless (read_sdp (bob->enc, sdp, 0));
  gst_sdp_message_free (sdp);
  play_both (alice, bob);
  /* Z-8-01 Z-8.1-03 */
  endpoint_wait_secure (alice, bob);
  propertywatch_assert (alice->enc, "hello-hash-status", "absent");
  propertywatch_assert (bob->enc, "hello-hash-status", "absent");
  hang_up (alice, bob);
}

GST_END_TEST;

/* The Hello that comes is not the one that was announced: no call, until the
 * right answer is there. */
GST_START_TEST (test_wrong)
{
  Endpoint *alice, *bob;
  gboolean done = FALSE;

  make_call (&alice, &bob);
  signal_hash (alice, bob);
  signal_wrong_hash (alice);
  /* Z-8.1-02 */
  assert_refused (alice, bob);
  propertywatch_assert (bob->enc, "hello-hash-status", "match");

  signal_hash (bob, alice);
  g_object_set (bob->enc, "retry-timeout", 150, NULL);
  g_signal_emit_by_name (bob->enc, "go-secure", &done);
  fail_unless (done);
  endpoint_wait_secure (alice, bob);
  propertywatch_assert (alice->enc, "hello-hash-status", "match");
  propertywatch_assert (bob->enc, "hello-hash-status", "match");
  endpoint_wait_media (alice, 5);
  hang_up (alice, bob);
}

GST_END_TEST;

/* An answer that can't be read takes nothing back of the one before. */
GST_START_TEST (test_garbage_keeps_check)
{
  Endpoint *alice, *bob;
  GstSDPMessage *sdp = make_sdp (1);

  make_call (&alice, &bob);
  signal_wrong_hash (alice);
  add_hash (sdp, 0, "1.10 nonsense");
  fail_if (read_sdp (alice->enc, sdp, 0));
  gst_sdp_message_free (sdp);
  g_free (endpoint_wait_warning (alice, "a=zrtp-hash:1.10 nonsense"));
  assert_refused (alice, bob);
  hang_up (alice, bob);
}

GST_END_TEST;

/* The media was faster than the answer. */
GST_START_TEST (test_late)
{
  Endpoint *alice, *bob;

  make_call (&alice, &bob);
  signal_hash (alice, bob);
  play_both (alice, bob);
  endpoint_wait_secure (alice, bob);
  propertywatch_assert (alice->enc, "hello-hash-status", "absent");
  signal_hash (bob, alice);
  propertywatch_assert (alice->enc, "hello-hash-status", "match");
  endpoint_wait_media (alice, 5);
  endpoint_wait_media (bob, 5);
  propertywatch_assert (alice->enc, "state", "secure");
  hang_up (alice, bob);
}

GST_END_TEST;

GST_START_TEST (test_late_and_wrong)
{
  Endpoint *alice, *bob;
  GstStructure *alert;

  make_call (&alice, &bob);
  play_both (alice, bob);
  endpoint_wait_secure (alice, bob);
  signal_wrong_hash (alice);
  propertywatch_assert (alice->enc, "hello-hash-status", "mismatch");
  alert = endpoint_wait (alice, "GstZrtpSecurity");
  fail_unless (strstr (gst_structure_get_string (alert, "text"),
          "a=zrtp-hash") != NULL);
  gst_structure_free (alert);
  endpoint_wait_state (alice, "failed");
  hang_up (alice, bob);
}

GST_END_TEST;

/* -- Signalling that can be trusted -- */

static void
call_known (const char *folder, gboolean trusted, gboolean forget,
    const char *trust)
{
  char *a = g_build_filename (folder, "alice.sqlite", NULL);
  char *b = g_build_filename (folder, "bob.sqlite", NULL);
  Endpoint *alice = endpoint_new (END, a), *bob = endpoint_new (END, b);
  gboolean done = FALSE;

  g_object_set (alice->enc, "signalling-trusted", trusted, NULL);
  g_object_set (bob->enc, "signalling-trusted", trusted, NULL);
  endpoint_connect (alice, bob);
  signal_hash (alice, bob);
  signal_hash (bob, alice);
  play_both (alice, bob);
  endpoint_wait_secure (alice, bob);
  propertywatch_assert (bob->enc, "hello-hash-status", "match");
  propertywatch_assert (bob->enc, "trust", trust);
  /* What is kept of a new peer counts once its SRTP came. */
  endpoint_wait_media (alice, 2);
  endpoint_wait_media (bob, 2);
  if (forget) {
    g_signal_emit_by_name (alice->enc, "forget-peer", &done);
    fail_unless (done);
  }
  hang_up (alice, bob);
  g_free (a);
  g_free (b);
}

/* Alice lost what she knew of Bob: his alarm. What a Hello vouched for by
 * trusted signalling agreed on may be kept at once (4.6.1.1), so that the next
 * call is in order; else only once the SAS was compared. */
GST_START_TEST (test_trusted)
{
  char *folder = endpoint_make_folder ();

  call_known (folder, FALSE, TRUE, "unverified");
  call_known (folder, FALSE, FALSE, "cache-mismatch");
  call_known (folder, TRUE, FALSE, "cache-mismatch");
  /* Z-8.1.1-04 */
  call_known (folder, FALSE, FALSE, "unverified");
  endpoint_remove_folder (folder);
}

GST_END_TEST;

static Suite *
sdp_suite (void)
{
  Suite *s = suite_create ("sdp");
  TCase *attribute = tcase_create ("attribute");
  TCase *calls = tcase_create ("calls");

  suite_add_tcase (s, attribute);
  tcase_add_test (attribute, test_write);
  tcase_add_test (attribute, test_other_profiles);
  tcase_add_test (attribute, test_two_streams);
  tcase_add_test (attribute, test_write_without_hello);
  tcase_add_loop_test (attribute, test_read, 0, G_N_ELEMENTS (readings));

  suite_add_tcase (s, calls);
  tcase_add_test (calls, test_match);
  tcase_add_test (calls, test_highest_common_version);
  tcase_add_test (calls, test_none);
  tcase_add_test (calls, test_wrong);
  tcase_add_test (calls, test_garbage_keeps_check);
  tcase_add_test (calls, test_late);
  tcase_add_test (calls, test_late_and_wrong);
  tcase_add_test (calls, test_trusted);
  return s;
}

GST_CHECK_MAIN (sdp);
