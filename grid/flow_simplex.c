/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_simplex.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* In the units of gaps and of a row scaled to 1. */
static const double within = 1e-7;
static const double pivot_least = 1e-9;
static const double endless = __builtin_inf();

/* A variable by its number: columns first, then the surplus of each row. A dictionary: what is
 * basic = value + sum of slope * (how far what is not basic leaves its bound). */
typedef struct dictionary {
    const gw_flow_programme *programme;
    size_t rows;
    size_t columns;
    double *slope;     /* rows * columns */
    double *value;     /* of the basic variable of a row */
    double *reduced;   /* cost of leaving the bound, by column */
    size_t *basic;     /* by row */
    size_t *resting;   /* by column */
    bool *is_at_most;  /* by column: the upper bound */
    bool *is_given_up; /* by row: nothing can satisfy it */
} dictionary;

/* What a row needs: a way to go, and how far. */
typedef struct want {
    size_t row;
    double sign; /* +1: its variable must grow */
    double distance;
} want;

static double most_of(const dictionary *it, size_t variable) {
    return variable < it->columns ? it->programme->most[variable] : endless;
}

static gw_status open_dictionary(gw_arena *arena, dictionary *it, gw_fault *reterr) {
    const gw_flow_programme *programme = it->programme;
    it->rows = programme->row_count;
    it->columns = programme->column_count;
    const size_t cells = it->rows * it->columns;
    GW_TRY(GW_ARENA_NEW(arena, double, cells, &it->slope, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->rows, &it->value, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->columns, &it->reduced, reterr));
    GW_TRY(GW_ARENA_NEW(arena, size_t, it->rows, &it->basic, reterr));
    GW_TRY(GW_ARENA_NEW(arena, size_t, it->columns, &it->resting, reterr));
    GW_TRY(GW_ARENA_NEW(arena, bool, it->columns, &it->is_at_most, reterr));
    GW_TRY(GW_ARENA_NEW(arena, bool, it->rows, &it->is_given_up, reterr));
    for (size_t at = 0; at < cells; at++) it->slope[at] = programme->effect[at];
    for (size_t row = 0; row < it->rows; row++) {
        it->value[row] = -programme->gap[row];
        it->basic[row] = it->columns + row;
    }
    for (size_t column = 0; column < it->columns; column++) {
        it->reduced[column] = programme->cost[column];
        it->resting[column] = column;
    }
    return gw_ok();
}

/* The row furthest outside its bounds. */
static bool find_want(const dictionary *it, want *ret) {
    double worst = within;
    for (size_t row = 0; row < it->rows; row++) {
        if (it->is_given_up[row]) continue;
        const double below = -it->value[row];
        const double above = it->value[row] - most_of(it, it->basic[row]);
        if (below > worst) *ret = (want){row, 1, worst = below};
        if (above > worst) *ret = (want){row, -1, worst = above};
    }
    return worst > within;
}

/* How much the wanted row gains per unit that the column leaves its bound; 0: it cannot help. */
static double help_of(const dictionary *it, const want *wanted, size_t column) {
    const double slope = it->slope[wanted->row * it->columns + column] * wanted->sign;
    const double help = it->is_at_most[column] ? -slope : slope;
    return help > pivot_least ? help : 0;
}

/* The column that helps at the least cost per unit; the first of equals. */
static bool find_column(const dictionary *it, const want *wanted, size_t *ret) {
    double least = endless;
    bool is_found = false;
    for (size_t column = 0; column < it->columns; column++) {
        const double help = help_of(it, wanted, column);
        if (help <= 0) continue;
        const double rate = __builtin_fabs(it->reduced[column]) / help;
        if (is_found && rate >= least) continue;
        least = rate;
        *ret = column;
        is_found = true;
    }
    return is_found;
}

static void flip(dictionary *it, size_t column) {
    const double most = most_of(it, it->resting[column]);
    const double step = it->is_at_most[column] ? -most : most;
    for (size_t row = 0; row < it->rows; row++)
        it->value[row] += it->slope[row * it->columns + column] * step;
    it->is_at_most[column] = !it->is_at_most[column];
}

static double *row_of(const dictionary *it, size_t row) { return &it->slope[row * it->columns]; }

/* Writes the leaving row for the entering variable and puts it into all others. */
static void exchange(dictionary *it, size_t row, size_t column) {
    double *leaving = row_of(it, row);
    const double inverse = 1 / leaving[column];
    for (size_t at = 0; at < it->columns; at++) leaving[at] *= -inverse;
    leaving[column] = inverse;
    for (size_t other = 0; other < it->rows; other++) {
        double *slopes = row_of(it, other);
        const double factor = slopes[column];
        if (other == row || factor == 0) continue;
        slopes[column] = 0;
        for (size_t at = 0; at < it->columns; at++) slopes[at] += factor * leaving[at];
    }
    const double price = it->reduced[column];
    it->reduced[column] = 0;
    for (size_t at = 0; at < it->columns; at++) it->reduced[at] += price * leaving[at];
}

/* The row's variable goes to the bound that it broke and rests there; the column's takes its place.
 */
static void pivot(dictionary *it, const want *wanted, size_t column) {
    const size_t entering = it->resting[column];
    const double slope = row_of(it, wanted->row)[column];
    const double step = wanted->sign * wanted->distance / slope;
    const double from = it->is_at_most[column] ? most_of(it, entering) : 0;
    for (size_t row = 0; row < it->rows; row++) it->value[row] += row_of(it, row)[column] * step;
    it->value[wanted->row] = from + step;
    it->resting[column] = it->basic[wanted->row];
    it->is_at_most[column] = wanted->sign < 0;
    it->basic[wanted->row] = entering;
    exchange(it, wanted->row, column);
}

/* One step for the row that needs it most: flips while they do not suffice, then one pivot. */
static void satisfy(dictionary *it, want wanted) {
    size_t column = 0;
    while (find_column(it, &wanted, &column)) {
        const double reach = help_of(it, &wanted, column) * most_of(it, it->resting[column]);
        if (reach >= wanted.distance) {
            pivot(it, &wanted, column);
            return;
        }
        flip(it, column);
        wanted.distance -= reach;
    }
    it->is_given_up[wanted.row] = true;
}

static void read_resting(const dictionary *it, size_t column, double *amount, double *shadow) {
    const size_t resting = it->resting[column];
    if (resting >= it->columns)
        shadow[resting - it->columns] = it->reduced[column] > 0 ? it->reduced[column] : 0;
    else
        amount[resting] = it->is_at_most[column] ? it->programme->most[resting] : 0;
}

static void read_basic(const dictionary *it, size_t row, double *amount) {
    const size_t basic = it->basic[row];
    if (basic >= it->columns) return;
    const double most = it->programme->most[basic];
    const double value = it->value[row] > 0 ? it->value[row] : 0;
    amount[basic] = value < most ? value : most;
}

gw_status gw_flow_simplex(gw_arena *arena, const gw_flow_programme *programme, double *amount,
                          double *shadow, gw_fault *reterr) {
    dictionary it = {.programme = programme};
    GW_TRY(open_dictionary(arena, &it, reterr));
    /* Degenerate programmes may turn in circles: the end of the search is a number. */
    size_t left = 20 * (it.rows + 8) + it.columns;
    want wanted = {0, 0, 0};
    while (left > 0 && find_want(&it, &wanted)) {
        satisfy(&it, wanted);
        left--;
    }
    memset(shadow, 0, it.rows * sizeof *shadow);
    for (size_t column = 0; column < it.columns; column++)
        read_resting(&it, column, amount, shadow);
    for (size_t row = 0; row < it.rows; row++) read_basic(&it, row, amount);
    return gw_ok();
}
