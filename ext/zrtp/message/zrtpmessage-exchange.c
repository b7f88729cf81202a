/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/message/zrtpmessage-private.h"

ZrtpCommitMode
zrtp_commit_mode (const ZrtpCommit * commit)
{
  const char *name = commit->names[ZRTP_KIND_KEY_AGREEMENT];

  if (memcmp (name, "Mult", 4) == 0)
    return ZRTP_COMMIT_MULTISTREAM;
  if (memcmp (name, "Prsh", 4) == 0)
    return ZRTP_COMMIT_PRESHARED;
  /* An unknown key agreement too: Figure 5 is the general form, and whether
   * the name was offered is the receiver's question (Error 0x53). */
  return ZRTP_COMMIT_DH;
}

/* 5.4, Figures 5 to 7 */
ZrtpDrop
zrtp_commit_read (ZrtpReader * reader, ZrtpMessage * message)
{
  ZrtpCommit *commit = &message->u.commit;

  zrtp_read (reader, commit->h2, sizeof commit->h2);
  zrtp_read (reader, commit->zid, sizeof commit->zid);
  zrtp_read (reader, commit->names, sizeof commit->names);
  switch (zrtp_commit_mode (commit)) {
    case ZRTP_COMMIT_DH:
      zrtp_read (reader, commit->hvi, sizeof commit->hvi);
      break;
    case ZRTP_COMMIT_PRESHARED:
      zrtp_read (reader, commit->nonce, sizeof commit->nonce);
      zrtp_read (reader, commit->key_id, sizeof commit->key_id);
      break;
    case ZRTP_COMMIT_MULTISTREAM:
      zrtp_read (reader, commit->nonce, sizeof commit->nonce);
      break;
  }
  zrtp_read_in_place (reader, ZRTP_MAC_SIZE);
  return ZRTP_DROP_NONE;
}

void
zrtp_commit_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  const ZrtpCommit *commit = &message->u.commit;

  zrtp_write (writer, commit->h2, sizeof commit->h2);
  zrtp_write (writer, commit->zid, sizeof commit->zid);
  zrtp_write (writer, commit->names, sizeof commit->names);
  switch (zrtp_commit_mode (commit)) {
    case ZRTP_COMMIT_DH:
      zrtp_write (writer, commit->hvi, sizeof commit->hvi);
      break;
    case ZRTP_COMMIT_PRESHARED:
      zrtp_write (writer, commit->nonce, sizeof commit->nonce);
      zrtp_write (writer, commit->key_id, sizeof commit->key_id);
      break;
    case ZRTP_COMMIT_MULTISTREAM:
      zrtp_write (writer, commit->nonce, sizeof commit->nonce);
      break;
  }
  zrtp_write_zeros (writer, ZRTP_MAC_SIZE);
}

static gboolean
public_size_is_possible (gsize size)
{
  return size > 0 && size % 4 == 0 && size <= ZRTP_MAX_PUBLIC_SIZE;
}

/* 5.5, 5.6. The key agreement that gives pvr and pvi their width is not known
 * here: they are what lies between the secret IDs and the MAC. */
ZrtpDrop
zrtp_dhpart_read (ZrtpReader * reader, ZrtpMessage * message)
{
  ZrtpDHPart *dhpart = &message->u.dhpart;

  zrtp_read (reader, dhpart->h1, sizeof dhpart->h1);
  zrtp_read (reader, dhpart->rs1_id, sizeof dhpart->rs1_id);
  zrtp_read (reader, dhpart->rs2_id, sizeof dhpart->rs2_id);
  zrtp_read (reader, dhpart->aux_id, sizeof dhpart->aux_id);
  zrtp_read (reader, dhpart->pbx_id, sizeof dhpart->pbx_id);
  if (reader->failed || reader->left < ZRTP_MAC_SIZE ||
      !public_size_is_possible (reader->left - ZRTP_MAC_SIZE)) {
    reader->failed = TRUE;
    return ZRTP_DROP_NONE;
  }
  dhpart->public_size = reader->left - ZRTP_MAC_SIZE;
  zrtp_read (reader, dhpart->public_value, dhpart->public_size);
  zrtp_read_in_place (reader, ZRTP_MAC_SIZE);
  return ZRTP_DROP_NONE;
}

void
zrtp_dhpart_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  const ZrtpDHPart *dhpart = &message->u.dhpart;

  if (!public_size_is_possible (dhpart->public_size)) {
    writer->failed = TRUE;
    return;
  }
  zrtp_write (writer, dhpart->h1, sizeof dhpart->h1);
  zrtp_write (writer, dhpart->rs1_id, sizeof dhpart->rs1_id);
  zrtp_write (writer, dhpart->rs2_id, sizeof dhpart->rs2_id);
  zrtp_write (writer, dhpart->aux_id, sizeof dhpart->aux_id);
  zrtp_write (writer, dhpart->pbx_id, sizeof dhpart->pbx_id);
  zrtp_write (writer, dhpart->public_value, dhpart->public_size);
  zrtp_write_zeros (writer, ZRTP_MAC_SIZE);
}
