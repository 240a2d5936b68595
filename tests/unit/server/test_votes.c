/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/votes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct bench {
    char directory[64];
    gw_arena *arena;
    gw_votes *votes;
} bench;

static int open_bench(void **state) {
    bench *made = calloc(1, sizeof *made);
    (void)snprintf(made->directory, sizeof made->directory, "/tmp/gw-votes-XXXXXX");
    made->arena = gw_arena_open(64 * 1024 * 1024);
    const bool ready = mkdtemp(made->directory) != NULL &&
                       gw_is_ok(gw_votes_open(made->arena, made->directory, &made->votes, NULL));
    *state = made;
    return ready ? 0 : -1;
}

static int close_bench(void **state) {
    bench *made = *state;
    gw_votes_close(made->votes);
    gw_arena_close(made->arena);
    const pid_t child = fork();
    if (child == 0) {
        (void)execlp("rm", "rm", "-rf", made->directory, (char *)NULL);
        _exit(1);
    }
    int status = 0;
    (void)waitpid(child, &status, 0);
    free(made);
    return status;
}

static gw_vote_record record(uint16_t revision, uint8_t digest) {
    gw_vote_record made = {.slot = {.kind = GW_TASK_SETTLEMENT, .revision = revision}};
    made.slot.subject.bytes[0] = 7;
    made.digest.bytes[31] = digest;
    return made;
}

static gw_vote_decision claim(bench *at, gw_vote_record wanted) {
    gw_vote_decision decision = GW_VOTE_REFUSE;
    assert_true(gw_is_ok(gw_votes_claim(at->votes, &wanted, (gw_word){{0}}, &decision, NULL)));
    return decision;
}

static void reopen(bench *at) {
    gw_votes_close(at->votes);
    assert_true(gw_is_ok(gw_votes_open(at->arena, at->directory, &at->votes, NULL)));
}

static void a_second_digest_for_one_slot_is_refused(void **state) {
    bench *at = *state;
    assert_int_equal(claim(at, record(1, 1)), GW_VOTE_RECORD_FIRST);
    assert_int_equal(claim(at, record(1, 2)), GW_VOTE_REFUSE);
    assert_int_equal(claim(at, record(1, 1)), GW_VOTE_SIGN_AGAIN);
    assert_int_equal(claim(at, record(2, 2)), GW_VOTE_RECORD_FIRST);
}

static void a_vote_survives_a_restart(void **state) {
    bench *at = *state;
    assert_int_equal(claim(at, record(1, 1)), GW_VOTE_RECORD_FIRST);
    reopen(at);
    assert_int_equal(claim(at, record(1, 2)), GW_VOTE_REFUSE);
    assert_int_equal(claim(at, record(1, 1)), GW_VOTE_SIGN_AGAIN);
}

static void only_an_agreed_commitment_is_known(void **state) {
    bench *at = *state;
    gw_vote_record wanted = record(1, 9);
    wanted.slot.kind = GW_TASK_COMMITMENT;
    gw_vote_decision decision = GW_VOTE_REFUSE;
    gw_word root = {{5}};
    gw_word other = {{6}};
    assert_true(gw_is_ok(gw_votes_claim(at->votes, &wanted, root, &decision, NULL)));
    reopen(at);
    assert_true(gw_votes_has_commitment(at->votes, wanted.slot.subject, root));
    assert_false(gw_votes_has_commitment(at->votes, wanted.slot.subject, other));
}

static void a_check_is_signed_once_per_epoch_also_after_a_restart(void **state) {
    bench *at = *state;
    gw_vote_record check = {.slot = {.kind = GW_TASK_CLEARANCE}};
    check.slot.subject.bytes[3] = 1;
    check.digest.bytes[0] = 1;
    assert_int_equal(claim(at, check), GW_VOTE_RECORD_FIRST);
    reopen(at);
    assert_int_equal(claim(at, check), GW_VOTE_SIGN_AGAIN);
    gw_vote_record other = check;
    other.digest.bytes[0] = 2;
    assert_int_equal(claim(at, other), GW_VOTE_REFUSE);
    other.slot.epoch = 1;
    assert_int_equal(claim(at, other), GW_VOTE_RECORD_FIRST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_second_digest_for_one_slot_is_refused, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(a_vote_survives_a_restart, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_check_is_signed_once_per_epoch_also_after_a_restart,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(only_an_agreed_commitment_is_known, open_bench,
                                        close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
