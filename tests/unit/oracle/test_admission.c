/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SLOTS = 20 };

/* One meter, SLOTS half hours; the event is slots 0 to SLOTS-1. */
typedef struct world {
    gw_proposed_reading proposed[SLOTS];
    gw_sighting sightings[SLOTS];
    gw_admission_question question;
} world;

static gw_instant at_slot(size_t slot) { return gw_instant_seconds((int64_t)slot * 1800); }

static void make_world(world *ret) {
    for (size_t at = 0; at < SLOTS; at++) {
        const gw_reading_key key = {GW_TEXT("M-1"), 1, at_slot(at)};
        ret->proposed[at] = (gw_proposed_reading){
            .key = key, .version = {1, at + 1}, .energy_wh = 100, .quality = 'A'};
        ret->sightings[at] = (gw_sighting){key, {1, at + 1}, 100, 'A', at_slot(at + 1)};
    }
    ret->question = (gw_admission_question){.proposed = ret->proposed,
                                            .proposed_count = SLOTS,
                                            .sightings = ret->sightings,
                                            .sighting_count = SLOTS,
                                            .window_from = at_slot(0),
                                            .window_to = at_slot(SLOTS),
                                            .as_of = at_slot(SLOTS + 10)};
}

static gw_admission judge(const world *given) {
    gw_admission result;
    assert_true(gw_is_ok(gw_admission_judge(&given->question, &result, NULL)));
    return result;
}

static void equal_readings_are_agreed_to(void **state) {
    (void)state;
    world given;
    make_world(&given);
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_AGREES);
    assert_int_equal(result.equal, SLOTS);
    assert_int_equal(result.window_held, SLOTS);
    assert_int_equal(result.first_difference, SLOTS);
}

static void one_differing_reading_is_enough_to_refuse(void **state) {
    (void)state; /* DESIGN §13.3: no reading it holds differs */
    world given;
    make_world(&given);
    given.proposed[7].energy_wh = 101;
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_READING_DIFFERS);
    assert_int_equal(result.differs, 1);
    assert_int_equal(result.first_difference, 7);
}

static void another_quality_differs_too(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.proposed[0].quality = 'E';
    assert_int_equal(judge(&given).verdict, GW_VERDICT_READING_DIFFERS);
}

static void a_difference_outside_the_window_counts_as_well(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.question.window_from = at_slot(10);
    given.proposed[3].energy_wh = 99;
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_READING_DIFFERS);
    assert_int_equal(result.window_proposed, 10);
}

static void coverage_of_exactly_95_percent_suffices_and_less_does_not(void **state) {
    (void)state; /* DESIGN §13.3 */
    world given;
    make_world(&given);
    given.question.sighting_count = 19;
    gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_AGREES);
    assert_int_equal(result.unseen, 1);
    given.question.sighting_count = 18;
    result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_READINGS_MISSING);
    assert_int_equal(result.unseen, 2);
    assert_int_equal(result.first_difference, SLOTS);
}

static void what_is_unseen_outside_the_window_is_only_counted(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.question.window_to = at_slot(10);
    given.question.sighting_count = 10;
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_AGREES);
    assert_int_equal(result.unseen, 10);
}

static void a_reading_hidden_as_missing_is_a_difference(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.proposed[4].as = GW_PROPOSED_MISSING;
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_READING_DIFFERS);
    assert_int_equal(result.hidden, 1);
    assert_int_equal(result.first_difference, 4);
}

static void a_reading_that_came_after_as_of_is_rightly_missing(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.proposed[4].as = GW_PROPOSED_MISSING;
    given.sightings[4].seen_at = given.question.as_of;
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_AGREES);
    assert_int_equal(result.hidden, 0);
    assert_int_equal(result.proposed, SLOTS - 1);
}

static void an_older_version_than_the_one_seen_in_time_is_stale(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.sightings[5].version.sequence = 900;
    given.sightings[5].energy_wh = 50;
    gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_STALE);
    assert_int_equal(result.outdated, 1);
    given.sightings[5].seen_at = given.question.as_of;
    result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_AGREES);
    assert_int_equal(result.unseen, 1);
}

static void a_version_the_node_never_saw_is_not_held(void **state) {
    (void)state;
    world given;
    make_world(&given);
    for (size_t at = 0; at < 2; at++) given.proposed[at].version.boot = 2;
    const gw_admission result = judge(&given);
    assert_int_equal(result.verdict, GW_VERDICT_READINGS_MISSING);
    assert_int_equal(result.unseen, 2);
}

static void an_event_without_readings_is_covered(void **state) {
    (void)state;
    world given;
    make_world(&given);
    given.question.proposed_count = 0;
    assert_int_equal(judge(&given).verdict, GW_VERDICT_AGREES);
}

static void sightings_out_of_order_are_refused(void **state) {
    (void)state;
    world given;
    make_world(&given);
    const gw_sighting first = given.sightings[0];
    given.sightings[0] = given.sightings[1];
    given.sightings[1] = first;
    gw_admission result = {.equal = 7};
    assert_int_equal(gw_admission_judge(&given.question, &result, NULL).code, GW_CODE_INVALID);
    assert_int_equal(result.equal, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_readings_are_agreed_to),
        cmocka_unit_test(one_differing_reading_is_enough_to_refuse),
        cmocka_unit_test(another_quality_differs_too),
        cmocka_unit_test(a_difference_outside_the_window_counts_as_well),
        cmocka_unit_test(coverage_of_exactly_95_percent_suffices_and_less_does_not),
        cmocka_unit_test(what_is_unseen_outside_the_window_is_only_counted),
        cmocka_unit_test(a_reading_hidden_as_missing_is_a_difference),
        cmocka_unit_test(a_reading_that_came_after_as_of_is_rightly_missing),
        cmocka_unit_test(an_older_version_than_the_one_seen_in_time_is_stale),
        cmocka_unit_test(a_version_the_node_never_saw_is_not_held),
        cmocka_unit_test(an_event_without_readings_is_covered),
        cmocka_unit_test(sightings_out_of_order_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
