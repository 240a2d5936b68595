/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_path.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SLOTS = 24, DAYS = 10, POINTS = 3 };

typedef struct world {
    gw_arena *arena;
    int64_t forecast_w[SLOTS];
    gw_path_step steps[SLOTS];
    gw_day_table tables[POINTS];
    gw_path_point points[POINTS];
    gw_path_question question;
} world;

/* Point 1 errs twice as much as point 0, always; point 2 on its own. */
static void open_world(world *on) {
    seeded random = {7};
    on->arena = gw_arena_open(8 << 20);
    for (size_t slot = 0; slot < SLOTS; slot++) {
        on->forecast_w[slot] = 1000;
        on->steps[slot] = (gw_path_step){slot, 0};
    }
    for (size_t point = 0; point < POINTS; point++) {
        gw_day_table *table = &on->tables[point];
        assert_true(
            gw_is_ok(gw_day_table_make(on->arena, (gw_date){500}, DAYS, SLOTS, table, NULL)));
        on->points[point] = (gw_path_point){on->forecast_w, NULL, table, NULL};
    }
    for (size_t at = 0; at < (size_t)DAYS * SLOTS; at++) {
        on->tables[0].w[at] = seeded_between(&random, -500, 500);
        on->tables[1].w[at] = 2 * on->tables[0].w[at];
        on->tables[2].w[at] = seeded_between(&random, -500, 500);
    }
    on->question = (gw_path_question){.points = on->points,
                                      .point_count = POINTS,
                                      .steps = on->steps,
                                      .step_count = SLOTS,
                                      .path_count = 50,
                                      .seed = 42};
}

static void all_points_of_a_path_live_through_the_same_day(void **state) {
    (void)state;
    world on;
    open_world(&on);
    gw_paths paths;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &paths, NULL)));
    assert_int_equal(paths.without_residuals, 0);
    for (size_t path = 0; path < 50; path++)
        for (size_t step = 0; step < SLOTS; step++)
            assert_int_equal(gw_paths_at(&paths, path, 1)[step] - 1000,
                             2 * (gw_paths_at(&paths, path, 0)[step] - 1000));
    gw_arena_close(on.arena);
}

static void the_seed_decides_everything(void **state) {
    (void)state;
    world on;
    open_world(&on);
    gw_paths first;
    gw_paths second;
    gw_paths other;
    const size_t bytes = sizeof(int64_t) * 50 * POINTS * SLOTS;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &first, NULL)));
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &second, NULL)));
    on.question.seed = 43;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &other, NULL)));
    assert_memory_equal(first.w, second.w, bytes);
    assert_memory_not_equal(first.w, other.w, bytes);
    gw_arena_close(on.arena);
}

static void every_day_comes_up_equally_often(void **state) {
    (void)state;
    world on;
    open_world(&on);
    int seen[DAYS] = {0};
    gw_paths paths;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &paths, NULL)));
    for (size_t path = 0; path < 50; path++) seen[paths.days[path].days - 500]++;
    for (size_t day = 0; day < DAYS; day++) assert_int_equal(seen[day], 5);
    gw_arena_close(on.arena);
}

static void a_gap_takes_the_day_before_and_a_point_without_stays(void **state) {
    (void)state;
    world on;
    open_world(&on);
    for (size_t at = 0; at < (size_t)DAYS * SLOTS; at++) {
        on.tables[0].w[at] = at < SLOTS ? 11 : GW_FORECAST_GAP; /* the first day only */
        on.tables[1].w[at] = GW_FORECAST_GAP;
    }
    gw_paths paths;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &paths, NULL)));
    assert_int_equal(paths.without_residuals, 1);
    for (size_t path = 0; path < 50; path++) {
        assert_int_equal(gw_paths_at(&paths, path, 0)[5], 1011);
        assert_int_equal(gw_paths_at(&paths, path, 1)[5], 1000);
    }
    gw_arena_close(on.arena);
}

static void no_path_falls_below_its_least(void **state) {
    (void)state;
    world on;
    open_world(&on);
    int64_t least_w[SLOTS];
    for (size_t step = 0; step < SLOTS; step++) least_w[step] = step < 6 ? 1000 : 900;
    on.points[0].least_w = least_w;
    gw_paths paths;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &paths, NULL)));
    for (size_t path = 0; path < 50; path++)
        for (size_t step = 0; step < SLOTS; step++)
            assert_in_range(gw_paths_at(&paths, path, 0)[step], step < 6 ? 1000 : 900, 1500);
    gw_arena_close(on.arena);
}

static void near_steps_have_residuals_of_their_own(void **state) {
    (void)state;
    world on;
    open_world(&on);
    gw_day_table near;
    assert_true(gw_is_ok(gw_day_table_make(on.arena, (gw_date){500}, DAYS, SLOTS, &near, NULL)));
    for (size_t at = 0; at < (size_t)DAYS * SLOTS; at++) near.w[at] = 1;
    on.points[0].near = &near;
    on.question.near_count = 4;
    gw_paths paths;
    assert_true(gw_is_ok(gw_paths_draw(on.arena, &on.question, &paths, NULL)));
    for (size_t path = 0; path < 50; path++) {
        for (size_t step = 0; step < 4; step++)
            assert_int_equal(gw_paths_at(&paths, path, 0)[step], 1001);
        assert_int_equal(gw_paths_at(&paths, path, 1)[5] - 1000,
                         2 * (gw_paths_at(&paths, path, 0)[5] - 1000));
    }
    near.days--;
    assert_int_equal(gw_paths_draw(on.arena, &on.question, &paths, NULL).code, GW_CODE_INVALID);
    gw_arena_close(on.arena);
}

static void what_cannot_be_drawn_is_refused(void **state) {
    (void)state;
    world on;
    open_world(&on);
    gw_paths paths = {.path_count = 77};
    gw_fault fault = {0};
    on.tables[1].days = DAYS - 1;
    assert_int_equal(gw_paths_draw(on.arena, &on.question, &paths, &fault).code, GW_CODE_INVALID);
    on.tables[1].days = DAYS;
    on.question.path_count = GW_PATH_COUNT_MOST + 1;
    assert_int_equal(gw_paths_draw(on.arena, &on.question, &paths, &fault).code, GW_CODE_TOO_LARGE);
    on.question.path_count = 50;
    on.question.point_count = 1;
    for (size_t at = 0; at < (size_t)DAYS * SLOTS; at++) on.tables[0].w[at] = GW_FORECAST_GAP;
    assert_int_equal(gw_paths_draw(on.arena, &on.question, &paths, &fault).code, GW_CODE_NO_DATA);
    on.steps[3].slot = SLOTS;
    assert_int_equal(gw_paths_draw(on.arena, &on.question, &paths, &fault).code, GW_CODE_INVALID);
    assert_int_equal(paths.path_count, 77);
    gw_arena_close(on.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_points_of_a_path_live_through_the_same_day),
        cmocka_unit_test(the_seed_decides_everything),
        cmocka_unit_test(every_day_comes_up_equally_often),
        cmocka_unit_test(a_gap_takes_the_day_before_and_a_point_without_stays),
        cmocka_unit_test(no_path_falls_below_its_least),
        cmocka_unit_test(near_steps_have_residuals_of_their_own),
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
