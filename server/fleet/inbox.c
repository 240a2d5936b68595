/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/inbox.h"

#include <jansson.h>
#include <stdio.h>

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

static json_t *load(gw_bytes payload) {
    return json_loadb((const char *)payload.at, payload.length, JSON_REJECT_DUPLICATES, NULL);
}

static gw_status unreadable(const char *field, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, field, "the message has no usable \"%s\"",
                        field);
}

static gw_status get_number(const json_t *root, const char *field, int64_t *ret, gw_fault *reterr) {
    const json_t *value = json_object_get(root, field);
    if (!json_is_integer(value)) return unreadable(field, reterr);
    *ret = json_integer_value(value);
    return gw_ok();
}

static gw_status get_instant(const json_t *root, const char *field, gw_instant *ret,
                             gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(root, field));
    if (value == NULL) return unreadable(field, reterr);
    return gw_instant_parse(gw_text_from_c(value), ret, reterr);
}

/* ret: GW_SET_POINT_EVENT_SIZE bytes. */
static gw_status get_event(const json_t *root, char *ret, gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(root, "event_id"));
    if (value == NULL) return unreadable("event_id", reterr);
    (void)snprintf(ret, GW_SET_POINT_EVENT_SIZE, "%s", value);
    return gw_ok();
}

gw_status gw_heard_receipt_parse(gw_bytes payload, gw_heard_receipt *ret, gw_fault *reterr) {
    AUTO_JSON root = load(payload);
    gw_heard_receipt heard = {0};
    GW_TRY(get_number(root, "boot", &heard.boot, reterr));
    GW_TRY(get_number(root, "hwm", &heard.hwm, reterr));
    *ret = heard;
    return gw_ok();
}

gw_status gw_heard_set_parse(gw_bytes payload, gw_heard_set *ret, gw_fault *reterr) {
    AUTO_JSON root = load(payload);
    gw_heard_set heard = {0};
    GW_TRY(get_event(root, heard.set_point.event_id, reterr));
    GW_TRY(get_number(root, "counter", &heard.set_point.counter, reterr));
    GW_TRY(get_number(root, "limit_w", &heard.set_point.limit_w, reterr));
    GW_TRY(get_instant(root, "effective_at", &heard.set_point.effective_at, reterr));
    GW_TRY(get_instant(root, "expires_at", &heard.set_point.expires_at, reterr));
    *ret = heard;
    return gw_ok();
}

gw_status gw_heard_stop_parse(gw_bytes payload, gw_heard_stop *ret, gw_fault *reterr) {
    AUTO_JSON root = load(payload);
    gw_heard_stop heard = {0};
    GW_TRY(get_event(root, heard.event_id, reterr));
    GW_TRY(get_instant(root, "at", &heard.at, reterr));
    *ret = heard;
    return gw_ok();
}
