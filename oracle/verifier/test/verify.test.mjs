// SPDX-License-Identifier: Apache-2.0
// Whole bundles without a chain: what holds, and how each kind of failure is told.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { canonicalJson } from '../src/json.mjs';
import { printText } from '../src/report.mjs';
import { verify } from '../src/verify.mjs';
import { SOMEWHERE, makeBundle } from './support.mjs';

function check(bundle, options = { offline: true }) {
    return verify(canonicalJson(bundle), options);
}

test('a right bundle is verified, in the first run and in a later one', async () => {
    for (const isFirst of [true, false]) {
        const report = await check(makeBundle(SOMEWHERE, { isFirst }));
        assert.equal(report.fault, undefined);
        assert.equal(report.exit, 0);
        assert.match(printText(report), /VERIFIED OFFLINE/);
    }
});

test('the small bundle has a bit of everything', () => {
    const { core } = makeBundle(SOMEWHERE);
    const reasons = new Set(core.baselines.flatMap(({ excluded }) => excluded.map(({ reason }) => reason)));
    assert.ok(['WEEKEND', 'HOLIDAY', 'EVENT', 'INCOMPLETE'].every((reason) => reasons.has(reason)));
    assert.ok(core.lines.some((line) => line.outage_wh > 0n));
    assert.ok(core.lines.some((line) => line.missing_meters > 0n));
    assert.ok(core.lines.some((line) => line.delivered_wh > 0n && line.delivered_wh < line.ordered_wh));
    assert.ok(core.baselines.some((baseline) => baseline.has_enough_days === 0n));
});

test('the first wrong row is named with what was expected', async () => {
    const bundle = makeBundle(SOMEWHERE);
    bundle.core.lines[2].paid_micros += 1n;
    const report = await check(bundle);
    assert.equal(report.exit, 1);
    assert.equal(report.fault.pointer, '/core/lines/2/paid_micros');
    assert.equal(BigInt(report.fault.found), BigInt(report.fault.expected) + 1n);
});

test('without a chain and without --offline the answer is incomplete', async () => {
    assert.equal((await check(makeBundle(SOMEWHERE), {})).exit, 2);
});

test('a missing part is incomplete, a strange one unreadable', async () => {
    const { certificate, ...rest } = makeBundle(SOMEWHERE);
    assert.equal((await check(rest)).exit, 2);
    assert.equal((await check({ ...rest, certificate: { settlement: certificate.settlement } })).exit, 2);
    assert.equal((await check({ ...rest, certificate, extra: 1n })).exit, 3);
});

test('what is no bundle is unreadable', async () => {
    const texts = ['', '{', 'null', '[]', '{"format":"other"}', '{"format":1.5}', '{"a":1,"a":2}', `${'['.repeat(99)}`];
    for (const text of texts) assert.equal((await verify(text, { offline: true })).exit, 3, text);
});

test('a signature by somebody else is named', async () => {
    const bundle = makeBundle(SOMEWHERE);
    const { signatures } = bundle.certificate.settlement;
    signatures[1].signature = signatures[0].signature;
    const report = await check(bundle);
    assert.equal(report.exit, 1);
    assert.equal(report.fault.pointer, '/certificate/settlement/signatures/1/signer');
});

/* Seeded, so that a failure can be repeated. */
function* randomNumbers(state, count) {
    for (let i = 0; i < count; i += 1) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        yield state;
    }
}

test('broken bytes are told, never thrown', async () => {
    const text = canonicalJson(makeBundle(SOMEWHERE));
    const pieces = ['', '"', '{', '}', '[', ']', ',', ':', '0', '-', '1e9', 'null', 'true', '\\u0000', '\u00e9', '{}', '[]', '""', '99999999999999999999', '0x'];
    for (const number of randomNumbers(7, 400)) {
        const place = number % text.length;
        const length = 1 + ((number >>> 9) % 40);
        const broken = text.slice(0, place) + pieces[(number >>> 3) % pieces.length] + text.slice(place + length);
        const { exit } = await verify(broken, { offline: true });
        assert.ok([1, 2, 3].includes(exit) || broken === text, `exit ${exit} after a change at ${place}`);
    }
});

const builds = ['dev', 'release'].map((preset) => new URL(`../../../build/${preset}/tests/support/small_bundle`, import.meta.url).pathname);
const maker = builds.find((path) => existsSync(path));

test('a bundle made by the C rules is verified: two implementations, the same bytes', { skip: maker ? false : 'small_bundle is not built' }, async () => {
    const report = await verify(execFileSync(maker, ['bundle'], { encoding: 'utf8' }), { offline: true });
    assert.equal(report.fault, undefined);
    assert.equal(report.exit, 0);
});
