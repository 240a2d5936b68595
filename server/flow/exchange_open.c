/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange_round.h"
#include "server/flow/injection.h"
#include "server/flow/network.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct create_call {
    const gw_exchange_wish *wish;
    gw_exchange_row *ret;
} create_call;

static int by_party(const void *left, const void *right) {
    const gw_exchange_member_row *one = left;
    const gw_exchange_member_row *other = right;
    return gw_text_compare(one->party, other->party);
}

static int by_ends(const void *left, const void *right) {
    const gw_exchange_tie_row *one = left;
    const gw_exchange_tie_row *other = right;
    if (one->from_member != other->from_member)
        return one->from_member < other->from_member ? -1 : 1;
    if (one->to_member != other->to_member) return one->to_member < other->to_member ? -1 : 1;
    return 0;
}

/* ---- members and ties in the order of their names */

static gw_status sort_members(const gw_exchange_wish *wish, gw_exchange_row *row,
                              gw_fault *reterr) {
    row->members = wish->members;
    row->member_count = (int)wish->member_count;
    if (wish->member_count < 2)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/members",
                            "an exchange needs at least two members");
    qsort(row->members, wish->member_count, sizeof row->members[0], by_party);
    for (size_t i = 1; i < wish->member_count; i++)
        if (gw_text_equal(row->members[i - 1].party, row->members[i].party))
            return gw_fail_with(reterr, GW_CODE_INVALID, "/members", "\"%.*s\" is a member twice",
                                GW_TEXT_ARGS(row->members[i].party));
    return gw_ok();
}

static gw_status find_end(const gw_exchange_row *row, gw_text party, size_t tie, int64_t *ret,
                          gw_fault *reterr) {
    char subject[32];
    for (int i = 0; i < row->member_count; i++) {
        if (!gw_text_equal(row->members[i].party, party)) continue;
        *ret = i;
        return gw_ok();
    }
    (void)snprintf(subject, sizeof subject, "/ties/%zu", tie);
    return gw_fail_with(reterr, GW_CODE_INVALID, subject, "\"%.*s\" is no member",
                        GW_TEXT_ARGS(party));
}

static gw_status sort_ties(const gw_flow_unit *unit, const gw_exchange_wish *wish,
                           gw_exchange_row *row, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_exchange_tie_row, wish->tie_count, &row->ties, reterr));
    row->tie_count = (int)wish->tie_count;
    for (size_t i = 0; i < wish->tie_count; i++) {
        row->ties[i].limit = wish->ties[i].limit;
        GW_TRY(find_end(row, wish->ties[i].from, i, &row->ties[i].from_member, reterr));
        GW_TRY(find_end(row, wish->ties[i].to, i, &row->ties[i].to_member, reterr));
    }
    if (wish->tie_count > 1) qsort(row->ties, wish->tie_count, sizeof row->ties[0], by_ends);
    return gw_ok();
}

/* ---- checks that the rule cannot make */

static gw_status check_times(const gw_exchange_wish *wish, gw_instant now, gw_fault *reterr) {
    if (!gw_instant_before(now, wish->deadline_at))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/deadline_at", "the deadline is over");
    if (gw_instant_before(wish->start_at, wish->deadline_at))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/deadline_at",
                            "the deadline is after the start of the exchange");
    return gw_ok();
}

/* Where a member is in the network, and that it is its own place. */
static gw_status check_point(const gw_network *network, const gw_exchange_member_row *member,
                             gw_fault *reterr) {
    uint32_t point = 0;
    if (member->point.length == 0)
        return gw_fail_with(reterr, GW_CODE_INCOMPLETE, "/members",
                            "\"%.*s\" has no connection point in the network",
                            GW_TEXT_ARGS(member->party));
    GW_TRY(gw_network_find_point(network, member->point, &point, reterr));
    const gw_text party = network->links[point].party;
    if (party.length == 0 || gw_text_equal(party, member->party)) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "/members",
                        "the connection point \"%.*s\" is not one of \"%.*s\"",
                        GW_TEXT_ARGS(member->point), GW_TEXT_ARGS(member->party));
}

/* The grid check takes whole intervals of the network's meters only. */
static gw_status check_intervals(const gw_flow_unit *unit, const gw_exchange_wish *wish,
                                 const gw_network *network, gw_fault *reterr) {
    gw_injection_meters meters;
    GW_TRY(gw_injection_meters_load(unit->tx, unit->arena, network, unit->now, &meters, reterr));
    const gw_period first = gw_injection_interval(&meters, wish->start_at);
    const gw_instant end = gw_instant_plus(wish->start_at, gw_span_seconds(wish->interval_s));
    if (first.from.us == wish->start_at.us && first.to.us == end.us) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "/interval_s",
                        "the first interval is none of the meters of the network");
}

static gw_status check_points(const gw_flow_unit *unit, const gw_exchange_wish *wish,
                              gw_fault *reterr) {
    gw_network network;
    if (wish->network.length == 0) return gw_ok();
    GW_TRY(gw_network_load(unit->tx, unit->arena, wish->network, &network, reterr));
    GW_TRY(check_intervals(unit, wish, &network, reterr));
    for (size_t i = 0; i < wish->member_count; i++)
        GW_TRY(check_point(&network, &wish->members[i], reterr));
    return gw_ok();
}

/* The start has to be an ended exchange of the same members and as many intervals. */
static gw_status load_warm(const gw_flow_unit *unit, const gw_exchange_row *row,
                           gw_exchange_share_list *ret, gw_fault *reterr) {
    gw_exchange_row other;
    if (row->warm_from == NULL) return gw_ok();
    GW_TRY(gw_exchange_load(unit->tx, unit->arena, *row->warm_from, &other, reterr));
    bool fits = other.member_count == row->member_count &&
                other.interval_count == row->interval_count && other.result_hash.length > 0;
    for (int i = 0; fits && i < row->member_count; i++)
        fits = gw_text_equal(row->members[i].party, other.members[i].party);
    if (!fits)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/warm_from",
                            "it is no ended exchange of the same members and intervals");
    return gw_exchange_load_shares(unit->tx, unit->arena, *row->warm_from, ret, reterr);
}

static gw_exchange_row row_of(const gw_flow_unit *unit, const gw_exchange_wish *wish) {
    char label[320];
    const int length = snprintf(label, sizeof label, "exchange/%.*s", GW_TEXT_ARGS(wish->key));
    const size_t used = length < 0 ? 0 : (size_t)length;
    const gw_text text = {label, used < sizeof label ? used : sizeof label - 1};
    return (gw_exchange_row){.exchange_id = gw_random_uuid(unit->flow->random, text, unit->now),
                             .state = GW_TEXT("OPEN"),
                             .form = wish->form,
                             .balancing = wish->balancing,
                             .network = wish->network,
                             .start_at = wish->start_at,
                             .interval_s = wish->interval_s,
                             .interval_count = wish->interval_count,
                             .penalty = wish->penalty,
                             .stop_milliwatt = wish->stop_milliwatt,
                             .answer_s = wish->answer_s,
                             .deadline_at = wish->deadline_at,
                             .warm_from = wish->warm_from,
                             .created_at = unit->now,
                             .round_at = unit->now,
                             .answer_by = wish->deadline_at};
}

static gw_status create(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const create_call *call = (const create_call *)context;
    gw_exchange_share_list shares = {0};
    gw_exchange_play play;
    gw_exchange_row row = row_of(unit, call->wish);
    GW_TRY(check_times(call->wish, unit->now, reterr));
    GW_TRY(check_points(unit, call->wish, reterr));
    GW_TRY(sort_members(call->wish, &row, reterr));
    GW_TRY(sort_ties(unit, call->wish, &row, reterr));
    GW_TRY(load_warm(unit, &row, &shares, reterr));
    GW_TRY(gw_exchange_play_begin(unit->arena, &row, row.warm_from == NULL ? NULL : &shares, &play,
                                  reterr));
    GW_TRY(gw_exchange_play_bytes(&play, &row.stored, reterr));
    GW_TRY(gw_exchange_save(unit->tx, unit->arena, &row, reterr));
    GW_TRY(gw_exchange_round_open(unit, &row, &play, reterr));
    GW_TRY(gw_exchange_round_tell(unit, &row, "exchange.opened", reterr));
    *call->ret = row;
    return gw_ok();
}

gw_status gw_exchange_create(const gw_flow *flow, gw_arena *arena, const gw_exchange_wish *wish,
                             gw_instant now, gw_exchange_row *ret, gw_fault *reterr) {
    create_call call = {wish, ret};
    const gw_flow_job job = {create, &call, now, GW_CRASH_EXCHANGE_BEFORE_COMMIT,
                             GW_CRASH_EXCHANGE_AFTER_COMMIT};
    return gw_flow_transact(flow, arena, &job, reterr);
}
