#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// `gridwitness chain` on a real chain: deploys the shipped contracts with keys of `keygen`, a run signed by three
// of the four nodes is posted, a payee claims from the evidence bundle, and gwverify confirms it before and after.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import { signedOf } from '../../oracle/verifier/src/bundle.mjs';
import { contentHash, promise } from '../../oracle/verifier/src/commitment.mjs';
import { canonicalJson, parseJson } from '../../oracle/verifier/src/json.mjs';
import { commitmentCore, settlementCore } from '../../oracle/verifier/src/layout.mjs';
import { settle } from '../../oracle/verifier/src/settlement.mjs';
import { makeCommitment, makeSettlement } from '../../oracle/verifier/test/support.mjs';
import { startAnvil } from '../support/anvil.mjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const PROGRAM = ['dev', 'release'].map((preset) => join(ROOT, 'build', preset, 'gridwitness')).find((path) => existsSync(path));
const VERIFIER = join(ROOT, 'build/gwverify.mjs');
const SKIPPED = 77;

function run(program, ...args) {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(status, 0, `${args.slice(0, 2).join(' ')}: ${stdout}${stderr}`);
    return stdout;
}

/* Keys, a configuration and ether for those who send. */
async function prepare(folder, url) {
    const path = (name) => join(folder, name);
    run(PROGRAM, 'keygen', '--out', path('keys'), '--realm', 'demo', '--nodes', '4', '--aggregators', 'agg-a,agg-b');
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    const wallet = (name) => new Wallet(readFileSync(path(`keys/${name}.eth`), 'utf8').trim().replace(/^(0x)?/, '0x'), provider);
    for (const name of ['deployer', 'sender', 'funder', 'agg-a']) {
        await provider.send('anvil_setBalance', [wallet(name).address, '0x56bc75e2d63100000']);
    }
    writeFileSync(path('gateway.ini'), ['[chain]', `rpc_url = ${url}`, 'chain_id = 31337', `deployment_file = ${path('chain.json')}`,
        `keys_dir = ${path('keys')}`, `artifacts_dir = ${join(ROOT, 'oracle/contracts/artifacts')}`, ''].join('\n'));
    run(PROGRAM, 'chain', 'deploy', '--config', path('gateway.ini'), '--fund-micros', '1000000000', '--mint-micros', '2000000000');
    return { path, provider, wallet, deployed: JSON.parse(readFileSync(path('chain.json'), 'utf8')) };
}

/* The small evening of the verifier's tests with the payees of this installation. */
function makeCores({ wallet, deployed }) {
    const first = wallet('agg-a').address.toLowerCase();
    const localised = (core, kind) => kind(parseJson(canonicalJson(core).replaceAll(`0x${'11'.repeat(20)}`, first)), '');
    const promised = localised(makeCommitment({ chain_id: 31337n, ledger: deployed.ledger.toLowerCase() }), commitmentCore);
    const commitment = { ...promised, ...promise(promised) };
    const made = makeSettlement(commitment, { isFirst: true, asOf: '2026-01-20T18:00:00Z' });
    made.entitlements[0].payee = first;
    made.entitlements.sort((a, b) => (a.payee < b.payee ? -1 : 1));
    const settled = localised({ ...made, commitment: { ...made.commitment, data_hash: contentHash(commitment) } }, settlementCore);
    return { commitment, core: { ...settled, ...settle(settled) } };
}

function certify({ wallet }, digest) {
    const nodes = ['node-1', 'node-2', 'node-3', 'node-4'].map(wallet);
    nodes.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    const sign = (node) => ({ signer: node.address.toLowerCase(), signature: node.signingKey.sign(digest).serialized });
    return { digest, signatures: nodes.slice(1).map(sign) };
}

async function post({ wallet, deployed }, signed, certificate) {
    const { abi } = JSON.parse(readFileSync(join(ROOT, 'oracle/contracts/artifacts/SettlementLedger.json'), 'utf8'));
    const ledger = new Contract(deployed.ledger, abi, wallet('sender'));
    const joined = ({ signatures }) => `0x${signatures.map(({ signature }) => signature.slice(2)).join('')}`;
    await (await ledger.commit(signed.commitment.message, joined(certificate.commitment))).wait();
    await (await ledger.settle(signed.settlement.message, joined(certificate.settlement))).wait();
}

async function play(folder, url) {
    const scene = await prepare(folder, url);
    const cores = makeCores(scene);
    const signed = signedOf(cores);
    const certificate = { settlement: certify(scene, signed.settlement.digest), commitment: certify(scene, signed.commitment.digest) };
    await post(scene, signed, certificate);
    scene.provider.destroy();
    const file = scene.path('bundle.json');
    const chain = { chain_id: 31337n, ledger: scene.deployed.ledger.toLowerCase(), quorum: scene.deployed.quorum.toLowerCase() };
    writeFileSync(file, canonicalJson({ format: 'gridwitness-bundle-1', ...cores, certificate, chain }));
    const payee = scene.wallet('agg-a').address.toLowerCase();
    const verify = () => run(process.execPath, VERIFIER, file, '--rpc', url, '--payee', payee);
    assert.match(verify(), /accepts the claim of the rest/);
    run(PROGRAM, 'chain', 'claim', '--config', scene.path('gateway.ini'), '--bundle', file, '--key', scene.path('keys/agg-a.eth'));
    assert.match(verify(), new RegExp(`${payee} received all of`));
}

async function main() {
    if (!PROGRAM || !existsSync(VERIFIER)) {
        console.log('skipped: gridwitness or gwverify is not built');
        return SKIPPED;
    }
    const folder = mkdtempSync(join(tmpdir(), 'gw-chain-'));
    const { child, url } = await startAnvil();
    try {
        await play(folder, url);
        console.log('deployed, posted, claimed and verified');
        return 0;
    } finally {
        child.kill('SIGTERM');
        rmSync(folder, { recursive: true });
    }
}

process.exitCode = await main();
