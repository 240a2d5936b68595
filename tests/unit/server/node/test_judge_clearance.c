/* SPDX-License-Identifier: Apache-2.0
 *
 * Honest nodes and a proposer that lies. Ref: grid.md §4.3 for the trades.
 */
#include "server/node/judge.h"

#include "grid/reading.h"
#include "oracle/keccak.h"
#include "tests/support/small_clearance.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 << 20, HISTORY = 8, SIGHTINGS = SMALL_READINGS * (HISTORY + 1) };

typedef struct world {
    gw_arena *arena;
    gw_core_clearance core;
    gw_sighting sightings[SIGHTINGS];
    gw_judge_facts facts;
    gw_core_clearance schedules[1];
} world;

/* What the node saw: eight quarters of an hour like the last one, and the last one itself. */
static void fill_sightings(world *at) {
    for (size_t place = 0; place < SIGHTINGS; place++) {
        const gw_core_anchor *last = &at->core.readings[place / (HISTORY + 1)];
        const int64_t back = (int64_t)(HISTORY - place % (HISTORY + 1));
        const gw_instant start = gw_instant_plus(last->start, gw_span_seconds(-900 * back));
        at->sightings[place] =
            (gw_sighting){.key = {last->meter, GW_CHANNEL_IMPORT, start},
                          .version = {(uint64_t)last->boot, (uint64_t)(last->seq - back)},
                          .energy_wh = last->wh,
                          .quality = 'A',
                          .seen_at = gw_instant_plus(start, gw_span_seconds(905))};
    }
}

static int open_world(void **state) {
    world *at = calloc(1, sizeof *at);
    at->arena = gw_arena_open(ARENA_BYTES);
    if (!gw_is_ok(small_clearance(at->arena, &at->core, NULL))) return -1;
    fill_sightings(at);
    at->facts = (gw_judge_facts){
        .signer_set = 1,
        .realm = GW_TEXT("grid"),
        .now = gw_instant_plus(at->core.checked_at, gw_span_seconds(2)),
        .sightings = at->sightings,
        .sighting_count = SIGHTINGS,
        .grid = {.network = small_network(), .pin = {.version = 1, .hash = at->core.network.hash}},
    };
    if (!gw_is_ok(gw_core_domain(&at->core.chain, &at->facts.domain, NULL))) return -1;
    *state = at;
    return 0;
}

static int close_world(void **state) {
    world *at = *state;
    gw_arena_close(at->arena);
    free(at);
    return 0;
}

/* Built and written by the proposer as the core stands. */
static gw_judgement judge(world *at) {
    gw_bytes bytes = {NULL, 0};
    gw_judgement judgement;
    gw_fault fault = {0};
    if (!gw_is_ok(gw_core_build_clearance(at->arena, &at->core, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
    assert_true(gw_is_ok(gw_core_write_clearance(at->arena, &at->core, &bytes, NULL)));
    assert_true(gw_is_ok(gw_judge(at->arena, bytes, &at->facts, &judgement, &fault)));
    return judgement;
}

static void assert_verdict(world *at, gw_verdict verdict) {
    const gw_judgement judgement = judge(at);
    if (judgement.verdict != verdict)
        fail_msg("%s: %s", gw_verdict_wire(judgement.verdict), judgement.detail);
}

static void an_honest_clearance_is_signed(void **state) {
    world *at = *state;
    const gw_judgement judgement = judge(at);
    gw_bytes bytes = {NULL, 0};
    if (judgement.verdict != GW_VERDICT_AGREES)
        fail_msg("%s: %s", gw_verdict_wire(judgement.verdict), judgement.detail);
    assert_true(gw_is_ok(gw_core_write_clearance(at->arena, &at->core, &bytes, NULL)));
    const gw_clearance statement = gw_core_clearance_statement(&at->core, bytes);
    assert_true(
        gw_word_equal(judgement.record.digest, gw_clearance_digest(&at->facts.domain, &statement)));
    assert_int_equal(judgement.record.slot.kind, GW_TASK_CLEARANCE);
    assert_int_equal(judgement.record.slot.revision, 0);
    assert_true(gw_uuid_equal(judgement.record.slot.subject, at->core.check_id));
    assert_true(gw_word_equal(judgement.root, at->core.items_root));
    assert_int_equal(judgement.seen.equal, SMALL_READINGS);
}

static void what_it_did_not_see_is_counted_and_not_refused(void **state) {
    world *at = *state;
    at->facts.sighting_count = HISTORY + 1; /* only the first meter */
    const gw_judgement judgement = judge(at);
    assert_int_equal(judgement.verdict, GW_VERDICT_AGREES);
    assert_int_equal(judgement.seen.equal, 1);
    assert_int_equal(judgement.seen.unseen, 2);
}

static void too_much_is_accepted(void **state) {
    world *at = *state;
    at->core.items[1].accepted.w = 25000;
    assert_verdict(at, GW_VERDICT_GRID_LIMIT_EXCEEDED);
    at->core.items[0].accepted.w = 20000;
    at->core.items[2].accepted.w = 15000;
    at->core.verdict = GW_FLOW_CHECK_OK;
    assert_verdict(at, GW_VERDICT_GRID_LIMIT_EXCEEDED);
}

static void more_is_accepted_than_was_asked_for(void **state) {
    world *at = *state;
    at->core.items[3].accepted.w = 10001;
    assert_verdict(at, GW_VERDICT_CURTAILMENT_UNJUST);
}

static void a_relieving_trade_is_cut(void **state) {
    world *at = *state;
    at->core.items[3].accepted.w = 9000;  /* D lowers the voltage at node 3, */
    at->core.items[0].accepted.w = 15900; /* so A must give way as well */
    const gw_judgement judgement = judge(at);
    assert_int_equal(judgement.verdict, GW_VERDICT_CURTAILMENT_UNJUST);
    assert_non_null(strstr(judgement.detail, ": D"));
}

static void a_trade_within_one_node_is_cut(void **state) {
    world *at = *state;
    at->core.items[4].accepted.w = 0;
    const gw_judgement judgement = judge(at);
    assert_int_equal(judgement.verdict, GW_VERDICT_CURTAILMENT_UNJUST);
    assert_non_null(strstr(judgement.detail, ": E"));
}

static void all_is_cut_without_need(void **state) {
    world *at = *state;
    for (size_t item = 0; item < SMALL_ITEMS; item++) at->core.items[item].accepted.w = 0;
    assert_verdict(at, GW_VERDICT_CURTAILMENT_UNJUST);
}

static void a_huge_margin_is_no_reason_to_cut(void **state) {
    world *at = *state;
    for (size_t item = 0; item < 3; item++) at->core.items[item].accepted.w = 0;
    at->core.margin_ppm = 50000;
    assert_verdict(at, GW_VERDICT_CURTAILMENT_UNJUST);
}

static void another_network_under_the_same_version_is_refused(void **state) {
    world *at = *state;
    const gw_bytes thin = small_network_thin();
    at->core.network.hash = gw_keccak256(thin);
    at->core.network.document_bytes = small_network_document_bytes(thin);
    at->facts.grid.network = thin;
    assert_verdict(at, GW_VERDICT_NETWORK_CHANGED);
    at->core.network.version = 2;
    assert_verdict(at, GW_VERDICT_GRID_LIMIT_EXCEEDED); /* known now, and it does not bear it */
}

static void an_old_network_is_stale(void **state) {
    world *at = *state;
    at->facts.grid.pin.version = 2;
    assert_verdict(at, GW_VERDICT_STALE);
}

static void a_network_that_is_not_here_is_unknown(void **state) {
    world *at = *state;
    at->facts.grid.network = (gw_bytes){NULL, 0};
    at->facts.grid.refusal = GW_TEXT("the gateway sent another one");
    const gw_judgement judgement = judge(at);
    assert_int_equal(judgement.verdict, GW_VERDICT_NETWORK_UNKNOWN);
    assert_string_equal(judgement.detail, "the gateway sent another one");
    at->facts.grid.network = small_network_thin();
    assert_verdict(at, GW_VERDICT_NETWORK_UNKNOWN);
    at->facts.grid.network = small_network();
    at->core.network.document_bytes--; /* cuts the document in half a brace */
    assert_verdict(at, GW_VERDICT_NETWORK_UNKNOWN);
}

static void a_base_of_other_points_is_malformed(void **state) {
    world *at = *state;
    at->core.bases[0].p_count--;
    at->core.bases[0].q_count--;
    assert_verdict(at, GW_VERDICT_MALFORMED);
}

static void a_node_with_false_readings_differs_alone(void **state) {
    world *at = *state;
    assert_verdict(at, GW_VERDICT_AGREES);
    at->sightings[HISTORY].energy_wh += 3; /* the one that the base stands on */
    const gw_judgement judgement = judge(at);
    assert_int_equal(judgement.verdict, GW_VERDICT_READING_DIFFERS);
    assert_non_null(strstr(judgement.detail, "M-1"));
    assert_int_equal(judgement.seen.differs, 1);
}

static void a_correction_that_is_left_out_is_stale(void **state) {
    world *at = *state;
    gw_sighting *last = &at->sightings[SIGHTINGS - 1]; /* of the third meter, corrected */
    last->version.sequence++;
    last->energy_wh++;
    last->seen_at = gw_instant_plus(at->core.checked_at, gw_span_seconds(-61));
    assert_verdict(at, GW_VERDICT_STALE);
    last->seen_at = gw_instant_plus(at->core.checked_at, gw_span_seconds(-59));
    assert_verdict(at, GW_VERDICT_AGREES); /* it may be on its way to the gateway */
}

static void a_base_from_nowhere_is_implausible(void **state) {
    world *at = *state;
    at->core.bases[0].p_w[2] = -40000; /* a meter that never fed in */
    assert_verdict(at, GW_VERDICT_BASE_IMPLAUSIBLE);
    at->core.readings[2].held_w = -42000; /* a sale that an earlier check holds */
    assert_verdict(at, GW_VERDICT_GRID_LIMIT_EXCEEDED);
    at->core.readings[2].held_w = 0;
    at->core.bases[0].p_w[2] = 2000;
    at->core.bases[0].p_w[0] = 60000;
    assert_verdict(at, GW_VERDICT_BASE_IMPLAUSIBLE);
}

static void a_base_that_leaves_out_newer_readings_is_stale(void **state) {
    world *at = *state;
    at->core.readings[0].start =
        gw_instant_plus(at->core.readings[0].start, gw_span_seconds(-900 * 5));
    at->core.readings[0].seq -= 5;
    assert_verdict(at, GW_VERDICT_STALE);
}

static void time_and_place_must_be_right(void **state) {
    world *at = *state;
    at->facts.now = at->core.sign_by;
    assert_verdict(at, GW_VERDICT_TOO_LATE);
    at->facts.now = gw_instant_plus(at->core.checked_at, gw_span_seconds(-31));
    assert_verdict(at, GW_VERDICT_TOO_EARLY);
    at->facts.now = gw_instant_plus(at->core.checked_at, gw_span_seconds(-30));
    assert_verdict(at, GW_VERDICT_AGREES); /* clocks differ */
    at->facts.signer_set = 2;
    assert_verdict(at, GW_VERDICT_WRONG_SIGNER_SET);
}

static void a_schedule_is_believed_only_when_it_was_signed(void **state) {
    world *at = *state;
    gw_core_clearance *earlier = &at->schedules[0];
    at->core.items[4].effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    const gw_core_schedule shown = {{{5}}, GW_TEXT("E")};
    at->core.items[4].seller_schedule = shown;
    at->core.items[4].buyer_schedule = shown;
    assert_verdict(at, GW_VERDICT_SCHEDULE_UNKNOWN);
    assert_true(gw_is_ok(small_clearance(at->arena, earlier, NULL)));
    earlier->check_id = shown.check_id;
    at->facts.grid.schedules = at->schedules;
    at->facts.grid.schedule_count = 1;
    assert_verdict(at, GW_VERDICT_AGREES); /* 8 kW were cleared at P1 as seller and as buyer */
    earlier->items[4].accepted.w = 7999;
    assert_verdict(at, GW_VERDICT_SCHEDULE_UNKNOWN);
    earlier->items[4].accepted.w = 8000;
    at->core.items[4].buyer_schedule.item_id = GW_TEXT("D"); /* bought at another point */
    assert_verdict(at, GW_VERDICT_SCHEDULE_UNKNOWN);
    at->core.items[4].buyer_schedule.item_id = GW_TEXT("E");
    earlier->to.us += 1000000;
    assert_verdict(at, GW_VERDICT_SCHEDULE_UNKNOWN);
}

static void bytes_that_do_not_check_are_named(void **state) {
    world *at = *state;
    gw_bytes bytes = {NULL, 0};
    gw_judgement judgement;
    at->core.items_root.bytes[3] ^= 1;
    assert_true(gw_is_ok(gw_core_write_clearance(at->arena, &at->core, &bytes, NULL)));
    assert_true(gw_is_ok(gw_judge(at->arena, bytes, &at->facts, &judgement, NULL)));
    assert_int_equal(judgement.verdict, GW_VERDICT_RECOMPUTATION_DIFFERS);
    assert_non_null(strstr(judgement.detail, "/items_root"));
    bytes.length--;
    assert_true(gw_is_ok(gw_judge(at->arena, bytes, &at->facts, &judgement, NULL)));
    assert_int_equal(judgement.verdict, GW_VERDICT_MALFORMED);
}

#define IN_WORLD(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_WORLD(an_honest_clearance_is_signed),
        IN_WORLD(what_it_did_not_see_is_counted_and_not_refused),
        IN_WORLD(too_much_is_accepted),
        IN_WORLD(more_is_accepted_than_was_asked_for),
        IN_WORLD(a_relieving_trade_is_cut),
        IN_WORLD(a_trade_within_one_node_is_cut),
        IN_WORLD(all_is_cut_without_need),
        IN_WORLD(a_huge_margin_is_no_reason_to_cut),
        IN_WORLD(another_network_under_the_same_version_is_refused),
        IN_WORLD(an_old_network_is_stale),
        IN_WORLD(a_network_that_is_not_here_is_unknown),
        IN_WORLD(a_base_of_other_points_is_malformed),
        IN_WORLD(a_node_with_false_readings_differs_alone),
        IN_WORLD(a_correction_that_is_left_out_is_stale),
        IN_WORLD(a_base_from_nowhere_is_implausible),
        IN_WORLD(a_base_that_leaves_out_newer_readings_is_stale),
        IN_WORLD(time_and_place_must_be_right),
        IN_WORLD(a_schedule_is_believed_only_when_it_was_signed),
        IN_WORLD(bytes_that_do_not_check_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
