/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work that takes time, handed out by a stream: a key pair, a shared secret,
 * looking a peer up, writing a peer. A job owns all that it needs and refers to
 * no stream, so it may run on any thread without a lock, and may outlive the
 * stream that made it.
 */
#ifndef ZRTP_JOB_H
#define ZRTP_JOB_H

#include "zrtp/cache/zrtpcache.h"

G_BEGIN_DECLS

typedef struct _ZrtpJob ZrtpJob;

typedef enum
{
  ZRTP_JOB_COMPUTE,             /* up to some milliseconds of CPU */
  ZRTP_JOB_STORAGE              /* may block on the disk: another pool, in order */
} ZrtpJobKind;

ZrtpJobKind zrtp_job_get_kind (const ZrtpJob * job);

/* Does the work. @cache may be NULL (then storage jobs find and write nothing);
 * @wall_now is Unix seconds. Give the job to zrtp_stream_finish_job() next. */
void zrtp_job_run (ZrtpJob * job, ZrtpCache * cache, gint64 wall_now);

/* Wipes. */
void zrtp_job_free (ZrtpJob * job);

G_END_DECLS

#endif
