/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crash.h"

#include "base/decimal.h"

#include <signal.h>
#include <stdatomic.h>

static const char *const names[GW_CRASH_COUNT] = {
#define GW_CRASH(symbol, name, what) [GW_CRASH_##symbol] = name,
#include "server/crash.def"
#undef GW_CRASH
};

enum { NOWHERE = -1 };

static _Atomic int armed_point = NOWHERE;
static _Atomic int64_t passes_left;

const char *gw_crash_name(gw_crash point) { return names[point]; }

static int find_point(gw_text name) {
    for (int i = 0; i < GW_CRASH_COUNT; i++) {
        if (gw_text_is(name, names[i])) return i;
    }
    return NOWHERE;
}

gw_status gw_crash_arm(const char *wish, gw_fault *reterr) {
    gw_text rest = gw_text_from_c(wish);
    int64_t passes = 1;
    atomic_store(&armed_point, NOWHERE);
    if (rest.length == 0) return gw_ok();
    const int point = find_point(gw_text_split(&rest, ':'));
    if (point == NOWHERE) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "GW_CRASH_AT", "no such point: \"%s\"", wish);
    }
    if (rest.length > 0) GW_TRY(gw_int64_parse(rest, &passes, reterr));
    if (passes < 1) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "GW_CRASH_AT", "\"%s\" counts from 1", wish);
    }
    atomic_store(&passes_left, passes);
    atomic_store(&armed_point, point);
    return gw_ok();
}

void gw_crash_point(gw_crash point) {
    if (atomic_load_explicit(&armed_point, memory_order_relaxed) != (int)point) return;
    if (atomic_fetch_sub(&passes_left, 1) == 1) (void)raise(SIGKILL);
}
