/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An exchange from its start to its end, and what it takes: a key pair, and what
 * the cache has of the peer, both ahead of need (RFC 6189 4.1.2, 4.3).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

/* A call does not wait for a disk that hangs. A process that holds a lock is
 * waited for in the cache, and reported there. */
#define LOOKUP_TIME (ZRTP_CACHE_BUSY_MS * ZRTP_MSEC + ZRTP_SEC)

void
zrtp_exchange_free (ZrtpStream * stream)
{
  ZrtpExchange *x = g_steal_pointer (&stream->exchange);

  if (!x)
    return;
  if (stream->soft_error.kind == ZRTP_SOFT_ERROR_CONFIRM)
    zrtp_soft_error_clear (stream);     /* that was about this one */
  zrtp_remote_clear (&x->peer);
  zrtp_secrets_clear (&x->secrets);
  g_clear_pointer (&x->commit, g_bytes_unref);
  g_clear_pointer (&x->dhpart1, g_bytes_unref);
  g_clear_pointer (&x->dhpart2, g_bytes_unref);
  g_clear_pointer (&x->held_confirm, g_bytes_unref);
  g_clear_pointer (&x->early_confirm1, g_bytes_unref);
  g_clear_pointer (&x->confirm2, g_bytes_unref);
  g_clear_pointer (&x->signature, g_bytes_unref);
  zrtp_timer_stop (stream, ZRTP_TIMER_SIGN);
  zrtp_timer_stop (stream, ZRTP_TIMER_CHECK);
  zrtp_timer_stop (stream, ZRTP_TIMER_HELLO);
  zrtp_secret_free (x);
}

/* A man in the middle runs one exchange with each side and has won if both SAS
 * come out equal, one chance in 65,536 at 16 bits. The attacker knows them
 * before either user does (as initiator from DHPart1 on), so it must not be
 * able to break exchanges off and try again at will: each one lost after it
 * proved that it has our messages makes the next wait twice as long, up to a
 * minute. */
void
zrtp_exchange_aborted (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;
  const gboolean gave_a_guess = stream->step == ZRTP_STEP_SECURE
      || stream->step == ZRTP_STEP_DHPART1_SENT
      || (x && x->mode == ZRTP_COMMIT_DH && (x->have_keys || x->agree_serial));

  /* A trial takes no SAS on trust: without the retained secret nothing is won. */
  if (!gave_a_guess || stream->outer)
    return;
  if (!zrtp_step_is_proven (stream)) {
    zrtp_contention_count_guess (stream, now);
    return;
  }
  stream->backoff.hold_until =
      now + (ZRTP_SEC << MIN (stream->backoff.aborted_exchanges, 6));
  stream->backoff.aborted_exchanges++;
}

void
zrtp_exchange_publish_suite (ZrtpStream * stream, const ZrtpSuite * suite,
    ZrtpRole role)
{
  stream->info.hash = suite->hash;
  stream->info.cipher = suite->cipher;
  stream->info.auth_tag = suite->auth_tag;
  stream->info.key_agreement = suite->key_agreement;
  stream->info.role = role;
}

ZrtpExchange *
zrtp_exchange_begin (ZrtpStream * stream, const ZrtpRemote * peer,
    ZrtpCommitMode mode, const ZrtpSuite * suite, ZrtpRole role, gint64 now)
{
  ZrtpSession *session = stream->session;
  ZrtpExchange *x = zrtp_secret_new0 (ZrtpExchange);

  zrtp_exchange_free (stream);
  zrtp_bound_wipe_keys (stream);
  zrtp_stop_error (stream);
  stream->exchange = x;
  x->started = now;
  x->epoch = session->epoch;
  zrtp_remote_copy (&x->peer, peer);
  x->mode = mode;
  x->suite = *suite;
  zrtp_secrets_init (&x->secrets, stream->random);
  x->secrets_ready = mode == ZRTP_COMMIT_MULTISTREAM;
  stream->retransmit.have_last_request = FALSE;
  zrtp_exchange_publish_suite (stream, suite, role);
  zrtp_session_use_aux (stream, x);
  zrtp_stream_publish_peer (stream, peer);
  zrtp_contention_schedule_hello (stream, now);
  if (mode != ZRTP_COMMIT_MULTISTREAM)
    zrtp_contention_begin (session, stream);
  return x;
}

/* Draws a private value and has the public one made. 4.8: a value that can't be
 * used is drawn again. */
static void
request_key_pair (ZrtpStream * stream, const ZrtpKeyAgreement * ka,
    const ZrtpCipher * cipher)
{
  ZrtpJob *job = zrtp_job_new (ZRTP_TASK_KEY_PAIR);

  job->key_agreement = ka;
  job->private_size = ka->private_size (cipher);
  zrtp_random_fill (stream->random, job->private_value, job->private_size);
  stream->prepared.key_pair.key_agreement = ka;
  stream->prepared.key_pair.ready = FALSE;
  stream->prepared.key_pair.private_size = job->private_size;
  stream->prepared.key_pair.serial = job->serial;
  zrtp_stream_queue_job (stream, job);
}

/* TRUE once there is a key pair that goes with the suite (5.1.5: the DH
 * exponent's length follows the cipher). */
gboolean
zrtp_exchange_ensure_key_pair (ZrtpStream * stream, const ZrtpSuite * suite)
{
  ZrtpKeyPair *pair = &stream->prepared.key_pair;

  if (pair->key_agreement == suite->key_agreement
      && pair->private_size >=
      suite->key_agreement->private_size (suite->cipher)
      && (pair->ready || pair->serial))
    return pair->ready;
  request_key_pair (stream, suite->key_agreement, suite->cipher);
  return FALSE;
}

/* Ahead of need: most peers list what we list, and while a Hello travels there
 * is time. If it was the wrong one zrtp_exchange_ensure_key_pair() makes the right one. */
void
zrtp_exchange_prepare (ZrtpStream * stream)
{
  ZrtpSuite suite;

  if (!stream->session->have_sess
      && !zrtp_algorithm_list_has (&stream->own.offer[ZRTP_KIND_KEY_AGREEMENT],
          &zrtp_key_agreement_prsh.base)
      && zrtp_negotiate_choose (stream->own.offer, stream->own.offer, &suite)
      == ZRTP_ERROR_NONE)
    zrtp_exchange_ensure_key_pair (stream, &suite);
}

gboolean
zrtp_exchange_ensure_lookup (ZrtpStream * stream, const guint8 * zid,
    gint64 now)
{
  const guint generation = zrtp_contention_generation (stream, zid);
  const char *name = stream->session->info.peer_name;
  ZrtpJob *job;

  if ((stream->prepared.looked_up || stream->prepared.lookup_serial)
      && stream->prepared.generation == generation
      && g_strcmp0 (stream->prepared.name, name) == 0
      && memcmp (stream->prepared.zid, zid, ZRTP_ZID_SIZE) == 0)
    return stream->prepared.looked_up;
  job = zrtp_job_new (ZRTP_TASK_LOOKUP);
  stream->prepared.generation = generation;
  memcpy (job->zid, zid, ZRTP_ZID_SIZE);
  memcpy (stream->prepared.zid, zid, ZRTP_ZID_SIZE);
  g_free (stream->prepared.name);
  stream->prepared.name = g_strdup (name);
  job->name = g_strdup (name);
  stream->prepared.looked_up = FALSE;
  stream->prepared.lookup_serial = job->serial;
  zrtp_timer_set (stream, ZRTP_TIMER_LOOKUP, now + LOOKUP_TIME);
  zrtp_stream_queue_job (stream, job);
  return FALSE;
}

/* The prepared pair and secrets move into the exchange; each serves once. */
void
zrtp_exchange_use_key_pair (ZrtpStream * stream, ZrtpExchange * x)
{
  ZrtpKeyPair *pair = &stream->prepared.key_pair;

  memcpy (x->private_value, pair->private_value, sizeof x->private_value);
  x->private_size = pair->private_size;
}

void
zrtp_exchange_use_secrets (ZrtpStream * stream, ZrtpExchange * x)
{
  zrtp_peer_clear (&x->secrets.peer);
  x->secrets.peer = stream->prepared.peer;
  memset (&stream->prepared.peer, 0, sizeof stream->prepared.peer);
  stream->prepared.looked_up = FALSE;
  x->held_rs1 = x->secrets.peer.have_rs1 && !x->secrets.peer.expired
      && x->secrets.peer.confirmed;
  x->cache_unavailable = stream->prepared.cache_unavailable;
  x->secrets_ready = TRUE;
  zrtp_session_set_known_name (stream->session, x->secrets.peer.name);
}

void
zrtp_exchange_key_pair_ready (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  ZrtpKeyPair *pair = &stream->prepared.key_pair;

  if (job->serial != pair->serial)
    return;
  pair->serial = 0;
  if (!job->ok) {
    pair->key_agreement = NULL;
  } else {
    memcpy (pair->private_value, job->private_value, job->private_size);
    memcpy (pair->public_value, job->public_value,
        pair->key_agreement->public_size);
    pair->ready = TRUE;
  }
  zrtp_todo_add (stream, ZRTP_TODO_ANSWER);
  zrtp_todo_add (stream, ZRTP_TODO_COMMIT);
}

/* Takes ownership of @peer, or NULL: the cache could not be read. */
static void
looked_up (ZrtpStream * stream, ZrtpPeer * peer, gint64 now)
{
  zrtp_timer_stop (stream, ZRTP_TIMER_LOOKUP);
  stream->prepared.lookup_serial = 0;
  stream->prepared.looked_up = TRUE;
  stream->prepared.cache_unavailable = peer == NULL;
  zrtp_peer_clear (&stream->prepared.peer);
  if (peer) {
    stream->prepared.peer = *peer;
    memset (peer, 0, sizeof *peer);
  }
  zrtp_todo_add (stream, ZRTP_TODO_ANSWER);
  zrtp_todo_add (stream, ZRTP_TODO_COMMIT);
}

void
zrtp_exchange_lookup_ready (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  if (job->serial != stream->prepared.lookup_serial)
    return;
  if (job->ok)
    zrtp_names_found (stream->session, job);
  looked_up (stream, job->ok ? &job->peer : NULL, now);
}

void
zrtp_exchange_lookup_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpEvent *event;

  if (!stream->prepared.lookup_serial)
    return;
  event = zrtp_stream_event (stream, ZRTP_EVENT_CACHE_FAILED);
  event->text = g_strdup ("the disk does not respond");
  looked_up (stream, NULL, now);
}

void
zrtp_exchange_forget_prepared (ZrtpStream * stream)
{
  ZrtpPrepared *prepared = &stream->prepared;

  zrtp_wipe (&prepared->key_pair, sizeof prepared->key_pair);
  zrtp_peer_clear (&prepared->peer);
  prepared->looked_up = FALSE;
  prepared->lookup_serial = 0;
}
