/* SPDX-License-Identifier: Apache-2.0
 *
 * One door for bytes out: a growing buffer in an arena. After a first error it does nothing, so
 * write straight through and ask once with gw_writer_end. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

typedef struct gw_writer {
    gw_arena *arena;
    uint8_t *at;
    size_t length;
    size_t size;
    bool failed;
} gw_writer;

void gw_writer_init(gw_writer *writer, gw_arena *arena);
void gw_write_bytes(gw_writer *writer, const void *bytes, size_t count);
void gw_write_text(gw_writer *writer, gw_text text);
void gw_write_c(gw_writer *writer, const char *text);
void gw_write_format(gw_writer *writer, const char *format, ...) GW_PRINTF(2, 3); /* < 512 chars */
void gw_write_u8(gw_writer *writer, uint8_t value);
void gw_write_u32_le(gw_writer *writer, uint32_t value);
void gw_write_u64_le(gw_writer *writer, uint64_t value);
void gw_write_zeros(gw_writer *writer, size_t count);

/* The written bytes, owned by the arena; GW_CODE_NO_MEMORY if any write failed. */
GW_MUST_CHECK gw_status gw_writer_end(const gw_writer *writer, gw_bytes *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_writer_end_text(const gw_writer *writer, gw_text *ret, gw_fault *reterr);
