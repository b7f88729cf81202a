/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpsdp.h"

#include <string.h>
#include <gst/sdp/sdp.h>

#define ATTRIBUTE "zrtp-hash"
#define VERSION_SIZE 4          /* in every Hello (5.2) */
#define HASH_DIGITS 64          /* SHA-256, not truncated (8.1) */

/* The attribute's name is case-sensitive (RFC 8866 6), but a check is not worth
 * losing for that. */
static gboolean
is_hash (const GstSDPAttribute * attribute)
{
  return attribute->key && g_ascii_strcasecmp (attribute->key, ATTRIBUTE) == 0;
}

/* FALSE, with a warning, if there is no such media description. */
static gboolean
check_index (GstZrtpBin * self, const char *action, const GstSDPMessage * sdp,
    guint index)
{
  char *text;

  if (sdp && index < gst_sdp_message_medias_len (sdp))
    return TRUE;
  text = sdp ? g_strdup_printf ("\"%s\" has no media description %u: there are "
      "%u, counted from 0", action, index, gst_sdp_message_medias_len (sdp))
      : g_strdup_printf ("\"%s\" takes a GstSDPMessage, not NULL", action);
  gst_zrtp_bin_warn (self, text);
  g_free (text);
  return FALSE;
}

/* -- Ours -- */

static gboolean
write_sdp (GstZrtpBin * self, GstSDPMessage * sdp, guint index)
{
  GstSDPMedia *media;
  char *value = NULL;

  if (!check_index (self, "write-sdp", sdp, index))
    return FALSE;
  media = &g_array_index (sdp->medias, GstSDPMedia, index);
  g_object_get (self, "hello-hash", &value, NULL);
  if (!value)
    return FALSE;
  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--)
    if (is_hash (gst_sdp_media_get_attribute (media, i - 1)))
      gst_sdp_media_remove_attribute (media, i - 1);
  gst_sdp_media_add_attribute (media, ATTRIBUTE, value);
  g_free (value);
  return TRUE;
}

/* -- The other side's -- */

static gboolean
is_version (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isgraph (text[i]) || text[i] == ',')
      return FALSE;
  return size > 0;
}

/* Of a version that is not ours the hash may have any size. */
static gboolean
is_hash_value (const char *version, const char *text)
{
  gsize n = strspn (text, "0123456789abcdef");

  if (n == 0 || text[n] != '\0')
    return FALSE;
  return n == HASH_DIGITS || strncmp (version, ZRTP_VERSION, 3) != 0;
}

/* Length of the version at the start of a value. There is a blank after it in
 * the RFC's example and none in its grammar; drafts had no version. */
static gsize
measure_version (const char *text)
{
  gsize n = strcspn (text, " \t");

  if (text[n] != '\0')
    return n;
  return n > VERSION_SIZE && text[1] == '.' ? VERSION_SIZE : 0;
}

/* Appends a value as a line "1.10 <hex>". FALSE if it is none. */
static gboolean
append_value (GString * lines, const char *value)
{
  char *text = g_strstrip (g_strdup (value ? value : ""));
  gsize n = measure_version (text);
  char *version = n ? g_strndup (text, n) : g_strdup (ZRTP_VERSION);
  char *hex = g_strchug (g_ascii_strdown (text + n, -1));
  gboolean ok = is_version (version, strlen (version))
      && is_hash_value (version, hex);

  if (ok)
    g_string_append_printf (lines, "%s%s %s", lines->len ? "\n" : "", version,
        hex);
  g_free (hex);
  g_free (version);
  g_free (text);
  return ok;
}

static void
warn_about_attribute (GstZrtpBin * self, const GstSDPAttribute * attribute)
{
  char *shown = g_strescape (attribute->value ? attribute->value : "", NULL);
  char *text = g_strdup_printf ("the other side's a=" ATTRIBUTE ":%s can't be "
      "read: it is a version, like " ZRTP_VERSION ", and %d hexadecimal digits",
      shown, HASH_DIGITS);

  gst_zrtp_bin_warn (self, text);
  g_free (text);
  g_free (shown);
}

static gboolean
read_sdp (GstZrtpBin * self, const GstSDPMessage * sdp, guint index)
{
  const GstSDPMedia *media;
  GString *lines;
  gboolean ok = TRUE;

  if (!check_index (self, "read-sdp", sdp, index))
    return FALSE;
  media = gst_sdp_message_get_media (sdp, index);
  lines = g_string_new (NULL);
  for (guint i = 0; ok && i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    if (!is_hash (attribute))
      continue;
    ok = append_value (lines, attribute->value);
    if (!ok)
      warn_about_attribute (self, attribute);
  }
  /* All or nothing: part of a list would refuse the right Hello. */
  if (ok)
    g_object_set (self, "peer-hello-hash", lines->len ? lines->str : NULL,
        NULL);
  g_string_free (lines, TRUE);
  return ok;
}

static void
install (GstZrtpBinClass * klass, const char *name, GCallback callback)
{
  /* Static scope: the caller's own message, not a copy. */
  g_signal_new_class_handler (name, G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, callback, NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 2, GST_TYPE_SDP_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE,
      G_TYPE_UINT);
}

void
gst_zrtp_sdp_class_init (GstZrtpBinClass * klass)
{
  /**
   * GstZrtpBin::write-sdp:
   * @element: the element
   * @sdp: an offer or an answer
   * @media: which of its media descriptions is this stream's, counted from 0
   *
   * Puts `a=zrtp-hash` with #GstZrtpBin:hello-hash into the media description,
   * in place of any that is there (RFC 6189 8, 8.1). From then on the Hello is
   * fixed until the element goes from PAUSED to READY; after
   * #GstZrtpBin::hello-changed the other side needs the new value. The profile
   * is left as it is: RTP/AVP in a first offer and its answer (RFC 6189 4).
   *
   * It is one value for one version of the protocol, and only 1.10 exists (RFC
   * 6189 4.1.1). Each stream has a media description of its own; at the level
   * of the session there is no such attribute.
   *
   * Changes @sdp in place, which language bindings that copy their arguments
   * can't see: there, add an attribute with the value of
   * #GstZrtpBin:hello-hash.
   *
   * Returns: FALSE if there is no Hello, as on a zrtpdec without a zrtpenc, or,
   *     with a WARNING message, no such media description
   *
   * Since: 0.1
   */
  install (klass, "write-sdp", G_CALLBACK (write_sdp));

  /**
   * GstZrtpBin::read-sdp:
   * @element: the element
   * @sdp: the other side's offer or answer
   * @media: which of its media descriptions is this stream's, counted from 0
   *
   * Sets #GstZrtpBin:peer-hello-hash to the values of all `a=zrtp-hash` of the
   * media description: an endpoint has one for each version of the protocol
   * (RFC 6189 4.1.1, 8). Without any there is nothing to compare: the property
   * becomes NULL, and the call may be secure all the same (RFC 6189 8.1).
   *
   * It may come late: a Hello that came before is then compared. Where one of
   * the attributes can't be read, a warning shows it and nothing changes.
   *
   * Returns: FALSE, with a WARNING message, if one of the attributes can't be
   *     read or there is no such media description
   *
   * Since: 0.1
   */
  install (klass, "read-sdp", G_CALLBACK (read_sdp));
}
