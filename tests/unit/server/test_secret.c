/* SPDX-License-Identifier: Apache-2.0 */
#include "server/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static gw_secret secret;

static gw_code read_bytes(const void *bytes, size_t count, mode_t mode) {
    char path[] = "/tmp/gw-secret-XXXXXX";
    const int file = mkstemp(path);
    assert_int_equal(write(file, bytes, count), count);
    assert_int_equal(fchmod(file, mode), 0);
    (void)close(file);
    const gw_status status = gw_secret_read(path, &secret, NULL);
    (void)unlink(path);
    return status.code;
}

static void the_line_end_is_not_part_of_the_secret(void **state) {
    (void)state;
    assert_int_equal(read_bytes("hush\r\n", 6, 0600), GW_CODE_OK);
    assert_int_equal(secret.length, 4);
    assert_string_equal(secret.bytes, "hush");
}

static void a_file_that_others_can_read_is_refused(void **state) {
    (void)state;
    secret.length = 77;
    assert_int_equal(read_bytes("hush", 4, 0640), GW_CODE_FORBIDDEN);
    assert_int_equal(read_bytes("hush", 4, 0604), GW_CODE_FORBIDDEN);
    assert_int_equal(read_bytes("hush", 4, 0400), GW_CODE_OK);
    assert_int_equal(secret.length, 4);
}

static void empty_and_huge_files_are_refused(void **state) {
    (void)state;
    static char big[GW_SECRET_MAX + 1];
    memset(big, 'x', sizeof big);
    assert_int_equal(read_bytes("\n", 1, 0600), GW_CODE_INVALID);
    assert_int_equal(read_bytes(big, GW_SECRET_MAX, 0600), GW_CODE_OK);
    assert_int_equal(read_bytes(big, GW_SECRET_MAX + 1, 0600), GW_CODE_TOO_LARGE);
}

static void a_directory_is_no_secret(void **state) {
    (void)state;
    assert_int_equal(gw_secret_read("/tmp", &secret, NULL).code, GW_CODE_IO);
    assert_int_equal(gw_secret_read("/nonexistent", &secret, NULL).code, GW_CODE_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_end_is_not_part_of_the_secret),
        cmocka_unit_test(a_file_that_others_can_read_is_refused),
        cmocka_unit_test(empty_and_huge_files_are_refused),
        cmocka_unit_test(a_directory_is_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
