// SPDX-License-Identifier: Apache-2.0
// Every field of a bundle and its kind, from docs/EVIDENCE.md.
import {
    address, ascending, day, hash, instant, integer, listOf, name, natural, object, oneOf, plain, signature, tuple, uint16, uint32, uuid,
} from './shape.mjs';
import { parseInstant } from './time.mjs';

const revision = integer(1n, 0xffffn);
const whole = integer();
const bit = integer(0n, 1n);

const chain = object({ chain_id: natural, epoch: natural, ledger: address, signer_set: uint32 });

const event = object({
    event_id: uuid,
    transformer: name,
    published_at: instant,
    gate_at: instant,
    from: instant,
    to: instant,
    interval_s: integer(1n, 86400n),
    need_w: listOf(whole, 1),
    price_rule: oneOf('PAY_AS_BID'),
    max_price_micros_per_kwh: natural,
    shortfall_price_micros_per_kwh: natural,
});

const method = object({
    id: name,
    adjustment: oneOf('NONE', 'CAPPED'),
    interval_s: integer(1n, 86400n),
    lookback_days: integer(1n, 366n),
    target_days: integer(1n, 31n),
    minimum_days: integer(1n, 31n),
    adjust_from_s: integer(-604800n, 0n),
    adjust_to_s: integer(-604800n, 0n),
    cap_low_num: natural,
    cap_low_den: integer(1n),
    cap_high_num: natural,
    cap_high_den: integer(1n),
});

const offset = integer(-86400n, 86400n);
const calendar = object({
    name,
    first_offset_s: offset,
    transitions: ascending(object({ at: instant, offset_s: offset }), (item) => parseInstant(item.at)),
    holidays: ascending(day),
});

const rules = object({ method, method_hash: hash, calendar, calendar_hash: hash });
const meters = ascending(object({ meter: name, qualified_w: integer(1n) }), (item) => item.meter, 1);

const order = object({
    event_id: uuid,
    order_id: uuid,
    bid_id: uuid,
    party: name,
    payee: address,
    group: name,
    price_micros_per_kwh: natural,
    power_w: listOf(natural, 1),
    meters,
});
const orders = ascending(order, (item) => item.order_id, 1);

const bid = object({
    bid_id: uuid,
    party: name,
    payee: address,
    group: name,
    price_micros_per_kwh: natural,
    min_activation_pct: integer(1n, 100n),
    power_w: listOf(natural, 1),
    meters,
    received_at: instant,
    body_hash: hash,
});

const award = object({ bid_id: uuid, order_id: uuid, activation_pct: integer(1n, 100n) });

const demand = object({
    id: name,
    interval: natural,
    required_w: whole,
    effect_ppm: listOf(integer(-10000000n, 10000000n)),
});

function receiptOrder(item) {
    return `${String(parseInstant(item.received_at)).padStart(17, '0')} ${item.bid_id}`;
}

export const commitmentCore = object({
    format: oneOf('gridwitness-commitment-1'),
    realm: name,
    chain,
    event,
    rules,
    revision,
    limits: listOf(demand),
    bids: ascending(bid, receiptOrder),
    awards: ascending(award, (item) => item.order_id, 1),
    salts: listOf(hash),
    orders,
    shortage_w: listOf(natural, 1),
    cost_micros: natural,
    max_liability_micros: natural,
    root: hash,
});

const run = object({
    settlement_id: uuid,
    run_type: oneOf('PRELIM', 'INITIAL', 'FINAL', 'LATE'),
    revision,
    sequence: integer(1n),
    as_of: instant,
    ended_at: instant,
});

const value = tuple(natural, natural, integer(1n), natural, natural);
const meter = object({
    meter: name,
    event_days: ascending(day),
    outages: ascending(object({ from: instant, to: instant }), (item) => parseInstant(item.from)),
    days: ascending(object({ day, values: ascending(value, (item) => item[0], 1) }), (item) => item.day),
});

const posted = object({ order_id: uuid, paid_micros: natural, shortfall_micros: natural });

const entitlement = object({
    payee: address,
    previous_micros: natural,
    previous_salt: hash,
    carried_before_micros: natural,
    paid_micros: natural,
    salt: hash,
    change_micros: whole,
    lifetime_micros: natural,
    carried_micros: natural,
});

const baseline = object({
    meter: name,
    order_id: uuid,
    has_enough_days: bit,
    days: listOf(day),
    excluded: listOf(object({ day, reason: oneOf('WEEKEND', 'HOLIDAY', 'CLOCK_CHANGE', 'EVENT', 'INCOMPLETE') })),
    s_event_wh: listOf(natural, 1),
    s_window_wh: natural,
    a_window_wh: natural,
    adjustment: oneOf('NONE', 'APPLIED', 'CAPPED_LOW', 'CAPPED_HIGH', 'NO_REFERENCE', 'WINDOW_MISSING'),
    factor_num: natural,
    factor_den: integer(1n),
    baseline_mwh: listOf(natural, 1),
    actual_wh: listOf(integer(-1n), 1),
});

const line = object({
    event_id: uuid,
    order_id: uuid,
    start: instant,
    ordered_wh: natural,
    missing_meters: natural,
    missing_wh: natural,
    outage_wh: natural,
    delivered_mwh: whole,
    delivered_wh: natural,
    price_micros_per_kwh: natural,
    paid_micros: natural,
    shortfall_wh: natural,
    charged_shortfall_wh: natural,
    shortfall_micros: natural,
});

const entry = object({ account: name, order_id: uuid, component: oneOf('UTILISATION', 'SHORTFALL'), amount_micros: whole });

export const settlementCore = object({
    format: oneOf('gridwitness-evidence-1'),
    realm: name,
    chain,
    event,
    rules,
    run,
    commitment: object({ data_hash: hash, revision: uint16, root: hash }),
    orders,
    order_salts: listOf(hash, 1),
    meters: ascending(meter, (item) => item.meter, 1),
    posted: ascending(posted, (item) => item.order_id),
    line_salts: listOf(hash, 1),
    entitlements: ascending(entitlement, (item) => item.payee, 1),
    baselines: listOf(baseline, 1),
    lines: listOf(line, 1),
    ledger: listOf(entry),
    evidence_root: hash,
    entitlement_root: hash,
    previous_root: hash,
    total_micros: natural,
});

const network = object({ document_bytes: integer(1n), hash, id: name, version: integer(1n) });
const base = object({ id: name, p_w: listOf(whole), q_var: listOf(whole) });
const place = integer(-1n);

const schedule = object({ check_id: uuid, item_id: name });

const item = object({
    accepted_w: natural,
    accepted_wh: natural,
    buyer: address,
    buyer_point: place,
    buyer_schedule: schedule,
    effect: oneOf('incremental', 'within_schedule'),
    id: name,
    kind: oneOf('trade', 'bid', 'schedule'),
    requested_w: integer(1n),
    salt: hash,
    seller: address,
    seller_point: place,
    seller_schedule: schedule,
    trade_id: hash,
});

const anchor = object({ boot: natural, held_w: whole, interval_s: integer(1n, 86400n), meter: name, point: natural, seq: natural, start: instant, wh: whole });
const limit = object({ after: whole, before: whole, id: plain, limit: whole, requested: whole, unit: name });

export const clearanceCore = object({
    format: oneOf('gridwitness-clearance-1'),
    realm: name,
    chain,
    check_id: uuid,
    checked_at: instant,
    expires_at: instant,
    sign_by: instant,
    from: instant,
    to: instant,
    network,
    policy: name,
    margin_ppm: integer(0n, 999999n),
    verdict: oneOf('ok', 'curtailed'),
    bases: listOf(base, 1),
    readings: ascending(anchor, (found) => found.point),
    items: ascending(item, (found) => found.id, 1),
    limit_kinds: integer(0n, 0xffffn),
    limits: listOf(limit),
    items_root: hash,
});

export const certificate = object({
    digest: hash,
    signatures: ascending(object({ signer: address, signature }), (item) => item.signer),
});

export const deployment = object({ chain_id: natural, ledger: address }, { quorum: address, commitment_tx: hash, settlement_tx: hash });
