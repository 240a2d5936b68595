/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange.h"

#include "server/flow/exchange_check.h"
#include "server/flow/exchange_round.h"
#include "server/log.h"
#include "server/metrics.h"

#include <stdio.h>
#include <string.h>

enum {
    WAITING_AT_ONCE = 500,
    LIST_ARENA_BYTES = 16 * 1024 * 1024,
    EXCHANGE_ARENA_BYTES = 64 * 1024 * 1024
};

/* ---- one answer */

typedef struct take_call {
    const gw_exchange_taking *taking;
    gw_exchange_verdict *ret;
} take_call;

static int find_member(const gw_exchange_row *row, gw_text party) {
    for (int i = 0; i < row->member_count; i++)
        if (gw_text_equal(row->members[i].party, party)) return i;
    return -1;
}

/* The targets of one member out of a ROUND message; NULL when there is none. */
static gw_status pick_targets(const gw_flow_unit *unit, const gw_exchange_row *row,
                              const gw_exchange_message_list *rounds, int member,
                              const int64_t **ret, gw_fault *reterr) {
    int64_t *targets = NULL;
    const size_t members = (size_t)row->member_count;
    const size_t wanted = 1 + members * (size_t)row->interval_count;
    if (rounds->count == 0 || rounds->items[0].power_count != wanted) return gw_ok();
    GW_TRY(GW_ARENA_NEW(unit->arena, int64_t, (size_t)row->interval_count, &targets, reterr));
    for (size_t t = 0; t < (size_t)row->interval_count; t++)
        targets[t] = rounds->items[0].powers[1 + t * members + (size_t)member];
    *ret = targets;
    return gw_ok();
}

static const int64_t *find_answer(const gw_exchange_message_list *answers, int member) {
    for (int i = 0; i < answers->count; i++)
        if (answers->items[i].member == member) return answers->items[i].powers;
    return NULL;
}

/* What the member was asked and answered in the round before, if the penalty was the same. */
static gw_status fill_last(const gw_flow_unit *unit, const gw_exchange_row *row, int member,
                           gw_exchange_round *round, gw_fault *reterr) {
    gw_exchange_message_list now;
    gw_exchange_message_list before;
    gw_exchange_message_list answers;
    gw_exchange_message_filter filter = {row->exchange_id, row->counter, "ROUND"};
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &now, reterr));
    GW_TRY(pick_targets(unit, row, &now, member, &round->targets, reterr));
    filter.counter--;
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &before, reterr));
    if (now.count == 0 || before.count == 0 || row->iteration == 1) return gw_ok();
    if (now.items[0].powers[0] != before.items[0].powers[0]) return gw_ok();
    GW_TRY(pick_targets(unit, row, &before, member, &round->last_targets, reterr));
    filter.kind = "ANSWER";
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &answers, reterr));
    round->last_answers = find_answer(&answers, member);
    return gw_ok();
}

static gw_status judge(const gw_flow_unit *unit, const gw_exchange_row *row,
                       const gw_exchange_message *message, const gw_exchange_message_list *answers,
                       gw_exchange_verdict *ret, gw_fault *reterr) {
    const int member = (int)message->member;
    *ret = GW_EXCHANGE_VERDICT_NO_MEMBER;
    if (member < 0) return gw_ok();
    gw_exchange_round round = {.is_open = gw_text_is(row->state, "OPEN"),
                               .iteration = row->iteration,
                               .counter = row->counter,
                               .interval_count = (uint32_t)row->interval_count,
                               .least = row->members[member].least.w * 1000,
                               .most = row->members[member].most.w * 1000,
                               .answered = find_answer(answers, member)};
    const gw_exchange_answer answer = {message->iteration, message->counter, message->powers,
                                       (uint32_t)message->power_count};
    GW_TRY(fill_last(unit, row, member, &round, reterr));
    *ret = gw_exchange_judge(&round, &answer);
    return gw_ok();
}

/* Refused answers are logged up to a limit: nobody may fill the database. */
static gw_status log_answer(const gw_flow_unit *unit, gw_uuid exchange_id,
                            const gw_exchange_message *message, gw_fault *reterr) {
    if (!gw_text_is(message->verdict, "accepted")) {
        gw_exchange_message_counts counts;
        GW_TRY(gw_exchange_count_messages(unit->tx, unit->arena, exchange_id, &counts, reterr));
        if (counts.answers - counts.accepted >= GW_EXCHANGE_TRIED_MOST) return gw_ok();
    }
    return gw_exchange_append(unit->tx, unit->arena, exchange_id, message, reterr);
}

static gw_status drop_waiting(const gw_flow_unit *unit, const gw_exchange_taking *taking,
                              gw_fault *reterr) {
    if (taking->inbox_id == 0) return gw_ok();
    return gw_exchange_drop_waiting(unit->tx, unit->arena, taking->inbox_id, reterr);
}

static gw_exchange_message message_of(const gw_flow_unit *unit, const gw_exchange_row *row,
                                      const gw_exchange_taking *taking) {
    return (gw_exchange_message){.kind = GW_TEXT("ANSWER"),
                                 .run = row->run,
                                 .iteration = taking->answer.iteration,
                                 .counter = taking->answer.counter,
                                 .member = find_member(row, taking->party),
                                 .transport = gw_text_from_c(taking->transport),
                                 .powers = taking->answer.powers,
                                 .power_count = taking->answer.count,
                                 .received_at = unit->now};
}

static gw_status take(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const take_call *call = (const take_call *)context;
    const gw_exchange_taking *taking = call->taking;
    gw_exchange_row row;
    gw_exchange_message_list answers;
    GW_TRY(gw_exchange_lock(unit->tx, unit->arena, taking->exchange_id, &row, reterr));
    const gw_exchange_message_filter filter = {row.exchange_id, row.counter, "ANSWER"};
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &answers, reterr));
    gw_exchange_message message = message_of(unit, &row, taking);
    GW_TRY(judge(unit, &row, &message, &answers, call->ret, reterr));
    message.verdict = gw_text_from_c(gw_exchange_verdict_word(*call->ret));
    GW_TRY(log_answer(unit, row.exchange_id, &message, reterr));
    GW_TRY(drop_waiting(unit, taking, reterr));
    if (*call->ret != GW_EXCHANGE_VERDICT_ACCEPTED) return gw_ok();
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &answers, reterr));
    return gw_exchange_round_close(unit, &row, &answers, reterr);
}

gw_status gw_exchange_take(const gw_flow *flow, gw_arena *arena, const gw_exchange_taking *taking,
                           gw_exchange_verdict *ret, gw_fault *reterr) {
    gw_exchange_verdict verdict = GW_EXCHANGE_VERDICT_NO_MEMBER;
    take_call call = {taking, &verdict};
    const gw_flow_job job = {take, &call, taking->now, GW_CRASH_EXCHANGE_BEFORE_COMMIT,
                             GW_CRASH_EXCHANGE_AFTER_COMMIT};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    gw_metric_add(GW_METRIC_EXCHANGE_ANSWERS, gw_exchange_verdict_word(verdict), 1);
    *ret = verdict;
    return gw_ok();
}

/* ---- giving up */

typedef struct id_call {
    gw_uuid id;
    gw_exchange_row *ret;
} id_call;

static gw_status cancel(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const id_call *call = (const id_call *)context;
    gw_exchange_row row;
    GW_TRY(gw_exchange_lock(unit->tx, unit->arena, call->id, &row, reterr));
    if (gw_text_is(row.state, "CANCELLED")) {
        *call->ret = row;
        return gw_ok();
    }
    if (!gw_text_is(row.state, "OPEN"))
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "exchange",
                            "an exchange in %.*s cannot be cancelled", GW_TEXT_ARGS(row.state));
    row.state = GW_TEXT("CANCELLED");
    row.reason = GW_TEXT("the operator gave it up");
    row.ended_at = unit->now;
    GW_TRY(gw_exchange_save_move(unit->tx, unit->arena, &row, reterr));
    gw_metric_add(GW_METRIC_EXCHANGE_ENDS, "cancelled", 1);
    *call->ret = row;
    return gw_exchange_round_tell(unit, &row, "exchange.ended", reterr);
}

gw_status gw_exchange_cancel(const gw_flow *flow, gw_arena *arena, gw_uuid exchange_id,
                             gw_instant now, gw_exchange_row *ret, gw_fault *reterr) {
    id_call call = {exchange_id, ret};
    const gw_flow_job job = {cancel, &call, now, GW_CRASH_EXCHANGE_BEFORE_COMMIT,
                             GW_CRASH_EXCHANGE_AFTER_COMMIT};
    return gw_flow_transact(flow, arena, &job, reterr);
}

/* ---- the worker */

static bool is_over(const gw_exchange_row *row, gw_instant now) {
    return !gw_instant_before(now, row->answer_by) || !gw_instant_before(now, row->deadline_at);
}

/* After 1, 2, 4, ... seconds: a member that was away for a moment is not lost, and one that stays
 * away is not flooded. */
static bool wants_reminder(const gw_exchange_row *row, gw_instant now) {
    const int64_t gone = gw_instant_since(now, row->round_at).us;
    return row->reminders < GW_EXCHANGE_REMINDERS_MOST &&
           gone >= gw_span_seconds(INT64_C(1) << row->reminders).us;
}

static gw_status care_open(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const id_call *call = (const id_call *)context;
    gw_exchange_row row;
    GW_TRY(gw_exchange_lock(unit->tx, unit->arena, call->id, &row, reterr));
    if (!gw_text_is(row.state, "OPEN")) return gw_ok();
    if (is_over(&row, unit->now)) return gw_exchange_round_give_up(unit, &row, reterr);
    if (wants_reminder(&row, unit->now)) return gw_exchange_round_remind(unit, &row, reterr);
    return gw_ok();
}

static gw_status care_checking(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const id_call *call = (const id_call *)context;
    gw_exchange_row row;
    GW_TRY(gw_exchange_lock(unit->tx, unit->arena, call->id, &row, reterr));
    if (!gw_text_is(row.state, "CHECKING")) return gw_ok();
    return gw_exchange_check(unit, &row, reterr);
}

static gw_status care_for(const gw_flow *flow, const gw_exchange_row *live, gw_instant now,
                          gw_fault *reterr) {
    const bool checks = gw_text_is(live->state, "CHECKING");
    if (!checks && !is_over(live, now) && !wants_reminder(live, now)) return gw_ok();
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    id_call call = {live->exchange_id, NULL};
    const gw_flow_job job = {checks ? care_checking : care_open, &call, now,
                             GW_CRASH_EXCHANGE_BEFORE_COMMIT, GW_CRASH_EXCHANGE_AFTER_COMMIT};
    return gw_flow_transact(flow, arena, &job, reterr);
}

static gw_status drop_stray(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const gw_exchange_taking *taking = (const gw_exchange_taking *)context;
    return drop_waiting(unit, taking, reterr);
}

static gw_status take_waiting(const gw_flow *flow, const gw_exchange_waiting *waiting,
                              gw_instant now, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(EXCHANGE_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_exchange_taking taking = {.exchange_id = waiting->exchange_id,
                                 .party = waiting->member,
                                 .transport = "MQTT",
                                 .answer = {waiting->iteration, waiting->counter, waiting->powers,
                                            (uint32_t)waiting->power_count},
                                 .inbox_id = waiting->inbox_id,
                                 .now = now};
    gw_exchange_verdict verdict;
    const gw_status status = gw_exchange_take(flow, arena, &taking, &verdict, reterr);
    if (status.code != GW_CODE_NOT_FOUND) return status;
    gw_log(GW_LEVEL_WARNING, "exchange.stray", "exchange", "%.*s answers an exchange that is not",
           GW_TEXT_ARGS(waiting->member));
    const gw_flow_job job = {drop_stray, &taking, now, GW_CRASH_EXCHANGE_BEFORE_COMMIT,
                             GW_CRASH_EXCHANGE_AFTER_COMMIT};
    return gw_flow_transact(flow, arena, &job, reterr);
}

static void tell_failure(gw_uuid exchange_id, gw_status status, const gw_fault *fault) {
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(exchange_id, id);
    /* what may work later is tried again every few milliseconds */
    const gw_level level = gw_code_is_retryable(status.code) ? GW_LEVEL_DEBUG : GW_LEVEL_WARNING;
    if (!gw_is_ok(status)) gw_log_fault(level, "exchange.failed", gw_text_from_c(id), fault);
}

gw_status gw_exchange_look_after(const gw_flow *flow, gw_instant now, gw_exchange_care *ret,
                                 gw_fault *reterr) {
    gw_exchange_waiting_list waiting;
    gw_exchange_list live;
    gw_exchange_care care = {0};
    GW_AUTO_ARENA arena = gw_arena_open(LIST_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(gw_exchange_load_waiting(flow->db, arena, WAITING_AT_ONCE, &waiting, reterr));
    for (int i = 0; i < waiting.count; i++) {
        gw_fault fault = {0};
        const gw_status status = take_waiting(flow, &waiting.items[i], now, &fault);
        tell_failure(waiting.items[i].exchange_id, status, &fault);
    }
    GW_TRY(gw_exchange_load_live(flow->db, arena, &live, reterr));
    for (int i = 0; i < live.count; i++) {
        gw_fault fault = {0};
        const gw_status status = care_for(flow, &live.items[i], now, &fault);
        tell_failure(live.items[i].exchange_id, status, &fault);
        care.counters += live.items[i].counter;
    }
    care.live = live.count;
    *ret = care;
    return gw_ok();
}
