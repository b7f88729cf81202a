/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two endpoints wait and do not hear each other yet. Each gets packets of a third
 * party, every kind in every order of two. Then they hear each other, and 2 s
 * later their call is secure.
 *
 * With a Hello of the same chain before, three packets can look like a slow peer that
 * answers our Commit: 11 s.
 */
#include "attacker.h"
#include "thirdparty.h"

#include <gst/check/gstcheck.h>

static gboolean
hear_nothing (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  return FALSE;
}

/* From the last packet to the moment from which they hear each other. */
static const gint64 pauses[] = {
  0, 300 * SIM_MSEC, 1200 * SIM_MSEC, 2900 * SIM_MSEC, 9600 * SIM_MSEC,
  10100 * SIM_MSEC, 60 * SIM_SEC
};

typedef struct
{
  gboolean known;               /* the SSRC of the other one */
  gboolean with_hello;          /* of the same chain, before both */
  gboolean strict;
  guint passive;                /* which of them; 2: none */
} Variant;

static gint64
run_pair (guint seed, ThirdPacket first, ThirdPacket second,
    const Variant * variant, gint64 pause)
{
  Sim *sim = sim_new (seed);
  const gint64 limit = (variant->with_hello ? 11 : 2) * SIM_SEC;
  gint64 start;

  for (guint e = 0; e < 2; e++) {
    sim->ends[e].policy.passive = variant->passive == e;
    sim->ends[e].policy.strict_algorithms = variant->strict;
    sim_make (sim, e, 1);
    sim_start (sim, e);
  }
  sim->filter = hear_nothing;
  sim_run (sim, 7 * SIM_SEC);
  for (guint e = 0; e < 2; e++) {
    MockPeer mock;

    mock_peer_init (&mock, &sim->ends[e].streams[0],
        variant->known ? 0x1000 * (2 - e) : 0x666);
    if (variant->with_hello)
      third_send (&mock, THIRD_HELLO);
    sim_run (sim, sim->now);
    third_send (&mock, first);
    sim_run (sim, sim->now);
    third_send (&mock, second);
    sim_run (sim, sim->now);
    fail_if (sim->ends[e].streams[0].stream->guard.tampered);
  }
  sim_run (sim, sim->now + pause);
  sim->filter = NULL;
  start = sim->now;
  fail_unless (sim_run_until_secure (sim, start + limit),
      "%s, %s, known %d, Hello before %d, strict %d, passive %u, after %"
      G_GINT64_FORMAT " ms: %s/%s", third_name (first), third_name (second),
      variant->known, variant->with_hello, variant->strict, variant->passive,
      pause / SIM_MSEC, zrtp_state_nick (sim_state (sim, 0)),
      zrtp_state_nick (sim_state (sim, 1)));
  sim_assert_agreed (sim);
  start = sim->now - start;
  sim_free (sim);
  return start;
}

GST_START_TEST (test_every_order_of_two)
{
  gint64 longest = 0;
  guint seed = 1000 * __i__;

  for (guint second = 0; second < N_THIRD; second++) {
    for (guint i = 0; i < 8; i++) {
      const Variant variant = { i & 1, (i & 2) != 0, (i & 4) != 0, seed % 3 };

      longest = MAX (longest, run_pair (seed, __i__, second, &variant,
              pauses[seed % G_N_ELEMENTS (pauses)]));
      seed++;
    }
  }
  g_print ("%s first: secure after %.2f s at most\n", third_name (__i__),
      longest / 1e6);
}

GST_END_TEST;

static Suite *
orders_suite (void)
{
  Suite *suite = suite_create ("orders");
  TCase *tc = tcase_create ("orders");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_every_order_of_two, 0, N_THIRD);
  return suite;
}

GST_CHECK_MAIN (orders);
