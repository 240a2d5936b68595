/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/clearance.h"
#include "server/evidence/core.h"

#include <assert.h>
#include <stdint.h>

enum { ARENA_BYTES = 64 << 20 };

/* What is read is written back to bytes that are read to the same bytes; what checks is canonical.
 */
static void try_settlement(gw_arena *arena, gw_bytes bytes) {
    gw_fault fault;
    gw_core_settlement core = {0};
    gw_bytes once = {0};
    gw_bytes twice = {0};
    if (!gw_is_ok(gw_core_read_settlement(arena, bytes, &core, &fault))) return;
    assert(gw_is_ok(gw_core_write_settlement(arena, &core, &once, &fault)));
    assert(gw_is_ok(gw_core_read_settlement(arena, once, &core, &fault)));
    assert(gw_is_ok(gw_core_write_settlement(arena, &core, &twice, &fault)));
    assert(gw_bytes_equal(once, twice));
    if (gw_is_ok(gw_core_check_settlement(arena, bytes, NULL, &fault)))
        assert(gw_bytes_equal(bytes, once));
}

static void try_commitment(gw_arena *arena, gw_bytes bytes) {
    gw_fault fault;
    gw_core_commitment core = {0};
    gw_bytes once = {0};
    if (!gw_is_ok(gw_core_read_commitment(arena, bytes, &core, &fault))) return;
    assert(gw_is_ok(gw_core_write_commitment(arena, &core, &once, &fault)));
    if (gw_is_ok(gw_core_check_commitment(arena, bytes, NULL, &fault)))
        assert(gw_bytes_equal(bytes, once));
}

static void try_clearance(gw_arena *arena, gw_bytes bytes) {
    gw_fault fault;
    gw_core_clearance core = {0};
    gw_bytes once = {0};
    if (!gw_is_ok(gw_core_read_clearance(arena, bytes, &core, &fault))) return;
    assert(gw_is_ok(gw_core_write_clearance(arena, &core, &once, &fault)));
    if (gw_is_ok(gw_core_check_clearance(arena, bytes, NULL, &fault)))
        assert(gw_bytes_equal(bytes, once));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_bytes bytes = {data, size};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    if (arena == NULL) return 0;
    try_settlement(arena, bytes);
    try_commitment(arena, bytes);
    try_clearance(arena, bytes);
    return 0;
}
