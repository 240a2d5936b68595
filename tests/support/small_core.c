/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/small_core.h"

#include "oracle/keccak.h"

#include <stdio.h>
#include <string.h>

enum { INTERVALS = 2, BIDS = 3, AWARDS = 2, METERS = 3, PAYEES = 3, DAYS_BACK = 20, SLOTS = 48 };
enum { INTERVAL_S = 1800 };

static const char LEDGER[] = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
static const char PAYEE_A[] = "0x1000000000000000000000000000000000000a01";
static const char PAYEE_B[] = "0x2000000000000000000000000000000000000b02";
static const char PAYEE_C[] = "0x3000000000000000000000000000000000000c03";

static gw_power need[INTERVALS] = {{2500}, {3000}};
static int64_t alike[BIDS] = {1000000, 1000000, 1000000};
/* Forecasts of 42.4 and 43 kW at a transformer of 40 kW. */
static gw_core_demand limits[INTERVALS] = {
    {.id = {"transformer:T-1", 15}, .required = {2400}, .effect_ppm = alike, .effect_count = BIDS},
    {.id = {"transformer:T-1", 15},
     .interval = 1,
     .required = {3000},
     .effect_ppm = alike,
     .effect_count = BIDS},
};
static gw_power power_a[INTERVALS] = {{3000}, {3000}};
static gw_power power_b[INTERVALS] = {{1500}, {1500}};
static gw_power power_c[INTERVALS] = {{4000}, {4000}};
static gw_order_meter meters_a[] = {{{"M-1", 3}, {2000}}, {{"M-2", 3}, {1500}}};
static gw_order_meter meters_b[] = {{{"M-3", 3}, {1600}}};
static gw_order_meter meters_c[] = {{{"M-9", 3}, {5000}}};

static gw_zone_transition transitions[] = {
    {{INT64_C(1743296400000000)}, 7200}, /* 2025-03-30T01:00Z */
    {{INT64_C(1761440400000000)}, 3600}, /* 2025-10-26T01:00Z */
    {{INT64_C(1774746000000000)}, 7200}, /* 2026-03-29T01:00Z */
};

static gw_instant at(const char *text) {
    gw_instant made = {0};
    gw_ignore(gw_instant_parse(gw_text_from_c(text), &made, NULL)); /* literals of this file */
    return made;
}

static gw_date on(const char *text) {
    gw_date made = {0};
    gw_ignore(gw_date_parse(gw_text_from_c(text), &made, NULL)); /* literals of this file */
    return made;
}

static gw_uuid id(const char *text) {
    gw_uuid made = {{0}};
    gw_ignore(gw_uuid_parse(gw_text_from_c(text), &made, NULL)); /* literals of this file */
    return made;
}

static gw_word salt(const char *label, size_t number) {
    char text[64];
    const int length = snprintf(text, sizeof text, "small %s %zu", label, number);
    return gw_keccak256((gw_bytes){(const uint8_t *)text, (size_t)length});
}

static gw_status salts(gw_arena *arena, const char *label, size_t count, gw_word **ret,
                       gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_word, count, ret, reterr));
    for (size_t number = 0; number < count; number++) (*ret)[number] = salt(label, number);
    return gw_ok();
}

static gw_core_event small_event(void) {
    return (gw_core_event){
        .event_id = id("019bd9a0-0000-7000-8000-000000000001"),
        .transformer = GW_TEXT("T-7"),
        .published_at = at("2026-01-20T14:00:00Z"),
        .gate_at = at("2026-01-20T15:30:00Z"),
        .from = at("2026-01-20T16:30:00Z"),
        .to = at("2026-01-20T17:30:00Z"),
        .interval_s = INTERVAL_S,
        .need = need,
        .need_count = INTERVALS,
        .max_price = {300000},
        .shortfall_price = {90000},
    };
}

static gw_core_chain small_chain(void) {
    return (gw_core_chain){.chain_id = 31337, .ledger = gw_text_from_c(LEDGER), .signer_set = 1};
}

static gw_status small_rules(gw_core_rules *ret, gw_fault *reterr) {
    static gw_date holidays[3];
    holidays[0] = on("2025-12-25");
    holidays[1] = on("2025-12-26");
    holidays[2] = on("2026-01-01");
    ret->calendar = (gw_calendar){
        .name = GW_TEXT("demo-2026"),
        .first_offset_s = 3600,
        .transitions = transitions,
        .transition_count = 3,
        .holidays = holidays,
        .holiday_count = 3,
    };
    return gw_method_find(GW_TEXT("sgsc-10in10-v1"), GW_ADJUSTMENT_CAPPED, &ret->method, reterr);
}

static void fill_bids(gw_core_bid *bids) {
    const gw_core_bid made[BIDS] = {
        {.bid_id = id("019bd9a0-0000-7000-8000-0000000000b2"),
         .party = GW_TEXT("agg-b"),
         .payee = gw_text_from_c(PAYEE_B),
         .group = GW_TEXT("B-1"),
         .price = {150000},
         .min_activation_pct = 100,
         .power = power_b,
         .meters = meters_b,
         .meter_count = 1,
         .received_at = at("2026-01-20T14:10:00Z")},
        {.bid_id = id("019bd9a0-0000-7000-8000-0000000000b1"),
         .party = GW_TEXT("agg-a"),
         .payee = gw_text_from_c(PAYEE_A),
         .group = GW_TEXT("A-1"),
         .price = {180000},
         .min_activation_pct = 40,
         .power = power_a,
         .meters = meters_a,
         .meter_count = 2,
         .received_at = at("2026-01-20T14:20:00.250000Z")},
        {.bid_id = id("019bd9a0-0000-7000-8000-0000000000b3"),
         .party = GW_TEXT("agg-c"),
         .payee = gw_text_from_c(PAYEE_C),
         .group = GW_TEXT("C-1"),
         .price = {260000},
         .min_activation_pct = 10,
         .power = power_c,
         .meters = meters_c,
         .meter_count = 1,
         .received_at = at("2026-01-20T14:30:00Z")},
    };
    memcpy(bids, made, sizeof made);
    for (size_t bid = 0; bid < BIDS; bid++) {
        bids[bid].power_count = INTERVALS;
        bids[bid].body_hash = salt("body", bid);
    }
}

gw_status small_commitment(gw_arena *arena, gw_core_commitment *ret, gw_fault *reterr) {
    gw_core_commitment core = {
        .realm = GW_TEXT("north"),
        .chain = small_chain(),
        .revision = 1,
        .event = small_event(),
        .limits = limits,
        .limit_count = INTERVALS,
        .bid_count = BIDS,
        .award_count = AWARDS,
        .salt_count = AWARDS,
    };
    GW_TRY(small_rules(&core.rules, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_bid, BIDS, &core.bids, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_award, AWARDS, &core.awards, reterr));
    GW_TRY(salts(arena, "order", AWARDS, &core.salts, reterr));
    fill_bids(core.bids);
    core.awards[0] = (gw_core_award){id("019bd9a0-0000-7000-8000-0000000000b2"),
                                     id("019bd9a0-0000-7000-8000-0000000000c1"), 100};
    core.awards[1] = (gw_core_award){id("019bd9a0-0000-7000-8000-0000000000b1"),
                                     id("019bd9a0-0000-7000-8000-0000000000c2"), 50};
    GW_TRY(gw_core_build_commitment(arena, &core, reterr));
    *ret = core;
    return gw_ok();
}

/* ---- readings ---- */

/* A household: low at night, high in the evening, a little different every day. */
static int64_t usual_wh(size_t meter, int32_t day, int64_t slot) {
    const int64_t evening = slot >= 34 && slot <= 42 ? 700 : 250;
    return evening + 40 * (int64_t)meter + (day * 37 + slot * 53 + (int64_t)meter * 11) % 90;
}

static gw_reading reading(const gw_core_settlement *core, size_t meter, int32_t day, int64_t slot) {
    const gw_date date = {day};
    const gw_instant start =
        gw_calendar_slot_start(&core->rules.calendar, date, slot, gw_span_seconds(INTERVAL_S));
    int64_t wh = usual_wh(meter, day, slot);
    if (start.us >= core->event.from.us && start.us < core->event.to.us) wh -= 390;
    return (gw_reading){
        .meter = core->meters[meter].meter,
        .start = start,
        .energy = {wh},
        .quality = GW_QUALITY_ACTUAL,
        .version = 1,
        .boot = 1,
        .seq = day * SLOTS + slot,
    };
}

/* M-2 has lost the second interval of the event. */
static bool is_lost(const gw_core_settlement *core, size_t meter, gw_instant start) {
    return meter == 1 && start.us == core->event.from.us + INT64_C(1800) * 1000000;
}

static gw_status fill_series(gw_arena *arena, gw_core_settlement *core, size_t meter,
                             int64_t corrected_wh, gw_fault *reterr) {
    gw_reading *readings = NULL;
    size_t count = 0;
    const int32_t today = gw_calendar_day(&core->rules.calendar, core->event.from).days;
    GW_TRY(GW_ARENA_NEW(arena, gw_reading, (DAYS_BACK + 1) * SLOTS + 1, &readings, reterr));
    for (int32_t day = today - DAYS_BACK; day <= today; day++)
        for (int64_t slot = 0; slot < SLOTS; slot++) {
            const gw_reading made = reading(core, meter, day, slot);
            if (!is_lost(core, meter, made.start)) readings[count++] = made;
        }
    if (meter == 0 && corrected_wh > 0) {
        gw_reading correction = reading(core, meter, today, 35);
        correction.version = 2;
        correction.energy.wh = corrected_wh;
        readings[count++] = correction;
    }
    return gw_series_make(arena, gw_span_seconds(INTERVAL_S), readings, count,
                          &core->meters[meter].series, reterr);
}

static gw_status fill_meters(gw_arena *arena, gw_core_settlement *core, int64_t corrected_wh,
                             gw_fault *reterr) {
    static gw_date event_days[1];
    static gw_period outages[1];
    event_days[0] = on("2026-01-14");
    outages[0] = (gw_period){at("2026-01-20T17:10:00Z"), at("2026-01-20T18:00:00Z")};
    GW_TRY(GW_ARENA_NEW(arena, gw_core_meter, METERS, &core->meters, reterr));
    core->meter_count = METERS;
    core->meters[0].meter = GW_TEXT("M-1");
    core->meters[0].event_days = event_days;
    core->meters[0].event_day_count = 1;
    core->meters[1].meter = GW_TEXT("M-2");
    core->meters[1].outages = outages;
    core->meters[1].outage_count = 1;
    core->meters[2].meter = GW_TEXT("M-3");
    for (size_t meter = 0; meter < METERS; meter++)
        GW_TRY(fill_series(arena, core, meter, corrected_wh, reterr));
    return gw_ok();
}

/* Payee A has been paid before, B owes something, C is known and not in this event. */
static gw_status fill_entitlements(gw_arena *arena, gw_core_settlement *core, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_core_entitlement, PAYEES, &core->entitlements, reterr));
    core->entitlement_count = PAYEES;
    core->entitlements[0] = (gw_core_entitlement){
        .payee = gw_text_from_c(PAYEE_A),
        .previous_micros = 5000000,
        .previous_salt = salt("previous", 0),
        .paid_micros = 4000000,
    };
    core->entitlements[1] = (gw_core_entitlement){
        .payee = gw_text_from_c(PAYEE_B),
        .previous_micros = 700000,
        .previous_salt = salt("previous", 1),
        .carried_before_micros = 1200000,
        .paid_micros = 700000,
    };
    core->entitlements[2] = (gw_core_entitlement){.payee = gw_text_from_c(PAYEE_C)};
    for (size_t payee = 0; payee < PAYEES; payee++)
        core->entitlements[payee].salt = salt("payee", payee);
    return gw_ok();
}

static gw_status make_run(gw_arena *arena, int64_t corrected_wh, gw_core_settlement *ret,
                          gw_fault *reterr) {
    gw_core_commitment promise = {0};
    gw_bytes bytes = {0};
    GW_TRY(small_commitment(arena, &promise, reterr));
    GW_TRY(gw_core_write_commitment(arena, &promise, &bytes, reterr));
    gw_core_settlement core = {
        .realm = promise.realm,
        .chain = promise.chain,
        .run = {.settlement_id = id("019bd9a0-0000-7000-8000-0000000000d1"),
                .run_type = GW_RUN_INITIAL,
                .revision = 1,
                .sequence = 7,
                .as_of = at("2026-01-20T18:00:00Z"),
                .ended_at = promise.event.to},
        .event = promise.event,
        .rules = promise.rules,
        .commitment_revision = promise.revision,
        .commitment_data_hash = gw_keccak256(bytes),
        .orders = promise.orders,
        .order_count = promise.order_count,
        .order_salts = promise.salts,
        .order_salt_count = promise.salt_count,
        .line_salt_count = promise.order_count * INTERVALS,
    };
    GW_TRY(salts(arena, "line", core.line_salt_count, &core.line_salts, reterr));
    GW_TRY(fill_meters(arena, &core, corrected_wh, reterr));
    GW_TRY(fill_entitlements(arena, &core, reterr));
    *ret = core;
    return gw_ok();
}

gw_status small_settlement(gw_arena *arena, gw_core_settlement *ret, gw_fault *reterr) {
    gw_core_settlement core = {0};
    GW_TRY(make_run(arena, 0, &core, reterr));
    GW_TRY(gw_core_build_settlement(arena, &core, reterr));
    *ret = core;
    return gw_ok();
}

/* What the first run has posted, per order. */
static gw_status take_posted(gw_arena *arena, const gw_core_settlement *first,
                             gw_core_settlement *core, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_core_posted, first->order_count, &core->posted, reterr));
    core->posted_count = first->order_count;
    for (size_t line = 0; line < first->line_count; line++) {
        gw_core_posted *posted = &core->posted[line / INTERVALS];
        posted->order_id = first->lines[line].order_id;
        posted->paid_micros += first->lines[line].paid_micros;
        posted->shortfall_micros += first->lines[line].shortfall_micros;
    }
    return gw_ok();
}

gw_status small_correction(gw_arena *arena, gw_core_settlement *ret, gw_fault *reterr) {
    gw_core_settlement first = {0};
    gw_core_settlement core = {0};
    GW_TRY(small_settlement(arena, &first, reterr));
    GW_TRY(make_run(arena, 900, &core, reterr));
    GW_TRY(take_posted(arena, &first, &core, reterr));
    core.run.settlement_id = id("019bd9a0-0000-7000-8000-0000000000d2");
    core.run.run_type = GW_RUN_LATE;
    core.run.revision = 2;
    core.run.sequence = 8;
    core.run.as_of = at("2026-01-22T08:00:00Z");
    for (size_t payee = 0; payee < PAYEES; payee++) {
        core.entitlements[payee].previous_micros = first.entitlements[payee].lifetime_micros;
        core.entitlements[payee].previous_salt = first.entitlements[payee].salt;
        core.entitlements[payee].carried_before_micros = first.entitlements[payee].carried_micros;
        core.entitlements[payee].salt = salt("late payee", payee);
    }
    GW_TRY(gw_core_build_settlement(arena, &core, reterr));
    *ret = core;
    return gw_ok();
}
