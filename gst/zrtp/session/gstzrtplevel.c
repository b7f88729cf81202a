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
get_reasons (GstZrtpSession * session)
{
  ZrtpReasons result = 0;

  for (guint i = 0; i < session->transports->len; i++) {
    GstZrtpTransport *transport = gst_zrtp_session_pair_at (session, i);

    if (transport->stream && gst_zrtp_transport_is_active (transport))
      result |= zrtp_stream_get_reasons (transport->stream);
  }
  return result;
}

static ZrtpReason
get_worst (GstZrtpSession * session)
{
  return zrtp_reasons_worst (get_reasons (session));
}

void
gst_zrtp_session_add_level (GstZrtpSession * session, GstStructure * s)
{
  const ZrtpReason reason = get_worst (session);

  gst_structure_set (s, "level", G_TYPE_STRING,
      zrtp_level_nick (zrtp_reason_level (reason)), "level-text",
      G_TYPE_STRING, gst_zrtp_reason_get_text (reason), NULL);
}

void
gst_zrtp_session_read_level (GstZrtpSession * session, guint id, GValue * value)
{
  const ZrtpReason reason = get_worst (session);

  if (id == GST_ZRTP_PROP_LEVEL)
    g_value_set_enum (value, zrtp_reason_level (reason));
  else
    g_value_set_string (value, gst_zrtp_reason_get_text (reason));
}

/* The one that tells: of the lowest stream-id, and active if any is. NULL if the
 * call has no transport left. */
static GstZrtpTransport *
find_notifier (GstZrtpSession * session)
{
  GstZrtpTransport *best = NULL;

  for (guint i = 0; i < session->transports->len; i++) {
    GstZrtpTransport *transport = gst_zrtp_session_pair_at (session, i);
    const gint better = !best ? 1 : gst_zrtp_transport_is_active (transport)
        - gst_zrtp_transport_is_active (best);

    if (better > 0 || (better == 0 && transport->stream_id < best->stream_id))
      best = transport;
  }
  return best;
}

/* NULL where comparing it does not help. */
static const char *
get_sas_to_compare (GstZrtpSession * session, ZrtpReason reason)
{
  return session->engine && zrtp_reason_asks (reason) ?
      zrtp_session_get_info (session->engine)->sas : NULL;
}

static GstZrtpNotification *
make_level_notification (GstZrtpSession * session, ZrtpReason reason,
    const char *sas)
{
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_LEVEL,
      "sas", G_TYPE_STRING, sas, NULL);

  gst_structure_set (gst_zrtp_notification_get_message (notification),
      "level", G_TYPE_STRING, zrtp_level_nick (zrtp_reason_level (reason)),
      "level-text", G_TYPE_STRING, gst_zrtp_reason_get_text (reason), NULL);
  return notification;
}

/* A failure and a ZRTP_EVENT_SECURITY have messages of their own, which say
 * more. */
static gboolean
is_warned_of (ZrtpReason reason)
{
  return texts[reason].hint != NULL;
}

static void
warn_of_alarms (GstZrtpSession * session, GstZrtpTransport * notifying,
    ZrtpReasons reasons)
{
  const ZrtpReasons fresh = reasons & ~session->warned_reasons;

  session->warned_reasons = reasons;
  for (guint reason = 0; reason < ZRTP_N_REASONS; reason++) {
    if (!(fresh >> reason & 1) || !is_warned_of (reason))
      continue;
    gst_zrtp_transport_notify (notifying,
        gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_NOT_AUTHORIZED, texts[reason].hint, "%s",
            gst_zrtp_reason_get_text (reason)));
  }
}

void
gst_zrtp_session_update_level (GstZrtpSession * session)
{
  const ZrtpReasons reasons = get_reasons (session);
  const ZrtpReason worst = zrtp_reasons_worst (reasons);
  const char *sas = get_sas_to_compare (session, worst);
  GstZrtpTransport *notifying = find_notifier (session);

  if (!notifying)
    return;
  if (worst != session->notified_reason
      || g_strcmp0 (sas, session->notified_sas) != 0) {
    session->notified_reason = worst;
    g_free (session->notified_sas);
    session->notified_sas = g_strdup (sas);
    gst_zrtp_transport_notify (notifying, make_level_notification (session,
            worst, sas));
  }
  warn_of_alarms (session, notifying, reasons);
}

void
gst_zrtp_transport_notify_sas (GstZrtpTransport * transport)
{
  GstZrtpSession *session = transport->session;
  const ZrtpSessionInfo *info = zrtp_session_get_info (session->engine);
  const char *spelling = info->sas_spelling;
  char *text;

  if (g_strcmp0 (info->sas, session->asked_sas) == 0)
    return;
  g_free (session->asked_sas);
  session->asked_sas = g_strdup (info->sas);
  /* That one is not about it. */
  session->warned_reasons &= 1 << ZRTP_REASON_HELLO_HASH;
  if (!zrtp_reason_asks (zrtp_reason_of_stream (ZRTP_STATE_SECURE,
              ZRTP_MEDIA_SECURE, ZRTP_MEDIA_SECURE, info->trust)))
    return;
  text = spelling && g_strcmp0 (spelling, info->sas) != 0 ?
      g_strdup_printf ("%s (%s)", info->sas, spelling) : g_strdup (info->sas);
  gst_zrtp_transport_add_notification (transport,
      gst_zrtp_notification_new_info (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED, "the SAS is not verified: the "
          "action verify-sas if it is the same on both sides, reject-sas if it "
          "differs", _("SAS %s: compare it by voice"), text));
  g_free (text);
}

void
gst_zrtp_transport_warn_of_attack (GstZrtpTransport * transport,
    const char *text)
{
  GstZrtpSession *session = transport->session;

  if (g_strcmp0 (text, session->warned_attack) == 0)
    return;
  g_free (session->warned_attack);
  session->warned_attack = g_strdup (text);
  gst_zrtp_transport_add_notification (transport,
      gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED, "GstZrtpSecurity tells it each "
          "time; the action verify-sas ends the alarm", "An attacker may "
          "interfere with this call: %s. Compare the SAS by voice, and hang up "
          "if it differs", text));
}
