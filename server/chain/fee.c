/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/fee.h"

#include "base/wide.h"

/* Ref: go-ethereum replaces from +10 %, other clients from up to +12.5 %; one eighth serves all. */
static gw_wide raised(uint64_t wei) { return gw_wide_floor((gw_wide)wei * 9 + 7, 8) + 1; }

static gw_wide larger(gw_wide left, gw_wide right) { return left > right ? left : right; }

static gw_status too_dear(gw_wide wanted, const gw_fee_limits *limits, gw_fault *reterr) {
    const uint64_t gwei = (uint64_t)(wanted / 1000000000);
    const gw_status status = gw_fail_with(
        reterr, GW_CODE_RATE_LIMITED, NULL, "gas costs about %llu gwei and the limit is %llu wei",
        (unsigned long long)gwei, (unsigned long long)limits->cap_most_wei);
    return gw_hint(reterr, status, "The transaction waits; raise the limit to send it now.");
}

gw_status gw_fee_fresh(uint64_t base_wei, uint64_t tip_wei, const gw_fee_limits *limits,
                       gw_fee *ret, gw_fault *reterr) {
    const gw_wide tip = larger(tip_wei, limits->tip_least_wei);
    const gw_wide least = (gw_wide)base_wei + tip;
    if (least > limits->cap_most_wei) return too_dear(least, limits, reterr);
    const gw_wide cap = 2 * (gw_wide)base_wei + tip;
    ret->tip_wei = (uint64_t)tip;
    ret->cap_wei = cap > limits->cap_most_wei ? limits->cap_most_wei : (uint64_t)cap;
    return gw_ok();
}

gw_status gw_fee_bump(gw_fee old, gw_fee fresh, const gw_fee_limits *limits, gw_fee *ret,
                      gw_fault *reterr) {
    const gw_wide tip = larger(raised(old.tip_wei), fresh.tip_wei);
    const gw_wide cap = larger(larger(raised(old.cap_wei), fresh.cap_wei), tip);
    if (cap > limits->cap_most_wei) return too_dear(cap, limits, reterr);
    *ret = (gw_fee){(uint64_t)tip, (uint64_t)cap};
    return gw_ok();
}
