/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ZRTP stack to compare: two endpoints of it in memory, without I/O, that
 * call each other.
 */
#ifndef STACK_H
#define STACK_H

#include <glib.h>

G_BEGIN_DECLS

#define STACK_MAX_STREAMS 2

/* Datagrams on their way between the two. */
typedef struct _Wire Wire;

typedef struct
{
  const char *name;
  gboolean (*has) (const char *key_agreement);
  /* Two endpoints that offer this first, and do not know each other but for
   * "Prsh". */
  gpointer (*open) (Wire * wire, const char *key_agreement,
      const char *cipher, guint n_streams);
  void (*close) (gpointer call);
  /* An end begins with a stream; with the second once the first is secure. */
  void (*start) (gpointer call, guint end, guint stream);
  void (*receive) (gpointer call, guint end, guint stream, guint8 * data,
      gsize size);
  /* Timers of one stream. The clock is at 0 before. */
  void (*tick) (gpointer call, guint end, guint stream, gint64 now_ms);
  /* The key agreement used, once both ends are secure and have the same SAS;
   * NULL before. */
  const char *(*agreed) (gpointer call, guint stream);
} Stack;

extern const Stack stack_engine;
extern const Stack stack_bzrtp;

/* From a stack: end 0 or 1 sends. */
void wire_send (Wire * wire, guint end, guint stream, const guint8 * data,
    gsize size);

G_END_DECLS

#endif
