/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's public header: everything that a user of the engine includes.
 */
#ifndef ZRTP_H
#define ZRTP_H

#include "zrtpcache.h"
#include "zrtplevel.h"
#include "zrtpmemory.h"
#include "zrtpsession.h"
#include "zrtpsignature.h"
#include "zrtpsrtp.h"
#include "zrtpstream.h"

#endif
