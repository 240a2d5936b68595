/* SPDX-License-Identifier: Apache-2.0
 *
 * One door for bytes in: a bounded cursor. After a first error it gives zeros, so parse straight
 * through and ask once with gw_reader_end (all bytes used) or gw_reader_status. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

typedef struct gw_reader {
    gw_bytes rest;
    bool failed;
} gw_reader;

void gw_reader_init(gw_reader *reader, gw_bytes bytes);
uint8_t gw_read_u8(gw_reader *reader);
uint32_t gw_read_u32_le(gw_reader *reader);
uint64_t gw_read_u64_le(gw_reader *reader);
gw_bytes gw_read_bytes(gw_reader *reader, size_t count); /* a slice, not a copy */
GW_MUST_CHECK gw_status gw_reader_status(const gw_reader *reader, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_reader_end(const gw_reader *reader, gw_fault *reterr);
