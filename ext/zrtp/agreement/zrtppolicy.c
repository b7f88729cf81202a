/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "zrtp/agreement/zrtppolicy.h"

#include <string.h>

static const char *const default_algorithms[ZRTP_N_KINDS] = {
  [ZRTP_KIND_HASH] = "S256,S384",
  [ZRTP_KIND_CIPHER] = "AES1,AES3,AES2",
  [ZRTP_KIND_AUTH_TAG] = "HS80,HS32",
  [ZRTP_KIND_KEY_AGREEMENT] = "X255,EC25,DH3k,E255,EC38,DH2k,Mult",
  [ZRTP_KIND_SAS] = "B32,B256",
};

static const char client_id[] = PACKAGE " " PACKAGE_VERSION;

G_STATIC_ASSERT (sizeof client_id - 1 <= ZRTP_CLIENT_ID_SIZE);

void
zrtp_policy_init (ZrtpPolicy * policy)
{
  memset (policy, 0, sizeof *policy);
  policy->auto_secure = TRUE;
  policy->require_encryption = TRUE;
  policy->stop_on_reject = TRUE;
  policy->cache_expiry = ZRTP_CACHE_FOR_EVER;
  policy->hello_timeout_ms = 50;
  policy->retry_timeout_ms = 150;
  policy->mtu = 1400;

  for (ZrtpKind kind = 0; kind < ZRTP_N_KINDS; kind++)
    zrtp_algorithm_list_parse (kind, default_algorithms[kind],
        &policy->algorithms[kind], NULL);

  memset (policy->client_id, ' ', sizeof policy->client_id);
  memcpy (policy->client_id, client_id, sizeof client_id - 1);
}
