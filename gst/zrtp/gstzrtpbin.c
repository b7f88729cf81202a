/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpbin.h"

#include "gstzrtpactions.h"
#include "gstzrtppbx.h"
#include "gstzrtpsdp.h"
#include "gstzrtpsignature.h"
#include "gstzrtpstatus.h"
#include "session/gstzrtpactivation.h"
#include "session/gstzrtpconfigure.h"
#include "session/gstzrtpjobs.h"
#include "session/gstzrtpregistry.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (gst_zrtp_bin_debug);
#define GST_CAT_DEFAULT gst_zrtp_bin_debug

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstZrtpBin, gst_zrtp_bin, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (gst_zrtp_bin_debug, "zrtpbin", 0,
        "what zrtpenc and zrtpdec share"));

/* A peer-hello-hash that the stream can't read is not stored either. */
static gboolean
is_acceptable (GstZrtpTransport * transport, guint id, const GValue * value,
    char **reason)
{
  gboolean ok = TRUE;

  if (!transport || id != GST_ZRTP_SETTING_PEER_HELLO_HASH)
    return TRUE;
  gst_zrtp_session_lock (transport->session);
  if (transport->stream) {
    ok = gst_zrtp_transport_apply_peer_hash (transport,
        g_value_get_string (value));
    gst_zrtp_session_drain (transport->session);
  }
  gst_zrtp_session_unlock (transport->session);
  if (!ok)
    *reason = g_strdup ("the value of a=zrtp-hash is \"1.10 \" and 64 "
        "hexadecimal digits");
  return ok;
}

/* Whether the Hello is fixed, or what goes into it, so that the new value waits for
 * the next. */
static gboolean
is_late (GstZrtpTransport * transport, guint id)
{
  gboolean late;

  if (!gst_zrtp_setting_is_in_hello (id))
    return FALSE;
  gst_zrtp_session_lock (transport->session);
  late = transport->hello.starting || (transport->stream
      && !transport->hello.spent && (transport->hello.read
          || zrtp_stream_get_session (transport->stream)));
  gst_zrtp_session_unlock (transport->session);
  return late;
}

static void
notify_others (GstZrtpBin * self, GstZrtpTransport * transport,
    GParamSpec * pspec, GstZrtpScope scope)
{
  GPtrArray *sharers = gst_zrtp_registry_list (transport,
      scope == GST_ZRTP_SCOPE_CALL);

  for (guint i = 0; i < sharers->len; i++)
    if (g_ptr_array_index (sharers, i) != self)
      g_object_notify_by_pspec (g_ptr_array_index (sharers, i), pspec);
  g_ptr_array_unref (sharers);
}

static void
share_setting (GstZrtpBin * self, GstZrtpTransport * transport,
    GParamSpec * pspec)
{
  guint id = pspec->param_id;
  GstZrtpScope scope = gst_zrtp_setting_get_scope (id);
  char *text;

  if (scope == GST_ZRTP_SCOPE_ELEMENT)
    return;
  gst_zrtp_session_lock (transport->session);
  gst_zrtp_session_refresh (transport->session);
  gst_zrtp_session_unlock (transport->session);
  if (is_late (transport, id)) {
    text = g_strdup_printf ("\"%s\" is part of the Hello, whose hash is known "
        "already: the new value counts from the next Hello on", pspec->name);
    gst_zrtp_bin_warn (self, text);
    g_free (text);
  }
  notify_others (self, transport, pspec, scope);
}

static gboolean
is_running (GstZrtpBin * self)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);
  GstZrtpSlot *slot;
  gboolean running;

  if (!transport)
    return FALSE;
  slot = &transport->slots[GST_ZRTP_BIN_GET_CLASS (self)->side];
  gst_zrtp_session_lock (transport->session);
  running = slot->id == self && slot->active;
  gst_zrtp_session_unlock (transport->session);
  gst_zrtp_transport_unref (transport);
  return running;
}

/* Takes ownership of @complaint, which may be NULL. */
static void
note_refused (GstZrtpBin * self, guint id, char *complaint)
{
  GST_OBJECT_LOCK (self);
  g_free (self->refused[id]);
  self->refused[id] = complaint;
  GST_OBJECT_UNLOCK (self);
}

/* In a call the application sees the WARNING, and nothing changes. Before a call
 * there may be no bus, and a policy that was misspelled must not be replaced by
 * the default in silence: PAUSED is refused then. */
static void
refuse (GstZrtpBin * self, const GValue * value, GParamSpec * pspec,
    const char *reason)
{
  const guint id = pspec->param_id;
  char *shown = gst_zrtp_setting_is_secret (id) ? g_strdup ("This")
      : g_strdup_value_contents (value);
  char *text = g_strdup_printf ("%s is no value for \"%s\": %s", shown,
      pspec->name, reason);

  gst_zrtp_bin_warn (self, text);
  if (is_running (self))
    g_free (text);
  else
    note_refused (self, id, text);
  g_free (shown);
}

/* FALSE, with an ERROR, if a value that was set does not count. */
static gboolean
check_refused (GstZrtpBin * self)
{
  char *text = NULL;

  GST_OBJECT_LOCK (self);
  for (guint id = 0; id < GST_ZRTP_N_SETTINGS && !text; id++)
    text = g_strdup (self->refused[id]);
  GST_OBJECT_UNLOCK (self);
  if (!text)
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", text),
      ("set another value, or NULL for the default"));
  g_free (text);
  return FALSE;
}

static void
warn_of_short_secret (GstZrtpBin * self)
{
  GstBuffer *secret = gst_zrtp_settings_get_buffer (self->settings,
      GST_ZRTP_SETTING_AUX_SECRET);

  if (secret && gst_buffer_get_size (secret) < GST_ZRTP_GOOD_AUX_SIZE) {
    char *text = g_strdup_printf ("\"aux-secret\" has %" G_GSIZE_FORMAT
        " octets: unless they are random an attacker can guess them from what "
        "the handshake shows. Use %d random octets or more",
        gst_buffer_get_size (secret), GST_ZRTP_GOOD_AUX_SIZE);

    gst_zrtp_bin_warn (self, text);
    g_free (text);
  }
  gst_clear_buffer (&secret);
}

/* Keeps a name for the next call; NULL: none is to come. */
static void
keep_for_later (GstZrtpBin * self, guint id, const GValue * value)
{
  GST_OBJECT_LOCK (self);
  if (G_IS_VALUE (&self->later[id]))
    g_value_unset (&self->later[id]);
  if (value) {
    g_value_init (&self->later[id], G_VALUE_TYPE (value));
    g_value_copy (value, &self->later[id]);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
take_later (GstZrtpBin * self)
{
  for (guint id = 0; id < G_N_ELEMENTS (self->later); id++) {
    GValue value;

    GST_OBJECT_LOCK (self);
    value = self->later[id];
    memset (&self->later[id], 0, sizeof value);
    GST_OBJECT_UNLOCK (self);
    if (G_IS_VALUE (&value)) {
      g_object_set_property (G_OBJECT (self),
          gst_zrtp_setting_get_pspec (id)->name, &value);
      g_value_unset (&value);
    }
  }
}

/* Whether @pspec names the place of the element, and can't change now. */
static gboolean
is_frozen (GstZrtpBin * self, const GValue * value, GParamSpec * pspec)
{
  GValue now = G_VALUE_INIT;
  gboolean same;
  char *text;

  if (gst_zrtp_setting_get_scope (pspec->param_id) != GST_ZRTP_SCOPE_ELEMENT
      || !is_running (self))
    return FALSE;
  g_value_init (&now, pspec->value_type);
  gst_zrtp_settings_get (self->settings, pspec->param_id, &now);
  same = g_param_values_cmp (pspec, value, &now) == 0;
  g_value_unset (&now);
  keep_for_later (self, pspec->param_id, same ? NULL : value);
  if (!same) {
    text = g_strdup_printf ("\"%s\" can't change in PAUSED or PLAYING: the new "
        "value counts once the element was in READY", pspec->name);
    gst_zrtp_bin_warn (self, text);
    g_free (text);
  }
  return TRUE;
}

static void
set_setting (GstZrtpBin * self, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstZrtpTransport *transport;
  GValue normal = G_VALUE_INIT;
  char *reason = NULL;

  if (is_frozen (self, value, pspec))
    return;
  transport = gst_zrtp_bin_get_pair (self);
  if (gst_zrtp_settings_normalize (id, value, &normal, &reason)
      && is_acceptable (transport, id, &normal, &reason)) {
    gst_zrtp_settings_set (self->settings, id, &normal);
    note_refused (self, id, NULL);
    if (transport)
      share_setting (self, transport, pspec);
    if (id == GST_ZRTP_SETTING_AUX_SECRET && is_running (self))
      warn_of_short_secret (self);
  } else {
    refuse (self, value, pspec, reason);
  }
  g_free (reason);
  g_value_unset (&normal);
  if (transport)
    gst_zrtp_transport_unref (transport);
}

static void
gst_zrtp_bin_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstZrtpBin *self = GST_ZRTP_BIN (object);

  if (id < GST_ZRTP_N_SETTINGS) {
    set_setting (self, id, value, pspec);
  } else if (id == GST_ZRTP_PROP_SAS_VERIFIED) {
    gboolean verified = g_value_get_boolean (value);

    if (!gst_zrtp_bin_act_on_session (self, verified ? zrtp_session_verify_sas
            : zrtp_session_unverify_sas) && verified)
      gst_zrtp_bin_warn (self, "\"sas-verified\" can't be set before there is "
          "a SAS that the users could have compared");
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
get_setting (GstZrtpBin * self, guint id, GValue * value)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);

  if (transport && gst_zrtp_setting_get_scope (id) != GST_ZRTP_SCOPE_ELEMENT) {
    gst_zrtp_session_lock (transport->session);
    gst_zrtp_settings_get (transport->settings, id, value);
    gst_zrtp_session_unlock (transport->session);
  } else {
    gst_zrtp_settings_get (self->settings, id, value);
  }
  if (transport)
    gst_zrtp_transport_unref (transport);
}

static void
gst_zrtp_bin_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstZrtpBin *self = GST_ZRTP_BIN (object);
  GstZrtpTransport *transport;

  if (id < GST_ZRTP_N_SETTINGS) {
    get_setting (self, id, value);
    return;
  }
  /* An application that reads it gets one, in any state. */
  if (id == GST_ZRTP_PROP_HELLO_HASH
      && GST_ZRTP_BIN_GET_CLASS (self)->side == GST_ZRTP_SIDE_SEND)
    gst_zrtp_registry_join (self, FALSE, NULL);
  transport = gst_zrtp_bin_get_pair (self);
  gst_zrtp_property_read (transport, id, value);
  if (transport)
    gst_zrtp_transport_unref (transport);
}

static gboolean
claim_slot (GstZrtpBin * self)
{
  char *clash = NULL;

  if (gst_zrtp_registry_join (self, TRUE, &clash))
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", clash), (NULL));
  g_free (clash);
  return FALSE;
}

static void
start (GstZrtpBin * self)
{
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (self);

  gst_zrtp_transport_activate (self->transport, klass->side);
  klass->start (self);
}

static void
stop (GstZrtpBin * self)
{
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (self);

  klass->stop (self);
  gst_zrtp_transport_deactivate (self->transport, klass->side);
}

/* Posted here, since the thread that posts otherwise is one of those that the
 * process lacks. */
static void
warn_of_fork (GstZrtpBin * self)
{
  if (gst_zrtp_pool_is_lost ())
    GST_ELEMENT_WARNING (self, RESOURCE, FAILED,
        ("This process is a fork of one that had calls, and lacks its threads. "
            "No call can become secure here: start the process with exec, or "
            "fork before the first call"), (NULL));
}

static GstStateChangeReturn
gst_zrtp_bin_change_state (GstElement * element, GstStateChange transition)
{
  GstZrtpBin *self = GST_ZRTP_BIN (element);
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (self);
  GstStateChangeReturn ret;

  switch (transition) {
    case GST_STATE_CHANGE_NULL_TO_READY:
      warn_of_fork (self);
      if (!claim_slot (self))
        return GST_STATE_CHANGE_FAILURE;
      break;
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (!check_refused (self))
        return GST_STATE_CHANGE_FAILURE;
      /* The names may have changed since. */
      if (!claim_slot (self))
        return GST_STATE_CHANGE_FAILURE;
      warn_of_short_secret (self);
      start (self);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      klass->unblock (self);
      break;
    default:
      break;
  }

  ret = GST_ELEMENT_CLASS (gst_zrtp_bin_parent_class)->change_state (element,
      transition);

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (ret == GST_STATE_CHANGE_FAILURE)
        stop (self);
      else
        klass->started (self);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      stop (self);
      take_later (self);
      break;
    case GST_STATE_CHANGE_READY_TO_NULL:
      gst_zrtp_transport_wait_stored (self->transport);
      gst_zrtp_transport_wait_notified (self->transport);
      gst_zrtp_registry_release (self);
      break;
    default:
      break;
  }
  return ret;
}

static void
gst_zrtp_bin_dispose (GObject * object)
{
  GstZrtpBin *self = GST_ZRTP_BIN (object);

  /* GstElement reports an application that drops an element above READY; its
   * timers and keys must go all the same. */
  if (is_running (self)) {
    GST_ZRTP_BIN_GET_CLASS (self)->unblock (self);
    stop (self);
  }
  gst_zrtp_registry_leave (self);
  G_OBJECT_CLASS (gst_zrtp_bin_parent_class)->dispose (object);
}

static void
gst_zrtp_bin_finalize (GObject * object)
{
  GstZrtpBin *self = GST_ZRTP_BIN (object);

  gst_zrtp_settings_unref (self->settings);
  for (guint id = 0; id < GST_ZRTP_N_SETTINGS; id++)
    g_free (self->refused[id]);
  for (guint id = 0; id < G_N_ELEMENTS (self->later); id++)
    keep_for_later (self, id, NULL);
  G_OBJECT_CLASS (gst_zrtp_bin_parent_class)->finalize (object);
}

static void
do_nothing (GstZrtpBin * self)
{
}

static void
gst_zrtp_bin_class_init (GstZrtpBinClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_zrtp_bin_set_property;
  object_class->get_property = gst_zrtp_bin_get_property;
  object_class->dispose = gst_zrtp_bin_dispose;
  object_class->finalize = gst_zrtp_bin_finalize;
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_zrtp_bin_change_state);
  klass->start = klass->stop = klass->started = klass->unblock = do_nothing;
  klass->open = do_nothing;

  gst_zrtp_enums_register ();
  gst_zrtp_properties_install (object_class);
  gst_zrtp_signals_install (G_TYPE_FROM_CLASS (klass));
  gst_zrtp_actions_install (klass);
  gst_zrtp_sdp_class_init (klass);
  gst_zrtp_pbx_class_init (klass);
  gst_zrtp_signature_class_init (klass);
  gst_type_mark_as_plugin_api (GST_TYPE_ZRTP_BIN, 0);
}

static void
gst_zrtp_bin_init (GstZrtpBin * self)
{
  self->settings = gst_zrtp_settings_new ();
}
