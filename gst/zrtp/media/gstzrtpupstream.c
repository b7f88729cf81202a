/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media/gstzrtpupstream.h"

/* Longer chains of elements are not followed: a loop of pads has no source. */
#define MAX_DEPTH 64

static gboolean is_locked (GstPad * sink, guint depth);

static gboolean
is_state_locked (GstElement * element)
{
  GRecMutex *lock = GST_STATE_GET_LOCK (element);

  if (!g_rec_mutex_trylock (lock))
    return TRUE;
  g_rec_mutex_unlock (lock);
  return FALSE;
}

typedef struct
{
  guint depth;
  gboolean any;                 /* the element has sink pads */
  gboolean locked;
} Search;

static gboolean
search_sink_pad (GstElement * element, GstPad * sink, gpointer data)
{
  Search *search = data;

  search->any = TRUE;
  search->locked = is_locked (sink, search->depth);
  return !search->locked;
}

/* The pad of the element within a bin; takes ownership of @src. */
static GstPad *
resolve_ghost_pad (GstPad * src)
{
  while (src && GST_IS_GHOST_PAD (src)) {
    GstPad *target = gst_ghost_pad_get_target (GST_GHOST_PAD (src));

    gst_object_unref (src);
    src = target;
  }
  return src;
}

/* The sink pad outside of the bin that feeds @src, the inner pad of a ghost sink
 * pad; NULL if @src is not one. */
static GstPad *
get_outer_sink (GstPad * src)
{
  GstPad *outer;

  if (!GST_IS_PROXY_PAD (src) || GST_IS_GHOST_PAD (src))
    return NULL;
  outer = GST_PAD_CAST (gst_proxy_pad_get_internal (GST_PROXY_PAD (src)));
  if (outer && !GST_PAD_IS_SINK (outer))
    gst_clear_object (&outer);
  return outer;
}

static gboolean
is_locked (GstPad * sink, guint depth)
{
  Search search = { depth + 1, FALSE, FALSE };
  GstElement *element = NULL;
  GstPad *src, *outer;

  if (depth >= MAX_DEPTH || !(src = gst_pad_get_peer (sink)))
    return FALSE;
  if ((outer = get_outer_sink (src))) {
    search.locked = is_locked (outer, search.depth);
    gst_object_unref (outer);
  } else if ((src = resolve_ghost_pad (src))) {
    element = gst_pad_get_parent_element (src);
  }
  if (element) {
    gst_element_foreach_sink_pad (element, search_sink_pad, &search);
    if (!search.any)
      search.locked = is_state_locked (element);
    gst_object_unref (element);
  }
  gst_clear_object (&src);
  return search.locked;
}

gboolean
gst_zrtp_upstream_is_locked (GstPad * pad)
{
  return is_locked (pad, 0);
}
