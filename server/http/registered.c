/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/registered.h"

#include <stdio.h>
#include <string.h>

gw_status gw_registered_reply(gw_reply *reply, gw_saved saved, gw_text text) {
    gw_reply_text(reply, saved == GW_SAVED_NEW ? 201 : 200, "application/json", text);
    return gw_ok();
}

typedef struct constraint_row {
    const char *name; /* of the constraint, or of the statement when the value is at fault */
    gw_code code;
    const char *pointer;
    const char *detail;
} constraint_row;

static const constraint_row constraint_rows[] = {
    {"meter_transformer_fkey", GW_CODE_INVALID, "/transformer", "There is no such transformer."},
    {"device_meter_fkey", GW_CODE_INVALID, "/meter", "There is no such meter."},
    {"device_aggregator_fkey", GW_CODE_INVALID, "/aggregator", "There is no such party."},
    {"device_id_check", GW_CODE_INVALID, "/id", "The name of a device has no colon."},
    {"meter_group_party_fkey", GW_CODE_INVALID, "/party", "There is no such party."},
    {"group_member_meter_fkey", GW_CODE_INVALID, "/members",
     "One of the meters is not registered."},
    {"group_member_one_group", GW_CODE_CONFLICT, "/members",
     "One of the meters is in another group at the same time."},
    {"network_point_meter_fkey", GW_CODE_INVALID, "/meter", "There is no such meter."},
    {"network_point_party_fkey", GW_CODE_INVALID, "/party", "There is no such party."},
    {"network_segment_head_meter_fkey", GW_CODE_INVALID, "/segments", "There is no such meter."},
    {"network_segment_transformer_fkey", GW_CODE_INVALID, "/segments",
     "There is no such transformer."},
    {"meter_insert", GW_CODE_INVALID, "/zone", "There is no such time zone."},
    {"calendar_insert", GW_CODE_INVALID, "/zone", "There is no such time zone."},
};

static const constraint_row *constraint_find(const char *name) {
    for (size_t at = 0; at < sizeof constraint_rows / sizeof constraint_rows[0]; at++)
        if (strcmp(constraint_rows[at].name, name) == 0) return &constraint_rows[at];
    return NULL;
}

gw_status gw_registered_explain(gw_http_request *request, gw_status status, gw_fault *reterr) {
    if (gw_is_ok(status) || gw_code_http(status.code) >= 500) return status;
    const constraint_row *row = constraint_find(reterr->subject);
    if (row == NULL) return status;
    gw_field_fault *fault = &request->faults.items[0];
    fault->code = row->code;
    (void)snprintf(fault->pointer, sizeof fault->pointer, "%s", row->pointer);
    (void)snprintf(fault->detail, sizeof fault->detail, "%s", row->detail);
    request->faults.count = 1;
    return gw_fail_with(reterr, row->code, row->pointer, "%s cannot be used", row->pointer + 1);
}

gw_text gw_registered_zone(gw_fields *body, gw_need need) {
    const gw_text zone = gw_field_text(body, "zone", need, 64);
    if (zone.length == 0) return GW_TEXT("UTC");
    bool is_plain = true;
    for (size_t at = 0; at < zone.length; at++) {
        const char one = zone.at[at];
        const bool is_letter = (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
        const bool is_digit = one >= '0' && one <= '9';
        if (!is_letter && !is_digit && strchr("/_+-", one) == NULL) is_plain = false;
    }
    /* "EST5" and its like are not places. */
    const bool is_place = gw_text_find(zone, '/') < zone.length || gw_text_is(zone, "UTC");
    if (!is_plain || !is_place)
        gw_field_blame(body, "zone", GW_CODE_INVALID,
                       "A zone is an IANA name like Europe/Brussels, or UTC.");
    return zone;
}

gw_register_page gw_registered_page(const gw_http_request *request, gw_fields *query) {
    const gw_page page = gw_page_read(request, query);
    return (gw_register_page){
        .after = page.after, .limit = page.size + 1, .party = gw_auth_filter(&request->identity)};
}

int gw_registered_shown(const gw_register_page *page, int loaded) {
    return loaded < page->limit ? loaded : (int)page->limit - 1;
}
