/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two pipelines call each other over UDP on the loopback interface, while a third
 * party sends 20,000 packets a second of one kind to one of them. The application
 * does not read the bus. For each kind: media that was lost, growth of the resident
 * memory, and CPU time of the pipelines for each packet that was sent.
 *
 *     flood [--json] [--quick] [--rounds=SECONDS]
 */
#include <gio/gio.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "plugins.h"
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage.h"
#include "zrtp/srtp/zrtpsrtp.h"

#define RATE 20000              /* packets a second */
#define BURST 20                /* packets a millisecond */
#define VARIANTS 256            /* packets of a kind, made before */
#define PATIENCE (20 * G_TIME_SPAN_SECOND)
#define STRANGER 0x66666666

typedef enum
{
  NOTHING,
  MESSAGE,
  SRTP,
  SRTP_OF_MANY,
  SRTCP
} Form;

typedef struct
{
  const char *name;
  Form form;
  ZrtpMessageType type;
} Kind;

static const Kind kinds[] = {
  {"nothing", NOTHING, 0},
  {"Hello", MESSAGE, ZRTP_MESSAGE_HELLO},
  {"Commit", MESSAGE, ZRTP_MESSAGE_COMMIT},
  {"DHPart1", MESSAGE, ZRTP_MESSAGE_DHPART1},
  {"DHPart2", MESSAGE, ZRTP_MESSAGE_DHPART2},
  {"Confirm1", MESSAGE, ZRTP_MESSAGE_CONFIRM1},
  {"Confirm2", MESSAGE, ZRTP_MESSAGE_CONFIRM2},
  {"Conf2ACK", MESSAGE, ZRTP_MESSAGE_CONF2ACK},
  {"Error", MESSAGE, ZRTP_MESSAGE_ERROR},
  {"Ping", MESSAGE, ZRTP_MESSAGE_PING},
  {"GoClear", MESSAGE, ZRTP_MESSAGE_GO_CLEAR},
  {"SASrelay", MESSAGE, ZRTP_MESSAGE_SAS_RELAY},
  {"SRTP", SRTP, 0},
  {"SRTP, many SSRCs", SRTP_OF_MANY, 0},
  {"SRTCP", SRTCP, 0},
};

typedef struct
{
  GstElement *pipeline, *enc;
  guint16 port;
  gint received;                /* atomic */
  gint sent;                    /* atomic */
  gint reached;                 /* atomic: packets that the kernel did not drop */
  gint secure;                  /* atomic */
} End;

typedef struct
{
  guint8 data[ZRTP_MAX_PACKET_SIZE];
  gsize size;
} Packet;

typedef struct
{
  GSocket *socket;
  GSocketAddress *address;
  Packet *packets;
  guint ms;
  guint sent;
  double cpu_ns;
} Flood;

static guint8 dice_octets[4096];

static void
fill (void *out, gsize size)
{
  guint8 *octets = out;

  for (gsize i = 0; i < size; i++)
    octets[i] = g_random_int ();
}

static void
fill_message (ZrtpMessage * message, guint8 image[4][ZRTP_IMAGE_SIZE])
{
  static const char *const usual[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", "X255", "B32 "
  };

  switch (message->type) {
    case ZRTP_MESSAGE_HELLO:
      memcpy (message->u.hello.version, ZRTP_VERSION, 4);
      memset (message->u.hello.client_id, ' ', ZRTP_CLIENT_ID_SIZE);
      memcpy (message->u.hello.h3, image[3], ZRTP_IMAGE_SIZE);
      fill (message->u.hello.zid, ZRTP_ZID_SIZE);
      break;
    case ZRTP_MESSAGE_COMMIT:
      memcpy (message->u.commit.h2, image[2], ZRTP_IMAGE_SIZE);
      fill (message->u.commit.zid, ZRTP_ZID_SIZE);
      for (guint i = 0; i < ZRTP_N_KINDS; i++)
        memcpy (message->u.commit.names[i], usual[i], 4);
      fill (message->u.commit.hvi, ZRTP_HVI_SIZE);
      break;
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_DHPART2:
      memcpy (message->u.dhpart.h1, image[1], ZRTP_IMAGE_SIZE);
      message->u.dhpart.public_size = 32;
      fill (message->u.dhpart.public_value, 32);
      break;
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONFIRM2:
    case ZRTP_MESSAGE_SAS_RELAY:
      message->u.sealed.encrypted = zrtp_octets (dice_octets, 40);
      break;
    case ZRTP_MESSAGE_ERROR:
      message->u.error_code = ZRTP_ERROR_UNAVAILABLE;
      break;
    case ZRTP_MESSAGE_PING:
      memcpy (message->u.ping.version, ZRTP_VERSION, 4);
      break;
    default:
      break;
  }
}

static void
make_message (Packet * packet, ZrtpMessageType type, guint32 ssrc, guint nth)
{
  guint8 image[4][ZRTP_IMAGE_SIZE], octets[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpMessage message = {.type = type };
  gsize size;

  fill (image[0], ZRTP_IMAGE_SIZE);
  for (guint i = 1; i < 4; i++)
    zrtp_sha256 (image[i - 1], ZRTP_IMAGE_SIZE, image[i]);
  fill_message (&message, image);
  size = zrtp_message_write (&message, octets, sizeof octets);
  if (size == 0)
    g_error ("no message of type %d", type);
  if (type == ZRTP_MESSAGE_HELLO)
    zrtp_message_sign (octets, size, image[2]);
  packet->size = zrtp_packet_write (packet->data, sizeof packet->data, nth,
      ssrc, octets, size);
}

/* @known: the SSRC of the peer. Every second packet has it where it can be known. */
static void
make_packet (Packet * packet, const Kind * kind, guint nth, guint32 known)
{
  guint32 ssrc = nth % 2 ? known : STRANGER;

  if (kind->form == MESSAGE) {
    make_message (packet, kind->type, ssrc, nth);
    return;
  }
  if (kind->form == SRTP)
    ssrc = known;
  else if (kind->form == SRTP_OF_MANY)
    ssrc = STRANGER + nth;
  packet->size = kind->form == SRTCP ? 60 : 182;
  fill (packet->data, packet->size);
  packet->data[0] = 0x80;
  packet->data[1] = kind->form == SRTCP ? 200 : 8;
  if (kind->form == SRTCP) {
    GST_WRITE_UINT16_BE (packet->data + 2, 6);
    GST_WRITE_UINT32_BE (packet->data + 4, ssrc);
  } else {
    GST_WRITE_UINT32_BE (packet->data + 8, ssrc);
  }
}

static gpointer
send_flood (gpointer user_data)
{
  Flood *flood = user_data;
  const gint64 start = g_get_monotonic_time ();
  const guint n = flood->ms * (RATE / 1000);

  for (guint i = 0; i < n; i++) {
    const Packet *packet = &flood->packets[i % VARIANTS];

    if (packet->size > 0 && g_socket_send_to (flood->socket, flood->address,
            (const char *) packet->data, packet->size, NULL, NULL) > 0)
      flood->sent++;
    if (i % BURST == BURST - 1) {
      const gint64 due = start + (gint64) (i + 1) * G_USEC_PER_SEC / RATE;
      const gint64 now = g_get_monotonic_time ();

      if (due > now)
        g_usleep (due - now);
    }
  }
  flood->cpu_ns = bench_thread_ns ();
  return NULL;
}

static void
on_state (GstElement * enc, gint state, guint error, const char *reason,
    End * end)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (enc),
      "state");
  GEnumValue *value = g_enum_get_value
      (G_PARAM_SPEC_ENUM (pspec)->enum_class, state);

  g_atomic_int_set (&end->secure, g_str_equal (value->value_nick, "secure"));
}

static void
on_handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, gint * count)
{
  g_atomic_int_inc (count);
}

static GstPadProbeReturn
count (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  gint *n = user_data;

  g_atomic_int_add (n, info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST ?
      gst_buffer_list_length (gst_pad_probe_info_get_buffer_list (info)) : 1);
  return GST_PAD_PROBE_OK;
}

static GstElement *
get (End * end, const char *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (end->pipeline), name);

  gst_object_unref (element);   /* the pipeline keeps it */
  return element;
}

static void
count_on (End * end, const char *name, gint * n)
{
  GstPad *pad = gst_element_get_static_pad (get (end, name), "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, count, n, NULL);
  gst_object_unref (pad);
}

static void
open_end (End * end, guint32 ssrc)
{
  char *text =
      g_strdup_printf ("audiotestsrc is-live=true samplesperbuffer=160 "
      "! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay ssrc=%u "
      "max-ptime=20000000 min-ptime=20000000 name=pay "
      "! zrtpenc name=enc cache=:memory: key-agreements=X255 "
      "enc.rtp_src_0 ! udpsink name=out host=127.0.0.1 async=false sync=false "
      "udpsrc name=in address=127.0.0.1 port=0 "
      "caps=\"application/x-rtp,media=audio,clock-rate=8000,"
      "encoding-name=PCMA,payload=8\" ! zrtpdec name=dec "
      "! fakesink name=ear signal-handoffs=true sync=false async=false", ssrc);
  GError *error = NULL;
  int port;

  end->pipeline = gst_parse_launch (text, &error);
  if (!end->pipeline)
    g_error ("%s", error->message);
  end->enc = get (end, "enc");
  g_signal_connect (end->enc, "state-changed", G_CALLBACK (on_state), end);
  g_signal_connect (get (end, "ear"), "handoff", G_CALLBACK (on_handoff),
      &end->received);
  count_on (end, "pay", &end->sent);
  count_on (end, "in", &end->reached);
  gst_element_set_state (get (end, "in"), GST_STATE_READY);
  gst_element_set_state (end->pipeline, GST_STATE_READY);
  gst_element_set_state (end->pipeline, GST_STATE_PAUSED);
  g_object_get (get (end, "in"), "port", &port, NULL);
  end->port = port;
  g_free (text);
}

static void
close_end (End * end)
{
  gst_element_set_state (end->pipeline, GST_STATE_NULL);
  gst_object_unref (end->pipeline);
}

static void
start_call (End ends[2])
{
  const gint64 until = g_get_monotonic_time () + PATIENCE;

  for (guint e = 0; e < 2; e++)
    open_end (&ends[e], 1000 + e);
  for (guint e = 0; e < 2; e++)
    g_object_set (get (&ends[e], "out"), "port", (int) ends[1 - e].port, NULL);
  for (guint e = 0; e < 2; e++)
    gst_element_set_state (ends[e].pipeline, GST_STATE_PLAYING);
  while (!g_atomic_int_get (&ends[0].secure)
      || !g_atomic_int_get (&ends[1].secure)
      || g_atomic_int_get (&ends[0].received) < 10) {
    if (g_get_monotonic_time () > until)
      g_error ("the call is not secure");
    g_usleep (10000);
  }
}

static double
resident_kb (void)
{
  char *text = NULL;
  double pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    pages = strtol (strchr (text, ' '), NULL, 10);
  g_free (text);
  return pages * sysconf (_SC_PAGESIZE) / 1024;
}

static gint
lost_so_far (End ends[2])
{
  return g_atomic_int_get (&ends[1].sent)
      - g_atomic_int_get (&ends[0].received);
}

/* A forged packet is tried under a further rollover counter, too. */
static void
run_unprotect (BenchJson * json, const char *name, gboolean known, guint n)
{
  const ZrtpSrtpOptions options = {.window_size = 1024,.srtcp_tag_size = 10 };
  ZrtpSrtpKeys keys = {.cipher = &zrtp_cipher_aes1,.auth_tag =
        &zrtp_auth_tag_hs80
  };
  ZrtpSrtp *sender, *receiver;
  guint8 packet[182 + ZRTP_SRTP_MAX_TRAILER];
  gsize size = 172;
  double ns;

  fill (keys.key, sizeof keys.key);
  fill (keys.salt, sizeof keys.salt);
  sender = zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options);
  receiver = zrtp_srtp_new (ZRTP_SRTP_RECEIVE, &keys, &options);
  memset (packet, 0, sizeof packet);
  packet[0] = 0x80;
  GST_WRITE_UINT32_BE (packet + 8, 1000);
  if (zrtp_srtp_protect (sender, packet, &size, sizeof packet) != ZRTP_SRTP_OK
      || zrtp_srtp_unprotect (receiver, packet, &size) != ZRTP_SRTP_OK)
    g_error ("no SRTP");
  ns = bench_thread_ns ();
  for (guint i = 0; i < n; i++) {
    size = 182;
    GST_WRITE_UINT16_BE (packet + 2, i);
    GST_WRITE_UINT32_BE (packet + 8, known ? 1000 : 2000 + i);
    if (zrtp_srtp_unprotect (receiver, packet, &size) == ZRTP_SRTP_OK)
      g_error ("a forged packet was taken");
  }
  ns = (bench_thread_ns () - ns) / n;
  if (json) {
    bench_json_row (json);
    bench_json_text (json, "kind", name);
    bench_json_number (json, "ns", ns);
    bench_json_end_row (json);
  } else {
    g_print ("%s: %.0f ns of zrtp_srtp_unprotect()\n", name, ns);
  }
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

static gboolean
run (BenchJson * json, const Kind * kind, End ends[2], Flood * flood)
{
  const double rss = resident_kb (), cpu = bench_process_ns ();
  const gint sent = g_atomic_int_get (&ends[1].sent), lost = lost_so_far (ends);
  const gint64 start = g_get_monotonic_time ();
  const gint reached = g_atomic_int_get (&ends[0].reached);
  double cpu_ns, seconds, media, dropped;
  gboolean secure;

  flood->sent = 0;
  for (guint i = 0; i < VARIANTS; i++) {
    flood->packets[i].size = 0;
    if (kind->form != NOTHING)
      make_packet (&flood->packets[i], kind, i, 1001);
  }
  g_thread_join (g_thread_new ("flood", send_flood, flood));
  cpu_ns = bench_process_ns () - cpu - flood->cpu_ns;
  seconds = (g_get_monotonic_time () - start) / 1e6;
  g_usleep (200000);            /* what is on its way arrives */
  media = g_atomic_int_get (&ends[1].sent) - sent;
  dropped = flood->sent + media - lost_so_far (ends) + lost
      - (g_atomic_int_get (&ends[0].reached) - reached);
  secure = g_atomic_int_get (&ends[0].secure)
      && g_atomic_int_get (&ends[1].secure);
  if (!json) {
    g_print ("%-18s %9.0f %8.0f %7.0f %6d %8.0f %6.1f %8.2f%s\n", kind->name,
        flood->sent / seconds, dropped, media, lost_so_far (ends) - lost,
        resident_kb () - rss, cpu_ns / 1e7 / seconds,
        flood->sent ? cpu_ns / 1e3 / flood->sent : 0,
        secure ? "" : "  NOT SECURE");
    return secure;
  }
  bench_json_row (json);
  bench_json_text (json, "kind", kind->name);
  bench_json_number (json, "packets_per_s", flood->sent / seconds);
  bench_json_number (json, "kernel_drops", dropped);
  bench_json_number (json, "media", media);
  bench_json_number (json, "media_lost", lost_so_far (ends) - lost);
  bench_json_number (json, "rss_kb", resident_kb () - rss);
  bench_json_number (json, "cpu_percent", cpu_ns / 1e7 / seconds);
  bench_json_number (json, "secure", secure);
  bench_json_end_row (json);
  return secure;
}

int
main (int argc, char **argv)
{
  End ends[2] = { {NULL} };
  BenchOptions options;
  gboolean secure = TRUE;
  BenchJson *json;
  Flood flood = { NULL };
  GInetAddress *loopback;

  bench_parse (&options, &argc, &argv, NULL);
  plugins_init ("coreelements", "audiotestsrc", "alaw", "rtp", "udp", NULL);
  plugins_load_zrtp ();
  if (!zrtp_srtp_init (NULL))
    g_error ("no SRTP");
  fill (dice_octets, sizeof dice_octets);
  flood.ms = options.quick ? 100 : 1000 * bench_rounds (&options, 4);
  flood.packets = g_new0 (Packet, VARIANTS);
  flood.socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
      G_SOCKET_PROTOCOL_UDP, NULL);
  loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  start_call (ends);
  flood.address = g_inet_socket_address_new (loopback, ends[0].port);
  json = options.json ? bench_json_new ("flood") : NULL;
  if (!json)
    g_print ("%u ms of each kind\n"
        "                   packets/s   kernel                    RSS   CPU"
        "       us\n"
        "                        sent    drops   media   lost       kB     %%"
        "     each\n", flood.ms);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    secure &= run (json, &kinds[i], ends, &flood);
  run_unprotect (json, "forged, known SSRC", TRUE, 100 * flood.ms);
  run_unprotect (json, "forged, unknown SSRC", FALSE, 100 * flood.ms);
  if (json)
    bench_json_print (json);
  for (guint e = 0; e < 2; e++)
    close_end (&ends[e]);
  g_object_unref (flood.address);
  g_object_unref (flood.socket);
  g_object_unref (loopback);
  g_free (flood.packets);
  return secure ? 0 : 1;
}
