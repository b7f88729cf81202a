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
static GHashTable *calls;       /* key to GstZrtpCall, borrowed: in it as long
                                 * as it has pairs */

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
static GstZrtpCall *
find_call (const char *key)
{
  GstZrtpCall *call = NULL;

  if (!calls)
    calls = g_hash_table_new (g_str_hash, g_str_equal);
  if (key)
    call = g_hash_table_lookup (calls, key);
  if (call)
    return gst_zrtp_call_ref (call);
  call = gst_zrtp_call_new (key);
  if (key)
    g_hash_table_insert (calls, call->key, call);
  return call;
}

/* A reference. The pair is in the call from here on. */
static GstZrtpPair *
find_pair (GstZrtpCall * call, guint stream_id)
{
  GstZrtpPair *pair;

  for (guint i = 0; i < call->pairs->len; i++) {
    pair = g_ptr_array_index (call->pairs, i);
    if (pair->stream_id == stream_id)
      return gst_zrtp_pair_ref (pair);
  }
  pair = gst_zrtp_pair_new (call, stream_id);
  gst_zrtp_call_lock (call);
  g_ptr_array_add (call->pairs, pair);
  gst_zrtp_call_unlock (call);
  return pair;
}

static GstZrtpPair *
find_place (const char *key, guint stream_id)
{
  GstZrtpCall *call = find_call (key);
  GstZrtpPair *pair = find_pair (call, stream_id);

  gst_zrtp_call_unref (call);
  return pair;
}

static gboolean
is_empty (GstZrtpPair * pair)
{
  return !pair->members[GST_ZRTP_HALF_ENC].id
      && !pair->members[GST_ZRTP_HALF_DEC].id;
}

/* Takes a pair without members out of its call, and that out of the table. */
static void
remove_if_empty (GstZrtpPair * pair)
{
  GstZrtpCall *call = pair->call;

  gst_zrtp_call_lock (call);
  if (is_empty (pair)) {
    gst_zrtp_pair_drop_stream (pair);
    g_ptr_array_remove (call->pairs, pair);
  }
  if (call->pairs->len == 0)
    gst_zrtp_call_drop_cache (call);
  gst_zrtp_call_refresh (call);
  gst_zrtp_call_unlock (call);
  if (call->pairs->len == 0 && call->key)
    g_hash_table_remove (calls, call->key);
}

/* The Hello goes along with the zrtpenc that made it, as long as no call used
 * it. */
static void
hand_over (GstZrtpPair * from, GstZrtpPair * to)
{
  GstZrtpCall *first = from->call < to->call ? from->call : to->call;
  GstZrtpCall *second = from->call < to->call ? to->call : from->call;

  gst_zrtp_call_lock (first);
  if (second != first)
    gst_zrtp_call_lock (second);
  gst_zrtp_call_adopt_cache (to->call, from->call);
  if (from->stream && !to->stream && !gst_zrtp_pair_is_active (from))
    gst_zrtp_pair_adopt_stream (to, from);
  if (second != first)
    gst_zrtp_call_unlock (second);
  gst_zrtp_call_unlock (first);
}

static void
take_seat (GstZrtpBin * bin, GstZrtpPair * pair)
{
  GstZrtpMember *member = &pair->members[GST_ZRTP_BIN_GET_CLASS (bin)->half];

  gst_zrtp_call_lock (pair->call);
  member->id = bin;
  g_weak_ref_set (&member->element, bin);
  member->settings = gst_zrtp_settings_ref (bin->settings);
  gst_zrtp_call_refresh (pair->call);
  gst_zrtp_call_unlock (pair->call);
}

/* With the call's lock. */
static void
empty_seat (GstZrtpMember * member)
{
  g_assert (!member->active);
  member->id = NULL;
  member->reserved = FALSE;
  g_weak_ref_set (&member->element, NULL);
  g_clear_pointer (&member->settings, gst_zrtp_settings_unref);
}

static void
leave_seat (GstZrtpBin * bin, GstZrtpPair * pair)
{
  GstZrtpMember *member = &pair->members[GST_ZRTP_BIN_GET_CLASS (bin)->half];

  gst_zrtp_call_lock (pair->call);
  /* If it is being disposed of, another one may sit there already. */
  if (member->id == bin)
    empty_seat (member);
  gst_zrtp_call_unlock (pair->call);
  remove_if_empty (pair);
}

/* @to may be NULL. */
static void
move (GstZrtpBin * bin, GstZrtpPair * to)
{
  GstZrtpPair *from;

  GST_OBJECT_LOCK (bin);
  from = bin->pair;
  bin->pair = to ? gst_zrtp_pair_ref (to) : NULL;
  GST_OBJECT_UNLOCK (bin);

  if (from && to && GST_ZRTP_BIN_GET_CLASS (bin)->half == GST_ZRTP_HALF_ENC)
    hand_over (from, to);
  if (to)
    take_seat (bin, to);
  if (from) {
    leave_seat (bin, from);
    gst_zrtp_pair_unref (from);
  }
}

static gboolean
is_at (GstZrtpPair * pair, const char *key, guint stream_id)
{
  return pair && g_strcmp0 (pair->call->key, key) == 0
      && pair->stream_id == stream_id;
}

static char *
describe_clash (GstZrtpBin * bin, GstZrtpPair * pair)
{
  GstZrtpHalf half = GST_ZRTP_BIN_GET_CLASS (bin)->half;
  const char *type = half == GST_ZRTP_HALF_ENC ? "zrtpenc" : "zrtpdec";
  char *session_id = gst_zrtp_settings_get_string (bin->settings,
      GST_ZRTP_SETTING_SESSION_ID);
  char *where = session_id && *session_id
      ? g_strdup_printf ("session-id \"%s\"", session_id)
      : g_strdup ("this pipeline");
  char *text = g_strdup_printf ("There is another %s for %s with stream-id %u. "
      "Every transport of a call has its own zrtpenc and zrtpdec: give the two "
      "of this one another stream-id, or another session-id if they belong to "
      "another call", type, where, pair->stream_id);

  g_free (where);
  g_free (session_id);
  return text;
}

/* Makes room at a seat. FALSE if whoever sits there stays. @evicted: to be
 * unreffed without the lock. */
static gboolean
clear_seat (GstZrtpPair * pair, GstZrtpHalf half, gboolean reserve,
    GstElement ** evicted)
{
  GstZrtpMember *member = &pair->members[half];
  gboolean taken, reserved;
  GstZrtpPair *own;

  gst_zrtp_call_lock (pair->call);
  taken = member->id != NULL;
  reserved = member->reserved;
  gst_zrtp_call_unlock (pair->call);
  if (!taken)
    return TRUE;
  if (reserved || !reserve)
    return FALSE;
  *evicted = gst_zrtp_pair_get_element (pair, half);
  if (!*evicted) {
    /* It is being disposed of and about to leave. */
    gst_zrtp_call_lock (pair->call);
    empty_seat (member);
    gst_zrtp_call_unlock (pair->call);
    return TRUE;
  }
  own = find_place (NULL, 0);
  move ((GstZrtpBin *) * evicted, own);
  gst_zrtp_pair_unref (own);
  return TRUE;
}

/* Where the element wants to be. */
static gboolean
seat (GstZrtpBin * bin, const char *key, guint stream_id, gboolean reserve,
    GstElement ** evicted, char **clash)
{
  GstZrtpPair *pair = find_place (key, stream_id);
  gboolean ok = clear_seat (pair, GST_ZRTP_BIN_GET_CLASS (bin)->half, reserve,
      evicted);

  if (!ok && !reserve && !bin->pair) {
    gst_zrtp_pair_unref (pair);
    pair = find_place (NULL, stream_id);
    ok = TRUE;
  }
  if (ok)
    move (bin, pair);
  else if (reserve)
    *clash = describe_clash (bin, pair);
  gst_zrtp_pair_unref (pair);
  return ok || !reserve;
}

static void
set_reserved (GstZrtpBin * bin, gboolean reserved)
{
  GstZrtpPair *pair = bin->pair;

  if (!pair)
    return;
  gst_zrtp_call_lock (pair->call);
  pair->members[GST_ZRTP_BIN_GET_CLASS (bin)->half].reserved = reserved;
  if (!pair->members[GST_ZRTP_HALF_ENC].reserved
      && !pair->members[GST_ZRTP_HALF_DEC].reserved)
    pair->transport_ready = FALSE;
  gst_zrtp_call_unlock (pair->call);
}

static gboolean
is_reserved (GstZrtpBin * bin)
{
  GstZrtpPair *pair = bin->pair;
  gboolean result = FALSE;

  if (pair) {
    gst_zrtp_call_lock (pair->call);
    result = pair->members[GST_ZRTP_BIN_GET_CLASS (bin)->half].reserved;
    gst_zrtp_call_unlock (pair->call);
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
  if (!is_at (bin->pair, key, stream_id) && (reserve || !is_reserved (bin)))
    ok = seat (bin, key, stream_id, reserve, &evicted, clash);
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
get_cache_path (GstZrtpCall * call)
{
  char *path;

  gst_zrtp_call_lock (call);
  path = g_strdup (call->cache_path);
  gst_zrtp_call_unlock (call);
  return path;
}

void
gst_zrtp_registry_leave (GstZrtpBin * bin)
{
  char *path = NULL;

  g_mutex_lock (&lock);
  if (bin->pair) {
    path = get_cache_path (bin->pair->call);
    move (bin, NULL);
  }
  g_mutex_unlock (&lock);
  if (path)
    gst_zrtp_storage_wait_closed (path, g_get_monotonic_time () + CLOSE_TIME);
  g_free (path);
}

GstZrtpCall *
gst_zrtp_registry_find_call (const char *session_id)
{
  GstZrtpCall *call = NULL;
  char *key;

  if (!session_id || !*session_id)
    return NULL;
  key = make_session_key (session_id);
  g_mutex_lock (&lock);
  if (calls)
    call = g_hash_table_lookup (calls, key);
  if (call)
    gst_zrtp_call_ref (call);
  g_mutex_unlock (&lock);
  g_free (key);
  return call;
}
