// SPDX-License-Identifier: Apache-2.0
// Recomputes a commitment core: the promise. docs/EVIDENCE.md section 3.
import { Mismatch, require, requireSame } from './fault.mjs';
import { canonicalJson } from './json.mjs';
import { keccakText } from './keccak.mjs';
import { treeOf } from './merkle.mjs';
import { SECOND, parseInstant } from './time.mjs';
import { leafOf } from './typed_data.mjs';

/** Hash of a value's canonical JSON. */
export function contentHash(value) {
    return keccakText(canonicalJson(value));
}

/** Root over objects, each with its salt. */
export function saltedRoot(objects, salts) {
    return treeOf(objects.map((item, i) => leafOf(['bytes32', contentHash(item)], ['bytes32', salts[i]]))).root;
}

/** Number of intervals of an event; a Mismatch when it is not whole. */
export function intervalCount(pointer, event) {
    const count = (parseInstant(event.to) - parseInstant(event.from)) / (Number(event.interval_s) * SECOND);
    require(Number.isInteger(count) && count > 0, `${pointer}/to`, 'the event is no whole number of intervals', 'whole intervals', event.to);
    return count;
}

/** Energy of an order in one interval. */
export function orderedWh(order, t, intervalS) {
    return (order.power_w[t] * intervalS) / 3600n;
}

/** Price per kWh of some Wh, floored to micros. */
export function costOf(wh, price) {
    return (wh * price) / 1000n;
}

function checkRules(core) {
    const { method, calendar } = core.rules;
    const known = {
        id: 'sgsc-10in10-v1', interval_s: 1800n, lookback_days: 45n, target_days: 10n, minimum_days: 5n, adjust_from_s: -14400n,
        adjust_to_s: -3600n, cap_low_num: 4n, cap_low_den: 5n, cap_high_num: 6n, cap_high_den: 5n, adjustment: method.adjustment,
    };
    requireSame('/rules/method', 'a method keeps its parameters under its name', known, method);
    require(core.rules.method_hash === contentHash(method), '/rules/method_hash', 'hash of the method', contentHash(method), core.rules.method_hash);
    require(core.rules.calendar_hash === contentHash(calendar), '/rules/calendar_hash', 'hash of the calendar', contentHash(calendar), core.rules.calendar_hash);
    require(core.event.interval_s === method.interval_s, '/event/interval_s', 'the event uses the interval of its method', method.interval_s, core.event.interval_s);
    calendar.transitions.concat({ offset_s: calendar.first_offset_s }).forEach(({ offset_s: offset }) => {
        require(offset % method.interval_s === 0n, '/rules/calendar', 'a zone offset is a whole number of intervals', 0n, offset % method.interval_s);
    });
}

/** What both cores must hold about event, rules and orders. */
export function checkShared(core) {
    const count = intervalCount('/event', core.event);
    checkRules(core);
    require(core.event.need_w.length === count, '/event/need_w', 'one value per interval', count, core.event.need_w.length);
    const sold = new Set();
    core.orders.forEach((order, i) => {
        require(order.power_w.length === count, `/orders/${i}/power_w`, 'one value per interval', count, order.power_w.length);
        require(order.event_id === core.event.event_id, `/orders/${i}/event_id`, 'the event of the order', core.event.event_id, order.event_id);
        order.meters.forEach(({ meter }, j) => {
            require(!sold.has(meter), `/orders/${i}/meters/${j}/meter`, 'a meter is sold once', 'a meter of no other order', meter);
            sold.add(meter);
        });
    });
    return count;
}

function checkBids(core, count) {
    const groups = new Set();
    core.bids.forEach((bid, i) => {
        const pointer = `/bids/${i}`;
        require(bid.power_w.length === count, `${pointer}/power_w`, 'one value per interval', count, bid.power_w.length);
        require(parseInstant(bid.received_at) < parseInstant(core.event.gate_at), `${pointer}/received_at`, 'a bid comes before the gate', `before ${core.event.gate_at}`, bid.received_at);
        require(!groups.has(bid.group), `${pointer}/group`, 'one bid per group', 'another group', bid.group);
        groups.add(bid.group);
    });
}

/* The order that an award makes of its bid. */
function orderOf(core, award, i) {
    const bid = core.bids.find(({ bid_id: id }) => id === award.bid_id);
    if (!bid) throw new Mismatch(`/awards/${i}/bid_id`, 'an award names a bid of the sealed set', 'a bid_id of /bids', award.bid_id);
    const maxPrice = core.event.max_price_micros_per_kwh;
    require(award.activation_pct >= bid.min_activation_pct, `/awards/${i}/activation_pct`, 'not below the least activation of the bid', bid.min_activation_pct, award.activation_pct);
    require(maxPrice === 0n || bid.price_micros_per_kwh <= maxPrice, `/awards/${i}/bid_id`, 'the price limit of the request', maxPrice, bid.price_micros_per_kwh);
    return {
        event_id: core.event.event_id,
        order_id: award.order_id,
        bid_id: bid.bid_id,
        party: bid.party,
        payee: bid.payee,
        group: bid.group,
        price_micros_per_kwh: bid.price_micros_per_kwh,
        power_w: bid.power_w.map((power) => (power * award.activation_pct) / 100n),
        meters: bid.meters,
    };
}

function positive(number) {
    return number > 0n ? number : 0n;
}

/* Division that rounds towards minus infinity. */
function floor(number, divisor) {
    const quotient = number / divisor;
    return number % divisor < 0n ? quotient - 1n : quotient;
}

/* Everything the awards have to reach: the need of each interval, then each limit of the grid. `count` is what a bid's power counts. */
function demandsOf(core, count) {
    const needs = Array.from({ length: count }, (_, t) => ({ what: `the need of interval ${t}`, t, wanted: positive(core.event.need_w[t]), counted: (power) => power }));
    const limits = core.limits.map((limit, i) => ({
        what: `limit ${i}`, t: Number(limit.interval), wanted: limit.required_w, counted: (power, bid) => floor(power * limit.effect_ppm[bid], 1000000n),
    }));
    return [...needs, ...limits];
}

function sum(numbers) {
    return numbers.reduce((total, number) => total + number, 0n);
}

/* What a demand lacks when the bids that help it, or all of them, are taken in full. */
function lowerings(core, demand, usable) {
    const full = usable.map((bid) => demand.counted(core.bids[bid].power_w[demand.t], bid));
    return [sum(full.filter((given) => given > 0n)), sum(full)].map((most) => positive(demand.wanted - most));
}

function checkLimits(core, count) {
    core.limits.forEach((limit, i) => {
        require(Number(limit.interval) < count, `/limits/${i}/interval`, 'an interval of the event', count - 1, limit.interval);
        require(limit.effect_ppm.length === core.bids.length, `/limits/${i}/effect_ppm`, 'one effect per bid', core.bids.length, limit.effect_ppm.length);
    });
}

/* What nobody offered; the awards must reach the rest. That no cheaper awards exist is not solved again here. */
function checkCover(core, orders, count) {
    const maxPrice = core.event.max_price_micros_per_kwh;
    const usable = [...core.bids.keys()].filter((bid) => maxPrice === 0n || core.bids[bid].price_micros_per_kwh <= maxPrice);
    const placeOf = new Map(core.bids.map((bid, i) => [bid.bid_id, i]));
    const demands = demandsOf(core, count);
    require(core.shortage_w.length === demands.length, '/shortage_w', 'one value per interval and limit', demands.length, core.shortage_w.length);
    let ways = [true, true];
    demands.forEach((demand, i) => {
        const missing = lowerings(core, demand, usable);
        ways = ways.map((possible, way) => possible && missing[way] === core.shortage_w[i]);
        require(ways.includes(true), `/shortage_w/${i}`, 'demand that no bids can cover', missing.join(' or '), core.shortage_w[i]);
        const given = sum(orders.map((order) => demand.counted(order.power_w[demand.t], placeOf.get(order.bid_id))));
        const least = demand.wanted - core.shortage_w[i];
        require(given >= least, '/awards', `the awards cover ${demand.what}`, `at least ${least} W`, `${given} W`);
    });
}

/** Results of a commitment core from its inputs. */
export function promise(core) {
    const orders = core.awards.map((award, i) => orderOf(core, award, i));
    const cost = orders.reduce((sum, order) => sum + order.power_w.reduce((part, _, t) => part
        + costOf(orderedWh(order, t, core.event.interval_s), order.price_micros_per_kwh), 0n), 0n);
    return { orders, cost_micros: cost, max_liability_micros: cost, root: saltedRoot(orders, core.salts) };
}

const RESULTS = {
    orders: 'an order is its award',
    cost_micros: 'cost of the orders',
    max_liability_micros: 'most that the orders can cost',
    root: 'root over the orders',
};

/** Throws a Mismatch that names the first place where the core disagrees with itself. */
export function checkCommitment(core) {
    const count = checkShared(core);
    checkLimits(core, count);
    require(core.salts.length === core.awards.length, '/salts', 'one salt per award', core.awards.length, core.salts.length);
    const awarded = new Set(core.awards.map((award) => award.bid_id));
    require(awarded.size === core.awards.length, '/awards', 'a bid is awarded once', 'distinct bids', 'a repeated bid');
    checkBids(core, count);
    const results = promise(core);
    Object.entries(RESULTS).forEach(([key, what]) => requireSame(`/${key}`, what, results[key], core[key]));
    checkCover(core, results.orders, count);
}
