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
import { startAnvil } from '../support/anvil.mjs';
import { agree as consent, artefact, certify as sign, deliveryDigest, tradeContract } from '../support/trade.mjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const BUILD = ['dev', 'release'].map((preset) => join(ROOT, 'build', preset)).find((path) => existsSync(join(path, 'gridwitness')));
const PROGRAM = BUILD && join(BUILD, 'gridwitness');
const SMALL = BUILD && join(BUILD, 'tests/support/small_bundle');
const SKIPPED = 77;
const HASH = id('metered delivery');

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
    return { provider, wallet, deployed: deployed() };
}

const certify = ({ wallet }, digest, count) => sign(['node-1', 'node-2', 'node-3', 'node-4'].map(wallet), digest, count);

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
    const { chainId } = await provider.getNetwork();
    const consents = await consent(chainId, deployed.trades, terms, [wallet('seller'), wallet('buyer')]);
    return { item, message, terms, consents, certificate: certify(scene, clearanceDigest(core, root)) };
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
    const token = new Contract(deployed.token, artefact('TestEuro').abi, wallet('deployer'));
    const trades = tradeContract(deployed.trades, wallet('sender'));
    const core = await makeCore(scene);
    const agreed = await agree(scene, core);
    const { item, terms, consents, message, certificate } = agreed;
    await (await token.mint(terms.buyer, 10_000_000n)).wait();
    await (await token.connect(wallet('buyer')).approve(deployed.trades, 10_000_000n)).wait();
    assert.equal(await trades.hashClearance(message), clearanceDigest(core, message.itemsRoot));
    await refuseToOpen(trades, agreed, scene);

    const delivery = { checkId: terms.checkId, tradeId: terms.tradeId, deliveredWh: 3000n, dataHash: HASH, epoch: 0n, signerSet: 1n };
    const delivered = deliveryDigest(31337, deployed.ledger, delivery);
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
