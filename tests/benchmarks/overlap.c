/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What would be gained if the SHA-1 of two packets ran side by side, or AES and
 * SHA-1 of one packet did, instead of one after the other as through Nettle.
 * Bare kernels on the processor's instructions, the most that code of our own
 * could bring: no padding, no keys, nothing that is of use beyond this figure.
 *
 *     overlap [--json] [--quick] [--rounds=N]
 */
#include "bench.h"

#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <nettle/sha1.h>
#include <string.h>

#define BLOCK 64
#define MAX_BLOCKS 20

typedef struct
{
  guint32 state[2][8];
  struct sha1_ctx sha1;
  struct aes128_ctx aes;
  guint8 counter[AES_BLOCK_SIZE];
  guint8 schedule[11][AES_BLOCK_SIZE];
  guint8 packet[2][MAX_BLOCKS * BLOCK];
} Work;

typedef void (*Kernel) (Work * work, guint blocks);

static void
nettle_sha1 (Work * work, guint blocks)
{
  sha1_update (&work->sha1, blocks * BLOCK, work->packet[0]);
}

static void
nettle_aes (Work * work, guint blocks)
{
  ctr_crypt (&work->aes, (nettle_cipher_func *) aes128_encrypt, AES_BLOCK_SIZE,
      work->counter, blocks * BLOCK, work->packet[0], work->packet[0]);
}

static void
nettle_both (Work * work, guint blocks)
{
  nettle_aes (work, blocks);
  nettle_sha1 (work, blocks);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL __attribute__ ((target ("sha,sse4.1,aes")))

typedef struct
{
  __m128i abcd, e[2], w[4];
} Lane;

static inline KERNEL void
lane_load (Lane * lane, const guint32 * state, const guint8 * block)
{
  const __m128i order = _mm_set_epi64x (0x0001020304050607, 0x08090a0b0c0d0e0f);

  lane->abcd = _mm_loadu_si128 ((const __m128i *) state);
  lane->e[0] = _mm_set_epi32 (state[4], 0, 0, 0);
  for (guint i = 0; i < 4; i++)
    lane->w[i] = _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i *) block
            + i), order);
}

/* Four of the 80 rounds; @step and @phase are constants once unrolled. */
#define LANE_ROUNDS(lane, step, phase) G_STMT_START { \
  __m128i *w = (lane)->w, *e = (lane)->e; \
  if ((step) >= 4) \
    w[(step) % 4] = _mm_sha1msg2_epu32 (_mm_xor_si128 (_mm_sha1msg1_epu32 \
            (w[(step) % 4], w[((step) + 1) % 4]), w[((step) + 2) % 4]), \
        w[((step) + 3) % 4]); \
  e[(step) % 2] = (step) == 0 ? _mm_add_epi32 (e[0], w[0]) : \
      _mm_sha1nexte_epu32 (e[(step) % 2], w[(step) % 4]); \
  e[((step) + 1) % 2] = (lane)->abcd; \
  (lane)->abcd = _mm_sha1rnds4_epu32 ((lane)->abcd, e[(step) % 2], (phase)); \
} G_STMT_END

static inline KERNEL void
lane_store (const Lane * lane, guint32 * state)
{
  const __m128i abcd = _mm_loadu_si128 ((const __m128i *) state);
  const __m128i e = _mm_set_epi32 (state[4], 0, 0, 0);

  state[4] = _mm_extract_epi32 (_mm_sha1nexte_epu32 (lane->e[0], e), 3);
  _mm_storeu_si128 ((__m128i *) state, _mm_add_epi32 (lane->abcd, abcd));
}

#define FIVE(what, first) \
  what (first, (first) / 5); what ((first) + 1, (first) / 5); \
  what ((first) + 2, (first) / 5); what ((first) + 3, (first) / 5); \
  what ((first) + 4, (first) / 5)
#define TWENTY(what) FIVE (what, 0); FIVE (what, 5); FIVE (what, 10); \
  FIVE (what, 15)

static KERNEL void
one_lane (Work * work, guint blocks)
{
#define ROUNDS(step, phase) LANE_ROUNDS (&a, step, phase)
  for (guint i = 0; i < blocks; i++) {
    Lane a;

    lane_load (&a, work->state[0], work->packet[0] + i * BLOCK);
    TWENTY (ROUNDS);
    lane_store (&a, work->state[0]);
  }
#undef ROUNDS
}

/* Two packets' worth. */
static KERNEL void
two_lanes (Work * work, guint blocks)
{
#define ROUNDS(step, phase) LANE_ROUNDS (&a, step, phase); \
    LANE_ROUNDS (&b, step, phase)
  for (guint i = 0; i < blocks; i++) {
    Lane a, b;

    lane_load (&a, work->state[0], work->packet[0] + i * BLOCK);
    lane_load (&b, work->state[1], work->packet[1] + i * BLOCK);
    TWENTY (ROUNDS);
    lane_store (&a, work->state[0]);
    lane_store (&b, work->state[1]);
  }
#undef ROUNDS
}

/* One SHA-1 block and the four AES blocks that become it, in one instruction
 * stream: ten AES rounds spread over twenty steps. */
static KERNEL void
with_aes (Work * work, guint blocks)
{
#define ROUNDS(step, phase) LANE_ROUNDS (&a, step, phase); \
    if ((step) % 2 == 0 && (step) < 18) \
      for (guint n = 0; n < 4; n++) \
        x[n] = _mm_aesenc_si128 (x[n], key[(step) / 2 + 1])
  __m128i key[11];

  for (guint k = 0; k < G_N_ELEMENTS (key); k++)
    key[k] = _mm_loadu_si128 ((const __m128i *) work->schedule[k]);
  for (guint i = 0; i < blocks; i++) {
    __m128i *text = (__m128i *) (work->packet[0] + i * BLOCK);
    __m128i x[4];
    Lane a;

    for (guint n = 0; n < 4; n++)
      x[n] = _mm_xor_si128 (_mm_set_epi32 (4 * i + n, 0, 0, 0), key[0]);
    lane_load (&a, work->state[0], work->packet[1] + i * BLOCK);
    TWENTY (ROUNDS);
    lane_store (&a, work->state[0]);
    for (guint n = 0; n < 4; n++)
      _mm_storeu_si128 (text + n, _mm_xor_si128 (_mm_loadu_si128 (text + n),
              _mm_aesenclast_si128 (x[n], key[10])));
  }
#undef ROUNDS
}

static gboolean
have_instructions (void)
{
  guint a, b, c, d;

__asm__ ("cpuid": "=a" (a), "=b" (b), "=c" (c), "=d" (d):"a" (7), "c" (0));
  return (b >> 29 & 1) && __builtin_cpu_supports ("aes")
      && __builtin_cpu_supports ("sse4.1");
}
#else
static gboolean
have_instructions (void)
{
  return FALSE;
}
#endif

static BenchOptions options;
static BenchJson *json;         /* NULL: a table */

typedef struct
{
  const char *name;
  Kernel kernel;
  guint packets;
  guint rival;                  /* row that the ratio is to */
} Row;

static const Row rows[] = {
  {"SHA-1, Nettle", nettle_sha1, 1, 0},
  {"AES-CTR and SHA-1, Nettle", nettle_both, 1, 1},
#if defined(__x86_64__)
  {"SHA-1, one packet", one_lane, 1, 0},
  {"SHA-1, two side by side", two_lanes, 2, 0},
  {"AES-CTR with SHA-1", with_aes, 1, 1},
#endif
};

#define MAX_ROWS G_N_ELEMENTS (rows)
#define PORTABLE_ROWS 2

static void
measure (Work * work, guint blocks)
{
  const guint n_rows = have_instructions ()? MAX_ROWS : PORTABLE_ROWS;
  const guint rounds = bench_rounds (&options, 61);
  const guint repeat = options.quick ? 10 : 5000;
  double *ns[MAX_ROWS];

  for (guint r = 0; r < n_rows; r++)
    ns[r] = g_new (double, rounds);
  for (guint i = 0; i < rounds; i++) {
    for (guint r = 0; r < n_rows; r++) {
      const double start = bench_thread_ns ();

      for (guint n = 0; n < repeat; n++)
        rows[r].kernel (work, blocks);
      ns[r][i] = (bench_thread_ns () - start) / repeat / rows[r].packets;
    }
  }
  for (guint r = 0; r < n_rows; r++) {
    const double ratio = bench_median_ratio (ns[r], ns[rows[r].rival], rounds);
    const double median = bench_median (ns[r], rounds);

    if (json) {
      bench_json_row (json);
      bench_json_text (json, "name", rows[r].name);
      bench_json_number (json, "octets", blocks * BLOCK);
      bench_json_number (json, "ns", median);
      bench_json_number (json, "ratio", ratio);
      bench_json_end_row (json);
    } else {
      g_print ("%-28s %5u octets %8.0f ns %6.2f\n", rows[r].name,
          blocks * BLOCK, median, ratio);
    }
  }
  for (guint r = 0; r < n_rows; r++)
    g_free (ns[r]);
}

int
main (int argc, char **argv)
{
  const guint8 key[AES128_KEY_SIZE] = { 1, 2, 3 };
  static Work work;

  bench_parse (&options, &argc, &argv, NULL);
  memset (&work, 0x5a, sizeof work);
  sha1_init (&work.sha1);
  aes128_set_encrypt_key (&work.aes, key);
  if (options.json)
    json = bench_json_new ("overlap");
  else
    g_print ("CPU time a packet, and against Nettle's\n");
  measure (&work, 4);
  measure (&work, MAX_BLOCKS);
  if (json)
    bench_json_print (json);
  return 0;
}
