/* SPDX-License-Identifier: Apache-2.0
 *
 * Chain accounts and node signing keys as files: <name>.eth holds 64 hex digits, 0600. The secret
 * never leaves this file but into a gw_signer.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/sign.h"

/* Makes a fresh key in directory/<name>.eth and gives its address. */
GW_MUST_CHECK gw_status gw_account_make(gw_arena *arena, const char *directory, const char *name,
                                        gw_address *ret, gw_fault *reterr);

/* Reads a key file (refused when group or others can read it) into a signer that lives in the
 * arena; wipe it with gw_signer_wipe. */
GW_MUST_CHECK gw_status gw_account_load(gw_arena *arena, const char *path, gw_signer **ret,
                                        gw_fault *reterr);
