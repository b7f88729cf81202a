/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which UDP flows are calls: protocols that are none, RTP in all its forms, and
 * packets by which an attacker would keep a call in the clear.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "samples.h"
#include "wirerecognizer.h"

#define MSEC G_GINT64_CONSTANT (1000)
#define INSIDE WIRE_FROM_INSIDE
#define OUTSIDE WIRE_FROM_OUTSIDE
#define FLOWS 2000
#define PACKETS 80
#define MAX_SIZE 1400

static void
put_u16 (guint8 * data, guint value)
{
  data[0] = (guint8) (value >> 8);
  data[1] = (guint8) value;
}

static void
put_u32 (guint8 * data, guint32 value)
{
  put_u16 (data, value >> 16);
  put_u16 (data + 2, value & 0xffff);
}

static void
fill (GRand * rand, guint8 * data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (rand);
}

/* -- Protocols that are no call -- */

/* Of one flow: its number counts packets of both directions. */
typedef struct
{
  GRand *rand;
  guint32 word[4];              /* drawn once a flow */
  guint n;
  WireDirection from;
} Flow;

typedef gsize (*Generator) (Flow * flow, guint8 * out);

static gsize
random_tail (Flow * flow, guint8 * out, gsize at, gint least, gint most)
{
  const gsize size = at + (gsize) g_rand_int_range (flow->rand, least, most);

  fill (flow->rand, out + at, size - at);
  return size;
}

static gsize
make_random (Flow * flow, guint8 * out)
{
  return random_tail (flow, out, 0, 1, MAX_SIZE);
}

/* A resolver's flow: a query, its answer, and the same again. */
static gsize
make_dns (Flow * flow, guint8 * out)
{
  static const guint8 rest[] = { 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 'e', 'x', 'a',
    'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1
  };

  put_u16 (out, g_rand_int (flow->rand) & 0xffff);
  memcpy (out + 2, rest, sizeof rest);
  if (flow->from == OUTSIDE)
    put_u16 (out + 2, 0x8180);
  return 2 + sizeof rest;
}

/* RFC 9000: long headers, then short ones, their lower bits protected. */
static gsize
make_quic (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 9, 30, 1200);

  put_u32 (out + 1, flow->n < 4 ? 1 : flow->word[0]);
  put_u32 (out + 5, flow->word[1]);
  out[0] = (guint8) ((flow->n < 4 ? 0xc0 : 0x40)
      | (g_rand_int (flow->rand) & 0x1f));
  return size;
}

static gsize
make_wireguard (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 16, 16, 1200);

  memset (out, 0, 16);
  out[0] = flow->n == 0 ? 1 : flow->n == 1 ? 2 : 4;
  put_u32 (out + 4, flow->word[flow->from]);
  out[8] = (guint8) flow->n;
  return size;
}

static gsize
make_openvpn (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 4, 40, 1200);

  out[0] = flow->n == 0 ? 7 << 3 : flow->n < 8 ? 4 << 3 : 9 << 3;
  return size;
}

/* Games on RakNet: 0x84 and a number of 24 bits, least octet first. */
static gsize
make_raknet (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 4, 10, 500);

  out[0] = flow->n % 5 == 4 ? 0xc0 : 0x84;
  out[1] = (guint8) flow->n;
  out[2] = (guint8) (flow->n >> 8);
  out[3] = 0;
  return size;
}

/* Games that number packets both ways, least octet first. */
static gsize
make_source_engine (Flow * flow, guint8 * out)
{
  const guint32 number = flow->word[0] + flow->n;
  const gsize size = random_tail (flow, out, 8, 10, 300);

  put_u32 (out, GUINT32_SWAP_LE_BE (number));
  put_u32 (out + 4, GUINT32_SWAP_LE_BE (number - 1));
  return size;
}

static gsize
make_dtls (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 13, 40, 900);

  memset (out, 0, 11);
  out[0] = flow->n < 6 ? 22 : 23;
  put_u16 (out + 1, 0xfefd);
  put_u16 (out + 9, flow->n);
  put_u16 (out + 11, (guint) size - 13);
  return size;
}

static gsize
make_stun (Flow * flow, guint8 * out)
{
  put_u32 (out, flow->from == INSIDE ? 0x00010000 : 0x01010000);
  put_u32 (out + 4, 0x2112a442);
  fill (flow->rand, out + 8, 12);
  return 20;
}

static gsize
make_turn_data (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 4, 16, 300);

  put_u16 (out, 0x4001);
  put_u16 (out + 2, (guint) size - 4);
  out[4] = 0x80;
  return size;
}

static gsize
make_tftp (Flow * flow, guint8 * out)
{
  put_u16 (out, flow->from == INSIDE ? 4 : 3);
  put_u16 (out + 2, flow->n / 2 + 1);
  return flow->from == INSIDE ? 4 : random_tail (flow, out, 4, 512, 513);
}

/* Fax: a number of 16 bits, a primary packet of ASN.1. */
static gsize
make_udptl (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 4, 8, 60);

  put_u16 (out, flow->n);
  out[2] = (guint8) (size - 6);
  out[3] = 0xc0;
  return size;
}

static gsize
make_sip (Flow * flow, guint8 * out)
{
  static const char *const lines[] = { "INVITE sip:bob@example.org SIP/2.0\r\n",
    "SIP/2.0 200 OK\r\n", "ACK sip:bob@example.org SIP/2.0\r\n", "\r\n\r\n"
  };
  const char *line = lines[flow->n % 4];

  memcpy (out, line, strlen (line));
  return strlen (line);
}

/* uTP: version 1, types 0 to 4, a connection, times, windows, numbers. */
static gsize
make_utp (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 20, 0, 1200);

  out[0] = (guint8) (flow->n == 0 ? 0x41 : flow->n % 3 ? 0x01 : 0x21);
  out[1] = 0;
  put_u16 (out + 2, flow->word[0] & 0xffff);
  put_u32 (out + 4, flow->n * 30000);
  put_u16 (out + 16, flow->n);
  return size;
}

static gsize
make_dht (Flow * flow, guint8 * out)
{
  static const char head[] = "d1:ad2:id20:";

  memcpy (out, head, sizeof head - 1);
  return random_tail (flow, out, sizeof head - 1, 20, 80);
}

static gsize
make_ntp (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 4, 44, 45);

  put_u32 (out, flow->from == INSIDE ? 0xe3000000 : 0x24010000);
  return size;
}

static gsize
make_snmp (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 2, 40, 90);

  out[0] = 0x30;
  out[1] = (guint8) (size - 2);
  return size;
}

/* Nodes of Ethereum: a digest first, then a signature. */
static gsize
make_discv4 (Flow * flow, guint8 * out)
{
  return random_tail (flow, out, 0, 98, 400);
}

/* A tunnel whose packets start as RTP does, with a number and random octets. */
static gsize
make_tunnel (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 4, 20, 1200);

  out[0] = 0x80;
  out[1] = 96;
  put_u16 (out + 2, flow->n);
  return size;
}

/* Control packets alone, encrypted: an index and a tag at the end. */
static gsize
make_srtcp (Flow * flow, guint8 * out)
{
  const gsize size = random_tail (flow, out, 8, 34, 35);

  put_u32 (out, 0x80c80006);
  put_u32 (out + 4, flow->word[flow->from]);
  return size;
}

static const struct
{
  const char *name;
  Generator make;
  guint16 outside_port;
} protocols[] = {
  {"random octets", make_random, 40000},
  {"DNS", make_dns, 53},
  {"DNS, another port", make_dns, 5300},
  {"QUIC", make_quic, 443},
  {"QUIC, another port", make_quic, 4433},
  {"WireGuard", make_wireguard, 51820},
  {"WireGuard, another port", make_wireguard, 40000},
  {"OpenVPN", make_openvpn, 1194},
  {"OpenVPN, another port", make_openvpn, 40000},
  {"RakNet", make_raknet, 19132},
  {"Source engine", make_source_engine, 27015},
  {"DTLS", make_dtls, 40000},
  {"STUN", make_stun, 3478},
  {"TURN channel data", make_turn_data, 40000},
  {"TFTP", make_tftp, 40000},
  {"T.38 over UDPTL", make_udptl, 40000},
  {"SIP", make_sip, 5060},
  {"uTP", make_utp, 40000},
  {"BitTorrent DHT", make_dht, 6881},
  {"NTP", make_ntp, 123},
  {"SNMP", make_snmp, 161},
  {"Ethereum discovery", make_discv4, 30303},
  {"RTP header, random rest", make_tunnel, 40000},
  {"SRTCP", make_srtcp, 40000},
};

/* Not one in 2,000 flows of a kind is taken for a call. */
GST_START_TEST (test_no_calls)
{
  guint count[WIRE_N_FLOW_KINDS] = { 0, };
  guint8 packet[MAX_SIZE + 32];

  for (guint f = 0; f < FLOWS; f++) {
    WireRecognizer recognizer;
    Flow flow = {.rand = g_rand_new_with_seed (f * 31 + (guint) __i__) };
    WireFlowKind kind = WIRE_FLOW_UNDECIDED;

    fill (flow.rand, (guint8 *) flow.word, sizeof flow.word);
    wire_recognizer_init (&recognizer, 50000, protocols[__i__].outside_port);
    for (; flow.n < PACKETS; flow.n++) {
      gsize size;

      flow.from = flow.n % 2 ? OUTSIDE : INSIDE;
      size = protocols[__i__].make (&flow, packet);
      kind = wire_recognizer_packet (&recognizer, flow.from, packet, size,
          flow.n * 20 * MSEC);
    }
    count[kind]++;
    g_rand_free (flow.rand);
  }
  g_print ("%-25s %4u no call, %4u undecided, %u RTP, %u RTCP, %u ZRTP\n",
      protocols[__i__].name, count[WIRE_FLOW_OTHER],
      count[WIRE_FLOW_UNDECIDED], count[WIRE_FLOW_RTP], count[WIRE_FLOW_RTCP],
      count[WIRE_FLOW_ZRTP]);
  fail_unless_equals_int (count[WIRE_FLOW_RTP] + count[WIRE_FLOW_RTCP]
      + count[WIRE_FLOW_ZRTP], 0);
  /* STUN comes before the media of a call, too, and says nothing. */
  if (protocols[__i__].make != make_stun)
    fail_unless_equals_int (count[WIRE_FLOW_OTHER], FLOWS);
}

GST_END_TEST;

/* -- RTP -- */

/* A source, and the forms that its packets may take. */
typedef struct
{
  guint32 ssrc, timestamp, step;
  guint16 seqnum;
  guint8 payload_type;
  guint n_csrcs, extension_words, padding, payload;
  gboolean marker;
} Source;

static gsize
source_next (Source * source, guint8 * out)
{
  gsize size = 12;

  memset (out, 0x5a, MAX_SIZE);
  out[0] = (guint8) (0x80 | source->n_csrcs
      | (source->extension_words ? 0x10 : 0) | (source->padding ? 0x20 : 0));
  out[1] = (guint8) (source->payload_type | (source->marker ? 0x80 : 0));
  put_u16 (out + 2, source->seqnum++);
  put_u32 (out + 4, source->timestamp);
  put_u32 (out + 8, source->ssrc);
  size += 4 * source->n_csrcs;
  if (source->extension_words) {
    put_u16 (out + size, 0xbede);
    put_u16 (out + size + 2, source->extension_words);
    size += 4 + 4 * source->extension_words;
  }
  size += source->payload + source->padding;
  if (source->padding)
    out[size - 1] = (guint8) source->padding;
  source->timestamp += source->step;
  return size;
}

static WireFlowKind
push (WireRecognizer * recognizer, Source * source, WireDirection from,
    gint64 now)
{
  guint8 packet[MAX_SIZE];
  const gsize size = source_next (source, packet);

  return wire_recognizer_packet (recognizer, from, packet, size, now);
}

static const Source sources[] = {
  {.ssrc = 1,.payload_type = 0,.payload = 160,.step = 160},
  {.ssrc = 1,.payload_type = 8,.payload = 240,.step = 240},
  {.ssrc = 1,.payload_type = 9,.payload = 160,.step = 160},
  {.ssrc = 1,.payload_type = 3,.payload = 33,.step = 160},
  {.ssrc = 1,.payload_type = 7,.payload = 14,.step = 160},
  {.ssrc = 1,.payload_type = 10,.payload = 400,.step = 100},
  {.ssrc = 1,.payload_type = 11,.payload = 400,.step = 200},
  {.ssrc = 1,.payload_type = 18,.payload = 20,.step = 160},
  {.ssrc = 1,.payload_type = 18,.payload = 12,.step = 160},
  {.ssrc = 1,.payload_type = 111,.payload = 60,.step = 960},
  {.ssrc = 1,.payload_type = 34,.payload = 900,.step = 0},
  {.ssrc = 1,.payload_type = 96,.payload = 0,.step = 3003},
  {.ssrc = 1,.payload_type = 96,.payload = 900,.step = (guint32) - 3003},
  {.ssrc = 1,.payload_type = 35,.payload = 90,.step = 3000,.marker = TRUE},
  {.ssrc = 1,.payload_type = 0,.payload = 160,.step = 160,
      .extension_words = 3},
  {.ssrc = 1,.payload_type = 0,.payload = 160,.step = 160,.n_csrcs = 15},
  {.ssrc = 1,.payload_type = 0,.payload = 160,.step = 160,.padding = 4},
  {.ssrc = 1,.payload_type = 111,.payload = 50,.step = 960,.padding = 255,
      .n_csrcs = 2,.extension_words = 1},
  {.ssrc = 0xffffffff,.payload_type = 0,.payload = 160,.step = 160,
      .seqnum = 0xfffe,.timestamp = 0xfffffff0},
};

/* From either side, found with the fourth packet and not before. */
GST_START_TEST (test_found_by_four)
{
  for (WireDirection from = INSIDE; from < WIRE_N_DIRECTIONS; from++) {
    Source source = sources[__i__];
    WireRecognizer recognizer;

    wire_recognizer_init (&recognizer, 7078, 53);
    for (guint n = 1; n <= 4; n++)
      fail_unless_equals_int (push (&recognizer, &source, from, n * 20 * MSEC),
          n < 4 ? WIRE_FLOW_UNDECIDED : WIRE_FLOW_RTP);
  }
}

GST_END_TEST;

/* STUN in between, sound and picture on one port, a packet lost: found all the
 * same. */
GST_START_TEST (test_found_in_between)
{
  Source sound = sources[0], picture = sources[10];
  Flow flow = {.rand = g_rand_new_with_seed (1) };
  WireRecognizer recognizer;
  guint8 stun[20];
  WireFlowKind kind = WIRE_FLOW_UNDECIDED;

  picture.ssrc = 2;
  wire_recognizer_init (&recognizer, 7078, 7078);
  for (guint n = 1; n <= 4; n++) {
    make_stun (&flow, stun);
    fail_unless_equals_int (wire_recognizer_packet (&recognizer, INSIDE, stun,
            sizeof stun, n * 20 * MSEC), WIRE_FLOW_UNDECIDED);
    if (n == 3) {
      sound.seqnum++;           /* lost */
      sound.timestamp += sound.step;
    }
    if (n < 4)
      push (&recognizer, &picture, INSIDE, n * 20 * MSEC);
    kind = push (&recognizer, &sound, INSIDE, n * 20 * MSEC);
  }
  fail_unless_equals_int (kind, WIRE_FLOW_RTP);
  g_rand_free (flow.rand);
}

GST_END_TEST;

/* A key of the telephone in the middle, and voice goes on. */
GST_START_TEST (test_event)
{
  Source sound = sources[0];
  WireRecognizer recognizer;
  WireFlowKind kind = WIRE_FLOW_UNDECIDED;

  wire_recognizer_init (&recognizer, 7078, 7078);
  for (guint n = 0; n < 8; n++) {
    sound.payload_type = n == 2 ? 101 : 0;
    sound.payload = n == 2 ? 4 : 160;
    kind = push (&recognizer, &sound, INSIDE, n * 20 * MSEC);
    fail_unless_equals_int (kind, n < 6 ? WIRE_FLOW_UNDECIDED : WIRE_FLOW_RTP);
  }
}

GST_END_TEST;

/* What breaks the rule: each field in turn, in the fourth packet. */
GST_START_TEST (test_not_in_step)
{
  for (guint field = 0; field < 8; field++) {
    Source source = sources[0];
    WireRecognizer recognizer;
    gint64 now = 0;

    wire_recognizer_init (&recognizer, 7078, 7078);
    for (guint n = 1; n <= 4; n++, now += 20 * MSEC) {
      if (n == 4) {
        source.ssrc += field == 0;
        source.payload_type += field == 1 ? 8 : 0;
        source.n_csrcs += field == 2;
        source.seqnum += field == 3 ? 16 : 0;
        source.seqnum -= field == 4;
        source.timestamp += field == 5;
        source.timestamp -= field == 6 ? 160 : 0;
        now += field == 7 ? 6000 * MSEC : 0;
      }
      fail_unless_equals_int (push (&recognizer, &source, INSIDE, now),
          WIRE_FLOW_UNDECIDED);
    }
  }
}

GST_END_TEST;

/* -- RTCP, ZRTP -- */

GST_START_TEST (test_rtcp)
{
  guint8 packet[32];
  WireRecognizer recognizer;

  memset (packet, 0, sizeof packet);
  put_u32 (packet, 0x80c90001); /* an empty receiver report */
  put_u32 (packet + 4, 77);
  put_u32 (packet + 8, 0x81ca0003);     /* SDES */
  put_u32 (packet + 12, 77);
  wire_recognizer_init (&recognizer, 7079, 7079);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, INSIDE, packet,
          24, 0), WIRE_FLOW_UNDECIDED);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, INSIDE, packet,
          24, 5000 * MSEC), WIRE_FLOW_RTCP);
  /* a length that adds up to no packet */
  wire_recognizer_init (&recognizer, 7079, 7079);
  for (guint n = 0; n < 10; n++)
    fail_unless_equals_int (wire_recognizer_packet (&recognizer, INSIDE,
            packet, 25 + n % 3, n * MSEC), WIRE_FLOW_UNDECIDED);
}

GST_END_TEST;

/* A port for both: RTP decides, before RTCP and after. */
GST_START_TEST (test_muxed)
{
  guint8 report[8];
  Source source = sources[0];
  WireRecognizer recognizer;

  put_u32 (report, 0x80c90001);
  put_u32 (report + 4, 77);
  wire_recognizer_init (&recognizer, 7078, 7078);
  for (guint n = 0; n < 3; n++)
    wire_recognizer_packet (&recognizer, OUTSIDE, report, sizeof report, n);
  fail_unless_equals_int (recognizer.kind, WIRE_FLOW_RTCP);
  for (guint n = 0; n < 4; n++)
    push (&recognizer, &source, INSIDE, n * 20 * MSEC);
  fail_unless_equals_int (recognizer.kind, WIRE_FLOW_RTP);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, OUTSIDE, report,
          sizeof report, 0), WIRE_FLOW_RTP);
}

GST_END_TEST;

/* HelloACK, sequence number 1, source 0x22222222. */
static const guint8 hello_ack[28] = {
  0x10, 0x00, 0x00, 0x01, 0x5a, 0x52, 0x54, 0x50, 0x22, 0x22, 0x22, 0x22,
  0x50, 0x5a, 0x00, 0x03, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x41, 0x43, 0x4b,
  0x2d, 0x3a, 0xb3, 0x0f
};

/* 10: from inside it means hands off, at any time; from outside, a call. */
GST_START_TEST (test_zrtp)
{
  guint8 changed[sizeof hello_ack];
  WireRecognizer recognizer;
  Source source = sources[0];

  memcpy (changed, hello_ack, sizeof changed);
  changed[20] ^= 1;
  wire_recognizer_init (&recognizer, 7078, 7078);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, OUTSIDE, changed,
          sizeof changed, 0), WIRE_FLOW_UNDECIDED);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, OUTSIDE,
          hello_ack, sizeof hello_ack, 0), WIRE_FLOW_RTP);
  fail_unless_equals_int (push (&recognizer, &source, INSIDE, 0),
      WIRE_FLOW_RTP);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, INSIDE,
          hello_ack, sizeof hello_ack, 0), WIRE_FLOW_ZRTP);
  for (guint n = 0; n < 5; n++)
    fail_unless_equals_int (push (&recognizer, &source, INSIDE, n * 20 * MSEC),
        WIRE_FLOW_ZRTP);
}

GST_END_TEST;

/* -- The attacker on the way -- */

/* Whatever comes from outside, the program's own media is a call. */
GST_START_TEST (test_outside_decides_nothing)
{
  guint8 packet[MAX_SIZE + 32];
  Flow flow = {.rand = g_rand_new_with_seed (5),.from = OUTSIDE };
  WireRecognizer recognizer;
  Source source = sources[0];

  fill (flow.rand, (guint8 *) flow.word, sizeof flow.word);
  wire_recognizer_init (&recognizer, 7078, 443);
  for (; flow.n < 500; flow.n++) {
    const gsize size = protocols[__i__].make (&flow, packet);

    wire_recognizer_packet (&recognizer, OUTSIDE, packet, size, flow.n * MSEC);
  }
  fail_unless_equals_int (recognizer.kind, WIRE_FLOW_UNDECIDED);
  for (guint n = 0; n < 4; n++)
    push (&recognizer, &source, INSIDE, n * 20 * MSEC);
  fail_unless_equals_int (recognizer.kind, WIRE_FLOW_RTP);
  g_rand_free (flow.rand);
}

GST_END_TEST;

/* The program's own packets do decide: DTLS-SRTP is left alone. */
GST_START_TEST (test_dtls_inside)
{
  guint8 packet[MAX_SIZE];
  Flow flow = {.rand = g_rand_new_with_seed (5) };
  WireRecognizer recognizer;
  Source source = sources[9];

  wire_recognizer_init (&recognizer, 7078, 7078);
  fail_unless_equals_int (wire_recognizer_packet (&recognizer, INSIDE, packet,
          make_dtls (&flow, packet), 0), WIRE_FLOW_OTHER);
  for (guint n = 0; n < 5; n++)
    fail_unless_equals_int (push (&recognizer, &source, n % 2, n * 20 * MSEC),
        WIRE_FLOW_OTHER);
  /* a server inside */
  wire_recognizer_init (&recognizer, 53, 40000);
  for (guint n = 0; n < 5; n++)
    fail_unless_equals_int (push (&recognizer, &source, INSIDE, n * 20 * MSEC),
        WIRE_FLOW_OTHER);
  g_rand_free (flow.rand);
}

GST_END_TEST;

/* Cut at each octet, in memory that ends there. */
GST_START_TEST (test_cut)
{
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    Source source = sources[i];
    guint8 packet[MAX_SIZE];
    const gsize whole = source_next (&source, packet);
    WireRtp rtp;

    for (gsize size = 0; size <= whole; size++) {
      const WireShape shape =
          wire_shape_of (guarded_copy (packet, size), size, &rtp);

      fail_unless (shape == WIRE_SHAPE_RTP || shape == WIRE_SHAPE_OTHER
          || (shape == WIRE_SHAPE_EMPTY && size == 0));
    }
    fail_unless_equals_int (wire_shape_of (packet, whole, &rtp),
        WIRE_SHAPE_RTP);
    fail_unless_equals_int (rtp.payload_size, source.payload);
  }
}

GST_END_TEST;

static Suite *
recognizer_suite (void)
{
  Suite *suite = suite_create ("recognizer");
  TCase *tcase = tcase_create ("recognizer");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_no_calls, 0, G_N_ELEMENTS (protocols));
  tcase_add_loop_test (tcase, test_found_by_four, 0, G_N_ELEMENTS (sources));
  tcase_add_test (tcase, test_found_in_between);
  tcase_add_test (tcase, test_event);
  tcase_add_test (tcase, test_not_in_step);
  tcase_add_test (tcase, test_rtcp);
  tcase_add_test (tcase, test_muxed);
  tcase_add_test (tcase, test_zrtp);
  tcase_add_loop_test (tcase, test_outside_decides_nothing, 0,
      G_N_ELEMENTS (protocols));
  tcase_add_test (tcase, test_dtls_inside);
  tcase_add_test (tcase, test_cut);
  return suite;
}

GST_CHECK_MAIN (recognizer);
