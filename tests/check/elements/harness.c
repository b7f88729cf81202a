/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "harness.h"

#include <string.h>

#include "endpoint.h"

static void
state_changed (GObject * element, GParamSpec * pspec, Harness * harness)
{
  g_mutex_lock (&harness->lock);
  g_cond_broadcast (&harness->changed);
  g_mutex_unlock (&harness->lock);
}

static void
harness_unref (Harness * harness)
{
  if (!g_atomic_int_dec_and_test (&harness->refs))
    return;
  g_ptr_array_unref (harness->wire);
  g_mutex_clear (&harness->lock);
  g_cond_clear (&harness->changed);
  g_free (harness);
}

static void
drop_closure_data (gpointer data, GClosure * closure)
{
  harness_unref (data);
}

static GstElement *
make_element (Harness * harness, const char *type, const char *session_id)
{
  GstElement *element = gst_element_factory_make (type, NULL);

  fail_unless (element != NULL, "no element %s", type);
  gst_object_ref_sink (element);
  g_object_set (element, "session-id", session_id, "cache", ":memory:", NULL);
  g_atomic_int_inc (&harness->refs);
  g_signal_connect_data (element, "notify::state", G_CALLBACK (state_changed),
      harness, drop_closure_data, 0);
  return element;
}

static void
link_pads (GstElement * from, const char *src_name, GstElement * to)
{
  GstPad *src = gst_element_get_static_pad (from, src_name);
  GstPad *sink = gst_element_get_static_pad (to, "rtp_sink");

  fail_unless_equals_int (gst_pad_link_full (src, sink,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
  gst_object_unref (src);
  gst_object_unref (sink);
}

static GstPadProbeReturn
tap (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Harness *harness = data;
  GstBufferList *list = info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST
      ? gst_pad_probe_info_get_buffer_list (info) : NULL;
  guint n = list ? gst_buffer_list_length (list) : 1;

  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = list ? gst_buffer_list_get (list, i)
        : gst_pad_probe_info_get_buffer (info);
    gpointer copy;
    gsize size;

    gst_buffer_extract_dup (buffer, 0, -1, &copy, &size);
    if (size > 0 && ((guint8 *) copy)[0] >> 6 == 2) {
      g_mutex_lock (&harness->lock);
      g_ptr_array_add (harness->wire, g_bytes_new_take (copy, size));
      g_mutex_unlock (&harness->lock);
    } else {
      g_free (copy);
    }
  }
  return GST_PAD_PROBE_OK;
}

Harness *
harness_new (void)
{
  return harness_new_with (NULL, NULL);
}

Harness *
harness_new_with (const char *property, const char *value)
{
  static gint count;
  Harness *harness = g_new0 (Harness, 1);
  gint n = g_atomic_int_add (&count, 1);
  char *a = g_strdup_printf ("bench-a-%d", n);
  char *b = g_strdup_printf ("bench-b-%d", n);
  GstPad *pad;

  harness->refs = 1;
  g_mutex_init (&harness->lock);
  g_cond_init (&harness->changed);
  harness->wire =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  harness->enc_a = make_element (harness, "zrtpenc", a);
  harness->dec_a = make_element (harness, "zrtpdec", a);
  harness->enc_b = make_element (harness, "zrtpenc", b);
  harness->dec_b = make_element (harness, "zrtpdec", b);
  g_free (a);
  g_free (b);
  if (property) {
    gst_util_set_object_arg (G_OBJECT (harness->enc_a), property, value);
    gst_util_set_object_arg (G_OBJECT (harness->enc_b), property, value);
  }

  /* The way back first: the harnesses start their elements. */
  pad = gst_element_request_pad_simple (harness->enc_b, "zrtp_src");
  gst_object_unref (pad);
  link_pads (harness->enc_b, "zrtp_src", harness->dec_a);
  pad = gst_element_request_pad_simple (harness->enc_a, "rtp_sink_0");
  gst_object_unref (pad);
  link_pads (harness->enc_a, "rtp_src_0", harness->dec_b);
  pad = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, tap, harness, NULL);
  gst_object_unref (pad);

  fail_unless_equals_int (gst_element_set_state (harness->dec_a,
          GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  harness->out = gst_harness_new_with_element (harness->dec_b, NULL, "rtp_src");
  harness->in =
      gst_harness_new_with_element (harness->enc_a, "rtp_sink_0", NULL);
  gst_harness_set_src_caps_str (harness->in,
      BENCH_CAPS ",ssrc=(uint)" G_STRINGIFY (BENCH_SSRC));
  return harness;
}

void
harness_free (Harness * harness)
{
  GstElement *elements[] = { harness->enc_a, harness->dec_a, harness->enc_b,
    harness->dec_b
  };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    gst_element_set_state (elements[i], GST_STATE_NULL);
  gst_harness_teardown (harness->in);
  gst_harness_teardown (harness->out);
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_signal_handlers_disconnect_by_data (elements[i], harness);
    gst_object_unref (elements[i]);
  }
  harness_unref (harness);
}

char *
harness_get_state (GstElement * element)
{
  GValue value = G_VALUE_INIT;
  GParamSpec *pspec = g_object_class_find_property
      (G_OBJECT_GET_CLASS (element), "state");
  char *nick;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (element), "state", &value);
  nick = gst_value_serialize (&value);
  g_value_unset (&value);
  return nick;
}

static gboolean
has_state (GstElement * element, const char *nick)
{
  char *state = harness_get_state (element);
  gboolean result = g_str_equal (state, nick);

  g_free (state);
  return result;
}

void
harness_wait_state (Harness * harness, GstElement * element, const char *nick)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  g_mutex_lock (&harness->lock);
  while (!has_state (element, nick))
    fail_unless (g_cond_wait_until (&harness->changed, &harness->lock, until),
        "%s does not become %s", GST_OBJECT_NAME (element), nick);
  g_mutex_unlock (&harness->lock);
}

void
harness_secure (Harness * harness)
{
  fail_unless_equals_int (gst_element_set_state (harness->enc_b,
          GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  harness_wait_state (harness, harness->enc_a, "secure");
  harness_wait_state (harness, harness->enc_b, "secure");
}

static void
write_header (guint8 * header, guint32 ssrc, guint16 seq)
{
  header[0] = 0x80;
  header[1] = 8;
  GST_WRITE_UINT16_BE (header + 2, seq);
  GST_WRITE_UINT32_BE (header + 4, seq * 160);
  GST_WRITE_UINT32_BE (header + 8, ssrc);
}

GstBuffer *
harness_make_rtp (guint32 ssrc, guint16 seq, guint size, guint8 fill)
{
  guint8 *data = g_malloc (12 + size);

  write_header (data, ssrc, seq);
  memset (data + 12, fill, size);
  return gst_buffer_new_wrapped (data, 12 + size);
}

GstBuffer *
harness_make_rtp_pieces (guint32 ssrc, guint16 seq, guint size, guint8 fill)
{
  guint8 *header = g_malloc (12);
  guint8 *data = g_malloc (2 * size);
  GstBuffer *buffer;

  write_header (header, ssrc, seq);
  memset (data, fill, size);
  /* Behind the payload there is another's, as with fragments of one frame. */
  memset (data + size, 0xee, size);
  buffer = gst_buffer_new_wrapped (header, 12);
  gst_buffer_append_memory (buffer, gst_memory_new_wrapped (0, data, 2 * size,
          0, size / 2, data, g_free));
  gst_buffer_append_memory (buffer,
      gst_memory_share (gst_buffer_peek_memory (buffer, 1), size / 2,
          size - size / 2));
  return buffer;
}

GstBuffer *
harness_make_rtcp (guint32 ssrc)
{
  guint8 *data = g_malloc0 (8);

  data[0] = 0x80;
  data[1] = 201;
  data[3] = 1;
  GST_WRITE_UINT32_BE (data + 4, ssrc);
  return gst_buffer_new_wrapped (data, 8);
}

void
harness_check_rtp (GstBuffer * buffer, guint32 ssrc, guint16 seq, guint size,
    guint8 fill)
{
  GstBuffer *wanted = harness_make_rtp (ssrc, seq, size, fill);
  GstMapInfo map;

  fail_unless (buffer != NULL);
  fail_unless (gst_buffer_map (wanted, &map, GST_MAP_READ));
  fail_unless_equals_int (gst_buffer_get_size (buffer), map.size);
  fail_unless (gst_buffer_memcmp (buffer, 0, map.data, map.size) == 0);
  gst_buffer_unmap (wanted, &map);
  gst_buffer_unref (wanted);
  gst_buffer_unref (buffer);
}

GstBuffer *
harness_get_wire (Harness * harness, guint n)
{
  GstBuffer *buffer;
  gconstpointer data;
  gsize size;

  g_mutex_lock (&harness->lock);
  fail_unless (n < harness->wire->len);
  data = g_bytes_get_data (g_ptr_array_index (harness->wire, n), &size);
  buffer = gst_buffer_new_memdup (data, size);
  g_mutex_unlock (&harness->lock);
  return buffer;
}

guint
harness_count_wire (Harness * harness)
{
  guint n;

  g_mutex_lock (&harness->lock);
  n = harness->wire->len;
  g_mutex_unlock (&harness->lock);
  return n;
}
