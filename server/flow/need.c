/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/need.h"

#include "server/flow/forecast.h"

static gw_status check_window(const gw_request_wish *wish, const gw_transformer_forecast *forecast,
                              gw_fault *reterr) {
    if (forecast->interval_s != wish->interval_s)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/transformer",
                            "the meters' interval of %lld s is not the method's of %lld s",
                            (long long)forecast->interval_s, (long long)wish->interval_s);
    for (size_t i = 0; i < forecast->count; i++)
        if (forecast->items[i].need.w > 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/from",
                        "the forecast stays within the limit of %lld W in this window",
                        (long long)forecast->limit.w);
}

gw_status gw_need_from_forecast(gw_db *db, gw_arena *arena, gw_request_wish *wish, gw_instant now,
                                gw_fault *reterr) {
    const gw_forecast_question question = {
        .transformer = wish->transformer, .period = wish->window, .now = now};
    gw_transformer_forecast forecast;
    GW_TRY(gw_forecast_make(db, arena, &question, &forecast, reterr));
    GW_TRY(check_window(wish, &forecast, reterr));
    gw_power *need = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_power, forecast.count, &need, reterr));
    gw_power *load = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_power, forecast.count, &load, reterr));
    for (size_t i = 0; i < forecast.count; i++) {
        need[i] = forecast.items[i].need;
        load[i] = forecast.items[i].load;
    }
    wish->need = need;
    wish->forecast = load;
    wish->need_count = forecast.count;
    return gw_ok();
}
