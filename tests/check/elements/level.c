/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an application can show as it is: level, its sentence, the SAS; and what
 * INFO and WARNING messages say without any code.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include "zrtp/zrtp.h"

#include <string.h>

#define END VOICE "! zrtpenc name=enc cache=%s/%s peer-name=%s %s " \
    "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC \
    "! zrtpdec name=dec ! " EAR "async=false"

static char *folder;

static void
setup (void)
{
  folder = endpoint_make_folder ();
}

static void
teardown (void)
{
  endpoint_remove_folder (folder);
}

/* -- What came on a bus -- */

typedef struct
{
  GString *levels;              /* blank separated, without repetitions */
  char *sas;                    /* of the last GstZrtpLevel */
  char *text;
  GPtrArray *infos, *warnings;  /* their texts */
  guint trusts;                 /* GstZrtpTrust */
} Log;

static void
log_init (Log * log)
{
  memset (log, 0, sizeof *log);
  log->levels = g_string_new (NULL);
  log->infos = g_ptr_array_new_with_free_func (g_free);
  log->warnings = g_ptr_array_new_with_free_func (g_free);
}

static void
log_clear (Log * log)
{
  g_string_free (log->levels, TRUE);
  g_free (log->sas);
  g_free (log->text);
  g_ptr_array_unref (log->infos);
  g_ptr_array_unref (log->warnings);
}

static void
note_level (Log * log, const GstStructure * s)
{
  const char *level = gst_structure_get_string (s, "level");
  char *word = g_strconcat (log->levels->len ? " " : "", level, NULL);

  if (!g_str_has_suffix (log->levels->str, level))
    g_string_append (log->levels, word);
  g_free (word);
  g_free (log->sas);
  log->sas = g_strdup (gst_structure_get_string (s, "sas"));
  g_free (log->text);
  log->text = g_strdup (gst_structure_get_string (s, "level-text"));
}

static void
note_text (GPtrArray * texts, GstMessage * message,
    void (*parse) (GstMessage * message, GError ** error, gchar ** debug))
{
  GError *error;
  char *debug;

  parse (message, &error, &debug);
  /* gst-launch-1.0 prints the debug text of an INFO message alone. */
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_INFO)
    fail_unless (debug && g_str_has_prefix (debug, error->message));
  g_ptr_array_add (texts, g_strdup (error->message));
  g_error_free (error);
  g_free (debug);
}

static void
note (Log * log, GstMessage * message)
{
  if (gst_message_has_name (message, "GstZrtpLevel"))
    note_level (log, gst_message_get_structure (message));
  else if (gst_message_has_name (message, "GstZrtpTrust"))
    log->trusts++;
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_INFO)
    note_text (log->infos, message, gst_message_parse_info);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    note_text (log->warnings, message, gst_message_parse_warning);
}

/* Takes messages until the last level told is @level. */
static void
wait_level (Endpoint * endpoint, Log * log, const char *level)
{
  while (!g_str_has_suffix (log->levels->str, level)) {
    GstMessage *message = gst_bus_timed_pop (endpoint->bus, PATIENCE);

    fail_unless (message != NULL, "%s, not %s", log->levels->str, level);
    note (log, message);
    gst_message_unref (message);
  }
}

/* What is on the bus now. All that an action does is told in this order: the
 * notices of one transport have one queue. */
static void
take_rest (Endpoint * endpoint, Log * log)
{
  GstMessage *message;

  while ((message = gst_bus_pop (endpoint->bus))) {
    note (log, message);
    gst_message_unref (message);
  }
}

static guint
count (GPtrArray * texts, const char *part)
{
  guint n = 0;

  for (guint i = 0; i < texts->len; i++)
    n += strstr (g_ptr_array_index (texts, i), part) != NULL;
  return n;
}

static gboolean
says (GstElement * element, const char *action)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, action, &done);
  return done;
}

static Endpoint *alice, *bob;

static void
dial (const char *name, const char *more)
{
  alice = endpoint_new (END, folder, "alice", name, more);
  bob = endpoint_new (END, folder, "bob", "alice", "");
  endpoint_connect (alice, bob);
  endpoint_play (alice);
  endpoint_play (bob);
}

static void
hang_up (void)
{
  gst_element_set_state (alice->pipeline, GST_STATE_NULL);
  gst_element_set_state (bob->pipeline, GST_STATE_NULL);
  endpoint_free (alice);
  endpoint_free (bob);
}

/* -- From nothing to verified, and to an alarm -- */

GST_START_TEST (test_call)
{
  Log log;

  log_init (&log);
  dial ("bob", "");
  propertywatch_assert (bob->enc, "aux-matched", "none");
  wait_level (alice, &log, "encrypted");
  fail_unless (g_str_has_prefix (log.levels->str, "busy"));
  fail_unless (!strstr (log.levels->str, "open"));
  propertywatch_assert (alice->enc, "sas", log.sas);
  propertywatch_assert (alice->dec, "level", "encrypted");
  propertywatch_assert (alice->dec, "level-text", log.text);
  take_rest (alice, &log);
  /* gst-launch-1.0 prints it. */
  fail_unless_equals_int (count (log.infos, "compare it by voice"), 1);
  fail_unless_equals_int (count (log.infos, log.sas), 1);
  fail_unless_equals_int (log.warnings->len, 0);

  propertywatch_start (alice->dec, "level");
  fail_unless (says (alice->enc, "verify-sas"));
  wait_level (alice, &log, "verified");
  propertywatch_wait (alice->dec, "level", "verified");
  fail_unless (log.sas == NULL);
  fail_unless (says (alice->enc, "reject-sas"));
  wait_level (alice, &log, "alarm");
  propertywatch_wait (alice->dec, "level", "alarm");
  fail_unless (strstr (log.text, "Hang up"));
  fail_unless (says (alice->enc, "verify-sas"));
  wait_level (alice, &log, "verified");
  fail_unless_equals_int (count (log.infos, "compare it by voice"), 1);
  fail_unless_equals_int (count (log.warnings, "Hang up"), 1);
  fail_unless_equals_int (log.warnings->len, 1);
  hang_up ();
  log_clear (&log);
}

GST_END_TEST;

/* The trust that is told again is another one. */
GST_START_TEST (test_trust_is_told_once)
{
  Log log;
  guint before;

  log_init (&log);
  dial ("bob", "");
  wait_level (alice, &log, "encrypted");
  fail_unless (says (alice->enc, "verify-sas"));
  wait_level (alice, &log, "verified");
  take_rest (alice, &log);
  before = log.trusts;
  for (guint i = 0; i < 3; i++)
    fail_unless (says (alice->enc, "verify-sas"));
  fail_unless (says (alice->enc, "reject-sas"));
  wait_level (alice, &log, "alarm");
  fail_unless_equals_int (log.trusts, before + 1);
  hang_up ();
  log_clear (&log);
}

GST_END_TEST;

/* -- Alarms -- */

/* What happened to Bob's file and name is an alarm at Alice's: one WARNING. */
GST_START_TEST (test_alarm)
{
  static const struct
  {
    const char *name, *more, *text;
    gboolean forget;
  } rows[] = {
    {"bob", "", "not the endpoint of earlier calls", TRUE},
    {"carol", "", "another name", FALSE},
    {"bob", "aux-secret=00112233445566778899aabbccddeeff",
        "does not have the shared secret", FALSE},
  };
  Log log;

  dial ("bob", "");
  endpoint_wait_secure (alice, bob);
  fail_unless (says (alice->enc, "verify-sas"));
  fail_unless (says (bob->enc, "verify-sas"));
  if (rows[__i__].forget)
    fail_unless (says (bob->enc, "forget-peer"));
  hang_up ();

  log_init (&log);
  dial (rows[__i__].name, rows[__i__].more);
  wait_level (alice, &log, "alarm");
  fail_unless (log.sas && *log.sas);
  fail_unless (strstr (log.text, rows[__i__].text), "%s", log.text);
  propertywatch_assert (alice->enc, "aux-matched",
      *rows[__i__].more ? "mismatch" : "none");
  fail_unless (says (alice->enc, "verify-sas"));
  wait_level (alice, &log, "verified");
  fail_unless_equals_int (count (log.warnings, rows[__i__].text), 1);
  fail_unless_equals_int (log.warnings->len, 1);
  hang_up ();
  log_clear (&log);
}

GST_END_TEST;

/* A peer with the same auxiliary secret is told from a third party. */
GST_START_TEST (test_aux_matched)
{
  static const char aux[] = "aux-secret=00112233445566778899aabbccddeeff";
  GstStructure *s;
  Log log;

  log_init (&log);
  alice = endpoint_new (END, folder, "alice", "bob", aux);
  bob = endpoint_new (END, folder, "bob", "alice", aux);
  endpoint_connect (alice, bob);
  endpoint_play (alice);
  endpoint_play (bob);
  wait_level (alice, &log, "encrypted");
  fail_unless (strstr (log.text, "shared secret"));
  propertywatch_assert (alice->enc, "aux-matched", "matched");
  propertywatch_assert (alice->enc, "trust", "unverified");
  s = endpoint_wait (bob, "GstZrtpSas");
  fail_unless_equals_string (gst_structure_get_string (s, "aux-matched"),
      "matched");
  gst_structure_free (s);
  hang_up ();
  log_clear (&log);
}

GST_END_TEST;

/* A drone: a peer without its secret is refused, and the reason is told
 * here. */
GST_START_TEST (test_machine)
{
  GstStructure *s;
  char *text;

  dial ("bob", __i__ ? "aux-secret=00112233445566778899aabbccddeeff "
      "unattended=true" : "require-verified=true");
  do {
    s = endpoint_wait (alice, "GstZrtpState");
    if (g_str_equal (gst_structure_get_string (s, "state"), "failed"))
      break;
    fail_if (g_str_equal (gst_structure_get_string (s, "state"), "secure"));
    gst_structure_free (s);
  } while (TRUE);
  fail_unless (g_str_has_prefix (gst_structure_get_string (s, "reason"),
          __i__ ? "unattended" : "require-verified"));
  fail_unless (strstr (gst_structure_get_string (s, "reason"),
          __i__ ? "aux-secret" : "not verified"));
  fail_unless_equals_string (gst_structure_get_string (s, "level"), "alarm");
  gst_structure_free (s);
  text = endpoint_wait_warning (alice, __i__ ? "unattended refuses the peer"
      : "require-verified refuses the peer");
  fail_unless (strstr (text, "To admit it"));
  g_free (text);
  fail_unless_equals_int (alice->heard, 0);
  fail_unless_equals_uint64 (endpoint_get_stat (alice->enc, "sent-count"), 0);
  hang_up ();
}

GST_END_TEST;

/* -- In the clear -- */

GST_START_TEST (test_open)
{
  Log log;

  log_init (&log);
  dial ("bob", "require-encryption=false");
  wait_level (alice, &log, "encrypted");
  fail_unless (g_str_has_prefix (log.levels->str, "open"), "%s",
      log.levels->str);
  hang_up ();
  log_clear (&log);
}

GST_END_TEST;

/* The property says so also where no transport has started. */
GST_START_TEST (test_off)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "off");

  propertywatch_assert (enc, "level", "off");
  propertywatch_assert (enc, "level-text", "");
  g_object_set (enc, "cache", ":memory:", "require-encryption", FALSE, NULL);
  propertywatch_set_state (enc, GST_STATE_PAUSED);
  propertywatch_assert (enc, "level", "open");
  g_object_set (enc, "require-encryption", TRUE, NULL);
  propertywatch_assert (enc, "level", "off");
  propertywatch_set_state (enc, GST_STATE_READY);
  propertywatch_assert (enc, "level", "off");
  propertywatch_drop (enc);
}

GST_END_TEST;

/* Numbers are in the documentation: greater is never less safe. Each value of
 * trust has a row of its own. */
GST_START_TEST (test_numbers)
{
  static const char *const nicks[] = { "alarm", "off", "open", "busy",
    "encrypted", "verified"
  };
  GstElement *enc = propertywatch_make ("zrtpenc", NULL);
  GParamSpec *level = g_object_class_find_property (G_OBJECT_GET_CLASS (enc),
      "level");
  GParamSpec *trust = g_object_class_find_property (G_OBJECT_GET_CLASS (enc),
      "trust");
  GEnumClass *levels = G_PARAM_SPEC_ENUM (level)->enum_class;
  GEnumClass *trusts = G_PARAM_SPEC_ENUM (trust)->enum_class;

  fail_unless_equals_int (levels->n_values, G_N_ELEMENTS (nicks));
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++) {
    fail_unless_equals_int (levels->values[i].value, (gint) i - 1);
    fail_unless_equals_string (levels->values[i].value_nick, nicks[i]);
  }
  for (guint i = 0; i < trusts->n_values; i++)
    fail_if (zrtp_reason_of_trust (trusts->values[i].value)
        == ZRTP_REASON_UNKNOWN_ALARM, "%s", trusts->values[i].value_nick);
  propertywatch_drop (enc);
}

GST_END_TEST;

static Suite *
level_suite (void)
{
  Suite *suite = suite_create ("level");
  TCase *tc = tcase_create ("level");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_call);
  tcase_add_test (tc, test_trust_is_told_once);
  tcase_add_loop_test (tc, test_alarm, 0, 3);
  tcase_add_test (tc, test_aux_matched);
  tcase_add_loop_test (tc, test_machine, 0, 2);
  tcase_add_test (tc, test_open);
  tcase_add_test (tc, test_off);
  tcase_add_test (tc, test_numbers);
  return suite;
}

GST_CHECK_MAIN (level);
