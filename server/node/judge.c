/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/judge.h"

#include "oracle/address.h"
#include "server/evidence/core.h"
#include "server/node/judge_clearance.h"
#include "server/node/judgement.h"

#include <stdio.h>

/* A core that does not check: unreadable, or another result than ours at a named place. */
static void decide_fault(gw_judgement *judgement, const gw_fault *fault) {
    const bool differs = fault->code == GW_CODE_MISMATCH;
    judgement->verdict = differs ? GW_VERDICT_RECOMPUTATION_DIFFERS : GW_VERDICT_MALFORMED;
    (void)snprintf(judgement->detail, sizeof judgement->detail, "%.90s: %.150s", fault->subject,
                   fault->message);
}

static void judge_commitment(const gw_core_commitment *core, gw_bytes bytes,
                             const gw_judge_facts *facts, gw_judgement *ret) {
    const gw_commitment statement = gw_core_commitment_statement(core, bytes);
    ret->record.slot = (gw_vote_slot){.kind = GW_TASK_COMMITMENT,
                                      .subject = core->event.event_id,
                                      .revision = statement.revision,
                                      .epoch = statement.epoch};
    ret->record.digest = gw_commitment_digest(&facts->domain, &statement);
    ret->root = core->root;
    if (!gw_judgement_is_for_us(&core->chain, core->realm, facts)) {
        gw_judgement_decide(ret, GW_VERDICT_WRONG_SIGNER_SET,
                            "chain, ledger, realm or signer set is not ours");
    } else if (!gw_instant_before(facts->now, core->event.from)) {
        gw_judgement_decide(ret, GW_VERDICT_TOO_LATE, "the delivery has started already");
    } else {
        gw_judgement_decide(ret, GW_VERDICT_AGREES, "the orders follow from the sealed bids");
    }
}

typedef struct proposal_rows {
    gw_proposed_reading *rows;
    size_t count;
} proposal_rows;

static gw_reading_key key_at(gw_text meter, gw_instant start) {
    return (gw_reading_key){.meter = meter, .channel = GW_CHANNEL_IMPORT, .start = start};
}

static void add_meter_rows(const gw_core_settlement *core, const gw_core_meter *meter,
                           proposal_rows *into) {
    const gw_span interval = gw_span_seconds(core->event.interval_s);
    for (size_t at = 0; at < meter->day_count; at++) {
        const gw_core_day *day = &meter->days[at];
        for (size_t slot = 0; slot < day->value_count; slot++) {
            const gw_core_value *value = &day->values[slot];
            const gw_instant start =
                gw_calendar_slot_start(&core->rules.calendar, day->day, value->slot, interval);
            into->rows[into->count++] =
                (gw_proposed_reading){.key = key_at(meter->meter, start),
                                      .as = GW_PROPOSED_READ,
                                      .version = {(uint64_t)value->boot, (uint64_t)value->seq},
                                      .energy_wh = value->wh,
                                      .quality = 'A'};
        }
    }
}

/* Intervals of the event for which the proposal says that there is no reading. */
static void add_missing_rows(const gw_core_settlement *core, const gw_core_baseline *baseline,
                             proposal_rows *into) {
    for (size_t at = 0; at < baseline->actual_count; at++) {
        if (baseline->actual_wh[at] >= 0) continue;
        const gw_span offset = gw_span_seconds(core->event.interval_s * (int64_t)at);
        into->rows[into->count++] = (gw_proposed_reading){
            .key = key_at(baseline->meter, gw_instant_plus(core->event.from, offset)),
            .as = GW_PROPOSED_MISSING};
    }
}

static size_t rows_at_most(const gw_core_settlement *core) {
    size_t count = 1;
    for (size_t at = 0; at < core->meter_count; at++) {
        for (size_t day = 0; day < core->meters[at].day_count; day++)
            count += core->meters[at].days[day].value_count;
    }
    for (size_t at = 0; at < core->baseline_count; at++) count += core->baselines[at].actual_count;
    return count;
}

static gw_status compare_readings(gw_arena *arena, const gw_core_settlement *core,
                                  const gw_judge_facts *facts, gw_judgement *ret,
                                  gw_fault *reterr) {
    proposal_rows rows = {0};
    GW_TRY(GW_ARENA_NEW(arena, gw_proposed_reading, rows_at_most(core), &rows.rows, reterr));
    for (size_t at = 0; at < core->meter_count; at++)
        add_meter_rows(core, &core->meters[at], &rows);
    for (size_t at = 0; at < core->baseline_count; at++)
        add_missing_rows(core, &core->baselines[at], &rows);
    const gw_admission_question question = {.proposed = rows.rows,
                                            .proposed_count = rows.count,
                                            .sightings = facts->sightings,
                                            .sighting_count = facts->sighting_count,
                                            .window_from = core->event.from,
                                            .window_to = core->run.ended_at,
                                            .as_of = core->run.as_of};
    GW_TRY(gw_admission_judge(&question, &ret->seen, reterr));
    ret->verdict = ret->seen.verdict;
    (void)snprintf(ret->detail, sizeof ret->detail,
                   "of %zu readings %zu are equal to our own, %zu differ, %zu we did not see",
                   ret->seen.proposed, ret->seen.equal, ret->seen.differs, ret->seen.unseen);
    return gw_ok();
}

static void describe_settlement(const gw_core_settlement *core, gw_bytes bytes,
                                const gw_judge_facts *facts, gw_judgement *ret) {
    const gw_settlement statement = gw_core_settlement_statement(core, bytes);
    ret->record.slot = (gw_vote_slot){.kind = GW_TASK_SETTLEMENT,
                                      .subject = core->event.event_id,
                                      .revision = statement.revision,
                                      .epoch = statement.epoch};
    ret->record.digest = gw_settlement_digest(&facts->domain, &statement);
    ret->root = core->commitment_root;
}

static gw_status judge_settlement(gw_arena *arena, const gw_core_settlement *core, gw_bytes bytes,
                                  const gw_judge_facts *facts, gw_judgement *ret,
                                  gw_fault *reterr) {
    describe_settlement(core, bytes, facts, ret);
    if (!gw_judgement_is_for_us(&core->chain, core->realm, facts)) {
        gw_judgement_decide(ret, GW_VERDICT_WRONG_SIGNER_SET,
                            "chain, ledger, realm or signer set is not ours");
        return gw_ok();
    }
    if (gw_instant_before(facts->now, core->run.as_of)) {
        gw_judgement_decide(ret, GW_VERDICT_TOO_EARLY, "the as-of time has not come yet");
        return gw_ok();
    }
    return compare_readings(arena, core, facts, ret, reterr);
}

typedef gw_status judge_kind(gw_arena *arena, gw_bytes core, const gw_judge_facts *facts,
                             gw_judgement *ret, gw_fault *reterr);

static gw_status judge_commitment_bytes(gw_arena *arena, gw_bytes core, const gw_judge_facts *facts,
                                        gw_judgement *ret, gw_fault *reterr) {
    gw_core_commitment commitment = {0};
    GW_TRY(gw_core_check_commitment(arena, core, &commitment, reterr));
    judge_commitment(&commitment, core, facts, ret);
    return gw_ok();
}

static gw_status judge_settlement_bytes(gw_arena *arena, gw_bytes core, const gw_judge_facts *facts,
                                        gw_judgement *ret, gw_fault *reterr) {
    gw_core_settlement settlement = {0};
    GW_TRY(gw_core_check_settlement(arena, core, &settlement, reterr));
    return judge_settlement(arena, &settlement, core, facts, ret, reterr);
}

gw_status gw_judge(gw_arena *arena, gw_bytes core, const gw_judge_facts *facts, gw_judgement *ret,
                   gw_fault *reterr) {
    static judge_kind *const KINDS[GW_CORE_KIND_COUNT] = {
        [GW_CORE_COMMITMENT] = judge_commitment_bytes,
        [GW_CORE_SETTLEMENT] = judge_settlement_bytes,
        [GW_CORE_CLEARANCE] = gw_judge_clearance,
    };
    gw_fault fault = {0};
    gw_core_kind kind = GW_CORE_COMMITMENT;
    *ret = (gw_judgement){.verdict = GW_VERDICT_MALFORMED};
    gw_status status = gw_core_kind_of(core, &kind, &fault);
    if (gw_is_ok(status)) status = KINDS[kind](arena, core, facts, ret, &fault);
    if (gw_is_ok(status)) return gw_ok();
    if (status.code == GW_CODE_NO_MEMORY) {
        *reterr = fault;
        return status;
    }
    decide_fault(ret, &fault);
    return gw_ok();
}
