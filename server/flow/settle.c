/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/settle.h"

#include "server/db/market_source.h"
#include "server/db/request_store.h"
#include "server/flow/advance.h"
#include "server/flow/propose.h"
#include "server/flow/settle_save.h"
#include "server/flow/steps.h"
#include "server/flow/verify.h"

#include <stdio.h>
#include <string.h>

enum { LOCK_LEDGER = 1 };

/* The certified commitment that this run belongs to. */
static gw_status fill_commitment(const gw_flow_unit *unit, gw_core_settlement *core,
                                 gw_fault *reterr) {
    const gw_proposal_key key = {core->event.event_id, GW_TEXT("COMMITMENT")};
    gw_proposal_row proposal;
    GW_TRY(gw_proposal_load_certified(unit->tx, unit->arena, &key, &proposal, reterr));
    core->commitment_revision = proposal.revision;
    return gw_word_from_bytes(proposal.data_hash, &core->commitment_data_hash, reterr);
}

static gw_status fill_posted(const gw_flow_unit *unit, gw_core_settlement *core, gw_fault *reterr) {
    gw_settlement_list before;
    GW_TRY(
        gw_settlement_load_of_event(unit->tx, unit->arena, core->event.event_id, &before, reterr));
    if (before.count == 0) return gw_ok();
    gw_line_list totals;
    GW_TRY(gw_settlement_load_totals(unit->tx, unit->arena, before.items[0].settlement_id, &totals,
                                     reterr));
    core->posted_count = (size_t)totals.count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_posted, core->posted_count, &core->posted, reterr));
    for (int i = 0; i < totals.count; i++)
        core->posted[i] = (gw_core_posted){totals.items[i].order_id, totals.items[i].paid.micros,
                                           totals.items[i].shortfall_charge.micros};
    return gw_ok();
}

/* Keeps the list ascending by payee, without repeats. */
static gw_core_entitlement *put_payee(gw_core_settlement *core, gw_text payee) {
    size_t at = core->entitlement_count;
    while (at > 0 && gw_text_compare(core->entitlements[at - 1].payee, payee) > 0) at--;
    if (at > 0 && gw_text_equal(core->entitlements[at - 1].payee, payee))
        return &core->entitlements[at - 1];
    memmove(&core->entitlements[at + 1], &core->entitlements[at],
            (core->entitlement_count - at) * sizeof *core->entitlements);
    core->entitlements[at] = (gw_core_entitlement){.payee = payee};
    core->entitlement_count++;
    return &core->entitlements[at];
}

static gw_status carry_over(const gw_flow_unit *unit, const gw_settlement_list *head,
                            gw_entitlement_list *ret, gw_fault *reterr) {
    *ret = (gw_entitlement_list){NULL, 0};
    if (head->count == 0) return gw_ok();
    return gw_settlement_load_entitlements(unit->tx, unit->arena, head->items[0].settlement_id, ret,
                                           reterr);
}

static gw_status fill_salt(const gw_flow_unit *unit, const gw_core_settlement *core,
                           const char *use, gw_word *ret) {
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(core->run.settlement_id, id);
    char label[192];
    const int length = snprintf(label, sizeof label, "salt/%s/%s", id, use);
    const gw_text text = {label, length < 0 ? 0 : (size_t)length};
    gw_random_bytes(unit->flow->random, text, ret->bytes, sizeof ret->bytes);
    return gw_ok();
}

static gw_status fill_payees(const gw_flow_unit *unit, const gw_settlement_list *head,
                             gw_core_settlement *core, gw_fault *reterr) {
    gw_text_list payees;
    GW_TRY(gw_market_load_payees(unit->tx, unit->arena, &payees, reterr));
    gw_entitlement_list before;
    GW_TRY(carry_over(unit, head, &before, reterr));
    const size_t room = (size_t)payees.count + (size_t)before.count + core->order_count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_entitlement, room + 1, &core->entitlements, reterr));
    for (int i = 0; i < payees.count; i++) put_payee(core, payees.items[i]);
    for (size_t i = 0; i < core->order_count; i++) put_payee(core, core->orders[i].payee);
    for (int i = 0; i < before.count; i++) {
        gw_core_entitlement *payee = put_payee(core, before.items[i].payee);
        payee->previous_micros = before.items[i].lifetime.micros;
        payee->carried_before_micros = before.items[i].carried.micros;
        payee->paid_micros = before.items[i].lifetime.micros;
        GW_TRY(gw_word_from_bytes(before.items[i].salt, &payee->previous_salt, reterr));
    }
    return gw_ok();
}

static gw_status fill_salts(const gw_flow_unit *unit, gw_core_settlement *core, gw_fault *reterr) {
    for (size_t i = 0; i < core->entitlement_count; i++) {
        char use[96];
        if (snprintf(use, sizeof use, "payee/%.*s", GW_TEXT_ARGS(core->entitlements[i].payee)) < 0)
            return gw_fail(reterr, GW_CODE_INTERNAL);
        GW_TRY(fill_salt(unit, core, use, &core->entitlements[i].salt));
    }
    core->line_salt_count = core->order_count * core->event.need_count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_word, core->line_salt_count, &core->line_salts, reterr));
    for (size_t i = 0; i < core->line_salt_count; i++) {
        char use[32];
        if (snprintf(use, sizeof use, "line/%zu", i) < 0) return gw_fail(reterr, GW_CODE_INTERNAL);
        GW_TRY(fill_salt(unit, core, use, &core->line_salts[i]));
    }
    return gw_ok();
}

gw_status gw_settle_compute(const gw_flow_unit *unit, const gw_request_row *request,
                            gw_core_settlement *core, gw_fault *reterr) {
    gw_settlement_list head;
    GW_TRY(gw_settlement_load_head(unit->tx, unit->arena, &head, reterr));
    core->run.sequence = head.count == 0 ? 1 : head.items[0].sequence + 1;
    GW_TRY(gw_verify_gather(unit, request, core, reterr));
    GW_TRY(fill_commitment(unit, core, reterr));
    GW_TRY(fill_posted(unit, core, reterr));
    GW_TRY(fill_payees(unit, &head, core, reterr));
    GW_TRY(fill_salts(unit, core, reterr));
    return gw_core_build_settlement(unit->arena, core, reterr);
}

/* Only one run may be open: the next one needs its root. */
static gw_status check_ledger(const gw_flow_unit *unit, gw_fault *reterr) {
    GW_TRY(gw_db_lock(unit->tx, GW_LOCK_FLOW, LOCK_LEDGER, reterr));
    gw_settlement_list head;
    GW_TRY(gw_settlement_load_head(unit->tx, unit->arena, &head, reterr));
    if (head.count == 0 || !gw_text_is(head.items[0].state, "PROPOSED")) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_TOO_EARLY, "settlement",
                        "run %lld of the ledger is with the nodes",
                        (long long)head.items[0].sequence);
}

static gw_status next_run(const gw_flow_unit *unit, const gw_request_row *request, gw_core_run *run,
                          gw_fault *reterr) {
    const gw_proposal_key key = {request->event_id, GW_TEXT("SETTLEMENT")};
    gw_proposal_row last;
    GW_TRY(gw_propose_next(unit, &key, &last, reterr));
    run->revision = last.revision + 1;
    gw_settlement_list before;
    GW_TRY(gw_settlement_load_of_event(unit->tx, unit->arena, request->event_id, &before, reterr));
    run->run_type = GW_RUN_INITIAL;
    if (before.count > 0)
        run->run_type =
            gw_text_is(before.items[0].run_type, "INITIAL") ? GW_RUN_FINAL : GW_RUN_LATE;
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(request->event_id, id);
    char label[96];
    const int length =
        snprintf(label, sizeof label, "settlement/%s/%lld", id, (long long)run->revision);
    const gw_text text = {label, length < 0 ? 0 : (size_t)length};
    run->settlement_id = gw_random_uuid(unit->flow->random, text, unit->now);
    return gw_ok();
}

static gw_status offer(const gw_flow_unit *unit, const gw_core_settlement *core, gw_fault *reterr) {
    gw_propose_case what = {.subject_id = core->event.event_id,
                            .kind = GW_TASK_SETTLEMENT,
                            .revision = core->run.revision};
    GW_TRY(gw_core_write_settlement(unit->arena, core, &what.core, reterr));
    what.settlement = gw_core_settlement_statement(core, what.core);
    gw_uuid proposal_id;
    GW_TRY(gw_propose(unit, &what, &proposal_id, reterr));
    return gw_settle_save(unit, core, proposal_id, what.settlement.data_hash, reterr);
}

gw_status gw_step_settle(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    const bool is_first = gw_advance_is(&request, GW_EVENT_METERED);
    if (!is_first && !gw_advance_is(&request, GW_EVENT_VERIFIED)) return gw_ok();
    GW_TRY(check_ledger(unit, reterr));
    gw_core_settlement core = {.run.as_of = timer->due_at};
    GW_TRY(next_run(unit, &request, &core.run, reterr));
    GW_TRY(gw_settle_compute(unit, &request, &core, reterr));
    GW_TRY(offer(unit, &core, reterr));
    if (!is_first) return gw_ok();
    return gw_advance(unit, &request, GW_EVENT_DO_VERIFY, request.reason, reterr);
}
