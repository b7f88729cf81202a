/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "needles.h"

#include <fcntl.h>
#include <gst/check/gstcheck.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

#define MASK G_GUINT64_CONSTANT (0xc3a5965a3c69a59b)
#define MAX_NEEDLES 8192
#define CHUNK 65536
#define MAX_FORM 384
#define FOUND_BITS 16
/* Sanitizers reserve their shadow in pieces of this size and more. A test's process
 * has no mapping as large. */
#define SHADOW_SIZE (G_GUINT64_CONSTANT (1) << 27)

typedef enum
{
  FORM_PLAIN,
  FORM_REVERSED,                /* limbs of a big-endian number */
  FORM_INNER_PAD,
  FORM_OUTER_PAD,
  FORM_WORDS_32,                /* SHA-256's message on this processor */
  FORM_WORDS_64,                /* SHA-512's */
  N_FORMS
} Form;

static const char *const form_names[N_FORMS] = {
  "plain", "reversed", "inner pad", "outer pad", "32-bit words", "64-bit words"
};

/* Two words of it, masked: the second begins @distance octets after the first. */
typedef struct
{
  const char *name;
  Form form;
  guint distance;
  guint64 first, second;
} Needle;

static struct
{
  Needle needles[MAX_NEEDLES];
  guint n_needles;
  guint16 next[MAX_NEEDLES];    /* in the bucket; index + 1 */
  guint16 buckets[1 << FOUND_BITS];
  GHashTable *counts;
  gsize searched;
  GString *report;
  guint8 buffer[CHUNK + 16];
} state;

void
needles_reset (void)
{
  state.n_needles = 0;
  memset (state.buckets, 0, sizeof state.buckets);
  g_clear_pointer (&state.counts, g_hash_table_unref);
  state.counts = g_hash_table_new (g_str_hash, g_str_equal);
}

static guint64
masked_word (const guint8 * octets)
{
  guint64 word;

  memcpy (&word, octets, sizeof word);
  return word ^ MASK;
}

static guint
bucket_of (guint64 masked)
{
  return (masked * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> (64 -
      FOUND_BITS);
}

static gboolean
is_there (const Needle * needle)
{
  guint i = state.buckets[bucket_of (needle->first)];

  for (; i; i = state.next[i - 1]) {
    if (state.needles[i - 1].first == needle->first
        && state.needles[i - 1].second == needle->second)
      return TRUE;
  }
  return FALSE;
}

/* FALSE if it was added before. */
static gboolean
add_piece (const char *name, Form form, const guint8 * octets, gsize size)
{
  const guint distance = MIN (8, size - 8);
  const Needle needle = { name, form, distance, masked_word (octets),
    masked_word (octets + distance)
  };
  const guint bucket = bucket_of (needle.first);

  if (is_there (&needle))
    return FALSE;
  fail_unless (state.n_needles < MAX_NEEDLES);
  state.next[state.n_needles] = state.buckets[bucket];
  state.needles[state.n_needles++] = needle;
  state.buckets[bucket] = state.n_needles;
  return TRUE;
}

static void
write_form (Form form, const guint8 * data, gsize size, guint8 * out)
{
  for (gsize i = 0; i < size; i++) {
    switch (form) {
      case FORM_REVERSED:
        out[i] = data[size - 1 - i];
        break;
      case FORM_INNER_PAD:
        out[i] = data[i] ^ 0x36;
        break;
      case FORM_OUTER_PAD:
        out[i] = data[i] ^ 0x5c;
        break;
      case FORM_WORDS_32:
        out[i] = (i | 3) < size ? data[i ^ 3] : 0;
        break;
      case FORM_WORDS_64:
        out[i] = (i | 7) < size ? data[i ^ 7] : 0;
        break;
      default:
        out[i] = data[i];
        break;
    }
  }
}

void
needles_add (const char *name, gconstpointer data, gsize size)
{
  const guint8 *octets = data;
  guint8 form[MAX_FORM], all = 0;
  gboolean is_new = FALSE;

  fail_unless (size >= 12 && size <= MAX_FORM);
  for (gsize i = 0; i < size; i++)
    all |= octets[i];
  if (!all)
    return;                     /* wiped, or not there yet */
  for (guint f = 0; f < N_FORMS; f++) {
    const gsize whole = f == FORM_WORDS_32 ? size & ~3u : f == FORM_WORDS_64 ?
        size & ~7u : size;

    if (f >= FORM_INNER_PAD && size > 64)
      continue;                 /* a number, and no key of a hash */
    if (whole < 12)
      continue;
    write_form (f, octets, whole, form);
    if (add_piece (name, f, form, whole) && f == FORM_PLAIN)
      is_new = TRUE;
    /* What is left of a value that was overwritten in part. */
    if (whole > 24)
      add_piece (name, f, form + whole - 16, 16);
    if (whole > 64)
      add_piece (name, f, form + whole / 2, 16);
  }
  zrtp_wipe (form, sizeof form);
  zrtp_wipe_registers ();
  if (is_new)
    g_hash_table_insert (state.counts, (gpointer) name,
        GUINT_TO_POINTER (needles_count (name) + 1));
}

guint
needles_count (const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (state.counts, name));
}

static void
look_at (const guint8 * octets, gsize left, guint64 address,
    const char *mapping, GHashTable * found)
{
  const guint64 first = masked_word (octets);
  guint i = state.buckets[bucket_of (first)];

  for (; i; i = state.next[i - 1]) {
    const Needle *needle = &state.needles[i - 1];

    if (needle->first != first || left < needle->distance + 8
        || masked_word (octets + needle->distance) != needle->second)
      continue;
    if (!g_hash_table_contains (found, needle->name))
      g_string_append_printf (state.report, "%s (%s) at %" G_GINT64_MODIFIER
          "x in %s\n", needle->name, form_names[needle->form], address,
          mapping);
    g_hash_table_add (found, (gpointer) needle->name);
  }
}

/* In pieces that overlap by what a needle is long. The buffer itself is left
 * out. */
static void
search_mapping (int memory, guint64 from, guint64 to, const char *mapping,
    GHashTable * found)
{
  const guint64 own = (guintptr) state.buffer;
  const guint64 own_end = own + sizeof state.buffer;

  while (from < to) {
    const gsize step = MIN (to - from, CHUNK);
    gssize size;

    if (from >= own && from < own_end) {
      from = own_end;
      continue;
    }
    size = pread (memory, state.buffer, MIN (to - from, step + 15), from);
    if (size <= 0)
      size = 0;
    for (gssize i = 0; i + 8 <= size && i < (gssize) step; i++) {
      if (from + i < own || from + i >= own_end)
        look_at (state.buffer + i, size - i, from + i, mapping, found);
    }
    state.searched += size;
    from += step;
  }
}

char *
needles_search (void)
{
  GHashTable *found = g_hash_table_new (g_str_hash, g_str_equal);
  GString *names = g_string_new (NULL);
  int memory = open ("/proc/self/mem", O_RDONLY);
  char line[512];
  FILE *maps = fopen ("/proc/self/maps", "r");
  GList *keys;

  fail_unless (memory >= 0 && maps != NULL);
  state.searched = 0;
  if (!state.report)
    state.report = g_string_new (NULL);
  g_string_truncate (state.report, 0);
  while (fgets (line, sizeof line, maps)) {
    guint64 from, to;
    char rights[5], name[256] = "";

    fail_unless (sscanf (line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER
            "x %4s %*s %*s %*s %255s", &from, &to, rights, name) >= 3);
    if (rights[1] == 'w' && to - from < SHADOW_SIZE)
      search_mapping (memory, from, to, *name ? name : "anonymous", found);
  }
  fclose (maps);
  close (memory);
  keys = g_list_sort (g_hash_table_get_keys (found), (GCompareFunc) strcmp);
  for (GList * i = keys; i; i = i->next)
    g_string_append_printf (names, "%s%s", names->len ? " " : "",
        (const char *) i->data);
  g_list_free (keys);
  g_hash_table_unref (found);
  return g_string_free (names, FALSE);
}

const char *
needles_report (void)
{
  return state.report ? state.report->str : "";
}

gsize
needles_searched (void)
{
  return state.searched;
}
