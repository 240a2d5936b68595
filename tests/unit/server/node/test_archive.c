/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/archive.h"

#include "oracle/keccak.h"
#include "tests/support/small_clearance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct bench {
    char directory[64];
    char trusted[96];
    gw_arena *arena;
    gw_archive *archive;
    gw_core_clearance core;
    gw_bytes bytes;
} bench;

static void write_core(bench *at) {
    assert_true(gw_is_ok(gw_core_build_clearance(at->arena, &at->core, NULL)));
    assert_true(gw_is_ok(gw_core_write_clearance(at->arena, &at->core, &at->bytes, NULL)));
}

static int open_bench(void **state) {
    bench *at = calloc(1, sizeof *at);
    (void)snprintf(at->directory, sizeof at->directory, "/tmp/gw-archive-XXXXXX");
    at->arena = gw_arena_open(64 * 1024 * 1024);
    if (mkdtemp(at->directory) == NULL) return -1;
    (void)snprintf(at->trusted, sizeof at->trusted, "%s/trusted", at->directory);
    if (mkdir(at->trusted, 0700) != 0) return -1;
    if (!gw_is_ok(gw_archive_open(at->arena, at->directory, "", &at->archive, NULL))) return -1;
    if (!gw_is_ok(small_clearance(at->arena, &at->core, NULL))) return -1;
    write_core(at);
    *state = at;
    return 0;
}

static int close_bench(void **state) {
    bench *at = *state;
    gw_arena_close(at->arena);
    const pid_t child = fork();
    if (child == 0) {
        (void)execlp("rm", "rm", "-rf", at->directory, (char *)NULL);
        _exit(1);
    }
    int status = 0;
    (void)waitpid(child, &status, 0);
    free(at);
    return status;
}

static gw_judge_grid recall(bench *at) {
    gw_judge_grid grid = {0};
    assert_true(gw_is_ok(gw_archive_recall(at->archive, at->arena, &at->core, &grid, NULL)));
    return grid;
}

static void reopen(bench *at, const char *trusted) {
    assert_true(gw_is_ok(gw_archive_open(at->arena, at->directory, trusted, &at->archive, NULL)));
}

static gw_judge_grid take(bench *at, gw_bytes network) {
    gw_judge_grid grid = {0};
    assert_true(
        gw_is_ok(gw_archive_take(at->archive, at->arena, &at->core.network, network, &grid, NULL)));
    return grid;
}

static void a_fresh_node_knows_nothing(void **state) {
    bench *at = *state;
    const gw_judge_grid grid = recall(at);
    assert_int_equal(grid.network.length, 0);
    assert_int_equal(grid.pin.version, 0);
    assert_int_equal(grid.schedule_count, 0);
    assert_int_equal(gw_network_stand(&grid.pin, &at->core.network), GW_NETWORK_FIRST);
}

static void a_network_is_kept_and_found_again(void **state) {
    bench *at = *state;
    assert_true(gw_bytes_equal(take(at, small_network()).network, small_network()));
    reopen(at, "");
    assert_true(gw_bytes_equal(recall(at).network, small_network()));
}

static void bytes_with_another_hash_are_not_kept(void **state) {
    bench *at = *state;
    const gw_judge_grid grid = take(at, small_network_thin());
    assert_int_equal(grid.network.length, 0);
    assert_true(grid.refusal.length > 0);
    assert_int_equal(recall(at).network.length, 0);
}

static void what_was_signed_is_pinned_and_remembered(void **state) {
    bench *at = *state;
    assert_true(gw_is_ok(gw_archive_keep(at->archive, at->arena, at->bytes, NULL)));
    reopen(at, "");
    gw_judge_grid grid = recall(at);
    assert_int_equal(grid.pin.version, 1);
    assert_true(gw_word_equal(grid.pin.hash, at->core.network.hash));
    const gw_uuid signed_check = at->core.check_id;
    at->core.check_id.bytes[15]++;
    at->core.items[4].effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    at->core.items[4].seller_schedule.check_id = signed_check;
    at->core.items[4].buyer_schedule.check_id = signed_check;
    at->core.items[0].effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    at->core.items[0].seller_schedule.check_id.bytes[0] = 1; /* nobody signed that */
    grid = recall(at);
    assert_int_equal(grid.schedule_count, 1);
    assert_true(gw_uuid_equal(grid.schedules[0].check_id, signed_check));
}

static void the_network_before_the_pin_is_dropped(void **state) {
    bench *at = *state;
    const gw_bytes thin = small_network_thin();
    (void)take(at, small_network());
    assert_true(gw_is_ok(gw_archive_keep(at->archive, at->arena, at->bytes, NULL)));
    const gw_core_network first = at->core.network;
    at->core.network.version = 2;
    at->core.network.hash = gw_keccak256(thin);
    at->core.network.document_bytes = small_network_document_bytes(thin);
    (void)take(at, thin);
    write_core(at);
    assert_true(gw_is_ok(gw_archive_keep(at->archive, at->arena, at->bytes, NULL)));
    assert_true(gw_bytes_equal(recall(at).network, thin));
    at->core.network = first;
    assert_int_equal(recall(at).network.length, 0);
}

static void a_pin_moves_only_to_newer_versions(void **state) {
    bench *at = *state;
    gw_core_network next = at->core.network;
    assert_true(gw_is_ok(gw_archive_keep(at->archive, at->arena, at->bytes, NULL)));
    gw_network_pin pin = recall(at).pin;
    assert_int_equal(gw_network_stand(&pin, &next), GW_NETWORK_SAME);
    next.hash.bytes[0]++;
    assert_int_equal(gw_network_stand(&pin, &next), GW_NETWORK_CHANGED);
    next.version = 3;
    assert_int_equal(gw_network_stand(&pin, &next), GW_NETWORK_NEWER);
    at->core.network = next;
    write_core(at);
    assert_true(gw_is_ok(gw_archive_keep(at->archive, at->arena, at->bytes, NULL)));
    pin = recall(at).pin;
    assert_int_equal(pin.version, 3);
    next.version = 2;
    assert_int_equal(gw_network_stand(&pin, &next), GW_NETWORK_OLDER);
    at->core.network = next;
    write_core(at);
    assert_true(gw_is_ok(gw_archive_keep(at->archive, at->arena, at->bytes, NULL)));
    assert_int_equal(recall(at).pin.version, 3);
}

static void put_document(bench *at, gw_bytes document) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/small.json", at->trusted);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(document.at, 1, document.length, file), document.length);
    assert_int_equal(fclose(file), 0);
}

static void the_operators_own_document_decides(void **state) {
    bench *at = *state;
    const gw_bytes network = small_network();
    reopen(at, at->trusted);
    assert_int_equal(take(at, network).network.length, 0); /* none is there */
    put_document(at, small_network_thin());
    const gw_judge_grid grid = take(at, network);
    assert_int_equal(grid.network.length, 0);
    assert_true(grid.refusal.length > 0);
    put_document(at, (gw_bytes){network.at, (size_t)small_network_document_bytes(network)});
    assert_int_equal(recall(at).network.length, network.length);
}

#define ON_BENCH(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BENCH(a_fresh_node_knows_nothing),
        ON_BENCH(a_network_is_kept_and_found_again),
        ON_BENCH(bytes_with_another_hash_are_not_kept),
        ON_BENCH(what_was_signed_is_pinned_and_remembered),
        ON_BENCH(the_network_before_the_pin_is_dropped),
        ON_BENCH(a_pin_moves_only_to_newer_versions),
        ON_BENCH(the_operators_own_document_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
