/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_report.h"
#include "grid/flow_solve.h"
#include "server/gridfile/gw_net.h"

/* What passes the parser can also be solved and shown, whatever the verdict. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_net net;
    gw_fault fault;
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_writer out;
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL) return 0;
    if (gw_is_ok(gw_net_parse(arena, (gw_bytes){data, size}, &net, &fault)) &&
        gw_is_ok(gw_flow_solve(arena, &net, &(gw_flow_options){0}, &outcome, &state, &fault))) {
        const gw_flow_report report = {&net, &outcome, &state, 5};
        gw_writer_init(&out, arena);
        /* only crashes count here */
        gw_ignore(gw_flow_report_write(&report, arena, &out, &fault));
    }
    gw_arena_close(arena);
    return 0;
}
