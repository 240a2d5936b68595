/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange_view.h"

static gw_status load_call(gw_db *db, gw_arena *arena, gw_exchange_view *view, gw_fault *reterr) {
    const gw_exchange_row *row = view->row;
    gw_exchange_message_list calls;
    gw_exchange_message_filter filter = {row->exchange_id, row->counter, "ROUND"};
    if (!gw_text_is(row->state, "OPEN")) return gw_ok();
    GW_TRY(gw_exchange_load_of_round(db, arena, &filter, &calls, reterr));
    filter.kind = "ANSWER";
    GW_TRY(gw_exchange_load_of_round(db, arena, &filter, &view->answers, reterr));
    if (calls.count > 0) view->call = calls.items;
    return gw_ok();
}

gw_status gw_exchange_view_load(gw_db *db, gw_arena *arena, const gw_exchange_row *row,
                                gw_text party, gw_exchange_view *ret, gw_fault *reterr) {
    gw_exchange_view view = {.row = row, .party = party};
    const gw_uuid id = row->exchange_id;
    if (row->result_hash.length > 0)
        GW_TRY(gw_exchange_load_shares(db, arena, id, &view.shares, reterr));
    if (party.length == 0) GW_TRY(gw_exchange_load_rounds(db, arena, id, &view.rounds, reterr));
    GW_TRY(gw_exchange_load_checks(db, arena, id, &view.checks, reterr));
    GW_TRY(gw_exchange_count_messages(db, arena, id, &view.counts, reterr));
    GW_TRY(load_call(db, arena, &view, reterr));
    *ret = view;
    return gw_ok();
}

/* ---- members */

static void write_shares(gw_json *json, const gw_exchange_view *view, int member) {
    if (view->shares.count == 0) return;
    gw_json_array(json, "export_w");
    for (int i = 0; i < view->shares.count; i++)
        if (view->shares.items[i].member == member)
            gw_json_int64(json, NULL, view->shares.items[i].export_power.w);
    gw_json_close(json);
    gw_json_array(json, "price_nanos_per_kwh");
    for (int i = 0; i < view->shares.count; i++)
        if (view->shares.items[i].member == member)
            gw_json_int64(json, NULL, view->shares.items[i].price_nanos_per_kwh);
    gw_json_close(json);
}

static int has_answered(const gw_exchange_view *view, int member) {
    for (int i = 0; i < view->answers.count; i++)
        if (view->answers.items[i].member == member) return 1;
    return 0;
}

static void write_call(gw_json *json, const gw_exchange_view *view, int member) {
    const gw_exchange_row *row = view->row;
    if (view->call == NULL) return;
    gw_json_object(json, "round");
    gw_json_int64(json, "iteration", row->iteration);
    gw_json_int64(json, "counter", row->counter);
    gw_json_int64(json, "penalty_nanos_per_kwh_kw", view->call->powers[0]);
    gw_json_instant(json, "answer_by", row->answer_by);
    gw_json_flag(json, "is_answered", has_answered(view, member));
    gw_json_array(json, "target_milliwatt");
    for (size_t at = 1 + (size_t)member; at < view->call->power_count;
         at += (size_t)row->member_count)
        gw_json_int64(json, NULL, view->call->powers[at]);
    gw_json_close(json);
    gw_json_close(json);
}

static void write_member(gw_json *json, const gw_exchange_view *view, int member) {
    const gw_exchange_member_row *who = &view->row->members[member];
    gw_json_object(json, NULL);
    gw_json_text(json, "party", who->party);
    gw_json_text(json, "transport", who->transport);
    gw_json_text_if(json, "point", who->point);
    gw_json_int64(json, "least_w", who->least.w);
    gw_json_int64(json, "most_w", who->most.w);
    write_call(json, view, member);
    write_shares(json, view, member);
    gw_json_close(json);
}

static void write_members(gw_json *json, const gw_exchange_view *view) {
    gw_json_array(json, "members");
    for (int i = 0; i < view->row->member_count; i++)
        if (view->party.length == 0 || gw_text_equal(view->party, view->row->members[i].party))
            write_member(json, view, i);
    gw_json_close(json);
}

/* ---- what operators see */

static void write_ties(gw_json *json, const gw_exchange_row *row) {
    gw_json_array(json, "ties");
    for (int i = 0; i < row->tie_count; i++) {
        const gw_exchange_tie_row *tie = &row->ties[i];
        gw_json_object(json, NULL);
        gw_json_text(json, "from", row->members[tie->from_member].party);
        gw_json_text(json, "to", row->members[tie->to_member].party);
        if (tie->limit.w != GW_EXCHANGE_UNLIMITED) gw_json_int64(json, "limit_w", tie->limit.w);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_cuts(gw_json *json, const gw_exchange_row *row) {
    gw_json_array(json, "cuts");
    for (int i = 0; i < row->cut_count; i++) {
        const gw_exchange_cut_row *cut = &row->cuts[i];
        gw_json_object(json, NULL);
        gw_json_int64(json, "run", cut->run);
        gw_json_int64(json, "interval", cut->interval);
        gw_json_text(json, "party", row->members[cut->member].party);
        gw_json_int64(json, "least_w", cut->least.w);
        gw_json_int64(json, "most_w", cut->most.w);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_rounds(gw_json *json, const gw_exchange_round_list *rounds) {
    gw_json_array(json, "rounds");
    for (int i = 0; i < rounds->count; i++) {
        const gw_exchange_round_row *round = &rounds->items[i];
        gw_json_object(json, NULL);
        gw_json_int64(json, "run", round->run);
        gw_json_int64(json, "iteration", round->iteration);
        gw_json_int64(json, "penalty_nanos_per_kwh_kw", round->penalty);
        gw_json_int64(json, "primal_milliwatt", round->primal_milliwatt);
        gw_json_int64(json, "dual_milliwatt", round->dual_milliwatt);
        gw_json_hex(json, "state_hash", round->state_hash);
        gw_json_instant(json, "closed_at", round->closed_at);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_checks(gw_json *json, const gw_exchange_check_list *checks) {
    gw_json_array(json, "checks");
    for (int i = 0; i < checks->count; i++) {
        const gw_exchange_check_row *check = &checks->items[i];
        gw_json_object(json, NULL);
        gw_json_int64(json, "run", check->run);
        gw_json_int64(json, "interval", check->interval);
        gw_json_text(json, "verdict", check->verdict);
        if (check->check_id != NULL) gw_json_uuid(json, "check_id", *check->check_id);
        if (check->digest.length > 0) gw_json_hex(json, "digest", check->digest);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_terms(gw_json *json, const gw_exchange_row *row) {
    gw_json_text(json, "form", row->form);
    gw_json_text(json, "balancing", row->balancing);
    gw_json_text_if(json, "network", row->network);
    gw_json_instant(json, "start_at", row->start_at);
    gw_json_int64(json, "interval_s", row->interval_s);
    gw_json_int64(json, "interval_count", row->interval_count);
    gw_json_int64(json, "penalty_nanos_per_kwh_kw", row->penalty);
    gw_json_int64(json, "stop_milliwatt", row->stop_milliwatt);
    gw_json_int64(json, "answer_s", row->answer_s);
    gw_json_instant(json, "deadline_at", row->deadline_at);
    if (row->warm_from != NULL) gw_json_uuid(json, "warm_from", *row->warm_from);
    gw_json_instant(json, "created_at", row->created_at);
    if (row->ended_at.us != 0) gw_json_instant(json, "ended_at", row->ended_at);
}

void gw_exchange_view_write(gw_json *json, const char *key, const gw_exchange_view *view) {
    const gw_exchange_row *row = view->row;
    gw_json_object(json, key);
    gw_json_uuid(json, "exchange_id", row->exchange_id);
    gw_json_text(json, "state", row->state);
    gw_json_text_if(json, "reason", row->reason);
    gw_json_text_if(json, "outcome", row->outcome);
    write_terms(json, row);
    gw_json_int64(json, "run", row->run);
    gw_json_int64(json, "iteration", row->iteration);
    write_members(json, view);
    if (row->result_hash.length > 0) gw_json_hex(json, "result_hash", row->result_hash);
    write_checks(json, &view->checks);
    if (view->party.length == 0) {
        write_ties(json, row);
        write_cuts(json, row);
        write_rounds(json, &view->rounds);
        gw_json_int64(json, "answers", view->counts.answers);
        gw_json_int64(json, "accepted", view->counts.accepted);
    }
    gw_json_close(json);
}
