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
    ONE(INTEGER, "chain_id", gw_core_chain, chain_id),
    ONE(INTEGER, "epoch", gw_core_chain, epoch),
    ONE(ADDRESS, "ledger", gw_core_chain, ledger),
    ONE(INTEGER, "signer_set", gw_core_chain, signer_set),
};
const gw_shape GW_SHAPE_CHAIN = SHAPE(gw_core_chain, CHAIN_FIELDS);

static const gw_field EVENT_FIELDS[] = {
    ONE(UUID, "event_id", gw_core_event, event_id),
    ONE(INSTANT, "from", gw_core_event, from),
    ONE(INSTANT, "gate_at", gw_core_event, gate_at),
    ONE(INTEGER, "interval_s", gw_core_event, interval_s),
    ONE(INTEGER, "max_price_micros_per_kwh", gw_core_event, max_price),
    LIST(INTEGER, "need_w", gw_core_event, need, need_count),
    WORD("price_rule", gw_core_event, price_rule, PRICE_RULE),
    ONE(INSTANT, "published_at", gw_core_event, published_at),
    ONE(INTEGER, "shortfall_price_micros_per_kwh", gw_core_event, shortfall_price),
    ONE(INSTANT, "to", gw_core_event, to),
    ONE(NAME, "transformer", gw_core_event, transformer),
};
static const gw_shape EVENT = SHAPE(gw_core_event, EVENT_FIELDS);

static const gw_field METHOD_FIELDS[] = {
    ONE(INTEGER, "adjust_from_s", gw_method, adjust_from_s),
    ONE(INTEGER, "adjust_to_s", gw_method, adjust_to_s),
    WORD("adjustment", gw_method, adjustment, ADJUSTMENT),
    ONE(INTEGER, "cap_high_den", gw_method, cap_high_den),
    ONE(INTEGER, "cap_high_num", gw_method, cap_high_num),
    ONE(INTEGER, "cap_low_den", gw_method, cap_low_den),
    ONE(INTEGER, "cap_low_num", gw_method, cap_low_num),
    ONE(NAME, "id", gw_method, id),
    ONE(INTEGER, "interval_s", gw_method, interval_s),
    ONE(INTEGER, "lookback_days", gw_method, lookback_days),
    ONE(INTEGER, "minimum_days", gw_method, minimum_days),
    ONE(INTEGER, "target_days", gw_method, target_days),
};
const gw_shape GW_SHAPE_METHOD = SHAPE(gw_method, METHOD_FIELDS);

static const gw_field TRANSITION_FIELDS[] = {
    ONE(INSTANT, "at", gw_zone_transition, at),
    ONE(INTEGER, "offset_s", gw_zone_transition, offset_s),
};
static const gw_shape TRANSITION = SHAPE(gw_zone_transition, TRANSITION_FIELDS);

static const gw_field CALENDAR_FIELDS[] = {
    ONE(INTEGER, "first_offset_s", gw_calendar, first_offset_s),
    LIST(DATE, "holidays", gw_calendar, holidays, holiday_count),
    ONE(NAME, "name", gw_calendar, name),
    LIST_OF(OBJECT, "transitions", gw_calendar, transitions, transition_count, &TRANSITION),
};
const gw_shape GW_SHAPE_CALENDAR = SHAPE(gw_calendar, CALENDAR_FIELDS);

static const gw_field RULES_FIELDS[] = {
    OBJECT("calendar", gw_core_rules, calendar, &GW_SHAPE_CALENDAR),
    ONE(HASH, "calendar_hash", gw_core_rules, calendar_hash),
    OBJECT("method", gw_core_rules, method, &GW_SHAPE_METHOD),
    ONE(HASH, "method_hash", gw_core_rules, method_hash),
};
static const gw_shape RULES = SHAPE(gw_core_rules, RULES_FIELDS);

static const gw_field ORDER_METER_FIELDS[] = {
    ONE(NAME, "meter", gw_order_meter, meter),
    ONE(INTEGER, "qualified_w", gw_order_meter, qualified),
};
static const gw_shape ORDER_METER = SHAPE(gw_order_meter, ORDER_METER_FIELDS);

static const gw_field ORDER_FIELDS[] = {
    ONE(UUID, "bid_id", gw_order, bid_id),
    ONE(UUID, "event_id", gw_order, event_id),
    ONE(NAME, "group", gw_order, group),
    LIST_OF(OBJECT, "meters", gw_order, meters, meter_count, &ORDER_METER),
    ONE(UUID, "order_id", gw_order, order_id),
    ONE(NAME, "party", gw_order, party),
    ONE(ADDRESS, "payee", gw_order, payee),
    LIST(INTEGER, "power_w", gw_order, power, power_count),
    ONE(INTEGER, "price_micros_per_kwh", gw_order, price),
};
const gw_shape GW_SHAPE_ORDER = SHAPE(gw_order, ORDER_FIELDS);

/* ---- commitment ---- */

static const gw_field BID_FIELDS[] = {
    ONE(UUID, "bid_id", gw_core_bid, bid_id),
    ONE(HASH, "body_hash", gw_core_bid, body_hash),
    ONE(NAME, "group", gw_core_bid, group),
    LIST_OF(OBJECT, "meters", gw_core_bid, meters, meter_count, &ORDER_METER),
    ONE(INTEGER, "min_activation_pct", gw_core_bid, min_activation_pct),
    ONE(NAME, "party", gw_core_bid, party),
    ONE(ADDRESS, "payee", gw_core_bid, payee),
    LIST(INTEGER, "power_w", gw_core_bid, power, power_count),
    ONE(INTEGER, "price_micros_per_kwh", gw_core_bid, price),
    ONE(INSTANT, "received_at", gw_core_bid, received_at),
};
static const gw_shape BID = SHAPE(gw_core_bid, BID_FIELDS);

static const gw_field AWARD_FIELDS[] = {
    ONE(INTEGER, "activation_pct", gw_core_award, activation_pct),
    ONE(UUID, "bid_id", gw_core_award, bid_id),
    ONE(UUID, "order_id", gw_core_award, order_id),
};
static const gw_shape AWARD = SHAPE(gw_core_award, AWARD_FIELDS);

static const gw_field COMMITMENT_FIELDS[] = {
    LIST_OF(OBJECT, "awards", gw_core_commitment, awards, award_count, &AWARD),
    LIST_OF(OBJECT, "bids", gw_core_commitment, bids, bid_count, &BID),
    OBJECT("chain", gw_core_commitment, chain, &GW_SHAPE_CHAIN),
    ONE(INTEGER, "cost_micros", gw_core_commitment, cost_micros),
    OBJECT("event", gw_core_commitment, event, &EVENT),
    LIST(INTEGER, "forecast_w", gw_core_commitment, forecast, forecast_count),
    WORD("format", gw_core_commitment, format, COMMITMENT_FORMAT),
    ONE(INTEGER, "max_liability_micros", gw_core_commitment, max_liability_micros),
    LIST_OF(OBJECT, "orders", gw_core_commitment, orders, order_count, &GW_SHAPE_ORDER),
    ONE(INTEGER, "rating_w", gw_core_commitment, rating),
    ONE(NAME, "realm", gw_core_commitment, realm),
    ONE(INTEGER, "revision", gw_core_commitment, revision),
    ONE(HASH, "root", gw_core_commitment, root),
    OBJECT("rules", gw_core_commitment, rules, &RULES),
    LIST(HASH, "salts", gw_core_commitment, salts, salt_count),
    LIST(INTEGER, "shortage_w", gw_core_commitment, shortage, shortage_count),
};
const gw_shape GW_SHAPE_COMMITMENT = SHAPE(gw_core_commitment, COMMITMENT_FIELDS);

/* ---- settlement ---- */

static const gw_field RUN_FIELDS[] = {
    ONE(INSTANT, "as_of", gw_core_run, as_of),
    ONE(INSTANT, "ended_at", gw_core_run, ended_at),
    ONE(INTEGER, "revision", gw_core_run, revision),
    WORD("run_type", gw_core_run, run_type, RUN_TYPE),
    ONE(INTEGER, "sequence", gw_core_run, sequence),
    ONE(UUID, "settlement_id", gw_core_run, settlement_id),
};
static const gw_shape RUN = SHAPE(gw_core_run, RUN_FIELDS);

static const gw_field PROMISE_FIELDS[] = {
    ONE(HASH, "data_hash", gw_core_settlement, commitment_data_hash),
    ONE(INTEGER, "revision", gw_core_settlement, commitment_revision),
    ONE(HASH, "root", gw_core_settlement, commitment_root),
};
static const gw_shape PROMISE = SHAPE(gw_core_settlement, PROMISE_FIELDS);

/* In the order of the row, not of a key. */
static const gw_field VALUE_FIELDS[] = {
    ONE(INTEGER, "slot", gw_core_value, slot),       ONE(INTEGER, "wh", gw_core_value, wh),
    ONE(INTEGER, "version", gw_core_value, version), ONE(INTEGER, "boot", gw_core_value, boot),
    ONE(INTEGER, "seq", gw_core_value, seq),
};
static const gw_shape VALUE = SHAPE(gw_core_value, VALUE_FIELDS);

static const gw_field DAY_FIELDS[] = {
    ONE(DATE, "day", gw_core_day, day),
    LIST_OF(TUPLE, "values", gw_core_day, values, value_count, &VALUE),
};
static const gw_shape DAY = SHAPE(gw_core_day, DAY_FIELDS);

static const gw_field OUTAGE_FIELDS[] = {
    ONE(INSTANT, "from", gw_period, from),
    ONE(INSTANT, "to", gw_period, to),
};
static const gw_shape OUTAGE = SHAPE(gw_period, OUTAGE_FIELDS);

static const gw_field METER_FIELDS[] = {
    LIST_OF(OBJECT, "days", gw_core_meter, days, day_count, &DAY),
    LIST(DATE, "event_days", gw_core_meter, event_days, event_day_count),
    ONE(NAME, "meter", gw_core_meter, meter),
    LIST_OF(OBJECT, "outages", gw_core_meter, outages, outage_count, &OUTAGE),
};
static const gw_shape METER = SHAPE(gw_core_meter, METER_FIELDS);

static const gw_field POSTED_FIELDS[] = {
    ONE(UUID, "order_id", gw_core_posted, order_id),
    ONE(INTEGER, "paid_micros", gw_core_posted, paid_micros),
    ONE(INTEGER, "shortfall_micros", gw_core_posted, shortfall_micros),
};
static const gw_shape POSTED = SHAPE(gw_core_posted, POSTED_FIELDS);

static const gw_field EXCLUDED_FIELDS[] = {
    ONE(DATE, "day", gw_excluded_day, day),
    WORD("reason", gw_excluded_day, reason, REASON),
};
static const gw_shape EXCLUDED = SHAPE(gw_excluded_day, EXCLUDED_FIELDS);

static const gw_field BASELINE_FIELDS[] = {
    ONE(INTEGER, "a_window_wh", gw_core_baseline, a_window_wh),
    LIST(INTEGER, "actual_wh", gw_core_baseline, actual_wh, actual_count),
    WORD("adjustment", gw_core_baseline, adjusted, ADJUSTED),
    LIST(INTEGER, "baseline_mwh", gw_core_baseline, baseline_mwh, baseline_count),
    LIST(DATE, "days", gw_core_baseline, days, day_count),
    LIST_OF(OBJECT, "excluded", gw_core_baseline, excluded, excluded_count, &EXCLUDED),
    ONE(INTEGER, "factor_den", gw_core_baseline, factor_den),
    ONE(INTEGER, "factor_num", gw_core_baseline, factor_num),
    ONE(INTEGER, "has_enough_days", gw_core_baseline, has_enough_days),
    ONE(NAME, "meter", gw_core_baseline, meter),
    ONE(UUID, "order_id", gw_core_baseline, order_id),
    LIST(INTEGER, "s_event_wh", gw_core_baseline, s_event_wh, s_event_count),
    ONE(INTEGER, "s_window_wh", gw_core_baseline, s_window_wh),
};
static const gw_shape BASELINE = SHAPE(gw_core_baseline, BASELINE_FIELDS);

static const gw_field LINE_FIELDS[] = {
    ONE(INTEGER, "charged_shortfall_wh", gw_core_line, charged_shortfall_wh),
    ONE(INTEGER, "delivered_mwh", gw_core_line, delivered_mwh),
    ONE(INTEGER, "delivered_wh", gw_core_line, delivered_wh),
    ONE(UUID, "event_id", gw_core_line, event_id),
    ONE(INTEGER, "missing_meters", gw_core_line, missing_meters),
    ONE(INTEGER, "missing_wh", gw_core_line, missing_wh),
    ONE(UUID, "order_id", gw_core_line, order_id),
    ONE(INTEGER, "ordered_wh", gw_core_line, ordered_wh),
    ONE(INTEGER, "outage_wh", gw_core_line, outage_wh),
    ONE(INTEGER, "paid_micros", gw_core_line, paid_micros),
    ONE(INTEGER, "price_micros_per_kwh", gw_core_line, price_micros_per_kwh),
    ONE(INTEGER, "shortfall_micros", gw_core_line, shortfall_micros),
    ONE(INTEGER, "shortfall_wh", gw_core_line, shortfall_wh),
    ONE(INSTANT, "start", gw_core_line, start),
};
const gw_shape GW_SHAPE_LINE = SHAPE(gw_core_line, LINE_FIELDS);

static const gw_field ENTRY_FIELDS[] = {
    ONE(NAME, "account", gw_ledger_entry, account),
    ONE(INTEGER, "amount_micros", gw_ledger_entry, amount_micros),
    WORD("component", gw_ledger_entry, component, COMPONENT),
    ONE(UUID, "order_id", gw_ledger_entry, order_id),
};
static const gw_shape ENTRY = SHAPE(gw_ledger_entry, ENTRY_FIELDS);

static const gw_field ENTITLEMENT_FIELDS[] = {
    ONE(INTEGER, "carried_before_micros", gw_core_entitlement, carried_before_micros),
    ONE(INTEGER, "carried_micros", gw_core_entitlement, carried_micros),
    ONE(INTEGER, "change_micros", gw_core_entitlement, change_micros),
    ONE(INTEGER, "lifetime_micros", gw_core_entitlement, lifetime_micros),
    ONE(INTEGER, "paid_micros", gw_core_entitlement, paid_micros),
    ONE(ADDRESS, "payee", gw_core_entitlement, payee),
    ONE(INTEGER, "previous_micros", gw_core_entitlement, previous_micros),
    ONE(HASH, "previous_salt", gw_core_entitlement, previous_salt),
    ONE(HASH, "salt", gw_core_entitlement, salt),
};
static const gw_shape ENTITLEMENT = SHAPE(gw_core_entitlement, ENTITLEMENT_FIELDS);

static const gw_field SETTLEMENT_FIELDS[] = {
    LIST_OF(OBJECT, "baselines", gw_core_settlement, baselines, baseline_count, &BASELINE),
    OBJECT("chain", gw_core_settlement, chain, &GW_SHAPE_CHAIN),
    PART("commitment", &PROMISE),
    ONE(HASH, "entitlement_root", gw_core_settlement, entitlement_root),
    LIST_OF(OBJECT, "entitlements", gw_core_settlement, entitlements, entitlement_count,
            &ENTITLEMENT),
    OBJECT("event", gw_core_settlement, event, &EVENT),
    ONE(HASH, "evidence_root", gw_core_settlement, evidence_root),
    WORD("format", gw_core_settlement, format, SETTLEMENT_FORMAT),
    LIST_OF(OBJECT, "ledger", gw_core_settlement, ledger, ledger_count, &ENTRY),
    LIST(HASH, "line_salts", gw_core_settlement, line_salts, line_salt_count),
    LIST_OF(OBJECT, "lines", gw_core_settlement, lines, line_count, &GW_SHAPE_LINE),
    LIST_OF(OBJECT, "meters", gw_core_settlement, meters, meter_count, &METER),
    LIST(HASH, "order_salts", gw_core_settlement, order_salts, order_salt_count),
    LIST_OF(OBJECT, "orders", gw_core_settlement, orders, order_count, &GW_SHAPE_ORDER),
    LIST_OF(OBJECT, "posted", gw_core_settlement, posted, posted_count, &POSTED),
    ONE(HASH, "previous_root", gw_core_settlement, previous_root),
    ONE(NAME, "realm", gw_core_settlement, realm),
    OBJECT("rules", gw_core_settlement, rules, &RULES),
    OBJECT("run", gw_core_settlement, run, &RUN),
    ONE(INTEGER, "total_micros", gw_core_settlement, total_micros),
};
const gw_shape GW_SHAPE_SETTLEMENT = SHAPE(gw_core_settlement, SETTLEMENT_FIELDS);
