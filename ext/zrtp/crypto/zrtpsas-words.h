/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words of the SAS type B256 (RFC 6189 5.1.6).
 */
#ifndef ZRTP_SAS_WORDS_H
#define ZRTP_SAS_WORDS_H

#define ZRTP_SAS_WORD_SIZE 12   /* the longest has 11 letters */

/* For each octet value the word for even places (two syllables), then the one
 * for odd places (three syllables). */
extern const char zrtp_sas_words[256][2][ZRTP_SAS_WORD_SIZE];

#endif
