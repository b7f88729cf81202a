/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A voice call whose SAS is signed by both sides with X.509 certificates and
 * ECDSA keys, so that no user has to read it aloud (RFC 6189 7.2.2). GnuTLS makes
 * and checks the signatures. Alice runs
 *
 *     signed-call --key=alice.key --certificate=alice.crt --trust=bob.crt \
 *         5004 192.0.2.7 5004 Bob
 *
 * where bob.crt is Bob's own self-signed certificate, or that of an authority,
 * and Bob is the common name in his. With a second --key and --certificate there
 * is one for each size of curve. --agreements sets the property key-agreements.
 * SOURCE and SINK in the environment replace microphone and loudspeaker.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gst/gst.h>

#define CALL                                                                 \
  "%s ! audioconvert ! audioresample ! opusenc bitrate-type=cbr ! "          \
  "  rtpopuspay ! zrtpenc name=enc cache=:memory: sign-sas=true "            \
  "    check-signatures=true ! "                                             \
  "  udpsink host=%s port=%d async=false sync=false "                        \
  "udpsrc port=%d caps=\"application/x-rtp,media=audio,clock-rate=48000,"    \
  "  encoding-name=OPUS,payload=96\" ! zrtpdec ! rtpjitterbuffer ! "         \
  "  rtpopusdepay ! opusdec ! audioconvert ! audioresample ! %s"

#define MAX_IDENTITIES 2

/* The two curves that RFC 6189 7.2.2 knows, each with its hash (RFC 5759). */
typedef struct
{
  gnutls_ecc_curve_t curve;
  const gchar *name;
  guint size;                   /* octets of r, and of s */
  gnutls_sign_algorithm_t algorithm;
} Curve;

static const Curve curves[] = {
  {GNUTLS_ECC_CURVE_SECP256R1, "P-256", 32, GNUTLS_SIGN_ECDSA_SHA256},
  {GNUTLS_ECC_CURVE_SECP384R1, "P-384", 48, GNUTLS_SIGN_ECDSA_SHA384},
};

typedef struct
{
  const Curve *curve;
  gnutls_privkey_t key;
  GBytes *certificate;          /* DER */
} Identity;

typedef struct
{
  GMainLoop *loop;
  GstElement *zrtp;
  Identity own[MAX_IDENTITIES];
  guint n_own;
  gnutls_x509_trust_list_t trusted;
  const gchar *peer_name;
} Call;

/* -- Keys -- */

static GBytes *
take_datum (gnutls_datum_t * datum)
{
  GBytes *bytes = g_bytes_new (datum->data, datum->size);

  gnutls_free (datum->data);
  return bytes;
}

/* NULL if it has no key of these curves. */
static const Curve *
find_curve (gnutls_x509_crt_t certificate)
{
  gnutls_datum_t x, y;
  gnutls_ecc_curve_t curve;

  if (gnutls_x509_crt_get_pk_ecc_raw (certificate, &curve, &x, &y) < 0)
    return NULL;
  gnutls_free (x.data);
  gnutls_free (y.data);
  for (guint i = 0; i < G_N_ELEMENTS (curves); i++) {
    if (curves[i].curve == curve)
      return &curves[i];
  }
  return NULL;
}

static gboolean
read_certificate (const gchar * path, Identity * identity)
{
  gnutls_x509_crt_t certificate;
  gnutls_datum_t pem, der;
  gboolean ok = FALSE;

  if (gnutls_load_file (path, &pem) < 0)
    return FALSE;
  gnutls_x509_crt_init (&certificate);
  if (gnutls_x509_crt_import (certificate, &pem, GNUTLS_X509_FMT_PEM) >= 0
      && gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER,
          &der) >= 0) {
    identity->certificate = take_datum (&der);
    identity->curve = find_curve (certificate);
    ok = identity->curve != NULL;
  }
  gnutls_x509_crt_deinit (certificate);
  gnutls_free (pem.data);
  return ok;
}

static gboolean
read_key (const gchar * path, Identity * identity)
{
  gnutls_datum_t pem;
  gboolean ok;

  if (gnutls_load_file (path, &pem) < 0)
    return FALSE;
  gnutls_privkey_init (&identity->key);
  ok = gnutls_privkey_import_x509_raw (identity->key, &pem,
      GNUTLS_X509_FMT_PEM, NULL, 0) >= 0;
  gnutls_memset (pem.data, 0, pem.size);
  gnutls_free (pem.data);
  return ok;
}

static void
forget_keys (Call * call)
{
  for (guint i = 0; i < MAX_IDENTITIES; i++) {
    if (call->own[i].key)
      gnutls_privkey_deinit (call->own[i].key);
    if (call->own[i].certificate)
      g_bytes_unref (call->own[i].certificate);
  }
  gnutls_x509_trust_list_deinit (call->trusted, 1);
}

/* -- Signing -- */

/* 7.2: where the key agreement is over a curve, a key of the same size. */
static const Identity *
choose_identity (const Call * call, const gchar * key_agreement)
{
  const gboolean large = g_str_equal (key_agreement, "EC38")
      || g_str_equal (key_agreement, "X448");

  for (guint i = 0; i < call->n_own; i++) {
    if (call->own[i].curve->size == (large ? 48 : 32))
      return &call->own[i];
  }
  return &call->own[0];
}

/* To the full length: DER has a zero too many in front, or some too few. */
static void
put_number (guint8 * out, guint size, const gnutls_datum_t * number)
{
  const guint n = MIN (number->size, size);

  memset (out, 0, size - n);
  memcpy (out + size - n, number->data + number->size - n, n);
}

/* r and s, or NULL. */
static GBytes *
make_signature (const Identity * identity, GBytes * sashash)
{
  const guint size = identity->curve->size;
  gsize n;
  gnutls_datum_t data, der, r, s;
  guint8 *octets;

  data.data = (guint8 *) g_bytes_get_data (sashash, &n);
  data.size = n;
  if (gnutls_privkey_sign_data2 (identity->key, identity->curve->algorithm, 0,
          &data, &der) < 0)
    return NULL;
  gnutls_decode_rs_value (&der, &r, &s);
  octets = g_malloc (2 * size);
  put_number (octets, size, &r);
  put_number (octets + size, size, &s);
  gnutls_free (r.data);
  gnutls_free (s.data);
  gnutls_free (der.data);
  return g_bytes_new_take (octets, 2 * size);
}

/* The handshake waits for us. With a signature of NULL it goes on without. */
static void
on_signature_wanted (GstElement * element, GBytes * sashash,
    const gchar * key_agreement, Call * call)
{
  const Identity *identity = choose_identity (call, key_agreement);
  GBytes *signature = make_signature (identity, sashash);
  gboolean sent;

  g_signal_emit_by_name (element, "set-signature", sashash,
      identity->certificate, signature, &sent);
  if (signature && sent)
    g_print ("signing with %s after %s\n", identity->curve->name,
        key_agreement);
  if (signature)
    g_bytes_unref (signature);
}

/* -- Checking -- */

/* By an authority that we trust, or itself one of those that we know; in force
 * today; and about the expected peer. */
static const gchar *
doubt_certificate (const Call * call, gnutls_x509_crt_t certificate)
{
  gchar name[256] = "";
  size_t size = sizeof name;
  guint status;

  if (gnutls_x509_trust_list_verify_crt2 (call->trusted, &certificate, 1, NULL,
          0, 0, &status, NULL) < 0 || status != 0)
    return "their certificate is not one that you trust";
  if (gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME,
          0, 0, name, &size) < 0 || strcmp (name, call->peer_name) != 0)
    return "they have a certificate of another name";
  return NULL;
}

static const gchar *
doubt_signature (gnutls_x509_crt_t certificate, GBytes * sashash,
    GBytes * signature)
{
  const Curve *curve = find_curve (certificate);
  gnutls_datum_t data, r, s, der;
  gnutls_pubkey_t key;
  gsize n;
  gint result;

  r.data = (guint8 *) g_bytes_get_data (signature, &n);
  if (!curve || n != 2 * curve->size)
    return "their key and their signature don't go together";
  s.data = r.data + curve->size;
  r.size = s.size = curve->size;
  data.data = (guint8 *) g_bytes_get_data (sashash, &n);
  data.size = n;

  gnutls_encode_rs_value (&der, &r, &s);
  gnutls_pubkey_init (&key);
  gnutls_pubkey_import_x509 (key, certificate, 0);
  result = gnutls_pubkey_verify_data2 (key, curve->algorithm, 0, &data, &der);
  gnutls_pubkey_deinit (key);
  gnutls_free (der.data);
  return result < 0 ? "their signature is not about this call" : NULL;
}

/* A peer that gets our signature can send it back to us. */
static gboolean
is_our_own (const Call * call, GBytes * certificate)
{
  for (guint i = 0; i < call->n_own; i++) {
    if (g_bytes_equal (call->own[i].certificate, certificate))
      return TRUE;
  }
  return FALSE;
}

/* NULL: nothing to be said against it. */
static const gchar *
doubt (const Call * call, GBytes * sashash, GBytes * der, GBytes * signature)
{
  gnutls_x509_crt_t certificate;
  gnutls_datum_t data;
  const gchar *reason;
  gsize n;

  if (is_our_own (call, der))
    return "this is your own key";
  data.data = (guint8 *) g_bytes_get_data (der, &n);
  data.size = n;
  gnutls_x509_crt_init (&certificate);
  if (gnutls_x509_crt_import (certificate, &data, GNUTLS_X509_FMT_DER) < 0)
    reason = "this is no certificate";
  else
    reason = doubt_certificate (call, certificate);
  if (!reason)
    reason = doubt_signature (certificate, sashash, signature);
  gnutls_x509_crt_deinit (certificate);
  return reason;
}

static void
on_signature_received (GstElement * element, GBytes * sashash,
    GBytes * certificate, GBytes * signature, Call * call)
{
  const gchar *reason;
  gboolean done;

  if (!certificate || !signature) {
    g_print ("They have a signature that this program can't check.\n");
    return;
  }
  reason = doubt (call, sashash, certificate, signature);
  if (reason) {
    g_print ("doubt: %s\n", reason);
    g_signal_emit_by_name (element, "reject-signature", sashash, &done);
  } else {
    g_signal_emit_by_name (element, "accept-signature", sashash,
        call->peer_name, &done);
  }
}

/* -- The call -- */

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Call *call = user_data;
  const GstStructure *s = gst_message_get_structure (message);
  GError *error = NULL;

  if (gst_message_has_name (message, "GstZrtpTrust")) {
    const gchar *signer = gst_structure_get_string (s, "signer");

    g_print ("trust: %s%s%s\n", gst_structure_get_string (s, "trust"),
        signer ? " by " : "", signer ? signer : "");
  } else if (gst_message_has_name (message, "GstZrtpPeerMismatch")
      || gst_message_has_name (message, "GstZrtpDowngrade")
      || gst_message_has_name (message, "GstZrtpSecurity")) {
    g_print ("ALARM: %s\n", gst_structure_get_string (s, "text"));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, NULL);
    g_printerr ("%s\n", error->message);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    g_main_loop_quit (call->loop);
  }
  g_clear_error (&error);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gchar **keys, **certificates;
static gchar *trust, *agreements;

static const GOptionEntry entries[] = {
  {"key", 'k', 0, G_OPTION_ARG_FILENAME_ARRAY, &keys, "own key", "PEM"},
  {"certificate", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &certificates,
      "own certificate, in the order of the keys", "PEM"},
  {"trust", 't', 0, G_OPTION_ARG_FILENAME, &trust,
      "certificates of the other side or of authorities", "PEM"},
  {"agreements", 'a', 0, G_OPTION_ARG_STRING, &agreements,
      "key agreements", "LIST"},
  {NULL}
};

static gboolean
read_keys (Call * call)
{
  guint n = keys ? g_strv_length (keys) : 0;

  gnutls_x509_trust_list_init (&call->trusted, 0);
  if (n < 1 || n > MAX_IDENTITIES || !certificates || !trust
      || g_strv_length (certificates) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!read_key (keys[i], &call->own[i])
        || !read_certificate (certificates[i], &call->own[i]))
      return FALSE;
  }
  call->n_own = n;
  return gnutls_x509_trust_list_add_trust_file (call->trusted, trust, NULL,
      GNUTLS_X509_FMT_PEM, 0, 0) > 0;
}

static GstElement *
make_pipeline (char **argv)
{
  const gchar *source = g_getenv ("SOURCE"), *sink = g_getenv ("SINK");
  gchar *line = g_strdup_printf (CALL, source ? source : "autoaudiosrc",
      argv[2], atoi (argv[3]), atoi (argv[1]), sink ? sink : "autoaudiosink");
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  if (error)
    g_printerr ("%s\n", error->message);
  g_clear_error (&error);
  g_free (line);
  return pipeline;
}

static void
run (Call * call, GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);

  call->loop = g_main_loop_new (NULL, FALSE);
  call->zrtp = gst_bin_get_by_name (GST_BIN (pipeline), "enc");
  if (agreements)
    g_object_set (call->zrtp, "key-agreements", agreements, NULL);
  g_signal_connect (call->zrtp, "signature-wanted",
      G_CALLBACK (on_signature_wanted), call);
  g_signal_connect (call->zrtp, "signature-received",
      G_CALLBACK (on_signature_received), call);
  gst_bus_add_watch (bus, on_message, call);
  g_unix_signal_add (SIGINT, on_interrupt, call->loop);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (call->loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (call->zrtp);
  g_main_loop_unref (call->loop);
}

int
main (int argc, char **argv)
{
  GOptionContext *context =
      g_option_context_new ("PORT PEER-HOST PEER-PORT PEER-NAME");
  Call call = { NULL };
  GstElement *pipeline = NULL;
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 5) {
    g_printerr ("%s\n", error ? error->message : "see --help");
    return 2;
  }
  g_option_context_free (context);
  setvbuf (stdout, NULL, _IOLBF, 0);
  call.peer_name = argv[4];
  if (read_keys (&call))
    pipeline = make_pipeline (argv);
  else
    g_printerr ("no ECDSA keys of P-256 or P-384 with certificates\n");
  if (pipeline) {
    run (&call, pipeline);
    gst_object_unref (pipeline);
  }
  forget_keys (&call);
  return pipeline ? 0 : 1;
}
