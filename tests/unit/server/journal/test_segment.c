/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/segment.h"

#include "server/journal/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 8192 };
static uint8_t bytes[SIZE];
static const gw_segment_header header = {
    .stream = 77, .number = 3, .first = 10, .durable = 9, .created_us = 5};

/* Three records: 10, 11, 12; each claims that `durable` was durable. */
static size_t fill(uint64_t durable) {
    memset(bytes, 0, sizeof bytes);
    gw_segment_header_write(&header, bytes);
    size_t at = GW_SEGMENT_HEADER_SIZE;
    for (uint64_t lsn = 10; lsn < 13; lsn++) {
        const gw_record record = {.lsn = lsn,
                                  .kind = GW_RECORD_MQTT,
                                  .received_at = {1000},
                                  .topic = GW_TEXT("a/b"),
                                  .payload = {(const uint8_t *)"hello", 5}};
        gw_record_write(&header, &record, durable, bytes + at);
        at += gw_record_size(3, 5);
    }
    return at;
}

static gw_segment_scan scan(void) {
    gw_segment_scan result;
    gw_segment_scan_bytes(&header, (gw_bytes){bytes, SIZE}, &result);
    return result;
}

static void crc32c_matches_the_published_value(void **state) {
    (void)state; /* RFC 3720 §B.4 */
    assert_int_equal(gw_crc32c(0, (gw_bytes){(const uint8_t *)"123456789", 9}), 0xE3069283U);
    static const uint8_t zeros[32];
    assert_int_equal(gw_crc32c(0, (gw_bytes){zeros, 32}), 0x8A9136AAU);
}

static void header_survives_a_round_trip(void **state) {
    (void)state;
    (void)fill(9);
    gw_segment_header read;
    gw_fault fault;
    assert_true(gw_is_ok(gw_segment_header_read((gw_bytes){bytes, SIZE}, &read, &fault)));
    assert_memory_equal(&read, &header, sizeof read);
}

static void header_with_a_flipped_bit_is_refused(void **state) {
    (void)state;
    for (size_t at = 0; at < 52; at++) {
        (void)fill(9);
        bytes[at] ^= 16;
        gw_segment_header read;
        gw_fault fault;
        assert_false(gw_is_ok(gw_segment_header_read((gw_bytes){bytes, SIZE}, &read, &fault)));
    }
}

static void whole_records_are_all_found(void **state) {
    (void)state;
    const size_t end = fill(9);
    const gw_segment_scan found = scan();
    assert_int_equal(found.next, 13);
    assert_int_equal(found.end, end);
    assert_int_equal(found.survivors_end, end);
}

static void every_cut_of_the_tail_keeps_the_records_before_it(void **state) {
    (void)state;
    const size_t size = gw_record_size(3, 5);
    const size_t end = fill(9);
    for (size_t cut = end - size + 1; cut < end - 8; cut++) {
        (void)fill(9);
        memset(bytes + cut, 0, SIZE - cut);
        const gw_segment_scan found = scan();
        assert_int_equal(found.next, 12);
        assert_int_equal(found.end, end - size);
    }
}

static void every_flipped_bit_in_a_record_hides_it(void **state) {
    (void)state;
    const size_t size = gw_record_size(3, 5);
    const size_t used = GW_RECORD_HEADER_SIZE + 3 + 5;
    for (size_t bit = 0; bit < used * 8; bit++) {
        const size_t end = fill(9);
        bytes[end - size + bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(scan().next, 12);
    }
}

static void hole_below_the_durable_number_is_reported(void **state) {
    (void)state;
    const size_t size = gw_record_size(3, 5);
    const size_t end = fill(11);
    bytes[end - 2 * size + 50] ^= 1; /* record 11 */
    const gw_segment_scan found = scan();
    assert_int_equal(found.next, 11);
    assert_int_equal(found.durable_beyond, 11);
    assert_int_equal(found.survivors_end, end);
}

static void stale_bytes_of_a_recycled_segment_never_validate(void **state) {
    (void)state;
    (void)fill(9);
    gw_segment_header later = header;
    later.number = 4;
    gw_segment_scan found;
    gw_segment_scan_bytes(&later, (gw_bytes){bytes, SIZE}, &found);
    assert_int_equal(found.next, later.first);
    assert_int_equal(found.survivors_end, GW_SEGMENT_HEADER_SIZE);
}

static void record_longer_than_the_rest_is_not_read(void **state) {
    (void)state;
    const size_t end = fill(9);
    gw_record record;
    size_t size = 0;
    const gw_bytes rest = {bytes + GW_SEGMENT_HEADER_SIZE, gw_record_size(3, 5) - 1};
    assert_true(end > 0);
    assert_false(gw_record_read(&header, rest, 10, &record, &size, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32c_matches_the_published_value),
        cmocka_unit_test(header_survives_a_round_trip),
        cmocka_unit_test(header_with_a_flipped_bit_is_refused),
        cmocka_unit_test(whole_records_are_all_found),
        cmocka_unit_test(every_cut_of_the_tail_keeps_the_records_before_it),
        cmocka_unit_test(every_flipped_bit_in_a_record_hides_it),
        cmocka_unit_test(hole_below_the_durable_number_is_reported),
        cmocka_unit_test(stale_bytes_of_a_recycled_segment_never_validate),
        cmocka_unit_test(record_longer_than_the_rest_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
