/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SEGMENT = 16 * 1024, FIRST_RECORD = GW_SEGMENT_HEADER_SIZE };
static const char *const scratch = "/tmp";

typedef struct bench {
    char directory[64];
    gw_journal *journal;
    gw_fault fault;
} bench;

static void begin(bench *on) {
    (void)snprintf(on->directory, sizeof on->directory, "%s/gw-journal-XXXXXX", scratch);
    assert_non_null(mkdtemp(on->directory));
    on->journal = NULL;
}

static gw_status reopen(bench *on, const gw_journal_ops *ops) {
    gw_journal_close(on->journal);
    on->journal = NULL;
    const gw_journal_options options = {
        .directory = on->directory, .segment_bytes = SEGMENT, .ops = ops};
    return gw_journal_open(&options, &on->journal, &on->fault);
}

static void end(bench *on) {
    char path[160];
    gw_journal_close(on->journal);
    for (unsigned number = 1; number < 64; number++) {
        (void)snprintf(path, sizeof path, "%s/%016x.seg", on->directory, number);
        (void)unlink(path);
    }
    static const char *const others[] = {"spare", "spare.tmp", "fresh.tmp"};
    for (size_t at = 0; at < 3; at++) {
        (void)snprintf(path, sizeof path, "%s/%s", on->directory, others[at]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(on->directory), 0);
}

static gw_status append(bench *on, const char *payload, uint64_t *ret_lsn) {
    const gw_record record = {.kind = GW_RECORD_MQTT,
                              .received_at = {1234567},
                              .topic = GW_TEXT("up/m"),
                              .payload = {(const uint8_t *)payload, strlen(payload)}};
    return gw_journal_append(on->journal, &record, ret_lsn, &on->fault);
}

static void append_count(bench *on, unsigned count) {
    char payload[600];
    uint64_t lsn = 0;
    memset(payload, 'x', sizeof payload);
    payload[sizeof payload - 1] = '\0';
    for (unsigned at = 0; at < count; at++) assert_true(gw_is_ok(append(on, payload, &lsn)));
    assert_true(gw_is_ok(gw_journal_wait(on->journal, lsn, 5000, &on->fault)));
}

/* How many records a fresh cursor reads from `from`. */
static uint64_t read_count(bench *on, uint64_t from) {
    gw_journal_cursor *cursor = NULL;
    gw_record record;
    bool found = true;
    uint64_t count = 0;
    assert_true(gw_is_ok(gw_journal_cursor_open(on->journal, from, &cursor, &on->fault)));
    while (found) {
        assert_true(gw_is_ok(gw_journal_next(cursor, &record, &found, &on->fault)));
        if (!found) break;
        assert_int_equal(record.lsn, from + count);
        assert_true(gw_text_is(record.topic, "up/m"));
        assert_int_equal(record.received_at.us, 1234567);
        count++;
    }
    gw_journal_cursor_close(cursor);
    return count;
}

static void poke(bench *on, unsigned number, off_t at, const void *bytes, size_t count) {
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%016x.seg", on->directory, number);
    const int file = open(path, O_RDWR);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, count, at), (ssize_t)count);
    assert_int_equal(close(file), 0);
}

static void records_come_back_after_reopening(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    const uint64_t stream = gw_journal_stream(on.journal);
    append_count(&on, 100); /* several segments */
    assert_int_equal(read_count(&on, 1), 100);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    assert_int_equal(gw_journal_stream(on.journal), stream);
    assert_int_equal(gw_journal_durable(on.journal), 100);
    assert_int_equal(read_count(&on, 1), 100);
    assert_int_equal(read_count(&on, 57), 44);
    append_count(&on, 5);
    assert_int_equal(read_count(&on, 1), 105);
    end(&on);
}

static void torn_tail_is_cut_and_written_again(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    for (int at = 0; at < 3; at++) assert_true(gw_is_ok(append(&on, "12345678", NULL)));
    gw_journal_close(on.journal);
    on.journal = NULL;
    const off_t third = FIRST_RECORD + 2 * (off_t)gw_record_size(4, 8);
    poke(&on, 1, third + 50, "\377\377", 2);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    assert_int_equal(gw_journal_appended(on.journal), 2);
    uint64_t lsn = 0;
    assert_true(gw_is_ok(append(&on, "again", &lsn)));
    assert_int_equal(lsn, 3);
    assert_true(gw_is_ok(gw_journal_wait(on.journal, lsn, 5000, &on.fault)));
    assert_int_equal(read_count(&on, 1), 3);
    end(&on);
}

static void flipped_bit_below_the_durable_number_stops_the_opening(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    for (int at = 0; at < 5; at++) append_count(&on, 1); /* each durable before the next */
    gw_journal_close(on.journal);
    on.journal = NULL;
    poke(&on, 1, FIRST_RECORD + (off_t)gw_record_size(4, 599) + 60, "!", 1);
    assert_int_equal(reopen(&on, NULL).code, GW_CODE_IO);
    assert_non_null(strstr(on.fault.message, "record 2 was durable"));
    end(&on);
}

static void torn_header_of_an_empty_newest_segment_is_forgotten(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    append_count(&on, 10);
    gw_journal_close(on.journal);
    on.journal = NULL;
    static const uint8_t zeros[SEGMENT];
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%016x.seg", on.directory, 2U);
    const int file = open(path, O_RDWR | O_CREAT, 0600);
    assert_int_equal(write(file, zeros, sizeof zeros), SEGMENT);
    assert_int_equal(close(file), 0);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    assert_int_equal(read_count(&on, 1), 10);
    append_count(&on, 40);
    assert_int_equal(read_count(&on, 1), 50);
    end(&on);
}

static void torn_header_over_durable_records_is_damage(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    for (int at = 0; at < 30; at++) append_count(&on, 1); /* each durable before the next */
    gw_journal_close(on.journal);
    on.journal = NULL;
    poke(&on, 2, 0, "?", 1);
    assert_int_equal(reopen(&on, NULL).code, GW_CODE_IO);
    end(&on);
}

static void cursor_sees_nothing_that_is_not_durable(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    gw_journal_cursor *cursor = NULL;
    gw_record record;
    bool found = true;
    assert_true(gw_is_ok(gw_journal_cursor_open(on.journal, 1, &cursor, &on.fault)));
    assert_true(gw_is_ok(gw_journal_next(cursor, &record, &found, &on.fault)));
    assert_false(found);
    append_count(&on, 1);
    assert_true(gw_is_ok(gw_journal_next(cursor, &record, &found, &on.fault)));
    assert_true(found);
    gw_journal_cursor_close(cursor);
    end(&on);
}

static void second_process_is_kept_out(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    const gw_journal_options options = {.directory = on.directory, .segment_bytes = SEGMENT};
    gw_journal *second = NULL;
    assert_int_equal(gw_journal_open(&options, &second, &on.fault).code, GW_CODE_CONFLICT);
    assert_null(second);
    end(&on);
}

static void released_segments_are_recycled_and_stay_readable_beyond(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    append_count(&on, 100);
    gw_journal_stats before;
    gw_journal_stats_get(on.journal, &before);
    assert_true(before.segments > 4);
    const gw_instant never = {INT64_MAX};
    assert_int_equal(gw_journal_release(on.journal, 0, never), 0);
    assert_int_equal(gw_journal_release(on.journal, 100, (gw_instant){0}), 0); /* too young */
    assert_int_equal(gw_journal_release(on.journal, 60, never) > 0, 1);
    gw_journal_stats after;
    gw_journal_stats_get(on.journal, &after);
    assert_true(after.first > 1 && after.first <= 61);
    append_count(&on, 100); /* goes through recycled files */
    assert_true(gw_is_ok(reopen(&on, NULL)));
    assert_int_equal(read_count(&on, after.first), 201 - after.first);
    gw_journal_cursor *cursor = NULL;
    gw_record record;
    bool found = false;
    assert_true(gw_is_ok(gw_journal_cursor_open(on.journal, 1, &cursor, &on.fault)));
    assert_int_equal(gw_journal_next(cursor, &record, &found, &on.fault).code, GW_CODE_NOT_FOUND);
    gw_journal_cursor_close(cursor);
    end(&on);
}

/* Fails from the n-th call on. */
typedef struct failing {
    int writes_left;
    int syncs_left;
    int error;
} failing;

static ssize_t failing_write(void *context, int file, const void *bytes, size_t count, off_t at) {
    failing *plan = context;
    if (plan->writes_left-- > 0) return pwrite(file, bytes, count, at);
    errno = plan->error;
    return -1;
}

static int failing_sync(void *context, int file) {
    failing *plan = context;
    if (plan->syncs_left-- > 0) return fdatasync(file);
    errno = plan->error;
    return -1;
}

static void failed_sync_ends_all_acknowledgements(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    append_count(&on, 1);
    failing plan = {.writes_left = 1000, .syncs_left = 1, .error = EIO}; /* 1: the recovery */
    const gw_journal_ops ops = {&plan, failing_write, failing_sync};
    assert_true(gw_is_ok(reopen(&on, &ops)));
    uint64_t lsn = 0;
    assert_true(gw_is_ok(append(&on, "lost", &lsn)));
    assert_int_equal(gw_journal_wait(on.journal, lsn, 5000, &on.fault).code, GW_CODE_UNAVAILABLE);
    assert_true(gw_journal_is_failed(on.journal));
    plan.syncs_left = 1000; /* the disk is well again: too late */
    assert_int_equal(append(&on, "refused", NULL).code, GW_CODE_UNAVAILABLE);
    assert_int_equal(gw_journal_durable(on.journal), 1);
    end(&on);
}

static void full_disk_is_refused_at_every_write(void **state) {
    (void)state;
    for (int good = 0; good < 40; good++) {
        bench on;
        begin(&on);
        failing plan = {.writes_left = good, .syncs_left = 1000, .error = ENOSPC};
        const gw_journal_ops ops = {&plan, failing_write, failing_sync};
        uint64_t acknowledged = 0;
        if (gw_is_ok(reopen(&on, &ops))) {
            for (uint64_t lsn = 0; gw_is_ok(append(&on, "1234567890", &lsn));)
                if (gw_is_ok(gw_journal_wait(on.journal, lsn, 5000, &on.fault))) acknowledged = lsn;
        }
        assert_true(gw_is_ok(reopen(&on, NULL)));
        assert_true(read_count(&on, 1) >= acknowledged);
        end(&on);
    }
}

static void remember_durable(void *context, uint64_t durable) {
    __atomic_store_n((uint64_t *)context, durable, __ATOMIC_SEQ_CST);
}

static void watcher_is_told_what_became_durable(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    uint64_t seen = 0;
    gw_journal_watch(on.journal, remember_durable, &seen);
    append_count(&on, 20);
    gw_journal_close(on.journal); /* joins the syncer */
    on.journal = NULL;
    assert_int_equal(__atomic_load_n(&seen, __ATOMIC_SEQ_CST), 20);
    end(&on);
}

static void too_large_a_record_is_refused_and_harms_nothing(void **state) {
    (void)state;
    bench on;
    begin(&on);
    assert_true(gw_is_ok(reopen(&on, NULL)));
    static char huge[SEGMENT];
    memset(huge, 'h', sizeof huge - 1);
    assert_int_equal(append(&on, huge, NULL).code, GW_CODE_TOO_LARGE);
    append_count(&on, 1);
    assert_int_equal(read_count(&on, 1), 1);
    end(&on);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_after_reopening),
        cmocka_unit_test(torn_tail_is_cut_and_written_again),
        cmocka_unit_test(flipped_bit_below_the_durable_number_stops_the_opening),
        cmocka_unit_test(torn_header_of_an_empty_newest_segment_is_forgotten),
        cmocka_unit_test(torn_header_over_durable_records_is_damage),
        cmocka_unit_test(cursor_sees_nothing_that_is_not_durable),
        cmocka_unit_test(second_process_is_kept_out),
        cmocka_unit_test(released_segments_are_recycled_and_stay_readable_beyond),
        cmocka_unit_test(failed_sync_ends_all_acknowledgements),
        cmocka_unit_test(full_disk_is_refused_at_every_write),
        cmocka_unit_test(watcher_is_told_what_became_durable),
        cmocka_unit_test(too_large_a_record_is_refused_and_harms_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
