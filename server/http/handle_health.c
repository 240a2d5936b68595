/* SPDX-License-Identifier: Apache-2.0
 *
 * /livez says that a worker answers; /readyz what the parts tell of themselves; /metrics; and the
 * pages that the type of a problem points to.
 */
#include "server/clock.h"
#include "server/health.h"
#include "server/http/routes.h"
#include "server/metrics.h"

static const char *const plain = "text/plain; charset=utf-8";

gw_status gw_handle_get_live(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    (void)request;
    (void)reterr;
    gw_reply_text(reply, 200, plain, GW_TEXT("alive"));
    return gw_ok();
}

static void write_part(gw_json *json, gw_health health) {
    const gw_health_report report = gw_health_get(health);
    const int64_t age_us = gw_tick_since(gw_tick_now(), report.since).us;
    gw_json_object(json, NULL);
    gw_json_c(json, "name", report.name);
    gw_json_c(json, "state", gw_health_state_wire(report.state));
    gw_json_flag(json, "needed", report.needed);
    gw_json_int64(json, "age_s", age_us / 1000000);
    gw_json_text_if(json, "detail", gw_text_from_c(report.detail));
    gw_json_close(json);
}

gw_status gw_handle_get_ready(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    const bool is_ready = gw_health_is_ready();
    const char *word = !is_ready ? "unready" : gw_health_is_degraded() ? "degraded" : "ready";
    const int http_status = is_ready ? 200 : 503;
    GW_TRY(gw_request_no_query(request, reterr));
    if (request->identity.token_id.length == 0) {
        gw_reply_text(reply, http_status, plain, gw_text_from_c(word));
        return gw_ok();
    }
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_c(&json, "status", word);
    gw_json_array(&json, "parts");
    for (int health = 0; health < GW_HEALTH_COUNT; health++) write_part(&json, (gw_health)health);
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_reply_json(reply, http_status, &json, reterr);
}

gw_status gw_handle_get_metrics(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_writer out;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    gw_writer_init(&out, request->arena);
    gw_metrics_write(&out);
    GW_TRY(gw_writer_end_text(&out, &text, reterr));
    gw_reply_text(reply, 200, "text/plain; version=0.0.4; charset=utf-8", text);
    return gw_ok();
}

static gw_code code_find(gw_text wire) {
    for (int code = 1; code < GW_CODE_COUNT; code++)
        if (gw_text_is(wire, gw_code_wire((gw_code)code))) return (gw_code)code;
    return GW_CODE_OK;
}

gw_status gw_handle_get_problem_page(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_writer out;
    gw_text text;
    const gw_code code = code_find(gw_path_text(request, "code"));
    if (code == GW_CODE_OK)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, NULL, "there is no problem of this name");
    gw_writer_init(&out, request->arena);
    gw_write_format(&out,
                    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%s</title>"
                    "<h1>%s</h1><p>Code <code>%s</code>, HTTP status %d.</p><p>%s</p></html>",
                    gw_code_wire(code), gw_code_title(code), gw_code_wire(code), gw_code_http(code),
                    gw_code_is_retryable(code)
                        ? "The same request may work later: wait and repeat it with the same "
                          "Idempotency-Key."
                        : "The same request will not work later: change it first.");
    GW_TRY(gw_writer_end_text(&out, &text, reterr));
    gw_reply_text(reply, 200, "text/html; charset=utf-8", text);
    return gw_ok();
}
