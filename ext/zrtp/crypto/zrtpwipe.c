/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Secrets wiped and compared.
 */
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

#include <nettle/memops.h>

/* Deeper than the calls into Nettle, GMP and SQLite go with secrets. */
#define STACK_DEPTH 16384

void
zrtp_wipe (gpointer data, gsize size)
{
  explicit_bzero (data, size);
}

gboolean
zrtp_equal (gconstpointer a, gconstpointer b, gsize size)
{
  return memeql_sec (a, b, size) != 0;
}

#ifdef __has_attribute
#if __has_attribute (zero_call_used_regs)
#define ZERO_REGISTERS __attribute__((zero_call_used_regs ("all")))
#endif
#endif
#ifndef ZERO_REGISTERS
#define ZERO_REGISTERS
#endif

/* The compiler zeroes the registers that this file is compiled for. The C library
 * chooses wider ones when the process starts. */
void G_GNUC_NO_INLINE ZERO_REGISTERS
zrtp_wipe_registers (void)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx"))
    __asm__ volatile ("vzeroall":::"xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
      "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
      "xmm13", "xmm14", "xmm15");
  if (__builtin_cpu_supports ("avx512f"))
    __asm__ volatile (".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
      "vpxorq %%zmm\\n, %%zmm\\n, %%zmm\\n\n" ".endr":);
#endif
}

void G_GNUC_NO_INLINE
zrtp_wipe_stack (void)
{
  guint8 frame[STACK_DEPTH];

  zrtp_wipe (frame, sizeof frame);
  zrtp_wipe_registers ();
}
