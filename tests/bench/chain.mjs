// SPDX-License-Identifier: Apache-2.0
// Measures gas with real transactions of real receipts: deploys the shipped artefacts on a private
// anvil, then commits, settles and claims with 10, 1,000 and 100,000 payees and 3 of 4 signatures.
// Gas is deterministic: the figures depend on the contracts only, not on the machine.
import { Wallet, concat } from 'ethers';
import { keccakText as id } from '../../oracle/verifier/src/keccak.mjs';
import { treeOf } from '../../oracle/verifier/src/merkle.mjs';
import { entitlementLeaf } from '../../oracle/verifier/src/settlement.mjs';
import { deployAll, gasOf, startAnvil } from '../support/anvil.mjs';

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

function sign(scene, type, message) {
    const domain = { name: 'Gridwitness', version: '1', chainId: scene.chainId, verifyingContract: scene.address };
    const parts = scene.signers.slice(0, 3).map((signer) => signer.signTypedData(domain, { [type]: types[type] }, message));
    return Promise.all(parts).then(concat);
}

async function openScene(url) {
    const signers = [1, 2, 3, 4].map((n) => new Wallet(id(`bench signer ${n}`)));
    signers.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    return { signers, ...await deployAll(url, signers.map(({ address }) => address), 10n ** 15n) };
}

function entitlements(event, count, lifetime) {
    const payees = Array.from({ length: count }, (_, i) => `0x${(BigInt(id(`payee ${count} ${i}`)) >> 96n).toString(16).padStart(40, '0')}`);
    const salts = payees.map((_, i) => id(`salt ${event} ${i}`));
    const leaves = payees.map((payee, i) => entitlementLeaf(payee, lifetime, salts[i]));
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
