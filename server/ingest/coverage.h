/* SPDX-License-Identifier: Apache-2.0
 *
 * Which numbers of one boot of a device have come in: everything up to hwm, and some ranges beyond.
 * What is neither is a gap that the device is asked for. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"
#include "base/writer.h"

#include <stdbool.h>
#include <stdint.h>

enum { GW_COVERAGE_RANGES_MOST = 16, GW_COVERAGE_TEXT_SIZE = 800 };

typedef struct gw_number_range {
    int64_t from;
    int64_t to; /* inclusive */
} gw_number_range;

typedef struct gw_coverage {
    int64_t hwm;
    size_t count;
    gw_number_range ahead[GW_COVERAGE_RANGES_MOST]; /* ascending, apart, all above hwm + 1 */
} gw_coverage;

/* Notes one number (>= 1). False: there is no room for one more range; the number stays a gap, so
 * the device will send it again once the gaps before it are closed. */
bool gw_coverage_add(gw_coverage *coverage, int64_t number);
/* The device no longer holds anything before first: those gaps are closed for good. */
void gw_coverage_begin(gw_coverage *coverage, int64_t first);
bool gw_coverage_has(const gw_coverage *coverage, int64_t number);

/* "9-12,15-15" and back; what the database keeps. */
void gw_coverage_print(const gw_coverage *coverage, char out[GW_COVERAGE_TEXT_SIZE]);
GW_MUST_CHECK gw_status gw_coverage_parse(int64_t hwm, gw_text ahead, gw_coverage *ret,
                                          gw_fault *reterr);

/* The gaps as JSON: [[8,8],[13,14]]. */
void gw_coverage_write_gaps(const gw_coverage *coverage, gw_writer *out);
