// SPDX-License-Identifier: Apache-2.0
// Grid clearances: what the C code wrote and three test keys signed is verified here, and whatever is changed is named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { clearedItems, verifyClearance } from '../src/clearance.mjs';
import { canonicalJson, parseJson } from '../src/json.mjs';
import { rootOfProof } from '../src/merkle.mjs';
import { leafOf } from '../src/typed_data.mjs';

const builds = ['dev', 'release'].map((preset) => new URL(`../../../build/${preset}/tests/support/small_bundle`, import.meta.url).pathname);
const maker = builds.find((path) => existsSync(path));
const skip = maker ? false : 'small_bundle is not built';

function made() {
    return parseJson(execFileSync(maker, ['clearance'], { encoding: 'utf8' }));
}

async function faultAfter(change) {
    const bundle = made();
    change(bundle);
    const { exit, fault } = await verifyClearance(canonicalJson(bundle), { offline: true });
    assert.notEqual(exit, 0);
    return fault.pointer;
}

test('a clearance made by the C code is verified: the same root, message and digest', { skip }, async () => {
    const report = await verifyClearance(canonicalJson(made()), { offline: true });
    assert.equal(report.fault, undefined);
    assert.equal(report.exit, 0);
    assert.equal(report.checks.length, 2);
    assert.match(report.checks[0].detail, /5 items, 3 of them cut/);
});

test('every item has a proof for the contract', { skip }, () => {
    const { root, items } = clearedItems(made().core);
    items.forEach(({ tradeId, seller, buyer, acceptedWh, salt, proof }) => {
        const leaf = leafOf(['bytes32', tradeId], ['address', seller], ['address', buyer], ['uint64', acceptedWh], ['bytes32', salt]);
        assert.equal(rootOfProof(leaf, proof), root);
    });
});

test('what is changed is named', { skip }, async () => {
    assert.equal(await faultAfter(({ core }) => { core.items[0].accepted_wh += 1n; }), '/core/items/0/accepted_wh');
    assert.equal(await faultAfter(({ core }) => { core.items[1].accepted_w = 25001n; core.items[1].accepted_wh = 6250n; }), '/core/items/1/accepted_w');
    assert.equal(await faultAfter(({ core }) => { core.items[2].salt = core.items[1].salt; }), '/core/items_root');
    assert.equal(await faultAfter(({ core }) => { core.verdict = 'ok'; }), '/core/verdict');
    assert.equal(await faultAfter(({ core }) => { core.network.version += 1n; }), '/certificate/digest');
    assert.equal(await faultAfter(({ core }) => { core.bases[0].p_w[0] += 1n; }), '/certificate/digest');
    assert.equal(await faultAfter(({ certificate }) => { [certificate.signatures[0].signature] = certificate.signatures.slice(1).map((item) => item.signature); }), '/certificate/signatures/0/signer');
    assert.equal(await faultAfter((bundle) => { bundle.format = 'gridwitness-bundle-1'; }), '/format');
    assert.equal(await faultAfter(({ core }) => { core.more = 1n; }), '/core/more');
});

/* Another value of the same kind, so that the form stays right where it can. */
function otherOf(value) {
    if (typeof value === 'bigint') return value + 1n;
    return value.endsWith('1') ? `${value.slice(0, -1)}2` : `${value.slice(0, -1)}1`;
}

function* placesOf(value, path = []) {
    if (typeof value !== 'object') yield path;
    else for (const key of Object.keys(value)) yield* placesOf(value[key], [...path, key]);
}

test('no field of a core can be changed unseen', { skip }, async () => {
    const whole = made();
    let changed = 0;
    for (const path of placesOf(whole.core)) {
        const owner = path.slice(0, -1).reduce((inner, key) => inner[key], whole.core);
        const right = owner[path.at(-1)];
        owner[path.at(-1)] = otherOf(right);
        const { exit } = await verifyClearance(canonicalJson(whole), { offline: true });
        assert.notEqual(exit, 0, path.join('/'));
        owner[path.at(-1)] = right;
        changed += 1;
    }
    assert.ok(changed > 120, `${changed} fields`);
});

test('without a chain to ask a clearance is incomplete', { skip }, async () => {
    const { exit } = await verifyClearance(canonicalJson(made()), {});
    assert.equal(exit, 2);
});
