/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For tests: an end of a call as a pipeline, and waiting for what it tells.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <gst/check/gstcheck.h>

G_BEGIN_DECLS

/* Longest wait for anything: far more than it takes, with valgrind as well, and
 * less than CK_DEFAULT_TIMEOUT. */
#define PATIENCE (50 * GST_SECOND)

/* 20 ms of A-law a packet, as live as a microphone. */
#define VOICE "audiotestsrc is-live=true samplesperbuffer=160 ! " \
    "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay "
/* The same from something that waits for nothing. */
#define VOICE_FILE "audiotestsrc samplesperbuffer=160 num-buffers=50 ! " \
    "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay "
#define VOICE_CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=8"
#define NET_SRC "udpsrc name=net_src address=127.0.0.1 port=0 caps=\"" \
    VOICE_CAPS "\" "
#define NET_SINK "udpsink name=net_sink host=127.0.0.1 "
/* Counts what arrives. */
#define EAR "rtppcmadepay ! fakesink name=ear signal-handoffs=true "

typedef struct
{
  GstElement *pipeline;
  GstBus *bus;
  GstElement *enc, *dec;        /* by name; NULL if there is none */
  char *sas;                    /* of the last GstZrtpSas */
  char *state;                  /* of the last GstZrtpState */
  gint heard;                   /* atomic: buffers that came to "ear" */
  GMutex lock;
  GPtrArray *warnings;          /* lock: texts of WARNINGs of zrtpenc and zrtpdec
                                 * that endpoint_wait_warning() did not see */
  gboolean may_warn;            /* there may be some at the end */
} Endpoint;

/* A pipeline in NULL. Its zrtpenc is "enc", its zrtpdec "dec". */
Endpoint *endpoint_new (const char *description, ...) G_GNUC_PRINTF (1, 2);
/* Fails if there was a WARNING that the test did not wait for: a healthy call has
 * none. */
void endpoint_free (Endpoint * endpoint);

/* Points the net_sink of one at the net_src of the other, which is in READY. */
void endpoint_point (Endpoint * from, Endpoint * to);
/* Points each one's net_sink at the other's net_src. Takes both to READY. */
void endpoint_connect (Endpoint * a, Endpoint * b);
void endpoint_play (Endpoint * endpoint);

/* Waits for an element message of that name. Fails on an ERROR, and on time. */
GstStructure *endpoint_wait (Endpoint * endpoint, const char *name);
/* Waits until the last GstZrtpState says so. */
void endpoint_wait_state (Endpoint * endpoint, const char *state);
/* Waits for a WARNING that has this text, and returns all of its text. */
char *endpoint_wait_warning (Endpoint * endpoint, const char *text);
/* For loops that wait for something else: takes the next message, which must not
 * be an ERROR, or lets a moment pass. */
void endpoint_pump (Endpoint * endpoint);
/* Waits until "ear" got that many buffers, or that many more. */
void endpoint_wait_heard (Endpoint * endpoint, gint n);
void endpoint_wait_media (Endpoint * endpoint, gint n);
/* PLAYING after PAUSED, until both hear @n more buffers. A source of GStreamer
 * 1.26 that has not noticed PAUSED when PLAYING follows stops its task for good,
 * udpsrc by itself too: it gets both states again. */
void endpoint_resume (Endpoint * endpoint, Endpoint * other, gint n);
/* Waits for the end of stream. */
void endpoint_wait_eos (Endpoint * endpoint);
/* What is on the bus now must not have any ERROR or WARNING. */
void endpoint_assert_quiet (Endpoint * endpoint);

/* Both secure, with one SAS. */
void endpoint_wait_secure (Endpoint * a, Endpoint * b);

/* A number out of "stats", at "a/b" that of the structure a. 0 if absent. */
guint64 endpoint_get_stat (GstElement * element, const char *path);
/* How many sources "stats" has. */
guint endpoint_count_streams (GstElement * element);

/* A new folder for files of this test; removed with all in it at the end. */
char *endpoint_make_folder (void);
void endpoint_remove_folder (char *folder);

G_END_DECLS

#endif
