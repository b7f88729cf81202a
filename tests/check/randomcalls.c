/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ten thousand calls between endpoints that keep files of known peers: random
 * policies, losses up to 40 %, several streams, crossed Commits, processes that
 * die, clocks that jump. Every call ends secure with equal SAS and keys, or
 * refused for a reason; none hangs, none disagrees, none raises a false alarm,
 * none lets clear media pass where that is not wanted.
 *
 * Then calls at a time, of one process on either side, with an attacker on the
 * network that adds packets to what is lost, late and out of order anyway: old
 * ones of any stream, changed ones, and some of its own. Whatever it does
 * nothing is secure that should not be, and when it is gone every call gets
 * right.
 */
#define _GNU_SOURCE             /* memmem() */
#include "mockpeer.h"
#include "sim.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#define BATCHES 20
#define CALLS 500               /* a batch, with one pair of files */

typedef struct
{
  Sim *dice;                    /* decides what happens */
  char *folder;
  ZrtpCache *cache[2];
  ZrtpExchangeLocks *pairs[2];
  gint64 wall;
  guint secure, refused, cut_off;
} World;

static void
world_init (World * world, guint batch)
{
  memset (world, 0, sizeof *world);
  world->dice = sim_new (900000 + batch);
  /* In memory where there is such a folder: a disk would take minutes. */
  world->folder = g_mkdtemp (g_strdup ("/dev/shm/gst-zrtp-XXXXXX"));
  if (!world->folder)
    world->folder = g_dir_make_tmp ("gst-zrtp-XXXXXX", NULL);
  world->wall = 1800000000;
  for (guint e = 0; e < 2; e++) {
    char *path = g_strdup_printf ("%s/%u", world->folder, e);

    world->cache[e] = zrtp_cache_open (path, &world->dice->random, NULL);
    fail_unless (world->cache[e] != NULL);
    world->pairs[e] = zrtp_exchange_locks_new ();
    g_free (path);
  }
}

static void
world_clear (World * world)
{
  const char *name;
  GDir *dir;

  for (guint e = 0; e < 2; e++) {
    zrtp_cache_unref (world->cache[e]);
    zrtp_exchange_locks_unref (world->pairs[e]);
  }
  dir = g_dir_open (world->folder, 0, NULL);
  while ((name = g_dir_read_name (dir))) {
    char *path = g_build_filename (world->folder, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (world->folder);
  g_free (world->folder);
  sim_free (world->dice);
}

static const char *
any_of (Sim * dice, const char *const *texts, guint n)
{
  return texts[sim_random (dice, n)];
}

static void
random_policy (Sim * dice, ZrtpPolicy * policy)
{
  static const char *const agreements[] = {
    "X255,EC25,DH3k,E255,EC38,DH2k,Mult", "EC25", "X255,Mult", "Prsh,X255",
    "E255,EC25", "X448,X255", "Prsh,EC25,X255,Mult", "EC38,X255"
  };
  static const char *const hashes[] = { "S256,S384", "S384", "" };
  static const char *const ciphers[] =
      { "AES1,AES3", "AES3,AES2,AES1", "AES3" };
  static const char *const tags[] = { "HS80,HS32", "HS32", "" };
  static const char *const sas_types[] = { "B32,B256", "B256", "" };
  const struct
  {
    ZrtpKind kind;
    const char *text;
  } lists[] = {
    {ZRTP_KIND_KEY_AGREEMENT, any_of (dice, agreements,
            G_N_ELEMENTS (agreements))},
    {ZRTP_KIND_HASH, any_of (dice, hashes, G_N_ELEMENTS (hashes))},
    {ZRTP_KIND_CIPHER, any_of (dice, ciphers, G_N_ELEMENTS (ciphers))},
    {ZRTP_KIND_AUTH_TAG, any_of (dice, tags, G_N_ELEMENTS (tags))},
    {ZRTP_KIND_SAS, any_of (dice, sas_types, G_N_ELEMENTS (sas_types))},
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    fail_unless (zrtp_algorithm_list_parse (lists[i].kind, lists[i].text,
            &policy->algorithms[lists[i].kind], NULL));
  policy->cacheless = FALSE;
  policy->require_encryption = sim_random (dice, 3) > 0;
  policy->allow_clear = sim_random (dice, 2);
  policy->strict_algorithms = sim_random (dice, 8) == 0;
  policy->hello_timeout_ms = 50 + sim_random (dice, 3) * 100;
  policy->retry_timeout_ms = 150 + sim_random (dice, 3) * 150;
  policy->sign_sas = sim_random (dice, 4) == 0;
  policy->check_signatures = sim_random (dice, 2);
}

/* In the form of a signature with a certificate, no more. */
static gboolean
sign (ZrtpSession * session, const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now)
{
  static const guint8 der[402] = { 0x30, 0x82, 398 >> 8, 398 & 0xff };
  static const guint8 octets[64] = { 1 };
  ZrtpSignature signature;
  char *reason = NULL;
  gboolean taken;

  signature.certificate = g_bytes_new_static (der, sizeof der);
  signature.signature = g_bytes_new_static (octets, sizeof octets);
  taken = zrtp_session_sign_sas (session, sashash, &signature, now, &reason);
  zrtp_signature_clear (&signature);
  g_free (reason);
  return taken;
}

/* Applications that sign, decline, or do not answer. */
static void
listen_to (SimStream * from, const ZrtpEvent * event)
{
  Sim *sim = from->endpoint->sim;
  ZrtpSession *session = from->endpoint->session;
  guint8 sashash[ZRTP_SECRET_SIZE];
  char *reason = NULL;

  if (event->type != ZRTP_EVENT_SIGN_SAS && event->type != ZRTP_EVENT_SIGNATURE)
    return;
  fail_unless (zrtp_session_get_sashash (session, sashash));
  if (event->type == ZRTP_EVENT_SIGNATURE) {
    fail_unless (zrtp_session_accept_signature (session, sashash, NULL,
            sim->now));
    return;
  }
  switch (sim_random (sim, 3)) {
    case 0:
      fail_unless (sign (session, sashash, sim->now));
      break;
    case 1:
      fail_unless (zrtp_session_sign_sas (session, sashash, NULL, sim->now,
              &reason));
      break;
    default:
      break;
  }
}

static Sim *
new_call (World * world, guint64 seed)
{
  Sim *dice = world->dice;
  Sim *sim = sim_new (seed);
  const guint n_streams = 1 + sim_random (dice, 6) / 4;

  /* A clock may be set back or forth, by years. */
  if (sim_random (dice, 20) == 0)
    world->wall += (gint64) sim_random (dice, 200000000) - 100000000;
  sim->listener = listen_to;
  sim->wall = world->wall;
  world->wall += 3600;

  for (guint e = 0; e < 2; e++) {
    random_policy (dice, &sim->ends[e].policy);
    sim->ends[e].cache = world->cache[e];
    sim->ends[e].pairs = world->pairs[e];
  }
  if (sim_random (dice, 6) == 0)
    sim->ends[sim_random (dice, 2)].policy.passive = TRUE;
  sim_make (sim, 0, n_streams);
  sim_make (sim, 1, n_streams);
  sim->loss = sim_random (dice, 41);
  sim->duplication = sim_random (dice, 21);
  sim->delay = sim_random (dice, 80) * SIM_MSEC;
  sim->jitter = sim_random (dice, 150) * SIM_MSEC;
  sim->job_delay = sim_random (dice, 3) ? 0 : 80 * SIM_MSEC;
  return sim;
}

/* 4.1.2: who has strict lists without anything in common is refused, with the
 * Error that says what; both ends tell it. */
static gboolean
is_refusal (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    const ZrtpStreamInfo *info =
        zrtp_stream_get_info (sim->ends[e].streams[0].stream);

    if (info->state == ZRTP_STATE_FAILED && info->error >= ZRTP_ERROR_HASH
        && info->error <= ZRTP_ERROR_SAS)
      return sim->ends[0].policy.strict_algorithms
          || sim->ends[1].policy.strict_algorithms;
  }
  return FALSE;
}

static void
check_no_alarm (Sim * sim, guint64 seed)
{
  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < sim->ends[e].n_streams; i++) {
      const SimStream *s = &sim->ends[e].streams[i];

      fail_unless (s->n_events[ZRTP_EVENT_CACHE_MISMATCH] == 0,
          "seed %" G_GUINT64_FORMAT ": false alarm", seed);
      fail_unless (s->n_events[ZRTP_EVENT_SECURITY] == 0,
          "seed %" G_GUINT64_FORMAT ": %s", seed, s->last_text);
      fail_unless (s->n_events[ZRTP_EVENT_CACHE_FAILED] == 0);
      if (sim->ends[e].policy.require_encryption)
        fail_unless (s->send != ZRTP_MEDIA_CLEAR
            && s->receive != ZRTP_MEDIA_CLEAR);
    }
  }
}

static void
run_call (World * world, guint64 seed)
{
  Sim *dice = world->dice;
  Sim *sim = new_call (world, seed);
  const gboolean dies = sim_random (dice, 4) == 0;

  sim_start (sim, 0);
  sim_run (sim, sim_random (dice, 2000) * SIM_MSEC);
  sim_start (sim, 1);
  if (dies) {
    sim_run (sim, sim->now + sim_random (dice, 800) * SIM_MSEC);
    sim->ends[sim_random (dice, 2)].dead = TRUE;
    sim_run (sim, sim->now + 5 * SIM_SEC);
    world->cut_off++;
  } else if (sim_run_until_secure (sim, 300 * SIM_SEC)) {
    sim_assert_agreed (sim);
    sim_talk (sim);
    /* The last writes. */
    sim_run (sim, sim->now + 5 * SIM_SEC);
    if (sim_random (dice, 3) == 0) {
      for (guint e = 0; e < 2; e++) {
        fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
        sim_drain (sim, e);
      }
      sim_run (sim, sim->now + SIM_SEC);
    }
    world->secure++;
  } else {
    /* Discovery starts again after each refusal. */
    for (guint i = 0; i < 60 && !is_refusal (sim); i++)
      sim_run (sim, sim->now + SIM_SEC);
    fail_unless (is_refusal (sim), "seed %" G_GUINT64_FORMAT " hangs in %s/%s",
        seed, zrtp_state_nick (sim_state (sim, 0)),
        zrtp_state_nick (sim_state (sim, 1)));
    world->refused++;
  }
  check_no_alarm (sim, seed);
  sim_free (sim);
}

GST_START_TEST (test_calls)
{
  World world;

  world_init (&world, __i__);
  for (guint i = 0; i < CALLS; i++)
    run_call (&world, 1000000 + __i__ * CALLS + i);
  fail_unless_equals_int (world.secure + world.refused + world.cut_off, CALLS);
  fail_unless (world.secure > CALLS / 2);
  fail_unless (world.cut_off > CALLS / 20);
  world_clear (&world);
}

GST_END_TEST;

/* -- Attacked -- */

#define ATTACKED_CALLS 2        /* at a time */
#define ATTACKED_BATCHES 8
#define ATTACKS 10              /* a batch */
#define ATTACK_TIME (8 * SIM_SEC)
#define RECORDED 64

typedef struct
{
  Sim *dice;
  Sim *calls[ATTACKED_CALLS];
  guint8 recorded[RECORDED][ZRTP_MAX_PACKET_SIZE];
  gsize sizes[RECORDED];
  guint n_recorded;
  guint rate;                   /* packets of his for a hundred of theirs */
  gboolean over;
  guint confirms[ATTACKED_CALLS][2][SIM_MAX_STREAMS];   /* sent */
  guint injected, restarted;
} Attack;

static SimStream *
any_stream (Attack * attack)
{
  Sim *dice = attack->dice;
  Sim *sim = attack->calls[sim_random (dice, ATTACKED_CALLS)];
  SimEndpoint *end = &sim->ends[sim_random (dice, 2)];

  return &end->streams[sim_random (dice, end->n_streams)];
}

static const ZrtpStream *
other_end (const SimStream * s)
{
  return s->endpoint->sim->ends[1 - s->endpoint->id].streams[s->index].stream;
}

static void
inject (Attack * attack, SimStream * to, const guint8 * packet, gsize size)
{
  /* At once, in the time of an exchange, or long after. */
  static const gint64 delays[] = { 1, 50 * SIM_MSEC, 3 * SIM_SEC };

  sim_inject_later (to, packet, size, sim_random (attack->dice,
          delays[sim_random (attack->dice, G_N_ELEMENTS (delays))]));
  attack->injected++;
}

/* One bit, or octet, is another; the CRC is right. */
static void
inject_changed (Attack * attack, SimStream * to, const guint8 * data,
    gsize size)
{
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  ZrtpPacket parsed;

  if (zrtp_packet_parse (data, size, &parsed) != ZRTP_DROP_NONE)
    return;
  memcpy (packet, parsed.message, parsed.message_size);
  packet[sim_random (attack->dice, parsed.message_size)] ^=
      1 << sim_random (attack->dice, 8);
  size =
      zrtp_packet_write (packet, sizeof packet, parsed.sequence, parsed.ssrc,
      packet, parsed.message_size);
  inject (attack, to, packet, size);
}

/* What needs no secret, with the SSRC of the peer or another. */
static void
inject_made_up (Attack * attack, SimStream * to)
{
  static const ZrtpMessageType types[] = {
    ZRTP_MESSAGE_HELLO_ACK, ZRTP_MESSAGE_CONFIRM1, ZRTP_MESSAGE_CONFIRM2,
    ZRTP_MESSAGE_ERROR, ZRTP_MESSAGE_ERROR_ACK, ZRTP_MESSAGE_GO_CLEAR,
    ZRTP_MESSAGE_CLEAR_ACK, ZRTP_MESSAGE_SAS_RELAY, ZRTP_MESSAGE_PING
  };
  Sim *dice = attack->dice;
  ZrtpMessage message = {.type = types[sim_random (dice,
            G_N_ELEMENTS (types))]
  };
  guint8 packet[ZRTP_MAX_PACKET_SIZE], text[40] = { 0 };

  if (message.type == ZRTP_MESSAGE_ERROR)
    message.u.error_code = sim_random (dice, 2) ? ZRTP_ERROR_SOFTWARE :
        ZRTP_ERROR_NO_SHARED_SECRET;
  else if (message.type == ZRTP_MESSAGE_CONFIRM1
      || message.type == ZRTP_MESSAGE_CONFIRM2
      || message.type == ZRTP_MESSAGE_SAS_RELAY)
    message.u.sealed.encrypted = zrtp_octets (text, sizeof text);
  inject (attack, to, packet, sim_packet (packet, sim_random (dice, 4) ?
          other_end (to)->ssrc : 0x66660000 + sim_random (dice, 4), &message,
          NULL));
}

/* An endpoint with a chain, and perhaps with the peer's ZID or SSRC. */
static void
inject_third_party (Attack * attack, SimStream * to)
{
  Sim *dice = attack->dice;
  ZrtpMessage hello = {.type = ZRTP_MESSAGE_HELLO };
  ZrtpMessage commit = {.type = ZRTP_MESSAGE_COMMIT };
  static const char *const agreements[] = { "X255", "Mult", "Prsh" };
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  guint32 ssrc = 0x66660000 + sim_random (dice, 1000);
  MockPeer mock;

  mock_peer_init (&mock, to, ssrc);
  if (sim_random (dice, 2))
    memcpy (mock.hello.zid, to->endpoint->sim->ends[1 -
            to->endpoint->id].zid, ZRTP_ZID_SIZE);
  if (sim_random (dice, 4) == 0)
    ssrc = other_end (to)->ssrc;
  hello.u.hello = mock.hello;
  memcpy (commit.u.commit.h2, mock.h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit.u.commit.zid, mock.hello.zid, ZRTP_ZID_SIZE);
  memcpy (commit.u.commit.names[ZRTP_KIND_HASH], "S256", 4);
  memcpy (commit.u.commit.names[ZRTP_KIND_CIPHER], "AES1", 4);
  memcpy (commit.u.commit.names[ZRTP_KIND_AUTH_TAG], "HS80", 4);
  memcpy (commit.u.commit.names[ZRTP_KIND_KEY_AGREEMENT],
      any_of (dice, agreements, 3), 4);
  memcpy (commit.u.commit.names[ZRTP_KIND_SAS], "B32 ", 4);
  inject (attack, to, packet, sim_packet (packet, ssrc, &hello, mock.h[2]));
  if (sim_random (dice, 2))
    inject (attack, to, packet, sim_packet (packet, ssrc, &commit, mock.h[1]));
}

static void
add_to (Attack * attack, SimStream * from, const guint8 * data, gsize size)
{
  Sim *dice = attack->dice;
  SimStream *to = sim_random (dice, 4) ? any_stream (attack) :
      &from->endpoint->sim->ends[1 - from->endpoint->id].streams[from->index];
  const guint old = attack->n_recorded ? sim_random (dice,
      MIN (attack->n_recorded, RECORDED)) : 0;

  switch (sim_random (dice, 5)) {
    case 0:
      inject (attack, to, data, size);
      break;
    case 1:
      if (attack->n_recorded > 0)
        inject (attack, to, attack->recorded[old], attack->sizes[old]);
      break;
    case 2:
      inject_changed (attack, to, data, size);
      break;
    case 3:
      inject_made_up (attack, to);
      break;
    default:
      inject_third_party (attack, to);
      break;
  }
}

static void
assert_not_in (const guint8 * secret, const guint8 * data, gsize size)
{
  static const guint8 zeros[16];

  if (memcmp (secret, zeros, 16) != 0)
    fail_unless (memmem (data, size, secret, 16) == NULL);
}

/* What must not be read off the wire. */
static void
check_packet (SimStream * from, const guint8 * data, gsize size)
{
  const ZrtpStream *stream = from->stream;
  const ZrtpSession *session = from->endpoint->session;
  const ZrtpSenderKeys *keys[2] =
      { &stream->bound.keys.initiator, &stream->bound.keys.responder };

  assert_not_in (stream->own.chain[0], data, size);
  assert_not_in (session->keys.zrtp_sess, data, size);
  assert_not_in (session->keys.exported_key, data, size);
  assert_not_in (session->keys.new_rs1, data, size);
  assert_not_in (session->keys.sashash, data, size);
  assert_not_in (stream->prepared.key_pair.private_value, data, size);
  for (guint i = 0; i < 2; i++) {
    assert_not_in (keys[i]->mac_key, data, size);
    assert_not_in (keys[i]->zrtp_key, data, size);
    assert_not_in (keys[i]->srtp_key, data, size);
  }
  if (stream->exchange) {
    assert_not_in (stream->exchange->s0, data, size);
    assert_not_in (stream->exchange->private_value, data, size);
    assert_not_in (stream->exchange->preshared_key, data, size);
    assert_not_in (stream->exchange->secrets.peer.rs1, data, size);
  }
}

static gboolean
attack_packet (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Attack *attack = user_data;
  const guint call = sim == attack->calls[0] ? 0 : 1;
  ZrtpMessage message;
  gint type;

  check_packet (from, data, *size);
  type = sim_packet_type (data, *size, &message);
  if (type == ZRTP_MESSAGE_CONFIRM1 || type == ZRTP_MESSAGE_CONFIRM2)
    attack->confirms[call][from->endpoint->id][from->index]++;
  if (attack->over)
    return TRUE;
  if (sim_random (attack->dice, 100) < attack->rate)
    add_to (attack, from, data, *size);
  memcpy (attack->recorded[attack->n_recorded % RECORDED], data, *size);
  attack->sizes[attack->n_recorded++ % RECORDED] = *size;
  return TRUE;
}

/* An application whose SSRC is taken chooses another. */
static void
listen_to_collisions (SimStream * from, const ZrtpEvent * event)
{
  Sim *sim = from->endpoint->sim;

  if (event->type == ZRTP_EVENT_SSRC_COLLISION)
    zrtp_stream_start (from->stream, 0x8000 + sim_random (sim, 0x100000),
        sim->now);
}

static void
check_stream (Attack * attack, guint call, SimStream * s, guint64 seed)
{
  const ZrtpStream *stream = s->stream;
  const ZrtpStream *peer = other_end (s);
  const SimStream *other = &s->endpoint->sim->ends[1 -
      s->endpoint->id].streams[s->index];
  const guint e = s->endpoint->id;

  fail_unless (s->send != ZRTP_MEDIA_CLEAR && s->receive != ZRTP_MEDIA_CLEAR);
  if (stream->step != ZRTP_STEP_SECURE)
    return;
  /* The other one showed that it has the keys, and its SAS was told. */
  fail_unless (attack->confirms[call][1 - e][s->index] > 0);
  fail_unless (stream->session->info.have_sas,
      "seed %" G_GUINT64_FORMAT ": secure without SAS", seed);
  fail_unless (memcmp (stream->session->info.peer_zid,
          s->endpoint->sim->ends[1 - e].zid, ZRTP_ZID_SIZE) == 0);
  if (peer->step != ZRTP_STEP_SECURE)
    return;
  fail_unless (s->have_send && other->have_receive);
  fail_unless (memcmp (s->send_keys.key, other->receive_keys.key,
          s->send_keys.cipher->key_size) == 0,
      "seed %" G_GUINT64_FORMAT ": other keys", seed);
  fail_unless (memcmp (s->send_keys.salt, other->receive_keys.salt,
          ZRTP_SALT_SIZE) == 0);
  fail_unless (stream->session->info.sasvalue == peer->session->info.sasvalue);
}

static void
check_calls (Attack * attack, guint64 seed)
{
  for (guint c = 0; c < ATTACKED_CALLS; c++) {
    for (guint e = 0; e < 2; e++) {
      SimEndpoint *end = &attack->calls[c]->ends[e];

      fail_unless (end->session->nonces->len < 50);
      for (guint i = 0; i < end->n_streams; i++)
        check_stream (attack, c, &end->streams[i], seed);
    }
  }
}

/* SRTP between ends that have its keys. */
static void
let_them_talk (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < sim->ends[e].n_streams; i++) {
      SimStream *s = &sim->ends[e].streams[i];
      const SimStream *other = &sim->ends[1 - e].streams[i];

      if (s->have_receive && s->receive == ZRTP_MEDIA_SECURE
          && other->send == ZRTP_MEDIA_SECURE
          && memcmp (s->receive_keys.key, other->send_keys.key, 16) == 0)
        zrtp_stream_media_received (s->stream, ZRTP_MEDIA_SECURE, sim->now);
    }
    sim_drain (sim, e);
  }
}

static gboolean
is_secure (Sim * sim)
{
  return sim_run_until_secure (sim, sim->now);
}

static void
run_all (Attack * attack, gint64 until, guint64 seed)
{
  while (attack->calls[0]->now < until) {
    const gint64 next = attack->calls[0]->now
        + (attack->over ? 50 : 5) * SIM_MSEC;

    for (guint c = 0; c < ATTACKED_CALLS; c++)
      sim_run (attack->calls[c], next);
    check_calls (attack, seed);
    for (guint c = 0; c < ATTACKED_CALLS; c++)
      let_them_talk (attack->calls[c]);
  }
}

/* The users hang up and call again: a Conf2ACK or a HelloACK that he made up may
 * have told one side something that is not so. */
static void
call_again (Attack * attack, Sim * sim)
{
  attack->restarted++;
  for (guint e = 0; e < 2; e++) {
    SimEndpoint *end = &sim->ends[e];

    for (guint i = 0; i < end->n_streams; i++) {
      zrtp_stream_stop (end->streams[i].stream, sim->now);
      zrtp_stream_renew_hello (end->streams[i].stream, &end->policy, end->zid);
    }
    sim_drain (sim, e);
  }
  sim_start (sim, 0);
  sim_start (sim, 1);
}

static void
attack_calls (World * world, guint64 seed, guint * restarted)
{
  Attack *attack = g_new0 (Attack, 1);

  attack->dice = world->dice;
  attack->rate = 10 + sim_random (world->dice, 60);
  for (guint c = 0; c < ATTACKED_CALLS; c++) {
    Sim *sim = attack->calls[c] = sim_new (seed * ATTACKED_CALLS + c);

    sim->wall = world->wall;
    sim->listener = listen_to_collisions;
    sim->filter = attack_packet;
    sim->filter_data = attack;
    sim->loss = sim_random (world->dice, 20);
    sim->duplication = sim_random (world->dice, 20);
    sim->jitter = sim_random (world->dice, 100) * SIM_MSEC;
    sim->job_delay = sim_random (world->dice, 3) * 40 * SIM_MSEC;
    for (guint e = 0; e < 2; e++) {
      sim->ends[e].policy.cacheless = FALSE;
      sim->ends[e].cache = world->cache[e];
      sim->ends[e].pairs = world->pairs[e];
      if (seed % 3 == 0)
        fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
                "Prsh,X255,Mult",
                &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT],
                NULL));
    }
    sim->ends[1].policy.passive = seed % 2;
    for (guint e = 0; e < 2; e++)
      sim_make (sim, e, 2 + seed % 2);
  }
  world->wall += 3600;
  for (guint c = 0; c < ATTACKED_CALLS; c++) {
    sim_start (attack->calls[c], 0);
    sim_start (attack->calls[c], 1);
  }
  run_all (attack, ATTACK_TIME, seed);
  attack->over = TRUE;
  for (guint c = 0; c < ATTACKED_CALLS; c++)
    attack->calls[c]->loss = 0;
  for (guint i = 0; i < 150 && !(is_secure (attack->calls[0])
          && is_secure (attack->calls[1])); i++)
    run_all (attack, attack->calls[0]->now + SIM_SEC, seed);
  for (guint c = 0; c < ATTACKED_CALLS; c++) {
    if (!is_secure (attack->calls[c]))
      call_again (attack, attack->calls[c]);
  }
  run_all (attack, attack->calls[0]->now + 20 * SIM_SEC, seed);
  for (guint c = 0; c < ATTACKED_CALLS; c++) {
    fail_unless (is_secure (attack->calls[c]),
        "seed %" G_GUINT64_FORMAT " hangs in %s/%s", seed,
        zrtp_state_nick (sim_state (attack->calls[c], 0)),
        zrtp_state_nick (sim_state (attack->calls[c], 1)));
    sim_assert_agreed (attack->calls[c]);
  }
  fail_unless (attack->injected > 0);
  *restarted += attack->restarted;
  for (guint c = 0; c < ATTACKED_CALLS; c++)
    sim_free (attack->calls[c]);
  g_free (attack);
}

GST_START_TEST (test_attacked_calls)
{
  guint restarted = 0;
  World world;

  world_init (&world, 1000 + __i__);
  for (guint i = 0; i < ATTACKS; i++)
    attack_calls (&world, 2000000 + __i__ * ATTACKS + i, &restarted);
  /* Few need the users' help. */
  fail_unless (restarted <= ATTACKS * ATTACKED_CALLS / 10, "%u called again",
      restarted);
  world_clear (&world);
}

GST_END_TEST;

static Suite *
randomcalls_suite (void)
{
  Suite *suite = suite_create ("randomcalls");
  TCase *tc = tcase_create ("chaos");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc, test_calls, 0, BATCHES);
  tcase_add_loop_test (tc, test_attacked_calls, 0, ATTACKED_BATCHES);
  return suite;
}

GST_CHECK_MAIN (randomcalls);
