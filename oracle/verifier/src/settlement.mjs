// SPDX-License-Identifier: Apache-2.0
// Recomputes a settlement core, from readings to money. docs/EVIDENCE.md sections 4 to 7.
import { computeBaseline } from './baseline.mjs';
import { checkShared, costOf, orderedWh, saltedRoot } from './commitment.mjs';
import { require, requireSame } from './fault.mjs';
import { treeOf } from './merkle.mjs';
import { Calendar, SECOND, parseDay, parseInstant, printDay, printInstant } from './time.mjs';
import { leafOf } from './typed_data.mjs';

const NO_SALT = `0x${'00'.repeat(32)}`;

function sumOf(items, key) {
    return items.reduce((sum, item) => sum + item[key], 0n);
}

function orderOfMeter(core, meter) {
    return core.orders.find((order) => order.meters.some((item) => item.meter === meter));
}

/* Readings of one meter by day and slot, with a note of what the rules asked for. */
function readingsOf(meter) {
    const table = new Map();
    const keyOf = (day, slot) => `${day} ${slot}`;
    meter.days.forEach(({ day, values }, i) => values.forEach(([slot, wh], j) => {
        table.set(keyOf(parseDay(day), slot), { wh, pointer: `${i}/values/${j}` });
    }));
    const asked = new Set();
    return {
        get: (day, slot) => {
            const key = keyOf(day, slot);
            asked.add(key);
            return table.get(key)?.wh;
        },
        unasked: () => [...table].find(([key]) => !asked.has(key))?.[1].pointer,
    };
}

function baselineOf(core, calendar, meter, i) {
    const readings = readingsOf(meter);
    const made = computeBaseline({
        method: core.rules.method,
        calendar,
        from: parseInstant(core.event.from),
        to: parseInstant(core.event.to),
        eventDays: new Set(meter.event_days.map(parseDay)),
        reading: readings.get,
    });
    const unasked = readings.unasked();
    require(unasked === undefined, `/meters/${i}/days/${unasked}`, 'only readings that the baseline looks at', 'no such reading', 'a reading');
    return {
        meter: meter.meter,
        order_id: orderOfMeter(core, meter.meter).order_id,
        days: made.days.map(printDay),
        excluded: made.excluded.map(({ day, reason }) => ({ day: printDay(day), reason })),
        has_enough_days: made.hasEnoughDays ? 1n : 0n,
        s_event_wh: made.sEvent,
        s_window_wh: made.sWindow,
        a_window_wh: made.aWindow,
        adjustment: made.adjustment,
        factor_num: made.num,
        factor_den: made.den,
        baseline_mwh: made.baselineMwh,
        actual_wh: made.actualWh,
    };
}

/** Shares of a total by weight: floors, then one each to the largest remainders, ties to the earlier. */
export function shareByWeight(total, weights) {
    const sum = weights.reduce((all, weight) => all + weight, 0n);
    const shares = weights.map((weight) => (total * weight) / sum);
    const rests = weights.map((weight, i) => ({ rest: (total * weight) % sum, i }));
    rests.sort((a, b) => (a.rest === b.rest ? a.i - b.i : Number(b.rest > a.rest) * 2 - 1));
    const left = total - shares.reduce((all, share) => all + share, 0n);
    rests.slice(0, Number(left)).forEach(({ i }) => {
        shares[i] += 1n;
    });
    return shares;
}

function hasOutage(meter, from, to) {
    return meter.outages.some((outage) => parseInstant(outage.from) < to && parseInstant(outage.to) > from);
}

/* What the meters of an order did in one interval. */
function measure(scene, order, t, ordered, from, to) {
    const shares = shareByWeight(ordered, order.meters.map((item) => item.qualified_w));
    const measured = { missing_meters: 0n, missing_wh: 0n, outage_wh: 0n, delivered_mwh: 0n };
    order.meters.forEach(({ meter }, i) => {
        const { baseline, input } = scene.byMeter.get(meter);
        if (baseline.has_enough_days === 1n && baseline.actual_wh[t] >= 0n) {
            measured.delivered_mwh += baseline.baseline_mwh[t] - 1000n * baseline.actual_wh[t];
            return;
        }
        measured.missing_meters += 1n;
        measured.missing_wh += shares[i];
        if (hasOutage(input, from, to)) measured.outage_wh += shares[i];
    });
    return measured;
}

function clamp(number, most) {
    if (number < 0n) return 0n;
    return number > most ? most : number;
}

function lineOf(core, scene, order, t) {
    const from = scene.from + t * scene.interval;
    const to = from + scene.interval;
    const counts = to <= parseInstant(core.run.ended_at);
    const ordered = counts ? orderedWh(order, t, core.event.interval_s) : 0n;
    const nothing = { missing_meters: 0n, missing_wh: 0n, outage_wh: 0n, delivered_mwh: 0n };
    const measured = counts ? measure(scene, order, t, ordered, from, to) : nothing;
    const delivered = clamp(measured.delivered_mwh, 1000n * (ordered - measured.missing_wh)) / 1000n;
    const shortfall = ordered - delivered;
    const charged = shortfall - measured.outage_wh;
    return {
        event_id: core.event.event_id,
        order_id: order.order_id,
        start: printInstant(from),
        ordered_wh: ordered,
        ...measured,
        delivered_wh: delivered,
        price_micros_per_kwh: order.price_micros_per_kwh,
        paid_micros: costOf(delivered, order.price_micros_per_kwh),
        shortfall_wh: shortfall,
        charged_shortfall_wh: charged,
        shortfall_micros: costOf(charged, core.event.shortfall_price_micros_per_kwh),
    };
}

function linesOf(core, scene) {
    return core.orders.flatMap((order) => order.power_w.map((_, t) => lineOf(core, scene, order, t)));
}

function pair(order, component, account, toPayee) {
    if (toPayee === 0n) return [];
    const entry = (name, amount) => ({ account: name, order_id: order.order_id, component, amount_micros: amount });
    return [entry(account, -toPayee), entry(`payee:${order.payee}`, toPayee)];
}

/* Double entry of the difference to what earlier runs posted. */
function ledgerOf(core, lines) {
    return core.orders.flatMap((order) => {
        const own = lines.filter((line) => line.order_id === order.order_id);
        const before = core.posted.find((item) => item.order_id === order.order_id) ?? { paid_micros: 0n, shortfall_micros: 0n };
        const paid = sumOf(own, 'paid_micros') - before.paid_micros;
        const shortfall = sumOf(own, 'shortfall_micros') - before.shortfall_micros;
        return [...pair(order, 'UTILISATION', 'dso:utilisation', paid), ...pair(order, 'SHORTFALL', 'dso:shortfall', -shortfall)];
    });
}

function entitlementOf(item, ledger) {
    const own = ledger.filter((entry) => entry.account === `payee:${item.payee}`);
    const change = sumOf(own, 'amount_micros');
    const balance = item.previous_micros - item.carried_before_micros + change;
    const lifetime = balance > item.paid_micros ? balance : item.paid_micros;
    return { ...item, change_micros: change, lifetime_micros: lifetime, carried_micros: lifetime - balance };
}

function checkInputs(core, count) {
    const names = core.orders.flatMap((order) => order.meters.map((item) => item.meter)).sort();
    requireSame('/meters', 'every meter of every order', names, core.meters.map((item) => item.meter));
    const expected = core.orders.length;
    require(core.order_salts.length === expected, '/order_salts', 'one salt per order', expected, core.order_salts.length);
    require(core.line_salts.length === expected * count, '/line_salts', 'one salt per line', expected * count, core.line_salts.length);
    const known = new Set(core.orders.map((order) => order.order_id));
    core.posted.forEach((item, i) => require(known.has(item.order_id), `/posted/${i}/order_id`, 'an order of this event', 'an order', item.order_id));
    const ended = parseInstant(core.run.ended_at);
    const isWithin = ended >= parseInstant(core.event.from) && ended <= parseInstant(core.event.to);
    require(isWithin, '/run/ended_at', 'delivery ends within the event', `${core.event.from} to ${core.event.to}`, core.run.ended_at);
    core.entitlements.forEach((item, i) => {
        require(item.paid_micros <= item.previous_micros, `/entitlements/${i}/paid_micros`, 'not more than was due', item.previous_micros, item.paid_micros);
        const isNew = item.previous_salt === NO_SALT;
        require(!isNew || item.previous_micros === 0n, `/entitlements/${i}/previous_micros`, 'a new payee had nothing', 0n, item.previous_micros);
    });
    const payees = new Set(core.entitlements.map((item) => item.payee));
    core.orders.forEach((order, i) => require(payees.has(order.payee), `/orders/${i}/payee`, 'every payee has an entitlement', 'a payee of /entitlements', order.payee));
}

/** Leaf of an entitlement. */
export function entitlementLeaf(payee, lifetime, salt) {
    return leafOf(['address', payee], ['uint96', lifetime], ['bytes32', salt]);
}

/** Tree over the entitlements of a core. */
export function entitlementTree(core) {
    return treeOf(core.entitlements.map((item) => entitlementLeaf(item.payee, item.lifetime_micros, item.salt)));
}

function previousRoot(core) {
    const old = core.entitlements.filter((item) => item.previous_salt !== NO_SALT);
    return treeOf(old.map((item) => entitlementLeaf(item.payee, item.previous_micros, item.previous_salt))).root;
}

/** Results of a settlement core from its inputs; readings that the rules do not ask for are a Mismatch. */
export function settle(core) {
    const calendar = new Calendar(core.rules.calendar);
    const baselines = core.meters.map((meter, i) => baselineOf(core, calendar, meter, i));
    const scene = {
        from: parseInstant(core.event.from),
        interval: Number(core.event.interval_s) * SECOND,
        byMeter: new Map(core.meters.map((input, i) => [input.meter, { input, baseline: baselines[i] }])),
    };
    const lines = linesOf(core, scene);
    const ledger = ledgerOf(core, lines);
    const entitlements = core.entitlements.map((item) => entitlementOf(item, ledger));
    return {
        baselines,
        lines,
        ledger,
        entitlements,
        commitment: { ...core.commitment, root: saltedRoot(core.orders, core.order_salts) },
        evidence_root: saltedRoot(lines, core.line_salts),
        entitlement_root: entitlementTree({ entitlements }).root,
        previous_root: previousRoot(core),
        total_micros: sumOf(entitlements, 'lifetime_micros'),
    };
}

const RESULTS = {
    baselines: 'baseline of the meter',
    lines: 'delivery and money of the line',
    ledger: 'double entry',
    entitlements: 'entitlement of the payee',
    commitment: 'root over the orders',
    evidence_root: 'root over the lines',
    entitlement_root: 'root over the entitlements',
    previous_root: 'root over the previous entitlements',
    total_micros: 'sum of the lifetime entitlements',
};

/** Throws a Mismatch that names the first place where the core disagrees with itself. */
export function checkSettlement(core) {
    checkInputs(core, checkShared(core));
    const results = settle(core);
    Object.entries(RESULTS).forEach(([key, what]) => requireSame(`/${key}`, what, results[key], core[key]));
    const rest = sumOf(results.ledger, 'amount_micros');
    require(rest === 0n, '/ledger', 'the entries sum to 0', 0n, rest);
}
