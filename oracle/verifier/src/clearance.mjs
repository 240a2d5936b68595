// SPDX-License-Identifier: Apache-2.0
// Grid clearances (docs/CHECKS.md): the message, tree and digest that a clearance core stands for, and the
// verification of its bundle. The power flow is the nodes' own work and is not repeated here.
import { contentHash } from './commitment.mjs';
import { parseBundle, requireParts } from './bundle.mjs';
import { ChainReader } from './chain.mjs';
import { Incomplete, Unreadable, require, requireSame } from './fault.mjs';
import { certificate, clearanceCore } from './layout.mjs';
import { treeOf } from './merkle.mjs';
import { parseInstant, secondsOf } from './time.mjs';
import { CLEARANCE, checkIdOf, domainSeparator, leafOf, tradeIdOf, typedDigest } from './typed_data.mjs';
import { checkCertificate, checkQuorum, reportOn, runSteps } from './verify.mjs';

const FORMAT = 'gridwitness-clearance-bundle-1';

function secondsAt(text) {
    return secondsOf(parseInstant(text));
}

/** Root over the items of a core, and each item with what the trade contract wants of it. */
export function clearedItems(core) {
    const duration = secondsAt(core.to) - secondsAt(core.from);
    const items = core.items.map(({ id, seller, buyer, salt, accepted_w: acceptedW }) => ({
        id, seller, buyer, salt, tradeId: tradeIdOf(core.check_id, id), acceptedWh: (acceptedW * duration) / 3600n,
    }));
    const leaves = items.map(({ tradeId, seller, buyer, acceptedWh, salt }) => leafOf(
        ['bytes32', tradeId], ['address', seller], ['address', buyer], ['uint64', acceptedWh], ['bytes32', salt],
    ));
    const tree = treeOf(leaves);
    return { root: tree.root, items: items.map((item, i) => ({ ...item, proof: tree.proof(i) })) };
}

/** Message that the nodes sign. */
export function clearanceMessage(core, root) {
    return {
        checkId: checkIdOf(core.check_id),
        signerSet: core.chain.signer_set,
        epoch: core.chain.epoch,
        networkHash: core.network.hash,
        intervalStart: secondsAt(core.from),
        intervalEnd: secondsAt(core.to),
        itemsRoot: root,
        expiresAt: secondsAt(core.expires_at),
        dataHash: contentHash(core),
    };
}

/** EIP-712 digest of that message in the ledger's domain. */
export function clearanceDigest(core, root) {
    return typedDigest(domainSeparator(core.chain.chain_id, core.chain.ledger), CLEARANCE, clearanceMessage(core, root));
}

function readClearance(text) {
    const raw = parseBundle(text);
    if (raw?.format !== FORMAT) throw new Unreadable('/format', `expected ${FORMAT}`);
    requireParts(raw, ['format', 'core', 'certificate'], '');
    const core = clearanceCore(raw.core, '/core');
    return { core, chain: core.chain, certificate: { clearance: certificate(raw.certificate, '/certificate') } };
}

function checkItems({ bundle: { core } }) {
    const { root, items } = clearedItems(core);
    core.items.forEach((item, i) => {
        const pointer = `/core/items/${i}`;
        requireSame(`${pointer}/trade_id`, 'pseudonym of check and item', items[i].tradeId, item.trade_id);
        requireSame(`${pointer}/accepted_wh`, 'accepted power over the interval, floored', items[i].acceptedWh, item.accepted_wh);
        require(item.accepted_w <= item.requested_w, `${pointer}/accepted_w`, 'not above the request', item.requested_w, item.accepted_w);
    });
    requireSame('/core/items_root', 'root over the salted items', root, core.items_root);
    const cut = core.items.filter((item) => item.accepted_w < item.requested_w).length;
    requireSame('/core/verdict', 'cut or not', cut === 0 ? 'ok' : 'curtailed', core.verdict);
    return `${core.items.length} items, ${cut} of them cut; root ${root}`;
}

async function checkContract({ bundle, chain }) {
    requireSame('/core/chain/chain_id', 'chain that answers', await chain.chainId(), bundle.core.chain.chain_id);
    if (!await chain.hasCode()) throw new Incomplete('/core/chain/ledger', 'there is no contract at this address');
    return `ledger ${bundle.core.chain.ledger} on chain ${bundle.core.chain.chain_id}`;
}

const OFFLINE = [
    ['items', checkItems],
    ['certificate', (scene) => checkCertificate(scene, 'clearance')],
];
const ON_CHAIN = [
    ['contract', checkContract],
    ['quorum', (scene) => checkQuorum(scene, 'clearance', scene.bundle.core)],
];

const CLOSING = 'VERIFIED: a quorum of registered nodes has signed exactly these items for this network. That no limit is broken is their word.';
const CLOSING_OFFLINE = 'VERIFIED OFFLINE: items, message and signatures fit. The chain was NOT asked whether the signers are registered.';

/** Verifies the text of a clearance bundle; options and report as in verify(). */
export async function verifyClearance(text, options) {
    return reportOn(options, async (report) => {
        const bundle = readClearance(text);
        const { core } = bundle;
        const scene = { bundle, signed: { clearance: { digest: clearanceDigest(core, core.items_root) } } };
        report.closing = options.offline ? CLOSING_OFFLINE : CLOSING;
        report.summary = { check_id: core.check_id, network: `${core.network.id} version ${core.network.version}`, interval: `${core.from} to ${core.to}`, expires_at: core.expires_at };
        await runSteps(OFFLINE, scene, report.checks);
        if (options.offline) return;
        if (!options.url) throw new Incomplete('/chain', 'no RPC URL was given, so the chain was not asked');
        scene.chain = new ChainReader(options.url, core.chain.ledger, options.fetch);
        await runSteps(ON_CHAIN, scene, report.checks);
    });
}
