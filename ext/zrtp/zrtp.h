/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's public header: everything that a user of the engine includes.
 */
#ifndef ZRTP_H
#define ZRTP_H

#include "zrtp/cache/zrtpcache.h"
#include "zrtp/session/zrtplevel.h"
#include "zrtp/crypto/zrtpmemory.h"
#include "zrtp/session/zrtpsession.h"
#include "zrtp/session/zrtpsignature.h"
#include "zrtp/srtp/zrtpsrtp.h"
#include "zrtp/zrtpstream.h"

#endif
