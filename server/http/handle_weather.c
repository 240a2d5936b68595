/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/reading_store.h"
#include "server/http/routes.h"
#include "server/http/window.h"

#include "base/decimal.h"

#include <stdio.h>

/* One hour: what its sources say, and the median of them. */
static size_t write_hour(gw_json *json, const gw_weather_list *list, size_t from) {
    gw_weather_list hour = {.items = &list->items[from]};
    const gw_instant at = list->items[from].valid_at;
    while (from + hour.count < list->count &&
           gw_instant_equal(list->items[from + hour.count].valid_at, at))
        hour.count++;
    gw_json_object(json, NULL);
    gw_json_instant(json, "time", at);
    gw_json_int64(json, "temperature_millic", gw_weather_mean_of(&hour).temperature.millic);
    gw_json_int64(json, "source_count", (int64_t)hour.count);
    gw_json_array(json, "sources");
    for (size_t source = 0; source < hour.count; source++) {
        gw_json_object(json, NULL);
        gw_json_text(json, "source", hour.items[source].source);
        gw_json_int64(json, "temperature_millic", hour.items[source].amount);
        gw_json_instant(json, "issued_at", hour.items[source].issued_at);
        gw_json_instant(json, "received_at", hour.items[source].received_at);
        gw_json_close(json);
    }
    gw_json_close(json);
    gw_json_close(json);
    return from + hour.count;
}

/* The key of a page's last hour is its time in microseconds. */
static gw_status begin_after(gw_text key, gw_period *period, gw_fault *reterr) {
    int64_t after_us = 0;
    if (key.length == 0) return gw_ok();
    GW_TRY(gw_int64_parse(key, &after_us, reterr));
    if (after_us >= period->from.us) period->from.us = after_us + 1;
    return gw_ok();
}

gw_status gw_handle_list_weather(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_weather_list list;
    gw_json json;
    char last[32] = "";
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    gw_weather_question asked = {.variable = GW_TEXT("temperature_millic"),
                                 .period = gw_window_read(query),
                                 .known_at = request->now};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(begin_after(page.after, &asked.period, reterr));
    GW_TRY(gw_weather_load(request->app->db, request->arena, &asked, &list, reterr));
    gw_page_open(&json, request);
    size_t at = 0;
    for (int64_t shown = 0; at < list.count && shown < page.size; shown++)
        at = write_hour(&json, &list, at);
    if (at < list.count)
        (void)snprintf(last, sizeof last, "%lld", (long long)list.items[at - 1].valid_at.us);
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(last), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
