/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media.h"

#define MANY_PIECES 3

const char *const media_worker_names[MEDIA_N_WORKERS] = { "stock", "zrtp" };

const char *
media_subject_name (const MediaCase * c)
{
  const gboolean stock = c->worker == MEDIA_STOCK;

  switch (c->subject) {
    case MEDIA_NOTHING:
      return "nothing";
    case MEDIA_IDENTITY:
      return "identity";
    case MEDIA_BARE_PROTECT:
      return stock ? "libsrtp2-protect" : "nettle-protect";
    case MEDIA_BARE_UNPROTECT:
      return stock ? "libsrtp2-unprotect" : "nettle-unprotect";
    case MEDIA_DTLS_ENCRYPT:
      return "dtlssrtpenc";
    case MEDIA_DTLS_DECRYPT:
      return "dtlssrtpdec";
    case MEDIA_ENCRYPT:
      return stock ? "srtpenc" : "zrtpenc";
    case MEDIA_DECRYPT:
      return stock ? "srtpdec" : "zrtpdec";
  }
  g_assert_not_reached ();
}

/* What the two ends of DTLS-SRTP agree on. */
static gboolean
has_dtls_cipher (const MediaCase * c)
{
  return g_str_equal (c->cipher, "AES1");
}

static gboolean
is_sensible (const MediaCase * c)
{
  const gboolean plain = !c->list && c->pieces == 1;
  const gboolean ciphers = *c->cipher != '\0';

  switch (c->subject) {
    case MEDIA_NOTHING:
    case MEDIA_IDENTITY:
      return c->worker == MEDIA_ZRTP && !ciphers;
    case MEDIA_BARE_PROTECT:
    case MEDIA_BARE_UNPROTECT:
      return plain && ciphers;
    case MEDIA_DTLS_ENCRYPT:
      return c->worker == MEDIA_STOCK && has_dtls_cipher (c);
    case MEDIA_DTLS_DECRYPT:
      return c->worker == MEDIA_STOCK && has_dtls_cipher (c) && plain;
    case MEDIA_ENCRYPT:
      return ciphers;
    case MEDIA_DECRYPT:
      /* What comes from a network is in one piece. srtpdec of GStreamer 1.22
       * frees buffers of lists twice. */
      return c->pieces == 1 && ciphers && (!c->list || c->worker == MEDIA_ZRTP);
  }
  g_assert_not_reached ();
}

/* What is compared stands side by side. */
static void
add_subject (GArray * cases, MediaSubject subject, const char *only)
{
  static const char *const ciphers[] = { "", "AES1", "AES3" };
  static const guint octets[] = { 160, 1200 };
  static const guint pieces[] = { 1, MANY_PIECES };

  for (guint i = 0; i < 3 * 2 * 2 * 2 * MEDIA_N_WORKERS; i++) {
    MediaCase c = {
      .worker = i % MEDIA_N_WORKERS,
      .subject = subject,
      .list = i / MEDIA_N_WORKERS % 2,
      .pieces = pieces[i / MEDIA_N_WORKERS / 2 % 2],
      .octets = octets[i / MEDIA_N_WORKERS / 4 % 2],
      .cipher = ciphers[i / MEDIA_N_WORKERS / 8]
    };

    if (is_sensible (&c)
        && (!only || g_str_equal (only, media_subject_name (&c))))
      g_array_append_val (cases, c);
  }
}

/* More sizes of what a call looks like most often. */
static void
add_sizes (GArray * cases, MediaSubject subject, const char *only)
{
  static const guint octets[] = { 20, 80, 320, 640, 960 };

  for (guint i = 0; i < G_N_ELEMENTS (octets) * MEDIA_N_WORKERS; i++) {
    MediaCase c = {
      .worker = i % MEDIA_N_WORKERS,
      .subject = subject,
      .pieces = 1,
      .octets = octets[i / MEDIA_N_WORKERS],
      .cipher = "AES1"
    };

    if (is_sensible (&c)
        && (!only || g_str_equal (only, media_subject_name (&c))))
      g_array_append_val (cases, c);
  }
}

GArray *
media_cases (const char *only)
{
  GArray *cases = g_array_new (FALSE, FALSE, sizeof (MediaCase));

  for (guint s = MEDIA_NOTHING; s <= MEDIA_DECRYPT; s++)
    add_subject (cases, s, only);
  for (guint s = MEDIA_BARE_PROTECT; s <= MEDIA_DECRYPT; s++)
    add_sizes (cases, s, only);
  return cases;
}
