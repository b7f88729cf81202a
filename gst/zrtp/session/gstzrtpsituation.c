/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsituation.h"

#include <string.h>

#define SECOND ((gint64) G_TIME_SPAN_SECOND)
/* Fewer packets may come from a third party. */
#define MIN_UNDECRYPTABLE 10
#define MIN_ACKNOWLEDGED 3

static gboolean
is_looking (const GstZrtpSample * s)
{
  return s->state == ZRTP_STATE_DISCOVERING;
}

/* Whether a handshake is due that needs an exit. */
static gboolean
is_due (const GstZrtpSample * s)
{
  return is_looking (s) || s->state == ZRTP_STATE_NEGOTIATING
      || s->state == ZRTP_STATE_FAILED;
}

static gboolean
lacks_exit (const GstZrtpSample * s)
{
  return s->have_enc && s->have_dec && s->may_start && !s->started
      && (s->exit == GST_ZRTP_EXIT_NONE || s->exit == GST_ZRTP_EXIT_UNLINKED);
}

/* Media of a call comes that this endpoint has lost, or of a peer that always had
 * ZRTP. */
static gboolean
is_lost_call (const GstZrtpWatch * watch, const GstZrtpSample * s)
{
  return is_looking (s) && s->lost_call && !s->have_peer
      && s->media_arrived > watch->media_before;
}

static gboolean
is_listening (const GstZrtpWatch * watch, const GstZrtpSample * s)
{
  return is_looking (s) && s->exit == GST_ZRTP_EXIT_OPEN && !s->have_peer
      && !is_lost_call (watch, s)
      && s->sent > watch->sent_before;
}

/* The peer's Hello is here, and its next message is not. */
static gboolean
is_stalled (const GstZrtpWatch * watch, const GstZrtpSample * s)
{
  if (!s->have_peer)
    return FALSE;
  return is_looking (s) || (s->state == ZRTP_STATE_FAILED
      && s->error == ZRTP_ERROR_TIMEOUT)
      || (s->state == ZRTP_STATE_NEGOTIATING
      && s->received == watch->last.received);
}

static gboolean
is_so (const GstZrtpWatch * watch, const GstZrtpSample * s,
    GstZrtpSituation situation)
{
  switch (situation) {
    case GST_ZRTP_SITUATION_NO_PARTNER:
      return s->have_enc != s->have_dec;
    case GST_ZRTP_SITUATION_UNUSED_ENC:
      return s->unused_enc;
    case GST_ZRTP_SITUATION_UNUSED_DEC:
      return s->unused_dec && s->have_enc;
    case GST_ZRTP_SITUATION_CLEAR_RTCP:
      return s->clear_rtcp;
    case GST_ZRTP_SITUATION_CLEAR_RTCP_IN:
      return s->clear_rtcp_in;
    case GST_ZRTP_SITUATION_CANNOT_ANSWER:
      return lacks_exit (s) && s->arrived > s->media_arrived;
    case GST_ZRTP_SITUATION_CANNOT_LEAVE:
      return lacks_exit (s) && s->arrived == s->media_arrived
          && (s->offered > 0 || s->arrived > 0);
    case GST_ZRTP_SITUATION_ENDED:
      return is_due (s) && s->exit == GST_ZRTP_EXIT_ENDED;
    case GST_ZRTP_SITUATION_NOTHING_HEARD:
      return is_listening (watch, s) && s->arrived == watch->arrived_before;
    case GST_ZRTP_SITUATION_LOST_CALL:
      return is_lost_call (watch, s) && s->exit == GST_ZRTP_EXIT_OPEN
          && s->sent > watch->sent_before;
    case GST_ZRTP_SITUATION_NO_HELLO:
      return (is_listening (watch, s) || s->state == ZRTP_STATE_NO_ZRTP)
          && s->received == watch->received_before
          && s->media_arrived > watch->media_before;
    case GST_ZRTP_SITUATION_BUSY_PEER:
      return is_listening (watch, s)
          && s->received >= watch->received_before + MIN_ACKNOWLEDGED;
    case GST_ZRTP_SITUATION_STALLED:
      return is_stalled (watch, s) && s->exit == GST_ZRTP_EXIT_OPEN
          && s->auto_secure && !s->passive;
    case GST_ZRTP_SITUATION_BOTH_PASSIVE:
      return is_looking (s) && s->have_peer && s->passive && s->peer_passive;
    case GST_ZRTP_SITUATION_FAILED:
      return s->state == ZRTP_STATE_FAILED && s->error != ZRTP_ERROR_NONE;
    case GST_ZRTP_SITUATION_UNDECRYPTABLE:
      return s->state == ZRTP_STATE_SECURE
          && s->now - watch->heard_at >= 5 * SECOND && s->undecryptable
          >= watch->undecryptable_before + MIN_UNDECRYPTABLE;
    case GST_ZRTP_N_SITUATIONS:
      break;
  }
  return FALSE;
}

/* How long it must have been so, without a break. */
static gint64
get_patience (GstZrtpSituation situation)
{
  switch (situation) {
    case GST_ZRTP_SITUATION_UNUSED_ENC:
    case GST_ZRTP_SITUATION_UNUSED_DEC:
    case GST_ZRTP_SITUATION_CLEAR_RTCP:
    case GST_ZRTP_SITUATION_CLEAR_RTCP_IN:
      return 3 * SECOND / 2;
    case GST_ZRTP_SITUATION_LOST_CALL:
      return 4 * SECOND;
    case GST_ZRTP_SITUATION_NOTHING_HEARD:
    case GST_ZRTP_SITUATION_NO_HELLO:
    case GST_ZRTP_SITUATION_BUSY_PEER:
    case GST_ZRTP_SITUATION_STALLED:
      return 8 * SECOND;
    case GST_ZRTP_SITUATION_FAILED:
      return 5 * SECOND;
    case GST_ZRTP_SITUATION_UNDECRYPTABLE:
      return 0;
    default:
      return 2 * SECOND;
  }
}

/* What counts from the begin of discovery, or from the last packet that could be
 * decrypted. */
static void
note_phase (GstZrtpWatch * watch, const GstZrtpSample * s)
{
  const gboolean was_looking = is_looking (&watch->last)
      || watch->last.state == ZRTP_STATE_NO_ZRTP;

  if (is_looking (s) && !was_looking) {
    watch->discovering_since = s->now;
    watch->sent_before = watch->last.sent;
    watch->received_before = watch->last.received;
    watch->arrived_before = watch->last.arrived;
    watch->media_before = watch->last.media_arrived;
  }
  if (s->state == ZRTP_STATE_SECURE && watch->last.state != s->state)
    memset (watch->reported, 0, sizeof watch->reported);
  if (s->state != ZRTP_STATE_SECURE || watch->last.state != s->state
      || s->decrypted != watch->last.decrypted) {
    watch->heard_at = s->now;
    watch->undecryptable_before = s->undecryptable;
  }
}

gboolean
gst_zrtp_watch_update (GstZrtpWatch * watch, const GstZrtpSample * sample,
    GstZrtpSituation * situation)
{
  gboolean any = FALSE;

  if (watch->begun == 0)
    watch->begun = sample->now;
  note_phase (watch, sample);
  for (guint i = 0; i < GST_ZRTP_N_SITUATIONS; i++) {
    if (!is_so (watch, sample, i)) {
      watch->since[i] = 0;
      continue;
    }
    if (watch->since[i] == 0)
      watch->since[i] = sample->now;
    if (any || watch->reported[i]
        || sample->now - watch->since[i] < get_patience (i))
      continue;
    watch->reported[i] = any = TRUE;
    *situation = i;
  }
  watch->last = *sample;
  return any;
}

gint64
gst_zrtp_watch_interval (const GstZrtpWatch * watch)
{
  const gint64 age = watch->last.now - watch->begun;

  if (watch->last.state == ZRTP_STATE_SECURE || age >= 60 * SECOND)
    return 5 * SECOND;
  return age >= 5 * SECOND ? SECOND : SECOND / 2;
}

#define SEE_PAST "Media may be leaving past this element, unencrypted. " \
    "rtpbin refuses an element that has a parent: return a new one from " \
    "request-rtp-encoder and its like. If that handler raises an exception or " \
    "returns NULL, rtpbin goes on without encryption"

static char *
describe_missing_exit (const GstZrtpWatch * watch, const char *what)
{
  return g_strdup_printf ("%s: no source pad of this zrtpenc is linked. %s",
      what, watch->last.in_rtpbin ? "It is inside rtpbin, where gst_pad_link() "
      "does not reach: request \"zrtp_src\" of it and call "
      "gst_element_link_pads (zrtpenc, \"zrtp_src\", sink, \"sink\")"
      : "Link rtp_src_N. Where there is no RTP to send, request \"zrtp_src\" "
      "and link it to a sink that sends to the peer's RTP port, from the port "
      "to which the peer's media comes");
}

/* What the application can do about a failure; a sentence, or "". */
static const char *
advise (ZrtpErrorCode error)
{
  switch (error) {
    case ZRTP_ERROR_VERSION:
      return ". The ZRTP of the peer is too old: update it";
    case ZRTP_ERROR_HASH:
    case ZRTP_ERROR_CIPHER:
    case ZRTP_ERROR_KEY_AGREEMENT:
    case ZRTP_ERROR_AUTH_TAG:
    case ZRTP_ERROR_SAS:
      return
          ". Compare the lists of algorithms, and strict-algorithms, of both "
          "endpoints";
    case ZRTP_ERROR_SSRC_COLLISION:
      return ". The source ignored the request for another SSRC "
          "(GstRTPCollision): set another SSRC at one of the two sources";
    default:
      return "";
  }
}

gboolean
gst_zrtp_situation_is_bypass (GstZrtpSituation situation)
{
  switch (situation) {
    case GST_ZRTP_SITUATION_NO_PARTNER:
    case GST_ZRTP_SITUATION_UNUSED_ENC:
    case GST_ZRTP_SITUATION_UNUSED_DEC:
    case GST_ZRTP_SITUATION_CLEAR_RTCP:
    case GST_ZRTP_SITUATION_CLEAR_RTCP_IN:
      return TRUE;
    default:
      return FALSE;
  }
}

char *
gst_zrtp_situation_describe (GstZrtpSituation situation,
    const GstZrtpWatch * watch)
{
  const GstZrtpSample *s = &watch->last;
  const guint seconds = (s->now - watch->discovering_since) / SECOND;

  switch (situation) {
    case GST_ZRTP_SITUATION_UNUSED_ENC:
      return g_strdup ("A requested sink pad of this zrtpenc is not linked. "
          SEE_PAST);
    case GST_ZRTP_SITUATION_UNUSED_DEC:
      return g_strdup ("rtp_sink of this zrtpdec is not linked, so nothing can "
          "be decrypted. " SEE_PAST);
    case GST_ZRTP_SITUATION_CLEAR_RTCP:
      return g_strdup ("RTCP leaves this rtpbin past zrtpenc, unencrypted. "
          "Connect request-rtcp-encoder and request-rtcp-decoder too, and "
          "return the same elements, with \"rtcp_sink_N\" requested");
    case GST_ZRTP_SITUATION_CLEAR_RTCP_IN:
      return
          g_strdup ("RTCP enters this rtpbin past zrtpdec, so an attacker can "
          "forge it. Lead it through rtcp_sink and rtcp_src of zrtpdec; inside "
          "rtpbin, connect request-rtcp-decoder too and return the same element");
    case GST_ZRTP_SITUATION_CANNOT_ANSWER:
      return describe_missing_exit (watch,
          "The peer sends ZRTP, but no answer can leave");
    case GST_ZRTP_SITUATION_CANNOT_LEAVE:
      return describe_missing_exit (watch,
          "Media comes, but no handshake can begin");
    case GST_ZRTP_SITUATION_ENDED:
      return
          g_strdup ("A handshake is due, but each source pad of this zrtpenc "
          "has ended (EOS). Where media may end before the call does, request "
          "\"zrtp_src\" and link it to the sink that sends to the peer's RTP "
          "port");
    case GST_ZRTP_SITUATION_NOTHING_HEARD:
      return g_strdup_printf ("%" G_GUINT64_FORMAT " ZRTP packets were sent in "
          "%u s, and nothing has come back. The peer has not started, or its "
          "packets go elsewhere: check address and port on both sides, "
          "firewall and NAT. \"localhost\" may be ::1", s->sent -
          watch->sent_before, seconds);
    case GST_ZRTP_SITUATION_LOST_CALL:
      return
          g_strdup ("The peer sends media, but no ZRTP, and a moment ago its "
          "calls were encrypted: nothing passes in clear. It may still be in a "
          "call that this endpoint has lost: hang up there and call again. If it "
          "has no ZRTP any more, unset \"peer-name\"");
    case GST_ZRTP_SITUATION_NO_HELLO:
      return
          g_strdup_printf ("Media comes, but no ZRTP Hello in %u s. The peer "
          "does not speak ZRTP, or an element upstream of zrtpdec drops the "
          "handshake: rtpjitterbuffer and depayloaders belong behind it%s",
          seconds, s->clear_allowed ? ". Media goes in clear" : "");
    case GST_ZRTP_SITUATION_BUSY_PEER:
      return g_strdup ("The peer acknowledges Hellos, but sends none: it is in "
          "a call with another endpoint, or still in the one that this "
          "endpoint has lost. One pair of elements serves one peer. Hang up "
          "there and call again");
    case GST_ZRTP_SITUATION_STALLED:
      return g_strdup_printf ("The peer's Hello came, but no key agreement in "
          "%u s: the peer does not hear this endpoint, or does not answer it. "
          "Check the way to the peer: address, port, NAT", seconds);
    case GST_ZRTP_SITUATION_BOTH_PASSIVE:
      return
          g_strdup_printf ("Both endpoints are passive, so neither starts the "
          "key agreement. Set passive=false on one of them%s",
          s->clear_allowed ? ". Media goes in clear" : "");
    case GST_ZRTP_SITUATION_FAILED:
      return g_strdup_printf ("The handshake has failed: %s (error 0x%x). No "
          "media passes in encrypted form%s", zrtp_error_text (s->error),
          s->error, advise (s->error));
    case GST_ZRTP_SITUATION_UNDECRYPTABLE:
      return
          g_strdup_printf ("Packets come, but none could be decrypted for %u "
          "s: the peer sends in clear or under other keys, or only a third "
          "party sends. If the call was transferred, begin it again: READY, "
          "then PLAYING", (guint) ((s->now - watch->heard_at) / SECOND));
    default:
      return NULL;
  }
}
