/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The state machine in the place of either end of ten recorded calls. It gets
 * that end's private values and the other end's packets, and has to say what
 * was said, to the octet, and to end with the recorded keys. One thing can't be
 * had again: secret IDs made of random stand-ins; the test puts the recorded
 * DHPart of its own side in.
 */
#include <string.h>

#include "vectors.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

typedef struct
{
  JsonNode *call, *channel;     /* of the file */
  char self;                    /* 'A' or 'B' */
  gboolean initiator;
  ZrtpRandom random;
  GBytes *h0;                   /* for the next 32 octets */
  GQueue sixteens;              /* GBytes: nonce and IV to come */
  ZrtpPolicy policy;
  ZrtpSession *session;
  ZrtpStream *stream;
  gint64 now;
  GPtrArray *sent;              /* GBytes: messages */
  gboolean have_send, have_receive;
  ZrtpSrtpKeys send_keys, receive_keys;
} Player;

/* Draws what the recording drew, by the size that is asked for. */
static void
fill (gpointer user_data, guint8 * out, gsize size)
{
  Player *player = user_data;

  memset (out, 0x42, size);
  if (size == ZRTP_IMAGE_SIZE && player->h0) {
    memcpy (out, g_bytes_get_data (player->h0, NULL), size);
    g_clear_pointer (&player->h0, g_bytes_unref);
  } else if (size == ZRTP_IV_SIZE) {
    GBytes *octets = g_queue_pop_head (&player->sixteens);

    fail_unless (octets != NULL);
    memcpy (out, g_bytes_get_data (octets, NULL), size);
    g_bytes_unref (octets);
  }
}

/* The recording */

static gboolean
is_own (const Player * player, JsonNode * entry)
{
  return *vectors_text (entry, "from") == player->self;
}

static GBytes *
unframe (JsonNode * entry, ZrtpPacket * packet)
{
  GBytes *octets = vectors_hex (entry, "hex"), *message;

  fail_unless_equals_int (zrtp_packet_parse (OCTETS (octets), packet),
      ZRTP_DROP_NONE);
  message = g_bytes_new (packet->message, packet->message_size);
  g_bytes_unref (octets);
  return message;
}

/* The message of a type that one side sent; NULL if it sent none. */
static GBytes *
recorded (const Player * player, gboolean own, const char *type)
{
  const guint n = vectors_size (player->channel, "packets");

  for (guint i = 0; i < n; i++) {
    JsonNode *entry = vectors_getf (player->channel, "packets/%u", i);
    ZrtpPacket packet;

    if (is_own (player, entry) == own
        && g_str_has_prefix (vectors_text (entry, "type"), type))
      return unframe (entry, &packet);
  }
  return NULL;
}

static guint32
own_ssrc (const Player * player)
{
  const guint n = vectors_size (player->channel, "packets");
  guint32 ssrc = 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *entry = vectors_getf (player->channel, "packets/%u", i);
    ZrtpPacket packet;

    if (is_own (player, entry)) {
      g_bytes_unref (unframe (entry, &packet));
      ssrc = packet.ssrc;
    }
  }
  return ssrc;
}

/* The policy that makes the recorded Hello. */
static void
take_policy (Player * player)
{
  GBytes *octets = recorded (player, TRUE, "Hello ");
  const ZrtpHello *hello;
  ZrtpMessage message;

  fail_unless_equals_int (zrtp_message_parse (OCTETS (octets), &message),
      ZRTP_DROP_NONE);
  hello = &message.u.hello;
  zrtp_policy_init (&player->policy);
  memcpy (player->policy.client_id, hello->client_id, ZRTP_CLIENT_ID_SIZE);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    ZrtpAlgorithmList *list = &player->policy.algorithms[kind];

    list->n = 0;
    for (guint i = 0; i < hello->n_names[kind]; i++)
      list->item[list->n++] = zrtp_algorithm_find (kind, hello->names[kind][i]);
  }
  player->policy.auto_secure = player->initiator;
  g_bytes_unref (octets);
}

static void
queue_sixteen (Player * player, const guint8 * data)
{
  g_queue_push_tail (&player->sixteens, g_bytes_new (data, 16));
}

/* Own nonce, if the mode has one, and the IV of the own Confirm. */
static void
queue_randomness (Player * player)
{
  GBytes *octets;
  ZrtpMessage message;

  if (player->initiator) {
    octets = recorded (player, TRUE, "Commit");
    zrtp_message_parse (OCTETS (octets), &message);
    if (zrtp_commit_mode (&message.u.commit) == ZRTP_COMMIT_MULTISTREAM)
      queue_sixteen (player, message.u.commit.nonce);
    g_bytes_unref (octets);
  }
  octets = recorded (player, TRUE, player->initiator ? "Confirm2" : "Confirm1");
  zrtp_message_parse (OCTETS (octets), &message);
  queue_sixteen (player, message.u.sealed.iv);
  g_bytes_unref (octets);
}

/* Both ends of the last calls knew each other. */
static gboolean
knows_peer (const Player * player)
{
  return vectors_size (player->call, "cacheA_before") > 0;
}

static gboolean
has_aux (const Player * player)
{
  return *vectors_text (player->call, "auxsecret_ascii") != '\0';
}

/* The engine */

/* The own DHPart is the recorded one but for the IDs that come of stand-ins, and
 * the MAC. */
static void
compare_part (Player * player, GBytes * own, GBytes * expected)
{
  const ZrtpDHPart *a, *b;
  ZrtpMessage x, y;

  zrtp_message_parse (OCTETS (own), &x);
  zrtp_message_parse (OCTETS (expected), &y);
  fail_unless_equals_int (x.type, y.type);
  a = &x.u.dhpart;
  b = &y.u.dhpart;
  /* Z-5.5-02 Z-5.6-01 */
  fail_unless (memcmp (a->h1, b->h1, ZRTP_IMAGE_SIZE) == 0);
  fail_unless_equals_int (a->public_size, b->public_size);
  fail_unless (memcmp (a->public_value, b->public_value, a->public_size) == 0);
  /* Z-4.3.1-01 Z-4.3.1-02 Z-4.3.1-03 */
  if (knows_peer (player))
    fail_unless (memcmp (a->rs1_id, b->rs1_id, ZRTP_SECRET_ID_SIZE) == 0);
  if (has_aux (player))
    fail_unless (memcmp (a->aux_id, b->aux_id, ZRTP_SECRET_ID_SIZE) == 0);
}

/* The own Commit is the recorded one but for hvi and MAC. */
static void
compare_commit (GBytes * own, GBytes * expected)
{
  const gsize size = g_bytes_get_size (own) - ZRTP_HVI_SIZE - ZRTP_MAC_SIZE;

  /* Z-5.4-04 */
  fail_unless_equals_int (g_bytes_get_size (own), g_bytes_get_size (expected));
  fail_unless (memcmp (g_bytes_get_data (own, NULL),
          g_bytes_get_data (expected, NULL), size) == 0);
}

static void
replace (GBytes ** octets, GBytes * with)
{
  g_bytes_unref (*octets);
  *octets = with;
}

/* Puts the recorded own messages of DH mode in, as soon as there are own ones. */
static void
put_recorded_in (Player * player)
{
  ZrtpExchange *x = player->stream->exchange;
  ZrtpMessage message;

  if (!x || x->mode != ZRTP_COMMIT_DH)
    return;
  if (player->stream->step == ZRTP_STEP_COMMIT_SENT) {
    GBytes *commit = recorded (player, TRUE, "Commit");
    GBytes *part = recorded (player, TRUE, "DHPart2");

    compare_commit (x->commit, commit);
    compare_part (player, x->dhpart2, part);
    replace (&x->commit, commit);
    replace (&x->dhpart2, part);
    zrtp_message_parse (OCTETS (x->commit), &message);
    memcpy (x->hvi_or_nonce, message.u.commit.hvi, ZRTP_HVI_SIZE);
  } else if (player->stream->step == ZRTP_STEP_DHPART1_SENT) {
    GBytes *part = recorded (player, TRUE, "DHPart1");

    compare_part (player, x->dhpart1, part);
    replace (&x->dhpart1, part);
  }
}

static void
take_secret (JsonNode * node, const char *path, gboolean * have, guint8 * out)
{
  GBytes *octets = vectors_hex (node, path);

  *have = g_bytes_get_size (octets) == ZRTP_SECRET_SIZE;
  if (*have)
    memcpy (out, g_bytes_get_data (octets, NULL), ZRTP_SECRET_SIZE);
  g_bytes_unref (octets);
}

static void
do_job (Player * player, ZrtpJob * job)
{
  if (job->task == ZRTP_TASK_KEY_PAIR) {
    GBytes *octets = vectors_hex (player->channel, player->initiator ?
        "priv_i" : "priv_r");

    /* Z-5.1.5-08 Z-5.1.5-09 Z-5.1.5-10 */
    fail_unless_equals_int (g_bytes_get_size (octets), job->private_size);
    memcpy (job->private_value, g_bytes_get_data (octets, NULL),
        job->private_size);
    g_bytes_unref (octets);
  }
  zrtp_job_run (job, NULL, 0);
  if (job->task == ZRTP_TASK_LOOKUP && knows_peer (player)) {
    job->peer.known = TRUE;
    job->peer.verified = g_str_equal (vectors_text (player->call,
            "cacheA_before/0/pvs"), "01");
    take_secret (player->call, "cacheA_before/0/rs1", &job->peer.have_rs1,
        job->peer.rs1);
    take_secret (player->call, "cacheA_before/0/rs2", &job->peer.have_rs2,
        job->peer.rs2);
  }
  zrtp_stream_finish_job (player->stream, job, player->now);
}

static void
drain (Player * player)
{
  ZrtpOutPacket *out;
  ZrtpPacket packet;
  ZrtpEvent event;
  ZrtpJob *job;

  put_recorded_in (player);
  while ((job = zrtp_stream_pop_job (player->stream))) {
    do_job (player, job);
    put_recorded_in (player);
  }
  while (zrtp_stream_pop_event (player->stream, &event)) {
    if (event.type == ZRTP_EVENT_SEND_KEYS) {
      player->send_keys = event.keys;
      player->have_send = TRUE;
    } else if (event.type == ZRTP_EVENT_RECEIVE_KEYS) {
      player->receive_keys = event.keys;
      player->have_receive = TRUE;
    }
    zrtp_event_clear (&event);
  }
  while ((out = zrtp_stream_pop_packet (player->stream))) {
    fail_unless_equals_int (zrtp_packet_parse (out->data, out->size, &packet),
        ZRTP_DROP_NONE);
    g_ptr_array_add (player->sent, g_bytes_new (packet.message,
            packet.message_size));
    g_free (out);
  }
}

/* The last message of a type that the engine sent. */
static GBytes *
said (Player * player, ZrtpMessageType type)
{
  for (guint i = player->sent->len; i > 0; i--) {
    GBytes *octets = g_ptr_array_index (player->sent, i - 1);
    ZrtpMessage message;

    zrtp_message_parse (OCTETS (octets), &message);
    if (message.type == type)
      return octets;
  }
  return NULL;
}

static void
assert_said (Player * player, ZrtpMessageType type, const char *name)
{
  GBytes *own = said (player, type), *expected = recorded (player, TRUE, name);

  fail_unless (own != NULL && expected != NULL, "%s", name);
  octets_check (__FILE__, __LINE__, name, OCTETS (own), expected);
  g_bytes_unref (expected);
}

/* One channel */

static void
begin_channel (Player * player, JsonNode * channel)
{
  GBytes *zid;

  player->channel = channel;
  player->initiator = *vectors_text (channel, "initiator") == player->self;
  player->h0 = vectors_hex (channel, player->initiator ? "h0_i" : "h0_r");
  player->have_send = player->have_receive = FALSE;
  g_ptr_array_set_size (player->sent, 0);
  take_policy (player);
  zid = vectors_hex (channel, player->initiator ? "zidi" : "zidr");
  player->stream = zrtp_stream_new (&player->policy,
      g_bytes_get_data (zid, NULL), &player->random);
  g_bytes_unref (zid);
  queue_randomness (player);
  fail_unless (zrtp_session_add (player->session, player->stream));
  zrtp_stream_start (player->stream, own_ssrc (player), player->now);
  drain (player);
  /* Z-4.1-02 Z-5.2-02 Z-9-01 Z-9-03 */
  assert_said (player, ZRTP_MESSAGE_HELLO, "Hello ");
}

static void
hear_the_other (Player * player)
{
  const guint n = vectors_size (player->channel, "packets");

  for (guint i = 0; i < n; i++) {
    JsonNode *entry = vectors_getf (player->channel, "packets/%u", i);
    GBytes *octets;

    if (is_own (player, entry))
      continue;
    octets = vectors_hex (entry, "hex");
    player->now += 10 * ZRTP_MSEC;
    zrtp_stream_receive (player->stream, OCTETS (octets), player->now);
    drain (player);
    g_bytes_unref (octets);
  }
}

static void
check_key (Player * player, const char *name, const guint8 * data, gsize size)
{
  GBytes *expected = vectors_hex (player->channel, name);

  octets_check (__FILE__, __LINE__, name, data, size, expected);
  g_bytes_unref (expected);
}

static void
check_keys (Player * player)
{
  const ZrtpSrtpKeys *i = player->initiator ? &player->send_keys :
      &player->receive_keys;
  const ZrtpSrtpKeys *r = player->initiator ? &player->receive_keys :
      &player->send_keys;

  fail_unless (player->have_send && player->have_receive);
  /* Z-4.5.3-04 */
  check_key (player, "srtpkeyi", i->key, i->cipher->key_size);
  check_key (player, "srtpsalti", i->salt, ZRTP_SALT_SIZE);
  check_key (player, "srtpkeyr", r->key, r->cipher->key_size);
  check_key (player, "srtpsaltr", r->salt, ZRTP_SALT_SIZE);
}

static void
check_messages (Player * player, gboolean dh)
{
  if (player->initiator) {
    if (dh)
      assert_said (player, ZRTP_MESSAGE_DHPART2, "DHPart2");
    else
      assert_said (player, ZRTP_MESSAGE_COMMIT, "Commit");
    assert_said (player, ZRTP_MESSAGE_CONFIRM2, "Confirm2");
  } else {
    assert_said (player, ZRTP_MESSAGE_CONFIRM1, "Confirm1");
    assert_said (player, ZRTP_MESSAGE_CONF2ACK, "Conf2ACK");
  }
}

static void
check_session (Player * player)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (player->session);
  guint8 key[ZRTP_MAX_HASH_SIZE];
  char *sas;
  gsize size;

  fail_unless (info->have_sas);
  /* Another way to put the two words together. */
  sas = g_strdelimit (g_strdup (info->sas), " ", ':');
  fail_unless_equals_string (sas, vectors_text (player->channel, "sas"));
  g_free (sas);
  fail_unless (zrtp_session_get_exported_key (player->session, key, &size));
  check_key (player, "exported_key", key, size);
  check_key (player, "zrtpsess", player->session->keys.zrtp_sess,
      player->session->sess_hash->size);
  fail_if (info->cache_mismatch || info->aux_mismatch);
  fail_unless_equals_int (info->aux_matched, has_aux (player));
  /* Z-7.1-01 */
  fail_unless_equals_int (info->peer_verified, knows_peer (player));
}

static void
play (JsonNode * call, char self)
{
  const char *aux = vectors_text (call, "auxsecret_ascii");
  const guint n = vectors_size (call, "ch");
  ZrtpStream *streams[2] = { NULL };
  Player player = {.call = call,.self = self };

  player.random = (ZrtpRandom) {
  fill, &player};
  player.session = zrtp_session_new ();
  player.sent = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);
  zrtp_session_set_aux_secret (player.session, (const guint8 *) aux,
      strlen (aux));
  for (guint i = 0; i < n; i++) {
    begin_channel (&player, vectors_getf (call, "ch/%u", i));
    streams[i] = player.stream;
    hear_the_other (&player);
    fail_unless_equals_string (zrtp_state_nick (zrtp_stream_get_info
            (player.stream)->state), "secure");
    check_messages (&player, i == 0);
    check_keys (&player);
    if (i == 0)
      check_session (&player);
    fail_unless (g_queue_is_empty (&player.sixteens));
  }
  for (guint i = 0; i < n; i++)
    zrtp_stream_free (streams[i]);
  zrtp_session_free (player.session);
  g_ptr_array_unref (player.sent);
}

/* Z-4.4.1.4-05 Z-4.4.3.2-03 Z-4.5.3-04 Z-4.6-02 Z-4.6-03 Z-5.1.2.1-01 */
GST_START_TEST (test_replay)
{
  JsonNode *root = vectors_load ("field-vectors.json");

  play (vectors_getf (root, "%d", __i__ / 2), __i__ % 2 ? 'B' : 'A');
  json_node_unref (root);
}

GST_END_TEST;

static Suite *
replay_suite (void)
{
  Suite *suite = suite_create ("replay");
  TCase *tc = tcase_create ("replay");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_replay, 0, 20);
  return suite;
}

GST_CHECK_MAIN (replay);
