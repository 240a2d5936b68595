/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange_round.h"

#include "oracle/keccak.h"
#include "server/db/event_log.h"
#include "server/db/outbox_store.h"
#include "server/feed/exchange.h"
#include "server/http/json.h"
#include "server/metrics.h"
#include "server/mqtt/topic.h"

#include <stdio.h>

/* ---- messages out */

static gw_status promise(const gw_flow_unit *unit, const char *topic, gw_text purpose, gw_text body,
                         gw_fault *reterr) {
    const gw_outbox_row row = {.kind = GW_TEXT("MQTT_PUBLISH"),
                               .purpose = purpose,
                               .topic = gw_text_from_c(topic),
                               .payload = {(const uint8_t *)body.at, body.length},
                               .promised_at = unit->now};
    return gw_outbox_save(unit->tx, unit->arena, &row, reterr);
}

/* Named by the counter and the reminder, so that a call promised twice is one. */
static gw_status call_member(const gw_flow_unit *unit, const gw_exchange_row *row, int member,
                             const gw_exchange_call *call, gw_fault *reterr) {
    char topic[GW_TOPIC_SIZE];
    char id[GW_UUID_TEXT_SIZE];
    gw_text body;
    gw_text named;
    gw_writer purpose;
    const gw_exchange_member_row *who = &row->members[member];
    const gw_topic parts = {
        .kind = GW_TOPIC_EXCHANGE_CALL, .realm = unit->flow->settings.realm, .device = who->party};
    if (!gw_text_is(who->transport, "MQTT")) return gw_ok();
    GW_TRY(gw_topic_print(&parts, topic, reterr));
    GW_TRY(gw_exchange_call_print(unit->arena, call, &body, reterr));
    gw_uuid_print(row->exchange_id, id);
    gw_writer_init(&purpose, unit->arena);
    gw_write_format(&purpose, "exchange/%s/%.*s/%lld/%.*s/%lld", id, GW_TEXT_ARGS(call->state),
                    (long long)row->counter, GW_TEXT_ARGS(who->party), (long long)row->reminders);
    GW_TRY(gw_writer_end_text(&purpose, &named, reterr));
    return promise(unit, topic, named, body, reterr);
}

gw_status gw_exchange_round_tell(const gw_flow_unit *unit, const gw_exchange_row *row,
                                 const char *type, gw_fault *reterr) {
    char topic[GW_TOPIC_SIZE];
    char id[GW_UUID_TEXT_SIZE];
    char purpose[128];
    gw_json json;
    gw_text body;
    int64_t seq = 0;
    const gw_topic parts = {.kind = GW_TOPIC_PUBLIC_EXCHANGE, .realm = unit->flow->settings.realm};
    gw_uuid_print(row->exchange_id, id);
    gw_json_init(&json, unit->arena);
    gw_json_object(&json, NULL);
    gw_json_uuid(&json, "exchange_id", row->exchange_id);
    gw_json_text(&json, "state", row->state);
    gw_json_instant(&json, "start_at", row->start_at);
    gw_json_int64(&json, "interval_s", row->interval_s);
    gw_json_int64(&json, "interval_count", row->interval_count);
    gw_json_close(&json);
    GW_TRY(gw_json_end(&json, &body, reterr));
    const gw_event_entry entry = {.at = unit->now,
                                  .entity = GW_TEXT("exchange"),
                                  .type = gw_text_from_c(type),
                                  .subject = gw_text_from_c(id),
                                  .body = body};
    GW_TRY(gw_event_append(unit->tx, unit->arena, &entry, &seq, reterr));
    GW_TRY(gw_topic_print(&parts, topic, reterr));
    (void)snprintf(purpose, sizeof purpose, "exchange/%s/%s", id, type);
    return promise(unit, topic, gw_text_from_c(purpose), body, reterr);
}

/* ---- opening a round */

static gw_status log_targets(const gw_flow_unit *unit, const gw_exchange_row *row,
                             const gw_exchange_play *play, gw_fault *reterr) {
    int64_t *powers = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, int64_t, play->count + 1, &powers, reterr));
    powers[0] = gw_exchange_progress_get(play->exchange).penalty;
    for (uint32_t t = 0; t < (uint32_t)row->interval_count; t++)
        for (uint32_t i = 0; i < (uint32_t)row->member_count; i++)
            powers[1 + (size_t)t * (size_t)row->member_count + i] =
                gw_exchange_target(play->exchange, t, i);
    const gw_exchange_message message = {.kind = GW_TEXT("ROUND"),
                                         .run = row->run,
                                         .iteration = row->iteration,
                                         .counter = row->counter,
                                         .member = -1,
                                         .powers = powers,
                                         .power_count = play->count + 1,
                                         .received_at = unit->now};
    return gw_exchange_append(unit->tx, unit->arena, row->exchange_id, &message, reterr);
}

static gw_status call_round(const gw_flow_unit *unit, const gw_exchange_row *row,
                            const gw_exchange_play *play, int member, gw_fault *reterr) {
    int64_t targets[GW_EXCHANGE_INTERVALS_MOST];
    for (uint32_t t = 0; t < (uint32_t)row->interval_count; t++)
        targets[t] = gw_exchange_target(play->exchange, t, (uint32_t)member);
    const gw_exchange_call call = {.exchange_id = row->exchange_id,
                                   .state = GW_TEXT("OPEN"),
                                   .run = row->run,
                                   .iteration = row->iteration,
                                   .counter = row->counter,
                                   .penalty = gw_exchange_progress_get(play->exchange).penalty,
                                   .answer_by = row->answer_by,
                                   .targets = targets,
                                   .target_count = (size_t)row->interval_count};
    return call_member(unit, row, member, &call, reterr);
}

gw_status gw_exchange_round_open(const gw_flow_unit *unit, gw_exchange_row *row,
                                 const gw_exchange_play *play, gw_fault *reterr) {
    const gw_instant by = gw_instant_plus(unit->now, gw_span_seconds(row->answer_s));
    row->state = GW_TEXT("OPEN");
    row->outcome = GW_TEXT("");
    row->run = play->run;
    row->iteration = gw_exchange_progress_get(play->exchange).iteration + 1;
    row->counter++;
    row->round_at = unit->now;
    row->answer_by = gw_instant_before(row->deadline_at, by) ? row->deadline_at : by;
    row->reminders = 0;
    GW_TRY(gw_exchange_play_bytes(play, &row->stored, reterr));
    GW_TRY(gw_exchange_save_move(unit->tx, unit->arena, row, reterr));
    GW_TRY(log_targets(unit, row, play, reterr));
    for (int i = 0; i < row->member_count; i++) GW_TRY(call_round(unit, row, play, i, reterr));
    return gw_ok();
}

gw_status gw_exchange_round_remind(const gw_flow_unit *unit, gw_exchange_row *row,
                                   gw_fault *reterr) {
    gw_exchange_play play;
    gw_exchange_message_list answers;
    const gw_exchange_message_filter filter = {row->exchange_id, row->counter, "ANSWER"};
    int next = 0;
    row->reminders++;
    GW_TRY(gw_exchange_save_move(unit->tx, unit->arena, row, reterr));
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &answers, reterr));
    GW_TRY(gw_exchange_play_restore(unit->arena, row, NULL, &play, reterr));
    for (int i = 0; i < row->member_count; i++) {
        const bool has_answered = next < answers.count && answers.items[next].member == i;
        if (has_answered)
            next++;
        else
            GW_TRY(call_round(unit, row, &play, i, reterr));
    }
    return gw_ok();
}

/* ---- ending */

static gw_status call_end(const gw_flow_unit *unit, const gw_exchange_row *row,
                          const gw_exchange_play *play, int member, gw_fault *reterr) {
    int64_t exports[GW_EXCHANGE_INTERVALS_MOST];
    int64_t prices[GW_EXCHANGE_INTERVALS_MOST];
    for (int64_t t = 0; t < row->interval_count; t++) {
        exports[t] = play->exports_w[t * row->member_count + member];
        prices[t] = play->prices[t * row->member_count + member];
    }
    const gw_exchange_call call = {.exchange_id = row->exchange_id,
                                   .state = row->state,
                                   .targets = exports,
                                   .target_count = (size_t)row->interval_count,
                                   .prices = prices};
    return call_member(unit, row, member, &call, reterr);
}

static gw_status save_shares(const gw_flow_unit *unit, const gw_exchange_row *row,
                             const gw_exchange_play *play, gw_fault *reterr) {
    gw_exchange_share_list shares;
    GW_TRY(gw_exchange_play_shares(play, &shares, reterr));
    return gw_exchange_save_shares(unit->tx, unit->arena, row->exchange_id, &shares, reterr);
}

gw_status gw_exchange_round_end(const gw_flow_unit *unit, gw_exchange_row *row,
                                const gw_exchange_play *play, gw_text reason, gw_fault *reterr) {
    gw_word *hash = NULL;
    const bool agreed = gw_exchange_play_is_agreed(play);
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_word, 1, &hash, reterr));
    GW_TRY(gw_exchange_play_result(play, &row->result, reterr));
    GW_TRY(gw_exchange_play_bytes(play, &row->stored, reterr));
    *hash = gw_keccak256((gw_bytes){(const uint8_t *)row->result.at, row->result.length});
    row->result_hash = gw_word_slice(hash);
    row->outcome = gw_text_from_c(play->outcome);
    row->run = play->run;
    row->ended_at = unit->now;
    if (row->reason.length == 0) row->reason = reason;
    row->state = agreed ? GW_TEXT("AGREED") : GW_TEXT("FALLBACK");
    GW_TRY(save_shares(unit, row, play, reterr));
    GW_TRY(gw_exchange_save_move(unit->tx, unit->arena, row, reterr));
    for (int i = 0; i < row->member_count; i++) GW_TRY(call_end(unit, row, play, i, reterr));
    gw_metric_add(GW_METRIC_EXCHANGE_ENDS, agreed ? "agreed" : "fallback", 1);
    return gw_exchange_round_tell(unit, row, "exchange.ended", reterr);
}

gw_status gw_exchange_round_fail(const gw_flow_unit *unit, gw_exchange_row *row, gw_text reason,
                                 gw_fault *reterr) {
    row->state = GW_TEXT("FAILED");
    row->reason = reason;
    row->ended_at = unit->now;
    GW_TRY(gw_exchange_save_move(unit->tx, unit->arena, row, reterr));
    gw_metric_add(GW_METRIC_EXCHANGE_ENDS, "failed", 1);
    return gw_exchange_round_tell(unit, row, "exchange.ended", reterr);
}

static const char *why(const char *outcome) {
    static const struct {
        const char *outcome;
        const char *why;
    } rows[] = {{"EXHAUSTED", "the rounds did not lead to an agreement"},
                {"DIVERGED", "the answers drove the exchange out of all bounds"},
                {"CURTAILED", "the grid cannot carry what was agreed"}};
    const gw_text said = gw_text_from_c(outcome);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (gw_text_is(said, rows[i].outcome)) return rows[i].why;
    return "";
}

/* The rounds are over: on to the grid check, or to the end. */
static gw_status conclude(const gw_flow_unit *unit, gw_exchange_row *row,
                          const gw_exchange_play *play, gw_fault *reterr) {
    if (row->reason.length == 0) row->reason = gw_text_from_c(why(play->outcome));
    if (row->network.length == 0)
        return gw_exchange_round_end(unit, row, play, row->reason, reterr);
    row->state = GW_TEXT("CHECKING");
    row->outcome = gw_text_from_c(play->outcome);
    row->run = play->run;
    GW_TRY(gw_exchange_play_bytes(play, &row->stored, reterr));
    GW_TRY(save_shares(unit, row, play, reterr));
    return gw_exchange_save_move(unit->tx, unit->arena, row, reterr);
}

gw_status gw_exchange_round_cut(const gw_flow_unit *unit, gw_exchange_row *row,
                                gw_exchange_play *play, gw_fault *reterr) {
    const gw_exchange_message message = {.kind = GW_TEXT("CUT"),
                                         .run = row->run + 1,
                                         .iteration = row->iteration,
                                         .counter = row->counter,
                                         .member = -1,
                                         .received_at = unit->now};
    GW_TRY(gw_exchange_append(unit->tx, unit->arena, row->exchange_id, &message, reterr));
    GW_TRY(gw_exchange_play_cut(play, reterr));
    if (play->outcome[0] == '\0') return gw_exchange_round_open(unit, row, play, reterr);
    return conclude(unit, row, play, reterr);
}

/* ---- closing a round */

void gw_exchange_round_put(const gw_exchange_row *row, const gw_exchange_message *answer,
                           int64_t *offers) {
    if (answer->member < 0 || answer->member >= row->member_count) return;
    for (size_t t = 0; t < answer->power_count && t < (size_t)row->interval_count; t++)
        offers[t * (size_t)row->member_count + (size_t)answer->member] = answer->powers[t];
}

static gw_status note_round(const gw_flow_unit *unit, const gw_exchange_row *row,
                            const gw_exchange_play *play, gw_fault *reterr) {
    gw_bytes state;
    GW_TRY(gw_exchange_play_bytes(play, &state, reterr));
    const gw_word hash = gw_keccak256(state);
    const gw_exchange_progress progress = gw_exchange_progress_get(play->exchange);
    const gw_exchange_round_row round = {.counter = row->counter,
                                         .run = row->run,
                                         .iteration = row->iteration,
                                         .penalty = progress.penalty,
                                         .primal_milliwatt = progress.primal,
                                         .dual_milliwatt = progress.dual,
                                         .state_hash = gw_word_slice(&hash),
                                         .closed_at = unit->now};
    gw_metric_add(GW_METRIC_EXCHANGE_ROUNDS, NULL, 1);
    return gw_exchange_save_round(unit->tx, unit->arena, row->exchange_id, &round, reterr);
}

gw_status gw_exchange_round_close(const gw_flow_unit *unit, gw_exchange_row *row,
                                  const gw_exchange_message_list *answers, gw_fault *reterr) {
    gw_exchange_play play;
    int64_t *powers = NULL;
    if (answers->count < row->member_count) return gw_ok();
    GW_TRY(gw_exchange_play_restore(unit->arena, row, NULL, &play, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, int64_t, play.count, &powers, reterr));
    for (int i = 0; i < answers->count; i++) gw_exchange_round_put(row, &answers->items[i], powers);
    GW_TRY(gw_exchange_play_round(&play, powers, reterr));
    GW_TRY(note_round(unit, row, &play, reterr));
    if (play.outcome[0] == '\0') return gw_exchange_round_open(unit, row, &play, reterr);
    return conclude(unit, row, &play, reterr);
}

/* Names the first of those that are missing. */
static gw_status name_silent(const gw_flow_unit *unit, gw_exchange_row *row, gw_fault *reterr) {
    gw_exchange_message_list answers;
    gw_writer out;
    const gw_exchange_message_filter filter = {row->exchange_id, row->counter, "ANSWER"};
    int silent = 0;
    GW_TRY(gw_exchange_load_of_round(unit->tx, unit->arena, &filter, &answers, reterr));
    while (silent < answers.count && answers.items[silent].member == silent) silent++;
    if (silent >= row->member_count) return gw_ok();
    gw_writer_init(&out, unit->arena);
    gw_write_format(&out, "\"%.*s\" did not answer round %lld in time",
                    GW_TEXT_ARGS(row->members[silent].party), (long long)row->iteration);
    return gw_writer_end_text(&out, &row->reason, reterr);
}

gw_status gw_exchange_round_give_up(const gw_flow_unit *unit, gw_exchange_row *row,
                                    gw_fault *reterr) {
    gw_exchange_play play;
    gw_exchange_message_list messages;
    int64_t *offers = NULL;
    const gw_exchange_message timeout = {.kind = GW_TEXT("TIMEOUT"),
                                         .run = row->run,
                                         .iteration = row->iteration,
                                         .counter = row->counter,
                                         .member = -1,
                                         .received_at = unit->now};
    GW_TRY(name_silent(unit, row, reterr));
    GW_TRY(gw_exchange_play_restore(unit->arena, row, NULL, &play, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, int64_t, play.count, &offers, reterr));
    GW_TRY(gw_exchange_load_messages(unit->tx, unit->arena, row->exchange_id, &messages, reterr));
    for (int i = 0; i < messages.count; i++)
        if (gw_text_is(messages.items[i].verdict, "accepted"))
            gw_exchange_round_put(row, &messages.items[i], offers);
    GW_TRY(gw_exchange_append(unit->tx, unit->arena, row->exchange_id, &timeout, reterr));
    GW_TRY(gw_exchange_play_fall_back(&play, "TIMED_OUT", offers, reterr));
    return conclude(unit, row, &play, reterr);
}
