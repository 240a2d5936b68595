/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/proposal_store.h"
#include "server/flow/clearance.h"
#include "server/flow/collect.h"
#include "server/flow/view.h"
#include "server/http/counts.h"
#include "server/http/market.h"
#include "server/http/routes.h"

enum { DETAIL_MAX = 1000 };

/* A node is shown what it has not answered; everybody else everything. */
gw_status gw_handle_list_oracle_tasks(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_market_page page;
    gw_proposal_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    const gw_proposal_filter filter = {.state =
                                           gw_field_text(query, "state", GW_FIELD_OPTIONAL, 16),
                                       .node = gw_auth_filter(&request->identity),
                                       .after = page.after,
                                       .limit = page.size + 1};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_proposal_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int i = 0; i < shown; i++) gw_view_proposal(&json, NULL, &list.items[i], NULL);
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].proposal_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

static gw_status load_task(gw_http_request *request, gw_proposal_row *ret, gw_fault *reterr) {
    gw_uuid id;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    return gw_proposal_load(request->app->db, request->arena, id, ret, reterr);
}

gw_status gw_handle_get_oracle_task(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_proposal_row row;
    gw_vote_list votes;
    gw_json json;
    GW_TRY(load_task(request, &row, reterr));
    GW_TRY(gw_vote_load_list(request->app->db, request->arena, row.proposal_id, &votes, reterr));
    gw_json_init(&json, request->arena);
    gw_view_proposal(&json, NULL, &row, &votes);
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_oracle_task_core(gw_http_request *request, gw_reply *reply,
                                         gw_fault *reterr) {
    gw_proposal_row row;
    GW_TRY(load_task(request, &row, reterr));
    gw_reply_text(reply, 200, "application/json",
                  (gw_text){(const char *)row.core.at, row.core.length});
    return gw_ok();
}

gw_status gw_handle_get_oracle_task_network(gw_http_request *request, gw_reply *reply,
                                            gw_fault *reterr) {
    gw_proposal_row row;
    gw_bytes network = {NULL, 0};
    GW_TRY(load_task(request, &row, reterr));
    GW_TRY(gw_clearance_network(request->app->db, request->arena, &row, &network, reterr));
    gw_reply_text(reply, 200, "application/octet-stream",
                  (gw_text){(const char *)network.at, network.length});
    return gw_ok();
}

static gw_status read_vote(gw_http_request *request, gw_vote_wish *wish, gw_signature *signature,
                           gw_fault *reterr) {
    gw_fields *body = NULL;
    GW_TRY(gw_request_body(request, &body, reterr));
    wish->verdict = gw_field_text(body, "verdict", GW_FIELD_REQUIRED, 40);
    wish->detail = gw_field_text(body, "detail", GW_FIELD_REQUIRED, DETAIL_MAX);
    const bool has_seen = gw_field_has(body, "seen");
    if (!has_seen)
        gw_field_blame(body, "seen", GW_CODE_INCOMPLETE, "The counts of what was seen are needed.");
    if (gw_field_hex(body, "signature", GW_FIELD_OPTIONAL, signature->bytes,
                     sizeof signature->bytes))
        wish->signature = signature;
    GW_TRY(gw_fields_end(body, reterr));
    return gw_counts_read(request->arena, request->body, "seen", &wish->seen, reterr);
}

static gw_status reply_vote(gw_http_request *request, gw_reply *reply, const gw_vote_wish *wish,
                            gw_fault *reterr) {
    gw_vote_list votes;
    GW_TRY(gw_vote_load_list(request->app->db, request->arena, wish->proposal_id, &votes, reterr));
    for (int i = 0; i < votes.count; i++) {
        if (!gw_text_equal(votes.items[i].node, wish->node)) continue;
        if (!gw_text_equal(votes.items[i].verdict, wish->verdict))
            return gw_fail_with(reterr, GW_CODE_CONFLICT, "/verdict",
                                "the node has answered %.*s already",
                                GW_TEXT_ARGS(votes.items[i].verdict));
        gw_json json;
        gw_json_init(&json, request->arena);
        gw_view_vote(&json, NULL, &votes.items[i]);
        return gw_reply_json(reply, 200, &json, reterr);
    }
    return gw_fail(reterr, GW_CODE_NOT_FOUND);
}

gw_status gw_handle_put_vote(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_vote_wish wish = {.node = request->identity.party};
    gw_signature signature;
    gw_proposal_row after;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &wish.proposal_id, reterr));
    GW_TRY(read_vote(request, &wish, &signature, reterr));
    GW_TRY(
        gw_collect_vote(request->app->flow, request->arena, &wish, request->now, &after, reterr));
    return reply_vote(request, reply, &wish, reterr);
}

static const gw_vote_count *find_count(const gw_vote_count_list *counts, gw_text node) {
    for (int i = 0; i < counts->count; i++)
        if (gw_text_equal(counts->items[i].node, node)) return &counts->items[i];
    return NULL;
}

static void write_node(gw_json *json, const gw_flow_node *node, const gw_vote_count *count) {
    gw_json_object(json, NULL);
    gw_json_text(json, "node", node->name);
    gw_json_hex(json, "signer", (gw_bytes){node->address.bytes, sizeof node->address.bytes});
    if (count != NULL) gw_json_instant(json, "last_seen_at", count->last_seen_at);
    gw_json_int64(json, "signed", count == NULL ? 0 : count->signed_count);
    gw_json_int64(json, "refused", count == NULL ? 0 : count->refused_count);
    gw_json_close(json);
}

gw_status gw_handle_list_oracle_nodes(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_vote_count_list counts;
    gw_json json;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_vote_load_counts(request->app->db, request->arena, &counts, reterr));
    const gw_flow_settings *settings = &request->app->flow->settings;
    gw_page_open(&json, request);
    for (int i = 0; i < settings->node_count; i++)
        write_node(&json, &settings->nodes[i], find_count(&counts, settings->nodes[i].name));
    return gw_market_page_close(request, reply, &json, NULL, reterr);
}
