/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need_settle.h"

enum { STEPS_MOST = 6 };
/* Accepted a hair outside, as in flow_need.c: per unit, far below any meter. */
static const double within = 1e-6;
/* Aimed a little further than the secant says, so that the last step ends inside. */
static const double further = 1.001;

typedef struct settler {
    const gw_flow_need_question *question;
    gw_flow_scenario scenario;
    double *change_w; /* by point */
} settler;

/* Excess of the row's limit with so much less (or more) at its reference. */
static double try_watts(settler *it, const gw_flow_need_row *row, double watts) {
    const uint32_t point = it->question->levers[row->reference].point;
    it->change_w[point] = row->is_reference_more ? watts : -watts;
    gw_flow_scenario_solve(&it->scenario, it->change_w, it->question->cut);
    it->change_w[point] = 0;
    return gw_flow_limit_excess(&it->question->limits.at[row->limit],
                                it->scenario.outlooks[row->limit].upper);
}

static void settle_row(settler *it, gw_flow_need_row *row) {
    const gw_flow_limit *limit = &it->question->limits.at[row->limit];
    double before = gw_flow_limit_excess(limit, row->before.upper);
    double before_w = 0;
    double watts = (double)row->reference_w;
    for (int step = 0; step < STEPS_MOST; step++) {
        const double excess = try_watts(it, row, watts);
        if (it->scenario.is_upper_collapsed || !(before > excess)) return;
        if (excess <= within) {
            row->reference_w = (int64_t)(watts + 1);
            return;
        }
        const double slope = (before - excess) / (watts - before_w);
        before = excess;
        before_w = watts;
        watts += excess / slope * further + 1;
    }
}

static bool is_wanted(const gw_flow_need_question *question, const gw_flow_need_row *row) {
    return row->is_violated && row->reference < question->lever_count && row->reference_w > 0;
}

gw_status gw_flow_need_settle(gw_arena *arena, const gw_flow_need_question *question,
                              size_t rows_most, gw_flow_need *need, gw_fault *reterr) {
    settler it = {.question = question};
    GW_TRY(gw_flow_scenario_open(arena, question->net, &question->limits, &question->paths,
                                 &it.scenario, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, question->net->point_count, &it.change_w, reterr));
    for (size_t at = 0; at < need->row_count && at < rows_most; at++)
        if (is_wanted(question, &need->rows[at])) settle_row(&it, &need->rows[at]);
    return gw_ok();
}
