/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 */
#include "gstzrtpbypass.h"

#include "gstzrtpbin.h"

#include <stdio.h>
#include <string.h>

/* One direction of rtpbin's sessions. */
typedef struct
{
  GstPadDirection direction;
  const char *rtp, *rtcp;       /* pad names, of GStreamer's documentation */
  GType type;                   /* of the element that belongs between */
  gboolean clear_rtcp;          /* found */
} Way;

/* Elements such as a queue that may stand between. */
#define MAX_BETWEEN 16

/* The pad that @pad's element leads on by, if it has two pads. */
static GstPad *
get_other_pad (GstElement * element, GstPad * pad)
{
  GstPad *other = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsinkpads == 1 && element->numsrcpads == 1)
    other = gst_object_ref (GST_PAD_IS_SRC (pad) ? element->sinkpads->data :
        element->srcpads->data);
  GST_OBJECT_UNLOCK (element);
  return other;
}

static gboolean
is_rtpbin (gpointer object)
{
  GstElementFactory *factory = GST_IS_ELEMENT (object)
      ? gst_element_get_factory (GST_ELEMENT (object)) : NULL;

  return factory && strcmp (GST_OBJECT_NAME (factory), "rtpbin") == 0;
}

static gboolean
has_two_pads (GstElement * element)
{
  gboolean result;

  GST_OBJECT_LOCK (element);
  result = element->numsinkpads == 1 && element->numsrcpads == 1;
  GST_OBJECT_UNLOCK (element);
  return result && !GST_IS_BIN (element);
}

/* The element of @pad, or the one that follows where there are only queues and their
 * like between. Takes ownership of @pad, which may be NULL. */
static GstElement *
follow (GstPad * pad)
{
  for (guint i = 0; pad && i < MAX_BETWEEN; i++) {
    GstElement *element = gst_pad_get_parent_element (pad);
    GstPad *other;

    if (!element || !has_two_pads (element)) {
      gst_object_unref (pad);
      return element;
    }
    other = get_other_pad (element, pad);
    gst_object_unref (element);
    gst_object_unref (pad);
    pad = other ? gst_pad_get_peer (other) : NULL;
    gst_clear_object (&other);
  }
  gst_clear_object (&pad);
  return NULL;
}

/* What passes @pad passes an element of @type, or a bin that can't be looked into.
 * Takes ownership of @pad, which may be NULL. */
static gboolean
leads_to (GstPad * pad, GType type)
{
  GstElement *element = follow (pad);
  gboolean result = element && (G_TYPE_CHECK_INSTANCE_TYPE (element, type)
      || (GST_IS_BIN (element) && !GST_IS_ZRTP_BIN (element)));

  gst_clear_object (&element);
  return result;
}

/* What passes this pad of rtpbin passes an element of @type, within or outside. */
static gboolean
is_guarded (GstPad * pad, GType type)
{
  return (GST_IS_GHOST_PAD (pad)
      && leads_to (gst_ghost_pad_get_target (GST_GHOST_PAD (pad)), type))
      || leads_to (gst_pad_get_peer (pad), type);
}

/* RTP of a session is encrypted, and its RTCP is not. */
static gboolean
check_rtcp_pad (GstElement * rtpbin, GstPad * pad, gpointer data)
{
  Way *way = data;
  char *name = gst_pad_get_name (pad), *rtp_name;
  GstPad *rtp = NULL;
  gsize size = strlen (way->rtcp);

  if (g_str_has_prefix (name, way->rtcp)) {
    rtp_name = g_strconcat (way->rtp, name + size, NULL);
    rtp = gst_element_get_static_pad (rtpbin, rtp_name);
    g_free (rtp_name);
  }
  if (rtp && is_guarded (rtp, way->type) && gst_pad_is_linked (pad)
      && !is_guarded (pad, way->type))
    way->clear_rtcp = TRUE;
  gst_clear_object (&rtp);
  g_free (name);
  return TRUE;
}

static gboolean
find_peer_rtpbin (GstElement * element, GstPad * pad, gpointer found)
{
  GstElement *other = follow (gst_pad_get_peer (pad));

  if (!other || !is_rtpbin (other)) {
    gst_clear_object (&other);
    return TRUE;
  }
  *(GstElement **) found = other;
  return FALSE;
}

/* The rtpbin around @element, or linked to it. */
static GstElement *
find_rtpbin (GstElement * element, gboolean * inside)
{
  GstObject *parent = gst_object_get_parent (GST_OBJECT (element));
  GstElement *found = NULL;

  *inside = parent && is_rtpbin (parent);
  if (*inside)
    return GST_ELEMENT (parent);
  gst_clear_object (&parent);
  gst_element_foreach_pad (element, find_peer_rtpbin, &found);
  return found;
}

static gboolean
inspect (GstElement * element, Way * way)
{
  gboolean inside;
  GstElement *rtpbin = find_rtpbin (element, &inside);

  if (!rtpbin)
    return FALSE;
  if (way->direction == GST_PAD_SRC)
    gst_element_foreach_src_pad (rtpbin, check_rtcp_pad, way);
  else
    gst_element_foreach_sink_pad (rtpbin, check_rtcp_pad, way);
  gst_object_unref (rtpbin);
  return inside;
}

void
gst_zrtp_bypass_inspect_enc (GstElement * enc, GstZrtpSample * sample)
{
  Way way = { GST_PAD_SRC, "send_rtp_src_", "send_rtcp_src_",
    G_OBJECT_TYPE (enc)
  };

  sample->in_rtpbin = inspect (enc, &way);
  sample->clear_rtcp = way.clear_rtcp;
}

void
gst_zrtp_bypass_inspect_dec (GstElement * dec, GstZrtpSample * sample)
{
  Way way = { GST_PAD_SINK, "recv_rtp_sink_", "recv_rtcp_sink_",
    G_OBJECT_TYPE (dec)
  };

  inspect (dec, &way);
  sample->clear_rtcp_in = way.clear_rtcp;
}
