/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/address.h"
#include "server/app.h"
#include "server/db/party_store.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

static const char *const kinds[] = {"DSO", "AGGREGATOR", "RETAILER", NULL};

/* The address is kept with its checksum, so that the same one is the same text. Ref: EIP-55. */
static gw_status read_payee(gw_http_request *request, gw_fields *body, gw_party_row *row,
                            gw_fault *reterr) {
    gw_address address;
    char printed[GW_ADDRESS_TEXT_SIZE];
    const gw_text text = gw_field_text(body, "payee", GW_FIELD_OPTIONAL, 42);
    if (text.length == 0) return gw_ok();
    if (!gw_is_ok(gw_address_parse(text, &address, NULL)) || gw_address_is_zero(address)) {
        gw_field_blame(
            body, "payee", GW_CODE_INVALID,
            "An address is 0x and 40 hexadecimal digits; mixed case is checked as EIP-55.");
        return gw_ok();
    }
    gw_address_print(address, printed);
    return gw_text_copy(request->arena, gw_text_from_c(printed), &row->payee, reterr);
}

static gw_status read_row(gw_http_request *request, gw_fields *body, gw_party_row *row,
                          gw_fault *reterr) {
    row->id = gw_field_name(body, "id", GW_FIELD_REQUIRED);
    row->kind = gw_text_from_c(kinds[gw_field_enum(body, "kind", GW_FIELD_REQUIRED, kinds)]);
    return read_payee(request, body, row, reterr);
}

static void write_row(gw_json *json, const gw_party_row *row) {
    gw_json_object(json, NULL);
    gw_json_text(json, "id", row->id);
    gw_json_text(json, "kind", row->kind);
    gw_json_text_if(json, "payee", row->payee);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_close(json);
}

static gw_status write_text(const gw_http_request *request, const gw_party_row *row, gw_text *ret,
                            gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    write_row(&json, row);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_handle_create_party(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_party_row row = {.recorded_at = request->now};
    gw_saved saved = GW_SAVED_NEW;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_row(request, body, &row, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    const gw_status status =
        gw_party_save(request->app->db, request->arena, &row, text, &saved, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    if (saved == GW_SAVED_SAME) {
        GW_TRY(gw_party_load(request->app->db, request->arena, row.id, &row, reterr));
        GW_TRY(write_text(request, &row, &text, reterr));
    }
    return gw_registered_reply(reply, saved, text);
}

gw_status gw_handle_list_parties(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_party_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_register_page page = gw_registered_page(request, query);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_party_load_list(request->app->db, request->arena, &page, &list, reterr));
    const int shown = gw_registered_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at]);
    const gw_text last = shown < list.count ? list.items[shown - 1].id : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_party(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_party_row row;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_auth_own(&request->identity, id, id, reterr));
    GW_TRY(gw_party_load(request->app->db, request->arena, id, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
