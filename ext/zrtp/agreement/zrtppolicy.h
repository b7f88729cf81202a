/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an endpoint offers, wants and refuses.
 */
#ifndef ZRTP_POLICY_H
#define ZRTP_POLICY_H

#include "zrtp/crypto/zrtpalgorithm.h"

G_BEGIN_DECLS

#define ZRTP_CACHE_FOR_EVER 0xffffffffu /* 4.9 */

/* A plain value: copy it as you like. What goes into the Hello (algorithms,
 * passive, mitm, check_signatures, client_id) is read when the Hello is made, the rest whenever it
 * matters. */
typedef struct
{
  ZrtpAlgorithmList algorithms[ZRTP_N_KINDS];   /* in order of preference */
  gboolean strict_algorithms;   /* refuse what is not listed, mandatory or not */
  gboolean passive;             /* P: never send a Commit */
  gboolean mitm;                /* M: a PBX that relays SAS (7.3) */
  gboolean enroll;              /* E: it takes in every caller (7.3.1) */
  gboolean check_signatures;    /* S: the application can (7.2) */
  gboolean sign_sas;            /* it makes some, too, if the peer has S */
  guint mtu;                    /* longest packet with one (7.2) */
  gboolean allow_clear;         /* A */
  gboolean disclosure;          /* D (11) */
  gboolean auto_secure;         /* Commit without being asked */
  gboolean require_encryption;  /* no clear media, ever */
  gboolean unattended;          /* no user can compare SAS: a cache mismatch
                                 * that nothing else explains ends the call
                                 * (4.3.2) */
  gboolean require_verified;    /* ... and so does a peer that was not verified
                                 * in an earlier call */
  gboolean stop_on_reject;      /* a rejected SAS blocks media both ways */
  gboolean cacheless;           /* nothing is kept: expiry 0, V 0 (4.9.1) */
  gboolean read_only;           /* of a peer that is new nothing is kept */
  gboolean signalling_trusted;  /* a=zrtp-hash came end-to-end protected (8.1.1) */
  guint32 cache_expiry;         /* seconds */
  guint hello_timeout_ms;       /* T1 (6): first interval, the cap is 4 times */
  guint retry_timeout_ms;       /* T2 (6): first interval, the cap is 8 times */
  guint8 client_id[ZRTP_CLIENT_ID_SIZE];
} ZrtpPolicy;

/* The defaults: X255,EC25,DH3k,E255,EC38,DH2k,Mult; S256,S384; AES1,AES3,AES2;
 * HS80,HS32; B32,B256; auto_secure, require_encryption and stop_on_reject on;
 * T1 50, T2 150; mtu 1400. */
void zrtp_policy_init (ZrtpPolicy * policy);

G_END_DECLS

#endif
