/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs after the first: a newer version of a reading marks the posted run with the difference that
 * it would make; the next run then posts only that difference, because entitlements are lifetime
 * sums.
 */
#include "server/flow/settle.h"

#include "server/db/market_source.h"
#include "server/db/request_store.h"
#include "server/flow/advance.h"
#include "server/flow/steps.h"
#include "server/flow/verify.h"

#include <stdio.h>

enum { RUNS_AT_ONCE = 200 };

typedef struct rerun_context {
    const gw_rerun_call *call;
    gw_settlement_row *ret;
} rerun_context;

static gw_status rerun(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const rerun_context *call = (const rerun_context *)context;
    gw_settlement_row run;
    GW_TRY(gw_settlement_load(unit->tx, unit->arena, call->call->settlement_id, &run, reterr));
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, run.event_id, &request, reterr));
    *call->ret = run;
    if (gw_advance_is(&request, GW_EVENT_METERED) || gw_advance_is(&request, GW_EVENT_VERIFIED))
        return gw_ok();
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_CORRECT, GW_TEXT("another run was asked for"),
                      reterr));
    return gw_step_arm(unit, run.event_id, "SETTLE", unit->now, reterr);
}

gw_status gw_settle_rerun(const gw_flow *flow, gw_arena *arena, const gw_rerun_call *call,
                          gw_settlement_row *ret, gw_fault *reterr) {
    gw_settlement_row row = {0};
    rerun_context context = {call, &row};
    const gw_flow_job job = {rerun, &context, call->now, GW_CRASH_RERUN_BEFORE_COMMIT,
                             GW_CRASH_RERUN_AFTER_COMMIT};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}

static gw_status count_newer(const gw_flow_unit *unit, const gw_request_row *request,
                             gw_instant as_of, int64_t *ret, gw_fault *reterr) {
    gw_adjustment adjustment;
    GW_TRY(gw_adjustment_parse(request->adjustment, &adjustment, reterr));
    gw_method method;
    GW_TRY(gw_method_find(request->method, adjustment, &method, reterr));
    const gw_market_span span = {request->event_id, gw_verify_period(request, &method), as_of};
    return gw_market_count_newer(unit->tx, unit->arena, &span, ret, reterr);
}

static int64_t net_of(const gw_core_settlement *core) {
    int64_t net = 0;
    for (size_t i = 0; i < core->line_count; i++)
        net += core->lines[i].paid_micros - core->lines[i].shortfall_micros;
    return net;
}

/* Readings may change without any amount changing: then the difference is 0 and that is said. */
static gw_status mark(const gw_flow_unit *unit, const gw_request_row *request,
                      gw_settlement_row *run, int64_t newer, gw_fault *reterr) {
    gw_core_settlement core = {.run = {.as_of = unit->now,
                                       .run_type = GW_RUN_LATE,
                                       .revision = run->revision + 1,
                                       .settlement_id = run->settlement_id}};
    GW_TRY(gw_settle_compute(unit, request, &core, reterr));
    char detail[160];
    if (snprintf(
            detail, sizeof detail,
            "%lld readings that the baseline or the event may look at came in or changed after "
            "the run",
            (long long)newer) < 0)
        return gw_fail(reterr, GW_CODE_INTERNAL);
    run->inputs_changed_at = unit->now;
    run->difference.micros = net_of(&core) - (run->paid.micros - run->shortfall.micros);
    run->difference_detail = gw_text_from_c(detail);
    GW_TRY(gw_settlement_save_changed(unit->tx, unit->arena, run, reterr));
    const gw_advance_note note = {
        .event_id = run->event_id, .entity = "settlement", .type = "settlement.inputs-changed"};
    return gw_advance_log(unit, &note, reterr);
}

typedef struct recheck_context {
    gw_settlement_row *run;
    bool is_marked;
} recheck_context;

static gw_status recheck(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    recheck_context *call = (recheck_context *)context;
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, call->run->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_POSTED)) return gw_ok();
    gw_settlement_list newest;
    GW_TRY(gw_settlement_load_of_event(unit->tx, unit->arena, request.event_id, &newest, reterr));
    if (newest.count == 0 ||
        !gw_uuid_equal(newest.items[0].settlement_id, call->run->settlement_id))
        return gw_ok();
    const gw_instant since =
        call->run->inputs_changed_at.us != 0 ? call->run->inputs_changed_at : call->run->as_of;
    int64_t newer = 0;
    GW_TRY(count_newer(unit, &request, since, &newer, reterr));
    if (newer == 0) return gw_ok();
    call->is_marked = true;
    return mark(unit, &request, call->run, newer, reterr);
}

gw_status gw_settle_recheck(const gw_flow *flow, gw_arena *arena, gw_instant now, int *ret_count,
                            gw_fault *reterr) {
    const gw_settlement_filter filter = {.state = GW_TEXT("POSTED"), .limit = RUNS_AT_ONCE};
    gw_settlement_list runs;
    GW_TRY(gw_settlement_load_list(flow->db, arena, &filter, &runs, reterr));
    int count = 0;
    for (int i = 0; i < runs.count; i++) {
        recheck_context context = {&runs.items[i], false};
        const gw_flow_job job = {recheck, &context, now, GW_CRASH_RECHECK_BEFORE_COMMIT,
                                 GW_CRASH_RECHECK_AFTER_COMMIT};
        GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
        if (context.is_marked) count++;
    }
    *ret_count = count;
    return gw_ok();
}
