/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/group_store.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

enum { MEMBERS_MAX = 4096, REASON_MAX = 500 };
static const char *const decisions[] = {"APPROVED", "REJECTED", NULL};

static bool is_named_before(const gw_group_row *row, int place) {
    for (int at = 0; at < place; at++)
        if (gw_text_equal(row->members[at].meter, row->members[place].meter)) return true;
    return false;
}

static gw_status read_members(gw_http_request *request, gw_fields *body, gw_group_row *row,
                              gw_fault *reterr) {
    const size_t count = gw_field_array(body, "members", GW_FIELD_REQUIRED, MEMBERS_MAX);
    if (count == 0)
        gw_field_blame(body, "members", GW_CODE_INVALID, "A group has at least one member.");
    GW_TRY(GW_ARENA_NEW(request->arena, gw_group_member, count, &row->members, reterr));
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(body, "members", at);
        gw_group_member *member = &row->members[row->member_count];
        member->meter = gw_field_name(item, "meter", GW_FIELD_REQUIRED);
        member->qualified.w = gw_field_int64(item, "qualified_w", GW_FIELD_REQUIRED, 1, 100000000);
        if (is_named_before(row, row->member_count))
            gw_field_blame(item, "meter", GW_CODE_INVALID, "This meter is named twice.");
        row->qualified.w += member->qualified.w;
        row->member_count++;
    }
    return gw_ok();
}

static gw_status read_row(gw_http_request *request, gw_fields *body, gw_group_row *row,
                          gw_fault *reterr) {
    row->id = gw_field_name(body, "id", GW_FIELD_REQUIRED);
    row->party = gw_field_name(body, "party", GW_FIELD_REQUIRED);
    row->valid_from = gw_field_instant(body, "valid_from", GW_FIELD_OPTIONAL);
    row->valid_to = gw_field_instant(body, "valid_to", GW_FIELD_OPTIONAL);
    row->qualification = GW_TEXT("PENDING");
    const gw_instant from = row->valid_from.us == 0 ? request->now : row->valid_from;
    if (row->valid_to.us != 0 && !gw_instant_before(from, row->valid_to))
        gw_field_blame(body, "valid_to", GW_CODE_INVALID, "The validity ends before it starts.");
    return read_members(request, body, row, reterr);
}

static void write_row(gw_json *json, const gw_group_row *row) {
    const gw_instant from = row->valid_from.us == 0 ? row->recorded_at : row->valid_from;
    gw_json_object(json, NULL);
    gw_json_text(json, "id", row->id);
    gw_json_text(json, "party", row->party);
    gw_json_array(json, "members");
    for (int at = 0; at < row->member_count; at++) {
        gw_json_object(json, NULL);
        gw_json_text(json, "meter", row->members[at].meter);
        gw_json_int64(json, "qualified_w", row->members[at].qualified.w);
        gw_json_close(json);
    }
    gw_json_close(json);
    gw_json_instant(json, "valid_from", from);
    if (row->valid_to.us != 0) gw_json_instant(json, "valid_to", row->valid_to);
    gw_json_text(json, "qualification", row->qualification);
    gw_json_text_if(json, "qualification_reason", row->reason);
    gw_json_int64(json, "qualified_w", row->qualified.w);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_close(json);
}

static gw_status write_text(const gw_http_request *request, const gw_group_row *row, gw_text *ret,
                            gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    write_row(&json, row);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_handle_create_group(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_group_row row = {.recorded_at = request->now};
    gw_saved saved = GW_SAVED_NEW;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_row(request, body, &row, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    if (!gw_auth_sees(&request->identity, row.party))
        return gw_fail_with(reterr, GW_CODE_FORBIDDEN, "/party", "the token is of another party");
    GW_TRY(write_text(request, &row, &text, reterr));
    const gw_status status =
        gw_group_save(request->app->db, request->arena, &row, text, &saved, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    if (saved == GW_SAVED_SAME) {
        const gw_group_view view = {.id = row.id};
        GW_TRY(gw_group_load(request->app->db, request->arena, &view, &row, reterr));
        GW_TRY(write_text(request, &row, &text, reterr));
    }
    return gw_registered_reply(reply, saved, text);
}

gw_status gw_handle_list_groups(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_group_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    gw_register_page page = gw_registered_page(request, query);
    const gw_text party = gw_field_name(query, "party", GW_FIELD_OPTIONAL);
    if (page.party.length == 0) page.party = party;
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_group_load_list(request->app->db, request->arena, &page, &list, reterr));
    const int shown = gw_registered_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at]);
    const gw_text last = shown < list.count ? list.items[shown - 1].id : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_group(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_group_row row;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    const gw_group_view view = {.id = id, .party = gw_auth_filter(&request->identity)};
    GW_TRY(gw_group_load(request->app->db, request->arena, &view, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}

gw_status gw_handle_prequalify_group(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_text id;
    gw_text text;
    gw_group_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    const int word = gw_field_enum(body, "qualification", GW_FIELD_REQUIRED, decisions);
    const gw_text reason = gw_field_text(body, "reason", GW_FIELD_OPTIONAL, REASON_MAX);
    if (word == 1 && reason.length == 0)
        gw_field_blame(body, "reason", GW_CODE_INCOMPLETE, "A rejection needs its reason.");
    GW_TRY(gw_fields_end(body, reterr));
    const gw_group_view view = {.id = id};
    const gw_group_decision decision = {.group = id,
                                        .status = gw_text_from_c(decisions[word]),
                                        .reason = reason,
                                        .token_id = request->identity.token_id,
                                        .now = request->now};
    GW_TRY(gw_group_decide(request->app->db, request->arena, &decision, reterr));
    GW_TRY(gw_group_load(request->app->db, request->arena, &view, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
