/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A peer that should know us and doesn't (RFC 6189 4.3.2, 4.6.1.1, 7.1): the
 * alarm, what stays untouched until the user has spoken, and what he may say.
 */
#include <string.h>
#include <unistd.h>

#include "cache-common.h"
#include "knownpeers-common.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

static void
hang_up (Sim * sim)
{
  sim_free (sim);
  knownpeers_wall += 3600;
}

static ZrtpSession *
session_of (Sim * sim, guint which)
{
  return sim->ends[which].session;
}

static void
verify (Sim * sim, guint which)
{
  fail_unless (zrtp_session_verify_sas (session_of (sim, which), sim->now));
  knownpeers_settle (sim);
}

static void
verified_call (guint64 seed)
{
  Sim *sim = knownpeers_call (seed, 0);

  verify (sim, 0);
  verify (sim, 1);
  hang_up (sim);
}

/* Two verified calls; then Bob's entries are gone, or Mallory has his ZID. */
static void
lose_trust (guint64 seed)
{
  verified_call (seed);
  verified_call (seed + 1);
  knownpeers_lose_cache (1);
}

static void
assert_alarm (Sim * sim, guint which, gboolean alarm)
{
  fail_unless_equals_int (knownpeers_info (sim, which)->cache_mismatch, alarm);
  /* Z-4.3.2-02: told once. */
  fail_unless_equals_int (knownpeers_events (sim, which,
          ZRTP_EVENT_CACHE_MISMATCH), alarm);
  fail_unless_equals_int (knownpeers_info (sim, which)->trust, alarm ?
      ZRTP_TRUST_CACHE_MISMATCH : ZRTP_TRUST_UNVERIFIED);
}

GST_START_TEST (test_held_back)
{
  ZrtpPeer before, after, other;
  Sim *sim;

  lose_trust (1);
  before = knownpeers_peer (0);
  fail_unless (before.verified && before.have_rs2);
  sim = knownpeers_call (3, __i__);
  /* Z-4.3.2-01 Z-4.3.2-05 Z-15-01 */
  assert_alarm (sim, 0, TRUE);
  assert_alarm (sim, 1, FALSE);
  fail_if (knownpeers_info (sim, 0)->verified);
  fail_if (knownpeers_info (sim, 1)->peer_verified);
  /* Z-4.6.1.1-01 */
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&after);
  hang_up (sim);
  /* Z-4.6.1.1-02 */
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&after);
  /* The other had no entry: a normal update (Z-4.6.1.1-05). */
  other = knownpeers_peer (1);
  fail_unless (other.have_rs1 && !other.have_rs2 && !other.verified);
  zrtp_peer_clear (&other);

  /* Z-4.3.2-08: in each call, until a user compares. By now the other side has
   * a secret of which we know nothing. */
  sim = knownpeers_call (4, __i__);
  assert_alarm (sim, 0, TRUE);
  assert_alarm (sim, 1, TRUE);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&after);
  zrtp_peer_clear (&before);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_verified)
{
  ZrtpPeer before, after;
  Sim *sim;

  lose_trust (10);
  before = knownpeers_peer (0);
  sim = knownpeers_call (12, __i__);
  assert_alarm (sim, 0, TRUE);
  verify (sim, 0);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_VERIFIED);
  /* Z-4.6.1.1-01 Z-4.6.1-05 Z-7.1-01 */
  after = knownpeers_peer (0);
  fail_unless (after.verified);
  fail_unless (memcmp (after.rs2, before.rs1, ZRTP_SECRET_SIZE) == 0);
  fail_if (memcmp (after.rs1, before.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&before);
  before = knownpeers_peer (1);
  fail_unless (memcmp (after.rs1, before.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  /* Said twice, it changes nothing more. */
  before = knownpeers_peer (0);
  verify (sim, 0);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  hang_up (sim);

  sim = knownpeers_call (13, __i__);
  fail_if (knownpeers_info (sim, 0)->cache_mismatch);
  fail_if (knownpeers_info (sim, 1)->cache_mismatch);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
      ZRTP_TRUST_PEER_UNVERIFIED);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.6.1.1-04: what is kept aside meanwhile is the new rs1 and nothing else,
 * and only as long as it waits. */

static gboolean
is_zero (const guint8 * data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (data[i] != 0)
      return FALSE;
  return TRUE;
}

GST_START_TEST (test_what_waits)
{
  Sim *sim;

  lose_trust (20);
  sim = knownpeers_call (22, 0);
  fail_unless (sim->ends[0].streams[0].stream->exchange == NULL);
  fail_if (is_zero (session_of (sim, 0)->keys.new_rs1, ZRTP_SECRET_SIZE));
  fail_unless (is_zero (session_of (sim, 1)->keys.new_rs1, ZRTP_SECRET_SIZE));
  verify (sim, 0);
  fail_unless (is_zero (session_of (sim, 0)->keys.new_rs1, ZRTP_SECRET_SIZE));
  sim_free (sim);
}

GST_END_TEST;

/* The SAS differ */

GST_START_TEST (test_rejected)
{
  ZrtpPeer peer;
  Sim *sim;

  /* In a call with an alarm and in one without. */
  if (__i__ & 1)
    lose_trust (30);
  else
    verified_call (30);
  sim = knownpeers_call (32, __i__ >> 1);
  fail_unless (zrtp_session_reject_sas (session_of (sim, 0), sim->now));
  knownpeers_settle (sim);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
      ZRTP_TRUST_SAS_MISMATCH);
  fail_if (knownpeers_info (sim, 0)->verified);
  peer = knownpeers_peer (0);
  /* Z-7.1-03 */
  fail_unless (peer.known);
  fail_if (peer.have_rs1 || peer.have_rs2 || peer.verified);
  zrtp_peer_clear (&peer);
  hang_up (sim);
  /* Nothing is left that could match or not. */
  sim = knownpeers_call (33, 0);
  fail_if (knownpeers_info (sim, 0)->cache_mismatch);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
      ZRTP_TRUST_UNVERIFIED);
  sim_free (sim);
}

GST_END_TEST;

/* Rejected by mistake, then verified: that counts for this call. No user
 * vouched for the secrets of the next ones. */
GST_START_TEST (test_rejected_then_verified)
{
  Sim *sim;

  verified_call (40);
  sim = knownpeers_call (41, 0);
  fail_unless (zrtp_session_reject_sas (session_of (sim, 0), sim->now));
  verify (sim, 0);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_VERIFIED);
  hang_up (sim);
  knownpeers_lose_cache (1);
  for (guint i = 0; i < 2; i++) {
    sim = knownpeers_call (42 + i, 0);
    fail_if (knownpeers_info (sim, 0)->verified);
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_UNVERIFIED);
    hang_up (sim);
  }
}

GST_END_TEST;

static void
assert_media (Sim * sim, guint which, ZrtpMedia media)
{
  for (guint i = 0; i < sim->ends[which].n_streams; i++) {
    const SimStream *stream = &sim->ends[which].streams[i];
    const ZrtpStreamInfo *info = zrtp_stream_get_info (stream->stream);

    fail_unless_equals_int (info->send, media);
    fail_unless_equals_int (info->receive, media);
    fail_unless_equals_int (stream->send, media);
    fail_unless_equals_int (stream->receive, media);
  }
}

/* No media passes on any stream of a call whose SAS the user rejected, until the
 * user verifies it, unless the policy says otherwise; not even where a stream
 * that has no keys may pass it in the clear. */
GST_START_TEST (test_rejected_stops_media)
{
  ZrtpPolicy policy;
  Sim *sim = knownpeers_new (45);

  sim->ends[0].policy.require_encryption = FALSE;
  policy = sim->ends[0].policy;
  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 2);
    sim_start_stream (sim, e, 0);
    if (!__i__)
      sim_start_stream (sim, e, 1);
  }
  sim_run (sim, 2 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless (zrtp_session_reject_sas (session_of (sim, 0), sim->now));
  knownpeers_settle (sim);
  assert_media (sim, 0, ZRTP_MEDIA_BLOCKED);
  fail_unless_equals_int (sim->ends[1].streams[0].send, ZRTP_MEDIA_SECURE);

  if (__i__)
    for (guint e = 0; e < 2; e++)
      sim_start_stream (sim, e, 1);
  sim_run (sim, 4 * SIM_SEC);
  fail_unless_equals_int (sim->ends[0].streams[1].have_send, TRUE);
  assert_media (sim, 0, ZRTP_MEDIA_BLOCKED);

  policy.stop_on_reject = FALSE;
  for (guint i = 0; i < 2; i++)
    zrtp_stream_update_policy (sim->ends[0].streams[i].stream, &policy,
        sim->now);
  knownpeers_settle (sim);
  assert_media (sim, 0, ZRTP_MEDIA_SECURE);
  policy.stop_on_reject = TRUE;
  for (guint i = 0; i < 2; i++)
    zrtp_stream_update_policy (sim->ends[0].streams[i].stream, &policy,
        sim->now);
  knownpeers_settle (sim);
  assert_media (sim, 0, ZRTP_MEDIA_BLOCKED);

  verify (sim, 0);
  knownpeers_settle (sim);
  assert_media (sim, 0, ZRTP_MEDIA_SECURE);
  sim_talk (sim);
  hang_up (sim);
}

GST_END_TEST;

GST_START_TEST (test_forgotten)
{
  ZrtpPeer peer;
  Sim *sim;

  if (__i__)
    lose_trust (50);
  else
    verified_call (50);
  sim = knownpeers_call (52, 0);
  fail_unless (zrtp_session_forget_peer (session_of (sim, 0), sim->now));
  knownpeers_settle (sim);
  peer = knownpeers_peer (0);
  fail_if (peer.known);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, __i__ ?
      ZRTP_TRUST_CACHE_MISMATCH : ZRTP_TRUST_UNVERIFIED);
  hang_up (sim);
  sim = knownpeers_call (53, 0);
  fail_if (knownpeers_info (sim, 0)->cache_mismatch);
  sim_free (sim);
}

GST_END_TEST;

/* Before there is a SAS there is nothing to say about it. */
GST_START_TEST (test_too_early)
{
  Sim *sim = knownpeers_new (60);

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  fail_if (zrtp_session_verify_sas (session_of (sim, 0), 0));
  fail_if (zrtp_session_unverify_sas (session_of (sim, 0), 0));
  fail_if (zrtp_session_reject_sas (session_of (sim, 0), 0));
  fail_if (zrtp_session_forget_peer (session_of (sim, 0), 0));
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_NONE);
  sim_free (sim);
}

GST_END_TEST;

/* Signalling that vouches for the Hello */

typedef struct
{
  gboolean trusted, announced, updates;
} Vouched;

static const Vouched vouched[] = {
  {FALSE, FALSE, FALSE},
  {FALSE, TRUE, FALSE},
  {TRUE, FALSE, FALSE},
  {TRUE, TRUE, TRUE},
};

GST_START_TEST (test_vouched)
{
  const Vouched *row = &vouched[__i__];
  ZrtpPeer before, after;
  Sim *sim;

  lose_trust (70);
  before = knownpeers_peer (0);
  sim = knownpeers_new (72);
  sim->ends[0].policy.signalling_trusted = row->trusted;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  if (row->announced)
    fail_unless (zrtp_stream_set_peer_hello_hash (sim->ends[0].streams[0].
            stream, zrtp_stream_get_hello_hash (sim->ends[1].streams[0].stream),
            0));
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  knownpeers_settle (sim);
  /* Z-4.3.2-01: the alarm is given all the same. */
  assert_alarm (sim, 0, TRUE);
  after = knownpeers_peer (0);
  if (row->updates) {
    ZrtpPeer other = knownpeers_peer (1);

    /* Z-4.6.1.1-03 Z-8.1.1-04 */
    fail_unless (memcmp (after.rs1, other.rs1, ZRTP_SECRET_SIZE) == 0);
    zrtp_peer_clear (&other);
    fail_unless (memcmp (after.rs2, before.rs1, ZRTP_SECRET_SIZE) == 0);
  } else {
    knownpeers_assert_unchanged (&before, &after);
  }
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* Where no user can compare, the call ends before anything passes, and nothing
 * is written on either side. Whichever side is unattended, and whichever side
 * calls. */
/* Z-4.3.2-04 */
GST_START_TEST (test_unattended)
{
  ZrtpPeer before, after;
  Sim *sim;

  lose_trust (73);
  before = knownpeers_peer (0);
  for (guint i = 0; i < 2; i++) {
    sim = knownpeers_new (75 + i);
    sim->ends[0].policy.unattended = TRUE;
    sim->ends[__i__].policy.passive = TRUE;
    for (guint e = 0; e < 2; e++) {
      sim_make (sim, e, 1);
      sim_start (sim, e);
    }
    sim_run (sim, 300 * SIM_MSEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
    /* Who gets an Error waits whether it was the peer's. */
    sim_run (sim, 2 * SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
    fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_FAILED);
    fail_unless_equals_int (sim->ends[0].streams[0].last_error,
        ZRTP_ERROR_UNAVAILABLE);
    fail_unless_equals_int (knownpeers_events (sim, 0,
            ZRTP_EVENT_CACHE_MISMATCH), 1);
    for (guint e = 0; e < 2; e++) {
      fail_if (sim->ends[e].streams[0].have_send);
      fail_unless_equals_int (sim->ends[e].streams[0].send, ZRTP_MEDIA_BLOCKED);
      fail_unless_equals_int (knownpeers_events (sim, e, ZRTP_EVENT_SAS), 0);
    }
    hang_up (sim);
    after = knownpeers_peer (0);
    knownpeers_assert_unchanged (&before, &after);
    zrtp_peer_clear (&after);
    after = knownpeers_peer (1);
    fail_if (after.known);
    zrtp_peer_clear (&after);
  }
  zrtp_peer_clear (&before);
}

GST_END_TEST;

/* ... but not for a third party, nor for a peer that the signalling vouches
 * for. */
GST_START_TEST (test_unattended_and_sure)
{
  ZrtpStream *alice, *bob;
  Sim *sim = knownpeers_new (77);

  sim->ends[0].policy.unattended = TRUE;
  knownpeers_run (sim);
  hang_up (sim);
  sim = knownpeers_new (78);
  sim->ends[0].policy.unattended = TRUE;
  knownpeers_run (sim);
  hang_up (sim);

  knownpeers_lose_cache (1);
  sim = knownpeers_new (79);
  sim->ends[0].policy.unattended = TRUE;
  sim->ends[0].policy.signalling_trusted = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  alice = sim->ends[0].streams[0].stream;
  bob = sim->ends[1].streams[0].stream;
  fail_unless (zrtp_stream_set_peer_hello_hash (alice,
          zrtp_stream_get_hello_hash (bob), 0));
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_alarm (sim, 0, TRUE);
  hang_up (sim);
}

GST_END_TEST;

/* A call in which Alice takes only peers that she has verified. */
static void
strict_call (guint64 seed, const char *name, const char *aux, gboolean refused)
{
  Sim *sim = knownpeers_new (seed);

  sim->ends[0].policy.require_verified = TRUE;
  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 1);
    if (aux)
      zrtp_session_set_aux_secret (session_of (sim, e), (const guint8 *) aux,
          strlen (aux));
  }
  if (name)
    zrtp_session_set_peer_name (session_of (sim, 0), name, sim->now);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 2 * SIM_SEC);
  for (guint e = 0; e < 2; e++) {
    fail_unless_equals_int (sim_state (sim, e),
        refused ? ZRTP_STATE_FAILED : ZRTP_STATE_SECURE);
    fail_unless_equals_int (sim->ends[e].streams[0].have_send, !refused);
  }
  if (refused)
    fail_unless_equals_int (sim->ends[0].streams[0].last_error,
        ZRTP_ERROR_UNAVAILABLE);
  hang_up (sim);
}

GST_START_TEST (test_third_parties_are_refused)
{
  ZrtpPeer peer;
  Sim *sim;

  strict_call (80, NULL, NULL, TRUE);
  peer = knownpeers_peer (0);
  fail_if (peer.known);
  zrtp_peer_clear (&peer);
  strict_call (81, NULL, "what both were built with", FALSE);

  sim = knownpeers_call (82, 0);
  hang_up (sim);
  strict_call (83, NULL, NULL, TRUE);

  sim = knownpeers_new (84);
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  zrtp_session_set_peer_name (session_of (sim, 0), "Bob", sim->now);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  verify (sim, 0);
  hang_up (sim);
  strict_call (85, NULL, NULL, FALSE);
  strict_call (86, "Bob", NULL, FALSE);
  strict_call (87, "Carol", NULL, TRUE);

  knownpeers_lose_cache (1);
  strict_call (88, NULL, "what both were built with", TRUE);
  knownpeers_replace_cache (1);
  strict_call (89, "Bob", NULL, TRUE);
}

GST_END_TEST;

/* -- The auxiliary secret of a machine that no user attends -- */

static char *refusal;

static void
note_refusal (SimStream * from, const ZrtpEvent * event)
{
  if (from->endpoint->id != 0 || event->type != ZRTP_EVENT_STATE
      || event->state != ZRTP_STATE_FAILED)
    return;
  g_free (refusal);
  refusal = g_strdup (event->text);
}

/* A call with a machine, 0, whose policy is @unattended, or else stricter.
 * @reason: part of what it says of a refusal, NULL: there is none. */
static void
machine_call (guint64 seed, gboolean unattended, const char *own,
    const char *peers, const char *reason)
{
  const char *const aux[2] = { own, peers };
  const char *policy = unattended ? "unattended" : "require-verified";
  Sim *sim = knownpeers_new (seed);

  g_clear_pointer (&refusal, g_free);
  sim->listener = note_refusal;
  sim->ends[0].policy.unattended = unattended;
  sim->ends[0].policy.require_verified = !unattended;
  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 1);
    if (aux[e])
      zrtp_session_set_aux_secret (session_of (sim, e),
          (const guint8 *) aux[e], strlen (aux[e]));
    sim_start (sim, e);
  }
  sim_run (sim, 2 * SIM_SEC);
  for (guint e = 0; e < 2; e++)
    fail_unless_equals_int (sim->ends[e].streams[0].have_send, !reason);
  fail_unless (!reason == !refusal);
  if (reason)
    fail_unless (strstr (refusal, reason)
        && g_str_has_prefix (refusal, policy), "%s", refusal);
  g_clear_pointer (&refusal, g_free);
  hang_up (sim);
}

/* Either policy refuses a third party without the machine's auxiliary secret,
 * and says why; a peer that has it is admitted. */
GST_START_TEST (test_machine_with_aux)
{
  const char *secret = "what both were built with";
  Sim *sim;

  for (guint unattended = 0; unattended < 2; unattended++) {
    const guint64 seed = 90 + 10 * unattended;

    machine_call (seed, unattended, secret, NULL, "auxiliary secret");
    machine_call (seed + 1, unattended, secret, "something else",
        "auxiliary secret");
    machine_call (seed + 2, unattended, secret, secret, NULL);
    knownpeers_lose_cache (0);
    knownpeers_lose_cache (1);
    machine_call (seed + 3, unattended, NULL, NULL,
        unattended ? NULL : "was not verified");
  }

  /* A comparison in an earlier call is enough. */
  sim = knownpeers_call (110, 0);
  verify (sim, 0);
  hang_up (sim);
  machine_call (111, TRUE, secret, NULL, NULL);
  machine_call (112, FALSE, secret, NULL, NULL);
  knownpeers_lose_cache (1);
  machine_call (113, TRUE, secret, secret, "secret kept from earlier calls");
}

GST_END_TEST;

/* Z-4.3.2-11: a shared auxsecret is no excuse. */
GST_START_TEST (test_aux_is_no_excuse)
{
  ZrtpPeer before, after;
  Sim *sim;

  lose_trust (80);
  before = knownpeers_peer (0);
  sim = knownpeers_new (82);
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  for (guint i = 0; i < 2; i++) {
    zrtp_session_set_aux_secret (session_of (sim, i),
        (const guint8 *) "pass phrase", 11);
    sim_start (sim, i);
  }
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  knownpeers_settle (sim);
  fail_unless (knownpeers_info (sim, 0)->aux_matched);
  assert_alarm (sim, 0, TRUE);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* The peer wants nothing stored: the old secret lapses, once the user has
 * confirmed that it is the peer (4.6.1.1 with 4.9). */
GST_START_TEST (test_expiry_zero_waits_too)
{
  ZrtpPeer before, after;
  Sim *sim;

  lose_trust (90);
  before = knownpeers_peer (0);
  sim = knownpeers_new (92);
  sim->ends[1].policy.cache_expiry = 0;
  knownpeers_run (sim);
  assert_alarm (sim, 0, TRUE);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&after);
  verify (sim, 0);
  after = knownpeers_peer (0);
  fail_unless (after.expired);
  fail_unless (memcmp (after.rs1, before.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* An endpoint that could not read what it knows can't see a mismatch: it must
 * not write over what is there before the user has compared. */
GST_START_TEST (test_unread_is_not_overwritten)
{
  ZrtpPeer before, after;
  ZrtpCache *broken;
  Sim *sim;

  lose_trust (100);
  before = knownpeers_peer (0);
  /* The look-up fails, later updates would work. */
  broken = zrtp_cache_open (in_folder ("broken.sqlite"), &zrtp_random_system,
      NULL);
  fail_unless (broken != NULL);
  fail_unless (unlink (in_folder ("broken.sqlite")) == 0);
  sim = knownpeers_new (102);
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->ends[0].cache = broken;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 35 * SIM_MSEC);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_CACHE_FAILED),
      1);
  sim->ends[0].cache = knownpeers_cache[0];
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  knownpeers_settle (sim);
  fail_if (knownpeers_info (sim, 0)->cache_mismatch);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
      ZRTP_TRUST_UNVERIFIED);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&after);
  verify (sim, 0);
  after = knownpeers_peer (0);
  fail_unless (memcmp (after.rs2, before.rs1, ZRTP_SECRET_SIZE) == 0);
  fail_unless (after.verified);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
  zrtp_cache_unref (broken);
}

GST_END_TEST;

static Suite *
mismatch_suite (void)
{
  Suite *suite = suite_create ("mismatch");
  TCase *tc = tcase_create ("mismatch");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_loop_test (tc, test_held_back, 0, 2);
  tcase_add_loop_test (tc, test_verified, 0, 2);
  tcase_add_test (tc, test_what_waits);
  tcase_add_loop_test (tc, test_rejected, 0, 4);
  tcase_add_test (tc, test_rejected_then_verified);
  tcase_add_loop_test (tc, test_rejected_stops_media, 0, 2);
  tcase_add_loop_test (tc, test_forgotten, 0, 2);
  tcase_add_test (tc, test_too_early);
  tcase_add_loop_test (tc, test_vouched, 0, G_N_ELEMENTS (vouched));
  tcase_add_loop_test (tc, test_unattended, 0, 2);
  tcase_add_test (tc, test_unattended_and_sure);
  tcase_add_test (tc, test_third_parties_are_refused);
  tcase_add_test (tc, test_machine_with_aux);
  tcase_add_test (tc, test_aux_is_no_excuse);
  tcase_add_test (tc, test_expiry_zero_waits_too);
  tcase_add_test (tc, test_unread_is_not_overwritten);
  return suite;
}

GST_CHECK_MAIN (mismatch);
