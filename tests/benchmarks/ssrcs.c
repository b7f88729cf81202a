/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of a packet when many SSRCs go through one pair: each packet is of
 * another one than that before. zrtpenc with all of them on one pad, as a
 * bundle comes, and with a pad for each; zrtpdec; pads without an element, since
 * 500 pads cost time by themselves. 160 octets, AES1.
 *
 *     ssrcs [--json] [--quick] [--rounds=N]
 */
#include <gst/gst.h>

#include "bench.h"
#include "packets.h"
#include "pairs.h"
#include "plugins.h"

#define CIPHER "AES1"
#define OCTETS 160
#define CHUNK PACKETS_LIST
#define MIN_PACKETS 2048        /* of one measurement */
#define MAX_SSRCS 500

static const guint numbers[] = { 1, 2, 5, 10, 20, 50, 100, 200, MAX_SSRCS };

#define N_NUMBERS G_N_ELEMENTS (numbers)

typedef enum
{
  ONE_PAD,
  MANY_PADS,
  DECRYPT,
  NOTHING,
  N_SUBJECTS
} Subject;

static const char *const names[N_SUBJECTS] = {
  "zrtpenc, one pad", "zrtpenc, a pad each", "zrtpdec", "nothing, pads each"
};

/* As many SSRCs as the pair has ever seen. */
typedef struct
{
  guint n;
  Pairs pairs;
  Way **pads;                   /* NULL: all on one pad */
  PacketSource *sources;
  guint first;                  /* whose turn it is */
} Kit;

/* Pads of zrtpenc for each SSRC, beside that of the handshake; or only ours. */
static void
add_pads (Kit * kit, GstElement * enc)
{
  kit->pads = g_new (Way *, kit->n);
  for (guint i = 0; i < kit->n; i++) {
    char *sink = g_strdup_printf ("rtp_sink_%u", i + 1);
    char *src = g_strdup_printf ("rtp_src_%u", i + 1);

    kit->sources[i].ssrc += 2 * MAX_SSRCS;
    kit->pads[i] = pairs_make_way (enc, sink, src, PAIRS_RTP,
        kit->sources[i].ssrc, NULL);
    g_free (sink);
    g_free (src);
  }
}

static Kit *
kit_new (guint n, Subject subject)
{
  static guint serial;
  Kit *kit = g_new0 (Kit, 1);
  char *name = g_strdup_printf ("ssrcs-%u", serial++);

  kit->n = n;
  kit->sources = g_new0 (PacketSource, n);
  for (guint i = 0; i < n; i++)
    kit->sources[i].ssrc = 2 * i + 1;
  pairs_open (&kit->pairs, name, CIPHER, kit->sources[0].ssrc);
  if (subject == MANY_PADS || subject == NOTHING)
    add_pads (kit, subject == NOTHING ? NULL : kit->pairs.encrypt->element);
  g_free (name);
  return kit;
}

static void
kit_free (Kit * kit)
{
  for (guint i = 0; i < kit->n && kit->pads; i++)
    way_free (kit->pads[i]);
  pairs_close (&kit->pairs);
  g_free (kit->pads);
  g_free (kit->sources);
  g_free (kit);
}

static GPtrArray *
make_packets (Kit * kit, guint * first)
{
  GPtrArray *items = packets_make_mixed (kit->sources, kit->n, kit->first,
      CHUNK, OCTETS);

  *first = kit->first;
  kit->first = (kit->first + CHUNK) % kit->n;
  return items;
}

/* CPU time in nanoseconds. Takes @items. */
static double
push (GPtrArray * items, Way * const *ways, guint n_ways, guint first)
{
  double ns = bench_thread_ns ();

  for (guint i = 0; i < items->len; i++)
    if (gst_pad_push (ways[(first + i) % n_ways]->in,
            g_ptr_array_index (items, i)) != GST_FLOW_OK)
      g_error ("a packet can't be pushed");
  ns = bench_thread_ns () - ns;
  g_ptr_array_set_free_func (items, NULL);
  g_ptr_array_unref (items);
  return ns;
}

static double
encrypt (Kit * kit)
{
  Way *const *ways = kit->pads ? kit->pads : &kit->pairs.encrypt;
  guint first;
  GPtrArray *items = make_packets (kit, &first);

  return push (items, ways, kit->pads ? kit->n : 1, first);
}

static double
decrypt (Kit * kit)
{
  Way *from = kit->pairs.encrypt, *to = kit->pairs.decrypt;
  const guint before = to->n;
  guint first;
  GPtrArray *items = make_packets (kit, &first);
  double ns;

  from->kept = g_ptr_array_new_with_free_func
      ((GDestroyNotify) gst_buffer_unref);
  push (items, &from, 1, 0);
  ns = push (packets_receive (g_steal_pointer (&from->kept), FALSE), &to, 1, 0);
  if (to->n - before != CHUNK)
    g_error ("%u of %u packets come out", to->n - before, CHUNK);
  return ns;
}

static double
run (Kit * kit, Subject subject)
{
  const guint n = (MAX (MIN_PACKETS, 4 * kit->n) + CHUNK - 1) / CHUNK;
  double ns = 0;

  for (guint i = 0; i < n; i++)
    ns += subject == DECRYPT ? decrypt (kit) : encrypt (kit);
  return ns / (n * CHUNK);
}

static void
print_row (BenchJson * json, Subject subject, guint n, double ns, double ratio)
{
  if (!json) {
    g_print ("%-20s %5u %8.0f ns %8.2f\n", names[subject], n, ns, ratio);
    return;
  }
  bench_json_row (json);
  bench_json_text (json, "subject", names[subject]);
  bench_json_number (json, "ssrcs", n);
  bench_json_number (json, "ns", ns);
  bench_json_number (json, "to_one", ratio);
  bench_json_end_row (json);
}

static void
measure (BenchJson * json, Subject subject, guint rounds)
{
  double *values[N_NUMBERS], ratios[N_NUMBERS];
  Kit *kits[N_NUMBERS];

  for (guint i = 0; i < N_NUMBERS; i++) {
    values[i] = g_new (double, rounds);
    kits[i] = kit_new (numbers[i], subject);
    run (kits[i], subject);     /* warms up */
  }
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < N_NUMBERS; i++)
      values[i][round] = run (kits[i], subject);
  for (guint i = 0; i < N_NUMBERS; i++)
    ratios[i] = bench_median_ratio (values[i], values[0], rounds);
  for (guint i = 0; i < N_NUMBERS; i++) {
    print_row (json, subject, numbers[i], bench_median (values[i], rounds),
        ratios[i]);
    g_free (values[i]);
    kit_free (kits[i]);
  }
}

int
main (int argc, char **argv)
{
  BenchJson *json = NULL;
  BenchOptions options;

  bench_parse (&options, &argc, &argv, NULL);
  plugins_init ("coreelements", NULL);
  plugins_load_zrtp ();
  if (options.json)
    json = bench_json_new ("ssrcs");
  else
    g_print ("CPU time a packet    SSRCs                 to one\n");
  for (guint s = 0; s < N_SUBJECTS; s++)
    measure (json, s, bench_rounds (&options, 31));
  if (json)
    bench_json_print (json);
  return 0;
}
