// SPDX-License-Identifier: Apache-2.0
// Keccak-256 as Ethereum uses it (the padding before SHA-3 was standardised).
import { keccak_256 as keccak256 } from '@noble/hashes/sha3';
import { hexOf } from './hex.mjs';

const encoder = new TextEncoder();

/** Hash of bytes, as bytes. */
export function keccakBytes(bytes) {
    return keccak256(bytes);
}

/** Hash of bytes, as text. */
export function keccakHex(bytes) {
    return hexOf(keccak256(bytes));
}

/** Hash of the UTF-8 bytes of a text, as text. */
export function keccakText(text) {
    return keccakHex(encoder.encode(text));
}
