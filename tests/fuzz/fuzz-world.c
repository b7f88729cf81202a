/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz-known.h"

#include <string.h>

#define MAX_WAITING 48
/* Bytes of heap that an input may use at its end: 205,000 were seen. */
#define MAX_HEAP (512 << 10)
/* Bytes that GLib and SQLite may keep for the next input: 28,000 were seen. */
#define MAX_HEAP_LEFT (128 << 10)

static void
fill_random (gpointer user_data, guint8 * out, gsize size)
{
  World *world = user_data;

  for (gsize i = 0; i < size; i++) {
    world->state ^= world->state << 13;
    world->state ^= world->state >> 7;
    world->state ^= world->state << 17;
    out[i] = (guint8) (world->state >> 32);
  }
}

/* -- What must hold -- */

static gboolean
is_key_known (const Side * side, const Key * key)
{
  /* The newest are asked for most. */
  for (guint n = side->keys->len; n-- > 0;) {
    const Key *known = &g_array_index (side->keys, Key, n);

    if (known->half[0] == key->half[0] && known->half[1] == key->half[1])
      return TRUE;
  }
  return FALSE;
}

static Key
read_key (const guint8 * octets)
{
  Key key;

  memcpy (&key, octets, sizeof key);
  return key;
}

static void
note_key (Side * side, const guint8 * octets)
{
  const Key key = read_key (octets);

  if ((key.half[0] | key.half[1]) != 0 && !is_key_known (side, &key))
    g_array_append_val (side->keys, key);
}

/* Those of a stream, and of the one that it has on trial. */
static void
note_keys (Side * side)
{
  for (guint i = 0; i < N_STREAMS; i++) {
    for (const ZrtpStream * stream = side->ends[i].stream; stream;
        stream = stream->trial) {
      note_key (side, stream->bound.keys.initiator.srtp_key);
      note_key (side, stream->bound.keys.responder.srtp_key);
    }
  }
}

static void
check_receive_key (World * world, guint which, const guint8 * octets)
{
  const Key key = read_key (octets);

  FUZZ_CHECK (is_key_known (&world->sides[1 - which], &key));
}

static gboolean
is_rejected (const Side * side)
{
  return zrtp_session_get_info (side->session)->trust ==
      ZRTP_TRUST_SAS_MISMATCH && side->policy.stop_on_reject;
}

static void
check_media (const Side * side, End * end)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (end->stream);
  const gboolean clear = info->send == ZRTP_MEDIA_CLEAR
      || info->receive == ZRTP_MEDIA_CLEAR;

  FUZZ_CHECK (!clear || !side->policy.require_encryption);
  /* 4.7.2: agreed between both. */
  if (info->state == ZRTP_STATE_CLEAR)
    end->had_keys = FALSE;
  FUZZ_CHECK (!clear || !end->had_keys);
  if (end->stream->step == ZRTP_STEP_SECURE) {
    FUZZ_CHECK (info->state == ZRTP_STATE_SECURE);
    /* Media stops where the user said that the SAS differ. */
    FUZZ_CHECK (info->send == ZRTP_MEDIA_SECURE || is_rejected (side));
    FUZZ_CHECK (info->receive == info->send);
    FUZZ_CHECK (info->hash && info->cipher && info->auth_tag);
    FUZZ_CHECK (zrtp_session_get_info (side->session)->have_sas);
  }
  if (info->state != ZRTP_STATE_SECURE && info->state != ZRTP_STATE_NEGOTIATING)
    FUZZ_CHECK (info->send != ZRTP_MEDIA_SECURE);
}

/* 7.1: that comes of nothing but the users' word. */
static void
check_trust (const Side * side)
{
  const ZrtpTrust trust = zrtp_session_get_info (side->session)->trust;

  FUZZ_CHECK (trust != ZRTP_TRUST_VERIFIED || side->vouched);
}

static void
take_event (World * world, guint which, End * end, const ZrtpEvent * event)
{
  switch (event->type) {
    case ZRTP_EVENT_SEND_KEYS:
      end->had_keys = TRUE;
      end->send_key = read_key (event->keys.key);
      note_key (&world->sides[which], event->keys.key);
      break;
    case ZRTP_EVENT_RECEIVE_KEYS:
      end->had_keys = TRUE;
      end->receive_key = read_key (event->keys.key);
      check_receive_key (world, which, event->keys.key);
      break;
    case ZRTP_EVENT_CACHE_MISMATCH:
      FUZZ_CHECK (!world->memory_sound);
      break;
    case ZRTP_EVENT_TRUST:
      check_trust (&world->sides[which]);
      break;
    default:
      break;
  }
}

/* -- The world -- */

static void
put_on_the_way (World * world, End * to, const guint8 * data, gsize size)
{
  GBytes *packet = g_bytes_new (data, size);

  g_queue_push_tail (&to->waiting, packet);
  if (g_queue_get_length (&to->waiting) > MAX_WAITING)
    g_bytes_unref (g_queue_pop_head (&to->waiting));
  g_ptr_array_add (world->history, g_bytes_ref (packet));
}

/* With the same keys both show the same SAS (RFC 6189 4.5.2), unless one of them
 * shows what a PBX relayed (7.3). */
static void
check_sas (World * world, guint i)
{
  const End *ends[] = { &world->sides[0].ends[i], &world->sides[1].ends[i] };
  const ZrtpSessionInfo *infos[2];

  if (world->relayed)
    return;
  for (guint which = 0; which < 2; which++) {
    if (ends[which]->stream->step != ZRTP_STEP_SECURE)
      return;
    infos[which] = zrtp_session_get_info (world->sides[which].session);
  }
  if (memcmp (&ends[0]->send_key, &ends[1]->receive_key, sizeof (Key)) != 0
      || memcmp (&ends[1]->send_key, &ends[0]->receive_key, sizeof (Key)) != 0)
    return;
  FUZZ_CHECK (infos[0]->have_sas && infos[1]->have_sas);
  FUZZ_CHECK (strcmp (infos[0]->sas, infos[1]->sas) == 0);
}

static void
drain_end (World * world, guint which, guint i)
{
  Side *side = &world->sides[which];
  End *end = &side->ends[i];
  ZrtpOutPacket *packet;
  ZrtpEvent event;
  ZrtpJob *job;

  note_keys (side);
  while (zrtp_stream_pop_event (end->stream, &event)) {
    take_event (world, which, end, &event);
    zrtp_event_clear (&event);
  }
  while ((packet = zrtp_stream_pop_packet (end->stream))) {
    put_on_the_way (world, &world->sides[1 - which].ends[i], packet->data,
        packet->size);
    g_clear_pointer (&end->last_sent, g_bytes_unref);
    end->last_sent = g_bytes_new (packet->data, packet->size);
    g_free (packet);
  }
  while ((job = zrtp_stream_pop_job (end->stream))) {
    g_queue_push_tail (&end->jobs, job);
    if (zrtp_job_get_kind (job) == ZRTP_JOB_STORAGE)
      g_queue_push_tail (&side->storage, job);
  }
  check_media (side, end);
}

void
world_drain (World * world)
{
  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world->n_streams; i++)
      drain_end (world, which, i);
  for (guint i = 0; i < world->n_streams; i++)
    check_sas (world, i);
}

static void
set_policy (World * world, guint which, guint8 wants)
{
  ZrtpPolicy *policy = &world->sides[which].policy;

  zrtp_policy_init (policy);
  zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT, "X255,E255,Mult,Prsh",
      &policy->algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL);
  policy->cacheless = !(wants & WANT_CACHE);
  policy->allow_clear = !!(wants & WANT_CLEAR);
  policy->require_encryption = !(wants & WANT_CLEAR);
  policy->check_signatures = !!(wants & WANT_SIGNATURES);
  policy->sign_sas = !!(wants & WANT_SIGNATURES);
  if (which == 0) {
    policy->auto_secure = !(wants & WANT_ASKING);
    policy->require_encryption |= !!(wants & WANT_ENCRYPTION);
  } else {
    policy->passive = !!(wants & WANT_PASSIVE);
    policy->mitm = policy->enroll = !!(wants & WANT_MITM);
  }
}

void
world_start (World * world, guint which, guint i)
{
  zrtp_stream_start (world->sides[which].ends[i].stream,
      0x1000 * (which + 1) + i, world->now);
}

void
world_init (World * world, const guint8 * data, gsize size)
{
  guint8 wants;

  memset (world, 0, sizeof *world);
  world->input.data = data;
  world->input.left = size;
  wants = fuzz_take (&world->input);
  world->state = 0x9e3779b97f4a7c15 ^ fuzz_take (&world->input);
  world->random.fill = fill_random;
  world->random.user_data = world;
  world->now = ZRTP_SEC;
  world->memory_sound = TRUE;
  world->n_streams = wants & WANT_STREAMS ? 2 : 1;
  world->history = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);
  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    set_policy (world, which, wants);
    side->keys = g_array_new (FALSE, FALSE, sizeof (Key));
    memset (side->zid, 'A' + which, sizeof side->zid);
    if (wants & WANT_CACHE)
      side->cache = known_empty_cache (which);
  }
  world->heap = fuzz_get_heap ();
  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    side->session = zrtp_session_new ();
    for (guint i = 0; i < world->n_streams; i++) {
      side->ends[i].stream = zrtp_stream_new (&side->policy, side->zid,
          &world->random);
      FUZZ_CHECK (zrtp_session_add (side->session, side->ends[i].stream));
    }
  }
}

static void
clear_end (Side * side, End * end)
{
  ZrtpJob *job;

  if (!end->stream)
    return;
  zrtp_session_remove (side->session, end->stream);
  zrtp_stream_free (end->stream);
  while ((job = g_queue_pop_head (&end->jobs)))
    zrtp_job_free (job);
  g_queue_clear_full (&end->waiting, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&end->last_sent, g_bytes_unref);
}

void
world_clear (World * world)
{
  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    for (guint i = 0; i < N_STREAMS; i++)
      clear_end (side, &side->ends[i]);
    zrtp_session_free (side->session);
    g_array_unref (side->keys);
    g_queue_clear (&side->storage);
    zrtp_peer_clear (&side->backup);
  }
  g_ptr_array_unref (world->history);
  FUZZ_CHECK (fuzz_get_heap () <= world->heap + MAX_HEAP_LEFT);
}

void
world_check_heap (World * world)
{
  FUZZ_CHECK (fuzz_get_heap () <= world->heap + MAX_HEAP);
}

/* -- Packets -- */

void
world_receive (World * world, End * to, const guint8 * data, gsize size)
{
  /* A copy that ends where the octets end. */
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  zrtp_stream_receive (to->stream, copy, size, world->now);
  g_free (copy);
}

void
world_receive_bytes (World * world, End * to, GBytes * packet)
{
  world_receive (world, to, g_bytes_get_data (packet, NULL),
      g_bytes_get_size (packet));
}

void
world_deliver (World * world, End * to)
{
  GBytes *packet = g_queue_pop_head (&to->waiting);

  if (packet) {
    world_receive_bytes (world, to, packet);
    g_bytes_unref (packet);
  }
}

/* -- Time and jobs -- */

/* Who waits for the disk too long goes on without, and so looks to the other like
 * an endpoint that never kept anything. */
static gboolean
is_disk_busy (const World * world)
{
  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world->n_streams; i++) {
      const GQueue *jobs = &world->sides[which].ends[i].jobs;

      for (const GList * l = jobs->head; l; l = l->next)
        if (zrtp_job_get_kind (l->data) == ZRTP_JOB_STORAGE)
          return TRUE;
    }
  return FALSE;
}

void
world_wait_until (World * world, gint64 then)
{
  if (then > world->now && is_disk_busy (world))
    world->memory_sound = FALSE;
  world->now = MAX (world->now, then);
  for (guint which = 0; which < 2; which++) {
    for (guint i = 0; i < world->n_streams; i++) {
      ZrtpStream *stream = world->sides[which].ends[i].stream;

      if (zrtp_stream_get_deadline (stream) > world->now)
        continue;
      zrtp_stream_timeout (stream, world->now);
      FUZZ_CHECK (zrtp_stream_get_deadline (stream) > world->now);
      world_drain (world);
    }
  }
}

static gint64
next_deadline (World * world)
{
  gint64 next = ZRTP_NEVER;

  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world->n_streams; i++)
      next = MIN (next,
          zrtp_stream_get_deadline (world->sides[which].ends[i].stream));
  return next;
}

void
world_wait_for_timer (World * world)
{
  const gint64 next = next_deadline (world);

  world_wait_until (world, next != ZRTP_NEVER ? next : world->now);
}

void
world_finish_job (World * world, Side * side, End * end)
{
  ZrtpJob *job = g_queue_pop_head (&end->jobs);

  if (!job)
    return;
  known_run_job (world, side, job);
  zrtp_stream_finish_job (end->stream, job, world->now);
}

/* The honest network: everything arrives at once, until nothing is left. */
void
world_let_flow (World * world, guint rounds)
{
  while (rounds-- > 0) {
    for (guint which = 0; which < 2; which++) {
      for (guint i = 0; i < world->n_streams; i++) {
        Side *side = &world->sides[which];
        End *end = &side->ends[i];

        for (guint n = g_queue_get_length (&end->jobs); n > 0; n--)
          world_finish_job (world, side, end);
        world_drain (world);
        for (guint n = g_queue_get_length (&end->waiting); n > 0; n--)
          world_deliver (world, end);
        world_drain (world);
      }
    }
  }
}
