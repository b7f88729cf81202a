/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The 32 characters of GNU ZRTP's SAS type B32E, in its order, under their
 * Unicode names.
 */
#include "zrtp/crypto/zrtpsas-emoji.h"

const ZrtpSasEmoji zrtp_sas_emoji[32] = {
  {0x1f601, "grinning face with smiling eyes"},
  {0x1f63a, "smiling cat face with open mouth"},
  {0x1f465, "busts in silhouette"},
  {0x1f332, "evergreen tree"},
  {0x1f45f, "athletic shoe"},
  {0x0270b, "raised hand"},
  {0x1f44d, "thumbs up sign"},
  {0x1f435, "monkey face"},
  {0x1f434, "horse face"},
  {0x1f40d, "snake"},
  {0x1f41f, "fish"},
  {0x1f338, "cherry blossom"},
  {0x1f310, "globe with meridians"},
  {0x1f3e0, "house building"},
  {0x1f31e, "sun with face"},
  {0x1f698, "oncoming automobile"},
  {0x1f535, "large blue circle"},
  {0x1f6a2, "ship"},
  {0x1f53a, "up-pointing red triangle"},
  {0x1f42a, "dromedary camel"},
  {0x1f525, "fire"},
  {0x1f388, "balloon"},
  {0x1f426, "bird"},
  {0x1f50d, "left-pointing magnifying glass"},
  {0x1f4d7, "green book"},
  {0x1f4a1, "electric light bulb"},
  {0x1f536, "large orange diamond"},
  {0x1f528, "hammer"},
  {0x1f55b, "clock face twelve oclock"},
  {0x1f31f, "glowing star"},
  {0x0274e, "negative squared cross mark"},
  {0x1f6a9, "triangular flag on post"},
};
