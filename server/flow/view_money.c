/* SPDX-License-Identifier: Apache-2.0
 *
 * How settlements, proposals and votes look in JSON, and why a line pays what it pays.
 */
#include "server/flow/view.h"

#include "base/decimal.h"

void gw_view_settlement(gw_json *json, const char *key, const gw_settlement_row *settlement) {
    gw_json_object(json, key);
    gw_json_uuid(json, "settlement_id", settlement->settlement_id);
    gw_json_uuid(json, "event_id", settlement->event_id);
    gw_json_text(json, "run_type", settlement->run_type);
    gw_json_text_if(json, "own_event_days", settlement->own_event_days);
    gw_json_int64(json, "revision", settlement->revision);
    gw_json_int64(json, "sequence", settlement->sequence);
    gw_json_text(json, "state", settlement->state);
    gw_json_instant(json, "as_of", settlement->as_of);
    gw_json_hex(json, "evidence_root", settlement->evidence_root);
    gw_json_hex(json, "entitlement_root", settlement->entitlement_root);
    gw_json_hex(json, "previous_root", settlement->previous_root);
    gw_json_hex(json, "data_hash", settlement->data_hash);
    gw_json_int64(json, "total_micros", settlement->total.micros);
    gw_json_int64(json, "paid_micros", settlement->paid.micros);
    gw_json_int64(json, "shortfall_micros", settlement->shortfall.micros);
    gw_json_flag(json, "inputs_changed", settlement->inputs_changed_at.us != 0);
    if (settlement->inputs_changed_at.us != 0) {
        gw_json_instant(json, "inputs_changed_at", settlement->inputs_changed_at);
        gw_json_int64(json, "difference_micros", settlement->difference.micros);
        gw_json_text(json, "difference_detail", settlement->difference_detail);
    }
    gw_json_instant(json, "created_at", settlement->created_at);
    gw_json_close(json);
}

void gw_view_line(gw_json *json, const char *key, const gw_line_row *line) {
    gw_json_object(json, key);
    gw_json_int64(json, "position", line->position);
    gw_json_uuid(json, "order_id", line->order_id);
    gw_json_text(json, "party", line->party);
    gw_json_text(json, "group", line->group);
    gw_json_instant(json, "start", line->start);
    gw_json_int64(json, "baseline_mwh", line->baseline_mwh);
    gw_json_int64(json, "metered_wh", line->metered.wh);
    gw_json_int64(json, "ordered_wh", line->ordered.wh);
    gw_json_int64(json, "missing_meters", line->missing_meters);
    gw_json_int64(json, "missing_wh", line->missing.wh);
    gw_json_int64(json, "outage_wh", line->outage.wh);
    gw_json_int64(json, "delivered_mwh", line->delivered_mwh);
    gw_json_int64(json, "delivered_wh", line->delivered.wh);
    gw_json_int64(json, "shortfall_wh", line->shortfall.wh);
    gw_json_int64(json, "charged_shortfall_wh", line->charged_shortfall.wh);
    gw_json_int64(json, "price_micros_per_kwh", line->price.micros_per_kwh);
    gw_json_int64(json, "shortfall_price_micros_per_kwh", line->shortfall_price.micros_per_kwh);
    gw_json_int64(json, "paid_micros", line->paid.micros);
    gw_json_int64(json, "shortfall_micros", line->shortfall_charge.micros);
    gw_json_int64(json, "net_micros", line->paid.micros - line->shortfall_charge.micros);
    gw_text reason = {NULL, 0};
    if (gw_is_ok(gw_view_line_reason(json->out.arena, line, &reason, NULL)))
        gw_json_text(json, "why", reason);
    gw_json_close(json);
}

static void write_delivery(gw_writer *out, const gw_line_row *line) {
    char baseline[GW_DECIMAL_TEXT_SIZE];
    gw_decimal_print(line->baseline_mwh, 3, baseline);
    if (line->ordered.wh == 0) {
        gw_write_c(out, "Nothing was ordered for this interval, or the event had ended");
        return;
    }
    gw_write_format(out,
                    "The group would have used %s Wh and used %lld Wh; of the ordered %lld Wh "
                    "%lld Wh count as delivered",
                    baseline, (long long)line->metered.wh, (long long)line->ordered.wh,
                    (long long)line->delivered.wh);
}

static void write_missing(gw_writer *out, const gw_line_row *line) {
    if (line->missing_meters == 0) return;
    gw_write_format(out,
                    "; %lld meters had no usable reading or baseline, their share of %lld Wh "
                    "counts as undelivered, %lld Wh of it by our own outage",
                    (long long)line->missing_meters, (long long)line->missing.wh,
                    (long long)line->outage.wh);
}

static void write_amounts(gw_writer *out, const gw_line_row *line) {
    gw_write_format(out, ". Paid %lld micros at %lld per kWh", (long long)line->paid.micros,
                    (long long)line->price.micros_per_kwh);
    if (line->charged_shortfall.wh > 0)
        gw_write_format(out, "; %lld Wh short, charged %lld micros at %lld per kWh",
                        (long long)line->charged_shortfall.wh,
                        (long long)line->shortfall_charge.micros,
                        (long long)line->shortfall_price.micros_per_kwh);
    gw_write_c(out, ".");
}

gw_status gw_view_line_reason(gw_arena *arena, const gw_line_row *line, gw_text *ret,
                              gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, arena);
    write_delivery(&out, line);
    write_missing(&out, line);
    write_amounts(&out, line);
    return gw_writer_end_text(&out, ret, reterr);
}

void gw_view_vote(gw_json *json, const char *key, const gw_vote_row *vote) {
    gw_json_object(json, key);
    gw_json_text(json, "node", vote->node);
    gw_json_hex(json, "signer", vote->signer);
    gw_json_text(json, "verdict", vote->verdict);
    gw_json_text_if(json, "detail", vote->detail);
    gw_json_raw(json, "seen", vote->seen);
    if (vote->signature.length > 0) gw_json_hex(json, "signature", vote->signature);
    gw_json_instant(json, "received_at", vote->received_at);
    gw_json_close(json);
}

void gw_view_proposal(gw_json *json, const char *key, const gw_proposal_row *proposal,
                      const gw_vote_list *votes) {
    gw_json_object(json, key);
    gw_json_uuid(json, "task_id", proposal->proposal_id);
    gw_json_text(json, "kind", proposal->kind);
    const bool is_check = gw_text_is(proposal->kind, "CLEARANCE");
    gw_json_uuid(json, is_check ? "check_id" : "event_id", proposal->subject_id);
    gw_json_int64(json, "revision", proposal->revision);
    gw_json_int64(json, "epoch", proposal->epoch);
    gw_json_int64(json, "signer_set", proposal->signer_set);
    gw_json_int64(json, "quorum", proposal->quorum);
    gw_json_int64(json, "nodes", proposal->nodes);
    gw_json_hex(json, "digest", proposal->digest);
    gw_json_hex(json, "data_hash", proposal->data_hash);
    gw_json_raw(json, "message", proposal->message);
    gw_json_text(json, "state", proposal->state);
    gw_json_text_if(json, "reason", proposal->reason);
    gw_json_instant(json, "opened_at", proposal->opened_at);
    if (proposal->decided_at.us != 0) gw_json_instant(json, "decided_at", proposal->decided_at);
    if (votes != NULL) {
        gw_json_array(json, "votes");
        for (int i = 0; i < votes->count; i++) gw_view_vote(json, NULL, &votes->items[i]);
        gw_json_close(json);
    }
    gw_json_close(json);
}
