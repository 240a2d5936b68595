/* SPDX-License-Identifier: Apache-2.0
 *
 * Call data of the ledger contract: a statement with its q signatures.
 */
#pragma once

#include "base/arena.h"
#include "oracle/typed_data.h"

GW_MUST_CHECK gw_status gw_call_commit(gw_arena *arena, const gw_commitment *commitment,
                                       gw_bytes signatures, gw_bytes *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_call_settle(gw_arena *arena, const gw_settlement *settlement,
                                       gw_bytes signatures, gw_bytes *ret, gw_fault *reterr);
