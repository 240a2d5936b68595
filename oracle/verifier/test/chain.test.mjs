// SPDX-License-Identifier: Apache-2.0
// The bundled program against a real chain with the shipped contracts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { deployAll, startAnvil } from '../../../tests/support/anvil.mjs';
import { signedOf } from '../src/bundle.mjs';
import { canonicalJson } from '../src/json.mjs';
import { entitlementTree } from '../src/settlement.mjs';
import { verify } from '../src/verify.mjs';
import { SIGNERS, makeBundle } from './support.mjs';

let anvil;
let scene;
let bundle;

function signaturesOf(kind) {
    return `0x${bundle.certificate[kind].signatures.map(({ signature }) => signature.slice(2)).join('')}`;
}

async function send(sent) {
    return (await (await sent).wait()).hash;
}

async function claim(index) {
    const { payee, lifetime_micros: lifetime, salt } = bundle.core.entitlements[index];
    await send(scene.ledger.claim(payee, lifetime, salt, entitlementTree(bundle.core).proof(index)));
}

function check(changed = {}, options = { url: anvil.url }) {
    return verify(canonicalJson({ ...bundle, ...changed }), { fetch, ...options });
}

before(async () => {
    anvil = await startAnvil();
    scene = await deployAll(anvil.url, SIGNERS.map(({ address }) => address), 10n ** 12n);
    const place = { chain_id: scene.chainId, ledger: scene.address.toLowerCase(), quorum: (await scene.quorum.getAddress()).toLowerCase() };
    bundle = makeBundle(place, { isFirst: true });
});

after(() => {
    scene.provider.destroy();
    anvil.child.kill('SIGTERM');
});

test('what is not on the chain yet is incomplete', async () => {
    const report = await check();
    assert.equal(report.exit, 2);
    assert.equal(report.fault.pointer, '/commitment');
});

test('the contract takes the digests that the verifier computes', async () => {
    const signed = signedOf(bundle);
    assert.equal(await scene.ledger.hashCommitment(signed.commitment.message), signed.commitment.digest);
    assert.equal(await scene.ledger.hashSettlement(signed.settlement.message), signed.settlement.digest);
    bundle.chain.commitment_tx = await send(scene.ledger.commit(signed.commitment.message, signaturesOf('commitment')));
    assert.equal((await check()).exit, 2);
    bundle.chain.settlement_tx = await send(scene.ledger.settle(signed.settlement.message, signaturesOf('settlement')));
});

test('a posted run is verified before, between and after the claims', async () => {
    const paysSomething = (i) => bundle.core.entitlements[i].lifetime_micros > 0n;
    const first = await check();
    assert.equal(first.fault, undefined);
    assert.match(first.checks.at(-1).detail, /accepts the claim/);
    const index = bundle.core.entitlements.findIndex((_, i) => paysSomething(i));
    await claim(index);
    const second = await check({}, { url: anvil.url, payee: bundle.core.entitlements[index].payee });
    assert.equal(second.exit, 0);
    assert.match(second.checks.at(-1).detail, /received all of/);
});

test('too few signatures are incomplete', async () => {
    const fewer = makeBundle(bundle.chain, { isFirst: true, signatures: 2 });
    assert.equal((await check({ certificate: fewer.certificate })).exit, 2);
});

test('another chain, another contract and no answer are told apart', async () => {
    assert.equal((await check({}, { url: 'http://127.0.0.1:1' })).exit, 2);
    const elsewhere = makeBundle({ ...bundle.chain, ledger: `0x${'ab'.repeat(20)}` }, { isFirst: true });
    assert.equal((await check(elsewhere)).fault.pointer, '/chain/ledger');
    const otherChain = makeBundle({ ...bundle.chain, chain_id: 1n }, { isFirst: true });
    const report = await check(otherChain);
    assert.equal(report.exit, 1);
    assert.equal(report.fault.pointer, '/chain/chain_id');
});

test('certified evidence that is not what was posted is a mismatch', async () => {
    const forged = structuredClone(bundle);
    forged.core.run.as_of = '2026-01-20T18:00:01Z';
    const { digest } = signedOf(forged).settlement;
    const other = makeBundle(bundle.chain, { isFirst: true, asOf: forged.core.run.as_of });
    assert.equal(other.certificate.settlement.digest, digest);
    const report = await check(other);
    assert.equal(report.exit, 1);
    assert.equal(report.fault.pointer, '/certificate/settlement/digest');
});

test('a run that was followed by another is still found on the chain', async () => {
    const next = makeBundle(bundle.chain, { isFirst: true, previous: bundle.core });
    const { signatures } = next.certificate.settlement;
    const posted = `0x${signatures.map(({ signature }) => signature.slice(2)).join('')}`;
    await send(scene.ledger.settle(signedOf(next).settlement.message, posted));
    const newer = await check(next);
    assert.equal(newer.fault, undefined);
    const older = await check();
    assert.equal(older.fault, undefined);
    assert.match(older.checks.find((item) => item.check === 'settlement on chain').detail, /a later run of the event has followed/);
});

const program = new URL('../../../build/gwverify.mjs', import.meta.url).pathname;

test('the bundled program says the same', { skip: existsSync(program) ? false : 'build/gwverify.mjs is not built' }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'gwverify-'));
    try {
        const file = join(folder, 'bundle.json');
        writeFileSync(file, canonicalJson(bundle));
        const run = (...args) => spawnSync(process.execPath, [program, file, ...args], { encoding: 'utf8' });
        const good = run('--rpc', anvil.url);
        assert.equal(good.status, 0, good.stdout);
        assert.match(good.stdout, /VERIFIED: every number/);
        assert.equal(JSON.parse(run('--offline', '--json').stdout).verdict, 'verified');
        assert.equal(run().status, 2);
        writeFileSync(file, 'nonsense');
        assert.equal(run('--offline').status, 3);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
