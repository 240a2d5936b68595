/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_solve.h"
#include "server/gridfile/pgm.h"

/* What passes the reader can also be solved and written again; the bytes serve as a batch of
 * updates, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_net net;
    gw_fault fault;
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_writer out;
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL) return 0;
    const gw_bytes bytes = {data, size};
    const gw_pgm_options twice = {GW_PGM_MODEL_THREE_PHASE, GW_PGM_REGULATORS_STAND, bytes, 0};
    if (gw_is_ok(gw_pgm_parse(arena, bytes, &net, &fault))) {
        gw_writer_init(&out, arena);
        /* only crashes count here */
        gw_ignore(gw_flow_solve(arena, &net, &(gw_flow_options){0}, &outcome, &state, &fault));
        gw_ignore(gw_pgm_write(&net, &out, &fault));
    }
    gw_ignore(gw_pgm_parse_with(arena, bytes, &twice, &net, &fault));
    gw_arena_close(arena);
    return 0;
}
