// SPDX-License-Identifier: Apache-2.0
// The standard tree of OpenZeppelin (standard-v1): leaves sorted, nodes in one array of 2n - 1 with
// the root first, node i has children 2i + 1 and 2i + 2, a pair is hashed in sorted order.
// Leaves arrive hashed twice already, so that no inner node can pass as a leaf.
import { bytesOf, hexOf, joined } from './hex.mjs';
import { keccakBytes } from './keccak.mjs';

const NO_LEAVES = `0x${'00'.repeat(32)}`;

function compare(a, b) {
    for (let i = 0; i < 32; i += 1) {
        if (a[i] !== b[i]) return a[i] - b[i];
    }
    return 0;
}

function pairHash(a, b) {
    return keccakBytes(compare(a, b) <= 0 ? joined(a, b) : joined(b, a));
}

function nodesOf(sorted) {
    const nodes = new Array(2 * sorted.length - 1);
    sorted.forEach((leaf, i) => {
        nodes[nodes.length - 1 - i] = leaf;
    });
    for (let i = nodes.length - 1 - sorted.length; i >= 0; i -= 1) nodes[i] = pairHash(nodes[2 * i + 1], nodes[2 * i + 2]);
    return nodes;
}

/** Tree over leaf hashes given as text in any order; a tree without leaves has the zero root. */
export function treeOf(leaves) {
    if (leaves.length === 0) return { root: NO_LEAVES, proof: () => [] };
    const order = leaves.map((text, index) => ({ leaf: bytesOf(text), index }));
    order.sort((a, b) => compare(a.leaf, b.leaf));
    const nodes = nodesOf(order.map(({ leaf }) => leaf));
    const placeOf = new Array(leaves.length);
    order.forEach(({ index }, i) => {
        placeOf[index] = nodes.length - 1 - i;
    });
    const proof = (index) => {
        const siblings = [];
        for (let place = placeOf[index]; place > 0; place = (place - 1) >> 1) {
            siblings.push(hexOf(nodes[place % 2 === 1 ? place + 1 : place - 1]));
        }
        return siblings;
    };
    return { root: hexOf(nodes[0]), proof };
}

/** Root that a leaf and its siblings lead to. */
export function rootOfProof(leaf, siblings) {
    return hexOf(siblings.reduce((hash, sibling) => pairHash(hash, bytesOf(sibling)), bytesOf(leaf)));
}
