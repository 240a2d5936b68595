/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/core.h"

#include "oracle/keccak.h"
#include "server/evidence/core_shape.h"
#include "server/evidence/rules.h"
#include "server/evidence/shape.h"

/* ---- writing ---- */

gw_status gw_core_write_commitment(gw_arena *arena, const gw_core_commitment *core, gw_bytes *ret,
                                   gw_fault *reterr) {
    return gw_core_bytes(arena, &GW_SHAPE_COMMITMENT, core, ret, reterr);
}

gw_status gw_core_write_settlement(gw_arena *arena, const gw_core_settlement *core, gw_bytes *ret,
                                   gw_fault *reterr) {
    return gw_core_bytes(arena, &GW_SHAPE_SETTLEMENT, core, ret, reterr);
}

gw_status gw_core_write_order(gw_arena *arena, const gw_order *order, gw_bytes *ret,
                              gw_fault *reterr) {
    return gw_core_bytes(arena, &GW_SHAPE_ORDER, order, ret, reterr);
}

gw_status gw_core_write_line(gw_arena *arena, const gw_core_line *line, gw_bytes *ret,
                             gw_fault *reterr) {
    return gw_core_bytes(arena, &GW_SHAPE_LINE, line, ret, reterr);
}

/* ---- reading ---- */

gw_status gw_core_read(gw_arena *arena, const gw_shape *shape, gw_bytes bytes, void *ret,
                       gw_fault *reterr) {
    json_t *json = NULL;
    GW_TRY(gw_shape_parse(bytes, &json, reterr));
    const gw_status status = gw_shape_read(arena, shape, json, ret, reterr);
    json_decref(json);
    return status;
}

gw_status gw_core_read_commitment(gw_arena *arena, gw_bytes bytes, gw_core_commitment *ret,
                                  gw_fault *reterr) {
    gw_core_commitment core = {0};
    GW_TRY(gw_core_read(arena, &GW_SHAPE_COMMITMENT, bytes, &core, reterr));
    *ret = core;
    return gw_ok();
}

gw_status gw_core_read_settlement(gw_arena *arena, gw_bytes bytes, gw_core_settlement *ret,
                                  gw_fault *reterr) {
    gw_core_settlement core = {0};
    GW_TRY(gw_core_read(arena, &GW_SHAPE_SETTLEMENT, bytes, &core, reterr));
    *ret = core;
    return gw_ok();
}

gw_status gw_core_kind_of(gw_bytes bytes, gw_core_kind *ret, gw_fault *reterr) {
    static const char *const FORMATS[GW_CORE_KIND_COUNT] = {
        [GW_CORE_COMMITMENT] = "gridwitness-commitment-1",
        [GW_CORE_SETTLEMENT] = "gridwitness-evidence-1",
        [GW_CORE_CLEARANCE] = "gridwitness-clearance-1",
    };
    json_t *json = NULL;
    GW_TRY(gw_shape_parse(bytes, &json, reterr));
    const gw_text format = gw_text_from_c(json_string_value(json_object_get(json, "format")));
    unsigned kind = 0;
    while (kind < GW_CORE_KIND_COUNT && !gw_text_is(format, FORMATS[kind])) kind++;
    json_decref(json);
    if (kind == GW_CORE_KIND_COUNT)
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/format",
                            "the format is none that this version reads");
    *ret = (gw_core_kind)kind;
    return gw_ok();
}

/* ---- checking: read, rebuild from the inputs, write, compare ---- */

gw_status gw_core_compare(gw_bytes claimed, gw_bytes rebuilt, gw_fault *reterr) {
    if (gw_bytes_equal(claimed, rebuilt)) return gw_ok();
    return gw_shape_difference(claimed, rebuilt, reterr);
}

gw_status gw_core_check_commitment(gw_arena *arena, gw_bytes bytes, gw_core_commitment *ret,
                                   gw_fault *reterr) {
    gw_core_commitment core = {0};
    gw_bytes rebuilt = {0};
    GW_TRY(gw_core_read_commitment(arena, bytes, &core, reterr));
    core.orders = NULL;
    core.order_count = 0;
    core.shortage = NULL;
    core.shortage_count = 0;
    GW_TRY(gw_core_build_commitment(arena, &core, reterr));
    GW_TRY(gw_core_write_commitment(arena, &core, &rebuilt, reterr));
    GW_TRY(gw_core_compare(bytes, rebuilt, reterr));
    if (ret != NULL) *ret = core;
    return gw_ok();
}

gw_status gw_core_check_settlement(gw_arena *arena, gw_bytes bytes, gw_core_settlement *ret,
                                   gw_fault *reterr) {
    gw_core_settlement core = {0};
    gw_bytes rebuilt = {0};
    GW_TRY(gw_core_read_settlement(arena, bytes, &core, reterr));
    core.baselines = NULL;
    core.baseline_count = 0;
    core.lines = NULL;
    core.line_count = 0;
    core.ledger = NULL;
    core.ledger_count = 0;
    GW_TRY(gw_core_build_settlement(arena, &core, reterr));
    GW_TRY(gw_core_write_settlement(arena, &core, &rebuilt, reterr));
    GW_TRY(gw_core_compare(bytes, rebuilt, reterr));
    if (ret != NULL) *ret = core;
    return gw_ok();
}
