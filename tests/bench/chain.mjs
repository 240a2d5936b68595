// SPDX-License-Identifier: Apache-2.0
// Measures gas with real transactions of real receipts: deploys the shipped artefacts on a private
// anvil, then commits, settles and claims with 10, 1,000 and 100,000 payees and 3 of 4 signatures.
// Gas is deterministic: the figures depend on the contracts only, not on the machine.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AbiCoder, ContractFactory, JsonRpcProvider, NonceManager, Wallet, concat, id, keccak256 } from 'ethers';
import { treeOf } from '../../oracle/verifier/src/merkle.mjs';

const TARGETS = { commit: 105000, settle: 105000, 'first claim': 100000, 'next claim': 75000 };
const TARGET_PAYEES = 1000;
const MICROS = 1000000n;

const types = {
    Commitment: fieldsOf('bytes32 eventId,uint16 revision,uint32 signerSet,uint64 epoch,uint64 deliveryStart,'
        + 'bytes32 commitmentRoot,uint96 maxLiability,bytes32 dataHash'),
    Settlement: fieldsOf('uint64 sequence,bytes32 eventId,uint16 revision,uint8 runType,uint32 signerSet,'
        + 'uint64 epoch,bytes32 commitmentRoot,bytes32 evidenceRoot,bytes32 entitlementRoot,uint96 total,'
        + 'bytes32 previousRoot,uint64 asOf,bytes32 dataHash'),
};

function fieldsOf(list) {
    return list.split(',').map((field) => field.split(' ')).map(([type, name]) => ({ type, name }));
}

function artefact(name) {
    return JSON.parse(readFileSync(new URL(`../../oracle/contracts/artifacts/${name}.json`, import.meta.url)));
}

async function startAnvil() {
    const program = new URL('../../tools/chain/anvil', import.meta.url).pathname;
    const child = spawn(program, ['--port', '0', '--accounts', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of child.stdout) {
        text += chunk;
        const found = /Listening on (\S+)/.exec(text);
        if (found) {
            child.stdout.destroy();
            return { child, url: `http://${found[1]}` };
        }
    }
    throw new Error('anvil did not start');
}

async function deploy(owner, name, ...args) {
    const { abi, bytecode } = artefact(name);
    const contract = await new ContractFactory(abi, bytecode, owner).deploy(...args);
    const receipt = await contract.deploymentTransaction().wait();
    return { contract, gas: Number(receipt.gasUsed) };
}

async function gasOf(sent) {
    return Number((await (await sent).wait()).gasUsed);
}

function sign(scene, type, message) {
    const domain = { name: 'Gridwitness', version: '1', chainId: scene.chainId, verifyingContract: scene.address };
    const parts = scene.signers.slice(0, 3).map((signer) => signer.signTypedData(domain, { [type]: types[type] }, message));
    return Promise.all(parts).then(concat);
}

async function openScene(url) {
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    const wallet = new Wallet(id('bench owner'), provider);
    await provider.send('anvil_setBalance', [wallet.address, '0x56bc75e2d63100000']);
    const owner = new NonceManager(wallet);
    const signers = [1, 2, 3, 4].map((n) => new Wallet(id(`bench signer ${n}`)));
    signers.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    const token = await deploy(owner, 'TestEuro', wallet.address);
    const quorum = await deploy(owner, 'SignerQuorum', wallet.address, signers.map((s) => s.address));
    const ledger = await deploy(owner, 'SettlementLedger', token.contract, quorum.contract, wallet.address, wallet.address);
    const funding = 10n ** 15n;
    await gasOf(token.contract.mint(wallet.address, funding));
    await gasOf(token.contract.approve(ledger.contract, funding));
    await gasOf(ledger.contract.fund(funding));
    const { chainId } = await provider.getNetwork();
    return {
        provider, signers, chainId, ledger: ledger.contract, address: await ledger.contract.getAddress(),
        deployGas: { SignerQuorum: quorum.gas, SettlementLedger: ledger.gas },
    };
}

function entitlements(event, count, lifetime) {
    const coder = AbiCoder.defaultAbiCoder();
    const payees = Array.from({ length: count }, (_, i) => `0x${(BigInt(id(`payee ${count} ${i}`)) >> 96n).toString(16).padStart(40, '0')}`);
    const salts = payees.map((_, i) => id(`salt ${event} ${i}`));
    const leaves = payees.map((payee, i) => keccak256(keccak256(
        coder.encode(['address', 'uint96', 'bytes32'], [payee, lifetime, salts[i]]))));
    return { payees, salts, lifetime, tree: treeOf(leaves) };
}

async function settleEvent(scene, name, count, lifetime) {
    const { ledger } = scene;
    const rise = BigInt(count) * lifetime;
    const commitment = {
        eventId: id(name), revision: 1, signerSet: 1, epoch: 0, deliveryStart: 1768924800,
        commitmentRoot: id(`orders ${name}`), maxLiability: rise, dataHash: id(`core ${name}`),
    };
    const commit = await gasOf(ledger.commit(commitment, await sign(scene, 'Commitment', commitment)));
    const tree = entitlements(name, count, lifetime);
    const settlement = {
        sequence: (await ledger.sequence()) + 1n, eventId: commitment.eventId, revision: 1, runType: 1, signerSet: 1,
        epoch: 0, commitmentRoot: commitment.commitmentRoot, evidenceRoot: id(`lines ${name}`),
        entitlementRoot: tree.tree.root, total: rise, previousRoot: await ledger.entitlementRoot(), asOf: 1768968000,
        dataHash: id(`settlement core ${name}`),
    };
    const settle = await gasOf(ledger.settle(settlement, await sign(scene, 'Settlement', settlement)));
    return { commit, settle, tree };
}

function claim(scene, { payees, salts, lifetime, tree }, index) {
    return gasOf(scene.ledger.claim(payees[index], lifetime, salts[index], tree.proof(index)));
}

/* Two runs per size: the first is the very first of its ledger state, the second the steady state. */
async function measure(url, count) {
    const scene = await openScene(url);
    const warm = await settleEvent(scene, `warm ${count}`, count, 3n * MICROS);
    await claim(scene, warm.tree, 1);
    const firstClaim = await claim(scene, warm.tree, 0);
    const steady = await settleEvent(scene, `steady ${count}`, count, 5n * MICROS);
    const nextClaim = await claim(scene, steady.tree, 0);
    scene.provider.destroy();
    return {
        deployGas: scene.deployGas,
        rows: { commit: steady.commit, settle: steady.settle, 'first claim': firstClaim, 'next claim': nextClaim },
        coldest: { commit: warm.commit, settle: warm.settle },
    };
}

function printRow(name, count, gas) {
    const target = TARGETS[name];
    const binds = count === TARGET_PAYEES || name === 'commit' || name === 'settle';
    const ratio = (gas / target).toFixed(3);
    console.log(`${name.padEnd(14)}${String(count).padStart(9)}${String(gas).padStart(10)}${String(target).padStart(10)}`
        + `${ratio.padStart(8)}  ${binds ? (gas <= target ? 'ok' : 'MISSED') : 'no target'}`);
    return !binds || gas <= target;
}

function printSize(count, { rows, coldest }) {
    const good = Object.entries(rows).map(([name, gas]) => printRow(name, count, gas));
    console.log(`${''.padEnd(14)}${''.padStart(9)}  (very first of a new ledger: commit ${coldest.commit}, settle ${coldest.settle})`);
    return good.every(Boolean);
}

async function main() {
    const { child, url } = await startAnvil();
    try {
        console.log(`${'operation'.padEnd(14)}${'payees'.padStart(9)}${'gas'.padStart(10)}${'target'.padStart(10)}${'ratio'.padStart(8)}`);
        let good = true;
        for (const count of [10, 1000, 100000]) {
            const result = await measure(url, count);
            good = printSize(count, result) && good;
            if (count === 10) console.log(`deploy: ${JSON.stringify(result.deployGas)}`);
        }
        process.exitCode = good ? 0 : 1;
    } finally {
        child.kill('SIGTERM');
    }
}

await main();
