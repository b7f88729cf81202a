/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A PBX between two phones: one pair of elements a call, what one decrypts the
 * other encrypts, and the SAS of one call is relayed to the phone of the other
 * (RFC 6189 7.3).
 */
#include "endpoint.h"
#include "propertywatch.h"

#include <string.h>

#include "zrtp/zrtp.h"
#include "zrtp/crypto/zrtpcrypto.h"

#define ALICES_SSRC "1111"
#define BOBS_SSRC "2222"

#define PHONE(name, ssrc) VOICE "ssrc=" ssrc " ! " \
    "zrtpenc name=enc cache=%s/" name " enc.rtp_src_0 ! " NET_SINK \
    "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false"

/* The call with @leg, whose media goes on to the call with @other. Signalling
 * told which SSRC comes from the phone. */
#define LEG(leg, ssrc, other) \
    "zrtpenc name=enc_" leg " session-id=pbx-" leg " cache=%s/pbx %s " \
    "zrtpdec name=dec_" leg " session-id=pbx-" leg " " \
    "udpsrc name=src_" leg " address=127.0.0.1 port=0 caps=\"" VOICE_CAPS \
    ",ssrc=(uint)" ssrc "\" ! dec_" leg ".rtp_sink dec_" leg ".rtp_src ! " \
    "enc_" other ".rtp_sink_0 enc_" leg ".rtp_src_0 ! " \
    "udpsink name=sink_" leg " host=127.0.0.1 async=false sync=false "

/* Alice is on leg a, Bob on leg b; each has a file in the folder. */
typedef struct
{
  char *folder;
  const char *pbx_settings;
  Endpoint *alice, *bob, *pbx;  /* during a call */
  GstElement *leg_a, *leg_b;    /* encoders of the PBX */
} Office;

static void
office_init (Office * office)
{
  memset (office, 0, sizeof *office);
  office->folder = endpoint_make_folder ();
  office->pbx_settings = "mitm=true";
}

static void
office_clear (Office * office)
{
  endpoint_remove_folder (office->folder);
}

static GstElement *
get (Office * office, const char *name)
{
  GstElement *element =
      gst_bin_get_by_name (GST_BIN (office->pbx->pipeline), name);

  fail_unless (element != NULL, "no %s", name);
  gst_object_unref (element);   /* the pipeline keeps it */
  return element;
}

static void
connect_port (GstElement * src, GstElement * sink)
{
  gint port;

  g_object_get (src, "port", &port, NULL);
  fail_unless (port > 0);
  g_object_set (sink, "port", port, NULL);
}

/* Between a phone and one leg. All are in READY. */
static void
plug_in (Office * office, Endpoint * phone, const char *src, const char *sink)
{
  GstBin *bin = GST_BIN (phone->pipeline);
  GstElement *net_src = gst_bin_get_by_name (bin, "net_src");
  GstElement *net_sink = gst_bin_get_by_name (bin, "net_sink");

  connect_port (net_src, get (office, sink));
  connect_port (get (office, src), net_sink);
  gst_object_unref (net_src);
  gst_object_unref (net_sink);
}

static void
propertywatch_all (Office * office)
{
  static const char *const properties[] = {
    "state", "sas", "sas-relayed", "trust", "enrollment", "peer-mitm"
  };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    propertywatch_start (office->alice->dec, properties[i]);
    propertywatch_start (office->bob->dec, properties[i]);
    propertywatch_start (office->leg_a, properties[i]);
    propertywatch_start (office->leg_b, properties[i]);
  }
}

/* All three, wired up, in READY. */
static void
dial (Office * office)
{
  const char *pbx = office->pbx_settings;

  office->alice = endpoint_new (PHONE ("alice", ALICES_SSRC), office->folder);
  office->bob = endpoint_new (PHONE ("bob", BOBS_SSRC), office->folder);
  office->pbx = endpoint_new (LEG ("a", ALICES_SSRC, "b")
      LEG ("b", BOBS_SSRC, "a"), office->folder, pbx, office->folder, pbx);
  office->leg_a = get (office, "enc_a");
  office->leg_b = get (office, "enc_b");
  propertywatch_all (office);
  gst_element_set_state (office->alice->pipeline, GST_STATE_READY);
  gst_element_set_state (office->bob->pipeline, GST_STATE_READY);
  gst_element_set_state (office->pbx->pipeline, GST_STATE_READY);
  plug_in (office, office->alice, "src_a", "sink_a");
  plug_in (office, office->bob, "src_b", "sink_b");
}

static void
play_all (Office * office)
{
  endpoint_play (office->pbx);
  endpoint_play (office->alice);
  endpoint_play (office->bob);
  /* Their messages are for the tests. */
  propertywatch_wait (office->alice->dec, "state", "secure");
  propertywatch_wait (office->bob->dec, "state", "secure");
  propertywatch_wait (office->leg_a, "state", "secure");
  propertywatch_wait (office->leg_b, "state", "secure");
}

static void
call (Office * office)
{
  dial (office);
  play_all (office);
}

static void
hang_up (Office * office)
{
  endpoint_free (office->alice);
  endpoint_free (office->bob);
  endpoint_free (office->pbx);
}

static gboolean
act (GstElement * element, const char *action)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, action, &done);
  return done;
}

static gboolean
relay (GstElement * element, const char *session_id)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, "relay-sas", session_id, &done);
  return done;
}

/* Bob's phone becomes one of the PBX's. */
static void
enroll_bob (Office * office)
{
  const char *settings = office->pbx_settings;

  office->pbx_settings = "mitm=true enroll=true";
  call (office);
  propertywatch_wait (office->bob->dec, "enrollment", "offered");
  fail_unless (act (office->bob->enc, "accept-enrollment"));
  hang_up (office);
  office->pbx_settings = settings;
}

/* Whether a file of known peers has a pbxsecret of the owner of another. */
typedef struct
{
  guint8 zid[ZRTP_ZID_SIZE];
  gboolean found;
} Search;

static void
look_at (const guint8 * zid, const ZrtpPeer * peer, gpointer data)
{
  Search *search = data;

  if (memcmp (zid, search->zid, ZRTP_ZID_SIZE) == 0)
    search->found = peer->have_pbx;
}

static ZrtpCache *
open_file (Office * office, const char *whose)
{
  char *path = g_build_filename (office->folder, whose, NULL);
  ZrtpCache *cache = zrtp_cache_open (path, &zrtp_random_system, NULL);

  fail_unless (cache != NULL);
  g_free (path);
  return cache;
}

static gboolean
has_pbxsecret (Office * office, const char *whose, const char *of)
{
  ZrtpCache *cache = open_file (office, whose), *other = open_file (office, of);
  Search search = { {0}, FALSE };

  zrtp_cache_get_zid (other, search.zid);
  fail_unless (zrtp_cache_foreach (cache, g_get_real_time () / G_USEC_PER_SEC,
          look_at, &search, NULL));
  zrtp_cache_unref (cache);
  zrtp_cache_unref (other);
  return search.found;
}

static char *
field_of (Endpoint * endpoint, const char *message, const char *field)
{
  GstStructure *s = endpoint_wait (endpoint, message);
  char *text = g_strdup (gst_structure_get_string (s, field));

  gst_structure_free (s);
  return text;
}

static void
assert_field (Endpoint * endpoint, const char *message, const char *field,
    const char *value)
{
  char *text = field_of (endpoint, message, field);

  fail_unless_equals_string (text, value);
  g_free (text);
}

/* -- Enrolment -- */

static void
note_enrollment (GstElement * element, gint enrollment, const char *zid,
    const char *client, gint * last)
{
  fail_unless_equals_int (strlen (zid), 2 * ZRTP_ZID_SIZE);
  fail_unless (g_str_has_prefix (client, "gst-zrtp"));
  g_atomic_int_set (last, enrollment);
}

/* The PBX is told which of its two calls is trusted. */
static void
assert_enrolled (Office * office)
{
  for (guint i = 0; i < 2; i++) {
    GstStructure *s = endpoint_wait (office->pbx, "GstZrtpSas");
    const char *session_id = gst_structure_get_string (s, "session-id");

    fail_unless_equals_string (gst_structure_get_string (s, "enrollment"),
        g_str_equal (session_id, "pbx-b") ? "enrolled" : "offered");
    gst_structure_free (s);
  }
}

/* The user is asked; without his word nothing is kept, with it the next call is
 * trusted, until he takes it back. */
/* Z-7.3.1-02 Z-7.3.1-03 Z-7.3.1-06 */
GST_START_TEST (test_enrolment)
{
  gint told = -1;
  Office office;

  office_init (&office);
  office.pbx_settings = "mitm=true enroll=true";
  for (guint i = 0; i < 2; i++) {
    dial (&office);
    g_signal_connect (office.bob->dec, "enrollment-changed",
        G_CALLBACK (note_enrollment), &told);
    play_all (&office);
    assert_field (office.bob, "GstZrtpEnrollment", "enrollment", "offered");
    fail_unless_equals_int (g_atomic_int_get (&told), ZRTP_ENROLLMENT_OFFERED);
    propertywatch_assert (office.bob->enc, "enrollment", "offered");
    propertywatch_wait (office.bob->dec, "enrollment", "offered");
    propertywatch_wait (office.leg_b, "enrollment", "offered");
    propertywatch_wait (office.bob->dec, "peer-mitm", "true");
    propertywatch_assert (office.leg_b, "peer-mitm", "false");
    if (i == 1) {
      /* A PBX has nothing to accept. */
      fail_if (act (office.leg_b, "accept-enrollment"));
      fail_unless (act (office.bob->dec, "accept-enrollment"));
      assert_field (office.bob, "GstZrtpEnrollment", "enrollment", "accepted");
      propertywatch_wait (office.bob->dec, "enrollment", "accepted");
      fail_unless_equals_int (g_atomic_int_get (&told),
          ZRTP_ENROLLMENT_ACCEPTED);
    }
    hang_up (&office);
    fail_unless_equals_int (has_pbxsecret (&office, "bob", "pbx"), i == 1);
    fail_unless (has_pbxsecret (&office, "pbx", "bob"));
    fail_if (has_pbxsecret (&office, "alice", "pbx"));
  }

  /* It need not be offered again, but may be taken back. */
  call (&office);
  propertywatch_wait (office.bob->dec, "enrollment", "enrolled");
  propertywatch_wait (office.leg_b, "enrollment", "enrolled");
  assert_enrolled (&office);
  fail_if (act (office.bob->enc, "accept-enrollment"));
  fail_unless (act (office.bob->enc, "forget-peer"));
  propertywatch_wait (office.bob->dec, "enrollment", "none");
  hang_up (&office);
  fail_if (has_pbxsecret (&office, "bob", "pbx"));

  call (&office);
  propertywatch_wait (office.bob->dec, "enrollment", "offered");
  hang_up (&office);
  office_clear (&office);
}

GST_END_TEST;

/* No user is asked by an endpoint that is no PBX, or does not want to. */
/* Z-5.2-04 */
GST_START_TEST (test_no_offer)
{
  static const char *const settings[] = { "mitm=true", "enroll=true", "" };
  Office office;

  office_init (&office);
  office.pbx_settings = settings[__i__];
  call (&office);
  endpoint_wait_media (office.bob, 3);
  propertywatch_assert (office.bob->enc, "peer-mitm", __i__ ? "false" : "true");
  propertywatch_assert (office.bob->enc, "enrollment", "none");
  propertywatch_assert (office.leg_b, "enrollment", "none");
  fail_if (act (office.bob->enc, "accept-enrollment"));
  hang_up (&office);
  fail_if (has_pbxsecret (&office, "bob", "pbx"));
  fail_if (has_pbxsecret (&office, "pbx", "bob"));
  office_clear (&office);
}

GST_END_TEST;

/* -- Relaying -- */

static void
assert_done (Office * office)
{
  gboolean seen[2] = { FALSE, FALSE };

  while (!seen[0] || !seen[1]) {
    GstStructure *s = endpoint_wait (office->pbx, "GstZrtpRelayDone");
    const char *session_id = gst_structure_get_string (s, "session-id");
    guint error = G_MAXUINT;

    fail_unless (gst_structure_get_uint (s, "error", &error));
    fail_unless_equals_int (error, 0);
    seen[g_str_equal (session_id, "pbx-b")] = TRUE;
    gst_structure_free (s);
  }
}

static void
assert_relayed (Endpoint * phone, const char *sas, gboolean relayed)
{
  propertywatch_wait (phone->dec, "sas", sas);
  propertywatch_wait (phone->dec, "sas-relayed", relayed ? "true" : "false");
  propertywatch_wait (phone->dec, "trust",
      relayed ? "mitm-relayed" : "unverified");
  propertywatch_assert (phone->enc, "sas", sas);
}

static void
note_relayed (GstElement * element, const char *sas, const char *sas_type,
    gboolean relayed, gint * count)
{
  fail_unless_equals_int (strlen (sas), 4);
  fail_unless_equals_string (sas_type, "B32");
  fail_unless (relayed);
  g_atomic_int_inc (count);
}

/* Alice calls from outside, Bob is enrolled: both hear each other, and both see
 * the SAS of Alice's call, which they may compare. */
/* Z-7.3-03 Z-7.3-05 Z-7.3-06 Z-5.13-01 Z-10-06 Z-5.2-04 */
GST_START_TEST (test_relay)
{
  char *sas, *bobs, *spelling;
  gint told = 0;
  Office office;

  office_init (&office);
  enroll_bob (&office);
  dial (&office);
  g_signal_connect (office.bob->dec, "relayed-sas", G_CALLBACK (note_relayed),
      &told);
  play_all (&office);
  endpoint_wait_media (office.alice, 5);
  endpoint_wait_media (office.bob, 5);
  sas = propertywatch_get (office.leg_a, "sas");
  bobs = propertywatch_get (office.leg_b, "sas");
  fail_if (g_str_equal (sas, bobs));
  assert_relayed (office.alice, sas, FALSE);
  assert_relayed (office.bob, bobs, FALSE);

  /* Not to itself; on either element of either call. */
  fail_if (relay (office.leg_b, "pbx-b"));
  fail_unless (relay (__i__ ? get (&office, "dec_b") : office.leg_a,
          __i__ ? "pbx-a" : "pbx-b"));
  assert_field (office.bob, "GstZrtpRelayedSas", "sas", sas);
  assert_field (office.bob, "GstZrtpSas", "sas", sas);
  fail_unless_equals_int (g_atomic_int_get (&told), 1);
  assert_relayed (office.bob, sas, TRUE);
  assert_done (&office);
  assert_relayed (office.alice, sas, FALSE);
  spelling = propertywatch_get (office.alice->enc, "sas-spelling");
  propertywatch_assert (office.bob->enc, "sas-spelling", spelling);
  fail_unless (strlen (spelling) > 12, "%s", spelling);
  /* The PBX sees its own. */
  propertywatch_assert (office.leg_b, "sas", bobs);
  propertywatch_assert (office.leg_b, "sas-relayed", "false");

  fail_unless (act (office.alice->enc, "verify-sas"));
  fail_unless (act (office.bob->enc, "verify-sas"));
  propertywatch_wait (office.alice->dec, "trust", "verified");
  propertywatch_assert (office.bob->dec, "trust", "mitm-relayed");
  propertywatch_assert (office.bob->dec, "sas-verified", "true");
  endpoint_wait_media (office.alice, 5);
  endpoint_wait_media (office.bob, 5);
  endpoint_assert_quiet (office.pbx);
  hang_up (&office);
  g_free (sas);
  g_free (bobs);
  g_free (spelling);
  office_clear (&office);
}

GST_END_TEST;

/* Nothing is relayed between two phones that do not know the PBX, by an
 * endpoint that does not say that it is one, or to calls that are not there. */
/* Z-7.3-02 Z-5.13-03 */
GST_START_TEST (test_nothing_to_relay)
{
  static const char *const wrong[] = { "pbx-a", "pbx-c", "", NULL };
  char *sas, *bobs;
  Office office;

  office_init (&office);
  if (__i__) {
    enroll_bob (&office);
    office.pbx_settings = "";
  }
  dial (&office);
  fail_if (relay (office.leg_a, "pbx-b"));
  play_all (&office);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    fail_if (relay (office.leg_a, wrong[i]));
  fail_if (relay (office.leg_a, "pbx-b"));
  fail_if (relay (office.leg_b, "pbx-a"));
  fail_if (relay (office.alice->enc, "pbx-b"));
  endpoint_wait_media (office.alice, 5);
  endpoint_wait_media (office.bob, 5);
  propertywatch_assert (office.bob->enc, "trust", "unverified");
  propertywatch_assert (office.bob->enc, "sas-relayed", "false");
  sas = propertywatch_get (office.alice->enc, "sas");
  bobs = propertywatch_get (office.bob->enc, "sas");
  fail_if (g_str_equal (sas, bobs));
  g_free (sas);
  g_free (bobs);
  hang_up (&office);
  office_clear (&office);
}

GST_END_TEST;

/* The PBX believes that Bob trusts it, which he does no longer: what it relays is
 * acknowledged and not shown. */
/* Z-7.3-05 Z-5.13-05 */
GST_START_TEST (test_not_trusted)
{
  char *bobs;
  Office office;

  office_init (&office);
  enroll_bob (&office);
  call (&office);
  bobs = propertywatch_get (office.leg_b, "sas");
  if (__i__) {
    fail_unless (relay (office.leg_a, "pbx-b"));
    assert_field (office.bob, "GstZrtpRelayedSas", "session-id", NULL);
    propertywatch_wait (office.bob->dec, "sas-relayed", "true");
  }
  fail_unless (act (office.bob->enc, "forget-peer"));
  propertywatch_wait (office.bob->dec, "enrollment", "none");
  propertywatch_assert (office.leg_b, "enrollment", "enrolled");
  assert_relayed (office.bob, bobs, FALSE);
  fail_unless (relay (office.leg_a, "pbx-b"));
  assert_done (&office);
  assert_relayed (office.bob, bobs, FALSE);
  hang_up (&office);
  g_free (bobs);
  office_clear (&office);
}

GST_END_TEST;

/* -- An attacker between PBX and phone -- */

#define TYPE_AT 16              /* of the message type in a datagram */
#define IV_AT 32                /* of the IV of a SASrelay */
#define HASH_AT 60              /* into the sashash of a SASrelay */

static gboolean
is_relay (GstBuffer * buffer)
{
  return gst_buffer_get_size (buffer) > HASH_AT
      && gst_buffer_memcmp (buffer, TYPE_AT, "SASrelay", 8) == 0;
}

/* Changes one octet, and makes the CRC right. */
static void
forge (GstBuffer * buffer, guint at)
{
  GstMapInfo map;
  guint32 crc;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READWRITE));
  map.data[at] ^= 1;
  crc = zrtp_crc32c (map.data, map.size - ZRTP_CRC_SIZE);
  GST_WRITE_UINT32_LE (map.data + map.size - ZRTP_CRC_SIZE, crc);
  gst_buffer_unmap (buffer, &map);
}

/* Changes the first SASrelay on a pad. */
typedef struct
{
  guint at;                     /* the octet */
  gint n;                       /* atomic: how many came */
} Meddler;

static GstPadProbeReturn
meddle (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Meddler *meddler = user_data;

  if (is_relay (buffer) && g_atomic_int_add (&meddler->n, 1) == 0) {
    buffer = gst_buffer_make_writable (buffer);
    forge (buffer, meddler->at);
    GST_PAD_PROBE_INFO_DATA (info) = buffer;
  }
  return GST_PAD_PROBE_OK;
}

static GstPad *
get_wire (Endpoint * phone)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (phone->pipeline), "net_src");
  GstPad *pad = gst_element_get_static_pad (src, "src");

  gst_object_unref (src);
  return pad;
}

/* A SAS that was changed on its way is dropped, counted and not acknowledged, so
 * that the PBX says it again. */
/* Z-5.13-06 Z-5.13-14 Z-5.13-02 */
GST_START_TEST (test_forged)
{
  static const struct
  {
    guint at;
    const char *drops;
  } cases[] = {
    {HASH_AT, "zrtp-drops/bad-mac"},
    {IV_AT, "zrtp-drops/malformed"}
  };
  Meddler meddler = {.at = cases[__i__].at };
  GstStructure *s;
  Office office;
  GstPad *pad;
  gulong probe;
  char *sas;

  office_init (&office);
  enroll_bob (&office);
  call (&office);
  pad = get_wire (office.bob);
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, meddle, &meddler,
      NULL);
  sas = propertywatch_get (office.leg_a, "sas");
  fail_unless (relay (office.leg_b, "pbx-a"));
  assert_done (&office);
  /* Only a changed IV, which no MAC covers, is worth a word to the user. */
  if (meddler.at == IV_AT) {
    s = endpoint_wait (office.bob, "GstZrtpSecurity");
    fail_unless (strstr (gst_structure_get_string (s, "text"), "PBX") != NULL);
    gst_structure_free (s);
    g_free (endpoint_wait_warning (office.bob, "An attacker may interfere"));
  }
  assert_relayed (office.bob, sas, TRUE);
  gst_pad_remove_probe (pad, probe);
  gst_object_unref (pad);
  fail_unless (g_atomic_int_get (&meddler.n) >= 2);
  fail_unless_equals_int (endpoint_get_stat (office.bob->dec,
          cases[__i__].drops), 1);
  hang_up (&office);
  g_free (sas);
  office_clear (&office);
}

GST_END_TEST;

static Suite *
pbx_suite (void)
{
  Suite *s = suite_create ("pbx");
  TCase *tc = tcase_create ("pbx");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_enrolment);
  tcase_add_loop_test (tc, test_no_offer, 0, 3);
  tcase_add_loop_test (tc, test_relay, 0, 2);
  tcase_add_loop_test (tc, test_nothing_to_relay, 0, 2);
  tcase_add_loop_test (tc, test_not_trusted, 0, 2);
  tcase_add_loop_test (tc, test_forged, 0, 2);
  return s;
}

GST_CHECK_MAIN (pbx);
