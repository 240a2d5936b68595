/* SPDX-License-Identifier: Apache-2.0
 *
 * Kill points for tests. GW_CRASH_AT="settle.after-commit:2" kills the process (SIGKILL) at the
 * second pass of that point. Active only when the environment asks for it AND the clock is
 * conducted (gw_crash_arm is called by the clock's part), so a production process has no such
 * switch.
 */
#pragma once

#include "base/status.h"

typedef enum gw_crash {
#define GW_CRASH(symbol, name, what) GW_CRASH_##symbol,
#include "server/crash.def"
#undef GW_CRASH
    GW_CRASH_COUNT
} gw_crash;

/* Reads the wish; NULL or "" disarms. GW_CODE_INVALID: no such point or number. */
GW_MUST_CHECK gw_status gw_crash_arm(const char *wish, gw_fault *reterr);
void gw_crash_point(gw_crash point);
const char *gw_crash_name(gw_crash point);
