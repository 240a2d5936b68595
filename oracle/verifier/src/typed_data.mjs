// SPDX-License-Identifier: Apache-2.0
// EIP-712 for the messages that go on chain, and the hash of an order, line or cleared item as a leaf. All fields are
// static and one word wide, so encoding is padding.
import { bytesOf, hexOf, joined, wordOf } from './hex.mjs';
import { keccakBytes, keccakHex, keccakText } from './keccak.mjs';

const DOMAIN = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
export const COMMITMENT = 'Commitment(bytes32 eventId,uint16 revision,uint32 signerSet,uint64 epoch,uint64 deliveryStart,'
    + 'bytes32 commitmentRoot,uint96 maxLiability,bytes32 dataHash)';
export const SETTLEMENT = 'Settlement(uint64 sequence,bytes32 eventId,uint16 revision,uint8 runType,uint32 signerSet,uint64 epoch,'
    + 'bytes32 commitmentRoot,bytes32 evidenceRoot,bytes32 entitlementRoot,uint96 total,bytes32 previousRoot,uint64 asOf,'
    + 'bytes32 dataHash)';
export const CLEARANCE = 'GridClearance(bytes32 checkId,uint32 signerSet,uint64 epoch,bytes32 networkHash,uint64 intervalStart,'
    + 'uint64 intervalEnd,bytes32 itemsRoot,uint64 expiresAt,bytes32 dataHash)';
export const TRADE_DELIVERY = 'TradeDelivery(bytes32 checkId,bytes32 tradeId,uint64 deliveredWh,bytes32 dataHash,uint64 epoch,'
    + 'uint32 signerSet)';

/** One ABI word of a value: bytes32 or address as text, uintN as BigInt within its range. */
export function encodeWord(type, value) {
    if (type === 'bytes32') {
        if (bytesOf(value).length !== 32) throw new RangeError('a bytes32 has 32 bytes');
        return bytesOf(value);
    }
    if (type === 'address') return joined(new Uint8Array(12), bytesOf(value));
    const bits = BigInt(/^uint(\d+)$/.exec(type)[1]);
    if (value >= 1n << bits) throw new RangeError(`${value} does not fit ${type}`);
    return wordOf(value);
}

function structHash(type, message) {
    const fields = /\((.*)\)/.exec(type)[1].split(',').map((field) => field.split(' '));
    const words = fields.map(([kind, name]) => encodeWord(kind, message[name]));
    return keccakBytes(joined(bytesOf(keccakText(type)), ...words));
}

/** Hash of the domain of one ledger on one chain. */
export function domainSeparator(chainId, ledger) {
    return keccakBytes(joined(
        bytesOf(keccakText(DOMAIN)),
        bytesOf(keccakText('Gridwitness')),
        bytesOf(keccakText('1')),
        wordOf(chainId),
        encodeWord('address', ledger),
    ));
}

/** Digest that nodes sign. */
export function typedDigest(domain, type, message) {
    return keccakHex(joined(Uint8Array.of(0x19, 0x01), domain, structHash(type, message)));
}

function pseudonymOf(label, uuid, rest = '') {
    const text = new TextEncoder();
    return keccakHex(joined(text.encode(label), bytesOf(`0x${uuid.replaceAll('-', '')}`), text.encode(rest)));
}

/** Event id on chain of a UUID. */
export function eventIdOf(uuid) {
    return pseudonymOf('gridwitness/event', uuid);
}

/** Id on chain of a grid check. */
export function checkIdOf(uuid) {
    return pseudonymOf('gridwitness/check', uuid);
}

/** Id on chain of one item of a grid check. */
export function tradeIdOf(checkUuid, itemId) {
    return pseudonymOf('gridwitness/trade', checkUuid, itemId);
}

/** Leaf over ABI words: hashed twice. */
export function leafOf(...typesAndValues) {
    const words = typesAndValues.map(([type, value]) => encodeWord(type, value));
    return hexOf(keccakBytes(keccakBytes(joined(...words))));
}
