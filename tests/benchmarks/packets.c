/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "packets.h"

#include <string.h>

#define HEADER 12
#define DESCRIPTOR 4
#define FRAME 8                 /* packets of a frame that is cut */
#define MTU 1492

static void
write_header (PacketSource * source, guint8 * data)
{
  memset (data, 0, HEADER);
  data[0] = 0x80;
  data[1] = 96;
  GST_WRITE_UINT16_BE (data + 2, source->seq);
  GST_WRITE_UINT32_BE (data + 4, 160 * source->seq);
  GST_WRITE_UINT32_BE (data + 8, source->ssrc);
  source->seq++;
}

static GstMemory *
new_memory (gsize size)
{
  GstMemory *memory = gst_allocator_alloc (NULL, size, NULL);
  GstMapInfo map;

  if (!gst_memory_map (memory, &map, GST_MAP_WRITE))
    g_error ("no memory");
  for (gsize i = 0; i < size; i++)
    map.data[i] = i;
  gst_memory_unmap (memory, &map);
  return memory;
}

static GstBuffer *
make_packet (PacketSource * source, guint octets, GstMemory * frame,
    gsize offset)
{
  GstBuffer *buffer = gst_buffer_new ();
  guint8 header[HEADER];

  if (frame) {
    gst_buffer_append_memory (buffer, new_memory (HEADER));
    gst_buffer_append_memory (buffer, new_memory (DESCRIPTOR));
    gst_buffer_append_memory (buffer, gst_memory_share (frame, offset,
            octets - DESCRIPTOR));
  } else {
    gst_buffer_append_memory (buffer, new_memory (HEADER + octets));
  }
  write_header (source, header);
  gst_buffer_fill (buffer, 0, header, sizeof header);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) =
      source->seq * 20 * GST_MSECOND;
  return buffer;
}

static void
free_item (gpointer item)
{
  gst_mini_object_unref (item);
}

static void
add (GPtrArray * items, GstBuffer * buffer, gboolean list)
{
  GstBufferList *last = list && items->len > 0
      ? g_ptr_array_index (items, items->len - 1) : NULL;

  if (!list) {
    g_ptr_array_add (items, buffer);
    return;
  }
  if (!last || gst_buffer_list_length (last) == PACKETS_LIST) {
    last = gst_buffer_list_new_sized (PACKETS_LIST);
    g_ptr_array_add (items, last);
  }
  gst_buffer_list_add (last, buffer);
}

GPtrArray *
packets_make (PacketSource * source, guint n, guint octets, guint pieces,
    gboolean list)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (free_item);
  GstMemory *frame = NULL;

  for (guint i = 0; i < n; i++) {
    if (pieces > 1 && i % FRAME == 0) {
      g_clear_pointer (&frame, gst_memory_unref);
      frame = new_memory (FRAME * octets);
    }
    add (items, make_packet (source, octets, frame, i % FRAME * octets), list);
  }
  g_clear_pointer (&frame, gst_memory_unref);
  return items;
}

GPtrArray *
packets_make_mixed (PacketSource * sources, guint n_sources, guint first,
    guint n, guint octets)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (free_item);

  for (guint i = 0; i < n; i++)
    add (items, make_packet (&sources[(first + i) % n_sources], octets, NULL,
            0), FALSE);
  return items;
}

GPtrArray *
packets_receive (GPtrArray * buffers, gboolean list)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (free_item);

  for (guint i = 0; i < buffers->len; i++) {
    GstBuffer *from = g_ptr_array_index (buffers, i);
    GstBuffer *to = gst_buffer_new_allocate (NULL, MTU, NULL);
    gsize size = gst_buffer_get_size (from);
    GstMapInfo map;

    if (size > MTU || !gst_buffer_map (to, &map, GST_MAP_WRITE))
      g_error ("no room for a packet");
    gst_buffer_extract (from, 0, map.data, size);
    gst_buffer_unmap (to, &map);
    gst_buffer_set_size (to, size);
    GST_BUFFER_PTS (to) = GST_BUFFER_PTS (from);
    add (items, to, list);
  }
  g_ptr_array_unref (buffers);
  return items;
}
