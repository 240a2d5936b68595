/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/method.h"

enum { INTERVAL_MAX_S = 86400 };

/* All methods there are; a change of a number is a new id. */
static const gw_method METHODS[] = {
    {
        .id = {"sgsc-10in10-v1", 14},
        .interval_s = 1800,
        .lookback_days = 45,
        .target_days = 10,
        .minimum_days = 5,
        .adjust_from_s = -4 * 3600, /* slot a-8 */
        .adjust_to_s = -1 * 3600,   /* up to and with slot a-3 */
        .cap_low_num = 4,
        .cap_low_den = 5,
        .cap_high_num = 6,
        .cap_high_den = 5,
    },
};

gw_status gw_method_find(gw_text id, gw_adjustment adjustment, gw_method *ret, gw_fault *reterr) {
    for (size_t at = 0; at < sizeof METHODS / sizeof METHODS[0]; at++) {
        if (!gw_text_equal(METHODS[at].id, id)) continue;
        *ret = METHODS[at];
        ret->adjustment = adjustment;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, NULL, "there is no baseline method \"%.*s\"",
                        GW_TEXT_ARGS(id));
}

static bool caps_are_sound(const gw_method *method) {
    const int64_t limit = 1000000; /* fractions, not money: keeps every product within 128 bits */
    return method->cap_low_num >= 0 && method->cap_low_den > 0 && method->cap_high_num >= 0 &&
           method->cap_high_den > 0 && method->cap_low_num <= limit &&
           method->cap_low_den <= limit && method->cap_high_num <= limit &&
           method->cap_high_den <= limit &&
           method->cap_low_num * method->cap_high_den <= method->cap_high_num * method->cap_low_den;
}

static bool window_is_sound(const gw_method *method) {
    return method->adjust_from_s < method->adjust_to_s && method->adjust_to_s <= 0 &&
           method->adjust_from_s >= -INTERVAL_MAX_S &&
           method->adjust_from_s % method->interval_s == 0 &&
           method->adjust_to_s % method->interval_s == 0;
}

gw_status gw_method_check(const gw_method *method, gw_fault *reterr) {
    if (method->interval_s <= 0 || method->interval_s > INTERVAL_MAX_S ||
        INTERVAL_MAX_S % method->interval_s != 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "interval_s",
                            "the interval of %lld s does not divide a day",
                            (long long)method->interval_s);
    if (method->lookback_days < 1 || method->lookback_days > GW_METHOD_MAX_LOOKBACK)
        return gw_fail_with(reterr, GW_CODE_INVALID, "lookback_days",
                            "the look-back of %lld days is not 1 to %d",
                            (long long)method->lookback_days, GW_METHOD_MAX_LOOKBACK);
    if (method->minimum_days < 1 || method->target_days < method->minimum_days ||
        method->target_days > GW_METHOD_MAX_DAYS)
        return gw_fail_with(reterr, GW_CODE_INVALID, "target_days",
                            "minimum and target days are not 1 <= minimum <= target <= %d",
                            GW_METHOD_MAX_DAYS);
    if (!window_is_sound(method))
        return gw_fail_with(
            reterr, GW_CODE_INVALID, "adjust_from_s",
            "the adjustment window does not lie in whole intervals before the start");
    if (!caps_are_sound(method))
        return gw_fail_with(reterr, GW_CODE_INVALID, "cap_low_num", "the caps are no ordered pair");
    return gw_ok();
}

void gw_method_print(const gw_method *method, gw_writer *out) {
    gw_write_format(out, "{\"adjust_from_s\":%lld,\"adjust_to_s\":%lld,\"adjustment\":\"%s\",",
                    (long long)method->adjust_from_s, (long long)method->adjust_to_s,
                    gw_adjustment_print(method->adjustment));
    gw_write_format(out, "\"cap_high_den\":%lld,\"cap_high_num\":%lld,",
                    (long long)method->cap_high_den, (long long)method->cap_high_num);
    gw_write_format(out, "\"cap_low_den\":%lld,\"cap_low_num\":%lld,",
                    (long long)method->cap_low_den, (long long)method->cap_low_num);
    gw_write_format(out, "\"id\":\"%.*s\",\"interval_s\":%lld,\"lookback_days\":%lld,",
                    GW_TEXT_ARGS(method->id), (long long)method->interval_s,
                    (long long)method->lookback_days);
    gw_write_format(out, "\"minimum_days\":%lld,\"target_days\":%lld}",
                    (long long)method->minimum_days, (long long)method->target_days);
}

gw_status gw_adjustment_parse(gw_text text, gw_adjustment *ret, gw_fault *reterr) {
    for (int at = GW_ADJUSTMENT_NONE; at <= GW_ADJUSTMENT_CAPPED; at++) {
        if (!gw_text_is(text, gw_adjustment_print((gw_adjustment)at))) continue;
        *ret = (gw_adjustment)at;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                        "the adjustment \"%.*s\" is neither NONE nor CAPPED", GW_TEXT_ARGS(text));
}

const char *gw_adjustment_print(gw_adjustment adjustment) {
    return adjustment == GW_ADJUSTMENT_CAPPED ? "CAPPED" : "NONE";
}

gw_status gw_own_event_days_parse(gw_text text, gw_own_event_days *ret, gw_fault *reterr) {
    for (int at = GW_OWN_EVENT_DAYS_EXCLUDED; at <= GW_OWN_EVENT_DAYS_KEPT; at++) {
        if (!gw_text_is(text, gw_own_event_days_print((gw_own_event_days)at))) continue;
        *ret = (gw_own_event_days)at;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                        "own event days are EXCLUDED or KEPT, not \"%.*s\"", GW_TEXT_ARGS(text));
}

const char *gw_own_event_days_print(gw_own_event_days days) {
    return days == GW_OWN_EVENT_DAYS_KEPT ? "KEPT" : "EXCLUDED";
}
