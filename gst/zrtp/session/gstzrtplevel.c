/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "session/gstzrtplevel.h"

#include "api/gstzrtpenums.h"
#include "api/gstzrtpproperties.h"
#include "session/gstzrtpnotifier.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  const char *text;             /* for users */
  const char *hint;             /* for developers, with an alarm */
} texts[ZRTP_N_REASONS] = {
  [ZRTP_REASON_NONE] = {"", NULL},
  [ZRTP_REASON_VERIFIED] = {N_("Encrypted, and the other side is verified"),
      NULL},
  [ZRTP_REASON_SIGNED] = {N_("Encrypted, and the other side has signed"), NULL},
  [ZRTP_REASON_SHARED] = {N_("Encrypted, and the other side has the shared "
            "secret"), NULL},
  [ZRTP_REASON_UNVERIFIED] = {N_("Encrypted, but to whom? Compare the code "
            "once"), NULL},
  [ZRTP_REASON_PEER_UNVERIFIED] = {N_("Encrypted, but the other side has not "
            "compared the code: compare it again"), NULL},
  [ZRTP_REASON_RELAYED] = {N_("Encrypted to a telephone system, which can "
            "listen"), NULL},
  [ZRTP_REASON_NEGOTIATING] = {N_("Becoming encrypted"), NULL},
  [ZRTP_REASON_DISCOVERING] = {N_("Not encrypted yet: waiting for the other "
            "side"), NULL},
  [ZRTP_REASON_ENDING] = {N_("Encryption is being ended"), NULL},
  [ZRTP_REASON_CLEAR_ASKED] = {N_("The other side ended encryption: nothing "
            "is sent until you agree"), NULL},
  [ZRTP_REASON_NO_ZRTP] = {N_("The other side cannot encrypt, so nothing is "
            "sent"), NULL},
  [ZRTP_REASON_OPEN] = {N_("Not encrypted yet: others can listen"), NULL},
  [ZRTP_REASON_OPEN_CLEAR] = {N_("Not encrypted any more: others can listen"),
      NULL},
  [ZRTP_REASON_OPEN_NO_ZRTP] = {N_("Not encrypted, because the other side "
            "cannot: others can listen"), NULL},
  [ZRTP_REASON_FAILED] = {N_("Encryption failed, so nothing is sent"), NULL},
  [ZRTP_REASON_OPEN_FAILED] = {N_("Encryption failed: others can listen"),
      NULL},
  [ZRTP_REASON_HELLO_HASH] = {N_("The other side is not the one that was "
            "announced: an attacker may be in the middle. Call again"),
      "the Hello of the peer does not fit \"peer-hello-hash\", the a=zrtp-hash "
        "of the signalling"},
  [ZRTP_REASON_SECURITY] = {N_("An attacker interfered with this call. Compare "
            "the code now, before you talk"),
      NULL},
  [ZRTP_REASON_AUX_MISMATCH] = {N_("The other side does not have the shared "
            "secret. Compare the code now, before you talk"),
      "set the same \"aux-secret\", or \"signalling-srtp-key\", on both "
        "sides, or on neither"},
  [ZRTP_REASON_DOWNGRADE] = {N_("Encrypted less strongly than earlier calls "
            "with this peer. Compare the code now, before you talk"),
      "GstZrtpDowngrade has the algorithms; the action verify-sas accepts them"},
  [ZRTP_REASON_NAME_MISMATCH] = {N_("The other side is known under another "
            "name. Compare the code now, before you talk"),
      "compare \"peer-name\" with \"known-peer-name\""},
  [ZRTP_REASON_NEW_ENDPOINT] = {N_("This is another device than the one that "
            "you verified. Compare the code now, before you talk"),
      "another endpoint is verified under \"peer-name\": see \"known-peer-zid\""},
  [ZRTP_REASON_PEER_CHANGED] =
      {N_("Another device took over this call. Compare "
            "the code now, before you talk"),
      "the call was verified and moved to an endpoint that is not"},
  [ZRTP_REASON_SIGNATURE_INVALID] = {N_("The signature of the other side is "
            "wrong, or by another key. Compare the code now, before you talk"),
      NULL},
  [ZRTP_REASON_CACHE_MISMATCH] = {N_("This is not the endpoint of earlier "
            "calls. Compare the code now, before you talk"),
      "the peer does not have the secret kept from earlier calls: the action "
        "verify-sas if the SAS is the same, reject-sas if it differs"},
  [ZRTP_REASON_UNKNOWN_ALARM] = {N_("Something speaks against the other side. "
            "Compare the code now, before you talk"), "see \"trust\""},
  [ZRTP_REASON_SAS_MISMATCH] = {N_("The codes differ: an attacker listens. "
            "Hang up"),
      "the user rejected the SAS; media is stopped unless \"stop-on-reject\" is "
        "false"},
};

const char *
gst_zrtp_reason_get_text (ZrtpReason reason)
{
  const char *text = texts[reason].text;

  return *text ? _(text) : text;
}

static ZrtpReasons
get_reasons (GstZrtpCall * call)
{
  ZrtpReasons result = 0;

  for (guint i = 0; i < call->pairs->len; i++) {
    GstZrtpPair *pair = gst_zrtp_call_pair_at (call, i);

    if (pair->stream && gst_zrtp_pair_is_active (pair))
      result |= zrtp_stream_get_reasons (pair->stream);
  }
  return result;
}

static ZrtpReason
get_worst (GstZrtpCall * call)
{
  return zrtp_reasons_worst (get_reasons (call));
}

void
gst_zrtp_call_add_level (GstZrtpCall * call, GstStructure * s)
{
  const ZrtpReason reason = get_worst (call);

  gst_structure_set (s, "level", G_TYPE_STRING,
      zrtp_level_nick (zrtp_reason_level (reason)), "level-text",
      G_TYPE_STRING, gst_zrtp_reason_get_text (reason), NULL);
}

void
gst_zrtp_call_read_level (GstZrtpCall * call, guint id, GValue * value)
{
  const ZrtpReason reason = get_worst (call);

  if (id == GST_ZRTP_PROP_LEVEL)
    g_value_set_enum (value, zrtp_reason_level (reason));
  else
    g_value_set_string (value, gst_zrtp_reason_get_text (reason));
}

/* The one that tells: of the lowest stream-id, and active if any is. NULL if the
 * call has no transport left. */
static GstZrtpPair *
find_teller (GstZrtpCall * call)
{
  GstZrtpPair *best = NULL;

  for (guint i = 0; i < call->pairs->len; i++) {
    GstZrtpPair *pair = gst_zrtp_call_pair_at (call, i);
    const gint better = !best ? 1 : gst_zrtp_pair_is_active (pair)
        - gst_zrtp_pair_is_active (best);

    if (better > 0 || (better == 0 && pair->stream_id < best->stream_id))
      best = pair;
  }
  return best;
}

/* NULL where comparing it does not help. */
static const char *
get_sas_to_compare (GstZrtpCall * call, ZrtpReason reason)
{
  return call->session && zrtp_reason_asks (reason) ?
      zrtp_session_get_info (call->session)->sas : NULL;
}

static GstZrtpNotice *
make_level_notice (GstZrtpCall * call, ZrtpReason reason, const char *sas)
{
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_LEVEL,
      "sas", G_TYPE_STRING, sas, NULL);

  gst_structure_set (gst_zrtp_notice_get_message (notice),
      "level", G_TYPE_STRING, zrtp_level_nick (zrtp_reason_level (reason)),
      "level-text", G_TYPE_STRING, gst_zrtp_reason_get_text (reason), NULL);
  return notice;
}

/* A failure and a ZRTP_EVENT_SECURITY have messages of their own, which say
 * more. */
static gboolean
is_warned_of (ZrtpReason reason)
{
  return texts[reason].hint != NULL;
}

static void
warn_of_alarms (GstZrtpCall * call, GstZrtpPair * teller, ZrtpReasons reasons)
{
  const ZrtpReasons fresh = reasons & ~call->warned_reasons;

  call->warned_reasons = reasons;
  for (guint reason = 0; reason < ZRTP_N_REASONS; reason++) {
    if (!(fresh >> reason & 1) || !is_warned_of (reason))
      continue;
    gst_zrtp_pair_notify (teller,
        gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_NOT_AUTHORIZED, texts[reason].hint, "%s",
            gst_zrtp_reason_get_text (reason)));
  }
}

void
gst_zrtp_call_update_level (GstZrtpCall * call)
{
  const ZrtpReasons reasons = get_reasons (call);
  const ZrtpReason worst = zrtp_reasons_worst (reasons);
  const char *sas = get_sas_to_compare (call, worst);
  GstZrtpPair *teller = find_teller (call);

  if (!teller)
    return;
  if (worst != call->told_reason || g_strcmp0 (sas, call->told_sas) != 0) {
    call->told_reason = worst;
    g_free (call->told_sas);
    call->told_sas = g_strdup (sas);
    gst_zrtp_pair_notify (teller, make_level_notice (call, worst, sas));
  }
  warn_of_alarms (call, teller, reasons);
}

void
gst_zrtp_pair_tell_sas (GstZrtpPair * pair)
{
  GstZrtpCall *call = pair->call;
  const ZrtpSessionInfo *info = zrtp_session_get_info (call->session);
  const char *spelling = info->sas_spelling;
  char *text;

  if (g_strcmp0 (info->sas, call->asked_sas) == 0)
    return;
  g_free (call->asked_sas);
  call->asked_sas = g_strdup (info->sas);
  /* That one is not about it. */
  call->warned_reasons &= 1 << ZRTP_REASON_HELLO_HASH;
  if (!zrtp_reason_asks (zrtp_reason_of_stream (ZRTP_STATE_SECURE,
              ZRTP_MEDIA_SECURE, ZRTP_MEDIA_SECURE, info->trust)))
    return;
  text = spelling && g_strcmp0 (spelling, info->sas) != 0 ?
      g_strdup_printf ("%s (%s)", info->sas, spelling) : g_strdup (info->sas);
  gst_zrtp_pair_add_notice (pair,
      gst_zrtp_notice_new_info (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED, "the SAS is not verified: the "
          "action verify-sas if it is the same on both sides, reject-sas if it "
          "differs", _("SAS %s: compare it by voice"), text));
  g_free (text);
}

void
gst_zrtp_pair_warn_of_attack (GstZrtpPair * pair, const char *text)
{
  GstZrtpCall *call = pair->call;

  if (g_strcmp0 (text, call->warned_attack) == 0)
    return;
  g_free (call->warned_attack);
  call->warned_attack = g_strdup (text);
  gst_zrtp_pair_add_notice (pair,
      gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED, "GstZrtpSecurity tells it each "
          "time; the action verify-sas ends the alarm", "An attacker may "
          "interfere with this call: %s. Compare the SAS by voice, and hang up "
          "if it differs", text));
}
