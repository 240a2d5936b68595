/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_balanced.h"
#include "server/gridfile/gw_net.h"

/* What passes the parser can also be solved, whatever the verdict. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_net net;
    gw_fault fault;
    gw_flow_balanced *flow = NULL;
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL) return 0;
    if (gw_is_ok(gw_net_parse(arena, (gw_bytes){data, size}, &net, &fault)) &&
        gw_is_ok(gw_flow_balanced_build(arena, &net, &flow, &fault)))
        (void)gw_flow_balanced_solve(flow, &(gw_flow_options){0});
    gw_arena_close(arena);
    return 0;
}
