// SPDX-License-Identifier: Apache-2.0
// Random settlement cores, the same for the same seed: odd hours, clock changes, gaps, outages, early ends,
// earlier runs and carried receivables. Results are filled in by the verifier's rules.
import { computeBaseline } from '../src/baseline.mjs';
import { contentHash } from '../src/commitment.mjs';
import { settle } from '../src/settlement.mjs';
import { Calendar, DAY_S, SECOND, parseInstant, printDay, printInstant } from '../src/time.mjs';
import { METHOD, word } from './support.mjs';

const NO_SALT = `0x${'00'.repeat(32)}`;
const SLOT = 1800 * SECOND;

class Dice {
    constructor(seed) {
        this.seed = seed;
        this.state = (seed * 2654435761) >>> 0;
    }

    /** Whole number below `limit`. */
    below(limit) {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
    }

    big(limit) {
        return BigInt(this.below(limit));
    }

    chance(percent) {
        return this.below(100) < percent;
    }

    salt(label) {
        return word(`${this.seed} ${label}`);
    }
}

function uuidOf(dice, kind, number) {
    return `019be0c4-3c00-7000-8${String(kind).padStart(3, '0')}-${String(dice.seed * 100 + number).padStart(12, '0')}`;
}

function calendarOf(dice, from) {
    const offsets = [-12600n, 0n, 3600n, 7200n, 36000n, 34200n];
    const first = offsets[dice.below(offsets.length)];
    const days = dice.chance(40) ? 0 : dice.below(60);
    const at = from - days * DAY_S * SECOND + (dice.below(48) - 24) * SLOT;
    const transitions = [{ at: printInstant(at), offset_s: first + (dice.chance(50) ? 3600n : -3600n) }];
    if (dice.chance(30)) transitions.push({ at: printInstant(at + 30 * DAY_S * SECOND), offset_s: first });
    const day = Math.floor(from / (DAY_S * SECOND));
    const holidays = [...new Set(Array.from({ length: dice.below(5) }, () => printDay(day - dice.below(40))))].sort();
    return { name: 'random', first_offset_s: first, transitions: dice.chance(80) ? transitions : [], holidays };
}

function eventOf(dice) {
    const from = parseInstant('2026-03-01T00:00:00Z') + dice.below(270 * 48) * SLOT;
    const count = 1 + dice.below(10);
    return {
        event_id: uuidOf(dice, 1, 0), transformer: 'T-1', published_at: printInstant(from - 9 * 3600 * SECOND),
        gate_at: printInstant(from - 5 * 3600 * SECOND), from: printInstant(from), to: printInstant(from + count * SLOT), interval_s: 1800n,
        need_w: Array.from({ length: count }, () => dice.big(5000)), price_rule: 'PAY_AS_BID', max_price_micros_per_kwh: 0n,
        shortfall_price_micros_per_kwh: dice.big(300000),
    };
}

function addressOfNumber(number) {
    return `0x${String(number).padStart(40, '1')}`;
}

function orderOf(dice, event, number) {
    const meters = Array.from({ length: 1 + dice.below(4) }, (_, i) => ({ meter: `M-${number}${i}`, qualified_w: 1n + dice.big(4000) }));
    return {
        event_id: event.event_id, order_id: uuidOf(dice, 2, number), bid_id: uuidOf(dice, 3, number), party: `party-${number}`,
        payee: addressOfNumber(2 + dice.below(2)), group: `G-${number}`, price_micros_per_kwh: dice.big(900000),
        power_w: event.need_w.map(() => dice.big(6000)), meters,
    };
}

/* Readings of one meter: a typical level, a share that is missing, sometimes nothing but zeros. */
function meterOf(dice, scene, name) {
    const missing = dice.chance(50) ? 0 : dice.below(12);
    const level = dice.chance(10) ? 1 : 1 + dice.below(3000);
    const drawn = new Map();
    const listed = new Map();
    const reading = (day, slot) => {
        const key = day * 100 + slot;
        if (!drawn.has(key)) drawn.set(key, dice.chance(missing) ? undefined : dice.big(level));
        if (drawn.get(key) !== undefined) listed.set(day, (listed.get(day) ?? new Map()).set(slot, drawn.get(key)));
        return drawn.get(key);
    };
    const eventDays = [...new Set(Array.from({ length: dice.below(4) }, () => scene.day - 1 - dice.below(20)))].sort((a, b) => a - b);
    computeBaseline({ ...scene, eventDays: new Set(eventDays), reading });
    const from = scene.from + (dice.below(8) - 2) * SLOT + dice.below(3) * 60 * SECOND;
    const days = [...listed.keys()].sort((a, b) => a - b).map((day) => ({
        day: printDay(day),
        values: [...listed.get(day)].sort((a, b) => a[0] - b[0]).map(([slot, wh]) => [BigInt(slot), wh, 1n + dice.big(3), 1n, dice.big(10000)]),
    }));
    const outages = dice.chance(40) ? [{ from: printInstant(from), to: printInstant(from + 3600 * SECOND) }] : [];
    return { meter: name, event_days: eventDays.map(printDay), outages, days };
}

function entitlementsOf(dice) {
    return [2, 3, 4].map((number) => {
        const isNew = dice.chance(30);
        const previous = isNew ? 0n : dice.big(5000000);
        return {
            payee: addressOfNumber(number), previous_micros: previous, previous_salt: isNew ? NO_SALT : dice.salt(`previous ${number}`),
            carried_before_micros: dice.chance(50) ? 0n : dice.big(90000), paid_micros: previous === 0n ? 0n : dice.big(Number(previous)),
            salt: dice.salt(`entitlement ${number}`),
        };
    });
}

function rulesOf(dice, calendar) {
    const method = { ...METHOD, adjustment: dice.chance(70) ? 'CAPPED' : 'NONE' };
    return { method, method_hash: contentHash(method), calendar, calendar_hash: contentHash(calendar) };
}

function runOf(dice, event) {
    const to = parseInstant(event.to);
    const early = to - dice.below((to - parseInstant(event.from)) / SECOND) * SECOND;
    return {
        settlement_id: uuidOf(dice, 4, 0), run_type: ['PRELIM', 'INITIAL', 'FINAL', 'LATE'][dice.below(4)], revision: 1n + dice.big(9),
        sequence: 1n + dice.big(99), as_of: printInstant(to + 3600 * SECOND), ended_at: printInstant(dice.chance(25) ? early : to),
    };
}

/** One core. */
export function randomCore(seed) {
    const dice = new Dice(seed);
    const event = eventOf(dice);
    const from = parseInstant(event.from);
    const rules = rulesOf(dice, calendarOf(dice, from));
    const calendar = new Calendar(rules.calendar);
    const scene = { method: rules.method, calendar, from, to: parseInstant(event.to), day: calendar.dayOf(from) };
    const orders = Array.from({ length: 1 + dice.below(3) }, (_, i) => orderOf(dice, event, i));
    const inputs = {
        format: 'gridwitness-evidence-1', realm: 'demo', chain: { chain_id: 31337n, ledger: addressOfNumber(9), epoch: 0n, signer_set: 1n },
        event, rules, run: runOf(dice, event),
        commitment: { data_hash: dice.salt('core'), revision: 1n },
        orders, order_salts: orders.map((_, i) => dice.salt(`order ${i}`)),
        meters: orders.flatMap((order) => order.meters.map(({ meter }) => meterOf(dice, scene, meter))),
        posted: orders.filter(() => dice.chance(30)).map((order) => ({ order_id: order.order_id, paid_micros: dice.big(500000), shortfall_micros: dice.big(90000) })),
        line_salts: orders.flatMap((_, i) => event.need_w.map((_, t) => dice.salt(`line ${i} ${t}`))),
        entitlements: entitlementsOf(dice),
    };
    return { ...inputs, ...settle(inputs) };
}
