/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the SAS type B32E shows for five bits.
 */
#ifndef ZRTP_SAS_EMOJI_H
#define ZRTP_SAS_EMOJI_H

#include <glib.h>

typedef struct
{
  gunichar character;
  const char *name;
} ZrtpSasEmoji;

extern const ZrtpSasEmoji zrtp_sas_emoji[32];

#endif
