/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_solve.h"
#include "server/gridfile/format.h"

enum { PARTS = 4 };

/* The first byte chooses the format; a 0x1e begins the next part. What passes can be solved. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const simbench[PARTS] = {"Node.csv", "Line.csv", "LineType.csv",
                                                "ExternalNet.csv"};
    gw_gridfile_part parts[PARTS];
    gw_net net;
    gw_fault fault;
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL || size == 0) {
        gw_arena_close(arena);
        return 0;
    }
    gw_text rest = {(const char *)data + 1, size - 1};
    for (size_t at = 0; at < PARTS; at++)
        parts[at] = (gw_gridfile_part){gw_text_from_c(simbench[at]), gw_text_split(&rest, 0x1e)};
    const gw_gridfile file = {(gw_gridfile_format)(data[0] % GW_GRIDFILE_FORMATS), parts, PARTS,
                              GW_GRIDFILE_STEP_NONE};
    if (gw_is_ok(gw_gridfile_parse(arena, &file, &net, &fault))) {
        /* only crashes count here */
        gw_ignore(gw_flow_solve(arena, &net, &(gw_flow_options){0}, &outcome, &state, &fault));
    }
    gw_arena_close(arena);
    return 0;
}
