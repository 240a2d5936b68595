/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection.h"

#include "base/wide.h"
#include "dr/selection_bound.h"
#include "dr/selection_table.h"

#include <stdlib.h>
#include <string.h>

enum { NODE_LIMIT = 10000000 }; /* under a second; a limit of time would differ between machines */

/* A full choice: one option index per bid. */
typedef struct choice {
    size_t option[GW_SELECTION_MAX_BIDS];
    int64_t cost_micros;
    size_t award_count;
} choice;

typedef struct search {
    const gw_selection_question *question;
    const gw_selection_table *table;
    const gw_selection_bound *bound;
    size_t order[GW_SELECTION_MAX_BIDS];   /* bids by depth: the most decisive first */
    size_t receipt[GW_SELECTION_MAX_BIDS]; /* bids by (received_at, id): the tie order */
    size_t ranked[GW_SELECTION_MAX_BIDS][GW_SELECTION_MAX_OPTIONS]; /* by reduced cost */
    int64_t (*rest_w)[GW_SELECTION_MAX_DEMANDS];   /* by depth: what the bids below can give */
    gw_wide rest_least[GW_SELECTION_MAX_BIDS + 1]; /* by depth: least reduced costs below */
    choice best;                                   /* costs INT64_MAX while there is none */
    choice now;
    int64_t given_w[GW_SELECTION_MAX_DEMANDS]; /* by the bids that are decided */
    int64_t node_count;
} search;

static const gw_selection_row *row_of(const search *at, size_t bid) {
    return &at->table->rows[bid];
}

/* ---- order of solutions ---- */

/* True when left is to be preferred: cost, awards, then less for the later receipt. */
static bool is_better(const search *at, const choice *left, const choice *right) {
    if (left->cost_micros != right->cost_micros) return left->cost_micros < right->cost_micros;
    if (left->award_count != right->award_count) return left->award_count < right->award_count;
    for (size_t rank = at->table->row_count; rank-- > 0;) {
        const size_t bid = at->receipt[rank];
        if (left->option[bid] != right->option[bid]) return left->option[bid] < right->option[bid];
    }
    return false;
}

static void sort_by_receipt(search *at) {
    const gw_bid *bids = at->question->bids;
    for (size_t bid = 0; bid < at->table->row_count; bid++) {
        size_t place = bid;
        for (; place > 0; place--) {
            const gw_bid *before = &bids[at->receipt[place - 1]];
            const bool is_later =
                before->received_at.us != bids[bid].received_at.us
                    ? before->received_at.us > bids[bid].received_at.us
                    : memcmp(before->bid_id.bytes, bids[bid].bid_id.bytes, 16) > 0;
            if (!is_later) break;
            at->receipt[place] = at->receipt[place - 1];
        }
        at->receipt[place] = bid;
    }
}

/* ---- a first solution: everything, then less of the dearest ---- */

static bool covers(const search *at, const int64_t *given_w) {
    for (size_t demand = 0; demand < at->table->demand_count; demand++)
        if (given_w[demand] < at->table->required_w[demand]) return false;
    return true;
}

static void count_choice(const search *at, choice *made) {
    made->cost_micros = 0;
    made->award_count = 0;
    for (size_t bid = 0; bid < at->table->row_count; bid++) {
        made->cost_micros += row_of(at, bid)->options[made->option[bid]].cost_micros;
        if (made->option[bid] > 0) made->award_count++;
    }
}

static bool is_enough(const search *at, const int64_t *gives_w, const int64_t *others_w) {
    for (size_t demand = 0; demand < at->table->demand_count; demand++)
        if (others_w[demand] + gives_w[demand] < at->table->required_w[demand]) return false;
    return true;
}

/* The least option of the bid that covers, given what all the others give; option_count: none. */
static size_t least_option(const search *at, size_t bid, const int64_t *others_w) {
    const gw_selection_row *row = row_of(at, bid);
    size_t low = 0;
    size_t high = row->option_count;
    while (low < high) {
        /* more may harm: then every option has to be looked at in turn */
        const size_t middle = at->table->is_monotone ? low + (high - low) / 2 : low;
        if (is_enough(at, row->options[middle].gives_w, others_w))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void add_power(const search *at, int64_t *given_w, size_t bid, size_t option, int sign) {
    const int64_t *gives_w = row_of(at, bid)->options[option].gives_w;
    for (size_t demand = 0; demand < at->table->demand_count; demand++)
        given_w[demand] += sign * gives_w[demand];
}

static size_t dearest_left(const search *at, const bool *done) {
    size_t dearest = SIZE_MAX;
    for (size_t bid = 0; bid < at->table->row_count; bid++) {
        if (done[bid]) continue;
        if (dearest == SIZE_MAX || at->question->bids[bid].price.micros_per_kwh >=
                                       at->question->bids[dearest].price.micros_per_kwh)
            dearest = bid;
    }
    return dearest;
}

/* Leaves `best` without a choice when everything together does not cover: some bids harm. */
static void start_greedily(search *at) {
    int64_t given_w[GW_SELECTION_MAX_DEMANDS] = {0};
    bool done[GW_SELECTION_MAX_BIDS] = {false};
    at->best.cost_micros = INT64_MAX;
    for (size_t bid = 0; bid < at->table->row_count; bid++) {
        at->best.option[bid] = row_of(at, bid)->option_count - 1;
        add_power(at, given_w, bid, at->best.option[bid], 1);
    }
    if (!covers(at, given_w)) return;
    for (size_t count = 0; count < at->table->row_count; count++) {
        const size_t bid = dearest_left(at, done);
        done[bid] = true;
        add_power(at, given_w, bid, at->best.option[bid], -1);
        at->best.option[bid] = least_option(at, bid, given_w);
        add_power(at, given_w, bid, at->best.option[bid], 1);
    }
    count_choice(at, &at->best);
}

static bool has_choice(const search *at) { return at->best.cost_micros < INT64_MAX; }

/* ---- the search ---- */

static gw_wide weight(const search *at, size_t bid) {
    const gw_wide full = at->bound->reduced[bid][row_of(at, bid)->option_count - 1];
    return full < 0 ? -full : full;
}

static void sort_depths(search *at) {
    for (size_t bid = 0; bid < at->table->row_count; bid++) {
        size_t place = bid;
        for (; place > 0 && weight(at, at->order[place - 1]) < weight(at, bid); place--)
            at->order[place] = at->order[place - 1];
        at->order[place] = bid;
    }
}

static void rank_options(search *at, size_t bid) {
    const gw_wide *reduced = at->bound->reduced[bid];
    for (size_t option = 0; option < row_of(at, bid)->option_count; option++) {
        size_t place = option;
        for (; place > 0 && reduced[at->ranked[bid][place - 1]] > reduced[option]; place--)
            at->ranked[bid][place] = at->ranked[bid][place - 1];
        at->ranked[bid][place] = option;
    }
}

static void prepare_rest(search *at) {
    const size_t depth_count = at->table->row_count;
    for (size_t depth = depth_count; depth-- > 0;) {
        const size_t bid = at->order[depth];
        const gw_selection_row *row = row_of(at, bid);
        at->rest_least[depth] = at->rest_least[depth + 1] + at->bound->least[bid];
        for (size_t demand = 0; demand < at->table->demand_count; demand++) {
            const int64_t full_w = row->options[row->option_count - 1].gives_w[demand];
            at->rest_w[depth][demand] = at->rest_w[depth + 1][demand] + (full_w > 0 ? full_w : 0);
        }
    }
}

static bool can_still_cover(const search *at, size_t depth) {
    for (size_t demand = 0; demand < at->table->demand_count; demand++)
        if (at->given_w[demand] + at->rest_w[depth][demand] < at->table->required_w[demand])
            return false;
    return true;
}

/* May a selection with this lower bound still be preferred to the best one? */
static bool is_promising(const search *at, gw_wide bound, bool is_covered) {
    const gw_wide best = gw_wide_multiply(at->best.cost_micros, GW_BOUND_SCALE);
    if (bound > best) return false;
    if (bound <= best - GW_BOUND_SCALE) return true;
    /* It can only tie: then it must not need more awards. */
    return at->now.award_count + (is_covered ? 0 : 1) <= at->best.award_count;
}

static void take_if_better(search *at) {
    if (is_better(at, &at->now, &at->best)) at->best = at->now;
}

static void set_option(search *at, size_t bid, size_t option, int sign) {
    const gw_selection_option *chosen = &row_of(at, bid)->options[option];
    add_power(at, at->given_w, bid, option, sign);
    at->now.option[bid] = sign > 0 ? option : 0;
    at->now.cost_micros += sign * chosen->cost_micros;
    if (option > 0) at->now.award_count += (size_t)sign;
}

/* The last bid has one best answer: the least option that covers. */
static void decide_last(search *at, size_t bid) {
    const size_t option = least_option(at, bid, at->given_w);
    if (option == row_of(at, bid)->option_count) return;
    set_option(at, bid, option, 1);
    take_if_better(at);
    set_option(at, bid, option, -1);
}

static void descend(search *at, size_t depth, gw_wide fixed);

static void try_options(search *at, size_t depth, gw_wide fixed) {
    const size_t bid = at->order[depth];
    for (size_t rank = 0; rank < row_of(at, bid)->option_count; rank++) {
        const size_t option = at->ranked[bid][rank];
        const gw_wide next = fixed + at->bound->reduced[bid][option];
        const gw_wide bound = next + at->rest_least[depth + 1];
        if (bound > gw_wide_multiply(at->best.cost_micros, GW_BOUND_SCALE)) return;
        set_option(at, bid, option, 1);
        if (is_promising(at, bound, covers(at, at->given_w)) && can_still_cover(at, depth + 1))
            descend(at, depth + 1, next);
        set_option(at, bid, option, -1);
    }
}

static void descend(search *at, size_t depth, gw_wide fixed) {
    if (at->node_count >= NODE_LIMIT) return;
    at->node_count++;
    if (covers(at, at->given_w)) {
        take_if_better(at); /* with the rest left out: more awards never make it better */
        return;
    }
    if (depth + 1 == at->table->row_count)
        decide_last(at, at->order[depth]);
    else
        try_options(at, depth, fixed);
}

static int64_t cost_of_all(const search *at) {
    int64_t cost_micros = 0;
    for (size_t bid = 0; bid < at->table->row_count; bid++)
        cost_micros += row_of(at, bid)->options[row_of(at, bid)->option_count - 1].cost_micros;
    return cost_micros;
}

static gw_status run(gw_arena *arena, search *at, gw_fault *reterr) {
    gw_selection_bound bound = {0};
    start_greedily(at);
    const int64_t known = has_choice(at) ? at->best.cost_micros : cost_of_all(at);
    GW_TRY(gw_selection_bound_make(arena, at->table, known, &bound, reterr));
    GW_TRY(gw_arena_take(arena, sizeof *at->rest_w, at->table->row_count + 1, (void **)&at->rest_w,
                         reterr));
    at->bound = &bound;
    sort_depths(at);
    for (size_t bid = 0; bid < at->table->row_count; bid++) rank_options(at, bid);
    prepare_rest(at);
    descend(at, 0, bound.required);
    at->bound = NULL;
    return gw_ok();
}

static gw_status list_shortage(gw_arena *arena, const gw_selection_table *table, gw_selection *made,
                               gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_power, table->demand_count, &made->shortage, reterr));
    for (size_t demand = 0; demand < table->demand_count; demand++) {
        made->shortage[demand].w = table->wanted_w[demand] - table->required_w[demand];
        if (made->shortage[demand].w > 0) made->is_short = true;
    }
    return gw_ok();
}

static gw_status give(gw_arena *arena, const search *at, gw_selection *ret, gw_fault *reterr) {
    gw_selection made = {.award_count = at->best.award_count,
                         .cost = {at->best.cost_micros},
                         .is_optimal = at->node_count < NODE_LIMIT};
    GW_TRY(GW_ARENA_NEW(arena, int, at->table->row_count, &made.activation_pct, reterr));
    for (size_t bid = 0; bid < at->table->row_count; bid++)
        made.activation_pct[bid] = row_of(at, bid)->options[at->best.option[bid]].percent;
    GW_TRY(list_shortage(arena, at->table, &made, reterr));
    *ret = made;
    return gw_ok();
}

/* Each demand as far as it can be reached alone; when that is too much at once, as far as all bids
 * together reach it, which always has an answer. */
static gw_status solve_table(gw_arena *arena, search *at, gw_selection_table *table,
                             gw_fault *reterr) {
    GW_TRY(run(arena, at, reterr));
    if (has_choice(at)) return gw_ok();
    gw_selection_table_lower(table, GW_SELECTION_TOGETHER);
    return run(arena, at, reterr);
}

gw_status gw_selection_solve(gw_arena *arena, const gw_selection_question *question,
                             gw_selection *ret, gw_fault *reterr) {
    gw_selection_table table = {0};
    search *at = NULL;
    GW_TRY(gw_selection_table_make(arena, question, &table, reterr));
    GW_TRY(GW_ARENA_NEW(arena, search, 1, &at, reterr));
    at->question = question;
    at->table = &table;
    if (table.row_count > 0) {
        sort_by_receipt(at);
        GW_TRY(solve_table(arena, at, &table, reterr));
    }
    return give(arena, at, ret, reterr);
}
