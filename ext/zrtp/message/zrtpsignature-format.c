/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two forms of a signature on the SAS (RFC 6189 7.2.1, 7.2.2).
 */
#include "zrtp/base/zrtpoctets.h"
#include "zrtp/message/zrtpsignature-format.h"

#define PGP "PGP "
#define X509 "X509"

/* RFC 4880 */
#define PGP_TAG_SIGNATURE 2     /* 4.3 */
#define PGP_KEY_SERVER 24       /* 5.2.3.18 */
#define PGP_DSA 17              /* 9.1 */
#define PGP_ECDSA 19

/* FIPS 186-3 */
#define P256_SIGNATURE_SIZE 64
#define P384_SIGNATURE_SIZE 96

#define WORD_ALIGNED(size) (((size) + 3) / 4 * 4)

void
zrtp_signature_clear (ZrtpSignature * signature)
{
  g_clear_pointer (&signature->certificate, g_bytes_unref);
  g_clear_pointer (&signature->signature, g_bytes_unref);
}

const char *
zrtp_signature_type (const ZrtpSignature * signature)
{
  return signature->certificate ? X509 : PGP;
}

static guint
read_octet (ZrtpReader * reader)
{
  guint8 octet;

  zrtp_read (reader, &octet, 1);
  return octet;
}

/* -- X.509 -- */

/* Size of the DER SEQUENCE that starts there, its tag and length counted; 0 if
 * there is none, or not all of it. */
static gsize
measure_certificate (ZrtpOctets octets)
{
  ZrtpReader reader = zrtp_reader (octets.data, octets.size);
  guint tag = read_octet (&reader);
  gsize size = read_octet (&reader);

  /* DER: the short form below 128, the fewest octets above. */
  if (size == 0x81) {
    size = read_octet (&reader);
    reader.failed |= size < 0x80;
  } else if (size == 0x82) {
    size = zrtp_read_u16 (&reader);
    reader.failed |= size < 0x100;
  } else if (size >= 0x80) {
    return 0;
  }
  zrtp_read_in_place (&reader, size);
  return reader.failed || tag != 0x30 ? 0 : octets.size - reader.left;
}

static gboolean
is_ecdsa_size (gsize size)
{
  return size == P256_SIGNATURE_SIZE || size == P384_SIGNATURE_SIZE;
}

/* The signature begins at the next word (7.2.2), and fills what is left. */
static gboolean
parse_x509 (ZrtpOctets block, ZrtpSignature * signature)
{
  const gsize size = measure_certificate (block);
  const gsize offset = WORD_ALIGNED (size);

  if (size == 0 || offset > block.size || !is_ecdsa_size (block.size - offset))
    return FALSE;
  signature->certificate = g_bytes_new (block.data, size);
  signature->signature = g_bytes_new (block.data + offset, block.size - offset);
  return TRUE;
}

static const char *
refuse_x509 (const ZrtpSignature * signature)
{
  const ZrtpOctets octets = zrtp_octets_of (signature->certificate);

  if (octets.size == 0 || measure_certificate (octets) != octets.size)
    return "the certificate is not DER";
  if (!is_ecdsa_size (g_bytes_get_size (signature->signature)))
    return "the signature is not r and s of ECDSA with P-256 (64 octets) or "
        "P-384 (96 octets)";
  return NULL;
}

/* -- OpenPGP -- */

/* The length of a packet in the new format, or of a subpacket (RFC 4880 4.2.2,
 * 5.2.3.1). Only a packet may have one of several parts, and that not here. */
static gsize
read_pgp_length (ZrtpReader * reader, gboolean subpacket)
{
  const guint first = read_octet (reader);

  if (first < 192)
    return first;
  if (first == 255)
    return zrtp_read_u32 (reader);
  if (first >= 224 && !subpacket)
    reader->failed = TRUE;
  return ((gsize) (first - 192) << 8) + read_octet (reader) + 192;
}

/* The body of the signature packet that comes first; @body is failed if there is
 * none. Returns the size of the packet. */
static gsize
open_pgp (ZrtpOctets octets, ZrtpReader * body)
{
  ZrtpReader reader = zrtp_reader (octets.data, octets.size);
  const guint head = read_octet (&reader);
  const gboolean new_format = (head & 0x40) != 0;
  guint tag = head & 0x3f;
  const guint8 *data;
  gsize size = 0;

  if (!new_format)
    tag = head >> 2 & 0xf;
  if (new_format)
    size = read_pgp_length (&reader, FALSE);
  else if ((head & 3) == 0)
    size = read_octet (&reader);
  else if ((head & 3) == 1)
    size = zrtp_read_u16 (&reader);
  else if ((head & 3) == 2)
    size = zrtp_read_u32 (&reader);
  else
    reader.failed = TRUE;       /* 4.2.1: up to the end of a file */

  data = zrtp_read_in_place (&reader, size);
  *body = zrtp_reader (data, size);
  body->failed = reader.failed || !(head & 0x80) || tag != PGP_TAG_SIGNATURE;
  return octets.size - reader.left;
}

/* Nothing may follow but what pads it to a word. Of what is in the packet only
 * its version matters here: whatever algorithm the peer has is up to the
 * application, which checks it (7.2.1). */
static gboolean
parse_pgp (ZrtpOctets block, ZrtpSignature * signature)
{
  ZrtpReader body;
  const gsize size = open_pgp (block, &body);

  if (body.failed || read_octet (&body) != 4 || body.failed
      || WORD_ALIGNED (size) != block.size)
    return FALSE;
  signature->signature = g_bytes_new (block.data, size);
  return TRUE;
}

static gboolean
has_key_server (ZrtpReader subpackets)
{
  while (!subpackets.failed && subpackets.left > 0) {
    const gsize size = read_pgp_length (&subpackets, TRUE);
    const guint8 *data = zrtp_read_in_place (&subpackets, size);

    if (data && size > 1 && (data[0] & 0x7f) == PGP_KEY_SERVER)
      return TRUE;
  }
  return FALSE;
}

static guint
read_mpi_bits (ZrtpReader * reader)
{
  const guint bits = zrtp_read_u16 (reader);

  zrtp_read_in_place (reader, (bits + 7) / 8);
  return bits;
}

/* What the sizes of r and s tell of a key. They are numbers below the order of
 * the group, and as good as never shorter than the next smaller order: 160 bits
 * is that of DSA with 1024 bits, 224 or 256 those of DSA with 2048 and 3072. */
static const char *
refuse_pgp_key (guint algorithm, guint bits)
{
  if (algorithm == PGP_DSA && (bits <= 160 || bits > 256))
    return "a DSA key has 2048 to 3072 bits";
  if (algorithm == PGP_ECDSA && (bits <= 192 || bits > 384))
    return "an ECDSA key is one of P-224, P-256 or P-384";
  return NULL;
}

/* SHA-256, SHA-384, SHA-512, SHA-224; SHA3-256, SHA3-512 (RFC 9580 9.5). */
static gboolean
is_approved_hash (guint hash)
{
  return (hash >= 8 && hash <= 11) || hash == 12 || hash == 14;
}

static ZrtpReader
read_subpackets (ZrtpReader * body)
{
  const gsize size = zrtp_read_u16 (body);
  const guint8 *data = zrtp_read_in_place (body, size);

  return zrtp_reader (data, data ? size : 0);
}

/* 7.2 and 7.2.1: what is a MUST NOT or SHOULD NOT to make. */
static const char *
refuse_pgp (const ZrtpSignature * signature)
{
  const ZrtpOctets octets = zrtp_octets_of (signature->signature);
  ZrtpReader body, hashed;
  guint algorithm, hash, r, s;

  if (open_pgp (octets, &body) != octets.size || body.failed
      || read_octet (&body) != 4)
    return "this is not one OpenPGP signature packet of version 4, in binary";
  read_octet (&body);           /* what kind of document */
  algorithm = read_octet (&body);
  hash = read_octet (&body);
  hashed = read_subpackets (&body);
  read_subpackets (&body);
  zrtp_read_u16 (&body);        /* the hash's first 16 bits */
  if (algorithm != PGP_DSA && algorithm != PGP_ECDSA)
    return "OpenPGP signatures are made with DSA or ECDSA";
  if (!is_approved_hash (hash))
    return "OpenPGP signatures are made with SHA-2 or SHA-3";
  r = read_mpi_bits (&body);
  s = read_mpi_bits (&body);
  if (!zrtp_reader_is_done (&body))
    return "this OpenPGP signature is cut off";
  if (!has_key_server (hashed))
    return "the OpenPGP signature does not name the key server to get the key "
        "from (gpg --sig-keyserver-url)";
  return refuse_pgp_key (algorithm, MAX (r, s));
}

/* -- Either -- */

ZrtpSignatureStatus
zrtp_signature_parse (const char type[5], ZrtpOctets block,
    ZrtpSignature * signature)
{
  ZrtpSignature parsed = { NULL, NULL };
  gboolean ok;

  if (strcmp (type, X509) == 0)
    ok = parse_x509 (block, &parsed);
  else if (strcmp (type, PGP) == 0)
    ok = parse_pgp (block, &parsed);
  else
    return ZRTP_SIGNATURE_UNSUPPORTED;
  if (!ok)
    return ZRTP_SIGNATURE_INVALID;
  *signature = parsed;
  return ZRTP_SIGNATURE_UNCHECKED;
}

GBytes *
zrtp_signature_write (const ZrtpSignature * signature, char **reason)
{
  const ZrtpOctets octets = zrtp_octets_of (signature->signature);
  const char *refusal = signature->certificate ? refuse_x509 (signature) :
      refuse_pgp (signature);
  guint8 block[ZRTP_MAX_SIGNATURE_SIZE];
  ZrtpWriter writer = zrtp_writer (block, sizeof block);

  if (signature->certificate) {
    const ZrtpOctets der = zrtp_octets_of (signature->certificate);

    zrtp_write (&writer, der.data, der.size);
    zrtp_write_zeros (&writer, WORD_ALIGNED (der.size) - der.size);
  }
  zrtp_write (&writer, octets.data, octets.size);
  if (!refusal && writer.failed)
    refusal = "certificate and signature together are longer than 2040 octets";
  if (refusal) {
    *reason = g_strdup (refusal);
    return NULL;
  }
  return g_bytes_new (block, writer.size);
}
