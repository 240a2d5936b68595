/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange_check.h"

#include "server/flow/check.h"
#include "server/flow/exchange_round.h"

#include <stdio.h>

enum { QUANTILES = 7 /* P5, P50 and P95 */, KEY_SIZE = 96 };

typedef struct checking {
    const gw_flow_unit *unit;
    gw_exchange_row *row;
    gw_exchange_play play;
    int64_t *accepted_w; /* [interval * members + member], sign of the export */
    bool is_cut;
} checking;

/* ---- one interval */

static int64_t export_of(const checking *on, int64_t interval, int64_t member) {
    return on->play.exports_w[interval * on->row->member_count + member];
}

static gw_status make_wants(const checking *on, int64_t interval, gw_check_wish *wish,
                            gw_fault *reterr) {
    gw_check_want *wants = NULL;
    size_t count = 0;
    GW_TRY(GW_ARENA_NEW(on->unit->arena, gw_check_want, (size_t)on->row->member_count, &wants,
                        reterr));
    for (int i = 0; i < on->row->member_count; i++) {
        const int64_t export_w = export_of(on, interval, i);
        const gw_check_side there = {.point = on->row->members[i].point};
        const gw_check_side outside = {.point = GW_TEXT("")};
        if (export_w == 0) continue;
        wants[count++] = (gw_check_want){.id = on->row->members[i].party,
                                         .kind = GW_FLOW_ITEM_SCHEDULE,
                                         .effect = GW_FLOW_ITEM_INCREMENTAL,
                                         .seller = export_w > 0 ? there : outside,
                                         .buyer = export_w > 0 ? outside : there,
                                         .requested = {export_w > 0 ? export_w : -export_w}};
    }
    wish->items = wants;
    wish->item_count = count;
    return gw_ok();
}

/* Named by run and interval: asked twice it is the same check. */
static gw_status make_key(const checking *on, int64_t interval, const char *mode, gw_text *ret,
                          gw_fault *reterr) {
    char id[GW_UUID_TEXT_SIZE];
    gw_writer key;
    gw_uuid_print(on->row->exchange_id, id);
    gw_writer_init(&key, on->unit->arena);
    gw_write_format(&key, "exchange/%s/%lld/%lld/%s", id, (long long)on->row->run,
                    (long long)interval, mode);
    return gw_writer_end_text(&key, ret, reterr);
}

static gw_status ask(const checking *on, int64_t interval, gw_check_mode mode, gw_check *ret,
                     gw_fault *reterr) {
    const gw_span length = gw_span_seconds(on->row->interval_s);
    const gw_instant start =
        gw_instant_plus(on->row->start_at, gw_span_seconds(on->row->interval_s * interval));
    gw_flow joined = *on->unit->flow; /* the check's transaction is ours */
    joined.db = on->unit->tx;
    gw_check_wish wish = {.network_id = on->row->network,
                          .interval = {start, gw_instant_plus(start, length)},
                          .mode = mode,
                          .rule = GW_FLOW_RULE_SENSITIVITY_QP,
                          .quantiles = QUANTILES,
                          .fairness = GW_CHECK_PLAIN,
                          .terms = joined.settings.check_terms};
    if (wish.terms == NULL)
        return gw_fail_with(reterr, GW_CODE_INCOMPLETE, "check", "there is no grid check here");
    GW_TRY(make_wants(on, interval, &wish, reterr));
    GW_TRY(
        make_key(on, interval, mode == GW_CHECK_RESERVE ? "reserve" : "look", &wish.key, reterr));
    *ret = (gw_check){0};
    if (wish.item_count == 0) return gw_ok(); /* nobody exports anything */
    return gw_check_make(&joined, on->unit->arena, &wish, on->unit->now, ret, reterr);
}

static void keep_accepted(checking *on, int64_t interval, const gw_check_items *items) {
    for (int64_t i = 0; i < on->row->member_count; i++) {
        const int64_t export_w = export_of(on, interval, i);
        for (int k = 0; k < items->count; k++) {
            if (!gw_text_equal(items->items[k].item_id, on->row->members[i].party)) continue;
            const int64_t accepted = items->items[k].accepted.w;
            const int64_t kept = export_w > 0 ? accepted : -accepted;
            on->accepted_w[interval * on->row->member_count + i] = kept;
            if (kept != export_w) on->is_cut = true;
        }
    }
}

static gw_status save_check(const checking *on, int64_t interval, const gw_check *check,
                            gw_fault *reterr) {
    const gw_exchange_check_row row = {.run = on->row->run,
                                       .interval = interval,
                                       .check_id = &check->row.check_id,
                                       .verdict = check->row.verdict,
                                       .digest = gw_word_is_zero(check->row.digest)
                                                     ? (gw_bytes){0}
                                                     : gw_word_slice(&check->row.digest)};
    return gw_exchange_save_check(on->unit->tx, on->unit->arena, on->row->exchange_id, &row,
                                  reterr);
}

/* ---- all intervals */

static gw_status load_all(checking *on, gw_fault *reterr) {
    gw_exchange_share_list shares;
    const gw_flow_unit *unit = on->unit;
    GW_TRY(gw_exchange_load_shares(unit->tx, unit->arena, on->row->exchange_id, &shares, reterr));
    GW_TRY(gw_exchange_play_restore(unit->arena, on->row, &shares, &on->play, reterr));
    return GW_ARENA_NEW(unit->arena, int64_t, on->play.count, &on->accepted_w, reterr);
}

/* Every interval is looked at first, so that nothing is held for a result that will change. */
static gw_status look_at_all(checking *on, gw_fault *reterr) {
    for (int64_t t = 0; t < on->row->interval_count; t++) {
        gw_check check;
        GW_TRY(ask(on, t, GW_CHECK_DRY_RUN, &check, reterr));
        keep_accepted(on, t, &check.items);
        if (on->is_cut && check.items.count > 0) GW_TRY(save_check(on, t, &check, reterr));
    }
    return gw_ok();
}

/* Holds the headroom and hands the checks to the nodes. */
static gw_status reserve_all(checking *on, gw_fault *reterr) {
    for (int64_t t = 0; t < on->row->interval_count; t++) {
        gw_check check;
        GW_TRY(ask(on, t, GW_CHECK_RESERVE, &check, reterr));
        keep_accepted(on, t, &check.items);
        if (check.items.count > 0) GW_TRY(save_check(on, t, &check, reterr));
    }
    if (!on->is_cut) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_NO_DATA, "check", "the state of the grid has moved");
}

static gw_status check_all(gw_db *tx, void *context, gw_fault *reterr) {
    checking *on = context;
    (void)tx; /* the unit's */
    GW_TRY(look_at_all(on, reterr));
    return on->is_cut ? gw_ok() : reserve_all(on, reterr);
}

/* ---- what follows */

static gw_status add_cut(checking *on, int64_t interval, int64_t member, gw_fault *reterr) {
    const int64_t export_w = export_of(on, interval, member);
    const int64_t accepted = on->accepted_w[interval * on->row->member_count + member];
    if (accepted == export_w) return gw_ok();
    const int64_t least = gw_exchange_play_least_w(&on->play, (uint32_t)interval, (uint32_t)member);
    const int64_t most = gw_exchange_play_most_w(&on->play, (uint32_t)interval, (uint32_t)member);
    gw_exchange_cut_row *cut = &on->row->cuts[on->row->cut_count++];
    *cut = (gw_exchange_cut_row){.run = on->row->run + 1,
                                 .interval = interval,
                                 .member = member,
                                 .least = {export_w < 0 ? accepted : least},
                                 .most = {export_w > 0 ? accepted : most}};
    return gw_exchange_save_cut(on->unit->tx, on->unit->arena, on->row->exchange_id, cut, reterr);
}

/* The row's cuts and room for one of every share. */
static gw_status make_room(checking *on, gw_fault *reterr) {
    gw_exchange_cut_row *cuts = NULL;
    GW_TRY(GW_ARENA_NEW(on->unit->arena, gw_exchange_cut_row,
                        (size_t)on->row->cut_count + on->play.count, &cuts, reterr));
    for (int i = 0; i < on->row->cut_count; i++) cuts[i] = on->row->cuts[i];
    on->row->cuts = cuts;
    return gw_ok();
}

static gw_status cut_and_go_on(checking *on, gw_fault *reterr) {
    if (on->row->run >= GW_EXCHANGE_CUTS_MOST)
        return gw_exchange_round_fail(on->unit, on->row,
                                      GW_TEXT("the grid check cut it again and again"), reterr);
    GW_TRY(make_room(on, reterr));
    for (int64_t t = 0; t < on->row->interval_count; t++)
        for (int64_t i = 0; i < on->row->member_count; i++) GW_TRY(add_cut(on, t, i, reterr));
    return gw_exchange_round_cut(on->unit, on->row, &on->play, reterr);
}

static gw_status give_up(const checking *on, const gw_fault *fault, gw_fault *reterr) {
    gw_text reason;
    GW_TRY(gw_text_copy(on->unit->arena, gw_text_from_c(fault->message), &reason, reterr));
    return gw_exchange_round_fail(on->unit, on->row, reason, reterr);
}

gw_status gw_exchange_check(const gw_flow_unit *unit, gw_exchange_row *row, gw_fault *reterr) {
    checking on = {.unit = unit, .row = row};
    gw_fault fault = {0};
    GW_TRY(load_all(&on, reterr));
    const gw_status status = gw_db_attempt(unit->tx, check_all, &on, &fault);
    const bool may_work_later =
        gw_code_is_retryable(status.code) && gw_instant_before(unit->now, row->start_at);
    if (may_work_later && reterr != NULL) *reterr = fault;
    if (may_work_later) return status;
    if (!gw_is_ok(status)) return give_up(&on, &fault, reterr);
    if (on.is_cut) return cut_and_go_on(&on, reterr);
    return gw_exchange_round_end(unit, row, &on.play, row->reason, reterr);
}
