/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/srtp/zrtpsrtp-sources.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"
#include "zrtp/srtp/zrtpsrtp.h"
#include "zrtp/srtp/zrtpsrtp-library.h"

/* Sources in a session: so few that the walk costs nothing, so many that the 2 kB
 * of a session's own don't count. */
#define SESSION_SIZE 16

#define MAX_KEY_SIZE (SRTP_AES_ICM_256_KEY_LEN_WSALT)

/* The master key stays for sessions to come, as long as the session keys do. Those
 * do not depend on the SSRC (RFC 3711 4.3.1, key derivation rate 0), so they alone
 * decrypt all that the master key does: without it a reader of this memory would
 * learn no less. */
struct _ZrtpSrtpSources
{
  srtp_policy_t policy;         /* its key is ... */
  guint8 key[MAX_KEY_SIZE];
  srtp_t open;                  /* takes new sources */
  guint n_open;                 /* ... and has so many */
  guint32 in_open[SESSION_SIZE];
  guint n_sources;              /* in all sessions */
  GPtrArray *full;              /* of srtp_t; NULL: none */
  GHashTable *by_ssrc;          /* to those in .full; NULL likewise */
  guint32 last_ssrc;            /* looked for last, and known ... */
  srtp_t last;                  /* ... in there; or NULL */
};

ZrtpSrtpSources *
zrtp_srtp_sources_new (const srtp_policy_t * policy, gsize key_size)
{
  ZrtpSrtpSources *sources = zrtp_secret_new0 (ZrtpSrtpSources);

  g_assert (key_size <= MAX_KEY_SIZE);
  sources->policy = *policy;
  memcpy (sources->key, policy->key, key_size);
  sources->policy.key = sources->key;
  if (zrtp_srtp_library_create (&sources->open, &sources->policy)
      != srtp_err_status_ok)
    sources->open = NULL;
  if (!sources->open)
    g_clear_pointer (&sources, zrtp_srtp_sources_free);
  return sources;
}

void
zrtp_srtp_sources_free (ZrtpSrtpSources * sources)
{
  if (sources->open)
    srtp_dealloc (sources->open);
  for (guint i = 0; sources->full && i < sources->full->len; i++)
    srtp_dealloc (g_ptr_array_index (sources->full, i));
  g_clear_pointer (&sources->full, g_ptr_array_unref);
  g_clear_pointer (&sources->by_ssrc, g_hash_table_unref);
  zrtp_secret_free (sources);
}

static srtp_t
look_up (const ZrtpSrtpSources * sources, guint32 ssrc)
{
  for (guint i = 0; i < sources->n_open; i++) {
    if (sources->in_open[i] == ssrc)
      return sources->open;
  }
  return sources->by_ssrc ?
      g_hash_table_lookup (sources->by_ssrc, GUINT_TO_POINTER (ssrc)) : NULL;
}

/* The open session is full. FALSE: the packet fails, as no source may move from
 * one session to another, where its rollover counter would start again. */
static gboolean
open_another (ZrtpSrtpSources * sources)
{
  srtp_t session;

  if (zrtp_srtp_library_create (&session, &sources->policy)
      != srtp_err_status_ok)
    return FALSE;
  if (!sources->full) {
    sources->full = g_ptr_array_new ();
    sources->by_ssrc = g_hash_table_new (NULL, NULL);
  }
  g_ptr_array_add (sources->full, sources->open);
  for (guint i = 0; i < sources->n_open; i++)
    g_hash_table_insert (sources->by_ssrc,
        GUINT_TO_POINTER (sources->in_open[i]), sources->open);
  sources->open = session;
  sources->n_open = 0;
  return TRUE;
}

srtp_t
zrtp_srtp_sources_find (ZrtpSrtpSources * sources, guint32 ssrc,
    gboolean * known)
{
  srtp_t session;

  *known = TRUE;
  if (sources->last && ssrc == sources->last_ssrc)
    return sources->last;
  session = look_up (sources, ssrc);
  if (session) {
    sources->last_ssrc = ssrc;
    sources->last = session;
    return session;
  }
  *known = FALSE;
  if (zrtp_srtp_sources_are_full (sources))
    return NULL;
  if (sources->n_open == SESSION_SIZE && !open_another (sources))
    return NULL;
  return sources->open;
}

void
zrtp_srtp_sources_add (ZrtpSrtpSources * sources, guint32 ssrc)
{
  sources->in_open[sources->n_open++] = ssrc;
  sources->n_sources++;
}

gboolean
zrtp_srtp_sources_are_full (const ZrtpSrtpSources * sources)
{
  return sources->n_sources >= ZRTP_SRTP_MAX_SOURCES;
}

gboolean
zrtp_srtp_sources_make_stream (ZrtpSrtpSources * sources, srtp_t session,
    guint32 ssrc)
{
  srtp_policy_t policy = sources->policy;

  policy.ssrc.type = ssrc_specific;
  policy.ssrc.value = ssrc;
  return zrtp_srtp_library_add_stream (session, &policy) == srtp_err_status_ok;
}

void
zrtp_srtp_sources_remove_stream (srtp_t session, guint32 ssrc)
{
  srtp_remove_stream (session, g_htonl (ssrc));
}
