/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "golden.h"
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/state/zrtpstate.h"

typedef enum
{
  DATAGRAM,
  JOB
} ItemType;

typedef struct
{
  ItemType type;
  gint64 due;
  guint64 serial;               /* keeps the order of what is due at once */
  SimStream *to;
  gsize size;
  guint8 *data;
  ZrtpJob *job;
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  if (item->job)
    zrtp_job_free (item->job);
  g_free (item->data);
  g_free (item);
}

static gint
item_compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Item *x = a, *y = b;

  if (x->due != y->due)
    return x->due < y->due ? -1 : 1;
  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

/* splitmix64 */
static guint64
next (Sim * sim)
{
  guint64 z = sim->state += 0x9e3779b97f4a7c15u;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void
fill (gpointer user_data, guint8 * out, gsize size)
{
  for (gsize i = 0; i < size; i++)
    out[i] = next (user_data) >> 56;
}

guint32
sim_random (Sim * sim, guint32 below)
{
  return below ? (next (sim) >> 32) % below : 0;
}

Sim *
sim_new (guint64 seed)
{
  Sim *sim = g_new0 (Sim, 1);

  sim->state = seed * 0x2545f4914f6cdd1du + 1;
  sim->random = (ZrtpRandom) {
  fill, sim};
  sim->wall = 1800000000;
  sim->delay = 10 * SIM_MSEC;
  sim->queue = g_sequence_new (item_free);
  for (guint i = 0; i < 2; i++) {
    SimEndpoint *end = &sim->ends[i];

    end->sim = sim;
    end->id = i;
    zrtp_policy_init (&end->policy);
    end->policy.cacheless = TRUE;
    fill (sim, end->zid, ZRTP_ZID_SIZE);
  }
  return sim;
}

static void
end_clear (SimEndpoint * end)
{
  for (guint i = 0; i < end->n_streams; i++) {
    SimStream *s = &end->streams[i];

    zrtp_stream_free (s->stream);
    g_free (s->last_text);
    g_string_free (s->trace, TRUE);
  }
  if (end->session)
    zrtp_session_free (end->session);
}

void
sim_free (Sim * sim)
{
  g_sequence_free (sim->queue);
  end_clear (&sim->ends[0]);
  end_clear (&sim->ends[1]);
  zrtp_wipe (sim, sizeof *sim); /* keys of both ends */
  g_free (sim);
}

void
sim_make (Sim * sim, guint which, guint n_streams)
{
  SimEndpoint *end = &sim->ends[which];

  if (end->cache)
    zrtp_cache_get_zid (end->cache, end->zid);
  end->session = zrtp_session_new ();
  if (end->pairs)
    zrtp_session_share (end->session, end->pairs);
  end->n_streams = n_streams;
  for (guint i = 0; i < n_streams; i++) {
    SimStream *s = &end->streams[i];

    memset (s, 0, sizeof *s);
    s->endpoint = end;
    s->index = i;
    s->trace = g_string_new (NULL);
    s->stream = zrtp_stream_new (&end->policy, end->zid, &sim->random);
    s->send = zrtp_stream_get_info (s->stream)->send;
    s->receive = zrtp_stream_get_info (s->stream)->receive;
    ck_assert (zrtp_session_add (end->session, s->stream));
  }
}

Sim *
sim_new_pair (guint64 seed)
{
  Sim *sim = sim_new (seed);

  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  return sim;
}

static void
enqueue (Sim * sim, Item * item, gint64 due)
{
  item->due = due;
  item->serial = sim->serial++;
  g_sequence_insert_sorted (sim->queue, item, item_compare, NULL);
}

void
sim_inject_later (SimStream * to, const guint8 * data, gsize size, gint64 delay)
{
  Sim *sim = to->endpoint->sim;
  Item *item = g_new0 (Item, 1);

  item->type = DATAGRAM;
  item->to = to;
  item->data = g_memdup2 (data, size);
  item->size = size;
  enqueue (sim, item, sim->now + delay);
}

void
sim_inject (SimStream * to, const guint8 * data, gsize size)
{
  sim_inject_later (to, data, size, 0);
}

void
sim_deliver (SimStream * to, const guint8 * data, gsize size)
{
  /* Exactly as large as it says, so that a sanitizer sees a step beyond. */
  guint8 *copy = g_memdup2 (data, size);

  zrtp_stream_receive (to->stream, copy, size, to->endpoint->sim->now);
  g_free (copy);
  sim_drain (to->endpoint->sim, to->endpoint->id);
}

static void
transmit (SimStream * from, const ZrtpOutPacket * packet)
{
  Sim *sim = from->endpoint->sim;
  SimEndpoint *peer = &sim->ends[1 - from->endpoint->id];
  guint8 data[ZRTP_MAX_PACKET_SIZE];
  gsize size = packet->size;
  guint copies = 1;
  ZrtpMessage message;
  gint type;

  memcpy (data, packet->data, size);
  type = sim_packet_type (data, size, &message);
  ck_assert_int_ge (type, 0);
  g_string_append_printf (from->trace, "%s%s", from->trace->len ? " " : "",
      zrtp_message_type_name (type));
  sim->packets++;
  if (g_getenv ("SIM_TRACE"))
    g_print ("%8.3f %u.%u %s\n", sim->now / 1e3, from->endpoint->id,
        from->index, zrtp_message_type_name (type));
  if (sim->filter && !sim->filter (sim, from, data, &size, sim->filter_data))
    return;
  if (from->index >= peer->n_streams)
    return;
  if (sim_random (sim, 100) < sim->loss)
    return;
  if (sim_random (sim, 100) < sim->duplication)
    copies = 2;
  while (copies--) {
    Item *item = g_new0 (Item, 1);

    item->type = DATAGRAM;
    item->to = &peer->streams[from->index];
    item->data = g_memdup2 (data, size);
    item->size = size;
    enqueue (sim, item, sim->now + sim->delay + sim_random (sim,
            sim->jitter + 1));
  }
}

static void
note_event (SimStream * s, const ZrtpEvent * event)
{
  s->n_events[event->type]++;
  if (g_getenv ("SIM_TRACE") && event->type == ZRTP_EVENT_STATE)
    g_print ("%8.3f %u.%u state %s error %x\n", s->endpoint->sim->now / 1e3,
        s->endpoint->id, s->index, zrtp_state_nick (event->state),
        event->error);
  switch (event->type) {
    case ZRTP_EVENT_SEND_KEYS:
      s->send_keys = event->keys;
      s->have_send = TRUE;
      break;
    case ZRTP_EVENT_RECEIVE_KEYS:
      s->receive_keys = event->keys;
      s->have_receive = TRUE;
      break;
    case ZRTP_EVENT_KEYS_GONE:
      s->have_send = s->have_receive = FALSE;
      break;
    case ZRTP_EVENT_MEDIA:
      /* Keys come before what uses them. */
      ck_assert (event->send != ZRTP_MEDIA_SECURE || s->have_send);
      ck_assert (event->receive != ZRTP_MEDIA_SECURE || s->have_receive);
      /* Never from secure back to clear, but by an agreed GoClear. */
      if (zrtp_stream_get_info (s->stream)->state != ZRTP_STATE_CLEAR) {
        ck_assert (s->send != ZRTP_MEDIA_SECURE
            || event->send != ZRTP_MEDIA_CLEAR);
        ck_assert (s->receive != ZRTP_MEDIA_SECURE
            || event->receive != ZRTP_MEDIA_CLEAR);
      }
      s->send = event->send;
      s->receive = event->receive;
      break;
    case ZRTP_EVENT_ERROR:
    case ZRTP_EVENT_SECURITY:
    case ZRTP_EVENT_RELAY_ACK:
      s->last_error = event->error;
      s->error_from_peer = event->from_peer;
      break;
    default:
      break;
  }
  if (event->text) {
    g_free (s->last_text);
    s->last_text = g_strdup (event->text);
  }
}

static void
drain_stream (SimStream * s)
{
  Sim *sim = s->endpoint->sim;
  ZrtpOutPacket *packet;
  ZrtpEvent event;
  ZrtpJob *job;

  while (zrtp_stream_pop_event (s->stream, &event)) {
    golden_event (s->stream, &event);
    note_event (s, &event);
    if (sim->listener)
      sim->listener (s, &event);
    zrtp_event_clear (&event);
  }
  while ((packet = zrtp_stream_pop_packet (s->stream))) {
    golden_packet (s->stream, packet);
    if (!s->endpoint->dead) {
      transmit (s, packet);
      s->endpoint->packets++;
      s->endpoint->dead = s->endpoint->packets == s->endpoint->last_packet;
    }
    g_free (packet);
  }
  while ((job = zrtp_stream_pop_job (s->stream))) {
    Item *item = g_new0 (Item, 1);
    gint64 time = s->endpoint->job_time + sim_random (sim, sim->job_delay + 1);

    golden_job (s->stream, job);
    if (zrtp_job_get_kind (job) == ZRTP_JOB_STORAGE)
      time += s->endpoint->disk_time;
    item->type = JOB;
    item->to = s;
    item->job = job;
    enqueue (sim, item, sim->now + time);
  }
}

void
sim_drain (Sim * sim, guint which)
{
  SimEndpoint *end = &sim->ends[which];

  for (guint i = 0; i < end->n_streams; i++) {
    const ZrtpSession *session =
        zrtp_stream_get_session (end->streams[i].stream);

    /* A public call leaves no work behind. */
    fail_unless (!session || session->todo.length == 0);
    drain_stream (&end->streams[i]);
  }
}

void
sim_talk (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < sim->ends[e].n_streams; i++)
      zrtp_stream_media_received (sim->ends[e].streams[i].stream,
          ZRTP_MEDIA_SECURE, sim->now);
    sim_drain (sim, e);
  }
}

void
sim_start (Sim * sim, guint which)
{
  SimEndpoint *end = &sim->ends[which];

  for (guint i = 0; i < end->n_streams; i++)
    zrtp_stream_start (end->streams[i].stream, 0x1000 * (which + 1) + i,
        sim->now);
  sim_drain (sim, which);
}

static void
work_off (Sim * sim, Item * item)
{
  SimEndpoint *end = item->to->endpoint;

  if (end->dead) {
    /* A process that died writes nothing any more. */
  } else if (item->type == DATAGRAM) {
    sim_deliver (item->to, item->data, item->size);
  } else {
    ZrtpJob *job = g_steal_pointer (&item->job);

    zrtp_job_run (job, end->cache, sim->wall + sim->now / SIM_SEC);
    end->jobs++;
    end->computations += zrtp_job_get_kind (job) == ZRTP_JOB_COMPUTE;
    end->dead = end->jobs == end->last_job;
    if (sim->job_listener)
      sim->job_listener (item->to, job);
    zrtp_stream_finish_job (item->to->stream, job, sim->now);
    sim_drain (sim, end->id);
  }
  item_free (item);
}

/* The stream whose deadline is next, if any. */
static SimStream *
next_timer (Sim * sim, gint64 * due)
{
  SimStream *found = NULL;

  *due = ZRTP_NEVER;
  for (guint e = 0; e < 2; e++) {
    SimEndpoint *end = &sim->ends[e];

    for (guint i = 0; i < end->n_streams && !end->dead; i++) {
      gint64 deadline = zrtp_stream_get_deadline (end->streams[i].stream);

      if (deadline < *due) {
        *due = deadline;
        found = &end->streams[i];
      }
    }
  }
  return found;
}

/* One step. FALSE if nothing is due by @until. */
static gboolean
step (Sim * sim, gint64 until)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (sim->queue);
  Item *item = g_sequence_iter_is_end (begin) ? NULL : g_sequence_get (begin);
  gint64 due;
  SimStream *s = next_timer (sim, &due);

  if (item && item->due <= due) {
    if (item->due > until)
      return FALSE;
    sim->now = MAX (sim->now, item->due);
    /* Taken out, not freed. */
    {
      Item *copy = g_memdup2 (item, sizeof *item);

      item->data = NULL;
      item->job = NULL;
      g_sequence_remove (begin);
      work_off (sim, copy);
    }
    return TRUE;
  }
  if (!s || due > until)
    return FALSE;
  sim->now = MAX (sim->now, due);
  zrtp_stream_timeout (s->stream, sim->now);
  ck_assert_int_gt (zrtp_stream_get_deadline (s->stream), sim->now);
  sim_drain (sim, s->endpoint->id);
  return TRUE;
}

void
sim_run (Sim * sim, gint64 until)
{
  while (step (sim, until));
  sim->now = MAX (sim->now, until);
}

static gboolean
all_secure (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < sim->ends[e].n_streams; i++) {
      if (zrtp_stream_get_info (sim->ends[e].streams[i].stream)->state
          != ZRTP_STATE_SECURE)
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
sim_run_until_secure (Sim * sim, gint64 until)
{
  while (!all_secure (sim)) {
    if (!step (sim, until))
      return FALSE;
  }
  return TRUE;
}

ZrtpState
sim_state (Sim * sim, guint which)
{
  return zrtp_stream_get_info (sim->ends[which].streams[0].stream)->state;
}

static void
assert_same_keys (const ZrtpSrtpKeys * a, const ZrtpSrtpKeys * b)
{
  static const guint8 zero[ZRTP_SALT_SIZE];

  ck_assert_ptr_eq (a->cipher, b->cipher);
  ck_assert_ptr_eq (a->auth_tag, b->auth_tag);
  ck_assert (memcmp (a->key, b->key, a->cipher->key_size) == 0);
  ck_assert (memcmp (a->salt, b->salt, ZRTP_SALT_SIZE) == 0);
  ck_assert (memcmp (a->salt, zero, ZRTP_SALT_SIZE) != 0);
}

void
sim_assert_agreed (Sim * sim)
{
  const ZrtpSessionInfo *a = zrtp_session_get_info (sim->ends[0].session);
  const ZrtpSessionInfo *b = zrtp_session_get_info (sim->ends[1].session);

  ck_assert (a->have_sas && b->have_sas);
  ck_assert_uint_eq (a->sasvalue, b->sasvalue);
  ck_assert_str_eq (a->sas, b->sas);
  for (guint i = 0; i < sim->ends[0].n_streams; i++) {
    SimStream *x = &sim->ends[0].streams[i], *y = &sim->ends[1].streams[i];
    const ZrtpStreamInfo *p = zrtp_stream_get_info (x->stream);
    const ZrtpStreamInfo *q = zrtp_stream_get_info (y->stream);

    ck_assert_int_eq (p->state, ZRTP_STATE_SECURE);
    ck_assert_int_eq (q->state, ZRTP_STATE_SECURE);
    ck_assert_int_eq (p->send, ZRTP_MEDIA_SECURE);
    ck_assert_int_eq (p->receive, ZRTP_MEDIA_SECURE);
    ck_assert_int_eq (q->send, ZRTP_MEDIA_SECURE);
    ck_assert_int_eq (q->receive, ZRTP_MEDIA_SECURE);
    ck_assert_int_ne (p->role, q->role);
    ck_assert_int_ne (p->role, ZRTP_ROLE_NONE);
    ck_assert_int_ne (q->role, ZRTP_ROLE_NONE);
    assert_same_keys (&x->send_keys, &y->receive_keys);
    assert_same_keys (&y->send_keys, &x->receive_keys);
    ck_assert (memcmp (x->send_keys.key, y->send_keys.key, 16) != 0);
  }
}

gsize
sim_packet (guint8 * out, guint32 ssrc, const ZrtpMessage * message,
    const guint8 * seal)
{
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  gsize size = zrtp_message_write (message, buffer, sizeof buffer);

  ck_assert_uint_gt (size, 0);
  if (seal)
    zrtp_message_sign (buffer, size, seal);
  return zrtp_packet_write (out, ZRTP_MAX_PACKET_SIZE, 1, ssrc, buffer, size);
}

gint
sim_packet_type (const guint8 * data, gsize size, ZrtpMessage * message)
{
  ZrtpPacket packet;

  if (zrtp_packet_parse (data, size, &packet) != ZRTP_DROP_NONE
      || zrtp_message_parse (packet.message, packet.message_size, message)
      != ZRTP_DROP_NONE)
    return -1;
  return message->type;
}

void
sim_start_stream (Sim * sim, guint which, guint index)
{
  zrtp_stream_start (sim->ends[which].streams[index].stream,
      0x1000 * (which + 1) + index, sim->now);
  sim_drain (sim, which);
  sim_run (sim, sim->now);
}

Sim *
sim_new_second_stream (guint64 seed)
{
  Sim *sim = sim_new (seed);

  sim->ends[1].policy.passive = TRUE;
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 2);
  sim_start_stream (sim, 0, 0);
  sim_start_stream (sim, 1, 0);
  sim_run (sim, SIM_SEC);
  ck_assert_int_eq (sim_state (sim, 0), ZRTP_STATE_SECURE);
  ck_assert_int_eq (sim_state (sim, 1), ZRTP_STATE_SECURE);
  return sim;
}
