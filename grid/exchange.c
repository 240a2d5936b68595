/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange.h"

#include "base/wide.h"
#include "grid/exchange_inside.h"

#include <string.h>

enum {
    RELAX_TENTHS = 16, /* over-relaxation 1.6 */
    UNBALANCED = 10,   /* ratio of the residuals that changes the penalty */
    BALANCED_BY = 100, /* rounds after which the penalty stays: it must, to converge */
    MICRO = 1000000,   /* milliwatt per kW */
};

/* Beyond it sums of a thousand and twenty-four parts would not fit. */
#define SUM_MOST (10 * GW_EXCHANGE_MILLIWATT_MOST)
#define DUAL_MOST (8 * SUM_MOST) /* once doubled; the next step refuses what grew too much */
#define SHOWN_PRICE_MOST (1000 * GW_EXCHANGE_PRICE_MOST) /* what no honest exchange comes near */
#define PARTS_MOST (2048 * SUM_MOST)

/* ---- opening */

static gw_status check_range(const char *what, int64_t value, int64_t least, int64_t most,
                             gw_fault *reterr) {
    if (value >= least && value <= most) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, what, "%lld is not within %lld to %lld",
                        (long long)value, (long long)least, (long long)most);
}

static gw_status check_limits(const gw_exchange_problem *problem, gw_fault *reterr) {
    const size_t ties = (size_t)problem->tie_count * problem->interval_count;
    const size_t members = (size_t)problem->member_count * problem->interval_count;
    for (size_t i = 0; i < ties; i++) {
        if (problem->limits[i] == GW_EXCHANGE_NO_LIMIT) continue;
        GW_TRY(check_range("/limits", problem->limits[i], 0, GW_EXCHANGE_MILLIWATT_MOST, reterr));
    }
    for (size_t i = 0; problem->least != NULL && i < members; i++) {
        GW_TRY(check_range("/least", problem->least[i], -GW_EXCHANGE_MILLIWATT_MOST, 0, reterr));
        GW_TRY(check_range("/most", problem->most[i], 0, GW_EXCHANGE_MILLIWATT_MOST, reterr));
    }
    return gw_ok();
}

static gw_status check_problem(const gw_exchange_problem *problem, gw_fault *reterr) {
    GW_TRY(
        check_range("/intervals", problem->interval_count, 1, GW_EXCHANGE_INTERVALS_MOST, reterr));
    GW_TRY(check_range("/penalty", problem->penalty, GW_EXCHANGE_PENALTY_LEAST,
                       GW_EXCHANGE_PENALTY_MOST, reterr));
    GW_TRY(check_range("/stop", problem->stop, 1, GW_EXCHANGE_MILLIWATT_MOST, reterr));
    if (problem->form == GW_EXCHANGE_FORM_EXCHANGE &&
        (problem->tie_count > 0 || problem->least != NULL))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/ties",
                            "the exchange form knows no limits: use the consensus form");
    return check_limits(problem, reterr);
}

static gw_status take_room(gw_arena *arena, gw_exchange *made, gw_fault *reterr) {
    const uint32_t members = made->tree.member_count;
    const size_t ties = made->problem.tie_count;
    made->correction_count = made->count + ties * made->problem.interval_count;
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made->count, &made->agreed, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made->count, &made->dual, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made->count, &made->wanted, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made->count, &made->next, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made->correction_count, &made->corrections, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, members, &made->room.fine, reterr));
    return GW_ARENA_NEW(arena, int64_t, ties, &made->room.flows, reterr);
}

/* u = -price / penalty. */
static gw_status start_warm(gw_exchange *made, gw_fault *reterr) {
    const gw_exchange_problem *problem = &made->problem;
    if (problem->exports == NULL || problem->prices == NULL) return gw_ok();
    for (size_t i = 0; i < made->count; i++) {
        const gw_wide dual =
            gw_wide_half_even(gw_wide_multiply(-problem->prices[i], MICRO), problem->penalty);
        if (dual > GW_EXCHANGE_MILLIWATT_MOST || dual < -GW_EXCHANGE_MILLIWATT_MOST)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "/prices",
                                "a price is too far from the penalty to start with");
        GW_TRY(check_range("/exports", problem->exports[i], -GW_EXCHANGE_MILLIWATT_MOST,
                           GW_EXCHANGE_MILLIWATT_MOST, reterr));
        made->dual[i] = (int64_t)dual;
        made->agreed[i] = problem->exports[i];
    }
    return gw_ok();
}

gw_status gw_exchange_open(gw_arena *arena, const gw_exchange_problem *problem, gw_exchange **ret,
                           gw_fault *reterr) {
    gw_exchange *made = NULL;
    GW_TRY(check_problem(problem, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange, 1, &made, reterr));
    made->problem = *problem;
    GW_TRY(gw_exchange_tree_make(arena, problem->member_count, problem->ties, problem->tie_count,
                                 &made->tree, reterr));
    made->count = (size_t)problem->member_count * problem->interval_count;
    made->progress.penalty = problem->penalty;
    GW_TRY(take_room(arena, made, reterr));
    GW_TRY(start_warm(made, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- what the members and the operator see */

gw_exchange_progress gw_exchange_progress_get(const gw_exchange *exchange) {
    return exchange->progress;
}

static size_t place_of(const gw_exchange *exchange, uint32_t interval, uint32_t member) {
    return (size_t)interval * exchange->problem.member_count + member;
}

int64_t gw_exchange_target(const gw_exchange *exchange, uint32_t interval, uint32_t member) {
    const size_t at = place_of(exchange, interval, member);
    return exchange->agreed[at] - exchange->dual[at];
}

int64_t gw_exchange_price(const gw_exchange *exchange, uint32_t interval, uint32_t member) {
    const int64_t dual = exchange->dual[place_of(exchange, interval, member)];
    const gw_wide price =
        gw_wide_half_even(gw_wide_multiply(-dual, exchange->progress.penalty), MICRO);
    if (price > SHOWN_PRICE_MOST) return SHOWN_PRICE_MOST;
    return price < -SHOWN_PRICE_MOST ? -SHOWN_PRICE_MOST : (int64_t)price;
}

/* ---- one round */

static int64_t root_of(gw_wide square) {
    gw_wide root = 0;
    for (gw_wide bit = (gw_wide)1 << 62; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= square) root += bit;
    return (int64_t)root;
}

static int64_t norm_of(const int64_t *left, const int64_t *right, size_t count) {
    gw_wide sum = 0;
    for (size_t i = 0; i < count; i++) {
        const int64_t by = left[i] - (right == NULL ? 0 : right[i]);
        sum += gw_wide_multiply(by, by);
    }
    return root_of(sum);
}

/* wanted = p' + u. */
static gw_status relax(gw_exchange *exchange, const int64_t *answers, gw_fault *reterr) {
    for (size_t i = 0; i < exchange->count; i++) {
        const gw_wide relaxed =
            gw_wide_half_even(gw_wide_multiply(RELAX_TENTHS, answers[i]) -
                                  gw_wide_multiply(RELAX_TENTHS - 10, exchange->agreed[i]),
                              10);
        const gw_wide sum = relaxed + exchange->dual[i];
        if (sum > SUM_MOST || sum < -SUM_MOST)
            return gw_fail_with(reterr, GW_CODE_OVERFLOW, "answers",
                                "the answers drive the exchange out of all bounds");
        exchange->wanted[i] = (int64_t)sum;
    }
    return gw_ok();
}

/* Takes the mean away, so that u (what is taken) is one number for all. */
static void take_mean(const gw_exchange *exchange, uint32_t interval) {
    const uint32_t members = exchange->problem.member_count;
    int64_t *next = exchange->next + place_of(exchange, interval, 0);
    int64_t sum = 0;
    for (uint32_t i = 0; i < members; i++) sum += next[i];
    const int64_t mean = (int64_t)gw_wide_half_even(sum, members);
    for (uint32_t i = 0; i < members; i++) next[i] -= mean;
}

static void project(gw_exchange *exchange, uint32_t interval) {
    const gw_exchange_problem *problem = &exchange->problem;
    const size_t members = place_of(exchange, interval, 0);
    const size_t ties = (size_t)interval * problem->tie_count;
    if (problem->form == GW_EXCHANGE_FORM_EXCHANGE) {
        take_mean(exchange, interval);
        return;
    }
    gw_exchange_bounds bounds = {.limits = problem->limits + ties};
    if (problem->least != NULL) {
        bounds.least = problem->least + members;
        bounds.most = problem->most + members;
    }
    exchange->room.corrections = exchange->corrections + ties + members;
    (void)gw_exchange_project(&exchange->tree, problem->ties, &bounds, exchange->next + members,
                              &exchange->room);
}

/* Both residuals by what they are measured against, so that neither the currency nor the unit of
 * power decides: primal / |p or z| against dual / |u|. */
static void balance(gw_exchange *exchange, const int64_t *answers) {
    gw_exchange_progress *progress = &exchange->progress;
    const int64_t answered = norm_of(answers, NULL, exchange->count);
    const int64_t agreed = norm_of(exchange->agreed, NULL, exchange->count);
    const gw_wide primal =
        gw_wide_multiply(progress->primal, norm_of(exchange->dual, NULL, exchange->count));
    const gw_wide dual = gw_wide_multiply(progress->dual, answered > agreed ? answered : agreed);
    const bool raises =
        primal > UNBALANCED * dual && progress->penalty <= GW_EXCHANGE_PENALTY_MOST / 2;
    const bool lowers =
        dual > UNBALANCED * primal && progress->penalty / 2 >= GW_EXCHANGE_PENALTY_LEAST;
    if (!raises && !lowers) return;
    const int64_t before = progress->penalty;
    progress->penalty = raises ? before * 2 : before / 2;
    for (size_t i = 0; i < exchange->count; i++)
        exchange->dual[i] = (int64_t)gw_wide_half_even(gw_wide_multiply(exchange->dual[i], before),
                                                       progress->penalty);
}

static bool is_still(const gw_exchange *exchange, int64_t residual) {
    const gw_wide price = gw_wide_multiply(residual, exchange->progress.penalty);
    return residual < exchange->problem.stop &&
           price < gw_wide_multiply(GW_EXCHANGE_STOP_NANOS, MICRO);
}

static gw_exchange_end end_of(const gw_exchange *exchange) {
    const gw_exchange_progress *progress = &exchange->progress;
    if (is_still(exchange, progress->primal) && is_still(exchange, progress->dual))
        return GW_EXCHANGE_END_CONVERGED;
    if (progress->iteration >= GW_EXCHANGE_ITERATIONS_MOST) return GW_EXCHANGE_END_EXHAUSTED;
    return GW_EXCHANGE_END_OPEN;
}

/* z moves, u = (p' + u) - z. */
static void take_over(gw_exchange *exchange, const int64_t *answers) {
    gw_exchange_progress *progress = &exchange->progress;
    progress->iteration++;
    progress->primal = norm_of(answers, exchange->next, exchange->count);
    progress->dual = norm_of(exchange->next, exchange->agreed, exchange->count);
    for (size_t i = 0; i < exchange->count; i++) {
        exchange->dual[i] = exchange->wanted[i] - exchange->next[i];
        exchange->agreed[i] = exchange->next[i];
    }
}

gw_status gw_exchange_step(gw_exchange *exchange, const int64_t *answers, gw_fault *reterr) {
    gw_exchange_progress *progress = &exchange->progress;
    if (progress->end != GW_EXCHANGE_END_OPEN) return gw_ok();
    GW_TRY(relax(exchange, answers, reterr));
    memcpy(exchange->next, exchange->wanted, exchange->count * sizeof exchange->next[0]);
    for (uint32_t t = 0; t < exchange->problem.interval_count; t++) project(exchange, t);
    take_over(exchange, answers);
    progress->end = end_of(exchange);
    const bool may_balance = exchange->problem.balancing == GW_EXCHANGE_BALANCING_ON &&
                             progress->iteration <= BALANCED_BY;
    if (may_balance && progress->end == GW_EXCHANGE_END_OPEN) balance(exchange, answers);
    return gw_ok();
}

/* ---- state as bytes */

static void write_all(gw_writer *out, const int64_t *values, size_t count) {
    for (size_t i = 0; i < count; i++) gw_write_u64_le(out, (uint64_t)values[i]);
}

static void read_all(gw_reader *in, int64_t *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = (int64_t)gw_read_u64_le(in);
}

void gw_exchange_write(const gw_exchange *exchange, gw_writer *out) {
    const gw_exchange_progress *progress = &exchange->progress;
    gw_write_u32_le(out, (uint32_t)exchange->count);
    gw_write_u32_le(out, progress->iteration);
    gw_write_u32_le(out, (uint32_t)progress->end);
    gw_write_u64_le(out, (uint64_t)progress->penalty);
    gw_write_u64_le(out, (uint64_t)progress->primal);
    gw_write_u64_le(out, (uint64_t)progress->dual);
    write_all(out, exchange->agreed, exchange->count);
    write_all(out, exchange->dual, exchange->count);
    write_all(out, exchange->corrections, exchange->correction_count);
}

static bool is_state(const gw_exchange *exchange, const gw_exchange_progress *progress) {
    for (size_t i = 0; i < exchange->count; i++) {
        if (exchange->agreed[i] > SUM_MOST || exchange->agreed[i] < -SUM_MOST) return false;
        if (exchange->dual[i] > DUAL_MOST || exchange->dual[i] < -DUAL_MOST) return false;
    }
    for (size_t i = 0; i < exchange->correction_count; i++)
        if (exchange->corrections[i] > PARTS_MOST || exchange->corrections[i] < -PARTS_MOST)
            return false;
    return progress->iteration <= GW_EXCHANGE_ITERATIONS_MOST &&
           (unsigned)progress->end < GW_EXCHANGE_END_COUNT &&
           progress->penalty >= GW_EXCHANGE_PENALTY_LEAST &&
           progress->penalty <= GW_EXCHANGE_PENALTY_MOST;
}

gw_status gw_exchange_read(gw_exchange *exchange, gw_reader *in, gw_fault *reterr) {
    gw_exchange_progress progress = {0};
    const bool fits = gw_read_u32_le(in) == exchange->count;
    progress.iteration = gw_read_u32_le(in);
    progress.end = (gw_exchange_end)gw_read_u32_le(in);
    progress.penalty = (int64_t)gw_read_u64_le(in);
    progress.primal = (int64_t)gw_read_u64_le(in);
    progress.dual = (int64_t)gw_read_u64_le(in);
    read_all(in, exchange->agreed, exchange->count);
    read_all(in, exchange->dual, exchange->count);
    read_all(in, exchange->corrections, exchange->correction_count);
    GW_TRY(gw_reader_end(in, reterr));
    if (!fits || !is_state(exchange, &progress))
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "state",
                            "the bytes are no state of this exchange");
    exchange->progress = progress;
    return gw_ok();
}
