/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/check.h"

#include "oracle/keccak.h"
#include "server/db/event_log.h"
#include "server/flow/check_case.h"

#include <stdio.h>

enum { NETWORK_HASH_FIRST = 4 };

/* ---- who asks what ---- */

/* The same caller, key and body: the same check, also after the kept answer was lost. */
static gw_word hash_of(const gw_check_wish *wish) {
    gw_keccak keccak;
    const gw_text parts[] = {wish->party, wish->token_id, wish->key};
    gw_keccak_init(&keccak);
    for (size_t at = 0; at < sizeof parts / sizeof *parts; at++) {
        gw_keccak_add(&keccak, (gw_bytes){(const uint8_t *)parts[at].at, parts[at].length});
        gw_keccak_add(&keccak, (gw_bytes){(const uint8_t *)"", 1}); /* a NUL between them */
    }
    gw_keccak_add(&keccak, wish->raw);
    return gw_keccak_end(&keccak);
}

static gw_uuid new_id(const gw_flow_unit *unit, gw_word hash) {
    char text[GW_WORD_TEXT_SIZE];
    char label[GW_WORD_TEXT_SIZE + 8];
    gw_word_print(hash, text);
    (void)snprintf(label, sizeof label, "check/%s", text);
    return gw_random_uuid(unit->flow->random, gw_text_from_c(label), unit->now);
}

static const char *const quantile_lists[] = {"",    "p5",     "p50",     "p5 p50",
                                             "p95", "p5 p95", "p50 p95", "p5 p50 p95"};

static gw_check_row row_of(const gw_flow_unit *unit, const gw_check_wish *wish, gw_word hash) {
    const gw_instant end = gw_instant_plus(unit->now, gw_span_seconds(wish->terms->hold_s));
    const gw_instant last = wish->interval.to;
    return (gw_check_row){.check_id = new_id(unit, hash),
                          .network_id = wish->network_id,
                          .interval = wish->interval,
                          .mode = wish->mode == GW_CHECK_RESERVE ? GW_TEXT("reserve")
                                                                 : GW_TEXT("dry_run"),
                          .policy = gw_text_from_c(gw_flow_rule_name(wish->rule)),
                          .party = wish->party,
                          .token_id = wish->token_id,
                          .request_hash = hash,
                          .quantiles = gw_text_from_c(quantile_lists[wish->quantiles & 7U]),
                          .margin_ppm = wish->terms->margin_ppm,
                          .hold_until = gw_instant_before(end, last) ? end : last,
                          .created_at = unit->now};
}

/* One lock per network and interval; two that share one only wait for each other. */
static gw_status lock_interval(const gw_flow_unit *unit, const gw_check_wish *wish,
                               gw_fault *reterr) {
    char name[128];
    int32_t key = 0;
    const int length = snprintf(name, sizeof name, "%.*s/%lld", GW_TEXT_ARGS(wish->network_id),
                                (long long)wish->interval.from.us);
    const gw_word hash = gw_keccak256((gw_bytes){(const uint8_t *)name, (size_t)length});
    for (int at = 0; at < NETWORK_HASH_FIRST; at++)
        key = (int32_t)((uint32_t)key << 8 | hash.bytes[at]);
    return gw_db_lock(unit->tx, GW_LOCK_CHECK, key, reterr);
}

/* ---- limits of a party ---- */

static gw_status refuse_much(gw_fault *reterr, gw_status status) {
    return gw_hint(reterr, status, "Release what is not needed, or wait until it expires.");
}

static gw_status check_party(const gw_check_case *it, gw_fault *reterr) {
    const gw_check_terms *terms = it->wish->terms;
    const gw_check_when when = {.network_id = it->wish->network_id,
                                .starts_at = it->wish->interval.from,
                                .now = it->unit->now,
                                .party = it->wish->party};
    gw_check_total total;
    if (it->wish->party.length == 0 || it->wish->mode != GW_CHECK_RESERVE) return gw_ok();
    GW_TRY(gw_check_load_total(it->unit->tx, it->unit->arena, &when, &total, reterr));
    if (total.checks >= terms->open_most)
        return refuse_much(reterr,
                           gw_fail_with(reterr, GW_CODE_RATE_LIMITED, "party",
                                        "the party holds something in %lld checks of this interval",
                                        (long long)total.checks));
    const int64_t rating_va = gw_flow_check_rating_va(&it->network.net);
    const int64_t most_w = rating_va / 100 * terms->share_pct;
    for (size_t at = 0; at < it->wish->item_count; at++)
        if (it->items[at].effect == GW_FLOW_ITEM_INCREMENTAL)
            total.accepted.w += it->result.items[at].accepted.w;
    if (most_w > 0 && total.accepted.w > most_w)
        return refuse_much(reterr, gw_fail_with(reterr, GW_CODE_RATE_LIMITED, "party",
                                                "the party would hold %lld W, its share is %lld W",
                                                (long long)total.accepted.w, (long long)most_w));
    return gw_ok();
}

/* ---- making one ---- */

static gw_status index_points(gw_check_case *it, gw_fault *reterr) {
    const gw_net *net = &it->network.net;
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(it->unit->arena, gw_net_name, net->point_count, &names, reterr));
    for (size_t at = 0; at < net->point_count; at++)
        names[at] = (gw_net_name){net->points[at].id, (uint32_t)at};
    return gw_net_index_build(names, net->point_count, "points", &it->index, reterr);
}

/* A point that is dark gets a code of its own. */
static gw_status explain(gw_status status, gw_fault *reterr) {
    if (status.code != GW_CODE_WRONG_STATE || reterr == NULL) return status;
    gw_fault dark = *reterr;
    return gw_fail_with(reterr, GW_CODE_NOT_ENERGISED, dark.subject, "%s", dark.message);
}

static gw_status calculate(gw_check_case *it, gw_fault *reterr) {
    const gw_check_wish *wish = it->wish;
    it->question.net = &it->network.net;
    it->question.items = it->items;
    it->question.item_count = wish->item_count;
    it->question.rule = wish->rule;
    it->question.margin_ppm = wish->terms->margin_ppm;
    it->question.duration.us = wish->interval.to.us - wish->interval.from.us;
    it->question.tariff = wish->terms->tariff;
    return explain(gw_flow_check(it->unit->arena, &it->question, &it->result, reterr), reterr);
}

/* The last quarter of the hold is for signatures that are on their way. */
static gw_instant sign_by(const gw_check_row *row) {
    const int64_t held_us = row->hold_until.us - row->created_at.us;
    return (gw_instant){row->created_at.us + held_us / 4 * 3};
}

static gw_status propose(const gw_check_case *it, gw_fault *reterr) {
    gw_uuid task;
    const gw_flow_check_verdict verdict = it->result.verdict;
    const gw_clearance_case what = {.check_id = it->row.check_id,
                                    .interval = it->row.interval,
                                    .sign_by = sign_by(&it->row),
                                    .expires_at = it->row.interval.to,
                                    .network = &it->network,
                                    .question = &it->question,
                                    .result = &it->result,
                                    .sides = it->sides,
                                    .held_w = it->held_w};
    const bool has_much = verdict == GW_FLOW_CHECK_OK || verdict == GW_FLOW_CHECK_CURTAILED;
    if (it->wish->mode != GW_CHECK_RESERVE || !has_much) return gw_ok();
    if (it->unit->flow->settings.node_count == 0) return gw_ok(); /* nobody to sign it */
    return gw_clearance_propose(it->unit, &what, &task, reterr);
}

static gw_status make(gw_check_case *it, gw_fault *reterr) {
    const gw_flow_unit *unit = it->unit;
    if (it->wish->mode == GW_CHECK_RESERVE && !gw_instant_before(unit->now, it->row.interval.from))
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "/starts_at",
                            "the interval has begun: nothing in it can be held");
    GW_TRY(gw_network_load(unit->tx, unit->arena, it->wish->network_id, &it->network, reterr));
    GW_TRY(index_points(it, reterr));
    GW_TRY(gw_check_items_resolve(it, reterr));
    GW_TRY(gw_check_bases_make(it, reterr));
    GW_TRY(gw_check_weights_fill(it, reterr));
    GW_TRY(calculate(it, reterr));
    GW_TRY(check_party(it, reterr));
    GW_TRY(gw_check_answer_save(it, reterr));
    return propose(it, reterr);
}

typedef struct make_work {
    const gw_flow *flow;
    gw_arena *arena;
    const gw_check_wish *wish;
    gw_instant now;
    gw_uuid ret_id;
} make_work;

static gw_status do_make(gw_db *tx, void *context, gw_fault *reterr) {
    make_work *work = context;
    const gw_flow_unit unit = {work->flow, tx, work->arena, work->now};
    gw_check_case it = {.unit = &unit, .wish = work->wish};
    gw_check_row same;
    const gw_word hash = hash_of(work->wish);
    GW_TRY(lock_interval(&unit, work->wish, reterr));
    const gw_status found = gw_check_load_same(tx, work->arena, &hash, &same, NULL);
    if (gw_is_ok(found)) {
        work->ret_id = same.check_id;
        return gw_ok();
    }
    if (found.code != GW_CODE_NOT_FOUND)
        return gw_check_load_same(tx, work->arena, &hash, &same, reterr);
    it.row = row_of(&unit, work->wish, hash);
    GW_TRY(make(&it, reterr));
    work->ret_id = it.row.check_id;
    return gw_ok();
}

gw_status gw_check_make(const gw_flow *flow, gw_arena *arena, const gw_check_wish *wish,
                        gw_instant now, gw_check *ret, gw_fault *reterr) {
    make_work work = {flow, arena, wish, now, {{0}}};
    GW_TRY(gw_db_transact(flow->db, GW_ISOLATION_READ_COMMITTED, do_make, &work, reterr));
    const gw_check_call call = {work.ret_id, wish->party, now};
    return gw_check_open(flow->db, arena, &call, ret, reterr);
}

/* ---- reading and giving back ---- */

gw_status gw_check_open(gw_db *db, gw_arena *arena, const gw_check_call *call, gw_check *ret,
                        gw_fault *reterr) {
    gw_check made;
    GW_TRY(gw_check_load(db, arena, call->check_id, &made.row, reterr));
    GW_TRY(gw_check_load_items(db, arena, call->check_id, call->party, &made.items, reterr));
    const bool is_own = call->party.length == 0 || gw_text_equal(call->party, made.row.party);
    if (!is_own && made.items.count == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "check", "there is no such check");
    *ret = made;
    return gw_ok();
}

typedef struct release_work {
    gw_arena *arena;
    const gw_check_call *call;
} release_work;

static gw_status do_release(gw_db *tx, void *context, gw_fault *reterr) {
    const release_work *work = context;
    const gw_check_call *call = work->call;
    char id[GW_UUID_TEXT_SIZE];
    gw_check_row row;
    GW_TRY(gw_check_load(tx, work->arena, call->check_id, &row, reterr));
    if (call->party.length > 0 && !gw_text_equal(call->party, row.party))
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "check", "there is no such check");
    if (row.released_at.us != 0) return gw_ok();
    GW_TRY(gw_check_save_release(tx, work->arena, call->check_id, call->now, reterr));
    gw_uuid_print(call->check_id, id);
    const gw_event_entry entry = {.at = call->now,
                                  .entity = GW_TEXT("check"),
                                  .type = GW_TEXT("check.released"),
                                  .subject = gw_text_from_c(id),
                                  .party = row.party,
                                  .body = GW_TEXT("{}")};
    return gw_event_append(tx, work->arena, &entry, NULL, reterr);
}

gw_status gw_check_release(const gw_flow *flow, gw_arena *arena, const gw_check_call *call,
                           gw_check *ret, gw_fault *reterr) {
    release_work work = {arena, call};
    GW_TRY(gw_db_transact(flow->db, GW_ISOLATION_READ_COMMITTED, do_release, &work, reterr));
    return gw_check_open(flow->db, arena, call, ret, reterr);
}
