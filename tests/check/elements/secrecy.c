/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No key and no other secret ever shows: not in notify, not in messages, not in
 * dot files, not in the debug log at its highest level.
 *
 * The keys are seen where libsrtp2 takes them, the other secrets where they are
 * wiped: this program has functions of its own in front of these two.
 */
#define _GNU_SOURCE
/* Its inline explicit_bzero() can't be defined a second time. */
#undef _FORTIFY_SOURCE
#include "endpoint.h"
#include "propertywatch.h"

#include <dlfcn.h>
#include <srtp2/srtp.h>
#include <string.h>

#include "zrtp/zrtp.h"

#define EXPORT __attribute__((visibility("default")))

/* -- Collecting secrets -- */

static GMutex lock;
static gint collecting;
static GPtrArray *secrets;      /* lock: GBytes */
static guint n_keys, n_wiped;   /* lock */

static void
collect (gconstpointer data, gsize size, guint * counter)
{
  g_mutex_lock (&lock);
  g_ptr_array_add (secrets, g_bytes_new (data, size));
  (*counter)++;
  g_mutex_unlock (&lock);
}

EXPORT srtp_err_status_t
srtp_create (srtp_t * session, const srtp_policy_t * policy)
{
  srtp_err_status_t (*real) (srtp_t *, const srtp_policy_t *) =
      dlsym (RTLD_NEXT, "srtp_create");

  if (g_atomic_int_get (&collecting))
    collect (policy->key, policy->rtp.cipher_key_len, &n_keys);
  return real (session, policy);
}

/* Whole blocks of 32 octets are hashes and keys; what is wiped with more or less
 * of it has other things beside the secret. */
static void
wipe (void *data, size_t size)
{
  if (g_atomic_int_get (&collecting) && (size == 32 || size == 48))
    collect (data, size, &n_wiped);
  memset (data, 0, size);
  __asm__ __volatile__ (""::"r" (data):"memory");
}

EXPORT void
explicit_bzero (void *data, size_t size)
{
  wipe (data, size);
}

/* The same with _FORTIFY_SOURCE. */
void __explicit_bzero_chk (void *data, size_t size, size_t room);

EXPORT void
__explicit_bzero_chk (void *data, size_t size, size_t room)
{
  wipe (data, size);
}

/* -- Searching -- */

/* 8 octets that are not all the same, in a row of them. */
#define WINDOW 8

static gboolean
is_telling (const guint8 * octets)
{
  guint different = 0;

  for (guint i = 0; i < WINDOW; i++)
    different += memchr (octets, octets[i], i) == NULL;
  return different >= WINDOW - 2;
}

/* Digits alone, so that it does not matter what is between them. */
static char *
squeeze (const char *text)
{
  char *digits = g_malloc (strlen (text) + 1), *end = digits;

  for (; *text; text++) {
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
      text++;
    else if (g_ascii_isxdigit (*text))
      *end++ = g_ascii_tolower (*text);
  }
  *end = '\0';
  return digits;
}

static char *
to_hex (const guint8 * octets, gsize size)
{
  char *text = g_malloc (2 * size + 1);

  for (gsize i = 0; i < size; i++)
    g_snprintf (text + 2 * i, 3, "%02x", octets[i]);
  return text;
}

static gboolean
has_octets (const char *text, gsize text_size, const char *digits,
    const guint8 * octets)
{
  char *hex = to_hex (octets, WINDOW);
  gboolean found = strstr (digits, hex)
      || memmem (text, text_size, octets, WINDOW);

  g_free (hex);
  return found;
}

/* How many secrets are in a text: as octets, in hexadecimal, in base64. A dump
 * breaks its lines somewhere, so parts count. */
static guint
count_leaks (const char *text)
{
  char *digits = squeeze (text);
  gsize text_size = strlen (text);
  guint leaks = 0;

  for (guint i = 0; i < secrets->len; i++) {
    gsize size;
    const guint8 *octets = g_bytes_get_data (secrets->pdata[i], &size);
    gboolean found = FALSE;
    char *base64;

    for (gsize from = 0; from + WINDOW <= size; from += WINDOW)
      if (is_telling (octets + from))
        found |= has_octets (text, text_size, digits, octets + from);
    /* 15 octets, so that nothing at the end depends on what follows. */
    base64 = g_base64_encode (octets, MIN (size, 15));
    found |= size >= 15 && is_telling (octets) && strstr (text, base64);
    g_free (base64);
    leaks += found;
  }
  g_free (digits);
  return leaks;
}

static void
start_collecting (void)
{
  secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  n_keys = n_wiped = 0;
  g_atomic_int_set (&collecting, TRUE);
}

static void
stop_collecting (void)
{
  g_atomic_int_set (&collecting, FALSE);
}

/* The search finds what is there. */
GST_START_TEST (test_search)
{
  static const guint8 key[] = { 0x93, 0x01, 0xfe, 0x77, 0x20, 0x4a, 0xcd, 0x55,
    0x10, 0x9b, 0x68, 0x3f, 0xe1, 0x02, 0xb4, 0x8c, 0xd7, 0x2e, 0x91, 0x46
  };
  char *base64 = g_base64_encode (key, sizeof key);
  char *blob = g_strdup_printf ("a=%s;", base64);
  guint n = 0;

  secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  fail_unless_equals_int (count_leaks ("9301fe77204acd55"), 0);
  collect (key, sizeof key, &n);
  fail_unless_equals_int (count_leaks ("key=9301fe77204acd55109b"), 1);
  fail_unless_equals_int (count_leaks ("93 01 FE 77 20 4A CD 55"), 1);
  fail_unless_equals_int (count_leaks ("0x93, 0x01, 0xfe, 0x77, 0x20, 0x4a, "
          "0xcd, 0x55, 0x10"), 1);
  fail_unless_equals_int (count_leaks ("00000010: 20 4a cd 55 \n"
          "00000020: 10 9b 68 3f e1 02 b4 8c d7 2e 91 46"), 1);
  fail_unless_equals_int (count_leaks
      ("\x93\x01\xfe\x77\x20\x4a\xcd\x55\x10"), 1);
  fail_unless_equals_int (count_leaks (blob), 1);
  fail_unless_equals_int (count_leaks ("93 01 fe 77 20 4a cd 56"), 0);
  g_free (base64);
  g_free (blob);
  g_ptr_array_unref (secrets);
}

GST_END_TEST;

/* -- Listening -- */

static GString *heard;          /* lock */

static void
listen (const char *text)
{
  g_mutex_lock (&lock);
  g_string_append (heard, text);
  g_string_append_c (heard, '\n');
  g_mutex_unlock (&lock);
}

static void
log_function (GstDebugCategory * category, GstDebugLevel level,
    const gchar * file, const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer unused)
{
  listen (gst_debug_message_get (message));
}

static void
start_log (void)
{
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (log_function, NULL, NULL);
  gst_debug_set_active (TRUE);
  gst_debug_set_default_threshold (GST_LEVEL_MEMDUMP);
}

static void
stop_log (void)
{
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  gst_debug_remove_log_function (log_function);
  gst_debug_add_log_function (gst_debug_log_default, NULL, NULL);
}

static void
check_notify (GstElement * element, GstObject * from, GParamSpec * pspec)
{
  fail_if (g_str_equal (pspec->name, "aux-secret")
      || g_str_equal (pspec->name, "signalling-srtp-key")
      || g_str_equal (pspec->name, "exported-key"), "%s", pspec->name);
}

/* What gst-launch-1.0 -v and -m print, and a dot file. */
static void
listen_to_endpoint (Endpoint * endpoint)
{
  char *dot = gst_debug_bin_to_dot_data (GST_BIN (endpoint->pipeline),
      GST_DEBUG_GRAPH_SHOW_VERBOSE);
  char *stats = propertywatch_get (endpoint->enc, "stats");
  GstMessage *message;

  fail_unless (strstr (dot, "GstZrtpEnc") != NULL);
  listen (dot);
  listen (stats);
  g_free (dot);
  g_free (stats);
  while ((message = gst_bus_pop (endpoint->bus))) {
    const GstStructure *s = gst_message_get_structure (message);
    char *text = s ? gst_structure_to_string (s) : g_strdup ("");

    listen (text);
    g_free (text);
    gst_message_unref (message);
  }
}

static void
collect_exported_key (Endpoint * endpoint)
{
  GBytes *key;
  gsize size;
  guint n = 0;

  g_object_get (endpoint->enc, "exported-key", &key, NULL);
  fail_unless (key != NULL);
  collect (g_bytes_get_data (key, &size), g_bytes_get_size (key), &n);
  g_bytes_unref (key);
}

static void
collect_peer (const guint8 * zid, const ZrtpPeer * peer, gpointer counter)
{
  collect (peer->rs1, sizeof peer->rs1, counter);
  if (peer->have_rs2)
    collect (peer->rs2, sizeof peer->rs2, counter);
}

static void
collect_file (const char *folder, const char *name, guint wanted)
{
  char *path = g_build_filename (folder, name, NULL);
  ZrtpCache *cache = zrtp_cache_open (path, &zrtp_random_system, NULL);
  guint n = 0;

  fail_unless (cache != NULL);
  fail_unless (zrtp_cache_foreach (cache, g_get_real_time () / G_USEC_PER_SEC,
          collect_peer, &n, NULL));
  fail_unless_equals_int (n, wanted);
  zrtp_cache_unref (cache);
  g_free (path);
}

#define AUX "5ec0de0123456789abcdef00112233445566778899aabbccddeeff0f1e2d3c4b"
#define SRTP_KEY "c0ffee1122334455aabbccddeeff99880badf00d13572468ace0bdf13579"
#define END(name) VOICE "! zrtpenc name=enc cache=%s/" name " aux-secret=" AUX \
    " signalling-srtp-key=" SRTP_KEY " peer-name=" name " enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC \
    "! zrtpdec name=dec ! " EAR "async=false"

static void
collect_digits (const char *digits)
{
  const gsize size = strlen (digits) / 2;
  guint8 *octets = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    octets[i] = g_ascii_xdigit_value (digits[2 * i]) << 4
        | g_ascii_xdigit_value (digits[2 * i + 1]);
  g_ptr_array_add (secrets, g_bytes_new_take (octets, size));
}

/* The command line that the pipeline comes from has these secrets in it, the log
 * of parsing it too. */
static Endpoint *
make_end (const char *description, const char *folder)
{
  char *text = g_strdup_printf (description, folder);
  Endpoint *endpoint = endpoint_new ("%s", text);

  g_free (text);
  gst_element_add_property_deep_notify_watch (endpoint->pipeline, NULL, TRUE);
  g_signal_connect (endpoint->pipeline, "deep-notify",
      G_CALLBACK (check_notify), NULL);
  return endpoint;
}

/* Z-11-02: nothing that would rebuild SRTP keys is stored, logged or passed on, as
 * this test shows, so D is not set. */
static void
assert_no_disclosure (Endpoint * endpoint)
{
  gboolean disclosure = TRUE;

  g_object_get (endpoint->enc, "peer-disclosure", &disclosure, NULL);
  fail_if (disclosure);
}

static void
hold_call (const char *folder)
{
  Endpoint *a = make_end (END ("a"), folder);
  Endpoint *b = make_end (END ("b"), folder);
  gboolean done;

  start_log ();
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 3);
  endpoint_wait_media (b, 3);
  g_signal_emit_by_name (a->enc, "verify-sas", &done);
  g_signal_emit_by_name (b->dec, "verify-sas", &done);
  endpoint_wait_state (a, "secure");
  assert_no_disclosure (a);
  assert_no_disclosure (b);
  collect_exported_key (a);
  listen_to_endpoint (a);
  listen_to_endpoint (b);
  gst_element_set_state (a->pipeline, GST_STATE_NULL);
  gst_element_set_state (b->pipeline, GST_STATE_NULL);
  listen_to_endpoint (a);
  listen_to_endpoint (b);
  stop_log ();
  endpoint_free (a);
  endpoint_free (b);
}

/* Two calls: the second one has secrets of the first. */
GST_START_TEST (test_nothing_shows)
{
  char *folder = endpoint_make_folder ();
  fail_unless (srtp_get_version () != 0);
  heard = g_string_new (NULL);
  start_collecting ();
  collect_digits (AUX);
  collect_digits (SRTP_KEY);
  hold_call (folder);
  collect_file (folder, "a", 1);
  hold_call (folder);
  collect_file (folder, "a", 2);
  collect_file (folder, "b", 2);
  stop_collecting ();

  /* Two calls of two ends with two directions each. */
  fail_unless_equals_int (n_keys, 8);
  fail_unless (n_wiped > 20, "only %u", n_wiped);
  fail_unless (heard->len > 100000 && strstr (heard->str, "GstZrtpSas"));
  fail_unless_equals_int (count_leaks (heard->str), 0);
  g_string_free (heard, TRUE);
  g_ptr_array_unref (secrets);
  endpoint_remove_folder (folder);
}

GST_END_TEST;

static Suite *
secrecy_suite (void)
{
  Suite *s = suite_create ("secrecy");
  TCase *tc = tcase_create ("secrecy");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_search);
  tcase_add_test (tc, test_nothing_shows);
  return s;
}

GST_CHECK_MAIN (secrecy);
