// SPDX-License-Identifier: Apache-2.0
// What seller, buyer and nodes sign of a peer-to-peer trade, for tests and benches.
import { readFileSync } from 'node:fs';
import { Contract, concat } from 'ethers';
import { TRADE_DELIVERY, domainSeparator, typedDigest } from '../../oracle/verifier/src/typed_data.mjs';

const TERMS = {
    TradeTerms: 'bytes32 checkId,bytes32 tradeId,address seller,address buyer,uint64 energyWh,uint64 price,uint64 settleBy'
        .split(',').map((field) => field.split(' ')).map(([type, name]) => ({ type, name })),
};

/** ABI and creation code of a shipped contract. */
export function artefact(name) {
    return JSON.parse(readFileSync(new URL(`../../oracle/contracts/artifacts/${name}.json`, import.meta.url)));
}

/** The trade contract, which also knows the refusals of the registry. */
export function tradeContract(address, runner) {
    const refusals = artefact('SignerQuorum').abi.filter(({ type }) => type === 'error');
    return new Contract(address, [...artefact('TradeSettlement').abi, ...refusals], runner);
}

/** The parties' signatures of the terms. */
export function agree(chainId, trades, terms, parties) {
    const domain = { name: 'Gridwitness Trade', version: '1', chainId, verifyingContract: trades };
    return Promise.all(parties.map((party) => party.signTypedData(domain, TERMS, terms)));
}

/** Signatures of the first `count` nodes, ascending by address. */
export function certify(nodes, digest, count = 3) {
    const sorted = [...nodes].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    return concat(sorted.slice(0, count).map((node) => node.signingKey.sign(digest).serialized));
}

/** Digest of a delivery in the ledger's domain. */
export function deliveryDigest(chainId, ledger, delivery) {
    return typedDigest(domainSeparator(BigInt(chainId), ledger.toLowerCase()), TRADE_DELIVERY, delivery);
}
