/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/outbox.h"

#include "server/db/outbox_store.h"
#include "server/db/settlement_store.h"
#include "server/flow/advance.h"
#include "server/log.h"

#include <stdio.h>

enum { ROWS_AT_ONCE = 200, OUTBOX_ARENA_BYTES = 64 * 1024 * 1024 };

typedef struct done_call {
    const gw_outbox_row *row;
    const gw_flow_receipt *receipt;
} done_call;

/* The run on the chain: the settlement is posted, and its event with it. */
static gw_status post_settlement(const gw_flow_unit *unit, const gw_outbox_row *row,
                                 gw_fault *reterr) {
    gw_settlement_list runs;
    GW_TRY(gw_settlement_load_of_event(unit->tx, unit->arena, *row->event_id, &runs, reterr));
    if (runs.count == 0) return gw_ok();
    const gw_settlement_move move = {runs.items[0].settlement_id, GW_TEXT("CERTIFIED"),
                                     GW_TEXT("POSTED")};
    GW_TRY(gw_settlement_save_move(unit->tx, unit->arena, &move, reterr));
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, *row->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_SETTLED)) return gw_ok();
    return gw_advance(unit, &request, GW_EVENT_DO_POST, request.reason, reterr);
}

static gw_status mark_done(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const done_call *call = (const done_call *)context;
    gw_outbox_row done = *call->row;
    done.done_at = unit->now;
    done.outcome = GW_TEXT("delivered");
    if (!gw_word_is_zero(call->receipt->tx_hash))
        done.tx_hash = gw_word_slice(&call->receipt->tx_hash);
    done.block_number = call->receipt->block_number;
    GW_TRY(gw_outbox_save_done(unit->tx, unit->arena, &done, reterr));
    if (!gw_text_is(done.kind, "CHAIN_SETTLE")) return gw_ok();
    return post_settlement(unit, &done, reterr);
}

static gw_status hand_over(const gw_flow *flow, const gw_outbox_row *row, gw_flow_receipt *ret,
                           gw_fault *reterr) {
    *ret = (gw_flow_receipt){0};
    if (gw_text_is(row->kind, "MQTT_PUBLISH"))
        return flow->ports.publish(flow->ports.context, row, reterr);
    return flow->ports.post(flow->ports.context, row, ret, reterr);
}

static gw_status note_attempt(const gw_flow *flow, gw_arena *arena, const gw_outbox_row *row,
                              const gw_fault *fault, gw_fault *reterr) {
    gw_outbox_row attempt = *row;
    attempt.outcome = gw_text_from_c(fault->message);
    if (fault->code != GW_CODE_TOO_EARLY && row->attempts % 20 == 0)
        gw_log_fault(GW_LEVEL_WARNING, "outbox.waits", row->purpose, fault);
    return gw_outbox_save_attempt(flow->db, arena, &attempt, reterr);
}

static gw_status deliver(const gw_flow *flow, gw_arena *arena, const gw_outbox_row *row,
                         gw_instant now, bool *ret_is_done, gw_fault *reterr) {
    *ret_is_done = false;
    gw_crash_point(GW_CRASH_OUTBOX_BEFORE_SEND);
    gw_flow_receipt receipt;
    gw_fault fault = {0};
    const gw_status status = hand_over(flow, row, &receipt, &fault);
    if (!gw_is_ok(status)) return note_attempt(flow, arena, row, &fault, reterr);
    done_call call = {row, &receipt};
    const gw_flow_job job = {mark_done, &call, now, GW_CRASH_OUTBOX_AFTER_SEND,
                             GW_CRASH_OUTBOX_AFTER_MARK};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret_is_done = true;
    return gw_ok();
}

/* Chain effects build on each other: after one that waits, the later ones wait too. */
static gw_status deliver_rows(const gw_flow *flow, gw_arena *arena, const gw_outbox_list *rows,
                              gw_instant now, int *ret_delivered, gw_fault *reterr) {
    bool is_held[2] = {false, false};
    int delivered = 0;
    for (int i = 0; i < rows->count; i++) {
        const int way = gw_text_is(rows->items[i].kind, "MQTT_PUBLISH") ? 0 : 1;
        if (is_held[way]) continue;
        bool is_done = false;
        GW_TRY(deliver(flow, arena, &rows->items[i], now, &is_done, reterr));
        if (is_done) delivered++;
        is_held[way] = !is_done;
    }
    *ret_delivered = delivered;
    return gw_ok();
}

gw_status gw_outbox_run(const gw_flow *flow, gw_instant now, gw_outbox_progress *ret,
                        gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(OUTBOX_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_outbox_list rows;
    GW_TRY(gw_outbox_load_due(flow->db, arena, ROWS_AT_ONCE, &rows, reterr));
    int delivered = 0;
    GW_TRY(deliver_rows(flow, arena, &rows, now, &delivered, reterr));
    int64_t waiting = 0;
    GW_TRY(gw_outbox_load_waiting(flow->db, arena, &waiting, reterr));
    *ret = (gw_outbox_progress){delivered, (int)waiting};
    return gw_ok();
}
