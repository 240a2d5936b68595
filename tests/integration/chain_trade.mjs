#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Peer-to-peer trades on a real chain: `gridwitness chain deploy --trades` puts the contract beside the ledger, the
// core of a grid check is cleared by three of four nodes, seller and buyer agree, three nodes attest the delivery, and
// the seller is paid. Without the certificate, or with a tampered one, nothing moves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contract, JsonRpcProvider, Wallet, id } from 'ethers';
import { clearanceDigest, clearanceMessage, clearedItems } from '../../oracle/verifier/src/clearance.mjs';
import { parseJson } from '../../oracle/verifier/src/json.mjs';
import { TRADE_DELIVERY, domainSeparator, typedDigest } from '../../oracle/verifier/src/typed_data.mjs';
import { startAnvil } from '../support/anvil.mjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const BUILD = ['dev', 'release'].map((preset) => join(ROOT, 'build', preset)).find((path) => existsSync(join(path, 'gridwitness')));
const PROGRAM = BUILD && join(BUILD, 'gridwitness');
const SMALL = BUILD && join(BUILD, 'tests/support/small_bundle');
const SKIPPED = 77;
const HASH = id('metered delivery');
const TERMS = {
    TradeTerms: ['bytes32 checkId', 'bytes32 tradeId', 'address seller', 'address buyer', 'uint64 energyWh', 'uint64 price', 'uint64 settleBy']
        .map((field) => field.split(' ')).map(([type, name]) => ({ type, name })),
};

function run(program, ...args) {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(status, 0, `${args.slice(0, 2).join(' ')}: ${stdout}${stderr}`);
    return stdout;
}

async function prepare(folder, url) {
    const path = (name) => join(folder, name);
    run(PROGRAM, 'keygen', '--out', path('keys'), '--realm', 'grid', '--nodes', '4', '--aggregators', 'seller,buyer');
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    const wallet = (name) => new Wallet(readFileSync(path(`keys/${name}.eth`), 'utf8').trim().replace(/^(0x)?/, '0x'), provider);
    for (const name of ['deployer', 'sender', 'funder', 'seller', 'buyer']) {
        await provider.send('anvil_setBalance', [wallet(name).address, '0x56bc75e2d63100000']);
    }
    writeFileSync(path('gateway.ini'), ['[chain]', `rpc_url = ${url}`, 'chain_id = 31337', `deployment_file = ${path('chain.json')}`,
        `keys_dir = ${path('keys')}`, `artifacts_dir = ${join(ROOT, 'oracle/contracts/artifacts')}`, ''].join('\n'));
    const deploy = (...more) => run(PROGRAM, 'chain', 'deploy', '--config', path('gateway.ini'), '--fund-micros', '1000', '--mint-micros', '2000', ...more);
    const deployed = () => JSON.parse(readFileSync(path('chain.json'), 'utf8'));
    deploy();
    assert.equal(deployed().trades, undefined, 'the trade contract is optional');
    deploy('--trades');
    const { trades } = deployed();
    deploy('--trades');
    assert.equal(deployed().trades, trades, 'deploying again changes nothing');
    assert.match(run(PROGRAM, 'chain', 'status', '--config', path('gateway.ini')), new RegExp(`trades +${trades}`));
    return { provider, wallet, deployed: deployed(), contract: (address, name, by) => new Contract(address, abiOf(name), by) };
}

function abiOf(name) {
    return JSON.parse(readFileSync(join(ROOT, `oracle/contracts/artifacts/${name}.json`), 'utf8')).abi;
}

function certify({ wallet }, digest, count = 3) {
    const nodes = ['node-1', 'node-2', 'node-3', 'node-4'].map(wallet);
    nodes.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    return `0x${nodes.slice(0, count).map((node) => node.signingKey.sign(digest).serialized.slice(2)).join('')}`;
}

/* The fixture's check for this chain, this ledger and these two parties; the interval lies shortly ahead of the chain. */
async function makeCore({ provider, wallet, deployed }) {
    const { core } = parseJson(run(SMALL, 'clearance'));
    const now = (await provider.getBlock('latest')).timestamp;
    const at = (seconds) => new Date((now + seconds) * 1000).toISOString().replace('.000', '');
    const address = (name) => wallet(name).address.toLowerCase();
    return {
        ...core,
        chain: { ...core.chain, ledger: deployed.ledger.toLowerCase() },
        checked_at: at(0), sign_by: at(60), from: at(600), to: at(1500), expires_at: at(500),
        items: core.items.map((item) => ({ ...item, seller: address('seller'), buyer: address('buyer') })),
    };
}

async function reverts(promise, name) {
    await assert.rejects(promise, (fault) => {
        assert.equal(fault.revert?.name ?? fault.data?.slice(0, 10), name);
        return true;
    });
}

/* Terms of the first item, signed by both, and the certificate of the check. */
async function agree(scene, core) {
    const { deployed, wallet, provider } = scene;
    const { root, items } = clearedItems(core);
    const [item] = items;
    const message = clearanceMessage(core, root);
    const terms = {
        checkId: message.checkId, tradeId: item.tradeId, seller: wallet('seller').address, buyer: wallet('buyer').address,
        energyWh: item.acceptedWh, price: 220000n, settleBy: message.intervalEnd + 86400n,
    };
    const domain = { name: 'Gridwitness Trade', version: '1', chainId: (await provider.getNetwork()).chainId, verifyingContract: deployed.trades };
    const consent = (name) => wallet(name).signTypedData(domain, TERMS, terms);
    return { item, message, terms, consents: [await consent('seller'), await consent('buyer')], certificate: certify(scene, clearanceDigest(core, root)) };
}

async function refuseToOpen(trades, { item, message, terms, consents, certificate }, scene) {
    const open = (change) => {
        const call = { message, certificate, acceptedWh: item.acceptedWh, ...change };
        return trades.open.staticCall(terms, ...consents, call.message, call.certificate, call.acceptedWh, item.salt, item.proof);
    };
    await reverts(open({ certificate: '0x' }), 'SignatureCountInvalid');
    await reverts(open({ certificate: certify(scene, id('another digest')) }), 'SignerNotMember');
    await reverts(open({ message: { ...message, expiresAt: message.expiresAt + 1n } }), 'SignerNotMember');
    await reverts(open({ message: { ...message, networkHash: id('another network') } }), 'SignerNotMember');
    await reverts(open({ acceptedWh: item.acceptedWh + 1n }), 'ItemNotCleared');
}

async function play(folder, url) {
    const scene = await prepare(folder, url);
    const { provider, wallet, deployed } = scene;
    const quorum = scene.contract(deployed.quorum, 'SignerQuorum');
    const token = scene.contract(deployed.token, 'TestEuro', wallet('deployer'));
    const abi = [...abiOf('TradeSettlement'), ...quorum.interface.fragments.filter(({ type }) => type === 'error').map((e) => e.format('full'))];
    const trades = new Contract(deployed.trades, abi, wallet('sender'));
    const core = await makeCore(scene);
    const agreed = await agree(scene, core);
    const { item, terms, consents, message, certificate } = agreed;
    await (await token.mint(terms.buyer, 10_000_000n)).wait();
    await (await token.connect(wallet('buyer')).approve(deployed.trades, 10_000_000n)).wait();
    assert.equal(await trades.hashClearance(message), clearanceDigest(core, message.itemsRoot));
    await refuseToOpen(trades, agreed, scene);

    const delivery = { checkId: terms.checkId, tradeId: terms.tradeId, deliveredWh: 3000n, dataHash: HASH, epoch: 0n, signerSet: 1n };
    const delivered = typedDigest(domainSeparator(31337n, deployed.ledger.toLowerCase()), TRADE_DELIVERY, delivery);
    assert.equal(await trades.hashDelivery(delivery), delivered);
    await reverts(trades.settle.staticCall(terms, delivery, certify(scene, delivered)), 'TradeNotOpen');

    const opened = await (await trades.open(terms, ...consents, message, certificate, item.acceptedWh, item.salt, item.proof)).wait();
    assert.equal(await token.balanceOf(deployed.trades), item.acceptedWh * 220n);
    await reverts(trades.settle.staticCall(terms, delivery, certify(scene, delivered)), 'DeliveryTooEarly');
    await provider.send('evm_increaseTime', [1600]);
    await provider.send('evm_mine', []);
    await reverts(trades.settle.staticCall(terms, delivery, certify(scene, delivered, 2)), 'SignatureCountInvalid');
    await reverts(trades.settle.staticCall(terms, { ...delivery, deliveredWh: 4000n }, certify(scene, delivered)), 'SignerNotMember');
    const settled = await (await trades.settle(terms, delivery, certify(scene, delivered))).wait();
    assert.equal(await token.balanceOf(terms.seller), 660_000n);
    assert.equal(await token.balanceOf(deployed.trades), 0n);
    await reverts(trades.settle.staticCall(terms, delivery, certify(scene, delivered)), 'TradeNotOpen');
    provider.destroy();
    console.log(`cleared, opened (${opened.gasUsed} gas), delivered and paid (${settled.gasUsed} gas)`);
}

async function main() {
    if (!PROGRAM || !existsSync(SMALL)) {
        console.log('skipped: gridwitness is not built');
        return SKIPPED;
    }
    const folder = mkdtempSync(join(tmpdir(), 'gw-trade-'));
    const { child, url } = await startAnvil();
    try {
        await play(folder, url);
        return 0;
    } finally {
        child.kill('SIGTERM');
        rmSync(folder, { recursive: true });
    }
}

process.exitCode = await main();
