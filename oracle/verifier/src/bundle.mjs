// SPDX-License-Identifier: Apache-2.0
// Reads an evidence bundle (docs/EVIDENCE.md section 9) and derives what was signed from its cores.
import { contentHash } from './commitment.mjs';
import { Incomplete, Unreadable } from './fault.mjs';
import { JsonFault, parseJson } from './json.mjs';
import { certificate, commitmentCore, deployment, settlementCore } from './layout.mjs';
import { parseInstant, secondsOf } from './time.mjs';
import { COMMITMENT, SETTLEMENT, domainSeparator, eventIdOf, typedDigest } from './typed_data.mjs';

const FORMAT = 'gridwitness-bundle-1';
const PARTS = ['format', 'core', 'commitment', 'certificate', 'chain'];
const RUN_TYPES = { PRELIM: 1n, INITIAL: 2n, FINAL: 3n, LATE: 4n };

/** JSON of a text; throws Unreadable. */
export function parseBundle(text) {
    try {
        return parseJson(text);
    } catch (fault) {
        if (fault instanceof JsonFault) throw new Unreadable('', fault.message);
        throw fault;
    }
}

/** Throws unless an object has exactly these parts. */
export function requireParts(value, names, pointer) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable(pointer, 'expected an object');
    const missing = names.find((name) => !Object.hasOwn(value, name));
    if (missing) throw new Incomplete(`${pointer}/${missing}`, 'this part is missing');
    const strange = Object.keys(value).find((name) => !names.includes(name));
    if (strange) throw new Unreadable(`${pointer}/${strange}`, 'expected no such part');
}

/** Bundle of a text. Throws Unreadable or Incomplete. */
export function readBundle(text) {
    const raw = parseBundle(text);
    if (raw?.format !== undefined && raw.format !== FORMAT) throw new Unreadable('/format', `expected ${FORMAT}`);
    requireParts(raw, PARTS, '');
    requireParts(raw.certificate, ['settlement', 'commitment'], '/certificate');
    return {
        core: settlementCore(raw.core, '/core'),
        commitment: commitmentCore(raw.commitment, '/commitment'),
        certificate: {
            settlement: certificate(raw.certificate.settlement, '/certificate/settlement'),
            commitment: certificate(raw.certificate.commitment, '/certificate/commitment'),
        },
        chain: deployment(raw.chain, '/chain'),
    };
}

/* Signed fields that both messages share. */
function commonOf(core) {
    return { eventId: eventIdOf(core.event.event_id), signerSet: core.chain.signer_set, epoch: core.chain.epoch, dataHash: contentHash(core) };
}

function commitmentMessage(core) {
    return {
        ...commonOf(core),
        revision: core.revision,
        deliveryStart: secondsOf(parseInstant(core.event.from)),
        commitmentRoot: core.root,
        maxLiability: core.max_liability_micros,
    };
}

function settlementMessage(core) {
    return {
        ...commonOf(core),
        sequence: core.run.sequence,
        revision: core.run.revision,
        runType: RUN_TYPES[core.run.run_type],
        commitmentRoot: core.commitment.root,
        evidenceRoot: core.evidence_root,
        entitlementRoot: core.entitlement_root,
        total: core.total_micros,
        previousRoot: core.previous_root,
        asOf: secondsOf(parseInstant(core.run.as_of)),
    };
}

/** Messages and digests that the two cores stand for. */
export function signedOf({ core, commitment }) {
    const domain = domainSeparator(core.chain.chain_id, core.chain.ledger);
    const promised = commitmentMessage(commitment);
    const settled = settlementMessage(core);
    return {
        commitment: { message: promised, digest: typedDigest(domain, COMMITMENT, promised) },
        settlement: { message: settled, digest: typedDigest(domain, SETTLEMENT, settled) },
    };
}
