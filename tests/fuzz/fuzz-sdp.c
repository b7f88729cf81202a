/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Attributes of a media description, one on each line of the input, given to
 * read-sdp and write-sdp of a zrtpenc. Reading sets the property to a list of versions
 * and hashes or leaves it alone; writing leaves one attribute with our value and all
 * others as they were; and what was written can be read.
 */
#include "fuzz-threads.h"

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include "fuzz.h"

GST_PLUGIN_STATIC_DECLARE (zrtp);

#define ATTRIBUTE "zrtp-hash"
#define MAX_LINES 32

static GstElement *enc;
static guint n_warnings;

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer unused)
{
  n_warnings += GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING;
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
start (void)
{
  GstBus *bus;

  g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  GST_PLUGIN_STATIC_REGISTER (zrtp);
  enc = gst_element_factory_make ("zrtpenc", NULL);
  FUZZ_CHECK (enc);
  gst_object_ref_sink (enc);
  bus = gst_bus_new ();
  gst_bus_set_sync_handler (bus, on_message, NULL, NULL);
  gst_element_set_bus (enc, bus);
  gst_object_unref (bus);
  g_object_set (enc, "cache", ":memory:", NULL);
  gst_element_set_state (enc, GST_STATE_READY);
  fuzz_threads_run ();
}

static gboolean
is_hash (const GstSDPAttribute * attribute)
{
  return g_ascii_strcasecmp (attribute->key, ATTRIBUTE) == 0;
}

static guint
count_hashes (const GstSDPMedia * media)
{
  guint n = 0;

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    n += is_hash (gst_sdp_media_get_attribute (media, i));
  return n;
}

/* A line that begins with a colon has a value of a=zrtp-hash. */
static GstSDPMessage *
make_sdp (const guint8 * data, gsize size)
{
  char *text = g_strndup ((const char *) data, size);
  char **lines = g_strsplit (text, "\n", MAX_LINES);
  GstSDPMessage *sdp;
  GstSDPMedia *media;

  gst_sdp_message_new (&sdp);
  gst_sdp_media_new (&media);
  gst_sdp_media_set_media (media, "audio");
  for (char **line = lines; *line; line++) {
    char *colon = strchr (*line, ':');

    if (colon)
      *colon = '\0';
    gst_sdp_media_add_attribute (media, **line ? *line : ATTRIBUTE,
        colon ? colon + 1 : NULL);
  }
  gst_sdp_message_add_media (sdp, media);
  gst_sdp_media_free (media);
  g_strfreev (lines);
  g_free (text);
  return sdp;
}

static gboolean
call_action (const char *action, GstSDPMessage * sdp)
{
  gboolean ok = FALSE;

  g_signal_emit_by_name (enc, action, sdp, 0, &ok);
  fuzz_threads_run ();
  return ok;
}

static char *
get_text (const char *property)
{
  char *text;

  g_object_get (enc, property, &text, NULL);
  return text;
}

/* Versions, a blank, hexadecimal digits in lower case, a line each. */
static void
check_list (const char *text, guint n)
{
  char **lines = g_strsplit (text ? text : "", "\n", -1);

  FUZZ_CHECK (g_strv_length (lines) == n);
  for (guint i = 0; i < n; i++) {
    const gsize version = strcspn (lines[i], " ");
    const char *hex = lines[i] + version + 1;

    FUZZ_CHECK (version > 0 && lines[i][version] == ' ');
    FUZZ_CHECK (*hex && hex[strspn (hex, "0123456789abcdef")] == '\0');
    FUZZ_CHECK (strncmp (lines[i], "1.1", 3) != 0 || strlen (hex) == 64);
  }
  g_strfreev (lines);
}

static void
read_any (GstSDPMessage * sdp)
{
  const guint n = count_hashes (gst_sdp_message_get_media (sdp, 0));
  char *before = get_text ("peer-hello-hash");
  const guint warned = n_warnings;
  const gboolean ok = call_action ("read-sdp", sdp);
  char *after = get_text ("peer-hello-hash");

  FUZZ_CHECK (n_warnings == warned + !ok);
  if (ok)
    check_list (after, n);
  else
    FUZZ_CHECK (g_strcmp0 (before, after) == 0);
  g_free (before);
  g_free (after);
}

static void
write_and_read (GstSDPMessage * sdp)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (sdp, 0);
  const guint others = gst_sdp_media_attributes_len (media)
      - count_hashes (media);
  char *own, *text;

  FUZZ_CHECK (call_action ("write-sdp", sdp));
  own = get_text ("hello-hash");
  FUZZ_CHECK (gst_sdp_media_attributes_len (media) == others + 1);
  FUZZ_CHECK (count_hashes (media) == 1);
  FUZZ_CHECK (g_strcmp0 (own, gst_sdp_media_get_attribute_val (media,
              ATTRIBUTE)) == 0);
  FUZZ_CHECK (call_action ("read-sdp", sdp));
  text = get_text ("peer-hello-hash");
  FUZZ_CHECK (g_strcmp0 (own, text) == 0);
  g_free (text);
  g_free (own);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  GstSDPMessage *sdp;
  char *text;

  if (!enc)
    start ();
  sdp = make_sdp (data, size);
  g_object_set (enc, "peer-hello-hash", NULL, NULL);
  read_any (sdp);
  write_and_read (sdp);
  gst_sdp_message_free (sdp);
  /* The property takes what an application has from elsewhere. */
  text = g_strndup ((const char *) data, size);
  if (g_utf8_validate (text, -1, NULL))
    g_object_set (enc, "peer-hello-hash", text, NULL);
  fuzz_threads_run ();
  g_free (text);
  return 0;
}
