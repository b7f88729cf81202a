/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The algorithms of RFC 6189 5.1.2 to 5.1.6 as tables. A new algorithm is a new
 * row; nothing else in the engine names one.
 */
#ifndef ZRTP_ALGORITHM_H
#define ZRTP_ALGORITHM_H

#include "zrtp/base/zrtptypes.h"

G_BEGIN_DECLS

/* In the order in which a Hello lists them (5.2). */
typedef enum
{
  ZRTP_KIND_HASH,
  ZRTP_KIND_CIPHER,
  ZRTP_KIND_AUTH_TAG,
  ZRTP_KIND_KEY_AGREEMENT,
  ZRTP_KIND_SAS,
  ZRTP_N_KINDS
} ZrtpKind;

/* First member of every row. */
typedef struct
{
  char name[5];                 /* four characters as on the wire, e.g. "B32 " */
  ZrtpKind kind;
  gboolean mandatory;           /* counts as listed last in every Hello (5.2) */
  guint strength;               /* bits (NIST SP 800-57), to compare with others
                                 * of this kind; 0 where that has no meaning */
} ZrtpAlgorithm;

/* 5.1.2: the negotiated hash and, as HMAC over it, the negotiated MAC. */
typedef struct
{
  ZrtpAlgorithm base;
  gsize size;                   /* octets of a digest */
  void (*digest) (const ZrtpOctets * parts, guint n_parts, guint8 * out);
  void (*mac) (const guint8 * key, gsize key_size, const ZrtpOctets * parts,
      guint n_parts, guint8 * out);
} ZrtpHash;

/* 5.1.3: counter mode in SRTP, CFB-128 in Confirm and SASrelay. */
typedef struct
{
  ZrtpAlgorithm base;
  gsize key_size;
  void (*cfb_encrypt) (const guint8 * key, const guint8 * iv, guint8 * data,
      gsize size);
  void (*cfb_decrypt) (const guint8 * key, const guint8 * iv, guint8 * data,
      gsize size);
} ZrtpCipher;

/* 5.1.4 */
typedef struct
{
  ZrtpAlgorithm base;
  gsize tag_size;               /* octets of an SRTP tag: 4 or 10 */
} ZrtpAuthTag;

typedef struct _ZrtpKeyAgreement ZrtpKeyAgreement;

/* 5.1.5. "Mult" and "Prsh" are rows without functions. */
struct _ZrtpKeyAgreement
{
  ZrtpAlgorithm base;
  guint rank;                   /* 4.1.2: the lower of two first choices wins */
  gsize public_size;            /* pvi, pvr; 0 for Mult and Prsh */
  gsize result_size;            /* DHResult */
  const char *required_hash;    /* EC38 wants "S384" (5.1.5), else NULL */

  /* Octets of a private value when used with this cipher (DH: twice the AES
   * key; curves: the field's own size). */
  gsize (*private_size) (const ZrtpCipher * cipher);
  /* Public value of a private one. FALSE: the private value is unusable
   * (out of range); draw another. */
  gboolean (*make_public) (const ZrtpKeyAgreement * self,
      const guint8 * private_value, gsize private_size, guint8 * public_value);
  /* The cheap checks of 4.4.1.2 and 5.1.5: range 2..p-2, point on the curve. */
  gboolean (*validate) (const ZrtpKeyAgreement * self,
      const guint8 * peer_value);
  /* DHResult. FALSE: the peer's value is unacceptable (Error 0x61). */
  gboolean (*agree) (const ZrtpKeyAgreement * self,
      const guint8 * private_value, gsize private_size,
      const guint8 * peer_value, guint8 * result);
};

/* 5.1.6, and two types of GNU ZRTP's. Both functions return newly allocated
 * UTF-8. Most need no more of the sashash than the sasvalue in front of it. */
typedef struct
{
  ZrtpAlgorithm base;
  /* What both users compare. */
  char *(*render) (const guint8 sashash[ZRTP_SECRET_SIZE]);
  /* The same as it is said on a bad line: "Juliett Echo Nine Papa". */
  char *(*spell) (const guint8 sashash[ZRTP_SECRET_SIZE]);
} ZrtpSasType;

typedef struct
{
  guint n;
  guint n_implied;              /* the last ones: appended, as mandatory (5.2) */
  const ZrtpAlgorithm *item[ZRTP_MAX_ALGORITHMS + 2];
} ZrtpAlgorithmList;

/* Every known row of a kind, NULL-terminated. */
const ZrtpAlgorithm *const *zrtp_algorithms (ZrtpKind kind);

/* The row with these four octets, NULL if unknown. @name need not end in NUL. */
const ZrtpAlgorithm *zrtp_algorithm_find (ZrtpKind kind, const char *name);

/* Reads "X255, EC25,DH3k" (blanks around names do not matter, "B32" finds
 * "B32 "). On failure @list is untouched and @error, if given, says which name
 * is unknown, double or too many (ZRTP_MAX_ALGORITHMS). An empty text gives an
 * empty list. */
gboolean zrtp_algorithm_list_parse (ZrtpKind kind, const char *text,
    ZrtpAlgorithmList * list, char **error);
/* Newly allocated "X255,EC25,DH3k"; trailing blanks of names left out. */
/* "S256, S384": the names of a kind that can be written; g_free(). */
char *zrtp_algorithm_names (ZrtpKind kind);
char *zrtp_algorithm_list_to_string (const ZrtpAlgorithmList * list);
gboolean zrtp_algorithm_list_has (const ZrtpAlgorithmList * list,
    const ZrtpAlgorithm * algorithm);
/* As zrtp_algorithm_list_has(), without what zrtp_algorithm_list_complete()
 * appended. */
gboolean zrtp_algorithm_list_names (const ZrtpAlgorithmList * list,
    const ZrtpAlgorithm * algorithm);
/* Appends the mandatory rows of @kind that are not listed (5.2). */
void zrtp_algorithm_list_complete (ZrtpKind kind, ZrtpAlgorithmList * list);

/* Letters and digits in the words of the ICAO (and NATO) spelling alphabet, a
 * blank between them; other characters stay as they are. Newly allocated. */
char *zrtp_spell (const char *text);

/* Rows that the engine itself needs. */
extern const ZrtpHash zrtp_hash_s256;
extern const ZrtpHash zrtp_hash_s384;
extern const ZrtpCipher zrtp_cipher_aes1;
extern const ZrtpCipher zrtp_cipher_aes2;
extern const ZrtpCipher zrtp_cipher_aes3;
extern const ZrtpAuthTag zrtp_auth_tag_hs32;
extern const ZrtpAuthTag zrtp_auth_tag_hs80;
extern const ZrtpKeyAgreement zrtp_key_agreement_dh2k;
extern const ZrtpKeyAgreement zrtp_key_agreement_dh3k;
extern const ZrtpKeyAgreement zrtp_key_agreement_x255;
extern const ZrtpKeyAgreement zrtp_key_agreement_e255;
extern const ZrtpKeyAgreement zrtp_key_agreement_x448;
extern const ZrtpKeyAgreement zrtp_key_agreement_ec25;
extern const ZrtpKeyAgreement zrtp_key_agreement_ec38;
extern const ZrtpKeyAgreement zrtp_key_agreement_mult;
extern const ZrtpKeyAgreement zrtp_key_agreement_prsh;
extern const ZrtpSasType zrtp_sas_b32;
extern const ZrtpSasType zrtp_sas_b256;
extern const ZrtpSasType zrtp_sas_b32e;
extern const ZrtpSasType zrtp_sas_b10d;

G_END_DECLS

#endif
