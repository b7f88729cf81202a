/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint around the engine of ext/zrtp, without GStreamer: everything
 * happens on one thread, jobs are run on the spot.
 */
#include "loop.h"

#include "zrtp/zrtp.h"

typedef struct
{
  ZrtpSession *session;
  ZrtpCache *cache;
  GByteArray *aux_secret;
} EnginePeer;

typedef struct
{
  ZrtpStream *stream;
  ZrtpSrtp *send, *receive;
  gboolean media_seen;
  gboolean forked;              /* to be accepted at the next tick */
  guint8 fork[ZRTP_ZID_SIZE];   /* that one */
} EngineChannel;

static gint64
now_us (void)
{
  return g_get_monotonic_time ();
}

/* What the engine tells */

static void
replace_srtp (LoopChannel * channel, ZrtpSrtp ** srtp,
    ZrtpSrtpDirection direction, const ZrtpSrtpKeys * keys)
{
  ZrtpSrtpOptions options = {
    .window_size = 128,
    .srtcp_tag_size = keys->auth_tag->tag_size == 4
        ? channel->loop->options.srtcp_tag_size : 10
  };

  g_clear_pointer (srtp, zrtp_srtp_free);
  *srtp = zrtp_srtp_new (direction, keys, &options);
}

static void
tell_secure (LoopChannel * channel)
{
  EnginePeer *self = channel->loop->data;
  EngineChannel *own = channel->data;
  const ZrtpStreamInfo *info = zrtp_stream_get_info (own->stream);
  const ZrtpSessionInfo *session = zrtp_session_get_info (self->session);
  /* Without Conf2ACK a further channel can be the first that is secure. */
  char *sas = g_strdup (session->have_sas ? session->sas : "");
  char *sas_type = g_strdup (session->have_sas ?
      session->sas_type->base.name : "");
  PeerAgreement agreement = {
    .initiator = info->role == ZRTP_ROLE_INITIATOR,
    /* libbzrtp writes the two words of B256 with a colon between them. */
    .sas = g_strdelimit (sas, " ", ':'),
    .hash = info->hash->base.name,
    .cipher = info->cipher->base.name,
    .auth_tag = info->auth_tag->base.name,
    .key_agreement = info->key_agreement->base.name,
    .sas_type = g_strchomp (sas_type),  /* "B32 " */
    .cache_mismatch = session->cache_mismatch,
    .verified = session->verified && session->peer_verified,
    .aux = session->aux_mismatch ? "mismatch"
        : session->aux_matched ? "match" : "unset"
  };

  loop_secure (channel, &agreement);
  g_free (sas);
  g_free (sas_type);
}

static void
handle_state (LoopChannel * channel, const ZrtpEvent * event)
{
  if (event->state == ZRTP_STATE_SECURE)
    tell_secure (channel);
  else
    peer_note ("note channel=%u state=%s error=%#x", channel->index,
        zrtp_state_nick (event->state), event->error);
}

static void
handle_event (LoopChannel * channel, ZrtpEvent * event)
{
  EngineChannel *own = channel->data;

  switch (event->type) {
    case ZRTP_EVENT_STATE:
      handle_state (channel, event);
      break;
    case ZRTP_EVENT_SEND_KEYS:
      replace_srtp (channel, &own->send, ZRTP_SRTP_SEND, &event->keys);
      break;
    case ZRTP_EVENT_RECEIVE_KEYS:
      replace_srtp (channel, &own->receive, ZRTP_SRTP_RECEIVE, &event->keys);
      break;
    case ZRTP_EVENT_KEYS_GONE:
      g_clear_pointer (&own->send, zrtp_srtp_free);
      g_clear_pointer (&own->receive, zrtp_srtp_free);
      break;
    case ZRTP_EVENT_ERROR:
    case ZRTP_EVENT_SECURITY:
      peer_note ("note channel=%u event=%u error=%#x from-peer=%d text=%s",
          channel->index, event->type, event->error, event->from_peer,
          event->text ? event->text : zrtp_error_text (event->error));
      break;
    case ZRTP_EVENT_HELLO_HASH:
      peer_note ("note channel=%u hello-hash-status=%s", channel->index,
          zrtp_hello_hash_status_nick (zrtp_stream_get_info (own->stream)
              ->hello_hash_status));
      break;
    case ZRTP_EVENT_FORK:
      peer_note ("note channel=%u fork ssrc=%u", channel->index, event->ssrc);
      own->forked = channel->loop->options.accept_fork;
      memcpy (own->fork, event->zid, ZRTP_ZID_SIZE);
      break;
    case ZRTP_EVENT_CACHE_FAILED:
      peer_note ("note channel=%u cache-failed text=%s", channel->index,
          event->text);
      break;
    default:
      break;
  }
}

/* One stream's news; TRUE if a job was run, which may bring more. */
static gboolean
drain_channel (LoopChannel * channel)
{
  EnginePeer *self = channel->loop->data;
  EngineChannel *own = channel->data;
  gboolean ran = FALSE;
  ZrtpEvent event;
  ZrtpOutPacket *packet;
  ZrtpJob *job;

  while (zrtp_stream_pop_event (own->stream, &event)) {
    handle_event (channel, &event);
    zrtp_event_clear (&event);
  }
  while ((packet = zrtp_stream_pop_packet (own->stream)) != NULL) {
    loop_send (channel, packet->data, packet->size);
    g_free (packet);
  }
  while ((job = zrtp_stream_pop_job (own->stream)) != NULL) {
    zrtp_job_run (job, self->cache, g_get_real_time () / G_TIME_SPAN_SECOND);
    zrtp_stream_finish_job (own->stream, job, now_us ());
    ran = TRUE;
  }
  return ran;
}

static void
drain (Loop * loop)
{
  gboolean again;

  do {
    again = FALSE;
    for (guint i = 0; i < loop->n_channels; i++)
      again |= drain_channel (&loop->channel[i]);
  } while (again);
}

/* Set-up */

static void
collect_zid (const guint8 zid[ZRTP_ZID_SIZE], const ZrtpPeer * known,
    gpointer user_data)
{
  g_byte_array_append (user_data, zid, ZRTP_ZID_SIZE);
}

static gboolean
forget_secrets (ZrtpCache * cache, GError ** error)
{
  GByteArray *zids = g_byte_array_new ();
  const ZrtpPeerUpdate update = {.changes = ZRTP_PEER_FORGET };
  gboolean ok = zrtp_cache_foreach (cache, 0, collect_zid, zids, error);

  for (guint i = 0; ok && i < zids->len; i += ZRTP_ZID_SIZE)
    ok = zrtp_cache_update (cache, zids->data + i, 0, &update, error);
  g_byte_array_unref (zids);
  return ok;
}

static gboolean
open_cache (Loop * loop, EnginePeer * self)
{
  const char *path = loop->options.cache ? loop->options.cache : ":memory:";
  GError *error = NULL;

  self->cache = zrtp_cache_open (path, &zrtp_random_system, &error);
  if (self->cache != NULL && (!loop->options.forget_secrets
          || forget_secrets (self->cache, &error)))
    return TRUE;
  g_printerr ("%s\n", error->message);
  g_error_free (error);
  return FALSE;
}

static gboolean
set_up_policy (const PeerOptions * options, ZrtpPolicy * policy)
{
  const char *const texts[ZRTP_N_KINDS] = {
    [ZRTP_KIND_HASH] = options->hashes,
    [ZRTP_KIND_CIPHER] = options->ciphers,
    [ZRTP_KIND_AUTH_TAG] = options->auth_tags,
    [ZRTP_KIND_KEY_AGREEMENT] = options->key_agreements,
    [ZRTP_KIND_SAS] = options->sas_types
  };

  zrtp_policy_init (policy);
  policy->cacheless = options->cache == NULL;
  for (ZrtpKind kind = 0; kind < ZRTP_N_KINDS; kind++) {
    char *error = NULL;

    if (texts[kind] != NULL && !zrtp_algorithm_list_parse (kind, texts[kind],
            &policy->algorithms[kind], &error)) {
      g_printerr ("%s\n", error);
      g_free (error);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
set_up_aux (Loop * loop, EnginePeer * self)
{
  self->aux_secret = g_byte_array_new ();
  if (loop->options.aux_secret == NULL)
    return TRUE;
  if (!peer_parse_hex (loop->options.aux_secret, self->aux_secret))
    return FALSE;
  zrtp_session_set_aux_secret (self->session, self->aux_secret->data,
      self->aux_secret->len);
  return TRUE;
}

static gboolean
backend_open (Loop * loop)
{
  EnginePeer *self = g_new0 (EnginePeer, 1);
  guint8 zid[ZRTP_ZID_SIZE];
  ZrtpPolicy policy;
  char *error = NULL;

  loop->data = self;
  if (!zrtp_srtp_init (&error)) {
    g_printerr ("%s\n", error);
    g_free (error);
    return FALSE;
  }
  if (!open_cache (loop, self) || !set_up_policy (&loop->options, &policy))
    return FALSE;
  zrtp_cache_get_zid (self->cache, zid);
  self->session = zrtp_session_new ();
  for (guint i = 0; i < loop->n_channels; i++) {
    EngineChannel *own = g_new0 (EngineChannel, 1);

    own->stream = zrtp_stream_new (&policy, zid, &zrtp_random_system);
    loop->channel[i].data = own;
    if (!zrtp_session_add (self->session, own->stream))
      return FALSE;
  }
  return set_up_aux (loop, self);
}

static void
backend_close (Loop * loop)
{
  EnginePeer *self = loop->data;

  for (guint i = 0; i < loop->n_channels; i++) {
    EngineChannel *own = loop->channel[i].data;

    zrtp_session_remove (self->session, own->stream);
    zrtp_stream_free (own->stream);
    g_clear_pointer (&own->send, zrtp_srtp_free);
    g_clear_pointer (&own->receive, zrtp_srtp_free);
    g_free (own);
  }
  zrtp_session_free (self->session);
  zrtp_cache_unref (self->cache);
  g_byte_array_unref (self->aux_secret);
  g_free (self);
}

/* What the loop calls */

static char *
backend_get_hello_hash (LoopChannel * channel)
{
  EngineChannel *own = channel->data;

  return g_strdup (zrtp_stream_get_hello_hash (own->stream));
}

static gboolean
backend_set_peer_hash (LoopChannel * channel, const char *value)
{
  EngineChannel *own = channel->data;

  return zrtp_stream_set_peer_hello_hash (own->stream, value, now_us ());
}

static void
backend_start (Loop * loop)
{
  for (guint i = 0; i < loop->n_channels; i++) {
    EngineChannel *own = loop->channel[i].data;

    zrtp_stream_start (own->stream, loop->channel[i].ssrc, now_us ());
  }
  drain (loop);
}

static void
backend_receive (LoopChannel * channel, guint8 * data, gsize size)
{
  EngineChannel *own = channel->data;

  zrtp_stream_receive (own->stream, data, size, now_us ());
  drain (channel->loop);
}

static void
backend_tick (Loop * loop)
{
  EnginePeer *self = loop->data;
  gint64 now = now_us ();

  for (guint i = 0; i < loop->n_channels; i++) {
    EngineChannel *own = loop->channel[i].data;

    if (zrtp_stream_get_deadline (own->stream) <= now)
      zrtp_stream_timeout (own->stream, now);
    if (own->forked) {
      own->forked = FALSE;
      own->media_seen = FALSE;
      zrtp_stream_accept_fork (own->stream, own->fork, now);
    }
  }
  if (loop->options.verify && loop->channel[0].secure) {
    loop->options.verify = FALSE;
    zrtp_session_verify_sas (self->session, now);
  }
  drain (loop);
}

static gint64
backend_get_deadline (Loop * loop)
{
  gint64 deadline = ZRTP_NEVER;

  for (guint i = 0; i < loop->n_channels; i++) {
    EngineChannel *own = loop->channel[i].data;

    deadline = MIN (deadline, zrtp_stream_get_deadline (own->stream));
  }
  return deadline;
}

static LoopMediaResult
backend_protect (LoopChannel * channel, gboolean rtcp, guint8 * data,
    gsize * size)
{
  EngineChannel *own = channel->data;
  gsize capacity = *size + LOOP_TRAILER;
  ZrtpSrtpResult result;

  if (own->send == NULL)
    return LOOP_MEDIA_NO_KEYS;
  result = rtcp ? zrtp_srtp_protect_rtcp (own->send, data, size, capacity)
      : zrtp_srtp_protect (own->send, data, size, capacity);
  return result == ZRTP_SRTP_OK ? LOOP_MEDIA_OK : LOOP_MEDIA_BAD;
}

static LoopMediaResult
backend_unprotect (LoopChannel * channel, gboolean rtcp, guint8 * data,
    gsize * size)
{
  EngineChannel *own = channel->data;
  ZrtpSrtpResult result;

  if (own->receive == NULL)
    return LOOP_MEDIA_NO_KEYS;
  result = rtcp ? zrtp_srtp_unprotect_rtcp (own->receive, data, size)
      : zrtp_srtp_unprotect (own->receive, data, size);
  if (result != ZRTP_SRTP_OK)
    return LOOP_MEDIA_BAD;
  /* The first one that authenticates stands for Conf2ACK (4.6). */
  if (!own->media_seen && !rtcp) {
    own->media_seen = TRUE;
    zrtp_stream_media_received (own->stream, ZRTP_MEDIA_SECURE, now_us ());
    drain (channel->loop);
  }
  return LOOP_MEDIA_OK;
}

int
main (int argc, char **argv)
{
  static const LoopBackend backend = {
    .open = backend_open,
    .close = backend_close,
    .get_hello_hash = backend_get_hello_hash,
    .set_peer_hash = backend_set_peer_hash,
    .start = backend_start,
    .receive = backend_receive,
    .tick = backend_tick,
    .get_deadline = backend_get_deadline,
    .protect = backend_protect,
    .unprotect = backend_unprotect
  };

  return loop_main (argc, argv, &backend);
}
