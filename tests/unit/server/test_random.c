/* SPDX-License-Identifier: Apache-2.0 */
#include "server/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[32];

static void write_seed(const char *seed, mode_t mode) {
    (void)snprintf(path, sizeof path, "/tmp/gw-seed-XXXXXX");
    const int file = mkstemp(path);
    assert_int_equal(write(file, seed, strlen(seed)), strlen(seed));
    assert_int_equal(fchmod(file, mode), 0);
    (void)close(file);
}

static gw_random *open_seed(const char *seed) {
    gw_random *random = NULL;
    write_seed(seed, 0600);
    assert_true(gw_is_ok(gw_random_open(path, &random, NULL)));
    (void)unlink(path);
    return random;
}

static void the_same_seed_and_label_give_the_same_bytes_in_any_order(void **state) {
    (void)state;
    uint8_t one[80];
    uint8_t two[80];
    gw_random *first = open_seed("a seed of 16 bytes\n");
    gw_random *again = open_seed("a seed of 16 bytes");
    gw_random_bytes(first, GW_TEXT("salt/1"), one, sizeof one);
    gw_random_bytes(again, GW_TEXT("salt/2"), two, sizeof two);
    assert_memory_not_equal(one, two, sizeof one);
    gw_random_bytes(again, GW_TEXT("salt/1"), two, sizeof two);
    assert_memory_equal(one, two, sizeof one);
    assert_memory_not_equal(one, one + 32, 32);
    gw_random_close(first);
    gw_random_close(again);
}

static void another_seed_gives_other_bytes(void **state) {
    (void)state;
    uint8_t one[16];
    uint8_t two[16];
    gw_random *first = open_seed("a seed of 16 bytes");
    gw_random *other = open_seed("b seed of 16 bytes");
    gw_random_bytes(first, GW_TEXT("x"), one, sizeof one);
    gw_random_bytes(other, GW_TEXT("x"), two, sizeof two);
    assert_memory_not_equal(one, two, sizeof one);
    gw_random_close(first);
    gw_random_close(other);
}

static void without_a_seed_no_label_repeats(void **state) {
    (void)state;
    gw_random *random = NULL;
    assert_true(gw_is_ok(gw_random_open("", &random, NULL)));
    const gw_instant now = {INT64_C(1769000000000000)};
    const gw_uuid one = gw_random_uuid(random, GW_TEXT("x"), now);
    const gw_uuid two = gw_random_uuid(random, GW_TEXT("x"), now);
    assert_false(gw_uuid_equal(one, two));
    gw_random_close(random);
}

static void a_short_or_readable_seed_is_refused(void **state) {
    (void)state;
    gw_random *random = NULL;
    write_seed("short", 0600);
    assert_int_equal(gw_random_open(path, &random, NULL).code, GW_CODE_INVALID);
    (void)unlink(path);
    write_seed("a seed of 16 bytes", 0640);
    assert_int_equal(gw_random_open(path, &random, NULL).code, GW_CODE_FORBIDDEN);
    (void)unlink(path);
    assert_null(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_and_label_give_the_same_bytes_in_any_order),
        cmocka_unit_test(another_seed_gives_other_bytes),
        cmocka_unit_test(without_a_seed_no_label_repeats),
        cmocka_unit_test(a_short_or_readable_seed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
