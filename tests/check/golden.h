/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For tests: the golden trace, a hash of all that the engine gives out under the
 * simulator. A change of shape alone leaves it as it is: see tests/lib/golden-trace.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "zrtp/zrtpstream.h"

G_BEGIN_DECLS

/* With ZRTP_GOLDEN in the environment, the name of a file: counts and hashes what was
 * taken from @stream. When the process ends a line is added to the file: the suite,
 * the number of items, their SHA-256. Without it, do nothing. */
void golden_packet (ZrtpStream * stream, const ZrtpOutPacket * packet);
void golden_event (ZrtpStream * stream, const ZrtpEvent * event);
void golden_job (ZrtpStream * stream, const ZrtpJob * job);

G_END_DECLS

#endif
