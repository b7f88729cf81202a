/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/agreement/zrtpnegotiate.h"

#include <string.h>

static void
list_remove (ZrtpAlgorithmList * list, const ZrtpAlgorithm * algorithm)
{
  guint n = 0;

  for (guint i = 0; i < list->n; i++) {
    if (list->item[i] != algorithm)
      list->item[n++] = list->item[i];
  }
  list->n = n;
}

void
zrtp_negotiate_listed (const ZrtpPolicy * policy,
    ZrtpAlgorithmList listed[ZRTP_N_KINDS])
{
  ZrtpAlgorithmList *hashes = &listed[ZRTP_KIND_HASH];
  ZrtpAlgorithmList *agreements = &listed[ZRTP_KIND_KEY_AGREEMENT];
  const ZrtpAlgorithm *ec38 = &zrtp_key_agreement_ec38.base;
  const ZrtpAlgorithm *s384 = &zrtp_hash_s384.base;
  const ZrtpAlgorithm *mult = &zrtp_key_agreement_mult.base;

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    listed[kind] = policy->algorithms[kind];

  if (zrtp_algorithm_list_has (agreements, ec38)
      && !zrtp_algorithm_list_has (hashes, s384)) {
    if (policy->strict_algorithms || hashes->n == ZRTP_MAX_ALGORITHMS)
      list_remove (agreements, ec38);
    else
      hashes->item[hashes->n++] = s384;
  }
  if (!zrtp_algorithm_list_has (agreements, mult)
      && agreements->n < ZRTP_MAX_ALGORITHMS)
    agreements->item[agreements->n++] = mult;
}

void
zrtp_negotiate_offer (const ZrtpPolicy * policy,
    ZrtpAlgorithmList offer[ZRTP_N_KINDS])
{
  zrtp_negotiate_listed (policy, offer);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    if (!policy->strict_algorithms)
      zrtp_algorithm_list_complete (kind, &offer[kind]);
  }
}

void
zrtp_negotiate_read_hello (const ZrtpHello * hello,
    ZrtpAlgorithmList lists[ZRTP_N_KINDS])
{
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    ZrtpAlgorithmList *list = &lists[kind];

    list->n = 0;
    for (guint i = 0; i < hello->n_names[kind]; i++) {
      const ZrtpAlgorithm *algorithm =
          zrtp_algorithm_find (kind, hello->names[kind][i]);

      if (algorithm && !zrtp_algorithm_list_has (list, algorithm))
        list->item[list->n++] = algorithm;
    }
    zrtp_algorithm_list_complete (kind, list);
  }
}

/* What makes an entry of one list common with @other. */
typedef gboolean (*IsCommon) (const ZrtpAlgorithmList * other,
    const ZrtpAlgorithm * algorithm);

/* Entries that @other names come first. Peers that ignore 5.2 refuse what they
 * only imply: libzrtp lists HS32 alone, and takes nothing else. */
static const IsCommon common_tests[] = {
  zrtp_algorithm_list_names, zrtp_algorithm_list_has
};

/* The first entry of @list that @other has too. */
static const ZrtpAlgorithm *
first_common (const ZrtpAlgorithmList * list, const ZrtpAlgorithmList * other)
{
  for (guint test = 0; test < G_N_ELEMENTS (common_tests); test++) {
    for (guint i = 0; i < list->n; i++) {
      if (common_tests[test] (other, list->item[i]))
        return list->item[i];
    }
  }
  return NULL;
}

static gboolean
both_have (const ZrtpAlgorithmList * a, const ZrtpAlgorithmList * b,
    const ZrtpAlgorithm * algorithm)
{
  return zrtp_algorithm_list_has (a, algorithm)
      && zrtp_algorithm_list_has (b, algorithm);
}

/* A key agreement does Diffie-Hellman, and its hash (EC38: S384) is common. */
static gboolean
can_do_dh (const ZrtpAlgorithmList own[ZRTP_N_KINDS],
    const ZrtpAlgorithmList peer[ZRTP_N_KINDS], const ZrtpKeyAgreement * ka)
{
  return ka->public_size > 0 && (!ka->required_hash
      || both_have (&own[ZRTP_KIND_HASH], &peer[ZRTP_KIND_HASH],
          zrtp_algorithm_find (ZRTP_KIND_HASH, ka->required_hash)));
}

/* As first_common(), for key agreements that can_do_dh(). */
static const ZrtpKeyAgreement *
first_common_dh (const ZrtpAlgorithmList own[ZRTP_N_KINDS],
    const ZrtpAlgorithmList peer[ZRTP_N_KINDS])
{
  const ZrtpAlgorithmList *list = &own[ZRTP_KIND_KEY_AGREEMENT];

  for (guint test = 0; test < G_N_ELEMENTS (common_tests); test++) {
    for (guint i = 0; i < list->n; i++) {
      const ZrtpKeyAgreement *ka = (const ZrtpKeyAgreement *) list->item[i];

      if (common_tests[test] (&peer[ZRTP_KIND_KEY_AGREEMENT], list->item[i])
          && can_do_dh (own, peer, ka))
        return ka;
    }
  }
  return NULL;
}

/* 5.1.5: DH2k SHOULD go with AES-128, EC38 with AES-256 (AES-192 will do). */
static const ZrtpAlgorithm *
choose_cipher (const ZrtpAlgorithmList * own, const ZrtpAlgorithmList * peer,
    const ZrtpKeyAgreement * ka)
{
  if (ka == &zrtp_key_agreement_dh2k
      && both_have (own, peer, &zrtp_cipher_aes1.base))
    return &zrtp_cipher_aes1.base;
  if (ka == &zrtp_key_agreement_ec38) {
    if (both_have (own, peer, &zrtp_cipher_aes3.base))
      return &zrtp_cipher_aes3.base;
    if (both_have (own, peer, &zrtp_cipher_aes2.base))
      return &zrtp_cipher_aes2.base;
  }
  return first_common (own, peer);
}

ZrtpErrorCode
zrtp_negotiate_choose (const ZrtpAlgorithmList own[ZRTP_N_KINDS],
    const ZrtpAlgorithmList peer[ZRTP_N_KINDS], ZrtpSuite * suite)
{
  const ZrtpKeyAgreement *mine = first_common_dh (own, peer);
  const ZrtpKeyAgreement *theirs = first_common_dh (peer, own);
  const ZrtpAlgorithm *hash, *cipher, *auth_tag, *sas_type;

  if (!mine || !theirs)
    return ZRTP_ERROR_KEY_AGREEMENT;
  /* 4.1.2: of the two first choices the faster one. */
  if (theirs->rank < mine->rank)
    mine = theirs;

  if (mine->required_hash)
    hash = zrtp_algorithm_find (ZRTP_KIND_HASH, mine->required_hash);
  else
    hash = first_common (&own[ZRTP_KIND_HASH], &peer[ZRTP_KIND_HASH]);
  if (!hash)
    return ZRTP_ERROR_HASH;
  cipher = choose_cipher (&own[ZRTP_KIND_CIPHER], &peer[ZRTP_KIND_CIPHER],
      mine);
  if (!cipher)
    return ZRTP_ERROR_CIPHER;
  auth_tag = first_common (&own[ZRTP_KIND_AUTH_TAG], &peer[ZRTP_KIND_AUTH_TAG]);
  if (!auth_tag)
    return ZRTP_ERROR_AUTH_TAG;
  sas_type = first_common (&own[ZRTP_KIND_SAS], &peer[ZRTP_KIND_SAS]);
  if (!sas_type)
    return ZRTP_ERROR_SAS;

  suite->hash = (const ZrtpHash *) hash;
  suite->cipher = (const ZrtpCipher *) cipher;
  suite->auth_tag = (const ZrtpAuthTag *) auth_tag;
  suite->key_agreement = mine;
  suite->sas_type = (const ZrtpSasType *) sas_type;
  return ZRTP_ERROR_NONE;
}

ZrtpErrorCode
zrtp_negotiate_accept (const ZrtpAlgorithmList own[ZRTP_N_KINDS],
    const ZrtpCommit * commit, ZrtpSuite * suite)
{
  static const ZrtpErrorCode codes[ZRTP_N_KINDS] = {
    ZRTP_ERROR_HASH, ZRTP_ERROR_CIPHER, ZRTP_ERROR_AUTH_TAG,
    ZRTP_ERROR_KEY_AGREEMENT, ZRTP_ERROR_SAS
  };
  const ZrtpAlgorithm *found[ZRTP_N_KINDS];
  const ZrtpKeyAgreement *ka;

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    found[kind] = zrtp_algorithm_find (kind, commit->names[kind]);
    if (found[kind] && zrtp_algorithm_list_has (&own[kind], found[kind]))
      continue;
    if (kind != ZRTP_KIND_SAS
        || zrtp_commit_mode (commit) != ZRTP_COMMIT_MULTISTREAM)
      return codes[kind];
    found[kind] = NULL;
  }

  ka = (const ZrtpKeyAgreement *) found[ZRTP_KIND_KEY_AGREEMENT];
  if (ka->required_hash
      && memcmp (ka->required_hash, commit->names[ZRTP_KIND_HASH], 4) != 0)
    return ZRTP_ERROR_HASH;

  suite->hash = (const ZrtpHash *) found[ZRTP_KIND_HASH];
  suite->cipher = (const ZrtpCipher *) found[ZRTP_KIND_CIPHER];
  suite->auth_tag = (const ZrtpAuthTag *) found[ZRTP_KIND_AUTH_TAG];
  suite->key_agreement = ka;
  suite->sas_type = (const ZrtpSasType *) found[ZRTP_KIND_SAS];
  return ZRTP_ERROR_NONE;
}
