/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange_play.h"

#include "server/http/json.h"

#include <string.h>

enum { MILLI = 1000 };

static const char CONVERGED[] = "CONVERGED";

/* ---- from rows to the rule */

static bool has_limits(const gw_exchange_play *play) {
    return play->run > 0 || gw_text_is(play->row->form, "CONSENSUS");
}

static gw_status take_int64s(gw_arena *arena, size_t count, int64_t **ret, gw_fault *reterr) {
    return GW_ARENA_NEW(arena, int64_t, count, ret, reterr);
}

static gw_status make_ties(const gw_exchange_play *play, gw_exchange_problem *problem,
                           gw_fault *reterr) {
    const gw_exchange_row *row = play->row;
    const size_t count = (size_t)row->tie_count;
    gw_exchange_tie *ties = NULL;
    int64_t *limits = NULL;
    GW_TRY(GW_ARENA_NEW(play->arena, gw_exchange_tie, count, &ties, reterr));
    GW_TRY(take_int64s(play->arena, count * (size_t)row->interval_count, &limits, reterr));
    for (size_t i = 0; i < count; i++) {
        const gw_exchange_tie_row *tie = &row->ties[i];
        ties[i] = (gw_exchange_tie){(uint32_t)tie->from_member, (uint32_t)tie->to_member};
        for (size_t t = 0; t < (size_t)row->interval_count; t++)
            limits[t * count + i] =
                tie->limit.w == GW_EXCHANGE_UNLIMITED ? GW_EXCHANGE_NO_LIMIT : tie->limit.w * MILLI;
    }
    problem->ties = ties;
    problem->tie_count = (uint32_t)count;
    problem->limits = limits;
    return gw_ok();
}

int64_t gw_exchange_play_least_w(const gw_exchange_play *play, uint32_t interval, uint32_t member) {
    int64_t least = play->row->members[member].least.w;
    for (int i = 0; i < play->row->cut_count; i++) {
        const gw_exchange_cut_row *cut = &play->row->cuts[i];
        if (cut->run <= play->run && cut->interval == interval && cut->member == member &&
            cut->least.w > least)
            least = cut->least.w;
    }
    return least;
}

int64_t gw_exchange_play_most_w(const gw_exchange_play *play, uint32_t interval, uint32_t member) {
    int64_t most = play->row->members[member].most.w;
    for (int i = 0; i < play->row->cut_count; i++) {
        const gw_exchange_cut_row *cut = &play->row->cuts[i];
        if (cut->run <= play->run && cut->interval == interval && cut->member == member &&
            cut->most.w < most)
            most = cut->most.w;
    }
    return most;
}

static gw_status make_connections(const gw_exchange_play *play, gw_exchange_problem *problem,
                                  gw_fault *reterr) {
    int64_t *least = NULL;
    int64_t *most = NULL;
    GW_TRY(take_int64s(play->arena, play->count, &least, reterr));
    GW_TRY(take_int64s(play->arena, play->count, &most, reterr));
    for (uint32_t t = 0; t < problem->interval_count; t++)
        for (uint32_t i = 0; i < problem->member_count; i++) {
            const size_t at = (size_t)t * problem->member_count + i;
            least[at] = gw_exchange_play_least_w(play, t, i) * MILLI;
            most[at] = gw_exchange_play_most_w(play, t, i) * MILLI;
        }
    problem->least = least;
    problem->most = most;
    return gw_ok();
}

/* warm: exports in watts and prices of the play are the start. */
static gw_status open_run(gw_exchange_play *play, bool is_warm, gw_fault *reterr) {
    const gw_exchange_row *row = play->row;
    gw_exchange_problem problem = {
        .form = has_limits(play) ? GW_EXCHANGE_FORM_CONSENSUS : GW_EXCHANGE_FORM_EXCHANGE,
        .balancing =
            gw_text_is(row->balancing, "ON") ? GW_EXCHANGE_BALANCING_ON : GW_EXCHANGE_BALANCING_OFF,
        .member_count = (uint32_t)row->member_count,
        .interval_count = (uint32_t)row->interval_count,
        .penalty = row->penalty,
        .stop = row->stop_milliwatt};
    GW_TRY(make_ties(play, &problem, reterr));
    if (has_limits(play)) GW_TRY(make_connections(play, &problem, reterr));
    if (is_warm) {
        int64_t *exports = NULL;
        GW_TRY(take_int64s(play->arena, play->count, &exports, reterr));
        for (size_t i = 0; i < play->count; i++) exports[i] = play->exports_w[i] * MILLI;
        problem.exports = exports;
        problem.prices = play->prices;
    }
    return gw_exchange_open(play->arena, &problem, &play->exchange, reterr);
}

static gw_status make_play(gw_arena *arena, const gw_exchange_row *row,
                           const gw_exchange_share_list *shares, gw_exchange_play *ret,
                           gw_fault *reterr) {
    gw_exchange_play play = {.arena = arena, .row = row, .outcome = ""};
    play.count = (size_t)row->member_count * (size_t)row->interval_count;
    GW_TRY(take_int64s(arena, play.count, &play.exports_w, reterr));
    GW_TRY(take_int64s(arena, play.count, &play.prices, reterr));
    for (int i = 0; shares != NULL && i < shares->count; i++) {
        const gw_exchange_share *share = &shares->items[i];
        const size_t at = (size_t)(share->interval * row->member_count + share->member);
        if (at >= play.count) return gw_fail(reterr, GW_CODE_INTERNAL);
        play.exports_w[at] = share->export_power.w;
        play.prices[at] = share->price_nanos_per_kwh;
    }
    *ret = play;
    return gw_ok();
}

gw_status gw_exchange_play_begin(gw_arena *arena, const gw_exchange_row *row,
                                 const gw_exchange_share_list *shares, gw_exchange_play *ret,
                                 gw_fault *reterr) {
    gw_exchange_play play;
    GW_TRY(make_play(arena, row, shares, &play, reterr));
    GW_TRY(open_run(&play, shares != NULL, reterr));
    *ret = play;
    return gw_ok();
}

gw_status gw_exchange_play_restore(gw_arena *arena, const gw_exchange_row *row,
                                   const gw_exchange_share_list *shares, gw_exchange_play *ret,
                                   gw_fault *reterr) {
    gw_exchange_play play;
    gw_reader in;
    const char *outcome = NULL;
    GW_TRY(make_play(arena, row, shares, &play, reterr));
    play.run = row->run;
    GW_TRY(gw_text_to_c(arena, row->outcome, &outcome, reterr));
    play.outcome = outcome;
    GW_TRY(open_run(&play, false, reterr));
    gw_reader_init(&in, row->stored);
    GW_TRY(gw_exchange_read(play.exchange, &in, reterr));
    *ret = play;
    return gw_ok();
}

/* ---- rounds */

bool gw_exchange_play_is_agreed(const gw_exchange_play *play) {
    return strcmp(play->outcome, CONVERGED) == 0;
}

static void keep_prices(gw_exchange_play *play) {
    const uint32_t members = (uint32_t)play->row->member_count;
    for (uint32_t t = 0; t < (uint32_t)play->row->interval_count; t++)
        for (uint32_t i = 0; i < members; i++)
            play->prices[(size_t)t * members + i] = gw_exchange_price(play->exchange, t, i);
}

gw_status gw_exchange_play_fall_back(gw_exchange_play *play, const char *outcome,
                                     const int64_t *offers, gw_fault *reterr) {
    GW_TRY(gw_exchange_fall_back(play->arena, play->exchange, offers, play->exports_w, reterr));
    keep_prices(play);
    play->outcome = outcome;
    return gw_ok();
}

/* Agreed, unless the limits leave no agreement in whole watts. */
static gw_status agree(gw_exchange_play *play, const int64_t *answers, gw_fault *reterr) {
    gw_fault fault = {0};
    const gw_status status =
        gw_exchange_finish(play->arena, play->exchange, play->exports_w, &fault);
    if (status.code == GW_CODE_INFEASIBLE)
        return gw_exchange_play_fall_back(play, "EXHAUSTED", answers, reterr);
    if (!gw_is_ok(status)) {
        if (reterr != NULL) *reterr = fault;
        return status;
    }
    keep_prices(play);
    play->outcome = CONVERGED;
    return gw_ok();
}

gw_status gw_exchange_play_round(gw_exchange_play *play, const int64_t *answers, gw_fault *reterr) {
    const gw_status status = gw_exchange_step(play->exchange, answers, reterr);
    if (status.code == GW_CODE_OVERFLOW)
        return gw_exchange_play_fall_back(play, "DIVERGED", answers, reterr);
    if (!gw_is_ok(status)) return status;
    const gw_exchange_end end = gw_exchange_progress_get(play->exchange).end;
    if (end == GW_EXCHANGE_END_CONVERGED) return agree(play, answers, reterr);
    if (end == GW_EXCHANGE_END_EXHAUSTED)
        return gw_exchange_play_fall_back(play, "EXHAUSTED", answers, reterr);
    return gw_ok();
}

gw_status gw_exchange_play_cut(gw_exchange_play *play, gw_fault *reterr) {
    const bool again = gw_exchange_play_is_agreed(play) && play->run < GW_EXCHANGE_RERUNS_MOST;
    play->run++;
    GW_TRY(open_run(play, true, reterr));
    if (again) {
        play->outcome = "";
        return gw_ok();
    }
    int64_t *offers = NULL;
    int64_t *prices = NULL;
    GW_TRY(take_int64s(play->arena, play->count, &offers, reterr));
    GW_TRY(take_int64s(play->arena, play->count, &prices, reterr));
    for (size_t i = 0; i < play->count; i++) offers[i] = play->exports_w[i] * MILLI;
    memcpy(prices, play->prices, play->count * sizeof prices[0]);
    const char *outcome = gw_exchange_play_is_agreed(play) ? "CURTAILED" : play->outcome;
    GW_TRY(gw_exchange_play_fall_back(play, outcome, offers, reterr));
    play->prices = prices;
    return gw_ok();
}

/* ---- what is stored */

gw_status gw_exchange_play_bytes(const gw_exchange_play *play, gw_bytes *ret, gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, play->arena);
    gw_exchange_write(play->exchange, &out);
    return gw_writer_end(&out, ret, reterr);
}

static void write_member(gw_json *json, const gw_exchange_play *play, uint32_t member) {
    const uint32_t members = (uint32_t)play->row->member_count;
    gw_json_object(json, NULL);
    gw_json_array(json, "export_w");
    for (size_t at = member; at < play->count; at += members)
        gw_json_int64(json, NULL, play->exports_w[at]);
    gw_json_close(json);
    gw_json_text(json, "member", play->row->members[member].party);
    gw_json_array(json, "price_nanos_per_kwh");
    for (size_t at = member; at < play->count; at += members)
        gw_json_int64(json, NULL, play->prices[at]);
    gw_json_close(json);
    gw_json_close(json);
}

gw_status gw_exchange_play_result(const gw_exchange_play *play, gw_text *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, play->arena);
    gw_json_object(&json, NULL);
    gw_json_c(&json, "format", "gridwitness-exchange-1");
    gw_json_int64(&json, "interval_s", play->row->interval_s);
    gw_json_array(&json, "members");
    for (int i = 0; i < play->row->member_count; i++) write_member(&json, play, (uint32_t)i);
    gw_json_close(&json);
    gw_json_c(&json, "outcome", play->outcome);
    gw_json_int64(&json, "rounds", gw_exchange_progress_get(play->exchange).iteration);
    gw_json_int64(&json, "run", play->run);
    gw_json_instant(&json, "start_at", play->row->start_at);
    gw_json_close(&json);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_exchange_play_shares(const gw_exchange_play *play, gw_exchange_share_list *ret,
                                  gw_fault *reterr) {
    gw_exchange_share *items = NULL;
    GW_TRY(GW_ARENA_NEW(play->arena, gw_exchange_share, play->count, &items, reterr));
    for (size_t at = 0; at < play->count; at++)
        items[at] = (gw_exchange_share){.interval = (int64_t)at / play->row->member_count,
                                        .member = (int64_t)at % play->row->member_count,
                                        .export_power = {play->exports_w[at]},
                                        .price_nanos_per_kwh = play->prices[at]};
    *ret = (gw_exchange_share_list){items, (int)play->count};
    return gw_ok();
}
