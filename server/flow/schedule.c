/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/schedule.h"

#include "server/flow/advance.h"
#include "server/flow/certify.h"
#include "server/flow/steps.h"
#include "server/log.h"

enum { STEPS_IN_ONE_RUN = 100000, LIST_ARENA_BYTES = 4 * 1024 * 1024 };

typedef struct timer_kind {
    const char *name;
    gw_flow_step *step;
    gw_crash before;
    gw_crash after;
} timer_kind;

static const timer_kind KINDS[] = {
    {"GATE", gw_step_gate, GW_CRASH_GATE_BEFORE_COMMIT, GW_CRASH_GATE_AFTER_COMMIT},
    {"CLEAR", gw_step_clear, GW_CRASH_CLEAR_BEFORE_COMMIT, GW_CRASH_CLEAR_AFTER_COMMIT},
    {"ORDER", gw_step_order, GW_CRASH_ORDER_BEFORE_COMMIT, GW_CRASH_ORDER_AFTER_COMMIT},
    {"COMMIT", gw_step_commit, GW_CRASH_PROPOSE_BEFORE_COMMIT, GW_CRASH_PROPOSE_AFTER_COMMIT},
    {"ACK", gw_step_confirm, GW_CRASH_CONFIRM_BEFORE_COMMIT, GW_CRASH_CONFIRM_AFTER_COMMIT},
    {"START", gw_step_start, GW_CRASH_START_BEFORE_COMMIT, GW_CRASH_START_AFTER_COMMIT},
    {"END", gw_step_end, GW_CRASH_END_BEFORE_COMMIT, GW_CRASH_END_AFTER_COMMIT},
    {"DATA", gw_step_meter, GW_CRASH_VERIFY_BEFORE_COMMIT, GW_CRASH_VERIFY_AFTER_COMMIT},
    {"SETTLE", gw_step_settle, GW_CRASH_SETTLE_BEFORE_COMMIT, GW_CRASH_SETTLE_AFTER_COMMIT},
};

gw_status gw_step_arm(const gw_flow_unit *unit, gw_uuid event_id, const char *kind,
                      gw_instant due_at, gw_fault *reterr) {
    const gw_timer_row timer = {
        .event_id = event_id, .kind = gw_text_from_c(kind), .due_at = due_at};
    return gw_timer_arm(unit->tx, unit->arena, &timer, reterr);
}

static const timer_kind *find_kind(gw_text name) {
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (gw_text_is(name, KINDS[i].name)) return &KINDS[i];
    return NULL;
}

typedef struct step_call {
    const timer_kind *kind;
    const gw_timer_row *timer;
} step_call;

/* Fired first: a step may arm its own kind again. */
static gw_status run_step(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const step_call *call = (const step_call *)context;
    gw_timer_row fired = *call->timer;
    fired.fired_at = unit->now;
    fired.outcome = GW_TEXT("DONE");
    GW_TRY(gw_timer_fire(unit->tx, unit->arena, &fired, reterr));
    return call->kind->step(unit, call->timer, reterr);
}

typedef struct failed_call {
    const gw_timer_row *timer;
    const gw_fault *fault;
} failed_call;

static gw_status fail_event(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const failed_call *call = (const failed_call *)context;
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, call->timer->event_id, &request, reterr));
    const gw_timer_row dropped = {.event_id = request.event_id,
                                  .fired_at = unit->now,
                                  .outcome = gw_text_from_c(gw_code_wire(call->fault->code))};
    GW_TRY(gw_timer_drop(unit->tx, unit->arena, &dropped, reterr));
    gw_event_state state;
    GW_TRY(gw_advance_state(&request, &state, reterr));
    if (gw_event_is_final(state)) return gw_ok();
    return gw_advance(unit, &request, GW_EVENT_DO_FAIL, gw_text_from_c(call->fault->message),
                      reterr);
}

static gw_status give_up(const gw_flow *flow, gw_arena *arena, const gw_flow_job *step,
                         const failed_call *call, gw_fault *reterr) {
    gw_log_fault(GW_LEVEL_ERROR, "schedule.failed", call->timer->kind, call->fault);
    failed_call copy = *call;
    gw_flow_job job = *step;
    job.work = fail_event;
    job.context = &copy;
    return gw_flow_transact(flow, arena, &job, reterr);
}

static gw_status run_timer(const gw_flow *flow, const gw_timer_row *timer, gw_instant now,
                           bool *ret_is_waiting, gw_fault *reterr) {
    const timer_kind *kind = find_kind(timer->kind);
    if (kind == NULL)
        return gw_fail_with(reterr, GW_CODE_INTERNAL, "timer", "no step for a timer \"%.*s\"",
                            GW_TEXT_ARGS(timer->kind));
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    step_call call = {kind, timer};
    const gw_flow_job job = {run_step, &call, now, kind->before, kind->after};
    gw_fault fault = {0};
    const gw_status status = gw_flow_transact(flow, arena, &job, &fault);
    *ret_is_waiting = status.code == GW_CODE_TOO_EARLY || status.code == GW_CODE_NO_DATA;
    if (gw_is_ok(status) || *ret_is_waiting) return gw_ok();
    if (gw_code_is_retryable(status.code)) {
        if (reterr != NULL) *reterr = fault;
        return status;
    }
    const failed_call failed = {timer, &fault};
    return give_up(flow, arena, &job, &failed, reterr);
}

/* Runs the first timer of the list that does not wait; ret_ran is false when all of them do. */
static gw_status run_first(const gw_flow *flow, const gw_timer_list *timers, gw_instant now,
                           bool *ret_ran, gw_fault *reterr) {
    *ret_ran = false;
    for (int i = 0; i < timers->count && !*ret_ran; i++) {
        bool is_waiting = false;
        GW_TRY(run_timer(flow, &timers->items[i], now, &is_waiting, reterr));
        *ret_ran = !is_waiting;
    }
    return gw_ok();
}

gw_status gw_schedule_run(const gw_flow *flow, gw_instant now, int *ret_fired, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(LIST_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    int fired = 0;
    bool ran = true;
    GW_TRY(gw_certify_close_due(flow, now, reterr));
    while (ran && fired < STEPS_IN_ONE_RUN) {
        gw_arena_reset(arena);
        gw_timer_list timers;
        GW_TRY(gw_timer_load_due(flow->db, arena, now, &timers, reterr));
        GW_TRY(run_first(flow, &timers, now, &ran, reterr));
        if (ran) fired++;
    }
    *ret_fired = fired;
    return gw_ok();
}

gw_status gw_schedule_next(const gw_flow *flow, gw_instant *ret, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(LIST_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return gw_timer_load_next(flow->db, arena, ret, reterr);
}
