/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_curtail.h"

#include "grid/flow_simplex.h"

#include <stdbool.h>
#include <string.h>

/* Of a gap in watts of the most effective item. */
static const double closed_w = 1e-6;

enum { SWEEPS_MOST = 400, HALVINGS = 64 };

/* The question with every row scaled so that its largest effect is 1: gaps are then watts. */
typedef struct scaled {
    const gw_flow_curtailment *question;
    size_t items;
    size_t rows;
    double *effect;
    double *gap;
    double *scale; /* what a row was divided by; 0: nothing acts on it */
    double *cut;
} scaled;

const char *gw_flow_rule_name(gw_flow_rule rule) {
    static const char *const names[GW_FLOW_RULE_COUNT] = {
        [GW_FLOW_RULE_SENSITIVITY_QP] = "sensitivity_qp",
        [GW_FLOW_RULE_MIN_KW] = "min_kw",
        [GW_FLOW_RULE_ECONOMIC] = "economic",
        [GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS] = "pro_rata_contributors",
        [GW_FLOW_RULE_LAST_COME_CONTRIBUTORS] = "last_come_contributors",
        [GW_FLOW_RULE_PRO_RATA_ALL] = "pro_rata_all",
        [GW_FLOW_RULE_LAST_COME_ALL] = "last_come_all"};
    return names[rule];
}

static double larger(double left, double right) { return left > right ? left : right; }
static double smaller(double left, double right) { return left < right ? left : right; }

static const double *row_of(const scaled *it, size_t row) { return &it->effect[row * it->items]; }

static gw_status scale_rows(gw_arena *arena, scaled *it, gw_fault *reterr) {
    const gw_flow_curtailment *question = it->question;
    it->items = question->item_count;
    it->rows = question->constraint_count;
    GW_TRY(GW_ARENA_NEW(arena, double, it->items * it->rows, &it->effect, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->rows, &it->gap, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->rows, &it->scale, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->items, &it->cut, reterr));
    for (size_t row = 0; row < it->rows; row++) {
        const double *from = &question->effect[row * it->items];
        double most = 0;
        for (size_t item = 0; item < it->items; item++)
            most = larger(most, __builtin_fabs(from[item]));
        it->scale[row] = most;
        if (most <= 0) continue;
        it->gap[row] = question->gap[row] / most;
        for (size_t item = 0; item < it->items; item++)
            it->effect[row * it->items + item] = from[item] / most;
    }
    return gw_ok();
}

/* What is left of a row's gap. */
static double open_gap(const scaled *it, size_t row) {
    const double *effect = row_of(it, row);
    double left = it->gap[row];
    for (size_t item = 0; item < it->items; item++) left -= effect[item] * it->cut[item];
    return left;
}

/* ---- least squares: coordinate ascent on the dual (Hildreth 1957), one row's price at a time */

typedef struct squares {
    scaled *base;
    const double *weight;
    double *pull; /* by item: sum of price * effect / weight of all rows */
    double *price;
} squares;

static double weight_of(const squares *it, size_t item) {
    return it->weight == NULL ? 1 : it->weight[item];
}

static double clip(double value, double most) { return smaller(larger(value, 0), most); }

/* Effect of all cuts on a row when its price changes by `change`, and how steeply it grows. */
static double met(const squares *it, size_t row, double change, double *ret_slope) {
    const double *effect = row_of(it->base, row);
    double sum = 0;
    double slope = 0;
    for (size_t item = 0; item < it->base->items; item++) {
        if (effect[item] == 0) continue;
        const double rate = effect[item] / weight_of(it, item);
        const double wish = it->pull[item] + change * rate;
        const double most = it->base->question->requested_w[item];
        sum += effect[item] * clip(wish, most);
        if (wish >= 0 && wish < most) slope += effect[item] * rate;
    }
    *ret_slope = slope;
    return sum;
}

/* A change of price beyond which nothing more is cut. */
static double change_most(const squares *it, size_t row) {
    const double *effect = row_of(it->base, row);
    double most = 0;
    for (size_t item = 0; item < it->base->items; item++) {
        if (effect[item] == 0) continue;
        const double room = effect[item] > 0
                                ? it->base->question->requested_w[item] - it->pull[item]
                                : it->pull[item];
        most = larger(most, room * weight_of(it, item) / __builtin_fabs(effect[item]));
    }
    return most;
}

/* Where the line says the answer is, or the middle of the bracket when it points outside. */
static double next_change(double newton, double low, double high) {
    return newton > low && newton < high ? newton : low + (high - low) / 2;
}

/* The change that closes the row's gap: Newton on a piecewise straight line, kept in a bracket. */
static double find_change(const squares *it, size_t row) {
    double low = -it->price[row];
    double high = change_most(it, row);
    double change = 0;
    for (int left = 2 * HALVINGS; left > 0 && high > low; left--) {
        double slope = 0;
        const double over = met(it, row, change, &slope) - it->base->gap[row];
        if (__builtin_fabs(over) < closed_w / 16) break;
        *(over > 0 ? &high : &low) = change;
        change = next_change(slope > 0 ? change - over / slope : high, low, high);
    }
    return change;
}

static void move_price(squares *it, size_t row, double change) {
    const double *effect = row_of(it->base, row);
    it->price[row] = larger(it->price[row] + change, 0);
    for (size_t item = 0; item < it->base->items; item++)
        it->pull[item] += change * effect[item] / weight_of(it, item);
}

/* Once over all rows; says how far the furthest was from where it belongs. */
static double sweep_prices(squares *it) {
    double worst = 0;
    for (size_t row = 0; row < it->base->rows; row++) {
        double slope = 0;
        if (it->base->scale[row] <= 0) continue;
        const double over = met(it, row, 0, &slope) - it->base->gap[row];
        const bool is_slack = over >= 0 && it->price[row] <= 0;
        if (is_slack || __builtin_fabs(over) < closed_w / 8) continue;
        worst = larger(worst, __builtin_fabs(over));
        move_price(it, row, find_change(it, row));
    }
    return worst;
}

static gw_status cut_squares(gw_arena *arena, scaled *it, double *shadow, gw_fault *reterr) {
    squares dual = {.base = it, .weight = it->question->weight};
    dual.price = shadow; /* written through */
    GW_TRY(GW_ARENA_NEW(arena, double, it->items, &dual.pull, reterr));
    for (int sweep = 0; sweep < SWEEPS_MOST; sweep++)
        if (sweep_prices(&dual) <= 0) break;
    for (size_t item = 0; item < it->items; item++)
        it->cut[item] = clip(dual.pull[item], it->question->requested_w[item]);
    return gw_ok();
}

/* ---- linear programmes; of equal items the last to come is cut first */

static size_t arrived(const scaled *it, size_t at) {
    return it->question->arrival == NULL ? at : it->question->arrival[at];
}

static gw_status cut_linear(gw_arena *arena, scaled *it, double *shadow, gw_fault *reterr) {
    const gw_flow_curtailment *question = it->question;
    double *effect = NULL;
    double *cost = NULL;
    double *most = NULL;
    double *amount = NULL;
    GW_TRY(GW_ARENA_NEW(arena, double, it->items * it->rows, &effect, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->items, &cost, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->items, &most, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->items, &amount, reterr));
    const bool is_priced = question->rule == GW_FLOW_RULE_ECONOMIC && question->price != NULL;
    for (size_t at = 0; at < it->items; at++) {
        const size_t item = arrived(it, it->items - 1 - at);
        cost[at] = is_priced ? larger(question->price[item], 1e-6) : 1;
        most[at] = question->requested_w[item];
        for (size_t row = 0; row < it->rows; row++)
            effect[row * it->items + at] = row_of(it, row)[item];
    }
    const gw_flow_programme programme = {it->items, it->rows, effect, it->gap, cost, most};
    GW_TRY(gw_flow_simplex(arena, &programme, amount, shadow, reterr));
    for (size_t at = 0; at < it->items; at++) it->cut[arrived(it, it->items - 1 - at)] = amount[at];
    return gw_ok();
}

/* ---- the same share of every contributor: a share per row, an item bears the largest of its own
 */

typedef struct shares {
    scaled *base;
    double *of_row;
    double *others; /* by item: the largest share of the other rows on which it acts */
} shares;

/* Cuts with this share for the row, beside those of all others. */
static void try_share(const shares *it, size_t row, double share) {
    const double *effect = row_of(it->base, row);
    for (size_t item = 0; item < it->base->items; item++) {
        const double own = effect[item] > 0 ? larger(it->others[item], share) : it->others[item];
        it->base->cut[item] = it->base->question->requested_w[item] * own;
    }
}

static void gather_others(const shares *it, size_t row) {
    memset(it->others, 0, it->base->items * sizeof *it->others);
    for (size_t other = 0; other < it->base->rows; other++) {
        const double *effect = row_of(it->base, other);
        if (other == row || it->of_row[other] <= 0) continue;
        for (size_t item = 0; item < it->base->items; item++)
            if (effect[item] > 0) it->others[item] = larger(it->others[item], it->of_row[other]);
    }
}

/* The least share that closes the row; all of it when none does. */
static double find_share(const shares *it, size_t row) {
    double low = 0;
    double high = 1;
    try_share(it, row, 0);
    if (open_gap(it->base, row) <= closed_w) return 0;
    for (int left = HALVINGS; left > 0; left--) {
        const double middle = low + (high - low) / 2;
        try_share(it, row, middle);
        *(open_gap(it->base, row) > 0 ? &low : &high) = middle;
    }
    return high;
}

/* Row after row, up and down, until no share moves: what is cut for one may suffice for another. In
 * the second half of the sweeps only up, so that it ends. */
static gw_status cut_contributors(gw_arena *arena, scaled *it, gw_fault *reterr) {
    shares dual = {.base = it};
    double moved = 1;
    GW_TRY(GW_ARENA_NEW(arena, double, it->rows, &dual.of_row, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->items, &dual.others, reterr));
    for (int sweep = 0; moved > 1e-12 && sweep < HALVINGS; sweep++) {
        moved = 0;
        for (size_t row = 0; row < it->rows; row++) {
            gather_others(&dual, row);
            const double before = dual.of_row[row];
            const double found = find_share(&dual, row);
            const bool is_up_only = sweep >= HALVINGS / 2;
            dual.of_row[row] = is_up_only ? larger(found, before) : found;
            moved = larger(moved, __builtin_fabs(dual.of_row[row] - before));
        }
    }
    if (it->rows == 0) return gw_ok();
    gather_others(&dual, 0);
    try_share(&dual, 0, dual.of_row[0]);
    return gw_ok();
}

static void cut_same_share(scaled *it) {
    double share = 0;
    for (size_t row = 0; row < it->rows; row++) {
        const double *effect = row_of(it, row);
        double whole = 0;
        for (size_t item = 0; item < it->items; item++)
            whole += effect[item] * it->question->requested_w[item];
        if (it->gap[row] <= closed_w) continue;
        share = larger(share, whole > it->gap[row] ? it->gap[row] / whole : 1);
    }
    for (size_t item = 0; item < it->items; item++)
        it->cut[item] = share * it->question->requested_w[item];
}

/* ---- the last to come */

/* How much of the item closes every open row on which it acts. */
static double needed_of(const scaled *it, const double *left, size_t item) {
    double needed = 0;
    for (size_t row = 0; row < it->rows; row++) {
        const double effect = row_of(it, row)[item];
        if (left[row] > closed_w && effect > 0) needed = larger(needed, left[row] / effect);
    }
    return needed;
}

static bool is_open(const scaled *it, const double *left) {
    for (size_t row = 0; row < it->rows; row++)
        if (left[row] > closed_w) return true;
    return false;
}

static void cut_more(scaled *it, double *left, size_t item, double amount) {
    it->cut[item] += amount;
    for (size_t row = 0; row < it->rows; row++) left[row] -= row_of(it, row)[item] * amount;
}

static void cut_last(scaled *it, double *left) {
    for (size_t at = it->items; at > 0 && is_open(it, left); at--) {
        const size_t item = arrived(it, at - 1);
        const double most = it->question->requested_w[item] - it->cut[item];
        cut_more(it, left, item, smaller(needed_of(it, left, item), most));
    }
}

/* How much of a cut may be taken back without opening a row. */
static double spare_of(const scaled *it, const double *left, size_t item) {
    double spare = it->cut[item];
    for (size_t row = 0; row < it->rows; row++) {
        const double effect = row_of(it, row)[item];
        if (effect > 0) spare = smaller(spare, larger(-left[row], 0) / effect);
    }
    return spare;
}

/* What was cut for one row may not be needed any more once another was served: first come first. */
static void give_back(scaled *it, double *left) {
    for (size_t at = 0; at < it->items; at++) {
        const size_t item = arrived(it, at);
        if (it->cut[item] > 0) cut_more(it, left, item, -spare_of(it, left, item));
    }
}

/* Naive: whoever came last goes, unless a part of it closes everything. */
static void cut_last_of_all(scaled *it, double *left) {
    for (size_t at = it->items; at > 0 && is_open(it, left); at--) {
        const size_t item = arrived(it, at - 1);
        const double most = it->question->requested_w[item];
        const double part = smaller(needed_of(it, left, item), most);
        cut_more(it, left, item, part);
        if (is_open(it, left)) cut_more(it, left, item, most - part);
    }
}

static gw_status cut_by_arrival(gw_arena *arena, scaled *it, gw_fault *reterr) {
    double *left = NULL;
    GW_TRY(GW_ARENA_NEW(arena, double, it->rows, &left, reterr));
    for (size_t row = 0; row < it->rows; row++) left[row] = it->gap[row];
    if (it->question->rule == GW_FLOW_RULE_LAST_COME_ALL) {
        cut_last_of_all(it, left);
        return gw_ok();
    }
    /* A cut for one row may open another: again, once for each of them. */
    for (size_t pass = 0; pass <= it->rows && is_open(it, left); pass++) cut_last(it, left);
    give_back(it, left);
    return gw_ok();
}

static gw_status cut_by_rule(gw_arena *arena, scaled *it, double *shadow, gw_fault *reterr) {
    switch (it->question->rule) {
    case GW_FLOW_RULE_SENSITIVITY_QP: return cut_squares(arena, it, shadow, reterr);
    case GW_FLOW_RULE_MIN_KW:
    case GW_FLOW_RULE_ECONOMIC: return cut_linear(arena, it, shadow, reterr);
    case GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS: return cut_contributors(arena, it, reterr);
    case GW_FLOW_RULE_PRO_RATA_ALL: cut_same_share(it); return gw_ok();
    default: return cut_by_arrival(arena, it, reterr);
    }
}

gw_status gw_flow_curtail(gw_arena *arena, const gw_flow_curtailment *question,
                          gw_flow_cut_set *ret, gw_fault *reterr) {
    scaled it = {.question = question};
    double *shadow = NULL;
    GW_TRY(scale_rows(arena, &it, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it.rows, &shadow, reterr));
    GW_TRY(cut_by_rule(arena, &it, shadow, reterr));
    double missing = 0;
    for (size_t row = 0; row < it.rows; row++) {
        const double left =
            it.scale[row] > 0 ? open_gap(&it, row) * it.scale[row] : question->gap[row];
        if (left > 2 * closed_w * it.scale[row]) missing = larger(missing, left);
        if (it.scale[row] > 0) shadow[row] /= it.scale[row];
    }
    *ret = (gw_flow_cut_set){it.cut, shadow, missing};
    return gw_ok();
}
