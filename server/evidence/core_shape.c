/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/core_shape.h"

#include "server/evidence/core.h"
#include "server/evidence/shape_rows.h"

_Static_assert(sizeof(gw_run_type) == sizeof(unsigned), "choices are read as unsigned");
_Static_assert(sizeof(gw_power) == sizeof(int64_t), "quantities are read as integers");

static const char *const COMMITMENT_FORMAT[] = {"gridwitness-commitment-1"};
static const char *const SETTLEMENT_FORMAT[] = {"gridwitness-evidence-1"};
static const char *const ADJUSTMENT[] = {"NONE", "CAPPED"};
static const char *const PRICE_RULE[] = {"PAY_AS_BID"};
static const char *const RUN_TYPE[] = {NULL, "PRELIM", "INITIAL", "FINAL", "LATE"};
static const char *const REASON[] = {"WEEKEND", "HOLIDAY", "CLOCK_CHANGE", "EVENT", "INCOMPLETE"};
static const char *const ADJUSTED[] = {"NONE",        "APPLIED",      "CAPPED_LOW",
                                       "CAPPED_HIGH", "NO_REFERENCE", "WINDOW_MISSING"};
static const char *const COMPONENT[] = {"UTILISATION", "SHORTFALL"};

/* ---- shared ---- */

static const gw_field CHAIN_FIELDS[] = {
    GW_ONE(INTEGER, "chain_id", gw_core_chain, chain_id),
    GW_ONE(INTEGER, "epoch", gw_core_chain, epoch),
    GW_ONE(ADDRESS, "ledger", gw_core_chain, ledger),
    GW_ONE(INTEGER, "signer_set", gw_core_chain, signer_set),
};
const gw_shape GW_SHAPE_CHAIN = GW_SHAPE_OF(gw_core_chain, CHAIN_FIELDS);

static const gw_field EVENT_FIELDS[] = {
    GW_ONE(UUID, "event_id", gw_core_event, event_id),
    GW_ONE(INSTANT, "from", gw_core_event, from),
    GW_ONE(INSTANT, "gate_at", gw_core_event, gate_at),
    GW_ONE(INTEGER, "interval_s", gw_core_event, interval_s),
    GW_ONE(INTEGER, "max_price_micros_per_kwh", gw_core_event, max_price),
    GW_LIST(INTEGER, "need_w", gw_core_event, need, need_count),
    GW_WORD("price_rule", gw_core_event, price_rule, PRICE_RULE),
    GW_ONE(INSTANT, "published_at", gw_core_event, published_at),
    GW_ONE(INTEGER, "shortfall_price_micros_per_kwh", gw_core_event, shortfall_price),
    GW_ONE(INSTANT, "to", gw_core_event, to),
    GW_ONE(NAME, "transformer", gw_core_event, transformer),
};
static const gw_shape EVENT = GW_SHAPE_OF(gw_core_event, EVENT_FIELDS);

static const gw_field METHOD_FIELDS[] = {
    GW_ONE(INTEGER, "adjust_from_s", gw_method, adjust_from_s),
    GW_ONE(INTEGER, "adjust_to_s", gw_method, adjust_to_s),
    GW_WORD("adjustment", gw_method, adjustment, ADJUSTMENT),
    GW_ONE(INTEGER, "cap_high_den", gw_method, cap_high_den),
    GW_ONE(INTEGER, "cap_high_num", gw_method, cap_high_num),
    GW_ONE(INTEGER, "cap_low_den", gw_method, cap_low_den),
    GW_ONE(INTEGER, "cap_low_num", gw_method, cap_low_num),
    GW_ONE(NAME, "id", gw_method, id),
    GW_ONE(INTEGER, "interval_s", gw_method, interval_s),
    GW_ONE(INTEGER, "lookback_days", gw_method, lookback_days),
    GW_ONE(INTEGER, "minimum_days", gw_method, minimum_days),
    GW_ONE(INTEGER, "target_days", gw_method, target_days),
};
const gw_shape GW_SHAPE_METHOD = GW_SHAPE_OF(gw_method, METHOD_FIELDS);

static const gw_field TRANSITION_FIELDS[] = {
    GW_ONE(INSTANT, "at", gw_zone_transition, at),
    GW_ONE(INTEGER, "offset_s", gw_zone_transition, offset_s),
};
static const gw_shape TRANSITION = GW_SHAPE_OF(gw_zone_transition, TRANSITION_FIELDS);

static const gw_field CALENDAR_FIELDS[] = {
    GW_ONE(INTEGER, "first_offset_s", gw_calendar, first_offset_s),
    GW_LIST(DATE, "holidays", gw_calendar, holidays, holiday_count),
    GW_ONE(NAME, "name", gw_calendar, name),
    GW_LIST_OF(OBJECT, "transitions", gw_calendar, transitions, transition_count, &TRANSITION),
};
const gw_shape GW_SHAPE_CALENDAR = GW_SHAPE_OF(gw_calendar, CALENDAR_FIELDS);

static const gw_field RULES_FIELDS[] = {
    GW_OBJECT("calendar", gw_core_rules, calendar, &GW_SHAPE_CALENDAR),
    GW_ONE(HASH, "calendar_hash", gw_core_rules, calendar_hash),
    GW_OBJECT("method", gw_core_rules, method, &GW_SHAPE_METHOD),
    GW_ONE(HASH, "method_hash", gw_core_rules, method_hash),
};
static const gw_shape RULES = GW_SHAPE_OF(gw_core_rules, RULES_FIELDS);

static const gw_field ORDER_METER_FIELDS[] = {
    GW_ONE(NAME, "meter", gw_order_meter, meter),
    GW_ONE(INTEGER, "qualified_w", gw_order_meter, qualified),
};
static const gw_shape ORDER_METER = GW_SHAPE_OF(gw_order_meter, ORDER_METER_FIELDS);

static const gw_field ORDER_FIELDS[] = {
    GW_ONE(UUID, "bid_id", gw_order, bid_id),
    GW_ONE(UUID, "event_id", gw_order, event_id),
    GW_ONE(NAME, "group", gw_order, group),
    GW_LIST_OF(OBJECT, "meters", gw_order, meters, meter_count, &ORDER_METER),
    GW_ONE(UUID, "order_id", gw_order, order_id),
    GW_ONE(NAME, "party", gw_order, party),
    GW_ONE(ADDRESS, "payee", gw_order, payee),
    GW_LIST(INTEGER, "power_w", gw_order, power, power_count),
    GW_ONE(INTEGER, "price_micros_per_kwh", gw_order, price),
};
const gw_shape GW_SHAPE_ORDER = GW_SHAPE_OF(gw_order, ORDER_FIELDS);

/* ---- commitment ---- */

static const gw_field BID_FIELDS[] = {
    GW_ONE(UUID, "bid_id", gw_core_bid, bid_id),
    GW_ONE(HASH, "body_hash", gw_core_bid, body_hash),
    GW_ONE(NAME, "group", gw_core_bid, group),
    GW_LIST_OF(OBJECT, "meters", gw_core_bid, meters, meter_count, &ORDER_METER),
    GW_ONE(INTEGER, "min_activation_pct", gw_core_bid, min_activation_pct),
    GW_ONE(NAME, "party", gw_core_bid, party),
    GW_ONE(ADDRESS, "payee", gw_core_bid, payee),
    GW_LIST(INTEGER, "power_w", gw_core_bid, power, power_count),
    GW_ONE(INTEGER, "price_micros_per_kwh", gw_core_bid, price),
    GW_ONE(INSTANT, "received_at", gw_core_bid, received_at),
};
static const gw_shape BID = GW_SHAPE_OF(gw_core_bid, BID_FIELDS);

static const gw_field AWARD_FIELDS[] = {
    GW_ONE(INTEGER, "activation_pct", gw_core_award, activation_pct),
    GW_ONE(UUID, "bid_id", gw_core_award, bid_id),
    GW_ONE(UUID, "order_id", gw_core_award, order_id),
};
static const gw_shape AWARD = GW_SHAPE_OF(gw_core_award, AWARD_FIELDS);

static const gw_field LIMIT_FIELDS[] = {
    GW_LIST(INTEGER, "effect_ppm", gw_core_demand, effect_ppm, effect_count),
    GW_ONE(NAME, "id", gw_core_demand, id),
    GW_ONE(INTEGER, "interval", gw_core_demand, interval),
    GW_ONE(INTEGER, "required_w", gw_core_demand, required),
};
static const gw_shape LIMIT = GW_SHAPE_OF(gw_core_demand, LIMIT_FIELDS);

static const gw_field COMMITMENT_FIELDS[] = {
    GW_LIST_OF(OBJECT, "awards", gw_core_commitment, awards, award_count, &AWARD),
    GW_LIST_OF(OBJECT, "bids", gw_core_commitment, bids, bid_count, &BID),
    GW_OBJECT("chain", gw_core_commitment, chain, &GW_SHAPE_CHAIN),
    GW_ONE(INTEGER, "cost_micros", gw_core_commitment, cost_micros),
    GW_OBJECT("event", gw_core_commitment, event, &EVENT),
    GW_WORD("format", gw_core_commitment, format, COMMITMENT_FORMAT),
    GW_LIST_OF(OBJECT, "limits", gw_core_commitment, limits, limit_count, &LIMIT),
    GW_ONE(INTEGER, "max_liability_micros", gw_core_commitment, max_liability_micros),
    GW_LIST_OF(OBJECT, "orders", gw_core_commitment, orders, order_count, &GW_SHAPE_ORDER),
    GW_ONE(NAME, "realm", gw_core_commitment, realm),
    GW_ONE(INTEGER, "revision", gw_core_commitment, revision),
    GW_ONE(HASH, "root", gw_core_commitment, root),
    GW_OBJECT("rules", gw_core_commitment, rules, &RULES),
    GW_LIST(HASH, "salts", gw_core_commitment, salts, salt_count),
    GW_LIST(INTEGER, "shortage_w", gw_core_commitment, shortage, shortage_count),
};
const gw_shape GW_SHAPE_COMMITMENT = GW_SHAPE_OF(gw_core_commitment, COMMITMENT_FIELDS);

/* ---- settlement ---- */

static const gw_field RUN_FIELDS[] = {
    GW_ONE(INSTANT, "as_of", gw_core_run, as_of),
    GW_ONE(INSTANT, "ended_at", gw_core_run, ended_at),
    GW_ONE(INTEGER, "revision", gw_core_run, revision),
    GW_WORD("run_type", gw_core_run, run_type, RUN_TYPE),
    GW_ONE(INTEGER, "sequence", gw_core_run, sequence),
    GW_ONE(UUID, "settlement_id", gw_core_run, settlement_id),
};
static const gw_shape RUN = GW_SHAPE_OF(gw_core_run, RUN_FIELDS);

static const gw_field PROMISE_FIELDS[] = {
    GW_ONE(HASH, "data_hash", gw_core_settlement, commitment_data_hash),
    GW_ONE(INTEGER, "revision", gw_core_settlement, commitment_revision),
    GW_ONE(HASH, "root", gw_core_settlement, commitment_root),
};
static const gw_shape PROMISE = GW_SHAPE_OF(gw_core_settlement, PROMISE_FIELDS);

/* In the order of the row, not of a key. */
static const gw_field VALUE_FIELDS[] = {
    GW_ONE(INTEGER, "slot", gw_core_value, slot),
    GW_ONE(INTEGER, "wh", gw_core_value, wh),
    GW_ONE(INTEGER, "version", gw_core_value, version),
    GW_ONE(INTEGER, "boot", gw_core_value, boot),
    GW_ONE(INTEGER, "seq", gw_core_value, seq),
};
static const gw_shape VALUE = GW_SHAPE_OF(gw_core_value, VALUE_FIELDS);

static const gw_field DAY_FIELDS[] = {
    GW_ONE(DATE, "day", gw_core_day, day),
    GW_LIST_OF(TUPLE, "values", gw_core_day, values, value_count, &VALUE),
};
static const gw_shape DAY = GW_SHAPE_OF(gw_core_day, DAY_FIELDS);

static const gw_field OUTAGE_FIELDS[] = {
    GW_ONE(INSTANT, "from", gw_period, from),
    GW_ONE(INSTANT, "to", gw_period, to),
};
static const gw_shape OUTAGE = GW_SHAPE_OF(gw_period, OUTAGE_FIELDS);

static const gw_field METER_FIELDS[] = {
    GW_LIST_OF(OBJECT, "days", gw_core_meter, days, day_count, &DAY),
    GW_LIST(DATE, "event_days", gw_core_meter, event_days, event_day_count),
    GW_ONE(NAME, "meter", gw_core_meter, meter),
    GW_LIST_OF(OBJECT, "outages", gw_core_meter, outages, outage_count, &OUTAGE),
};
static const gw_shape METER = GW_SHAPE_OF(gw_core_meter, METER_FIELDS);

static const gw_field POSTED_FIELDS[] = {
    GW_ONE(UUID, "order_id", gw_core_posted, order_id),
    GW_ONE(INTEGER, "paid_micros", gw_core_posted, paid_micros),
    GW_ONE(INTEGER, "shortfall_micros", gw_core_posted, shortfall_micros),
};
static const gw_shape POSTED = GW_SHAPE_OF(gw_core_posted, POSTED_FIELDS);

static const gw_field EXCLUDED_FIELDS[] = {
    GW_ONE(DATE, "day", gw_excluded_day, day),
    GW_WORD("reason", gw_excluded_day, reason, REASON),
};
static const gw_shape EXCLUDED = GW_SHAPE_OF(gw_excluded_day, EXCLUDED_FIELDS);

static const gw_field BASELINE_FIELDS[] = {
    GW_ONE(INTEGER, "a_window_wh", gw_core_baseline, a_window_wh),
    GW_LIST(INTEGER, "actual_wh", gw_core_baseline, actual_wh, actual_count),
    GW_WORD("adjustment", gw_core_baseline, adjusted, ADJUSTED),
    GW_LIST(INTEGER, "baseline_mwh", gw_core_baseline, baseline_mwh, baseline_count),
    GW_LIST(DATE, "days", gw_core_baseline, days, day_count),
    GW_LIST_OF(OBJECT, "excluded", gw_core_baseline, excluded, excluded_count, &EXCLUDED),
    GW_ONE(INTEGER, "factor_den", gw_core_baseline, factor_den),
    GW_ONE(INTEGER, "factor_num", gw_core_baseline, factor_num),
    GW_ONE(INTEGER, "has_enough_days", gw_core_baseline, has_enough_days),
    GW_ONE(NAME, "meter", gw_core_baseline, meter),
    GW_ONE(UUID, "order_id", gw_core_baseline, order_id),
    GW_LIST(INTEGER, "s_event_wh", gw_core_baseline, s_event_wh, s_event_count),
    GW_ONE(INTEGER, "s_window_wh", gw_core_baseline, s_window_wh),
};
static const gw_shape BASELINE = GW_SHAPE_OF(gw_core_baseline, BASELINE_FIELDS);

static const gw_field LINE_FIELDS[] = {
    GW_ONE(INTEGER, "charged_shortfall_wh", gw_core_line, charged_shortfall_wh),
    GW_ONE(INTEGER, "delivered_mwh", gw_core_line, delivered_mwh),
    GW_ONE(INTEGER, "delivered_wh", gw_core_line, delivered_wh),
    GW_ONE(UUID, "event_id", gw_core_line, event_id),
    GW_ONE(INTEGER, "missing_meters", gw_core_line, missing_meters),
    GW_ONE(INTEGER, "missing_wh", gw_core_line, missing_wh),
    GW_ONE(UUID, "order_id", gw_core_line, order_id),
    GW_ONE(INTEGER, "ordered_wh", gw_core_line, ordered_wh),
    GW_ONE(INTEGER, "outage_wh", gw_core_line, outage_wh),
    GW_ONE(INTEGER, "paid_micros", gw_core_line, paid_micros),
    GW_ONE(INTEGER, "price_micros_per_kwh", gw_core_line, price_micros_per_kwh),
    GW_ONE(INTEGER, "shortfall_micros", gw_core_line, shortfall_micros),
    GW_ONE(INTEGER, "shortfall_wh", gw_core_line, shortfall_wh),
    GW_ONE(INSTANT, "start", gw_core_line, start),
};
const gw_shape GW_SHAPE_LINE = GW_SHAPE_OF(gw_core_line, LINE_FIELDS);

static const gw_field ENTRY_FIELDS[] = {
    GW_ONE(NAME, "account", gw_ledger_entry, account),
    GW_ONE(INTEGER, "amount_micros", gw_ledger_entry, amount_micros),
    GW_WORD("component", gw_ledger_entry, component, COMPONENT),
    GW_ONE(UUID, "order_id", gw_ledger_entry, order_id),
};
static const gw_shape ENTRY = GW_SHAPE_OF(gw_ledger_entry, ENTRY_FIELDS);

static const gw_field ENTITLEMENT_FIELDS[] = {
    GW_ONE(INTEGER, "carried_before_micros", gw_core_entitlement, carried_before_micros),
    GW_ONE(INTEGER, "carried_micros", gw_core_entitlement, carried_micros),
    GW_ONE(INTEGER, "change_micros", gw_core_entitlement, change_micros),
    GW_ONE(INTEGER, "lifetime_micros", gw_core_entitlement, lifetime_micros),
    GW_ONE(INTEGER, "paid_micros", gw_core_entitlement, paid_micros),
    GW_ONE(ADDRESS, "payee", gw_core_entitlement, payee),
    GW_ONE(INTEGER, "previous_micros", gw_core_entitlement, previous_micros),
    GW_ONE(HASH, "previous_salt", gw_core_entitlement, previous_salt),
    GW_ONE(HASH, "salt", gw_core_entitlement, salt),
};
static const gw_shape ENTITLEMENT = GW_SHAPE_OF(gw_core_entitlement, ENTITLEMENT_FIELDS);

static const gw_field SETTLEMENT_FIELDS[] = {
    GW_LIST_OF(OBJECT, "baselines", gw_core_settlement, baselines, baseline_count, &BASELINE),
    GW_OBJECT("chain", gw_core_settlement, chain, &GW_SHAPE_CHAIN),
    GW_PART("commitment", &PROMISE),
    GW_ONE(HASH, "entitlement_root", gw_core_settlement, entitlement_root),
    GW_LIST_OF(OBJECT, "entitlements", gw_core_settlement, entitlements, entitlement_count,
               &ENTITLEMENT),
    GW_OBJECT("event", gw_core_settlement, event, &EVENT),
    GW_ONE(HASH, "evidence_root", gw_core_settlement, evidence_root),
    GW_WORD("format", gw_core_settlement, format, SETTLEMENT_FORMAT),
    GW_LIST_OF(OBJECT, "ledger", gw_core_settlement, ledger, ledger_count, &ENTRY),
    GW_LIST(HASH, "line_salts", gw_core_settlement, line_salts, line_salt_count),
    GW_LIST_OF(OBJECT, "lines", gw_core_settlement, lines, line_count, &GW_SHAPE_LINE),
    GW_LIST_OF(OBJECT, "meters", gw_core_settlement, meters, meter_count, &METER),
    GW_LIST(HASH, "order_salts", gw_core_settlement, order_salts, order_salt_count),
    GW_LIST_OF(OBJECT, "orders", gw_core_settlement, orders, order_count, &GW_SHAPE_ORDER),
    GW_LIST_OF(OBJECT, "posted", gw_core_settlement, posted, posted_count, &POSTED),
    GW_ONE(HASH, "previous_root", gw_core_settlement, previous_root),
    GW_ONE(NAME, "realm", gw_core_settlement, realm),
    GW_OBJECT("rules", gw_core_settlement, rules, &RULES),
    GW_OBJECT("run", gw_core_settlement, run, &RUN),
    GW_ONE(INTEGER, "total_micros", gw_core_settlement, total_micros),
};
const gw_shape GW_SHAPE_SETTLEMENT = GW_SHAPE_OF(gw_core_settlement, SETTLEMENT_FIELDS);
