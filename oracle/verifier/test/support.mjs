// SPDX-License-Identifier: Apache-2.0
// What several tests use: a small bundle that has a bit of everything, made with the verifier's own rules
// (that these are right is what the golden rows and the gateway's own bundles show).
import { secp256k1 } from '@noble/curves/secp256k1';
import { computeBaseline } from '../src/baseline.mjs';
import { signedOf } from '../src/bundle.mjs';
import { contentHash, promise } from '../src/commitment.mjs';
import { keccakText } from '../src/keccak.mjs';
import { settle } from '../src/settlement.mjs';
import { addressOf } from '../src/signature.mjs';
import { Calendar, parseDay, parseInstant, printDay } from '../src/time.mjs';

/** The one method, as the evidence carries it. */
export const METHOD = {
    id: 'sgsc-10in10-v1', adjustment: 'CAPPED', interval_s: 1800n, lookback_days: 45n, target_days: 10n, minimum_days: 5n,
    adjust_from_s: -14400n, adjust_to_s: -3600n, cap_low_num: 4n, cap_low_den: 5n, cap_high_num: 6n, cap_high_den: 5n,
};

const EVENT = {
    event_id: '019be0c4-3c00-7000-8000-000000000001',
    transformer: 'T-1',
    published_at: '2026-01-20T10:00:00Z',
    gate_at: '2026-01-20T12:00:00Z',
    from: '2026-01-20T16:00:00Z',
    to: '2026-01-20T17:00:00Z',
    interval_s: 1800n,
    need_w: [3000n, 2500n],
    price_rule: 'PAY_AS_BID',
    max_price_micros_per_kwh: 900000n,
    shortfall_price_micros_per_kwh: 100000n,
};

const CALENDAR = {
    name: 'NL-2026',
    first_offset_s: 7200n,
    transitions: [{ at: '2025-10-26T01:00:00Z', offset_s: 3600n }],
    holidays: ['2025-12-25', '2025-12-26', '2026-01-01'],
};

const NO_SALT = `0x${'00'.repeat(32)}`;
const PAYEES = ['0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222', '0x3333333333333333333333333333333333333333'];

/** Some 32 bytes that depend on the label only. */
export function word(label) {
    return keccakText(`test ${label}`);
}

function uuidOf(number) {
    return `019be0c4-3c00-7000-8000-${String(number).padStart(12, '0')}`;
}

function bidOf(number, group, payee, price, power, meters) {
    return {
        bid_id: uuidOf(100 + number), party: `party-${number}`, payee, group, price_micros_per_kwh: price, min_activation_pct: 50n,
        power_w: power, meters, received_at: `2026-01-20T11:0${number}:00Z`, body_hash: word(`body ${number}`),
    };
}

/** Commitment core with two orders of two meters each and one bid that was not taken. */
export function makeCommitment(place) {
    const rules = { method: METHOD, method_hash: contentHash(METHOD), calendar: CALENDAR, calendar_hash: contentHash(CALENDAR) };
    const bids = [
        bidOf(1, 'G-1', PAYEES[0], 500000n, [2000n, 2000n], [{ meter: 'M-1', qualified_w: 1000n }, { meter: 'M-2', qualified_w: 1000n }]),
        bidOf(2, 'G-2', PAYEES[1], 600000n, [1500n, 1000n], [{ meter: 'M-3', qualified_w: 700n }, { meter: 'M-4', qualified_w: 800n }]),
        bidOf(3, 'G-3', PAYEES[2], 950000n, [9000n, 9000n], [{ meter: 'M-5', qualified_w: 9000n }]),
    ];
    const inputs = {
        format: 'gridwitness-commitment-1', realm: 'demo', chain: { ...place, epoch: 0n, signer_set: 1n }, event: EVENT, rules, revision: 1n,
        limits: [
            { id: 'transformer:T-1', interval: 0n, required_w: 2900n, effect_ppm: [1010000n, 990000n, 1000000n] },
            { id: 'voltage_low:N-7:B', interval: 1n, required_w: -300n, effect_ppm: [-200000n, 150001n, 900000n] },
        ],
        bids,
        awards: [
            { bid_id: bids[0].bid_id, order_id: uuidOf(201), activation_pct: 100n },
            { bid_id: bids[1].bid_id, order_id: uuidOf(202), activation_pct: 80n },
        ],
        salts: [word('order 1'), word('order 2')],
        shortage_w: [0n, 0n, 0n, 0n],
    };
    return { ...inputs, ...promise(inputs) };
}

/* Wh of a meter: M-2 misses its second event interval, M-3 has too few days, all else is there. */
function readingOf(meter, eventDay, day, slot) {
    if (meter === 'M-2' && day === eventDay && slot === 35) return undefined;
    if (meter === 'M-3' && day < eventDay - 5) return undefined;
    const base = 900n + 37n * BigInt(Number(meter[2])) + BigInt((day * 31 + slot * 17) % 101);
    return day === eventDay && slot >= 34 ? base - 450n : base;
}

/* The readings that the baseline asks for, as the evidence lists them. */
function meterOf(meter, calendar) {
    const asked = new Map();
    const eventDay = parseDay('2026-01-20');
    const eventDays = new Set([parseDay('2026-01-14')]);
    computeBaseline({
        method: METHOD, calendar, from: parseInstant(EVENT.from), to: parseInstant(EVENT.to), eventDays,
        reading: (day, slot) => {
            const wh = readingOf(meter, eventDay, day, slot);
            if (wh !== undefined) asked.set(day, (asked.get(day) ?? new Map()).set(slot, wh));
            return wh;
        },
    });
    const days = [...asked.keys()].sort().map((day) => ({
        day: printDay(day),
        values: [...asked.get(day)].sort((a, b) => a[0] - b[0]).map(([slot, wh]) => [BigInt(slot), wh, 1n, 1n, BigInt(day % 1000)]),
    }));
    const outages = meter === 'M-2' ? [{ from: '2026-01-20T16:40:00Z', to: '2026-01-20T17:10:00Z' }] : [];
    return { meter, event_days: [...eventDays].map(printDay), outages, days };
}

function entitlementsOf(isFirst) {
    return PAYEES.map((payee, i) => ({
        payee,
        previous_micros: isFirst ? 0n : BigInt(i + 1) * 1000000n,
        previous_salt: isFirst ? NO_SALT : word(`previous ${i}`),
        carried_before_micros: isFirst ? 0n : BigInt(i) * 250n,
        paid_micros: isFirst ? 0n : 400000n,
        salt: word(`entitlement ${i}`),
    }));
}

function sumOf(lines, order, key) {
    return lines.filter((line) => line.order_id === order.order_id).reduce((sum, line) => sum + line[key], 0n);
}

/* The inputs of a run that follows another one of the same event; nothing but its place has changed. */
function following(core) {
    return {
        run: { ...core.run, run_type: 'INITIAL', revision: core.run.revision + 1n, sequence: core.run.sequence + 1n },
        posted: core.orders.map((order) => ({
            order_id: order.order_id,
            paid_micros: sumOf(core.lines, order, 'paid_micros'),
            shortfall_micros: sumOf(core.lines, order, 'shortfall_micros'),
        })),
        entitlements: core.entitlements.map((item, i) => ({
            payee: item.payee, previous_micros: item.lifetime_micros, previous_salt: item.salt,
            carried_before_micros: item.carried_micros, paid_micros: 0n, salt: word(`next ${i}`),
        })),
    };
}

/** Settlement core of that commitment; `isFirst` means the first run of the ledger, `previous` the core it follows. */
export function makeSettlement(commitment, { isFirst, asOf, previous }) {
    const calendar = new Calendar(CALENDAR);
    const names = commitment.orders.flatMap((order) => order.meters.map(({ meter }) => meter));
    const inputs = {
        format: 'gridwitness-evidence-1', realm: commitment.realm, chain: commitment.chain, event: EVENT, rules: commitment.rules,
        run: {
            settlement_id: uuidOf(301), run_type: isFirst ? 'PRELIM' : 'INITIAL', revision: isFirst ? 1n : 2n, sequence: isFirst ? 1n : 7n,
            as_of: asOf, ended_at: EVENT.to,
        },
        commitment: { data_hash: contentHash(commitment), revision: commitment.revision, root: commitment.root },
        orders: commitment.orders, order_salts: commitment.salts, meters: names.map((meter) => meterOf(meter, calendar)),
        posted: isFirst ? [] : [{ order_id: commitment.orders[0].order_id, paid_micros: 123456n, shortfall_micros: 789n }],
        line_salts: commitment.orders.flatMap((order) => order.power_w.map((_, t) => word(`line ${order.order_id} ${t}`))),
        entitlements: entitlementsOf(isFirst),
        ...(previous ? following(previous) : {}),
    };
    return { ...inputs, ...settle(inputs) };
}

/** Private keys of four signers, sorted by their address. */
export const SIGNERS = [1, 2, 3, 4].map((n) => ({ key: word(`signer ${n}`), address: addressOf(secp256k1.getPublicKey(word(`signer ${n}`).slice(2), false)) }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));

/** 65-byte signature of a digest. */
export function sign(digest, key) {
    const signature = secp256k1.sign(digest.slice(2), key.slice(2), { lowS: true });
    return `0x${signature.toCompactHex()}${(27 + signature.recovery).toString(16)}`;
}

function certify(digest, count) {
    return { digest, signatures: SIGNERS.slice(0, count).map(({ address, key }) => ({ signer: address, signature: sign(digest, key) })) };
}

/** Whole bundle; place: {chain_id, ledger, quorum}. */
export function makeBundle(place, { isFirst = false, signatures = 3, asOf = '2026-01-20T18:00:00Z', previous } = {}) {
    const commitment = makeCommitment({ chain_id: place.chain_id, ledger: place.ledger });
    const core = makeSettlement(commitment, { isFirst, asOf, previous });
    const signed = signedOf({ core, commitment });
    return {
        format: 'gridwitness-bundle-1', core, commitment, chain: place,
        certificate: { settlement: certify(signed.settlement.digest, signatures), commitment: certify(signed.commitment.digest, signatures) },
    };
}

export const SOMEWHERE = { chain_id: 31337n, ledger: `0x${'ab'.repeat(20)}`, quorum: `0x${'cd'.repeat(20)}` };
