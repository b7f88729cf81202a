/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Applications that sign the SAS and check signatures on it (RFC 6189 7.2): by
 * signals and by messages, in time and too late, rightly and wrongly.
 */
#include "../signingkey.h"
#include "endpoint.h"
#include "propertywatch.h"

#define END VOICE "! zrtpenc name=enc cache=:memory: %s enc.rtp_src_0 ! " \
    NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false"

/* An application at one end. */
typedef struct
{
  Endpoint *endpoint;
  const SigningKey *own, *peer; /* NULL: says nothing */
  gint asked, shown;
  gint held, let_go;            /* waits in its handler until let go */
  gboolean hold, taken;
} User;

static SigningKey *alice_key, *bob_key, *mallory_key;

static void
setup (void)
{
  alice_key = signing_key_new (256);
  bob_key = signing_key_new (384);
  mallory_key = signing_key_new (256);
}

static void
teardown (void)
{
  signing_key_free (alice_key);
  signing_key_free (bob_key);
  signing_key_free (mallory_key);
}

static const guint8 *
octets_of (GBytes * bytes)
{
  fail_unless_equals_int (g_bytes_get_size (bytes), 32);
  return g_bytes_get_data (bytes, NULL);
}

static gboolean
sign (GstElement * element, const SigningKey * key, GBytes * sashash)
{
  GBytes *signature = signing_key_sign (key, octets_of (sashash));
  gboolean taken;

  g_signal_emit_by_name (element, "set-signature", sashash, key->certificate,
      signature, &taken);
  g_bytes_unref (signature);
  return taken;
}

static gboolean
judge (GstElement * element, const SigningKey * key, GBytes * sashash,
    GBytes * certificate, GBytes * signature)
{
  gboolean taken;

  if (signing_key_check (key, octets_of (sashash), certificate, signature))
    g_signal_emit_by_name (element, "accept-signature", sashash, "Alice",
        &taken);
  else
    g_signal_emit_by_name (element, "reject-signature", sashash, &taken);
  return taken;
}

static void
on_wanted (GstElement * element, GBytes * sashash, const char *key_agreement,
    User * user)
{
  char *shown = propertywatch_get (element, "key-agreement");

  /* No lock is held: properties can be read. */
  fail_unless_equals_string (shown, key_agreement);
  g_free (shown);
  if (user->hold) {
    g_atomic_int_inc (&user->held);
    propertywatch_poke ();
    propertywatch_wait_counter (&user->let_go, 1, "being let go");
  }
  if (user->own)
    user->taken = sign (element, user->own, sashash);
  g_atomic_int_inc (&user->asked);
  propertywatch_poke ();
}

static void
on_received (GstElement * element, GBytes * sashash, GBytes * certificate,
    GBytes * signature, User * user)
{
  propertywatch_assert (element, "signature-status", "unchecked");
  if (user->peer)
    fail_unless (judge (element, user->peer, sashash, certificate, signature));
  g_atomic_int_inc (&user->shown);
  propertywatch_poke ();
}

static void
user_init (User * user, const char *properties)
{
  memset (user, 0, sizeof *user);
  user->endpoint = endpoint_new (END, properties);
  propertywatch_start (user->endpoint->enc, "trust");
}

/* Asked on zrtpenc, shown on zrtpdec: both have all of it. */
static void
user_listen (User * user, const SigningKey * own, const SigningKey * peer)
{
  user->own = own;
  user->peer = peer;
  g_signal_connect (user->endpoint->enc, "signature-wanted",
      G_CALLBACK (on_wanted), user);
  g_signal_connect (user->endpoint->dec, "signature-received",
      G_CALLBACK (on_received), user);
}

static void
start_call (User * alice, User * bob)
{
  endpoint_connect (alice->endpoint, bob->endpoint);
  endpoint_play (alice->endpoint);
  endpoint_play (bob->endpoint);
}

static void
end_call (User * alice, User * bob)
{
  gst_element_set_state (alice->endpoint->pipeline, GST_STATE_NULL);
  gst_element_set_state (bob->endpoint->pipeline, GST_STATE_NULL);
  endpoint_free (alice->endpoint);
  endpoint_free (bob->endpoint);
}

#define BOTH "sign-sas=true check-signatures=true"

GST_START_TEST (test_signals)
{
  const char *wishes = __i__ ? BOTH " key-agreements=EC38" : BOTH;
  User alice, bob;

  user_init (&alice, wishes);
  user_init (&bob, wishes);
  user_listen (&alice, alice_key, bob_key);
  user_listen (&bob, bob_key, alice_key);
  propertywatch_start (alice.endpoint->dec, "signature-status");
  propertywatch_start (alice.endpoint->dec, "signer");
  start_call (&alice, &bob);
  propertywatch_wait (alice.endpoint->enc, "trust", "signed");
  propertywatch_wait (bob.endpoint->enc, "trust", "signed");
  /* When it came, and when it was judged. */
  propertywatch_wait_count (alice.endpoint->dec, "signature-status", 2);
  propertywatch_wait_count (alice.endpoint->dec, "signer", 1);
  endpoint_wait_secure (alice.endpoint, bob.endpoint);
  fail_unless (alice.taken && bob.taken);
  fail_unless_equals_int (alice.asked + alice.shown, 2);
  propertywatch_assert (alice.endpoint->dec, "trust", "signed");
  propertywatch_assert (alice.endpoint->dec, "signature-status", "valid");
  propertywatch_assert (alice.endpoint->enc, "signer", "Alice");
  propertywatch_assert (alice.endpoint->enc, "sas-verified", "false");
  if (__i__)
    propertywatch_assert (alice.endpoint->enc, "key-agreement", "EC38");
  endpoint_wait_media (alice.endpoint, 5);
  endpoint_wait_media (bob.endpoint, 5);
  end_call (&alice, &bob);
}

GST_END_TEST;

static GBytes *
get_bytes (const GstStructure * s, const char *field)
{
  const GValue *value = gst_structure_get_value (s, field);

  fail_unless (value != NULL, "no %s", field);
  fail_unless (G_VALUE_HOLDS (value, G_TYPE_BYTES));
  return g_value_get_boxed (value);
}

/* Everything comes by the bus as well. */
static void
sign_by_bus (Endpoint * endpoint, const SigningKey * key)
{
  GstStructure *s = endpoint_wait (endpoint, "GstZrtpSignatureWanted");

  fail_unless (gst_structure_get_string (s, "key-agreement") != NULL);
  fail_unless (gst_structure_has_field (s, "stream-id"));
  fail_unless (sign (endpoint->dec, key, get_bytes (s, "sashash")));
  gst_structure_free (s);
}

static void
judge_by_bus (Endpoint * endpoint, const SigningKey * key)
{
  GstStructure *s = endpoint_wait (endpoint, "GstZrtpSignature");

  fail_unless_equals_string (gst_structure_get_string (s, "status"),
      "unchecked");
  fail_unless (judge (endpoint->enc, key, get_bytes (s, "sashash"),
          get_bytes (s, "certificate"), get_bytes (s, "signature")));
  gst_structure_free (s);
}

GST_START_TEST (test_messages)
{
  User alice, bob;
  gboolean is_signed;
  GstStructure *s;

  user_init (&alice, BOTH);
  user_init (&bob, BOTH);
  start_call (&alice, &bob);
  sign_by_bus (alice.endpoint, alice_key);
  sign_by_bus (bob.endpoint, bob_key);
  judge_by_bus (alice.endpoint, bob_key);
  do {
    s = endpoint_wait (alice.endpoint, "GstZrtpTrust");
    is_signed = g_str_equal (gst_structure_get_string (s, "trust"), "signed");
    fail_unless_equals_string (gst_structure_get_string (s, "signer"),
        is_signed ? "Alice" : NULL);
    gst_structure_free (s);
  } while (!is_signed);
  judge_by_bus (bob.endpoint, alice_key);
  propertywatch_wait (bob.endpoint->enc, "trust", "signed");
  end_call (&alice, &bob);
}

GST_END_TEST;

static void
on_alarm (GstElement * element, guint error, const char *text, gint * alarms)
{
  fail_unless (strstr (text, "signature") != NULL, "%s", text);
  g_atomic_int_inc (alarms);
  propertywatch_poke ();
}

GST_START_TEST (test_other_signer)
{
  User alice, bob;
  gint alarms = 0;
  GstStructure *s;
  gboolean done;

  user_init (&alice, BOTH);
  user_init (&bob, BOTH);
  user_listen (&alice, alice_key, bob_key);
  user_listen (&bob, mallory_key, alice_key);
  g_signal_connect (alice.endpoint->enc, "security-alert",
      G_CALLBACK (on_alarm), &alarms);
  start_call (&alice, &bob);
  s = endpoint_wait (alice.endpoint, "GstZrtpSecurity");
  fail_unless (strstr (gst_structure_get_string (s, "text"), "signature")
      != NULL);
  gst_structure_free (s);
  propertywatch_wait_counter (&alarms, 1, "the alarm");
  propertywatch_wait (alice.endpoint->enc, "trust", "signature-invalid");
  propertywatch_assert (alice.endpoint->dec, "signature-status", "invalid");
  propertywatch_assert (alice.endpoint->dec, "signer", "");
  propertywatch_wait (bob.endpoint->enc, "trust", "signed");

  /* The users can still find out. */
  g_signal_emit_by_name (alice.endpoint->enc, "verify-sas", &done);
  fail_unless (done);
  propertywatch_wait (alice.endpoint->enc, "trust", "verified");
  propertywatch_assert (alice.endpoint->enc, "signature-status", "invalid");
  end_call (&alice, &bob);
}

GST_END_TEST;

/* Off is off: no application is asked, and a signature that was not asked for
 * is none. */
GST_START_TEST (test_off)
{
  static const char *const wishes[] = {
    "", "sign-sas=true", "check-signatures=true"
  };
  User alice, bob;

  user_init (&alice, wishes[__i__]);
  user_init (&bob, wishes[__i__]);
  user_listen (&alice, alice_key, bob_key);
  user_listen (&bob, bob_key, alice_key);
  start_call (&alice, &bob);
  endpoint_wait_secure (alice.endpoint, bob.endpoint);
  propertywatch_wait (alice.endpoint->enc, "trust", "unverified");
  propertywatch_assert (alice.endpoint->enc, "signature-status", "none");
  end_call (&alice, &bob);
  fail_unless_equals_int (alice.asked + alice.shown + bob.asked + bob.shown, 0);
}

GST_END_TEST;

/* No application answers: the call goes on without, and one that answers then
 * is told. */
GST_START_TEST (test_too_late)
{
  User alice, bob;
  GstStructure *s;
  char *warning;

  user_init (&alice, BOTH " retry-timeout=20");
  user_init (&bob, "check-signatures=true");
  start_call (&alice, &bob);
  s = endpoint_wait (alice.endpoint, "GstZrtpSignatureWanted");
  endpoint_wait_secure (alice.endpoint, bob.endpoint);
  propertywatch_assert (bob.endpoint->enc, "signature-status", "none");
  fail_if (sign (alice.endpoint->enc, alice_key, get_bytes (s, "sashash")));
  warning = endpoint_wait_warning (alice.endpoint, "not sent");
  fail_unless (strstr (warning, "too late") != NULL, "%s", warning);
  g_free (warning);
  gst_structure_free (s);
  end_call (&alice, &bob);
}

GST_END_TEST;

static gboolean
give (GstElement * element, GBytes * sashash, GBytes * certificate,
    GBytes * signature)
{
  gboolean taken = TRUE;

  g_signal_emit_by_name (element, "set-signature", sashash, certificate,
      signature, &taken);
  return taken;
}

/* What is no signature, or would make too long a packet, is refused with the
 * reason; then the user declines. */
GST_START_TEST (test_refused)
{
  GBytes *few = g_bytes_new_static ("0123456789", 10);
  User alice, bob;
  GstStructure *s;
  GBytes *sashash;

  user_init (&alice, "sign-sas=true mtu=300");
  user_init (&bob, "check-signatures=true");
  start_call (&alice, &bob);
  s = endpoint_wait (alice.endpoint, "GstZrtpSignatureWanted");
  sashash = get_bytes (s, "sashash");
  fail_if (sign (alice.endpoint->enc, alice_key, sashash));
  g_free (endpoint_wait_warning (alice.endpoint, "more than the 300"));
  fail_if (give (alice.endpoint->enc, sashash, alice_key->certificate, few));
  g_free (endpoint_wait_warning (alice.endpoint, "ECDSA"));
  fail_if (give (alice.endpoint->enc, sashash, NULL, few));
  g_free (endpoint_wait_warning (alice.endpoint, "OpenPGP"));
  fail_if (give (alice.endpoint->enc, few, NULL, NULL));
  g_free (endpoint_wait_warning (alice.endpoint, "no call"));
  fail_if (give (alice.endpoint->enc, NULL, NULL, NULL));
  g_free (endpoint_wait_warning (alice.endpoint, "no call"));
  fail_unless (give (alice.endpoint->enc, sashash, NULL, NULL));
  endpoint_wait_secure (alice.endpoint, bob.endpoint);
  propertywatch_assert (bob.endpoint->enc, "signature-status", "none");
  gst_structure_free (s);
  g_bytes_unref (few);
  end_call (&alice, &bob);
}

GST_END_TEST;

/* Verdicts on what is not there. */
GST_START_TEST (test_nothing_to_judge)
{
  GBytes *sashash = g_bytes_new_take (g_malloc0 (32), 32);
  GstElement *enc = propertywatch_make ("zrtpenc", "nothing-to-judge");
  gboolean done = TRUE;

  g_signal_emit_by_name (enc, "accept-signature", sashash, "Alice", &done);
  fail_if (done);
  g_signal_emit_by_name (enc, "accept-signature", NULL, NULL, &done);
  fail_if (done);
  g_signal_emit_by_name (enc, "reject-signature", sashash, &done);
  fail_if (done);
  propertywatch_drop (enc);
  g_bytes_unref (sashash);
}

GST_END_TEST;

/* In mid-call, when nothing else goes on that would tell; and the name goes into
 * messages: UTF-8 only. */
GST_START_TEST (test_late_verdict)
{
  User alice, bob;
  GstStructure *s;
  gboolean done = TRUE;

  user_init (&alice, "check-signatures=true");
  user_init (&bob, "sign-sas=true");
  user_listen (&bob, bob_key, NULL);
  start_call (&alice, &bob);
  s = endpoint_wait (alice.endpoint, "GstZrtpSignature");
  endpoint_wait_secure (alice.endpoint, bob.endpoint);
  endpoint_wait_media (alice.endpoint, 5);
  endpoint_wait_media (bob.endpoint, 5);
  propertywatch_start (alice.endpoint->enc, "signer");
  g_signal_emit_by_name (alice.endpoint->enc, "accept-signature",
      get_bytes (s, "sashash"), "\377", &done);
  fail_if (done);
  g_signal_emit_by_name (alice.endpoint->enc, "accept-signature",
      get_bytes (s, "sashash"), NULL, &done);
  fail_unless (done);
  propertywatch_wait_count (alice.endpoint->enc, "signer", 1);
  propertywatch_assert (alice.endpoint->enc, "trust", "signed");
  propertywatch_assert (alice.endpoint->enc, "signer", "");
  gst_structure_free (s);
  end_call (&alice, &bob);
}

GST_END_TEST;

/* The pipeline stops while the user thinks: nothing waits for him. */
GST_START_TEST (test_stopped_meanwhile)
{
  User alice, bob;

  user_init (&alice, BOTH);
  user_init (&bob, BOTH);
  user_listen (&alice, alice_key, bob_key);
  user_listen (&bob, bob_key, alice_key);
  alice.hold = TRUE;
  start_call (&alice, &bob);
  propertywatch_wait_counter (&alice.held, 1, "the question");
  gst_element_set_state (alice.endpoint->pipeline, GST_STATE_NULL);
  g_atomic_int_inc (&alice.let_go);
  propertywatch_poke ();
  propertywatch_wait_counter (&alice.asked, 1, "the answer");
  fail_if (alice.taken);
  end_call (&alice, &bob);
}

GST_END_TEST;

/* -- Where only verified peers may pass -- */

#define STRICT "check-signatures=true require-verified=true "

static void
assert_no_media (User * user)
{
  fail_unless_equals_uint64 (endpoint_get_stat (user->endpoint->enc,
          "sent-count"), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (user->endpoint->dec,
          "recv-count"), 0);
}

/* Waits for "failed", and returns the reason. */
static char *
wait_failed (User * user)
{
  char *reason = NULL;

  while (!reason) {
    GstStructure *s = endpoint_wait (user->endpoint, "GstZrtpState");
    const char *state = gst_structure_get_string (s, "state");

    fail_if (g_str_equal (state, "secure"));
    if (g_str_equal (state, "failed"))
      reason = g_strdup (gst_structure_get_string (s, "reason"));
    gst_structure_free (s);
  }
  return reason;
}

/* The call waits for the application's word, by handler or by bus, and opens
 * with it. */
GST_START_TEST (test_held)
{
  User alice, bob;
  GstStructure *s;

  user_init (&alice, STRICT);
  user_init (&bob, "sign-sas=true");
  user_listen (&bob, bob_key, NULL);
  if (__i__)
    user_listen (&alice, NULL, bob_key);
  start_call (&alice, &bob);
  if (!__i__) {
    s = endpoint_wait (alice.endpoint, "GstZrtpSignature");
    propertywatch_assert (alice.endpoint->enc, "state", "negotiating");
    propertywatch_assert (alice.endpoint->enc, "sas", "");
    propertywatch_assert (alice.endpoint->enc, "trust", "none");
    propertywatch_assert (alice.endpoint->enc, "signature-status", "unchecked");
    assert_no_media (&alice);
    fail_unless (judge (alice.endpoint->enc, bob_key, get_bytes (s, "sashash"),
            get_bytes (s, "certificate"), get_bytes (s, "signature")));
    gst_structure_free (s);
  }
  endpoint_wait_secure (alice.endpoint, bob.endpoint);
  propertywatch_assert (alice.endpoint->enc, "trust", "signed");
  propertywatch_assert (alice.endpoint->enc, "signer", "Alice");
  endpoint_wait_media (alice.endpoint, 5);
  endpoint_wait_media (bob.endpoint, 5);
  fail_unless_equals_int (alice.shown, __i__);
  end_call (&alice, &bob);
}

GST_END_TEST;

/* A signature by another key, and one that no application looks at: no media, and
 * both sides learn that the call is over. */
GST_START_TEST (test_held_in_vain)
{
  User alice, bob;
  char *reason;

  user_init (&alice, __i__ ? STRICT : STRICT "retry-timeout=20");
  user_init (&bob, "sign-sas=true");
  user_listen (&bob, mallory_key, NULL);
  if (__i__)
    user_listen (&alice, NULL, bob_key);
  start_call (&alice, &bob);
  reason = wait_failed (&alice);
  fail_unless (strstr (reason, __i__ ? "another key" : "in time") != NULL, "%s",
      reason);
  g_free (reason);
  assert_no_media (&alice);
  propertywatch_assert (alice.endpoint->enc, "trust", "none");
  g_free (wait_failed (&bob));
  end_call (&alice, &bob);
}

GST_END_TEST;

static Suite *
signature_suite (void)
{
  Suite *s = suite_create ("signature");
  TCase *tc = tcase_create ("signature");

  suite_add_tcase (s, tc);
  tcase_add_unchecked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, test_signals, 0, 2);
  tcase_add_test (tc, test_messages);
  tcase_add_test (tc, test_other_signer);
  tcase_add_loop_test (tc, test_off, 0, 3);
  tcase_add_test (tc, test_too_late);
  tcase_add_test (tc, test_refused);
  tcase_add_test (tc, test_nothing_to_judge);
  tcase_add_test (tc, test_late_verdict);
  tcase_add_test (tc, test_stopped_meanwhile);
  tcase_add_loop_test (tc, test_held, 0, 2);
  tcase_add_loop_test (tc, test_held_in_vain, 0, 2);
  return s;
}

GST_CHECK_MAIN (signature);
