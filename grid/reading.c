/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/reading.h"

#include "base/wide.h"

#include <assert.h>
#include <string.h>

enum { FUSE_PCT = 125 }; /* a fuse carries about this much of its rating for a long time */

static const int64_t HOUR_US = INT64_C(3600) * 1000000;

gw_energy gw_reading_max_energy(const gw_reading_limits *limits) {
    const gw_wide allowed_w = gw_wide_multiply(limits->connection.w, FUSE_PCT);
    const gw_wide max_wh = gw_wide_floor(allowed_w / 100 * limits->interval.us, HOUR_US);
    return (gw_energy){max_wh > INT64_MAX ? INT64_MAX : (int64_t)max_wh};
}

static gw_status refuse_energy(gw_energy energy, gw_energy most, gw_fault *reterr) {
    if (energy.wh < 0)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL, "the energy %lld Wh is negative",
                            (long long)energy.wh);
    return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                        "the energy %lld Wh is above the %lld Wh that the connection can carry",
                        (long long)energy.wh, (long long)most.wh);
}

static gw_status check_time(gw_instant start, const gw_reading_limits *limits, gw_instant now,
                            gw_fault *reterr) {
    char text[GW_INSTANT_TEXT_SIZE];
    if (!gw_instant_is_valid(start))
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL, "the start lies outside all years");
    gw_instant_print(start, text);
    if (start.us % limits->interval.us != 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "the start \"%s\" is off the grid of %lld s", text,
                            (long long)(limits->interval.us / 1000000));
    if (start.us + limits->interval.us > now.us + limits->clock_lead.us)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                            "the interval from \"%s\" is not over yet", text);
    if (start.us < now.us - limits->oldest.us)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                            "the start \"%s\" is older than the open window", text);
    return gw_ok();
}

gw_status gw_reading_check(const gw_reading *reading, const gw_reading_limits *limits,
                           gw_instant now, gw_fault *reterr) {
    assert(limits->interval.us > 0);
    const gw_energy most = gw_reading_max_energy(limits);
    if (reading->energy.wh < 0 || reading->energy.wh > most.wh)
        return refuse_energy(reading->energy, most, reterr);
    return check_time(reading->start, limits, now, reterr);
}

gw_status gw_channel_parse(gw_text text, gw_channel *ret, gw_fault *reterr) {
    if (gw_text_is(text, "import")) {
        *ret = GW_CHANNEL_IMPORT;
        return gw_ok();
    }
    if (gw_text_is(text, "export")) {
        *ret = GW_CHANNEL_EXPORT;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                        "the channel \"%.*s\" is neither import nor export", GW_TEXT_ARGS(text));
}

const char *gw_channel_print(gw_channel channel) {
    return channel == GW_CHANNEL_EXPORT ? "export" : "import";
}

gw_status gw_quality_parse(gw_text text, gw_quality *ret, gw_fault *reterr) {
    if (text.length != 1 || memchr("AESFN", text.at[0], 5) == NULL)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "the quality \"%.*s\" is none of A, E, S, F, N", GW_TEXT_ARGS(text));
    *ret = (gw_quality)text.at[0];
    return gw_ok();
}
