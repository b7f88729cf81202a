/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signatures on the SAS (RFC 6189 7.2). Each side may sign the sashash with a
 * key that the other one knows, and send that in its Confirm. The engine
 * carries such signatures and knows their forms; to make and to check them is
 * up to the application, which has the keys and knows which it trusts:
 *
 *     ZRTP_EVENT_SIGN_SAS     zrtp_session_sign_sas()
 *     ZRTP_EVENT_SIGNATURE    zrtp_session_accept_signature(), _reject_signature()
 *
 * The policy turns on either half: sign_sas, and check_signatures (the S flag).
 */
#ifndef ZRTP_SIGNATURE_H
#define ZRTP_SIGNATURE_H

#include "zrtp/message/zrtpsignature-format.h"
#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS

/* What is signed (4.5.2): 32 octets. FALSE if there is nothing to sign, and no
 * SAS. */
gboolean zrtp_session_get_sashash (ZrtpSession * session,
    guint8 sashash[ZRTP_SECRET_SIZE]);

/* The answer to ZRTP_EVENT_SIGN_SAS. Our Confirm waits for it, for 20 times T2
 * but at most 3 s: that leaves the peer, whose DHPart2 goes unanswered in the
 * meantime, two thirds of its patience (6). Then the Confirm goes without.
 *
 * @sashash: what was signed. An answer about an earlier exchange does no harm.
 * @signature: NULL if the user rather does not sign.
 *
 * FALSE with a reason: nothing waits for that; or zrtp_signature_write() refuses
 * it, or the Confirm would be longer than the policy's mtu, and a better one may
 * follow. */
gboolean zrtp_session_sign_sas (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const ZrtpSignature * signature,
    gint64 now, char **reason);

/* The peer's signature, borrowed; NULL unless one came that can be checked. */
const ZrtpSignature *zrtp_session_get_signature (ZrtpSession * session);

/* What the application found, when it checked the peer's signature on @sashash.
 * ZRTP_EVENT_SIGNATURE asks for it. Where the policies require_verified and
 * unattended would refuse the peer without a signature, that event comes before
 * any key, and the exchange waits 40 T2, at most 6 s, for the signature to be
 * accepted. A rejected signature ends all streams of the session under these
 * policies, whenever it comes.
 *
 * Accept it only if the key is one that the user trusts to be the peer's; that
 * it is not our own is part of that, as an attacker that gets our signature can
 * send it back to us. @signer: the peer's name, for the user, or NULL.
 *
 * A signature that was accepted stands for a comparison of the SAS in this call
 * (4.3.2, 4.6.1.1) but sets no V flag. A rejected one is an alarm. The
 * application may change its mind. FALSE if there is none to check. */
gboolean zrtp_session_accept_signature (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const char *signer, gint64 now);
gboolean zrtp_session_reject_signature (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now);

G_END_DECLS

#endif
