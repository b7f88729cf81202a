/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpregistry.h"

#include "session/gstzrtpconfigure.h"
#include "session/gstzrtphello.h"
#include "session/gstzrtpservice.h"
#include "threads/gstzrtpdiskqueue.h"

/* Longest wait for the disk when an element goes. */
#define CLOSE_TIME (2 * G_TIME_SPAN_SECOND)

static GMutex lock;
static GHashTable *calls;       /* key to GstZrtpSession, borrowed: in it as
                                 * long as it has transports */

/* A number that no other object of this process ever has: an address may come
 * back. With the registry's lock. */
static guint
get_serial (GstObject * object)
{
  static GQuark quark;
  static guint last;
  guint serial;

  if (!quark)
    quark = g_quark_from_static_string ("gst-zrtp-call");
  serial = GPOINTER_TO_UINT (g_object_get_qdata (G_OBJECT (object), quark));
  if (serial == 0) {
    serial = ++last;
    g_object_set_qdata (G_OBJECT (object), quark, GUINT_TO_POINTER (serial));
  }
  return serial;
}

static char *
make_session_key (const char *session_id)
{
  return g_strconcat ("session ", session_id, NULL);
}

/* The call's name, or NULL if the element has none to share. */
static char *
make_key (GstZrtpBin * bin)
{
  char *session_id = gst_zrtp_settings_get_string (bin->settings,
      GST_ZRTP_SETTING_SESSION_ID);
  char *key = NULL;
  GstObject *top;

  if (session_id && *session_id) {
    key = make_session_key (session_id);
  } else if ((top = gst_zrtp_registry_get_toplevel (GST_ELEMENT (bin)))) {
    key = g_strdup_printf ("bin %u", get_serial (top));
    gst_object_unref (top);
  }
  g_free (session_id);
  return key;
}

/* A reference. */
static GstZrtpSession *
find_call (const char *key)
{
  GstZrtpSession *session = NULL;

  if (!calls)
    calls = g_hash_table_new (g_str_hash, g_str_equal);
  if (key)
    session = g_hash_table_lookup (calls, key);
  if (session)
    return gst_zrtp_session_ref (session);
  session = gst_zrtp_session_new (key);
  if (key)
    g_hash_table_insert (calls, session->key, session);
  return session;
}

/* A reference. The transport is in the session from here on. */
static GstZrtpTransport *
find_pair (GstZrtpSession * session, guint stream_id)
{
  GstZrtpTransport *transport;

  for (guint i = 0; i < session->transports->len; i++) {
    transport = g_ptr_array_index (session->transports, i);
    if (transport->stream_id == stream_id)
      return gst_zrtp_transport_ref (transport);
  }
  transport = gst_zrtp_transport_new (session, stream_id);
  gst_zrtp_session_lock (session);
  g_ptr_array_add (session->transports, transport);
  gst_zrtp_session_unlock (session);
  return transport;
}

static GstZrtpTransport *
find_place (const char *key, guint stream_id)
{
  GstZrtpSession *session = find_call (key);
  GstZrtpTransport *transport = find_pair (session, stream_id);

  gst_zrtp_session_unref (session);
  return transport;
}

static gboolean
is_empty (GstZrtpTransport * transport)
{
  return !transport->slots[GST_ZRTP_SIDE_SEND].id
      && !transport->slots[GST_ZRTP_SIDE_RECEIVE].id;
}

/* Takes a transport without elements out of its session, and that out of the
 * table. */
static void
remove_if_empty (GstZrtpTransport * transport)
{
  GstZrtpSession *session = transport->session;

  gst_zrtp_session_lock (session);
  if (is_empty (transport)) {
    gst_zrtp_transport_drop_stream (transport);
    g_ptr_array_remove (session->transports, transport);
  }
  if (session->transports->len == 0)
    gst_zrtp_session_drop_cache (session);
  gst_zrtp_session_refresh (session);
  gst_zrtp_session_unlock (session);
  if (session->transports->len == 0 && session->key)
    g_hash_table_remove (calls, session->key);
}

/* The Hello goes along with the zrtpenc that made it, as long as no call used
 * it. */
static void
hand_over (GstZrtpTransport * from, GstZrtpTransport * to)
{
  GstZrtpSession *first =
      from->session < to->session ? from->session : to->session;
  GstZrtpSession *second =
      from->session < to->session ? to->session : from->session;

  gst_zrtp_session_lock (first);
  if (second != first)
    gst_zrtp_session_lock (second);
  gst_zrtp_session_adopt_cache (to->session, from->session);
  if (from->stream && !to->stream && !gst_zrtp_transport_is_active (from))
    gst_zrtp_transport_adopt_stream (to, from);
  if (second != first)
    gst_zrtp_session_unlock (second);
  gst_zrtp_session_unlock (first);
}

static void
claim_slot (GstZrtpBin * bin, GstZrtpTransport * transport)
{
  GstZrtpSlot *slot = &transport->slots[GST_ZRTP_BIN_GET_CLASS (bin)->side];

  gst_zrtp_session_lock (transport->session);
  slot->id = bin;
  g_weak_ref_set (&slot->element, bin);
  slot->settings = gst_zrtp_settings_ref (bin->settings);
  gst_zrtp_session_refresh (transport->session);
  gst_zrtp_session_unlock (transport->session);
}

/* Must be called with session->lock held. */
static void
empty_slot (GstZrtpSlot * slot)
{
  g_assert (!slot->active);
  slot->id = NULL;
  slot->reserved = FALSE;
  g_weak_ref_set (&slot->element, NULL);
  g_clear_pointer (&slot->settings, gst_zrtp_settings_unref);
}

static void
leave_slot (GstZrtpBin * bin, GstZrtpTransport * transport)
{
  GstZrtpSlot *slot = &transport->slots[GST_ZRTP_BIN_GET_CLASS (bin)->side];

  gst_zrtp_session_lock (transport->session);
  /* If it is being disposed of, another one may sit there already. */
  if (slot->id == bin)
    empty_slot (slot);
  gst_zrtp_session_unlock (transport->session);
  remove_if_empty (transport);
}

/* @to may be NULL. */
static void
move (GstZrtpBin * bin, GstZrtpTransport * to)
{
  GstZrtpTransport *from;

  GST_OBJECT_LOCK (bin);
  from = bin->transport;
  bin->transport = to ? gst_zrtp_transport_ref (to) : NULL;
  GST_OBJECT_UNLOCK (bin);

  if (from && to && GST_ZRTP_BIN_GET_CLASS (bin)->side == GST_ZRTP_SIDE_SEND)
    hand_over (from, to);
  if (to)
    claim_slot (bin, to);
  if (from) {
    leave_slot (bin, from);
    gst_zrtp_transport_unref (from);
  }
}

static gboolean
is_at (GstZrtpTransport * transport, const char *key, guint stream_id)
{
  return transport && g_strcmp0 (transport->session->key, key) == 0
      && transport->stream_id == stream_id;
}

static char *
describe_clash (GstZrtpBin * bin, GstZrtpTransport * transport)
{
  GstZrtpSide side = GST_ZRTP_BIN_GET_CLASS (bin)->side;
  const char *type = side == GST_ZRTP_SIDE_SEND ? "zrtpenc" : "zrtpdec";
  char *session_id = gst_zrtp_settings_get_string (bin->settings,
      GST_ZRTP_SETTING_SESSION_ID);
  char *where = session_id && *session_id
      ? g_strdup_printf ("session-id \"%s\"", session_id)
      : g_strdup ("this pipeline");
  char *text = g_strdup_printf ("There is another %s for %s with stream-id %u. "
      "Every transport of a call has its own zrtpenc and zrtpdec: give the two "
      "of this one another stream-id, or another session-id if they belong to "
      "another call", type, where, transport->stream_id);

  g_free (where);
  g_free (session_id);
  return text;
}

/* Makes room in a slot. FALSE if the element there stays. @evicted: to be
 * unreffed without the lock. */
static gboolean
clear_slot (GstZrtpTransport * transport, GstZrtpSide side, gboolean reserve,
    GstElement ** evicted)
{
  GstZrtpSlot *slot = &transport->slots[side];
  gboolean taken, reserved;
  GstZrtpTransport *own;

  gst_zrtp_session_lock (transport->session);
  taken = slot->id != NULL;
  reserved = slot->reserved;
  gst_zrtp_session_unlock (transport->session);
  if (!taken)
    return TRUE;
  if (reserved || !reserve)
    return FALSE;
  *evicted = gst_zrtp_transport_get_element (transport, side);
  if (!*evicted) {
    /* It is being disposed of and about to leave. */
    gst_zrtp_session_lock (transport->session);
    empty_slot (slot);
    gst_zrtp_session_unlock (transport->session);
    return TRUE;
  }
  own = find_place (NULL, 0);
  move ((GstZrtpBin *) * evicted, own);
  gst_zrtp_transport_unref (own);
  return TRUE;
}

/* Where the element wants to be. */
static gboolean
assign_slot (GstZrtpBin * bin, const char *key, guint stream_id,
    gboolean reserve, GstElement ** evicted, char **clash)
{
  GstZrtpTransport *transport = find_place (key, stream_id);
  gboolean ok =
      clear_slot (transport, GST_ZRTP_BIN_GET_CLASS (bin)->side, reserve,
      evicted);

  if (!ok && !reserve && !bin->transport) {
    gst_zrtp_transport_unref (transport);
    transport = find_place (NULL, stream_id);
    ok = TRUE;
  }
  if (ok)
    move (bin, transport);
  else if (reserve)
    *clash = describe_clash (bin, transport);
  gst_zrtp_transport_unref (transport);
  return ok || !reserve;
}

static void
set_reserved (GstZrtpBin * bin, gboolean reserved)
{
  GstZrtpTransport *transport = bin->transport;

  if (!transport)
    return;
  gst_zrtp_session_lock (transport->session);
  transport->slots[GST_ZRTP_BIN_GET_CLASS (bin)->side].reserved = reserved;
  if (!transport->slots[GST_ZRTP_SIDE_SEND].reserved
      && !transport->slots[GST_ZRTP_SIDE_RECEIVE].reserved)
    transport->transport_ready = FALSE;
  gst_zrtp_session_unlock (transport->session);
}

static gboolean
is_reserved (GstZrtpBin * bin)
{
  GstZrtpTransport *transport = bin->transport;
  gboolean result = FALSE;

  if (transport) {
    gst_zrtp_session_lock (transport->session);
    result = transport->slots[GST_ZRTP_BIN_GET_CLASS (bin)->side].reserved;
    gst_zrtp_session_unlock (transport->session);
  }
  return result;
}

gboolean
gst_zrtp_registry_join (GstZrtpBin * bin, gboolean reserve, char **clash)
{
  guint stream_id = gst_zrtp_settings_get_uint (bin->settings,
      GST_ZRTP_SETTING_STREAM_ID);
  GstElement *evicted = NULL;
  gboolean ok = TRUE;
  char *key;

  g_mutex_lock (&lock);
  key = make_key (bin);
  if (!is_at (bin->transport, key, stream_id) && (reserve
          || !is_reserved (bin)))
    ok = assign_slot (bin, key, stream_id, reserve, &evicted, clash);
  if (ok && reserve)
    set_reserved (bin, TRUE);
  g_mutex_unlock (&lock);
  g_free (key);
  if (evicted)
    gst_object_unref (evicted);
  return ok;
}

void
gst_zrtp_registry_release (GstZrtpBin * bin)
{
  g_mutex_lock (&lock);
  set_reserved (bin, FALSE);
  g_mutex_unlock (&lock);
}

static char *
get_cache_path (GstZrtpSession * session)
{
  char *path;

  gst_zrtp_session_lock (session);
  path = g_strdup (session->cache_path);
  gst_zrtp_session_unlock (session);
  return path;
}

void
gst_zrtp_registry_leave (GstZrtpBin * bin)
{
  char *path = NULL;

  g_mutex_lock (&lock);
  if (bin->transport) {
    path = get_cache_path (bin->transport->session);
    move (bin, NULL);
  }
  g_mutex_unlock (&lock);
  if (path)
    gst_zrtp_disk_queue_wait_closed (path,
        g_get_monotonic_time () + CLOSE_TIME);
  g_free (path);
}

GstZrtpSession *
gst_zrtp_registry_find_call (const char *session_id)
{
  GstZrtpSession *session = NULL;
  char *key;

  if (!session_id || !*session_id)
    return NULL;
  key = make_session_key (session_id);
  g_mutex_lock (&lock);
  if (calls)
    session = g_hash_table_lookup (calls, key);
  if (session)
    gst_zrtp_session_ref (session);
  g_mutex_unlock (&lock);
  g_free (key);
  return session;
}
