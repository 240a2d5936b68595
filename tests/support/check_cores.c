/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks settlement cores, one canonical core per line of standard input, and prints one line for
 * each: "ok", or the JSON pointer and the message. For the comparison with the independent
 * verifier (oracle/verifier/test/second.test.mjs).
 */
#include "server/evidence/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 * 1024 * 1024, LINE_BYTES = 8 * 1024 * 1024 };

static void check(gw_arena *arena, gw_bytes line) {
    gw_fault fault = {0};
    const gw_status status = gw_core_check_settlement(arena, line, NULL, &fault);
    if (gw_is_ok(status))
        puts("ok");
    else
        printf("%s %s\n", fault.subject, fault.message);
}

int main(void) {
    gw_arena *arena = gw_arena_open(ARENA_BYTES);
    char *line = malloc(LINE_BYTES);
    if (arena == NULL || line == NULL) return EXIT_FAILURE;
    while (fgets(line, LINE_BYTES, stdin) != NULL) {
        const size_t length = strcspn(line, "\n");
        check(arena, (gw_bytes){(const uint8_t *)line, length});
        gw_arena_reset(arena);
    }
    free(line);
    gw_arena_close(arena);
    return EXIT_SUCCESS;
}
