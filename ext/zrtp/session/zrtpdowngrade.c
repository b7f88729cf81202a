/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call that is weaker than earlier ones with the same peer. An attacker that
 * can break the weakest algorithm that both sides know strips the others from
 * their Hellos (Bhargavan et al., IEEE S&P 2016), and RFC 6189 leaves that to
 * the SAS; but a peer that used better ones before is not likely to have lost
 * them.
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

/* The kinds that have a strength come first. */
#define N_KINDS ZRTP_KIND_SAS

G_STATIC_ASSERT (ZRTP_CACHE_ALGORITHMS_SIZE == 4 * N_KINDS + 1);

static void
get_rows (const ZrtpSuite * suite, const ZrtpAlgorithm * rows[N_KINDS])
{
  rows[ZRTP_KIND_HASH] = &suite->hash->base;
  rows[ZRTP_KIND_CIPHER] = &suite->cipher->base;
  rows[ZRTP_KIND_AUTH_TAG] = &suite->auth_tag->base;
  rows[ZRTP_KIND_KEY_AGREEMENT] = &suite->key_agreement->base;
}

static void
write_rows (const ZrtpAlgorithm * const rows[N_KINDS], char *out)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    memcpy (out + 4 * kind, rows[kind]->name, 4);
  out[4 * N_KINDS] = '\0';
}

/* What the whole lists of both sides lead to, and the stronger algorithm is in
 * both: the preference may depend on the caller. */
static gboolean
is_own_choice (const ZrtpStream * stream, ZrtpKind kind,
    const ZrtpAlgorithm * before, const ZrtpAlgorithm * now)
{
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  const ZrtpAlgorithm *rows[N_KINDS];
  ZrtpAlgorithmList peer[ZRTP_N_KINDS];
  ZrtpSuite usual;

  zrtp_remote_read_lists (&stream->exchange->peer, peer);
  if (!zrtp_algorithm_list_has (&peer[kind], before)
      || zrtp_negotiate_choose (initiator ? stream->own.offer : peer,
          initiator ? peer : stream->own.offer, &usual) != ZRTP_ERROR_NONE)
    return FALSE;
  get_rows (&usual, rows);
  return rows[kind] == now;
}

static void
append_name (char **list, const char *name)
{
  char *all = *list ? g_strconcat (*list, ",", name, NULL) : g_strdup (name);

  g_free (*list);
  *list = all;
}

void
zrtp_downgrade_forget (ZrtpSession * session)
{
  ZrtpSessionInfo *info = &session->info;

  g_clear_pointer (&info->stronger_before, g_free);
  g_clear_pointer (&info->weaker_now, g_free);
  memset (session->strongest, 0, sizeof session->strongest);
}

void
zrtp_downgrade_derived (ZrtpSession * session, const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;
  const char *kept = x->secrets.peer.algorithms;
  const ZrtpAlgorithm *rows[N_KINDS];

  zrtp_downgrade_forget (session);
  /* 4.4.2, 4.4.3: without DH it says nothing about what the peer can do. */
  if (x->mode != ZRTP_COMMIT_DH)
    return;
  get_rows (&x->suite, rows);
  write_rows (rows, session->strongest);
  for (guint kind = 0; *kept && kind < N_KINDS; kind++) {
    const char *name = kept + 4 * kind;
    const ZrtpAlgorithm *before = zrtp_algorithm_find (kind, name);

    if (before && before->strength <= rows[kind]->strength)
      continue;
    /* Stronger, or one that only a later version of this library knows. */
    memcpy (session->strongest + 4 * kind, name, 4);
    if (!before || !zrtp_algorithm_list_has (&stream->own.offer[kind], before)
        || is_own_choice (stream, kind, before, rows[kind]))
      continue;
    append_name (&session->info.stronger_before, before->name);
    append_name (&session->info.weaker_now, rows[kind]->name);
  }
}

void
zrtp_downgrade_fill (const ZrtpSession * session, gboolean verified,
    ZrtpPeerUpdate * update)
{
  const ZrtpAlgorithm *rows[N_KINDS];

  if (!*session->strongest)
    return;
  update->changes |= ZRTP_PEER_SET_ALGORITHMS;
  memcpy (update->algorithms, session->strongest, sizeof update->algorithms);
  if (verified) {
    get_rows (&session->sess_suite, rows);
    write_rows (rows, update->algorithms);
  }
}

void
zrtp_downgrade_announce (ZrtpSession * session, ZrtpStream * stream)
{
  if (session->info.stronger_before)
    zrtp_stream_event (stream, ZRTP_EVENT_DOWNGRADE);
}
