/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/crypto/zrtpmpn.h"

#include <string.h>

G_STATIC_ASSERT (GMP_NAIL_BITS == 0);

void
zrtp_limbs_from_octets (mp_limb_t * limbs, gsize n, const guint8 * octets,
    gsize size)
{
  memset (limbs, 0, n * sizeof (mp_limb_t));
  for (gsize i = 0; i < size; i++)
    limbs[i / sizeof (mp_limb_t)] |=
        (mp_limb_t) octets[size - 1 - i] << (8 * (i % sizeof (mp_limb_t)));
}

void
zrtp_limbs_to_octets (const mp_limb_t * limbs, gsize n, guint8 * octets,
    gsize size)
{
  for (gsize i = 0; i < size; i++) {
    gsize l = i / sizeof (mp_limb_t);

    octets[size - 1 - i] =
        l < n ? limbs[l] >> (8 * (i % sizeof (mp_limb_t))) : 0;
  }
}
