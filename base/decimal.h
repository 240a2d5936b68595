/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers from text without floating point: integers, and decimals scaled to an integer exactly.
 * Locale-free. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

/* Optional minus, digits only, no leading plus, no blanks. */
GW_MUST_CHECK gw_status gw_int64_parse(gw_text text, int64_t *ret, gw_fault *reterr);

/* "12.345" with places 3 gives 12345. An exponent is read ("1.2e-2"), because JSON writes it.
 * Digits beyond `places` must be zero: GW_CODE_OUT_OF_RANGE otherwise. places 0..18. */
GW_MUST_CHECK gw_status gw_decimal_parse(gw_text text, int places, int64_t *ret, gw_fault *reterr);

enum { GW_DECIMAL_TEXT_SIZE = 48 };

/* 12345 with places 3 gives "12.345"; all places are printed. */
void gw_decimal_print(int64_t scaled, int places, char out[GW_DECIMAL_TEXT_SIZE]);
