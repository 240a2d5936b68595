/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/vote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const gw_vote_slot slot = {
    .kind = GW_TASK_SETTLEMENT, .subject = {{1}}, .revision = 2, .epoch = 0};
static const gw_word one = {{1}};
static const gw_word two = {{2}};

static void the_first_digest_is_recorded_and_then_signed_again(void **state) {
    (void)state;
    const gw_vote_record record = {slot, one};
    assert_int_equal(gw_vote_decide(NULL, 0, &slot, one), GW_VOTE_RECORD_FIRST);
    assert_int_equal(gw_vote_decide(&record, 1, &slot, one), GW_VOTE_SIGN_AGAIN);
}

static void another_digest_is_refused_for_ever(void **state) {
    (void)state; /* DESIGN §13.2 */
    const gw_vote_record records[] = {{slot, one}, {slot, two}};
    assert_int_equal(gw_vote_decide(records, 1, &slot, two), GW_VOTE_REFUSE);
    assert_int_equal(gw_vote_decide(records, 2, &slot, one), GW_VOTE_REFUSE);
}

static void every_part_of_the_slot_makes_another_slot(void **state) {
    (void)state;
    const gw_vote_record record = {slot, one};
    gw_vote_slot kind = slot;
    gw_vote_slot subject = slot;
    gw_vote_slot revision = slot;
    gw_vote_slot epoch = slot;
    kind.kind = GW_TASK_COMMITMENT;
    subject.subject.bytes[15] = 1;
    revision.revision++;
    epoch.epoch++;
    const gw_vote_slot *others[] = {&kind, &subject, &revision, &epoch};
    for (size_t at = 0; at < 4; at++)
        assert_int_equal(gw_vote_decide(&record, 1, others[at], two), GW_VOTE_RECORD_FIRST);
}

static void a_check_is_one_slot_per_epoch(void **state) {
    (void)
        state; /* a grid clearance has no revisions: another digest needs another check or epoch */
    const gw_vote_slot check = {.kind = GW_TASK_CLEARANCE, .subject = {{9}}};
    const gw_vote_record record = {check, one};
    gw_vote_slot later = check;
    later.epoch = 1;
    assert_int_equal(gw_vote_decide(&record, 1, &check, one), GW_VOTE_SIGN_AGAIN);
    assert_int_equal(gw_vote_decide(&record, 1, &check, two), GW_VOTE_REFUSE);
    assert_int_equal(gw_vote_decide(&record, 1, &later, two), GW_VOTE_RECORD_FIRST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_digest_is_recorded_and_then_signed_again),
        cmocka_unit_test(another_digest_is_refused_for_ever),
        cmocka_unit_test(every_part_of_the_slot_makes_another_slot),
        cmocka_unit_test(a_check_is_one_slot_per_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
