/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Feeds what takes signatures on the SAS apart, as a block of either type out of
 * a Confirm and as one that an application wants to send.
 */
#include "fuzz.h"

#include <string.h>

#include "zrtp/session/zrtpsignature.h"

static void
check_parts (const char *type, const ZrtpSignature * parts, gsize size)
{
  gsize whole = g_bytes_get_size (parts->signature);

  FUZZ_CHECK (strcmp (zrtp_signature_type (parts), type) == 0);
  if (parts->certificate)
    whole += (g_bytes_get_size (parts->certificate) + 3) / 4 * 4;
  FUZZ_CHECK (whole <= size && size < whole + 4);
}

static void
try_block (const char *type, const guint8 * data, gsize size)
{
  ZrtpSignature parts = { NULL, NULL }, again = { NULL, NULL };
  char *reason = NULL;
  GBytes *block;

  if (zrtp_signature_parse (type, zrtp_octets (data, size), &parts)
      != ZRTP_SIGNATURE_UNCHECKED) {
    FUZZ_CHECK (!parts.certificate && !parts.signature);
    return;
  }
  check_parts (type, &parts, size);
  block = zrtp_signature_write (&parts, &reason);
  FUZZ_CHECK ((block == NULL) == (reason != NULL));
  if (block) {
    gsize written;
    const guint8 *octets = g_bytes_get_data (block, &written);
    const gsize padded = (written + 3) / 4 * 4;
    guint8 *copy = g_malloc0 (padded);

    /* As the Confirm has it, with zeros up to a word. */
    memcpy (copy, octets, written);
    FUZZ_CHECK (written <= ZRTP_MAX_SIGNATURE_SIZE);
    FUZZ_CHECK (zrtp_signature_parse (type, zrtp_octets (copy, padded), &again)
        == ZRTP_SIGNATURE_UNCHECKED);
    FUZZ_CHECK (g_bytes_equal (parts.signature, again.signature));
    g_free (copy);
    g_bytes_unref (block);
  }
  zrtp_signature_clear (&parts);
  zrtp_signature_clear (&again);
  g_free (reason);
}

static void
try_packet (GBytes * octets)
{
  const ZrtpSignature signature = { NULL, octets };
  char *reason = NULL;
  GBytes *block = zrtp_signature_write (&signature, &reason);

  FUZZ_CHECK ((block == NULL) == (reason != NULL));
  if (block)
    g_bytes_unref (block);
  g_free (reason);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  /* Ends where the octets end, so that the sanitizer sees. */
  guint8 *copy = g_malloc (MAX (size, 1));
  GBytes *octets;

  if (size > 0)
    memcpy (copy, data, size);
  try_block ("X509", copy, size);
  try_block ("PGP ", copy, size);
  octets = g_bytes_new_take (copy, size);
  try_packet (octets);
  g_bytes_unref (octets);
  return 0;
}
