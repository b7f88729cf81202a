/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's memory for secrets, and the memory functions that it gives to GMP
 * and SQLite: only where nothing else in the process has a say.
 */
#include <dlfcn.h>
#include <gmp.h>
#include <gst/check/gstcheck.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "sim.h"
#include "zrtp/crypto/zrtpmemory.h"

#ifdef __SANITIZE_ADDRESS__
#define ON_HEAP TRUE            /* where the sanitizer sees it */
#else
#define ON_HEAP FALSE
#endif

static ZrtpMemoryInfo
get_info (void)
{
  ZrtpMemoryInfo info;

  zrtp_memory_get_info (&info);
  return info;
}

static gboolean
is_all (const guint8 * octets, gsize size, guint8 value)
{
  guint8 differences = 0;

  for (gsize i = 0; i < size; i++)
    differences |= octets[i] ^ value;
  return differences == 0;
}

static gboolean
is_zero (const guint8 * octets, gsize size)
{
  return is_all (octets, size, 0);
}

/* -- Blocks -- */

/* Blocks of many sizes: apart from each other, aligned, zero when given out
 * again. */
GST_START_TEST (test_blocks)
{
  guint8 *blocks[600];
  gsize sizes[600];

  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (blocks); i++) {
      sizes[i] = i % 97 == 0 ? 5000 * (i / 97 + 1) : 1 + (i * 37) % 4000;
      blocks[i] = zrtp_secret_alloc0 (sizes[i]);
      fail_unless_equals_int ((guintptr) blocks[i] % 16, 0);
      fail_unless (is_zero (blocks[i], sizes[i]));
      memset (blocks[i], i | 1, sizes[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
      fail_unless (is_all (blocks[i], sizes[i], i | 1));
    for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
      zrtp_secret_free (blocks[(i * 7) % G_N_ELEMENTS (blocks)]);
    fail_unless_equals_int (get_info ().used, 0);
  }
  zrtp_secret_free (NULL);
  fail_unless (zrtp_secret_dup ("", 0) == NULL);
}

GST_END_TEST;

/* Peaks are given back, but for one slab a size. */
GST_START_TEST (test_given_back)
{
  static gpointer blocks[5000];

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    blocks[i] = zrtp_secret_alloc0 (1000);
  if (!ON_HEAP) {
    fail_unless (get_info ().used >= 5000 * 1000);
    /* 1,000 bytes are 1,008, and a slab has a header and a rest. */
    fail_unless (get_info ().mapped < 5000 * 1000 * 21 / 20);
  }
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    zrtp_secret_free (blocks[i]);
  fail_unless (get_info ().mapped <= 64 * 1024);
}

GST_END_TEST;

/* The flags that the kernel has for the mapping of an address. */
static char *
flags_of (gconstpointer address)
{
  FILE *file = fopen ("/proc/self/smaps", "r");
  gboolean inside = FALSE;
  char line[512];

  fail_unless (file != NULL);
  while (fgets (line, sizeof line, file)) {
    guintptr from, to;

    if (sscanf (line, "%" G_GINTPTR_MODIFIER "x-%" G_GINTPTR_MODIFIER "x",
            &from, &to) == 2)
      inside = from <= (guintptr) address && (guintptr) address < to;
    else if (inside && g_str_has_prefix (line, "VmFlags:"))
      break;
  }
  fclose (file);
  fail_unless (inside);
  return g_strdup (line);
}

GST_START_TEST (test_out_of_dumps_and_swap)
{
  gpointer block = zrtp_secret_alloc0 (100);
  ZrtpMemoryInfo info = get_info ();
  char *flags;

  if (!ON_HEAP) {
    flags = flags_of (block);
    fail_unless_equals_int (info.undumped, info.mapped);
    fail_unless (strstr (flags, " dd") != NULL, "%s", flags);
    fail_unless_equals_int (strstr (flags, " lo") != NULL, info.locked > 0);
    g_free (flags);
  }
  zrtp_secret_free (block);
}

GST_END_TEST;

/* Half of what the user may lock stays for the application; nothing fails
 * beyond. */
GST_START_TEST (test_limit_of_locking)
{
  struct rlimit limit;
  gpointer blocks[64];

  fail_unless (getrlimit (RLIMIT_MEMLOCK, &limit) == 0);
  limit.rlim_cur = MIN (limit.rlim_max, 512 * 1024);
  fail_unless (setrlimit (RLIMIT_MEMLOCK, &limit) == 0);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++) {
    blocks[i] = zrtp_secret_alloc0 (40000);
    fail_unless (is_zero (blocks[i], 40000));
  }
  fail_unless (get_info ().locked <= MAX (limit.rlim_cur / 2, 64 * 1024));
  if (!ON_HEAP)
    fail_unless (get_info ().locked < get_info ().mapped);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    zrtp_secret_free (blocks[i]);
  fail_unless_equals_int (get_info ().locked, 0);
}

GST_END_TEST;

/* -- GMP -- */

static guint n_foreign;

static void *
foreign_allocate (size_t size)
{
  n_foreign++;
  return malloc (size);
}

static void *
foreign_reallocate (void *memory, size_t old_size, size_t size)
{
  return realloc (memory, size);
}

static void
foreign_free (void *memory, size_t size)
{
  free (memory);
}

static void
assert_call_works (void)
{
  Sim *sim = sim_new_pair (1);

  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_free (sim);
}

GST_START_TEST (test_gmp_is_taken)
{
  fail_unless (get_info ().gmp_wipes);
  assert_call_works ();
  fail_unless (get_info ().gmp_wipes);
}

GST_END_TEST;

/* Those of another library stay, whichever came first. */
GST_START_TEST (test_gmp_of_another)
{
  void *(*allocate) (size_t);
  void (*release) (void *, size_t);

  if (__i__)
    zrtp_memory_init ();
  mp_set_memory_functions (foreign_allocate, foreign_reallocate, foreign_free);
  fail_if (get_info ().gmp_wipes);
  assert_call_works ();
  mp_get_memory_functions (&allocate, NULL, &release);
  fail_unless (allocate == foreign_allocate && release == foreign_free);
  fail_unless (n_foreign > 0);
}

GST_END_TEST;

/* Functions that a library set and took back leave GMP to us. */
GST_START_TEST (test_gmp_set_back)
{
  zrtp_memory_init ();
  mp_set_memory_functions (foreign_allocate, foreign_reallocate, foreign_free);
  mp_set_memory_functions (NULL, NULL, NULL);
  assert_call_works ();
  fail_unless (get_info ().gmp_wipes);
}

GST_END_TEST;

/* GnuTLS wipes as well, and only where nothing else was set. */
GST_START_TEST (test_gmp_with_gnutls)
{
  if (__i__)
    zrtp_memory_init ();
  fail_unless (dlopen ("libgnutls.so.30", RTLD_NOW) != NULL);
  fail_unless (get_info ().gmp_wipes);
  assert_call_works ();
  fail_unless (get_info ().gmp_wipes);
}

GST_END_TEST;

/* Numbers that were allocated before go on with the new functions. */
GST_START_TEST (test_gmp_in_use)
{
  mpz_t z;

  mpz_init_set_ui (z, 3);
  mpz_pow_ui (z, z, 1000);
  zrtp_memory_init ();
  mpz_pow_ui (z, z, 10);
  fail_unless_equals_int (mpz_sizeinbase (z, 3), 10001);
  mpz_realloc2 (z, 100);
  mpz_clear (z);
}

GST_END_TEST;

/* -- SQLite -- */

static void
assert_sqlite_works (void)
{
  sqlite3 *db;

  fail_unless (sqlite3_open (":memory:", &db) == SQLITE_OK);
  fail_unless (sqlite3_exec (db, "CREATE TABLE t (x);"
          "INSERT INTO t VALUES (zeroblob (100000));"
          "UPDATE t SET x = CAST (x || x AS BLOB)", NULL, NULL,
          NULL) == SQLITE_OK);
  fail_unless (sqlite3_close (db) == SQLITE_OK);
  fail_unless_equals_int (sqlite3_memory_used (), 0);
}

GST_START_TEST (test_sqlite_is_taken)
{
  fail_unless (get_info ().sqlite_wipes);
  assert_sqlite_works ();
}

GST_END_TEST;

/* A process that has started it keeps its functions, and calls go on. */
GST_START_TEST (test_sqlite_started_before)
{
  fail_unless (sqlite3_initialize () == SQLITE_OK);
  fail_if (get_info ().sqlite_wipes);
  assert_sqlite_works ();
}

GST_END_TEST;

static sqlite3_mem_methods former;
static guint n_sqlite;

static void *
count_malloc (int size)
{
  n_sqlite++;
  return former.xMalloc (size);
}

/* Functions of the application stay beneath. */
GST_START_TEST (test_sqlite_of_application)
{
  sqlite3_mem_methods methods;

  fail_unless (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &former) == SQLITE_OK);
  methods = former;
  methods.xMalloc = count_malloc;
  fail_unless (sqlite3_config (SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK);
  fail_unless (get_info ().sqlite_wipes);
  assert_sqlite_works ();
  fail_unless (n_sqlite > 0);
}

GST_END_TEST;

static Suite *
memorypool_suite (void)
{
  Suite *s = suite_create ("memorypool");
  TCase *blocks = tcase_create ("blocks");
  TCase *libraries = tcase_create ("libraries");

  tcase_add_test (blocks, test_blocks);
  tcase_add_test (blocks, test_given_back);
  tcase_add_test (blocks, test_out_of_dumps_and_swap);
  tcase_add_test (blocks, test_limit_of_locking);
  suite_add_tcase (s, blocks);
  /* Each in a process of its own. */
  tcase_add_test (libraries, test_gmp_is_taken);
  tcase_add_loop_test (libraries, test_gmp_of_another, 0, 2);
  tcase_add_test (libraries, test_gmp_set_back);
  tcase_add_loop_test (libraries, test_gmp_with_gnutls, 0, 2);
  tcase_add_test (libraries, test_gmp_in_use);
  tcase_add_test (libraries, test_sqlite_is_taken);
  tcase_add_test (libraries, test_sqlite_started_before);
  tcase_add_test (libraries, test_sqlite_of_application);
  suite_add_tcase (s, libraries);
  return s;
}

GST_CHECK_MAIN (memorypool);
