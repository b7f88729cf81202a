/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Streams join and leave a session (RFC 6189 4.4.3, 4.7.1).
 */
#include "zrtp/session/zrtpsession-private.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

gboolean
zrtp_session_add (ZrtpSession * session, ZrtpStream * stream)
{
  g_return_val_if_fail (stream->session == NULL, FALSE);

  if (session->streams->len > 0) {
    const ZrtpStream *first = g_ptr_array_index (session->streams, 0);

    if (memcmp (first->zid, stream->zid, ZRTP_ZID_SIZE) != 0)
      return FALSE;
  }
  g_ptr_array_add (session->streams, stream);
  stream->session = session;
  memset (&stream->info.counters, 0, sizeof stream->info.counters);
  return TRUE;
}

/* Does @stream need ZRTPSess, or will it? Keys, or an exchange that makes them of
 * it, do. So does a stream that looks for the peer of a call that goes on: the
 * peer has ZRTPSess as well. */
static gboolean
carries_session (const ZrtpSession * session, const ZrtpStream * stream,
    gboolean call_goes_on)
{
  switch (stream->step) {
    case ZRTP_STEP_SECURE:
    case ZRTP_STEP_CLEARING:
    case ZRTP_STEP_CLEAR:
      return TRUE;
    case ZRTP_STEP_DISCOVERY:
    case ZRTP_STEP_NO_PEER:
    case ZRTP_STEP_RETRYING:
    case ZRTP_STEP_RESUMING:
      return call_goes_on && session->info.have_sas;
    default:
      return stream->exchange
          && stream->exchange->mode == ZRTP_COMMIT_MULTISTREAM;
  }
}

void
zrtp_session_stream_left (ZrtpSession * session, ZrtpStream * stream,
    gboolean call_goes_on)
{
  ZrtpStream *new_master = NULL;

  zrtp_contention_stopped (session, stream, FALSE);
  for (guint i = 0; i < session->streams->len && !new_master; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other != stream && !other->outer
        && carries_session (session, other, call_goes_on))
      new_master = other;
  }
  /* What an exchange on another stream has derived so far is not ours. */
  if (session->exchanging)
    return;
  /* 4.4.3: the first exchange has to be complete. Until then the application
   * was not told its SAS, or what speaks against it. */
  if (!session->info.have_sas)
    new_master = NULL;
  if (!new_master && (session->master == stream || !session->master))
    zrtp_session_forget (session);
  else if (session->master == stream)
    session->master = new_master;
}

ZrtpSession *
zrtp_session_get_successor (ZrtpSession * session)
{
  if (!session->successor) {
    ZrtpSession *next = zrtp_session_new ();

    if (session->lease)
      next->lease = zrtp_exchange_lease_new_beside (session->lease);
    zrtp_session_set_aux_secret (next, session->aux, session->aux_size);
    zrtp_session_set_sdes_key (next, session->sdes_key, session->sdes_key_size);
    next->info.peer_name = g_strdup (session->info.peer_name);
    session->successor = next;
  }
  return session->successor;
}

void
zrtp_session_drop_unused_successor (ZrtpSession * session)
{
  if (session->successor && session->successor->streams->len == 0)
    g_clear_pointer (&session->successor, zrtp_session_free);
}

/* Multistream mode needs the ZRTPSess of the call, the other modes a session that
 * has none yet. */
void
zrtp_session_move_trial (ZrtpStream * stream, ZrtpSession * to)
{
  ZrtpStream *trial = stream->trial;
  ZrtpSession *from = trial->session;

  zrtp_contention_stopped (from, trial, FALSE);
  g_ptr_array_remove_fast (from->streams, trial);
  trial->session = to;
  g_ptr_array_add (to->streams, trial);
  zrtp_session_drop_unused_successor (stream->session);
}
