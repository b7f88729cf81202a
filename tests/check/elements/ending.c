/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The application ends or stops a pipeline whose media is held: no peer answers, and
 * the source is not live. Each order of elements counts, as a bin sends EOS to the
 * element that was added last first, and the source's thread is the one that waits.
 */
#include "endpoint.h"

#include <glib/gstdio.h>

#define FILE_SOURCE "audiotestsrc name=source samplesperbuffer=160 ! " \
    "audio/x-raw,rate=8000,channels=1 ! alawenc ! "
#define ENCRYPTER "zrtpenc name=enc enc.rtp_src_0 ! " \
    "fakesink async=false sync=false "
/* No udpsrc: an EOS that meets its change to NULL is more than it can take. */
#define DECRYPTER VOICE "! zrtpdec name=dec dec.rtp_src ! fakesink async=false "

typedef struct
{
  const char *name;
  const char *description;
} Order;

static const Order orders[] = {
  {"source first", FILE_SOURCE "rtppcmapay name=pay ! enc.rtp_sink_0 "
        ENCRYPTER DECRYPTER},
  {"source last", ENCRYPTER DECRYPTER
        FILE_SOURCE "rtppcmapay name=pay ! enc.rtp_sink_0 "},
  {"a queue, source first", FILE_SOURCE "rtppcmapay name=pay ! "
        "queue max-size-buffers=1 ! enc.rtp_sink_0 " ENCRYPTER DECRYPTER},
  {"a queue, source last", ENCRYPTER DECRYPTER FILE_SOURCE
        "rtppcmapay name=pay ! queue max-size-buffers=1 ! enc.rtp_sink_0 "},
  {"the source in a bin, last", ENCRYPTER DECRYPTER
        "( " FILE_SOURCE "rtppcmapay name=pay ) ! enc.rtp_sink_0 "},
  {"two sources, one before", FILE_SOURCE "rtppcmapay name=pay ! "
        "funnel name=mix ! enc.rtp_sink_0 " ENCRYPTER DECRYPTER
        "audiotestsrc samplesperbuffer=160 ! alawenc ! rtppcmapay ! mix. "},
};

/* Lets the test know that a packet has come to zrtpenc. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean came;
} Arrival;

static GstPadProbeReturn
packet_came (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Arrival *arrival = data;

  g_mutex_lock (&arrival->lock);
  arrival->came = TRUE;
  g_cond_broadcast (&arrival->changed);
  g_mutex_unlock (&arrival->lock);
  return GST_PAD_PROBE_OK;
}

/* A pipeline that plays, with a packet that is about to be held, or is. */
static Endpoint *
start_held (const char *description)
{
  Endpoint *endpoint = endpoint_new ("%s", description);
  GstPad *pad = gst_element_get_static_pad (endpoint->enc, "rtp_sink_0");
  Arrival arrival = { 0 };
  gulong probe;

  g_mutex_init (&arrival.lock);
  g_cond_init (&arrival.changed);
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, packet_came,
      &arrival, NULL);
  endpoint_play (endpoint);
  g_mutex_lock (&arrival.lock);
  while (!arrival.came)
    g_cond_wait (&arrival.changed, &arrival.lock);
  g_mutex_unlock (&arrival.lock);
  gst_pad_remove_probe (pad, probe);
  gst_object_unref (pad);
  g_mutex_clear (&arrival.lock);
  g_cond_clear (&arrival.changed);
  return endpoint;
}

static gpointer
send_eos (gpointer pipeline)
{
  return GINT_TO_POINTER (gst_element_send_event (pipeline,
          gst_event_new_eos ()));
}

/* EOS from the application comes through, and what was held counts as lost. */
GST_START_TEST (test_eos)
{
  const Order *order = &orders[__i__];
  Endpoint *endpoint = start_held (order->description);

  GST_INFO ("%s", order->name);
  fail_unless (send_eos (endpoint->pipeline) != NULL);
  endpoint_wait_eos (endpoint);
  fail_unless (endpoint_get_stat (endpoint->enc,
          "sent-drops/before-secure") > 0);
  fail_unless_equals_uint64 (endpoint_get_stat (endpoint->enc,
          "clear-packets-sent"), 0);
  endpoint_free (endpoint);
}

GST_END_TEST;

/* One thread sends EOS while another one stops the pipeline. */
GST_START_TEST (test_eos_and_stop)
{
  Endpoint *endpoint = start_held (orders[__i__].description);
  GThread *thread = g_thread_new ("eos", send_eos, endpoint->pipeline);

  fail_unless_equals_int (gst_element_set_state (endpoint->pipeline,
          GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  g_thread_join (thread);
  /* GstBaseSrc frees an EOS that came too late when it starts and stops. */
  gst_element_set_state (endpoint->pipeline, GST_STATE_PAUSED);
  endpoint_free (endpoint);
}

GST_END_TEST;

/* The application stops the source alone, as it does before it removes it. */
GST_START_TEST (test_source_alone)
{
  Endpoint *endpoint = start_held (orders[__i__].description);
  GstElement *source = gst_bin_get_by_name (GST_BIN (endpoint->pipeline),
      "source");

  gst_element_set_locked_state (source, TRUE);
  fail_unless_equals_int (gst_element_set_state (source, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_element_set_locked_state (source, FALSE);
  gst_object_unref (source);
  endpoint_free (endpoint);
}

GST_END_TEST;

/* A recording beside the call is whole after EOS. */
GST_START_TEST (test_recording)
{
  static const char *const parts[2] = {
    FILE_SOURCE "tee name=t ! queue ! rtppcmapay ! enc.rtp_sink_0 "
        "t. ! queue ! wavenc ! filesink location=%s/record.wav async=false ",
    ENCRYPTER DECRYPTER
  };
  char *folder = endpoint_make_folder ();
  char *text = g_strconcat (parts[__i__], parts[1 - __i__], NULL);
  char **halves = g_strsplit (text, "%s", 2);
  char *description = g_strjoinv (folder, halves), *file;
  Endpoint *endpoint;
  GStatBuf info;

  endpoint = start_held (description);
  fail_unless (send_eos (endpoint->pipeline) != NULL);
  endpoint_wait_eos (endpoint);
  endpoint_free (endpoint);

  file = g_build_filename (folder, "record.wav", NULL);
  fail_unless_equals_int (g_stat (file, &info), 0);
  fail_unless (info.st_size > 44, "only a header was written");
  g_free (file);
  g_strfreev (halves);
  g_free (description);
  g_free (text);
  endpoint_remove_folder (folder);
}

GST_END_TEST;

/* After an EOS that reaches it another stream is held again. */
GST_START_TEST (test_held_again)
{
  Endpoint *endpoint = start_held (orders[1].description);
  guint64 lost;

  fail_unless (send_eos (endpoint->pipeline) != NULL);
  endpoint_wait_eos (endpoint);
  fail_unless_equals_int (gst_element_set_state (endpoint->pipeline,
          GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  endpoint_play (endpoint);
  fail_unless_equals_int (gst_element_get_state (endpoint->pipeline, NULL,
          NULL, GST_CLOCK_TIME_NONE), GST_STATE_CHANGE_SUCCESS);
  lost = endpoint_get_stat (endpoint->enc, "sent-drops/before-secure");
  fail_unless_equals_uint64 (lost, 0);
  endpoint_free (endpoint);
}

GST_END_TEST;

static Suite *
ending_suite (void)
{
  Suite *suite = suite_create ("ending");
  TCase *tcase = tcase_create ("held");

  tcase_add_loop_test (tcase, test_eos, 0, G_N_ELEMENTS (orders));
  tcase_add_loop_test (tcase, test_eos_and_stop, 0, G_N_ELEMENTS (orders));
  tcase_add_loop_test (tcase, test_source_alone, 0, G_N_ELEMENTS (orders));
  tcase_add_loop_test (tcase, test_recording, 0, 2);
  tcase_add_test (tcase, test_held_again);
  suite_add_tcase (suite, tcase);
  return suite;
}

GST_CHECK_MAIN (ending);
