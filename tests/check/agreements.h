/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of the key agreements have in common.
 */
#ifndef AGREEMENTS_H
#define AGREEMENTS_H

#include "vectors.h"

#include <gmp.h>

G_BEGIN_DECLS

/* The private value gives this public one, which is valid. */
void agreement_public (const ZrtpKeyAgreement * ka, GBytes * private_value,
    GBytes * expected);
/* Private value and peer's value give this result. */
void agreement_result (const ZrtpKeyAgreement * ka, GBytes * private_value,
    GBytes * peer_value, GBytes * expected);
/* Refused by the cheap check and by the real one. */
void agreement_refuses (const ZrtpKeyAgreement * ka, GBytes * peer_value);
void agreement_accepts (const ZrtpKeyAgreement * ka, GBytes * peer_value);

/* New: @number + @offset in @size big-endian octets. */
GBytes *number_octets (const mpz_t number, int offset, gsize size);

G_END_DECLS

#endif
