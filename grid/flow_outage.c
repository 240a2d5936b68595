/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_outage.h"

#include "grid/flow_reach.h"
#include "grid/flow_round.h"
#include "grid/flow_solve.h"

#include <string.h>

/* The network whose switches are moved, and who is fed in it. */
typedef struct study {
    gw_arena *arena;
    gw_arena *scratch;
    const gw_flow_outage_question *question;
    gw_net net;     /* its own branches */
    bool *is_fed;   /* by node, as the network stands */
    uint32_t *ties; /* branches that are open */
    size_t tie_count;
    size_t room; /* of the trials */
    gw_flow_outages found;
} study;

const char *gw_flow_outage_word(gw_flow_outage_verdict verdict) {
    static const char *const words[] = {"harmless", "restored", "strained", "collapsed", "cut_off"};
    return words[verdict];
}

/* ---- who is fed ---- */

static gw_status mark_fed(study *it, gw_fault *reterr) {
    gw_flow_reach reach;
    gw_arena_reset(it->scratch);
    GW_TRY(gw_flow_reach_find(it->scratch, &it->net, NULL, &reach, reterr));
    for (uint32_t at = 0; at < it->net.node_count; at++)
        it->is_fed[at] = gw_flow_reach_is_fed(&reach, at);
    return gw_ok();
}

/* Fed in the network as it stands, and not with the branch out. */
static bool went_dark(const study *it, gw_flow_reach *reach, uint32_t node) {
    return it->is_fed[node] && !gw_flow_reach_is_fed(reach, node);
}

static void count_dark(const study *it, gw_flow_reach *reach, gw_flow_outage *row) {
    double dark_w = 0;
    for (uint32_t at = 0; at < it->net.node_count; at++)
        if (went_dark(it, reach, at)) row->dark_nodes++;
    for (size_t at = 0; at < it->net.point_count; at++)
        if (went_dark(it, reach, it->net.points[at].node)) dark_w += it->net.points[at].p_w;
    row->dark_w = gw_flow_round(dark_w);
}

/* Whether the tie joins what lost its feed with what has one. */
static bool reconnects(const study *it, gw_flow_reach *reach, uint32_t tie) {
    const gw_net_branch *branch = &it->net.branches[tie];
    if (branch->open_from || branch->open_to) return false;
    if (went_dark(it, reach, branch->from)) return gw_flow_reach_is_fed(reach, branch->to);
    return went_dark(it, reach, branch->to) && gw_flow_reach_is_fed(reach, branch->from);
}

/* ---- trials ---- */

static int64_t least_of(const gw_flow_state *state, size_t node_count) {
    double least = 0;
    for (size_t at = 0; at < node_count * state->phases; at++) {
        const double square = gw_phasor_square(state->node_v[at]);
        if (square > 0 && (least == 0 || square < least)) least = square;
    }
    return gw_flow_round(__builtin_sqrt(least) * 1e6);
}

/* As the switches stand now. */
static gw_status run_trial(study *it, gw_flow_outage_trial *trial, gw_fault *reterr) {
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_flow_worst worst = {0};
    gw_arena_reset(it->scratch);
    GW_TRY(gw_flow_solve(it->scratch, &it->net, &(gw_flow_options){0}, &outcome, &state, reterr));
    trial->is_solved = outcome.verdict == GW_FLOW_SOLVED;
    trial->worst_limit = UINT32_MAX;
    if (!trial->is_solved) return gw_ok();
    trial->least_voltage_ppm = least_of(&state, it->net.node_count);
    if (!gw_flow_limits_worst(it->question->limits, &it->net, &state, &worst)) return gw_ok();
    trial->worst_limit = (uint32_t)worst.at;
    trial->worst_share_ppm = gw_flow_limit_share_ppm(worst.share);
    return gw_ok();
}

static gw_status add_trial(study *it, uint32_t branch, uint32_t tie, gw_fault *reterr) {
    gw_flow_outages *found = &it->found;
    if (found->trial_count == it->room) {
        gw_flow_outage_trial *larger = NULL;
        const size_t room = it->room == 0 ? 64 : it->room * 2;
        if (it->room >= GW_OUTAGE_TRIALS_MOST)
            return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/branches",
                                "more than %d combinations of an outage and a tie",
                                GW_OUTAGE_TRIALS_MOST);
        GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_outage_trial, room, &larger, reterr));
        if (it->room > 0) memcpy(larger, found->trials, it->room * sizeof *larger);
        found->trials = larger;
        it->room = room;
    }
    gw_flow_outage_trial trial = {.branch = branch, .tie = tie};
    if (tie != GW_OUTAGE_NO_TIE) it->net.branches[tie].closed = true;
    const gw_status status = run_trial(it, &trial, reterr);
    if (tie != GW_OUTAGE_NO_TIE) it->net.branches[tie].closed = false;
    GW_TRY(status);
    found->trials[found->trial_count++] = trial;
    return gw_ok();
}

/* Which ties are worth a flow is asked before any is run: a flow takes the scratch arena. */
static gw_status list_ties(study *it, uint32_t *helpful, size_t *ret_count, gw_flow_outage *row,
                           gw_fault *reterr) {
    gw_flow_reach reach;
    size_t count = 0;
    gw_arena_reset(it->scratch);
    GW_TRY(gw_flow_reach_find(it->scratch, &it->net, NULL, &reach, reterr));
    count_dark(it, &reach, row);
    if (row->dark_nodes == 0) helpful[count++] = GW_OUTAGE_NO_TIE;
    for (size_t at = 0; at < it->tie_count && row->dark_nodes > 0; at++)
        if (reconnects(it, &reach, it->ties[at])) helpful[count++] = it->ties[at];
    *ret_count = count;
    return gw_ok();
}

static void judge(const study *it, size_t first, gw_flow_outage *row) {
    const gw_flow_outages *found = &it->found;
    row->best = UINT32_MAX;
    for (size_t at = first; at < found->trial_count; at++) {
        const gw_flow_outage_trial *trial = &found->trials[at];
        if (!trial->is_solved) continue;
        if (row->best == UINT32_MAX ||
            trial->worst_share_ppm < found->trials[row->best].worst_share_ppm)
            row->best = (uint32_t)at;
    }
    row->verdict = first == found->trial_count ? GW_OUTAGE_CUT_OFF : GW_OUTAGE_COLLAPSED;
    if (row->best == UINT32_MAX) return;
    row->verdict = row->dark_nodes == 0 ? GW_OUTAGE_HARMLESS : GW_OUTAGE_RESTORED;
    if (found->trials[row->best].worst_share_ppm > 1000000) row->verdict = GW_OUTAGE_STRAINED;
}

static gw_status lose(study *it, uint32_t branch, uint32_t *helpful, gw_fault *reterr) {
    gw_flow_outage row = {.branch = branch};
    const size_t first = it->found.trial_count;
    size_t count = 0;
    GW_TRY(list_ties(it, helpful, &count, &row, reterr));
    for (size_t at = 0; at < count; at++) GW_TRY(add_trial(it, branch, helpful[at], reterr));
    judge(it, first, &row);
    it->found.at[it->found.count++] = row;
    return gw_ok();
}

/* ---- the study ---- */

/* A switch is not lost, it is moved. */
static bool may_be_lost(const gw_net_branch *branch) {
    return gw_net_conducts(branch) && branch->kind != GW_NET_SWITCH;
}

static gw_status open_study(study *it, gw_fault *reterr) {
    const gw_net *net = it->question->net;
    gw_arena *arena = it->arena;
    it->net = *net;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_branch, net->branch_count, &it->net.branches, reterr));
    if (net->branch_count > 0)
        memcpy(it->net.branches, net->branches, net->branch_count * sizeof *net->branches);
    GW_TRY(GW_ARENA_NEW(arena, bool, net->node_count, &it->is_fed, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, net->branch_count, &it->ties, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_outage, net->branch_count, &it->found.at, reterr));
    for (uint32_t at = 0; at < net->branch_count; at++)
        if (!net->branches[at].closed) it->ties[it->tie_count++] = at;
    return mark_fed(it, reterr);
}

gw_status gw_flow_outages_find(gw_arena *arena, gw_arena *scratch,
                               const gw_flow_outage_question *question, gw_flow_outages *ret,
                               gw_fault *reterr) {
    study it = {.arena = arena, .scratch = scratch, .question = question};
    uint32_t *helpful = NULL;
    size_t total = 0;
    GW_TRY(open_study(&it, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, it.tie_count + 1, &helpful, reterr));
    for (size_t at = 0; at < it.net.branch_count; at++)
        total += may_be_lost(&it.net.branches[at]) ? 1 : 0;
    for (uint32_t at = 0; at < it.net.branch_count; at++) {
        if (!may_be_lost(&it.net.branches[at])) continue;
        it.net.branches[at].closed = false;
        const gw_status status = lose(&it, at, helpful, reterr);
        it.net.branches[at].closed = true;
        GW_TRY(status);
        if (question->progress != NULL)
            question->progress(question->context, it.found.count, total);
    }
    *ret = it.found;
    return gw_ok();
}
