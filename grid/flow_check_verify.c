/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check.h"
#include "grid/flow_check_round.h"

#include <string.h>

/* A flow from a flat start and a warm one differ by less. */
static const double same_within = 1e-8;

const char *gw_flow_check_doubt_name(gw_flow_check_doubt doubt) {
    static const char *const names[GW_FLOW_DOUBT_COUNT] = {[GW_FLOW_DOUBT_NONE] = "none",
                                                           [GW_FLOW_DOUBT_AMOUNT] = "amount",
                                                           [GW_FLOW_DOUBT_LIMIT] = "limit",
                                                           [GW_FLOW_DOUBT_CUT] = "cut"};
    return names[doubt];
}

typedef struct trial {
    gw_check_rounds rounds;
    double **accepted_now; /* [base][limit]: excess with the proposed amounts */
    double *proposed_w;
    double tolerance;
} trial;

static size_t base_count(const trial *it) { return it->rounds.study->question->base_count; }

static bool has_amount(const gw_flow_check_question *question, const int64_t *accepted_w,
                       gw_flow_check_finding *found) {
    for (size_t at = 0; at < question->item_count; at++) {
        if (accepted_w[at] >= 0 && accepted_w[at] <= question->items[at].requested.w) continue;
        found->doubt = GW_FLOW_DOUBT_AMOUNT;
        found->item = at;
        return false;
    }
    return true;
}

/* A base that the network cannot carry: only what changes nothing. */
static gw_flow_check_doubt without_flow(const gw_flow_check_question *question,
                                        const int64_t *accepted_w) {
    const gw_check_study study = {.question = question};
    for (size_t at = 0; at < question->item_count; at++)
        if (accepted_w[at] > 0 && !gw_check_study_is_idle(&study, at)) return GW_FLOW_DOUBT_LIMIT;
    return GW_FLOW_DOUBT_NONE;
}

static void note_nearest(const trial *it, gw_flow_check_finding *found) {
    const gw_check_study *study = it->rounds.study;
    double most = -__builtin_inf();
    double worst = most;
    for (size_t base = 0; base < base_count(it); base++) {
        for (size_t limit = 0; limit < study->limit_count; limit++) {
            const gw_flow_limit *here = &study->limits[base].at[limit];
            const double share = gw_flow_limit_share(here, it->rounds.value[base][limit]);
            if (share > most) found->worst_ppm = gw_flow_limit_share_ppm(most = share);
            if (it->rounds.now[base][limit] <= worst) continue;
            worst = it->rounds.now[base][limit];
            found->limit = here->id;
        }
    }
}

/* With unknown phases once more, each of the nearest limits with the phases that are worst for it.
 */
static gw_status solve_proposed(trial *it, bool *ret_is_solved, gw_fault *reterr) {
    gw_check_rounds *rounds = &it->rounds;
    const size_t bytes = rounds->study->question->item_count * sizeof(double);
    bool is_barred = false;
    GW_TRY(gw_check_rounds_solve(rounds, ret_is_solved, reterr));
    if (!*ret_is_solved || !rounds->study->has_unknown) return gw_ok();
    GW_TRY(gw_check_rows_add(rounds, it->proposed_w, &is_barred, reterr));
    memcpy(rounds->accepted_w, it->proposed_w, bytes);
    return gw_check_rounds_solve(rounds, ret_is_solved, reterr);
}

/* All of an item beside the others: does a limit come within tolerance because of it? */
static gw_status is_rightly_cut(trial *it, size_t item, bool *ret, gw_fault *reterr) {
    gw_check_rounds *rounds = &it->rounds;
    bool is_solved = false;
    rounds->accepted_w[item] = rounds->requested_w[item];
    GW_TRY(gw_check_rounds_solve(rounds, &is_solved, reterr));
    rounds->accepted_w[item] = it->proposed_w[item];
    *ret = !is_solved;
    for (size_t base = 0; base < base_count(it) && !*ret; base++)
        for (size_t limit = 0; limit < rounds->study->limit_count && !*ret; limit++)
            *ret = rounds->now[base][limit] > -it->tolerance &&
                   rounds->now[base][limit] > it->accepted_now[base][limit];
    return gw_ok();
}

static gw_status check_cuts(trial *it, gw_flow_check_finding *found, gw_fault *reterr) {
    const size_t limits = it->rounds.study->limit_count;
    for (size_t base = 0; base < base_count(it); base++)
        memcpy(it->accepted_now[base], it->rounds.now[base], limits * sizeof(double));
    for (size_t at = 0; at < it->rounds.study->question->item_count; at++) {
        bool is_right = true;
        if (it->proposed_w[at] < it->rounds.requested_w[at])
            GW_TRY(is_rightly_cut(it, at, &is_right, reterr));
        if (is_right) continue;
        found->doubt = GW_FLOW_DOUBT_CUT;
        found->item = at;
        return gw_ok();
    }
    return gw_ok();
}

static gw_status open_trial(gw_arena *arena, trial *it, const int64_t *accepted_w,
                            gw_fault *reterr) {
    const gw_check_study *study = it->rounds.study;
    const size_t count = study->question->item_count;
    it->rounds.start = GW_FLOW_FLAT;
    GW_TRY(GW_ARENA_NEW(arena, double, count, &it->proposed_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double *, base_count(it), &it->accepted_now, reterr));
    for (size_t base = 0; base < base_count(it); base++)
        GW_TRY(GW_ARENA_NEW(arena, double, study->limit_count, &it->accepted_now[base], reterr));
    for (size_t at = 0; at < count; at++)
        it->rounds.accepted_w[at] = it->proposed_w[at] = (double)accepted_w[at];
    return gw_ok();
}

gw_status gw_flow_check_verify(gw_arena *arena, const gw_flow_check_question *question,
                               const int64_t *accepted_w, int64_t tolerance_ppm,
                               gw_flow_check_finding *ret, gw_fault *reterr) {
    gw_check_study study;
    gw_flow_check_finding found = {.doubt = GW_FLOW_DOUBT_NONE};
    trial it = {.tolerance = (double)tolerance_ppm / 1e6};
    bool is_solved = false;
    gw_fault fault = {.code = GW_CODE_OK};
    const gw_status opened = gw_check_study_open(arena, question, &study, &fault);
    if (!gw_is_ok(opened) && opened.code != GW_CODE_INFEASIBLE) {
        if (reterr != NULL) *reterr = fault;
        return opened;
    }
    if (!gw_is_ok(opened)) found.doubt = without_flow(question, accepted_w);
    if (!has_amount(question, accepted_w, &found) || !gw_is_ok(opened)) {
        *ret = found;
        return gw_ok();
    }
    GW_TRY(gw_check_rounds_open(arena, &study, &it.rounds, reterr));
    GW_TRY(open_trial(arena, &it, accepted_w, reterr));
    GW_TRY(solve_proposed(&it, &is_solved, reterr));
    if (is_solved) note_nearest(&it, &found);
    if (!is_solved || it.rounds.residual > same_within)
        found.doubt = GW_FLOW_DOUBT_LIMIT;
    else
        GW_TRY(check_cuts(&it, &found, reterr));
    *ret = found;
    return gw_ok();
}
