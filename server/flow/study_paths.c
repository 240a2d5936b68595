/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/study_paths.h"

gw_status gw_study_paths_make(gw_arena *arena, const gw_injections *from, gw_flow_paths *ret,
                              gw_fault *reterr) {
    int64_t *active_w = NULL;
    int64_t *reactive_var = NULL;
    const size_t count = from->path_count == 0 ? 1 : from->path_count;
    const size_t points = from->point_count;
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count * points, &active_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count * points, &reactive_var, reterr));
    for (size_t at = 0; at < count * points; at++) {
        const gw_injection *middle = &from->points[at % points];
        active_w[at] = from->path_count == 0 ? middle->p_w : from->path_w[at];
        reactive_var[at] = gw_injection_reactive(from->said[at % points], active_w[at]);
    }
    *ret = (gw_flow_paths){.active_w = active_w, .reactive_var = reactive_var, .count = count};
    return gw_ok();
}
