/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * gst-zrtp-peers: shows, changes and copies the cache of known peers, as
 * ssh-keygen does with known_hosts. Secrets leave the file for a backup alone.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <locale.h>
#include <string.h>

#include "zrtp/cache/zrtpcache.h"

#define PROGRAM "gst-zrtp-peers"
#define CACHE_HELP \
  "The file (default: gst-zrtp/peers.sqlite in the user's data folder)"

/* Exit codes. */
enum
{
  EXIT_DONE = 0,
  EXIT_FAILED = 1,              /* the cache or the peer is not there, ... */
  EXIT_USAGE = 2
};

typedef struct
{
  const char *name;
  int arguments;
  int (*run) (ZrtpCache * cache, char **arguments);
} Command;

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static int
failed (GError * error)
{
  g_printerr (PROGRAM ": %s\n", error->message);
  g_error_free (error);
  return EXIT_FAILED;
}

/* ZIDs as people see them: 24 hexadecimal digits, colons anywhere. */

static void
print_zid (const guint8 zid[ZRTP_ZID_SIZE])
{
  for (guint i = 0; i < ZRTP_ZID_SIZE; i++)
    g_print ("%02x", zid[i]);
}

static gboolean
parse_zid (const char *text, guint8 zid[ZRTP_ZID_SIZE])
{
  guint digits = 0;

  for (const char *c = text; *c != '\0'; c++) {
    int digit = g_ascii_xdigit_value (*c);

    if (*c == ':')
      continue;
    if (digit < 0 || digits == 2 * ZRTP_ZID_SIZE)
      return FALSE;
    if (digits % 2 == 0)
      zid[digits / 2] = digit << 4;
    else
      zid[digits / 2] |= digit;
    digits++;
  }
  return digits == 2 * ZRTP_ZID_SIZE;
}

/* Finds the peer of a command line, which must be known. */
static int
find_peer (ZrtpCache * cache, const char *text, guint8 zid[ZRTP_ZID_SIZE])
{
  GError *error = NULL;
  ZrtpPeer peer;
  gboolean known;

  if (!parse_zid (text, zid)) {
    g_printerr (PROGRAM ": \"%s\" is not a ZID: 24 hexadecimal digits, "
        "as \"" PROGRAM " list\" shows them\n", text);
    return EXIT_USAGE;
  }
  if (!zrtp_cache_lookup (cache, zid, now (), &peer, &error))
    return failed (error);
  known = peer.known;
  zrtp_peer_clear (&peer);
  if (known)
    return EXIT_DONE;
  g_printerr (PROGRAM ": no peer with the ZID %s in \"%s\"\n", text,
      zrtp_cache_get_path (cache));
  return EXIT_FAILED;
}

/* list */

static void
print_time (gint64 seconds)
{
  GDateTime *time = g_date_time_new_from_unix_utc (seconds);
  char *text = time != NULL
      ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("?");

  g_print ("  %-20s", text);
  g_free (text);
  g_clear_pointer (&time, g_date_time_unref);
}

static void
print_expiry (const ZrtpPeer * peer)
{
  if (!peer->have_rs1)
    g_print ("  %-20s", "-");
  else if (peer->expired)
    g_print ("  %-20s", "expired");
  else if (peer->expires == ZRTP_NEVER)
    g_print ("  %-20s", "never");
  else
    print_time (peer->expires);
}

/* Names come from calls: none of them may steer a terminal. */
static void
print_name (const char *name)
{
  GString *text = g_string_new ("  ");

  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (g_unichar_isprint (character))
      g_string_append_unichar (text, character);
    else
      g_string_append_printf (text, "\\u{%x}", character);
  }
  g_print ("%s", text->str);
  g_string_free (text, TRUE);
}

static void
print_peer (const guint8 zid[ZRTP_ZID_SIZE], const ZrtpPeer * peer,
    gpointer user_data)
{
  print_zid (zid);
  g_print ("  %-8s  %-8s", peer->verified ? "yes" : "no",
      peer->have_pbx ? "yes" : "no");
  print_time (peer->first_seen);
  print_time (peer->last_seen);
  print_expiry (peer);
  if (peer->name != NULL)
    print_name (peer->name);
  g_print ("\n");
}

static int
run_list (ZrtpCache * cache, char **arguments)
{
  GError *error = NULL;

  g_print ("%-24s  %-8s  %-8s  %-20s  %-20s  %-20s  %s\n", "ZID", "VERIFIED",
      "ENROLLED", "FIRST-SEEN", "LAST-SEEN", "EXPIRES", "NAME");
  if (!zrtp_cache_foreach (cache, now (), print_peer, NULL, &error))
    return failed (error);
  return EXIT_DONE;
}

/* zid */

static int
run_zid (ZrtpCache * cache, char **arguments)
{
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (cache, zid);
  print_zid (zid);
  g_print ("\n");
  return EXIT_DONE;
}

/* name, unenroll, forget */

static int
change_peer (ZrtpCache * cache, const char *text, ZrtpPeerUpdate * update)
{
  guint8 zid[ZRTP_ZID_SIZE];
  GError *error = NULL;
  int result = find_peer (cache, text, zid);

  if (result != EXIT_DONE)
    return result;
  if (!zrtp_cache_update (cache, zid, now (), update, &error))
    return failed (error);
  return EXIT_DONE;
}

static int
run_name (ZrtpCache * cache, char **arguments)
{
  ZrtpPeerUpdate update = {.changes = ZRTP_PEER_SET_NAME };
  GError *error = NULL;
  int result;

  update.name = g_locale_to_utf8 (arguments[1], -1, NULL, NULL, &error);
  if (update.name == NULL)
    return failed (error);
  result = change_peer (cache, arguments[0], &update);
  zrtp_peer_update_clear (&update);
  return result;
}

static int
run_unenroll (ZrtpCache * cache, char **arguments)
{
  ZrtpPeerUpdate update = {.changes = ZRTP_PEER_CLEAR_PBX };

  return change_peer (cache, arguments[0], &update);
}

static int
run_forget (ZrtpCache * cache, char **arguments)
{
  ZrtpPeerUpdate update = {.changes = ZRTP_PEER_FORGET };

  return change_peer (cache, arguments[0], &update);
}

/* backup */

static int
run_backup (ZrtpCache * cache, char **arguments)
{
  GError *error = NULL;

  if (!zrtp_cache_backup (cache, arguments[0], &error))
    return failed (error);
  return EXIT_DONE;
}

/* The command line */

static const Command commands[] = {
  {"list", 0, run_list},
  {"name", 2, run_name},
  {"unenroll", 1, run_unenroll},
  {"forget", 1, run_forget},
  {"backup", 1, run_backup},
  {"zid", 0, run_zid}
};

static const char summary[] =
    "Shows and changes the peers that ZRTP calls have made known.";

static const char description[] =
    "Commands:\n"
    "  list             one line a peer, the last seen first; times are UTC\n"
    "  name ZID NAME    name a peer; \"\" takes the name away\n"
    "  unenroll ZID     trust a PBX no longer: what it says of the SAS of others\n"
    "                   isn't shown any more\n"
    "  forget ZID       forget a peer and its secrets: the next call with it\n"
    "                   is as the first, and its SAS wants comparing again\n"
    "  backup FILE      write all of it, secrets too, into one new file\n"
    "  zid              print this cache's own ZID\n"
    "\n"
    "VERIFIED says that a user here has compared the SAS with this peer.\n"
    "ENROLLED says that it is a PBX that a user here trusts to relay the SAS of\n"
    "other phones; in the file of a PBX, that it is a phone that was asked to.\n"
    "Changes apply to the next call, also of programs that run already.\n"
    "\n"
    "Exit status: 0 done; 1 no such cache or peer, or the cache can't be\n"
    "read or changed; 2 wrong usage.\n";

static const Command *
find_command (char **words)
{
  int arguments;

  if (words == NULL) {
    g_printerr (PROGRAM ": no command; see " PROGRAM " --help\n");
    return NULL;
  }
  arguments = g_strv_length (words) - 1;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    const Command *command = &commands[i];

    if (strcmp (words[0], command->name) != 0)
      continue;
    if (arguments == command->arguments)
      return command;
    g_printerr (PROGRAM ": %s takes %d argument%s, not %d; see " PROGRAM
        " --help\n", command->name, command->arguments,
        command->arguments == 1 ? "" : "s", arguments);
    return NULL;
  }
  g_printerr (PROGRAM ": no command \"%s\"; see " PROGRAM " --help\n",
      words[0]);
  return NULL;
}

/* Looking at peers makes no cache. */
static int
run_on (const char *path, const Command * command, char **arguments)
{
  GError *error = NULL;
  ZrtpCache *cache;
  int result;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_printerr (PROGRAM ": there is no cache \"%s\" (yet); name another with "
        "--cache\n", path);
    return EXIT_FAILED;
  }
  cache = zrtp_cache_open (path, &zrtp_random_system, &error);
  if (cache == NULL)
    return failed (error);
  result = command->run (cache, arguments);
  zrtp_cache_unref (cache);
  return result;
}

int
main (int argc, char **argv)
{
  char *path = NULL, **words = NULL;
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    {"cache", 'c', 0, G_OPTION_ARG_FILENAME, &path, CACHE_HELP, "FILE"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL,
        "COMMAND [ARGUMENT...]"},
    {NULL}
  };
  GOptionContext *context = g_option_context_new (NULL);
  const Command *command = NULL;
  GError *error = NULL;
  int result = EXIT_USAGE;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);

  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr (PROGRAM ": %s; see " PROGRAM " --help\n", error->message);
    g_error_free (error);
  } else if (version) {
    g_print (PROGRAM " " PACKAGE_VERSION "\n");
    result = EXIT_DONE;
  } else if ((command = find_command (words)) != NULL) {
    char *expanded = path != NULL ? zrtp_cache_expand_path (path, &error)
        : zrtp_cache_default_path ();

    result = expanded != NULL ? run_on (expanded, command, words + 1)
        : failed (error);
    g_free (expanded);
  }
  g_option_context_free (context);
  g_strfreev (words);
  g_free (path);
  return result;
}
