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
import {
    CLEARANCE, COMMITMENT, SETTLEMENT, TRADE_DELIVERY, checkIdOf, domainSeparator, encodeWord, eventIdOf, leafOf, tradeIdOf, typedDigest,
} from '../src/typed_data.mjs';
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

const TYPES = { Commitment: COMMITMENT, Settlement: SETTLEMENT, GridClearance: CLEARANCE, TradeDelivery: TRADE_DELIVERY };

test('digests, signers and leaves as ethers makes them', () => {
    const ledger = '0x5c052e0ad15307a71bb434349b2827527c4afc25';
    const wallet = new Wallet(word('key'));
    for (let seed = 0; seed < 50; seed += 1) {
        const domain = { name: 'Gridwitness', version: '1', chainId: BigInt(seed + 1), verifyingContract: ledger };
        for (const [name, type] of Object.entries(TYPES)) {
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

// The values of tests/unit/oracle/test_typed_data.c and test_merkle.c: C and JavaScript sign the same.
test('a grid clearance and a delivery have the digests of the C side', () => {
    const domain = domainSeparator(31337n, '0x5fbdb2315678afecb367f032d93f642f64180aa3');
    const number = (value) => `0x${value.toString(16).padStart(64, '0')}`;
    const clearance = {
        checkId: number(1), signerSet: 2n, epoch: 3n, networkHash: number(4), intervalStart: 5n, intervalEnd: 6n,
        itemsRoot: number(7), expiresAt: 8n, dataHash: number(9),
    };
    const delivery = { checkId: number(1), tradeId: number(2), deliveredWh: 3n, dataHash: number(4), epoch: 5n, signerSet: 6n };
    assert.equal(typedDigest(domain, CLEARANCE, clearance), '0x4e6457583a73546156158b16f0bb9fd9a269687280260964e63ac3655760f9ec');
    assert.equal(typedDigest(domain, TRADE_DELIVERY, delivery), '0x5845563cab77265bc76d64a7852783d95d88a8517c532c17b0fbae794b5f63f4');
});

test('check and trade have labelled pseudonyms', () => {
    const check = '00010203-0405-0607-0809-0a0b0c0d0e0f';
    assert.equal(checkIdOf(check), '0xa76677eac86b649ba85bf97b23d5be920784e4f871be429e052f55572de05967');
    assert.equal(tradeIdOf(check, 'trade-1'), '0x3e08db75fcfca2f5f9fe3a1342ba349f6f2b697f5db70e8256f7f13cdb4dfd10');
    const party = '0x5fbdb2315678afecb367f032d93f642f64180aa3';
    const leaf = leafOf(['bytes32', checkIdOf(check)], ['address', party], ['address', party], ['uint64', 4000n], ['bytes32', checkIdOf(check)]);
    assert.equal(leaf, '0x574de148e722e495a076b822150732bc82fb3579e6cd7da00c39a7436704805b');
});
