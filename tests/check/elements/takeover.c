/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An attacker on the path of a verified call, over UDP: all that Alice sends reaches
 * Mallory's program too, which is a ZRTP endpoint and sends to Alice what it likes.
 */
#include "endpoint.h"
#include "propertywatch.h"

#define END(cache) VOICE "! zrtpenc name=enc cache=" cache " enc.rtp_src_0 ! " \
    "multiudpsink name=net async=false " NET_SRC "! zrtpdec name=dec ! " \
    EAR "async=false"

typedef struct
{
  char *folder;
  Endpoint *alice, *bob, *mallory;
  char *sas, *bob_zid;
  gint n_changes;               /* atomic: of Alice's state */
} Takeover;

/* @action of multiudpsink: "add" or "remove". */
static void
lead (Endpoint * from, Endpoint * to, const char *action)
{
  GstElement *net = gst_bin_get_by_name (GST_BIN (from->pipeline), "net");
  GstElement *src = gst_bin_get_by_name (GST_BIN (to->pipeline), "net_src");
  gint port;

  g_object_get (src, "port", &port, NULL);
  g_signal_emit_by_name (net, action, "127.0.0.1", port);
  gst_object_unref (net);
  gst_object_unref (src);
}

static Endpoint *
join (Takeover * call, const char *cache)
{
  Endpoint *end = endpoint_new (END ("%s/%s"), call->folder, cache);

  /* udpsrc then has its port. */
  gst_element_set_state (end->pipeline, GST_STATE_READY);
  return end;
}

static void
verify (Endpoint * end)
{
  gboolean verified = FALSE;

  propertywatch_start (end->enc, "trust");
  g_signal_emit_by_name (end->enc, "verify-sas", &verified);
  fail_unless (verified);
  propertywatch_wait (end->enc, "trust", "verified");
}

static void
on_state (GstElement * enc, gint state, guint error, const char *reason,
    gpointer data)
{
  g_atomic_int_inc (&((Takeover *) data)->n_changes);
}

static void
begin_verified_call (Takeover * call)
{
  if (!call->folder)
    call->folder = endpoint_make_folder ();
  call->alice = join (call, "alice");
  call->bob = join (call, "bob");
  lead (call->alice, call->bob, "add");
  lead (call->bob, call->alice, "add");
  endpoint_play (call->alice);
  endpoint_play (call->bob);
  endpoint_wait_secure (call->alice, call->bob);
  endpoint_wait_media (call->alice, 10);
  endpoint_wait_media (call->bob, 10);
  verify (call->alice);
  verify (call->bob);
  call->sas = propertywatch_get (call->alice->enc, "sas");
  call->bob_zid = propertywatch_get (call->alice->enc, "peer-zid");
  g_signal_connect (call->alice->enc, "state-changed", G_CALLBACK (on_state),
      call);
}

static void
attack (Takeover * call, const char *cache)
{
  call->mallory = join (call, cache);
  lead (call->alice, call->mallory, "add");
  lead (call->mallory, call->alice, "add");
  endpoint_play (call->mallory);
}

/* Of Alice: keys, peer and trust are what they were, and so they were all the time. */
static void
check_unmoved (Takeover * call)
{
  propertywatch_assert (call->alice->enc, "state", "secure");
  propertywatch_assert (call->alice->enc, "trust", "verified");
  propertywatch_assert (call->alice->enc, "sas", call->sas);
  propertywatch_assert (call->alice->enc, "peer-zid", call->bob_zid);
  fail_unless_equals_int (g_atomic_int_get (&call->n_changes), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (call->alice->enc,
          "sent-clear-count"), 0);
}

/* Mallory's program heard nothing that it could read, and Alice's nothing of it. */
static void
check_empty_handed (Takeover * call)
{
  char *state = propertywatch_get (call->mallory->enc, "state");

  fail_if (g_str_equal (state, "secure"));
  fail_unless_equals_int (g_atomic_int_get (&call->mallory->heard), 0);
  fail_unless (endpoint_get_stat (call->mallory->enc,
          "recv-drops/before-secure")
      > 0);
  g_free (state);
}

static void
end_call (Takeover * call)
{
  call->mallory->may_warn = TRUE;
  endpoint_free (call->mallory);
  endpoint_free (call->alice);
  endpoint_free (call->bob);
  endpoint_remove_folder (call->folder);
  g_free (call->sas);
  g_free (call->bob_zid);
}

/* Mallory with a ZID of its own: Alice is told of it, and talks on with Bob. */
GST_START_TEST (test_own_zid)
{
  Takeover call = { NULL };
  GstStructure *fork;
  char *zid;

  begin_verified_call (&call);
  attack (&call, "mallory");
  fork = endpoint_wait (call.alice, "GstZrtpFork");
  zid = propertywatch_get (call.mallory->enc, "zid");
  fail_unless_equals_string (gst_structure_get_string (fork, "zid"), zid);
  endpoint_wait_media (call.alice, 100);
  endpoint_wait_media (call.bob, 10);
  check_unmoved (&call);
  check_empty_handed (&call);
  g_free (zid);
  gst_structure_free (fork);
  end_call (&call);
}

GST_END_TEST;

static void
cut_off (Takeover * call)
{
  lead (call->alice, call->bob, "remove");
  lead (call->bob, call->alice, "remove");
  call->bob->may_warn = TRUE;
}

/* Mallory also cuts Bob off: what Alice goes on saying, Mallory can't read. */
GST_START_TEST (test_cut_off)
{
  Takeover call = { NULL };

  begin_verified_call (&call);
  cut_off (&call);
  attack (&call, "mallory");
  gst_structure_free (endpoint_wait (call.alice, "GstZrtpFork"));
  while (endpoint_get_stat (call.mallory->enc,
          "recv-drops/before-secure") < 100)
    endpoint_pump (call.mallory);
  check_unmoved (&call);
  check_empty_handed (&call);
  end_call (&call);
}

GST_END_TEST;

static void
copy (const char *folder, const char *from, const char *to)
{
  char *source = g_build_filename (folder, from, NULL);
  char *target = g_build_filename (folder, to, NULL);
  char *octets;
  gsize size;

  fail_unless (g_file_get_contents (source, &octets, &size, NULL));
  fail_unless (g_file_set_contents_full (target, octets, size,
          G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_free (octets);
  g_free (source);
  g_free (target);
}

/* Mallory says Hello with Bob's ZID, which Bob's own Hello shows, as a program that was
 * started again does. Without the retained secret it moves nothing, and an alarm
 * says so. */
GST_START_TEST (test_bobs_zid)
{
  Takeover call = { NULL };
  GstStructure *alarm;
  Endpoint *early;

  /* A file with Bob's ZID and no secret yet: of a program that made no call. */
  call.folder = endpoint_make_folder ();
  early = join (&call, "bob");
  endpoint_play (early);
  endpoint_wait_state (early, "discovering");
  early->may_warn = TRUE;
  endpoint_free (early);
  copy (call.folder, "bob", "mallory");

  begin_verified_call (&call);
  attack (&call, "mallory");
  propertywatch_assert (call.mallory->enc, "zid", call.bob_zid);
  /* As long as Bob talks, Bob did not start again. */
  while (endpoint_get_stat (call.mallory->enc,
          "recv-drops/before-secure") < 100)
    endpoint_pump (call.mallory);
  endpoint_wait_media (call.alice, 50);
  check_unmoved (&call);
  check_empty_handed (&call);
  cut_off (&call);
  alarm = endpoint_wait (call.alice, "GstZrtpPeerMismatch");
  fail_unless_equals_string (gst_structure_get_string (alarm, "kind"),
      "restart");
  check_unmoved (&call);
  gst_structure_free (alarm);
  end_call (&call);
}

GST_END_TEST;

static Suite *
takeover_suite (void)
{
  Suite *s = suite_create ("takeover");
  TCase *tc = tcase_create ("takeover");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_own_zid);
  tcase_add_test (tc, test_cut_off);
  tcase_add_test (tc, test_bobs_zid);
  return s;
}

GST_CHECK_MAIN (takeover);
