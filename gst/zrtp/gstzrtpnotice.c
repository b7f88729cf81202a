/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpnotice.h"

#include "gstzrtpproperties.h"
#include "gstzrtpregistry.h"

struct _GstZrtpNotice
{
  GstZrtpNoticeKind kind;       /* GST_ZRTP_N_NOTICES: a warning */
  GstStructure *message;

  GQuark domain;
  gint code;
  char *text, *debug;
};

#define MAX_PARAMS 3
#define MAX_PROPS 12

typedef GType (*GetType) (void);

/* A signal's parameters are fields of the message. Those of an enumerated type
 * are nicks in the message. */
typedef struct
{
  const char *field;
  GetType get_enum;             /* else @type */
  GType type;
} Param;

typedef struct
{
  const char *message;
  const char *signal;
  Param params[MAX_PARAMS];
  guint props[MAX_PROPS];       /* to notify */
} Kind;

#define STATE_PROPS GST_ZRTP_PROP_STATE, GST_ZRTP_PROP_ROLE, \
    GST_ZRTP_PROP_HASH, GST_ZRTP_PROP_CIPHER, GST_ZRTP_PROP_AUTH_TAG, \
    GST_ZRTP_PROP_KEY_AGREEMENT, GST_ZRTP_PROP_PEER_DISCLOSURE
#define TRUST_PROPS GST_ZRTP_PROP_TRUST, GST_ZRTP_PROP_SAS_VERIFIED, \
    GST_ZRTP_PROP_KNOWN_PEER_NAME

static const Kind kinds[GST_ZRTP_N_NOTICES] = {
  [GST_ZRTP_NOTICE_STATE] = {"GstZrtpState", "state-changed",
        {{"state", gst_zrtp_state_get_type, 0}, {"error", NULL, G_TYPE_UINT},
          {"reason", NULL, G_TYPE_STRING}}, {STATE_PROPS}},
  [GST_ZRTP_NOTICE_SAS] = {"GstZrtpSas", "sas-ready",
        {{"sas", NULL, G_TYPE_STRING}, {"sas-type", NULL, G_TYPE_STRING},
            {"sas-verified", NULL, G_TYPE_BOOLEAN}},
      {GST_ZRTP_PROP_SAS, GST_ZRTP_PROP_SAS_TYPE, TRUST_PROPS}},
  [GST_ZRTP_NOTICE_TRUST] = {"GstZrtpTrust", "trust-changed",
        {{"trust", gst_zrtp_trust_get_type, 0},
            {"sas-verified", NULL, G_TYPE_BOOLEAN},
          {"peer-verified", NULL, G_TYPE_BOOLEAN}}, {TRUST_PROPS}},
  [GST_ZRTP_NOTICE_PEER] = {"GstZrtpPeer", "peer-found",
        {{"zid", NULL, G_TYPE_STRING}, {"client", NULL, G_TYPE_STRING}},
      {GST_ZRTP_PROP_PEER_ZID, GST_ZRTP_PROP_PEER_CLIENT}},
  [GST_ZRTP_NOTICE_PEER_UNSUPPORTED] = {"GstZrtpPeerUnsupported",
      "peer-unsupported", {{NULL, NULL, 0}}, {0}},
  [GST_ZRTP_NOTICE_PEER_MISMATCH] = {"GstZrtpPeerMismatch", "peer-mismatch",
        {{"kind", NULL, G_TYPE_STRING}, {"text", NULL, G_TYPE_STRING}},
      {TRUST_PROPS}},
  [GST_ZRTP_NOTICE_HELLO] = {"GstZrtpHello", "hello-changed",
        {{"hello-hash", NULL, G_TYPE_STRING}}, {GST_ZRTP_PROP_HELLO_HASH,
          GST_ZRTP_PROP_ZID}},
  [GST_ZRTP_NOTICE_HELLO_HASH] = {"GstZrtpHelloHash", "hello-hash-checked",
        {{"status", gst_zrtp_hello_hash_status_get_type, 0}},
      {GST_ZRTP_PROP_HELLO_HASH_STATUS}},
  [GST_ZRTP_NOTICE_SECURITY] = {"GstZrtpSecurity", "security-alert",
      {{"error", NULL, G_TYPE_UINT}, {"text", NULL, G_TYPE_STRING}}, {0}},
  [GST_ZRTP_NOTICE_ERROR] = {"GstZrtpError", "protocol-error",
        {{"error", NULL, G_TYPE_UINT}, {"text", NULL, G_TYPE_STRING},
          {"from-peer", NULL, G_TYPE_BOOLEAN}}, {0}},
  [GST_ZRTP_NOTICE_FORK] = {"GstZrtpFork", "fork-detected",
      {{"ssrc", NULL, G_TYPE_UINT}, {"zid", NULL, G_TYPE_STRING}}, {0}},
  [GST_ZRTP_NOTICE_CLEAR_REQUESTED] = {"GstZrtpClearRequested",
      "clear-requested", {{NULL, NULL, 0}}, {0}},
};

static guint signals[GST_ZRTP_N_NOTICES];

static GType
get_param_type (const Param * param)
{
  return param->get_enum ? param->get_enum () : param->type;
}

void
gst_zrtp_notice_class_init (GType element_type)
{
  for (guint i = 0; i < GST_ZRTP_N_NOTICES; i++) {
    const Kind *kind = &kinds[i];
    GType types[MAX_PARAMS];
    guint n = 0;

    while (n < MAX_PARAMS && kind->params[n].field) {
      types[n] = get_param_type (&kind->params[n]);
      n++;
    }
    signals[i] = g_signal_newv (kind->signal, element_type, G_SIGNAL_RUN_LAST,
        NULL, NULL, NULL, NULL, G_TYPE_NONE, n, types);
  }
}

GstZrtpNotice *
gst_zrtp_notice_new (GstZrtpNoticeKind kind, ...)
{
  GstZrtpNotice *notice = g_new0 (GstZrtpNotice, 1);
  const char *first_field;
  va_list args;

  notice->kind = kind;
  va_start (args, kind);
  first_field = va_arg (args, const char *);
  notice->message = gst_structure_new_valist (kinds[kind].message, first_field,
      args);
  va_end (args);
  return notice;
}

GstZrtpNotice *
gst_zrtp_notice_new_warning (GQuark domain, gint code, const char *debug,
    const char *format, ...)
{
  GstZrtpNotice *notice = g_new0 (GstZrtpNotice, 1);
  va_list args;

  notice->kind = GST_ZRTP_N_NOTICES;
  notice->domain = domain;
  notice->code = code;
  notice->debug = g_strdup (debug);
  va_start (args, format);
  notice->text = g_strdup_vprintf (format, args);
  va_end (args);
  return notice;
}

void
gst_zrtp_notice_free (GstZrtpNotice * notice)
{
  g_clear_pointer (&notice->message, gst_structure_free);
  g_free (notice->text);
  g_free (notice->debug);
  g_free (notice);
}

GstStructure *
gst_zrtp_notice_get_message (GstZrtpNotice * notice)
{
  return notice->message;
}

void
gst_zrtp_pair_notify (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  g_mutex_lock (&pair->notices_lock);
  g_queue_push_tail (&pair->notices, notice);
  g_mutex_unlock (&pair->notices_lock);
  gst_zrtp_runner_poke (&pair->notifier);
}

static void
notify_properties (GstZrtpPair * pair, const Kind * kind)
{
  GPtrArray *own = gst_zrtp_registry_list (pair, FALSE);
  GPtrArray *all = gst_zrtp_registry_list (pair, TRUE);

  for (guint i = 0; i < MAX_PROPS && kind->props[i]; i++) {
    guint id = kind->props[i];
    GPtrArray *who = gst_zrtp_property_is_call_wide (id) ? all : own;

    for (guint j = 0; j < who->len; j++)
      g_object_notify_by_pspec (g_ptr_array_index (who, j),
          gst_zrtp_property_get_pspec (id));
  }
  g_ptr_array_unref (own);
  g_ptr_array_unref (all);
}

static void
set_param (GValue * value, const Param * param, const GstStructure * s)
{
  const GValue *field = gst_structure_get_value (s, param->field);

  g_value_init (value, get_param_type (param));
  if (!field)
    return;
  if (param->get_enum)
    gst_value_deserialize (value, g_value_get_string (field));
  else
    g_value_copy (field, value);
}

static void
emit (GstElement * element, const Kind * kind, guint signal,
    const GstStructure * s)
{
  GValue values[1 + MAX_PARAMS] = { G_VALUE_INIT };
  guint n = 0;

  g_value_init (&values[0], G_OBJECT_TYPE (element));
  g_value_set_object (&values[0], element);
  while (n < MAX_PARAMS && kind->params[n].field) {
    set_param (&values[1 + n], &kind->params[n], s);
    n++;
  }
  g_signal_emitv (values, signal, 0, NULL);
  for (guint i = 0; i <= n; i++)
    g_value_unset (&values[i]);
}

static gboolean
same_toplevel (GstElement * a, GstElement * b)
{
  GstObject *top_a = gst_zrtp_registry_get_toplevel (a);
  GstObject *top_b = gst_zrtp_registry_get_toplevel (b);
  gboolean same = top_a == top_b;

  gst_clear_object (&top_a);
  gst_clear_object (&top_b);
  return same;
}

static GstMessage *
make_message (GstElement * element, GstZrtpNotice * notice)
{
  GError *error;
  GstMessage *message;

  if (notice->message)
    return gst_message_new_element (GST_OBJECT (element),
        gst_structure_copy (notice->message));
  error = g_error_new_literal (notice->domain, notice->code, notice->text);
  message = gst_message_new_warning (GST_OBJECT (element), error,
      notice->debug);
  g_error_free (error);
  return message;
}

static void
deliver (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  GstElement *enc = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_ENC);
  GstElement *dec = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_DEC);

  if (notice->message) {
    const Kind *kind = &kinds[notice->kind];
    GstZrtpBin *named = (GstZrtpBin *) (enc ? enc : dec);

    notify_properties (pair, kind);
    if (named) {
      char *session_id = gst_zrtp_settings_get_string (named->settings,
          GST_ZRTP_SETTING_SESSION_ID);

      gst_structure_set (notice->message,
          "session-id", G_TYPE_STRING, session_id,
          "stream-id", G_TYPE_UINT, pair->stream_id, NULL);
      g_free (session_id);
    }
    if (enc)
      emit (enc, kind, signals[notice->kind], notice->message);
    if (dec)
      emit (dec, kind, signals[notice->kind], notice->message);
  }

  if (enc)
    gst_element_post_message (enc, make_message (enc, notice));
  if (dec && (!enc || !same_toplevel (enc, dec)))
    gst_element_post_message (dec, make_message (dec, notice));
  gst_clear_object (&enc);
  gst_clear_object (&dec);
}

void
gst_zrtp_pair_deliver_notices (GstZrtpPair * pair)
{
  GstZrtpNotice *notice;

  for (;;) {
    g_mutex_lock (&pair->notices_lock);
    notice = g_queue_pop_head (&pair->notices);
    g_mutex_unlock (&pair->notices_lock);
    if (!notice)
      return;
    deliver (pair, notice);
    gst_zrtp_notice_free (notice);
  }
}
