/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/srtp/zrtpsrtp.h"

#include <srtp2/crypto_types.h>
#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/srtp/zrtpsrtcptag.h"
#include "zrtp/srtp/zrtpsrtp-roc.h"
#include "zrtp/srtp/zrtpsrtp-sources.h"

#define RTP_VERSION 2
#define RTP_HEADER_SIZE 12
#define RTCP_HEADER_SIZE 8
#define SRTCP_INDEX_SIZE 4
#define MIN_WINDOW 64           /* RFC 3711 3.3.2 */
#define MAX_WINDOW 32767        /* half the sequence numbers */
#define HMAC_KEY_SIZE 20        /* RFC 3711 5.2, for either tag */

struct _ZrtpSrtp
{
  ZrtpSrtpSources *sources;
  ZrtpSrtpDirection direction;
  gsize rtp_trailer;            /* octets of the tag */
  gsize rtcp_trailer;           /* of index and tag */
  ZrtpRocSearch *roc_search;    /* receive */
  ZrtpSrtcpTag *tag;            /* receive, if tags may be short, or NULL */
  gboolean may_shorten;         /* send */
  gboolean is_short;            /* receive: one came; send: they leave so */
};

static void
fill_policy (srtp_crypto_policy_t * policy, const ZrtpCipher * cipher,
    gsize tag_size)
{
  switch (cipher->key_size) {
    case SRTP_AES_128_KEY_LEN:
      policy->cipher_type = SRTP_AES_ICM_128;
      break;
    case SRTP_AES_192_KEY_LEN:
      policy->cipher_type = SRTP_AES_ICM_192;
      break;
    default:
      policy->cipher_type = SRTP_AES_ICM_256;
      break;
  }
  policy->cipher_key_len = cipher->key_size + ZRTP_SALT_SIZE;
  policy->auth_type = SRTP_HMAC_SHA1;
  policy->auth_key_len = HMAC_KEY_SIZE;
  policy->auth_tag_len = tag_size;
  policy->sec_serv = sec_serv_conf_and_auth;
}

/* libsrtp2 would take a window of 0 for a default and any length of a tag. */
static gboolean
are_sound (const ZrtpSrtpOptions * options)
{
  return options->window_size >= MIN_WINDOW
      && options->window_size <= MAX_WINDOW
      && (options->srtcp_tag_size == ZRTP_SRTCP_LONG_TAG
      || (options->srtcp_tag_size == ZRTP_SRTCP_SHORT_TAG
          && !options->either_srtcp_tag));
}

ZrtpSrtp *
zrtp_srtp_new (ZrtpSrtpDirection direction, const ZrtpSrtpKeys * keys,
    const ZrtpSrtpOptions * options)
{
  guint8 key[ZRTP_MAX_CIPHER_KEY_SIZE + ZRTP_SALT_SIZE];
  srtp_policy_t policy = { 0 };
  ZrtpSrtpSources *sources;
  ZrtpSrtp *srtp;

  if (!are_sound (options) || !zrtp_srtp_supports (keys->cipher))
    return NULL;

  /* No MKI and a key derivation rate of 0 are libsrtp2's defaults
   * (RFC 6189 4.5.3). */
  fill_policy (&policy.rtp, keys->cipher, keys->auth_tag->tag_size);
  fill_policy (&policy.rtcp, keys->cipher, options->srtcp_tag_size);
  policy.ssrc.type = direction == ZRTP_SRTP_SEND
      ? ssrc_any_outbound : ssrc_any_inbound;
  policy.window_size = options->window_size;
  policy.allow_repeat_tx = options->allow_repeat_tx ? 1 : 0;
  memcpy (key, keys->key, keys->cipher->key_size);
  memcpy (key + keys->cipher->key_size, keys->salt, ZRTP_SALT_SIZE);
  policy.key = key;

  sources = zrtp_srtp_sources_new (&policy,
      keys->cipher->key_size + ZRTP_SALT_SIZE);
  zrtp_wipe (key, sizeof (key));
  if (!sources)
    return NULL;

  srtp = g_new0 (ZrtpSrtp, 1);
  srtp->sources = sources;
  srtp->direction = direction;
  srtp->rtp_trailer = keys->auth_tag->tag_size;
  srtp->rtcp_trailer = SRTCP_INDEX_SIZE + options->srtcp_tag_size;
  srtp->may_shorten = options->either_srtcp_tag;
  if (direction == ZRTP_SRTP_RECEIVE)
    srtp->roc_search = zrtp_roc_search_new (keys);
  if (options->either_srtcp_tag && direction == ZRTP_SRTP_RECEIVE)
    srtp->tag = zrtp_srtcp_tag_new (keys);
  return srtp;
}

void
zrtp_srtp_free (ZrtpSrtp * srtp)
{
  if (!srtp)
    return;
  zrtp_srtp_sources_free (srtp->sources);
  zrtp_roc_search_free (srtp->roc_search);
  zrtp_srtcp_tag_free (srtp->tag);
  g_free (srtp);
}

static ZrtpSrtpResult
result_of (srtp_err_status_t status)
{
  switch (status) {
    case srtp_err_status_ok:
      return ZRTP_SRTP_OK;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      return ZRTP_SRTP_REPLAY;
    case srtp_err_status_auth_fail:
    case srtp_err_status_cant_check:
      /* The latter: SRTCP without the E bit, which our peer never sends. */
      return ZRTP_SRTP_BAD_AUTH;
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
      return ZRTP_SRTP_MALFORMED;
    case srtp_err_status_key_expired:
      return ZRTP_SRTP_EXPIRED;
    default:
      return ZRTP_SRTP_FAILED;
  }
}

/* Octets of the RTP header with CSRCs and extension (RFC 3550 5.1), which stay
 * in clear; 0 if @packet is no RTP. */
static gsize
rtp_header_size (const guint8 * packet, gsize size)
{
  gsize header;

  if (size < RTP_HEADER_SIZE || packet[0] >> 6 != RTP_VERSION)
    return 0;
  header = RTP_HEADER_SIZE + 4 * (packet[0] & 0x0f);
  if (packet[0] & 0x10) {
    if (size < header + 4)
      return 0;
    header += 4 + 4 * (packet[header + 2] << 8 | packet[header + 3]);
  }
  return header <= size ? header : 0;
}

/* Whether @packet is RTP with @trailer octets behind its header and a payload
 * that the counter mode can take (2^16 blocks, RFC 3711 4.1.1). */
static gboolean
is_rtp (const guint8 * packet, gsize size, gsize trailer)
{
  gsize header = rtp_header_size (packet, size);

  return header > 0 && size - header >= trailer
      && size - header - trailer <= ZRTP_SRTP_MAX_PAYLOAD;
}

static gboolean
is_rtcp (const guint8 * packet, gsize size, gsize trailer)
{
  return size >= RTCP_HEADER_SIZE + trailer
      && size - RTCP_HEADER_SIZE - trailer <= ZRTP_SRTP_MAX_PAYLOAD
      && packet[0] >> 6 == RTP_VERSION;
}

static guint32
read_ssrc (const guint8 * octets)
{
  guint32 ssrc;

  memcpy (&ssrc, octets, sizeof ssrc);
  return GUINT32_FROM_BE (ssrc);
}

typedef srtp_err_status_t (*Transform) (srtp_t session, void *packet,
    int *length);

static ZrtpSrtpResult
transform (ZrtpSrtp * srtp, Transform function, guint32 ssrc, guint8 * packet,
    gsize * size)
{
  gboolean known;
  srtp_t session = zrtp_srtp_sources_find (srtp->sources, ssrc, &known);
  int length = *size;
  srtp_err_status_t status;

  if (G_UNLIKELY (!session))
    return zrtp_srtp_sources_are_full (srtp->sources)
        ? ZRTP_SRTP_TOO_MANY_SOURCES : ZRTP_SRTP_FAILED;
  status = function (session, packet, &length);
  if (status == srtp_err_status_ok) {
    *size = length;
    if (!known)
      zrtp_srtp_sources_add (srtp->sources, ssrc);
  }
  return result_of (status);
}

static ZrtpSrtpResult
transform_rtp (ZrtpSrtp * srtp, Transform function, guint8 * packet,
    gsize * size)
{
  return transform (srtp, function, read_ssrc (packet + 8), packet, size);
}

static ZrtpSrtpResult
transform_rtcp (ZrtpSrtp * srtp, Transform function, guint8 * packet,
    gsize * size)
{
  return transform (srtp, function, read_ssrc (packet + 4), packet, size);
}

ZrtpSrtpResult
zrtp_srtp_protect (ZrtpSrtp * srtp, guint8 * packet, gsize * size,
    gsize capacity)
{
  g_return_val_if_fail (srtp->direction == ZRTP_SRTP_SEND, ZRTP_SRTP_FAILED);

  if (!is_rtp (packet, *size, 0) || capacity < *size + srtp->rtp_trailer)
    return ZRTP_SRTP_MALFORMED;
  return transform_rtp (srtp, srtp_protect, packet, size);
}

/* libsrtp2 takes a packet index that is higher than all before, and checks the
 * tag and the replay list as for any packet. Only success moves the counter. */
static srtp_err_status_t
unprotect_at (srtp_t session, guint32 ssrc, guint32 roc, guint8 * packet,
    gsize * size)
{
  int length = *size;
  srtp_err_status_t status = srtp_set_stream_roc (session, ssrc, roc);

  if (status == srtp_err_status_ok)
    status = srtp_unprotect (session, packet, &length);
  srtp_set_stream_roc (session, ssrc, 0);
  if (status == srtp_err_status_ok)
    *size = length;
  return status;
}

/* Tries a packet that failed under a higher rollover counter. */
static srtp_err_status_t
unprotect_further (ZrtpSrtp * srtp, guint8 * packet, gsize * size)
{
  const guint32 ssrc = read_ssrc (packet + 8);
  srtp_err_status_t status;
  guint32 roc = 0;
  gboolean known;
  srtp_t session = zrtp_srtp_sources_find (srtp->sources, ssrc, &known);

  if (!session || (known
          && (srtp_get_stream_roc (session, ssrc, &roc) != srtp_err_status_ok
              || !zrtp_roc_search_failed (srtp->roc_search, ssrc))))
    return srtp_err_status_auth_fail;
  roc = zrtp_roc_search_choose (srtp->roc_search, known, roc, packet, *size);
  if (!zrtp_roc_search_matches (srtp->roc_search, roc, packet, *size)
      || (!known
          && !zrtp_srtp_sources_make_stream (srtp->sources, session, ssrc)))
    return srtp_err_status_auth_fail;

  status = unprotect_at (session, ssrc, roc, packet, size);
  if (!known && status == srtp_err_status_ok)
    zrtp_srtp_sources_add (srtp->sources, ssrc);
  else if (!known)
    zrtp_srtp_sources_remove_stream (session, ssrc);
  return status;
}

ZrtpSrtpResult
zrtp_srtp_unprotect (ZrtpSrtp * srtp, guint8 * packet, gsize * size)
{
  ZrtpSrtpResult result;

  g_return_val_if_fail (srtp->direction == ZRTP_SRTP_RECEIVE, ZRTP_SRTP_FAILED);

  if (!is_rtp (packet, *size, srtp->rtp_trailer))
    return ZRTP_SRTP_MALFORMED;
  result = transform_rtp (srtp, srtp_unprotect, packet, size);
  if (G_UNLIKELY ((result == ZRTP_SRTP_REPLAY || result == ZRTP_SRTP_BAD_AUTH)
          && unprotect_further (srtp, packet, size) == srtp_err_status_ok))
    result = ZRTP_SRTP_OK;
  if (G_LIKELY (result == ZRTP_SRTP_OK))
    zrtp_roc_search_succeeded (srtp->roc_search, read_ssrc (packet + 8));
  return result;
}

ZrtpSrtpResult
zrtp_srtp_protect_rtcp (ZrtpSrtp * srtp, guint8 * packet, gsize * size,
    gsize capacity)
{
  ZrtpSrtpResult result;

  g_return_val_if_fail (srtp->direction == ZRTP_SRTP_SEND, ZRTP_SRTP_FAILED);

  if (!is_rtcp (packet, *size, 0) || capacity < *size + srtp->rtcp_trailer)
    return ZRTP_SRTP_MALFORMED;
  result = transform_rtcp (srtp, srtp_protect_rtcp, packet, size);
  if (result == ZRTP_SRTP_OK && srtp->is_short)
    *size -= ZRTP_SRTCP_LONG_TAG - ZRTP_SRTCP_SHORT_TAG;
  return result;
}

void
zrtp_srtp_shorten_rtcp (ZrtpSrtp * srtp)
{
  g_return_if_fail (srtp->direction == ZRTP_SRTP_SEND);

  srtp->is_short = srtp->may_shorten;
}

gboolean
zrtp_srtp_is_rtcp_short (ZrtpSrtp * srtp)
{
  return srtp->is_short;
}

/* With the long tag instead. */
static ZrtpSrtpResult
unprotect_short_rtcp (ZrtpSrtp * srtp, guint8 * packet, gsize * size,
    const guint8 * tag)
{
  gsize tag_at = *size - ZRTP_SRTCP_SHORT_TAG;
  gsize long_size = tag_at + ZRTP_SRTCP_LONG_TAG;
  guint8 *copy = g_malloc (long_size);
  ZrtpSrtpResult result;

  memcpy (copy, packet, tag_at);
  memcpy (copy + tag_at, tag, ZRTP_SRTCP_LONG_TAG);
  result = transform_rtcp (srtp, srtp_unprotect_rtcp, copy, &long_size);
  if (result == ZRTP_SRTP_OK) {
    memcpy (packet, copy, long_size);
    *size = long_size;
    srtp->is_short = TRUE;
  }
  zrtp_wipe (copy, tag_at + ZRTP_SRTCP_LONG_TAG);
  g_free (copy);
  return result;
}

ZrtpSrtpResult
zrtp_srtp_unprotect_rtcp (ZrtpSrtp * srtp, guint8 * packet, gsize * size)
{
  ZrtpSrtpResult result = ZRTP_SRTP_MALFORMED;
  guint8 tag[ZRTP_SRTCP_LONG_TAG];

  g_return_val_if_fail (srtp->direction == ZRTP_SRTP_RECEIVE, ZRTP_SRTP_FAILED);

  if (is_rtcp (packet, *size, srtp->rtcp_trailer))
    result = transform_rtcp (srtp, srtp_unprotect_rtcp, packet, size);
  if (result == ZRTP_SRTP_OK || !srtp->tag
      || !is_rtcp (packet, *size, SRTCP_INDEX_SIZE + ZRTP_SRTCP_SHORT_TAG)
      || !zrtp_srtcp_tag_lengthen (srtp->tag, packet, *size, tag))
    return result;
  return unprotect_short_rtcp (srtp, packet, size, tag);
}

gboolean
zrtp_srtp_get_roc (ZrtpSrtp * srtp, guint32 ssrc, guint32 * roc)
{
  gboolean known;
  srtp_t session = zrtp_srtp_sources_find (srtp->sources, ssrc, &known);

  return known && srtp_get_stream_roc (session, ssrc, roc)
      == srtp_err_status_ok;
}
