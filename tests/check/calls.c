/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole calls between two engines: every algorithm, either role, contention,
 * several streams.
 */
#include "sim.h"

#include <gst/check/gstcheck.h>
#include <string.h>

static void
set_list (SimEndpoint * end, ZrtpKind kind, const char *names)
{
  char *error = NULL;

  fail_unless (zrtp_algorithm_list_parse (kind, names,
          &end->policy.algorithms[kind], &error), "%s", error);
}

static void
set_both (Sim * sim, ZrtpKind kind, const char *names)
{
  set_list (&sim->ends[0], kind, names);
  set_list (&sim->ends[1], kind, names);
}

static void
make_both (Sim * sim, guint n_streams)
{
  sim_make (sim, 0, n_streams);
  sim_make (sim, 1, n_streams);
}

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which, guint index)
{
  return zrtp_stream_get_info (sim->ends[which].streams[index].stream);
}

/* One side never sends a Commit, so the other initiates. */
static void
force_initiator (Sim * sim, guint which)
{
  sim->ends[1 - which].policy.passive = TRUE;
}

/* Z-5.1.5-01 Z-5.1.5-03 Z-5.1.5-17 Z-5.1.3-01 Z-5.1.3-02 Z-5.1.2-01 */
/* Z-5.1.2-02 Z-5.1.4-01 Z-5.1.6-01 Z-5.1.6-02 Z-15.1-01 */
static const char *const key_agreements[] = {
  "DH3k", "DH2k", "X255", "E255", "X448", "EC25", "EC38"
};

static const char *const suites[][4] = {
  {"S256", "AES1", "HS80", "B32"},
  {"S256", "AES3", "HS32", "B256"},
  {"S384", "AES1", "HS32", "B32E"},
  {"S384", "AES2", "HS80", "B256"},
  {"S384", "AES3", "HS80", "B10D"},
};

GST_START_TEST (test_every_algorithm)
{
  for (guint s = 0; s < G_N_ELEMENTS (suites); s++) {
    for (guint initiator = 0; initiator < 2; initiator++) {
      Sim *sim = sim_new (100 + __i__ * 16 + s * 2 + initiator);
      const char *name = key_agreements[__i__];
      const ZrtpStreamInfo *info;
      const ZrtpSasType *sas_type;

      set_both (sim, ZRTP_KIND_KEY_AGREEMENT, name);
      set_both (sim, ZRTP_KIND_HASH, suites[s][0]);
      set_both (sim, ZRTP_KIND_CIPHER, suites[s][1]);
      set_both (sim, ZRTP_KIND_AUTH_TAG, suites[s][2]);
      set_both (sim, ZRTP_KIND_SAS, suites[s][3]);
      force_initiator (sim, initiator);
      make_both (sim, 1);
      sim_start (sim, 0);
      sim_start (sim, 1);
      fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
      sim_assert_agreed (sim);
      info = info_of (sim, initiator, 0);
      fail_unless_equals_int (info->role, ZRTP_ROLE_INITIATOR);
      fail_unless_equals_string (info->key_agreement->base.name, name);
      /* 5.1.5: EC38 brings S384 and an AES of 192 bits or more with it, DH2k
       * AES-128 (mandatory, so always common). */
      fail_unless_equals_string (info->hash->base.name,
          strcmp (name, "EC38") == 0 ? "S384" : suites[s][0]);
      fail_unless_equals_string (info->cipher->base.name,
          strcmp (name, "DH2k") == 0 ? "AES1" : suites[s][1]);
      fail_unless_equals_string (info->auth_tag->base.name, suites[s][2]);
      sas_type = zrtp_session_get_info (sim->ends[0].session)->sas_type;
      fail_unless (g_str_has_prefix (sas_type->base.name, suites[s][3]));
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* Figure 1 of RFC 6189, message by message. */
/* Z-3-03 Z-4.1-04 Z-4.2-01 Z-5.5-01 Z-5.6-01 Z-5.7-01 Z-5.8-01 Z-4.4.1.3-04 */
/* Z-5.4-01 Z-6-08 Z-4.4.1-02 */
GST_START_TEST (test_message_flow)
{
  Sim *sim = sim_new (2);
  SimStream *alice, *bob;

  force_initiator (sim, 0);
  make_both (sim, 1);
  alice = &sim->ends[0].streams[0];
  bob = &sim->ends[1].streams[0];
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, SIM_SEC);
  sim_assert_agreed (sim);
  fail_unless_equals_string (alice->trace->str,
      "Hello HelloACK Commit DHPart2 Confirm2");
  fail_unless_equals_string (bob->trace->str,
      "Hello HelloACK DHPart1 Confirm1 Conf2ACK");
  /* Nothing is due once it is over. */
  fail_unless (zrtp_stream_get_deadline (alice->stream) == ZRTP_NEVER);
  fail_unless (zrtp_stream_get_deadline (bob->stream) == ZRTP_NEVER);
  fail_if (zrtp_stream_is_busy (alice->stream));
  fail_if (zrtp_stream_is_busy (bob->stream));
  sim_free (sim);
}

GST_END_TEST;

/* Each side's own order counts where the initiator chooses freely. */
/* Z-4.1.2-01 Z-4.1.2-05 Z-4.4.1.1-01 Z-5.2-12 */
GST_START_TEST (test_initiators_order_decides)
{
  for (guint initiator = 0; initiator < 2; initiator++) {
    Sim *sim = sim_new (3);
    const ZrtpStreamInfo *info;

    set_list (&sim->ends[0], ZRTP_KIND_CIPHER, "AES3,AES1");
    set_list (&sim->ends[1], ZRTP_KIND_CIPHER, "AES1,AES3");
    set_list (&sim->ends[0], ZRTP_KIND_HASH, "S384,S256");
    set_list (&sim->ends[1], ZRTP_KIND_HASH, "S256,S384");
    set_list (&sim->ends[0], ZRTP_KIND_AUTH_TAG, "HS32,HS80");
    set_list (&sim->ends[1], ZRTP_KIND_AUTH_TAG, "HS80,HS32");
    force_initiator (sim, initiator);
    make_both (sim, 1);
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    sim_assert_agreed (sim);
    info = info_of (sim, 0, 0);
    fail_unless_equals_string (info->cipher->base.name,
        initiator == 0 ? "AES3" : "AES1");
    fail_unless_equals_string (info->hash->base.name,
        initiator == 0 ? "S384" : "S256");
    fail_unless_equals_string (info->auth_tag->base.name,
        initiator == 0 ? "HS32" : "HS80");
    sim_free (sim);
  }
}

GST_END_TEST;

/* Nothing of one exchange serves another: Hello, public values, IVs, IDs. */
/* Z-4.4.1.1-02 Z-4.4.1.2-01 Z-5.7-10 Z-4.8-01 Z-9-01 Z-4.3-09 */
typedef struct
{
  GHashTable *seen;
  guint n;
} Fresh;

static void
must_be_new (Fresh * fresh, const guint8 * data, gsize size)
{
  GBytes *bytes = g_bytes_new (data, size);

  fail_unless (g_hash_table_add (fresh->seen, bytes));
  fresh->n++;
}

static gboolean
collect_fresh (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Fresh *fresh = user_data;
  ZrtpMessage message;

  switch (sim_packet_type (data, *size, &message)) {
    case ZRTP_MESSAGE_HELLO:
      must_be_new (fresh, message.u.hello.h3, ZRTP_IMAGE_SIZE);
      break;
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_DHPART2:
      must_be_new (fresh, message.u.dhpart.public_value,
          message.u.dhpart.public_size);
      must_be_new (fresh, message.u.dhpart.rs1_id, ZRTP_SECRET_ID_SIZE);
      must_be_new (fresh, message.u.dhpart.rs2_id, ZRTP_SECRET_ID_SIZE);
      must_be_new (fresh, message.u.dhpart.aux_id, ZRTP_SECRET_ID_SIZE);
      must_be_new (fresh, message.u.dhpart.pbx_id, ZRTP_SECRET_ID_SIZE);
      break;
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONFIRM2:
      must_be_new (fresh, message.u.sealed.iv, ZRTP_IV_SIZE);
      break;
    default:
      break;
  }
  return TRUE;
}

GST_START_TEST (test_nothing_is_used_twice)
{
  Fresh fresh = {
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
        (GDestroyNotify) g_bytes_unref, NULL), 0
  };
  Sim *sim = sim_new_pair (4);

  sim->filter = collect_fresh;
  sim->filter_data = &fresh;
  for (guint i = 0; i < 5; i++) {
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
    sim_assert_agreed (sim);
    for (guint e = 0; e < 2; e++) {
      SimEndpoint *end = &sim->ends[e];

      zrtp_stream_stop (end->streams[0].stream, sim->now);
      zrtp_stream_renew_hello (end->streams[0].stream, &end->policy, end->zid);
      sim_drain (sim, e);
    }
    sim_run (sim, sim->now + SIM_SEC);
  }
  fail_unless_equals_int (fresh.n, 5 * (2 + 2 * 5 + 2));
  g_hash_table_unref (fresh.seen);
  sim_free (sim);
}

GST_END_TEST;

/* Both Commits cross. The lower hvi loses and its sender responds. */
/* Z-4.2-04 Z-4.2-05 Z-4.2-09 Z-4.1.2-09 Z-4.3.1-05 */
typedef struct
{
  guint8 hvi[2][ZRTP_HVI_SIZE];
  gboolean seen[2];
} Contention;

static gboolean
watch_commits (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Contention *contention = user_data;
  ZrtpMessage message;

  if (sim_packet_type (data, *size, &message) == ZRTP_MESSAGE_COMMIT) {
    memcpy (contention->hvi[from->endpoint->id], message.u.commit.hvi,
        ZRTP_HVI_SIZE);
    contention->seen[from->endpoint->id] = TRUE;
  }
  return TRUE;
}

GST_START_TEST (test_contention)
{
  guint crossed = 0, won[2] = { 0, 0 };

  for (guint seed = 0; seed < 200; seed++) {
    Sim *sim = sim_new (1000 + seed);
    Contention contention = { 0 };

    /* With different first choices, so that a loser may need another pair. */
    if (seed % 3 == 0) {
      set_list (&sim->ends[0], ZRTP_KIND_KEY_AGREEMENT, "EC25,DH3k");
      set_list (&sim->ends[1], ZRTP_KIND_KEY_AGREEMENT, "X255,EC25");
    }
    make_both (sim, 1);
    sim->filter = watch_commits;
    sim->filter_data = &contention;
    sim->jitter = seed % 2 ? 5 * SIM_MSEC : 0;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
    sim_assert_agreed (sim);
    if (contention.seen[0] && contention.seen[1]) {
      gint order = memcmp (contention.hvi[0], contention.hvi[1],
          ZRTP_HVI_SIZE);
      guint winner = order > 0 ? 0 : 1;

      fail_unless_equals_int (info_of (sim, winner, 0)->role,
          ZRTP_ROLE_INITIATOR);
      crossed++;
      won[winner]++;
    }
    sim_free (sim);
  }
  fail_unless (crossed > 100);
  fail_unless (won[0] > 10 && won[1] > 10);
}

GST_END_TEST;

/* Audio and video: one DH exchange, then Multistream, whichever side starts
 * what. */
/* Z-4.4.3-01 Z-4.4.3-03 Z-4.4.3-04 Z-4.4.3-05 Z-4.4.3-07 Z-4.4.3.1-01 */
/* Z-4.4.3.1-05 Z-4.4.3.1-09 Z-7-01 Z-5.1.5-04 Z-5.1.5-22 Z-4.4.1-01 */
/* Z-4.4.1-03 Z-9-04 Z-4.5.2-05 Z-4.5.3-01 */
typedef struct
{
  guint dh_streams;             /* bit mask of streams with a DHPart */
  guint mult_streams;
} Modes;

static gboolean
some_stream_is_secure (SimEndpoint * end)
{
  for (guint i = 0; i < end->n_streams; i++) {
    if (zrtp_stream_get_info (end->streams[i].stream)->exchange_done)
      return TRUE;
  }
  return FALSE;
}

static gboolean
watch_modes (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Modes *modes = user_data;
  ZrtpMessage message;

  switch (sim_packet_type (data, *size, &message)) {
    case ZRTP_MESSAGE_DHPART1:
      modes->dh_streams |= 1 << from->index;
      break;
    case ZRTP_MESSAGE_COMMIT:
      if (zrtp_commit_mode (&message.u.commit) == ZRTP_COMMIT_MULTISTREAM) {
        fail_unless (some_stream_is_secure (from->endpoint));
        modes->mult_streams |= 1 << from->index;
      }
      break;
    default:
      break;
  }
  return TRUE;
}

GST_START_TEST (test_multistream)
{
  guint first_streams = 0;

  for (guint seed = 0; seed < 100; seed++) {
    Sim *sim = sim_new (2000 + seed);
    Modes modes = { 0 };

    make_both (sim, 3);
    sim->filter = watch_modes;
    sim->filter_data = &modes;
    sim->jitter = 20 * SIM_MSEC;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC), "seed %u", seed);
    sim_assert_agreed (sim);
    /* Exactly one stream did Diffie-Hellman, the other two Multistream. */
    fail_unless (modes.dh_streams == 1 || modes.dh_streams == 2
        || modes.dh_streams == 4, "seed %u", seed);
    fail_unless_equals_int (modes.mult_streams | modes.dh_streams, 7);
    fail_unless_equals_int (modes.mult_streams & modes.dh_streams, 0);
    first_streams |= modes.dh_streams;
    for (guint i = 1; i < 3; i++)
      fail_unless (memcmp (sim->ends[0].streams[0].send_keys.key,
              sim->ends[0].streams[i].send_keys.key, 16) != 0);
    sim_free (sim);
  }
  /* It is not always the same stream: crossed Commits on two were resolved. */
  fail_unless (first_streams > 1);
}

GST_END_TEST;

/* A stream that is added later follows at once; one that never hears anything
 * holds no other up; one that stops takes nothing with it. */
/* Z-4.4.3-03 Z-4.4.3.1-02 Z-4.5.2-03 Z-4.5.2-04 Z-4.7.1-02 */
GST_START_TEST (test_streams_come_and_go)
{
  Sim *sim = sim_new (5);
  SimEndpoint *alice = &sim->ends[0], *bob = &sim->ends[1];
  guint8 key[ZRTP_MAX_HASH_SIZE];
  gsize size;

  make_both (sim, 2);
  zrtp_stream_start (alice->streams[0].stream, 1, sim->now);
  zrtp_stream_start (bob->streams[0].stream, 2, sim->now);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);

  zrtp_stream_start (alice->streams[1].stream, 3, sim->now);
  zrtp_stream_start (bob->streams[1].stream, 4, sim->now);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_string (info_of (sim, 0, 1)->key_agreement->base.name,
      "Mult");
  fail_unless (info_of (sim, 0, 1)->cipher == info_of (sim, 0, 0)->cipher);

  /* The first one goes: the session lives on in the second. */
  zrtp_stream_stop (alice->streams[0].stream, sim->now);
  fail_unless (zrtp_session_get_info (alice->session)->have_sas);
  fail_unless (zrtp_session_get_exported_key (alice->session, key, &size));
  zrtp_stream_stop (alice->streams[1].stream, sim->now);
  fail_if (zrtp_session_get_info (alice->session)->have_sas);
  fail_if (zrtp_session_get_exported_key (alice->session, key, &size));
  sim_free (sim);
}

GST_END_TEST;

/* A Multistream Commit to an endpoint without ZRTPSess ends in an Error. */
/* Z-4.4.3.1-07 */
GST_START_TEST (test_multistream_without_session)
{
  Sim *sim = sim_new (6);
  SimEndpoint *alice = &sim->ends[0], *bob = &sim->ends[1];

  force_initiator (sim, 0);
  make_both (sim, 2);
  zrtp_stream_start (alice->streams[0].stream, 1, sim->now);
  zrtp_stream_start (bob->streams[0].stream, 2, sim->now);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, SIM_SEC);
  /* Bob loses his memory of the call, Alice adds a stream. */
  zrtp_stream_stop (bob->streams[0].stream, sim->now);
  zrtp_stream_start (alice->streams[1].stream, 3, sim->now);
  zrtp_stream_start (bob->streams[1].stream, 4, sim->now);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless_equals_int (info_of (sim, 1, 1)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_int (bob->streams[1].last_error,
      ZRTP_ERROR_NO_SHARED_SECRET);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  sim_free (sim);
}

GST_END_TEST;

/* One stream fails while another's exchange is half done: that one goes on. */
/* Z-4.7.1-02 */
static gboolean
fail_other_stream (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const ZrtpMessage error = {.type = ZRTP_MESSAGE_ERROR,.u.error_code =
        ZRTP_ERROR_UNAVAILABLE
  };
  SimStream *other = &from->endpoint->streams[1 - from->index];
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  ZrtpMessage message;

  if (sim_packet_type (data, *size, &message) == (gint) sim->wall)
    sim_inject (other, packet, sim_packet (packet, 77, &error, NULL));
  return TRUE;
}

GST_START_TEST (test_failure_beside)
{
  static const ZrtpMessageType after[] = {
    ZRTP_MESSAGE_COMMIT, ZRTP_MESSAGE_DHPART1, ZRTP_MESSAGE_DHPART2,
    ZRTP_MESSAGE_CONFIRM1, ZRTP_MESSAGE_CONFIRM2
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (after); i++) {
    Sim *sim = sim_new (60 + i);

    force_initiator (sim, i % 2);
    make_both (sim, 2);
    sim->wall = after[i / 2];
    sim->filter = fail_other_stream;
    /* The second stream has no peer to talk to. */
    zrtp_stream_start (sim->ends[0].streams[0].stream, 1, 0);
    zrtp_stream_start (sim->ends[1].streams[0].stream, 2, 0);
    zrtp_stream_start (sim->ends[0].streams[1].stream, 3, 0);
    sim_drain (sim, 0);
    sim_drain (sim, 1);
    sim_run (sim, SIM_SEC);
    sim->filter = NULL;
    zrtp_stream_stop (sim->ends[0].streams[1].stream, sim->now);
    zrtp_stream_start (sim->ends[0].streams[1].stream, 5, sim->now);
    zrtp_stream_start (sim->ends[1].streams[1].stream, 6, sim->now);
    sim_drain (sim, 0);
    sim_drain (sim, 1);
    /* Multistream of what the first one agreed on. */
    fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Its Commit was answered, by a message that names it. */
static gboolean
is_commit_answered (SimStream * s)
{
  return strstr (s->trace->str, "DHPart2")
      || strstr (s->trace->str, "Confirm1");
}

/* No SRTP before the RFC's point, no clear RTP from the answer to Commit on. */
/* Z-4-06 Z-4-07 Z-4-08 Z-4-09 Z-5.8-02 */
static void
check_media_points (Sim * sim, gboolean required)
{
  for (guint e = 0; e < 2; e++) {
    const ZrtpStreamInfo *info = info_of (sim, e, 0);
    const ZrtpMedia open = required ? ZRTP_MEDIA_BLOCKED : ZRTP_MEDIA_CLEAR;

    switch (info->state) {
      case ZRTP_STATE_IDLE:
      case ZRTP_STATE_DISCOVERING:
        fail_unless_equals_int (info->send, open);
        fail_unless_equals_int (info->receive, open);
        break;
      case ZRTP_STATE_NEGOTIATING:
        fail_unless_equals_int (info->send,
            is_commit_answered (&sim->ends[e].streams[0]) ?
            ZRTP_MEDIA_BLOCKED : open);
        break;
      case ZRTP_STATE_SECURE:
        fail_unless_equals_int (info->send, ZRTP_MEDIA_SECURE);
        fail_unless_equals_int (info->receive, ZRTP_MEDIA_SECURE);
        break;
      default:
        fail ("state %d", info->state);
    }
  }
}

GST_START_TEST (test_media_points)
{
  for (guint required = 0; required < 2; required++) {
    Sim *sim = sim_new (7 + required);
    SimStream *alice, *bob;

    sim->ends[0].policy.require_encryption = required;
    sim->ends[1].policy.require_encryption = required;
    force_initiator (sim, 0);
    make_both (sim, 1);
    alice = &sim->ends[0].streams[0];
    bob = &sim->ends[1].streams[0];
    check_media_points (sim, required);
    sim_start (sim, 0);
    sim_start (sim, 1);
    for (guint ms = 1; ms < 200; ms++) {
      sim_run (sim, ms * SIM_MSEC);
      check_media_points (sim, required);
      /* The responder is ready to receive before the initiator may send, and
       * the initiator before the responder does. */
      if (alice->send == ZRTP_MEDIA_SECURE)
        fail_unless_equals_int (bob->receive, ZRTP_MEDIA_SECURE);
      if (bob->send == ZRTP_MEDIA_SECURE)
        fail_unless_equals_int (alice->receive, ZRTP_MEDIA_SECURE);
    }
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Slow jobs on either side: messages arrive in every state of preparation. */
GST_START_TEST (test_slow_jobs)
{
  for (guint seed = 0; seed < 200; seed++) {
    Sim *sim = sim_new (3000 + seed);

    make_both (sim, 1 + seed % 3);
    sim->job_delay = 1000 * SIM_MSEC;
    sim->jitter = 30 * SIM_MSEC;
    sim_start (sim, 0);
    sim_run (sim, sim_random (sim, 1000) * SIM_MSEC);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 60 * SIM_SEC), "seed %u", seed);
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Thousands of seeds over networks that lose, double, delay and reorder. */
/* Z-6-01 Z-6-05 Z-6-11 Z-6-12 Z-9-07 */
#define BATCHES 8
#define SEEDS_A_BATCH 500

static void
random_policy (Sim * sim, SimEndpoint * end)
{
  static const char *const lists[] = {
    "X255,EC25,DH3k", "EC25", "X255", "EC38,EC25", "X448,X255", "E255,X255"
  };

  /* The DH groups cost a hundred times as much: now and then. */
  if (sim_random (sim, 40) == 0)
    set_list (end, ZRTP_KIND_KEY_AGREEMENT, sim_random (sim, 2) ? "DH3k" :
        "DH2k");
  else
    set_list (end, ZRTP_KIND_KEY_AGREEMENT,
        lists[sim_random (sim, G_N_ELEMENTS (lists))]);
  if (sim_random (sim, 2))
    set_list (end, ZRTP_KIND_HASH, "S384,S256");
  if (sim_random (sim, 2))
    set_list (end, ZRTP_KIND_CIPHER, "AES3,AES2,AES1");
  end->policy.require_encryption = sim_random (sim, 2);
}

GST_START_TEST (test_random_calls)
{
  for (guint i = 0; i < SEEDS_A_BATCH; i++) {
    const char *only = g_getenv ("SIM_SEED");
    const guint64 seed = only ? g_ascii_strtoull (only, NULL, 10) :
        10000 + __i__ * SEEDS_A_BATCH + i;
    Sim *sim = sim_new (seed);
    const guint n_streams = 1 + sim_random (sim, 8) / 6;

    random_policy (sim, &sim->ends[0]);
    random_policy (sim, &sim->ends[1]);
    if (sim_random (sim, 4) == 0)
      sim->ends[sim_random (sim, 2)].policy.passive = TRUE;
    make_both (sim, n_streams);
    sim->loss = sim_random (sim, 31);
    sim->duplication = sim_random (sim, 21);
    sim->delay = sim_random (sim, 100) * SIM_MSEC;
    sim->jitter = sim_random (sim, 200) * SIM_MSEC;
    sim->job_delay = sim_random (sim, 2) * sim_random (sim, 100) * SIM_MSEC;

    sim_start (sim, 0);
    sim_run (sim, sim_random (sim, 3000) * SIM_MSEC);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 120 * SIM_SEC),
        "seed %" G_GUINT64_FORMAT " hangs", seed);
    sim_run (sim, sim->now + 5 * SIM_SEC);
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static Suite *
calls_suite (void)
{
  Suite *suite = suite_create ("calls");
  TCase *tc = tcase_create ("calls");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_every_algorithm, 0,
      G_N_ELEMENTS (key_agreements));
  tcase_add_test (tc, test_message_flow);
  tcase_add_test (tc, test_initiators_order_decides);
  tcase_add_test (tc, test_nothing_is_used_twice);
  tcase_add_test (tc, test_contention);
  tcase_add_test (tc, test_multistream);
  tcase_add_test (tc, test_streams_come_and_go);
  tcase_add_test (tc, test_multistream_without_session);
  tcase_add_test (tc, test_failure_beside);
  tcase_add_test (tc, test_media_points);
  tcase_add_test (tc, test_slow_jobs);
  tcase_add_loop_test (tc, test_random_calls, 0, BATCHES);
  return suite;
}

GST_CHECK_MAIN (calls);
