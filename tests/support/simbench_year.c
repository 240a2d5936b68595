/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/simbench_year.h"

#include "tests/support/grid_data.h"

#include <assert.h>
#include <stdio.h>

#define FOLDER "simbench_lv_rural1/original/"

/* Where a point's power comes from: nominal values and the columns of its profile. */
typedef struct drive {
    double p_w;
    double q_var;
    const grid_table *table;
    size_t p_column;
    size_t q_column; /* SIZE_MAX: no reactive power */
} drive;

static double cell(const grid_table *table, size_t row, size_t column) {
    return grid_number(table->cells[row * table->columns + column]);
}

/* The points of the minimal file stand in the order of Load.csv and RES.csv. */
static size_t list_drives(gw_arena *arena, drive *drives, const grid_table profiles[2]) {
    static const char *const files[] = {FOLDER "Load.csv", FOLDER "RES.csv"};
    size_t count = 0;
    for (int kind = 0; kind < 2; kind++) {
        const grid_table elements = grid_table_read(arena, files[kind], ';');
        for (size_t row = 0; row < elements.rows; row++) {
            char name[64];
            const gw_text profile = grid_table_text(&elements, row, "profile");
            drive *made = &drives[count++];
            const double sign = kind == 0 ? 1e6 : -1e6;
            made->p_w = sign * grid_table_number(&elements, row, kind == 0 ? "pLoad" : "pRES");
            made->q_var = sign * grid_table_number(&elements, row, kind == 0 ? "qLoad" : "qRES");
            made->table = &profiles[kind];
            (void)snprintf(name, sizeof name, kind == 0 ? "%.*s_pload" : "%.*s",
                           GW_TEXT_ARGS(profile));
            made->p_column = grid_table_column(&profiles[kind], name);
            (void)snprintf(name, sizeof name, "%.*s_qload", GW_TEXT_ARGS(profile));
            made->q_column = grid_table_column(&profiles[kind], name);
            assert(made->p_column < profiles[kind].columns);
        }
    }
    return count;
}

static double reactive(const drive *here, size_t step) {
    if (here->q_column == SIZE_MAX) return 0;
    return here->q_var * cell(here->table, step, here->q_column);
}

simbench_year simbench_year_read(gw_arena *arena) {
    simbench_year year;
    drive drives[SIMBENCH_POINTS];
    const size_t count = (size_t)SIMBENCH_STEPS * SIMBENCH_POINTS;
    const grid_table profiles[] = {grid_table_read(arena, FOLDER "LoadProfile.csv", ';'),
                                   grid_table_read(arena, FOLDER "RESProfile.csv", ';')};
    const size_t points = list_drives(arena, drives, profiles);
    const gw_status p = GW_ARENA_NEW(arena, double, count, &year.p_w, NULL);
    const gw_status q = GW_ARENA_NEW(arena, double, count, &year.q_var, NULL);
    assert(gw_is_ok(p) && gw_is_ok(q) && points == SIMBENCH_POINTS);
    for (size_t at = 0; at < count; at++) {
        const drive *here = &drives[at % SIMBENCH_POINTS];
        const size_t step = at / SIMBENCH_POINTS;
        year.p_w[at] = here->p_w * cell(here->table, step, here->p_column);
        year.q_var[at] = reactive(here, step);
    }
    return year;
}
