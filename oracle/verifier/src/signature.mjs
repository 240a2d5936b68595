// SPDX-License-Identifier: Apache-2.0
// Who made a 65-byte signature (r, s, v) over a digest.
import { secp256k1 } from '@noble/curves/secp256k1';
import { bytesOf, hexOf, isHex } from './hex.mjs';
import { keccakBytes } from './keccak.mjs';

/** Address of an uncompressed public key (65 bytes). */
export function addressOf(publicKey) {
    return hexOf(keccakBytes(publicKey.slice(1)).slice(12));
}

/** Address of the signer, or undefined when nobody can have signed: high s, wrong v or length, no such point. */
export function recoverSigner(digest, signature) {
    if (!isHex(signature, 65)) return undefined;
    const bytes = bytesOf(signature);
    const recovery = bytes[64] - 27;
    if (recovery !== 0 && recovery !== 1) return undefined;
    try {
        const parsed = secp256k1.Signature.fromCompact(bytes.slice(0, 64)).addRecoveryBit(recovery);
        if (parsed.hasHighS()) return undefined;
        return addressOf(parsed.recoverPublicKey(bytesOf(digest)).toRawBytes(false));
    } catch {
        return undefined;
    }
}
