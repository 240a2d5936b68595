// SPDX-License-Identifier: Apache-2.0
// Hashes, addresses, typed data, signatures and trees against published vectors and against ethers.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { AbiCoder, TypedDataEncoder, Wallet } from 'ethers';
import { bytesOf, hexOf } from '../src/hex.mjs';
import { keccakHex, keccakText } from '../src/keccak.mjs';
import { rootOfProof, treeOf } from '../src/merkle.mjs';
import { secp256k1 } from '@noble/curves/secp256k1';
import { addressOf, recoverSigner } from '../src/signature.mjs';
import { COMMITMENT, SETTLEMENT, domainSeparator, encodeWord, eventIdOf, leafOf, typedDigest } from '../src/typed_data.mjs';
import { word } from './support.mjs';

const VECTORS = new URL('../../../../shared/data/chain_vectors/', import.meta.url);
const skip = existsSync(VECTORS) ? false : 'the data set is not here';

function rowsOf(name) {
    return readFileSync(new URL(name, VECTORS), 'utf8').trim().split('\n').map(JSON.parse);
}

test('363 published hashes', { skip }, () => {
    const rows = rowsOf('hashes.jsonl');
    assert.equal(rows.length, 363);
    rows.forEach(({ data, keccak256 }) => assert.equal(keccakHex(bytesOf(data)), keccak256));
});

test('addresses of 721 published private keys', { skip }, () => {
    const rows = rowsOf('address_checksum_and_keys.jsonl').filter(({ privateKey }) => privateKey);
    assert.equal(rows.length, 721);
    rows.forEach(({ privateKey, address }) => assert.equal(addressOf(secp256k1.getPublicKey(privateKey.slice(2), false)), address.toLowerCase()));
});

test('14 published trees with their proofs', { skip }, () => {
    const { trees } = JSON.parse(readFileSync(new URL('merkle_openzeppelin.json', VECTORS)));
    assert.equal(trees.length, 14);
    trees.forEach(({ encoding, values, root, proofs }) => {
        const leafHash = (value) => keccakHex(bytesOf(keccakHex(bytesOf(AbiCoder.defaultAbiCoder().encode(encoding, value)))));
        const tree = treeOf(values.map(leafHash));
        assert.equal(tree.root, root);
        proofs.forEach(({ value, leafHash: leaf, proof }) => {
            assert.equal(leafHash(value), leaf);
            assert.equal(rootOfProof(leaf, proof), root);
        });
    });
});

test('the signer of the published mail', { skip }, () => {
    const mail = JSON.parse(readFileSync(new URL('eip712_mail.json', VECTORS)));
    const signature = `${mail.r}${mail.s.slice(2)}${mail.v.toString(16)}`;
    assert.equal(recoverSigner(mail.digest, signature), mail.address.toLowerCase());
});

function messageOf(type, seed) {
    const fields = /\((.*)\)/.exec(type)[1].split(',').map((field) => field.split(' '));
    const valueOf = (kind, name) => {
        const random = word(`${seed} ${name}`);
        return kind === 'bytes32' ? random : BigInt(random) % (1n << BigInt(kind.slice(4)));
    };
    return {
        fields: fields.map(([kind, name]) => ({ type: kind, name })),
        message: Object.fromEntries(fields.map(([kind, name]) => [name, valueOf(kind, name)])),
    };
}

test('digests, signers and leaves as ethers makes them', () => {
    const ledger = '0x5c052e0ad15307a71bb434349b2827527c4afc25';
    const wallet = new Wallet(word('key'));
    for (let seed = 0; seed < 50; seed += 1) {
        const domain = { name: 'Gridwitness', version: '1', chainId: BigInt(seed + 1), verifyingContract: ledger };
        for (const [name, type] of Object.entries({ Commitment: COMMITMENT, Settlement: SETTLEMENT })) {
            const { fields, message } = messageOf(type, seed);
            const digest = typedDigest(domainSeparator(domain.chainId, ledger), type, message);
            assert.equal(digest, TypedDataEncoder.hash(domain, { [name]: fields }, message));
            assert.equal(recoverSigner(digest, wallet.signingKey.sign(digest).serialized), wallet.address.toLowerCase());
        }
    }
    const encoded = AbiCoder.defaultAbiCoder().encode(['address', 'uint96', 'bytes32'], [ledger, 12345n, word('salt')]);
    assert.equal(leafOf(['address', ledger], ['uint96', 12345n], ['bytes32', word('salt')]), keccakHex(bytesOf(keccakHex(bytesOf(encoded)))));
});

test('a malleable or broken signature has no signer', () => {
    const digest = keccakText('digest');
    const good = new Wallet(word('key')).signingKey.sign(digest);
    const order = secp256k1.CURVE.n;
    const twin = `${good.r}${(order - BigInt(good.s)).toString(16).padStart(64, '0')}${good.v === 27 ? '1c' : '1b'}`;
    assert.equal(recoverSigner(digest, twin), undefined);
    assert.equal(recoverSigner(digest, `${good.serialized.slice(0, -2)}00`), undefined);
    assert.equal(recoverSigner(digest, good.serialized.slice(0, -2)), undefined);
    assert.equal(recoverSigner(digest, `0x${'00'.repeat(65)}`), undefined);
});

test('a value beyond its type is refused, an event id is the hash of prefix and UUID', () => {
    assert.throws(() => encodeWord('uint96', 1n << 96n), RangeError);
    assert.equal(hexOf(encodeWord('uint8', 4n)).slice(-2), '04');
    const expected = keccakHex(new Uint8Array([...new TextEncoder().encode('gridwitness/event'), ...bytesOf('0x019be0c43c0070008000000000000001')]));
    assert.equal(eventIdOf('019be0c4-3c00-7000-8000-000000000001'), expected);
});
