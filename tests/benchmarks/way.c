/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "way.h"

#include "bench.h"

/* Without it the first caps would be the only ones. */
static GstStaticPadTemplate out_template =
GST_STATIC_PAD_TEMPLATE ("out", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS_ANY);

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Way *way = gst_pad_get_element_private (pad);

  way->n++;
  if (G_UNLIKELY (way->kept != NULL))
    g_ptr_array_add (way->kept, buffer);
  else if (G_UNLIKELY (way->relay != NULL))
    return gst_pad_push (way->relay, buffer);
  else
    gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  Way *way = gst_pad_get_element_private (pad);
  guint n = gst_buffer_list_length (list);

  way->n += n;
  for (guint i = 0; i < n && way->kept; i++)
    g_ptr_array_add (way->kept, gst_buffer_ref (gst_buffer_list_get (list, i)));
  gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

static GstPad *
get_pad (GstElement * element, const char *name)
{
  GstPad *pad = gst_element_get_static_pad (element, name);

  if (!pad)
    pad = gst_element_request_pad_simple (element, name);
  if (!pad)
    g_error ("%s has no %s", GST_ELEMENT_NAME (element), name);
  return pad;
}

static void
link_pads (GstPad * src, GstPad * sink)
{
  if (gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING)
      != GST_PAD_LINK_OK)
    g_error ("pads can't be linked");
}

static void
push_events (GstPad * pad, GstCaps * caps)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start ("benchmark"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

Way *
way_new (GstElement * element, const char *sink, const char *src,
    GstCaps * caps, GstPad * relay)
{
  Way *way = g_new0 (Way, 1);

  way->relay = relay;
  way->in = gst_pad_new ("in", GST_PAD_SRC);
  way->out = gst_pad_new_from_static_template (&out_template, "out");
  gst_pad_set_element_private (way->out, way);
  gst_pad_set_chain_function (way->out, chain);
  gst_pad_set_chain_list_function (way->out, chain_list);
  gst_pad_set_active (way->in, TRUE);
  gst_pad_set_active (way->out, TRUE);
  if (element) {
    GstPad *element_sink = get_pad (element, sink);
    GstPad *element_src = get_pad (element, src);

    way->element = gst_object_ref_sink (element);
    link_pads (way->in, element_sink);
    link_pads (element_src, way->out);
    gst_object_unref (element_sink);
    gst_object_unref (element_src);
    if (gst_element_set_state (element, GST_STATE_PLAYING)
        == GST_STATE_CHANGE_FAILURE)
      g_error ("%s does not start", GST_ELEMENT_NAME (element));
  } else {
    link_pads (way->in, way->out);
  }
  push_events (way->in, caps);
  return way;
}

void
way_free (Way * way)
{
  gst_pad_set_active (way->in, FALSE);
  gst_pad_set_active (way->out, FALSE);
  if (way->element) {
    gst_element_set_state (way->element, GST_STATE_NULL);
    gst_object_unref (way->element);
  }
  gst_object_unref (way->in);
  gst_object_unref (way->out);
  g_free (way);
}

GstCaps *
way_get_caps (Way * way)
{
  return gst_pad_get_current_caps (way->out);
}

static void
push (GstPad * pad, gpointer item)
{
  GstFlowReturn ret = GST_IS_BUFFER_LIST (item)
      ? gst_pad_push_list (pad, item) : gst_pad_push (pad, item);

  if (ret != GST_FLOW_OK)
    g_error ("pushing: %s", gst_flow_get_name (ret));
}

double
way_push (Way * way, GPtrArray * items)
{
  double start;

  g_ptr_array_set_free_func (items, NULL);
  start = bench_thread_ns ();
  for (guint i = 0; i < items->len; i++)
    push (way->in, g_ptr_array_index (items, i));
  start = bench_thread_ns () - start;
  g_ptr_array_unref (items);
  return start;
}
