/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Big-endian octets from and to GMP's limbs, in a time that depends on the
 * sizes alone (mpz_import and mpz_export look at leading zeros).
 */
#ifndef ZRTP_MPN_H
#define ZRTP_MPN_H

#include <glib.h>
#include <gmp.h>

G_BEGIN_DECLS

/* Limbs that hold a number of so many octets. */
#define ZRTP_LIMBS(octets) \
  (((octets) + sizeof (mp_limb_t) - 1) / sizeof (mp_limb_t))

/* @n limbs, at least ZRTP_LIMBS (size); the upper ones become 0. */
void zrtp_limbs_from_octets (mp_limb_t * limbs, gsize n, const guint8 * octets,
    gsize size);

/* The lower @size octets of the number; limbs past @n count as 0. */
void zrtp_limbs_to_octets (const mp_limb_t * limbs, gsize n, guint8 * octets,
    gsize size);

G_END_DECLS

#endif
