/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_phase_match.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { INTERVALS = 144, METERS = 6 };
static const size_t arena_cap = 16UL * 1024 * 1024;

/* Two meters of each phase, in the order A, A, B, B, C, C; loads move them, noise blurs them. */
typedef struct street {
    int64_t reference_mv[GW_NET_PHASES * INTERVALS];
    int64_t meter_mv[METERS * INTERVALS];
    gw_phase_question question;
} street;

static void make_street(street *it, int64_t swing_mv, int64_t noise_mv) {
    seeded random = {42};
    for (size_t at = 0; at < INTERVALS; at++) {
        const int64_t shared_mv = seeded_between(&random, -2000, 2000);
        for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
            const int64_t moved_mv = seeded_between(&random, -swing_mv, swing_mv);
            it->reference_mv[phase * INTERVALS + at] = 230000 + shared_mv + moved_mv;
            for (size_t meter = 2 * phase; meter < 2 * phase + 2; meter++)
                it->meter_mv[meter * INTERVALS + at] = 228000 + shared_mv + 3 * moved_mv +
                                                       seeded_between(&random, -noise_mv, noise_mv);
        }
    }
    it->question = (gw_phase_question){.meter_count = METERS,
                                       .interval_count = INTERVALS,
                                       .meter_mv = it->meter_mv,
                                       .reference_mv = it->reference_mv};
}

static gw_phase_match *match(gw_arena *arena, const gw_phase_question *question) {
    gw_fault fault = {0};
    gw_phase_match *matches = NULL;
    assert_true(gw_is_ok(gw_flow_phase_match(arena, question, &matches, &fault)));
    return matches;
}

static void every_meter_finds_its_phase(void **state) {
    (void)state;
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 500, 300);
    const gw_phase_match *matches = match(arena, &it.question);
    for (size_t meter = 0; meter < METERS; meter++) {
        assert_int_equal(matches[meter].phase, 1U << meter / 2);
        assert_int_equal(matches[meter].doubt, GW_PHASE_CERTAIN);
        assert_true(matches[meter].confidence_ppm >= GW_PHASE_CERTAIN_PPM);
        assert_int_equal(matches[meter].steps, INTERVALS - 1);
        assert_true(matches[meter].correlation_ppm[meter / 2] > 900000);
    }
}

static void the_confidence_is_a_probability_and_grows_with_the_data(void **state) {
    (void)state;
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 100, 2000);
    const gw_phase_match *many = match(arena, &it.question);
    it.question.certain_ppm = 1;
    for (size_t meter = 0; meter < METERS; meter++) {
        assert_true(many[meter].confidence_ppm >= 0);
        assert_true(many[meter].confidence_ppm <= 1000000);
        assert_true(many[meter].best != 0);
    }
    make_street(&it, 500, 300);
    const gw_phase_match *clear = match(arena, &it.question);
    for (size_t meter = 0; meter < METERS; meter++)
        assert_true(clear[meter].confidence_ppm > many[meter].confidence_ppm);
}

static void noise_alone_is_given_no_phase(void **state) {
    (void)state;
    street it;
    seeded random = {7};
    size_t given = 0;
    for (int round = 0; round < 50; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        make_street(&it, 500, 300);
        for (size_t at = 0; at < (size_t)METERS * INTERVALS; at++)
            it.meter_mv[at] = 230000 + seeded_between(&random, -900, 900);
        const gw_phase_match *matches = match(arena, &it.question);
        for (size_t meter = 0; meter < METERS; meter++) given += matches[meter].phase != 0 ? 1 : 0;
    }
    /* 300 meters at one in a hundred, at most */
    assert_true(given <= 6);
}

static void known_neighbours_stand_in_for_the_transformer(void **state) {
    (void)state;
    static const unsigned known[METERS] = {GW_NET_PHASE_A, 0, GW_NET_PHASE_B, 0, GW_NET_PHASE_C, 0};
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 500, 300);
    it.question.reference_mv = NULL;
    it.question.known = known;
    const gw_phase_match *matches = match(arena, &it.question);
    for (size_t meter = 0; meter < METERS; meter++) {
        assert_int_equal(matches[meter].phase, 1U << meter / 2);
        assert_int_equal(matches[meter].doubt, meter % 2 == 0 ? GW_PHASE_KNOWN : GW_PHASE_CERTAIN);
    }
}

static void a_wrong_entry_is_disputed_and_misleads_nobody(void **state) {
    (void)state;
    static const unsigned known[METERS] = {0, GW_NET_PHASE_A, 0, GW_NET_PHASE_C, 0, 0};
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 500, 300);
    it.question.known = known;
    const gw_phase_match *matches = match(arena, &it.question);
    for (size_t meter = 0; meter < METERS; meter++)
        assert_int_equal(matches[meter].phase, 1U << meter / 2);
    assert_int_equal(matches[1].doubt, GW_PHASE_KNOWN);
    assert_int_equal(matches[3].doubt, GW_PHASE_DISPUTED);
    assert_int_equal(matches[2].doubt, GW_PHASE_CERTAIN);
}

static void a_phase_without_reference_is_said(void **state) {
    (void)state;
    static const unsigned known[METERS] = {GW_NET_PHASE_A, 0, GW_NET_PHASE_B, 0, 0, 0};
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 500, 300);
    it.question.reference_mv = NULL;
    it.question.known = known;
    assert_int_equal(match(arena, &it.question)[1].doubt, GW_PHASE_NO_REFERENCE);
    it.question.known = NULL;
    const gw_phase_match *matches = match(arena, &it.question);
    assert_int_equal(matches[0].doubt, GW_PHASE_NO_REFERENCE);
    assert_int_equal(matches[0].phase, 0);
}

static void gaps_and_flat_lines_are_said(void **state) {
    (void)state;
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 500, 300);
    for (size_t at = 0; at < INTERVALS; at++) {
        it.meter_mv[at] = at % 2 == 0 ? GW_PHASE_GAP : 230000; /* no two in a row */
        it.meter_mv[2 * INTERVALS + at] = 230000;
        if (at > 90) it.meter_mv[4 * INTERVALS + at] = GW_PHASE_GAP;
    }
    const gw_phase_match *matches = match(arena, &it.question);
    assert_int_equal(matches[0].doubt, GW_PHASE_FEW);
    assert_int_equal(matches[0].steps, 0);
    assert_int_equal(matches[2].doubt, GW_PHASE_CLOSE); /* what it shares with nobody speaks */
    assert_int_equal(matches[2].phase, 0);
    assert_int_equal(matches[4].phase, GW_NET_PHASE_C);
    assert_int_equal(matches[4].steps, 90);
}

static void a_flat_transformer_says_nothing(void **state) {
    (void)state;
    street it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    make_street(&it, 500, 300);
    for (size_t at = 0; at < (size_t)GW_NET_PHASES * INTERVALS; at++) it.reference_mv[at] = 230000;
    const gw_phase_match *matches = match(arena, &it.question);
    assert_int_equal(matches[0].doubt, GW_PHASE_FLAT);
    assert_int_equal(matches[0].confidence_ppm, 0);
}

static void limits_are_kept(void **state) {
    (void)state;
    static const unsigned both[1] = {3};
    gw_fault fault = {0};
    gw_phase_match *matches = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_phase_question question = {.meter_count = GW_PHASE_METERS_MOST + 1};
    assert_int_equal(gw_flow_phase_match(arena, &question, &matches, &fault).code,
                     GW_CODE_TOO_LARGE);
    question = (gw_phase_question){.interval_count = GW_PHASE_INTERVALS_MOST + 1};
    assert_int_equal(gw_flow_phase_match(arena, &question, &matches, &fault).code,
                     GW_CODE_TOO_LARGE);
    question = (gw_phase_question){.meter_count = 1, .known = both};
    assert_int_equal(gw_flow_phase_match(arena, &question, &matches, &fault).code, GW_CODE_INVALID);
    assert_null(matches);
    question = (gw_phase_question){0};
    assert_true(gw_is_ok(gw_flow_phase_match(arena, &question, &matches, &fault)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_meter_finds_its_phase),
        cmocka_unit_test(the_confidence_is_a_probability_and_grows_with_the_data),
        cmocka_unit_test(noise_alone_is_given_no_phase),
        cmocka_unit_test(known_neighbours_stand_in_for_the_transformer),
        cmocka_unit_test(a_wrong_entry_is_disputed_and_misleads_nobody),
        cmocka_unit_test(a_phase_without_reference_is_said),
        cmocka_unit_test(gaps_and_flat_lines_are_said),
        cmocka_unit_test(a_flat_transformer_says_nothing),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
