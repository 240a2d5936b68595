// SPDX-License-Identifier: Apache-2.0
// The verification itself: a list of steps that either say what they confirmed or throw. Pure but for
// what the chain reader does; runs in node and in a browser.
import { readBundle, signedOf } from './bundle.mjs';
import { ChainReader } from './chain.mjs';
import { checkCommitment, contentHash } from './commitment.mjs';
import { Incomplete, Mismatch, Unreadable, require, requireSame } from './fault.mjs';
import { checkSettlement, entitlementTree } from './settlement.mjs';
import { recoverSigner } from './signature.mjs';

export const EXIT = { verified: 0, mismatch: 1, incomplete: 2, unreadable: 3 };

/* A core's own pointers start at the core; put them into the bundle. */
function within(prefix, check) {
    try {
        return check();
    } catch (fault) {
        if (fault instanceof Mismatch) fault.pointer = `${prefix}${fault.pointer}`;
        throw fault;
    }
}

function checkCores(scene) {
    const { core, commitment } = scene.bundle;
    within('/commitment', () => checkCommitment(commitment));
    within('/core', () => checkSettlement(core));
    return `${core.orders.length} orders, ${core.meters.length} meters, ${core.lines.length} lines: every number recomputed`;
}

function checkTogether(scene) {
    const { core, commitment, chain } = scene.bundle;
    requireSame('/core/commitment/data_hash', 'hash of the commitment core', contentHash(commitment), core.commitment.data_hash);
    requireSame('/core/commitment/root', 'root of the commitment', commitment.root, core.commitment.root);
    requireSame('/core/commitment/revision', 'revision of the commitment', commitment.revision, core.commitment.revision);
    ['realm', 'event', 'rules', 'orders'].forEach((key) => requireSame(`/core/${key}`, 'as it was committed', commitment[key], core[key]));
    requireSame('/core/order_salts', 'as they were committed', commitment.salts, core.order_salts);
    ['chain_id', 'ledger'].forEach((key) => {
        requireSame(`/core/chain/${key}`, 'as it was committed', commitment.chain[key], core.chain[key]);
        requireSame(`/chain/${key}`, 'the contract that the core names', core.chain[key], chain[key]);
    });
    return `settlement and commitment agree, commitment ${core.commitment.root}`;
}

/* A clearance has one certificate, a settlement bundle has two. */
function pointerOf(kind) {
    return kind === 'clearance' ? '/certificate' : `/certificate/${kind}`;
}

/** Digest and signers of one certificate of the bundle. */
export function checkCertificate(scene, kind) {
    const { digest, signatures } = scene.bundle.certificate[kind];
    const pointer = pointerOf(kind);
    requireSame(`${pointer}/digest`, 'digest over the whole core, also of what no result depends on', scene.signed[kind].digest, digest);
    signatures.forEach(({ signer, signature }, i) => {
        requireSame(`${pointer}/signatures/${i}/signer`, 'who made the signature', recoverSigner(digest, signature), signer);
    });
    return `${signatures.length} signatures over the ${kind} ${digest}`;
}

const OFFLINE = [
    ['recomputation', checkCores],
    ['promise', checkTogether],
    ['commitment certificate', (scene) => checkCertificate(scene, 'commitment')],
    ['settlement certificate', (scene) => checkCertificate(scene, 'settlement')],
];

async function checkContract({ bundle, chain }) {
    requireSame('/chain/chain_id', 'chain that answers', await chain.chainId(), bundle.chain.chain_id);
    if (!await chain.hasCode()) throw new Incomplete('/chain/ledger', 'there is no contract at this address');
    const { quorum } = bundle.chain;
    if (quorum) requireSame('/chain/quorum', 'registry of the ledger', await chain.quorum(), quorum);
    return `ledger ${bundle.chain.ledger} on chain ${bundle.chain.chain_id}`;
}

/** The signers are a quorum of a registered set. */
export async function checkQuorum({ bundle, chain }, kind, core) {
    const set = await chain.signerSet(core.chain.signer_set);
    const { signatures } = bundle.certificate[kind];
    require(set.n > 0n, '/core/chain/signer_set', 'a signer set of the registry', 'a known set', core.chain.signer_set);
    signatures.forEach(({ signer }, i) => {
        require(set.members.includes(signer), `${pointerOf(kind)}/signatures/${i}/signer`, 'a member of the signer set', set.members, signer);
    });
    if (BigInt(signatures.length) < set.q) throw new Incomplete(`${pointerOf(kind)}/signatures`, `${signatures.length} of ${set.q} signatures`);
    return `${kind}: ${signatures.length} of ${set.n} signers, ${set.q} needed${set.n === 1n ? ' (CENTRALIZED)' : ''}${set.active ? '' : ' (set retired since)'}`;
}

/* A late block does not undo a promise, but then the chain is no witness that it was made before. */
function printLead(deliveryStart, mined) {
    if (mined === undefined) return '';
    if (mined < deliveryStart) return `, mined ${deliveryStart - mined} s before delivery`;
    return `, mined ${mined - deliveryStart} s AFTER the start of delivery: that it was signed before, only the certificate says`;
}

async function checkCommitmentOnChain({ bundle, chain, signed }) {
    const { message, digest } = signed.commitment;
    const found = await chain.commitmentOf(message.eventId);
    if (BigInt(found.root) === 0n) throw new Incomplete('/commitment', 'the commitment is not on the chain');
    requireSame('/commitment/root', 'commitment root on the chain', found.root, message.commitmentRoot);
    requireSame('/commitment/max_liability_micros', 'liability on the chain', found.maxLiability, message.maxLiability);
    requireSame('/commitment/revision', 'revision on the chain', found.revision, message.revision);
    requireSame('/certificate/commitment/digest', 'digest on the chain', found.digestPrefix, digest.slice(0, 32));
    const mined = bundle.chain.commitment_tx ? await chain.minedAt(bundle.chain.commitment_tx) : undefined;
    return `commitment stands on the chain${printLead(message.deliveryStart, mined)}`;
}

/* A later run of the event has replaced the record; the log of this one remains. */
async function checkLog({ chain, signed }) {
    const { message } = signed.settlement;
    const log = await chain.settledLog(message.eventId, message.sequence);
    if (!log) throw new Incomplete('/core', 'the settlement is not on the chain');
    const expected = Object.fromEntries(Object.keys(log).map((key) => [key, log[key]]));
    const found = Object.fromEntries(Object.keys(log).map((key) => [key, message[key]]));
    requireSame('/core', 'event of the run on the chain', expected, found);
    return `run ${message.sequence} was posted; a later run of the event has followed`;
}

async function checkSettlementOnChain(scene) {
    const { message, digest } = scene.signed.settlement;
    const found = await scene.chain.settlementOf(message.eventId);
    if (found.runType === 0n) throw new Incomplete('/core', 'the settlement is not on the chain');
    if (found.revision > message.revision) return checkLog(scene);
    requireSame('/certificate/settlement/digest', 'digest on the chain', found.digest, digest);
    return `run ${message.sequence} stands on the chain with this digest`;
}

async function checkState(scene) {
    const { message } = scene.signed.settlement;
    const state = await scene.chain.state();
    require(state.paidTotal <= state.entitledTotal, '/chain', 'paid within entitled', state.entitledTotal, state.paidTotal);
    const owed = state.entitledTotal + state.openLiabilities;
    require(owed <= state.funded, '/chain', 'owed within funded', state.funded, owed);
    scene.isNewest = state.sequence === message.sequence;
    if (!scene.isNewest) return `the ledger is at run ${state.sequence}`;
    requireSame('/core/entitlement_root', 'current root on the chain', state.root, message.entitlementRoot);
    requireSame('/core/total_micros', 'current total on the chain', state.entitledTotal, message.total);
    return `this is the newest run; ${state.paidTotal} of ${state.entitledTotal} micros paid, ${state.funded} funded`;
}

async function checkClaim({ bundle, chain, isNewest }, index) {
    const item = bundle.core.entitlements[index];
    const pointer = `/core/entitlements/${index}`;
    const paid = await chain.paid(item.payee);
    if (!isNewest) return `${item.payee} received ${paid} so far`;
    require(paid <= item.lifetime_micros, `${pointer}/lifetime_micros`, 'not paid more than due', `at least ${paid}`, item.lifetime_micros);
    if (paid === item.lifetime_micros) return `${item.payee} received all of ${paid}`;
    if (await chain.isPaused()) return `${item.payee} is due ${item.lifetime_micros - paid}; the ledger is paused`;
    const proof = entitlementTree(bundle.core).proof(index);
    const pays = await chain.wouldPay(item.payee, item.lifetime_micros, item.salt, proof);
    require(pays, pointer, 'the contract accepts the claim', 'a payment', 'a refusal');
    return `${item.payee} received ${paid} of ${item.lifetime_micros}; the contract accepts the claim of the rest`;
}

async function checkClaims(scene) {
    const { entitlements } = scene.bundle.core;
    const isWanted = (item) => (scene.payee ? item.payee === scene.payee : item.lifetime_micros > 0n);
    const wanted = entitlements.map((_, i) => i).filter((i) => isWanted(entitlements[i]));
    if (scene.payee && wanted.length === 0) throw new Incomplete('/core/entitlements', `no entitlement of ${scene.payee}`);
    const found = [];
    for (const index of wanted) found.push(await checkClaim(scene, index));
    return found;
}

const ON_CHAIN = [
    ['contract', checkContract],
    ['commitment quorum', (scene) => checkQuorum(scene, 'commitment', scene.bundle.commitment)],
    ['settlement quorum', (scene) => checkQuorum(scene, 'settlement', scene.bundle.core)],
    ['commitment on chain', checkCommitmentOnChain],
    ['settlement on chain', checkSettlementOnChain],
    ['ledger state', checkState],
    ['claim', checkClaims],
];

function verdictOf(fault) {
    if (fault instanceof Mismatch) return 'mismatch';
    if (fault instanceof Incomplete) return 'incomplete';
    return fault instanceof Unreadable || fault instanceof RangeError ? 'unreadable' : undefined;
}

/** Runs steps and notes what each confirmed. */
export async function runSteps(steps, scene, checks) {
    for (const [check, step] of steps) [await step(scene)].flat().forEach((detail) => checks.push({ check, detail }));
}

/** Facts that a reader wants first. */
function summaryOf({ core }) {
    return {
        event_id: core.event.event_id,
        settlement_id: core.run.settlement_id,
        run: `${core.run.run_type} revision ${core.run.revision}, sequence ${core.run.sequence}`,
        delivery: `${core.event.from} to ${core.event.to}`,
        paid_micros: core.lines.reduce((sum, line) => sum + line.paid_micros, 0n),
        shortfall_micros: core.lines.reduce((sum, line) => sum + line.shortfall_micros, 0n),
        total_micros: core.total_micros,
    };
}

/** The report of a body of steps: what it throws of ours becomes the verdict. */
export async function reportOn(options, body) {
    const report = { verdict: 'verified', exit: EXIT.verified, offline: Boolean(options.offline), summary: undefined, checks: [], fault: undefined };
    try {
        await body(report);
    } catch (fault) {
        const verdict = verdictOf(fault);
        if (!verdict) throw fault;
        const { pointer = '', what = fault.message, expected, found } = fault;
        Object.assign(report, { verdict, exit: EXIT[verdict], fault: { pointer, what, expected, found } });
    }
    return report;
}

/**
 * Verifies the text of a bundle.
 * options: url of a JSON-RPC endpoint, or offline: true; fetch; payee (only this claim).
 * Gives { verdict, exit, summary, checks, fault }; throws only on a fault of its own.
 */
export async function verify(text, options) {
    return reportOn(options, async (report) => {
        const bundle = readBundle(text);
        const scene = { bundle, signed: signedOf(bundle), payee: options.payee?.toLowerCase() };
        report.summary = summaryOf(bundle);
        await runSteps(OFFLINE, scene, report.checks);
        if (options.offline) return;
        if (!options.url) throw new Incomplete('/chain', 'no RPC URL was given, so the chain was not asked');
        scene.chain = new ChainReader(options.url, bundle.chain.ledger, options.fetch);
        await runSteps(ON_CHAIN, scene, report.checks);
    });
}
