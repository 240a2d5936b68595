/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a contract refused, in words: Error(string), Panic(uint256) and the errors of revert.def.
 * Pure.
 */
#pragma once

#include "base/text.h"

enum { GW_REVERT_TEXT_SIZE = 200 };

/* data is what the contract returned; unknown data is printed as its selector. */
void gw_revert_print(gw_bytes returned, char out[GW_REVERT_TEXT_SIZE]);
