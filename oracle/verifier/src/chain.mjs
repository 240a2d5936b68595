// SPDX-License-Identifier: Apache-2.0
// What the chain says, over JSON-RPC. `fetch` is handed in, so the same code runs in a browser and in tests.
// A chain that does not answer makes a verification incomplete, never wrong.
import { Incomplete } from './fault.mjs';
import { bytesOf, hexOf, joined, wordOf } from './hex.mjs';
import { keccakText } from './keccak.mjs';
import { encodeWord } from './typed_data.mjs';

const SETTLED = keccakText('Settled(bytes32,uint64,uint16,uint8,bytes32,bytes32,uint96,uint64,bytes32)');
const TIMEOUT_MS = 10000;
const NO_SET = { n: 0n, f: 0n, q: 0n, active: false, members: [] };

function numberAt(words, i) {
    return BigInt(words[i] ?? '0x0');
}

function addressAt(words, i) {
    return `0x${words[i].slice(26)}`;
}

function wordsOf(data) {
    const words = [];
    for (let at = 2; at + 64 <= data.length; at += 64) words.push(`0x${data.slice(at, at + 64)}`);
    return words;
}

/* Static arguments, then at most one list of bytes32. */
function callData(signature, args, list) {
    const types = /\((.*)\)/.exec(signature)[1].split(',').filter((type) => type !== '' && type !== 'bytes32[]');
    const head = types.map((type, i) => encodeWord(type, args[i]));
    const tail = list === undefined ? [] : [wordOf(BigInt(32 * (types.length + 1))), wordOf(BigInt(list.length)), ...list.map(bytesOf)];
    return hexOf(joined(bytesOf(keccakText(signature)).slice(0, 4), ...head, ...tail));
}

/** One ledger on one chain. */
export class ChainReader {
    constructor(url, ledger, fetch) {
        Object.assign(this, { url, ledger, fetch });
    }

    async rpc(method, params) {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
        try {
            const answer = await this.fetch(this.url, {
                method: 'POST', body, headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(TIMEOUT_MS),
            });
            return await answer.json();
        } catch (cause) {
            throw new Incomplete('/chain', `the chain at ${this.url} does not answer (${cause.message})`);
        }
    }

    async ask(method, params) {
        const { result, error } = await this.rpc(method, params);
        if (error || result === undefined) throw new Incomplete('/chain', `${method} was refused: ${error?.message ?? 'no result'}`);
        return result;
    }

    async call(to, signature, ...args) {
        return wordsOf(await this.ask('eth_call', [{ to, data: callData(signature, args) }, 'latest']));
    }

    async number(signature, ...args) {
        return numberAt(await this.call(this.ledger, signature, ...args), 0);
    }

    async chainId() {
        return BigInt(await this.ask('eth_chainId', []));
    }

    async hasCode() {
        return (await this.ask('eth_getCode', [this.ledger, 'latest'])).length > 2;
    }

    /** Totals, sequence and root of the newest run. */
    async state() {
        const [root] = await this.call(this.ledger, 'entitlementRoot()');
        return {
            root,
            sequence: await this.number('sequence()'),
            funded: await this.number('funded()'),
            openLiabilities: await this.number('openLiabilities()'),
            entitledTotal: await this.number('entitledTotal()'),
            paidTotal: await this.number('paidTotal()'),
        };
    }

    async quorum() {
        return addressAt(await this.call(this.ledger, 'quorum()'), 0);
    }

    async signerSet(id) {
        const words = await this.call(await this.quorum(), 'signerSet(uint32)', id);
        if (words.length < 6) return NO_SET;
        const members = words.slice(6).map((_, i) => addressAt(words, 6 + i));
        return { n: numberAt(words, 0), f: numberAt(words, 1), q: numberAt(words, 2), active: numberAt(words, 3) === 1n, members };
    }

    async commitmentOf(eventId) {
        const words = await this.call(this.ledger, 'commitmentOf(bytes32)', eventId);
        return { root: words[0], maxLiability: numberAt(words, 1), revision: numberAt(words, 2), digestPrefix: words[3].slice(0, 32) };
    }

    async settlementOf(eventId) {
        const words = await this.call(this.ledger, 'settlementOf(bytes32)', eventId);
        return { digest: words[0], revision: numberAt(words, 1), runType: numberAt(words, 2) };
    }

    /** The Settled event of a run, or undefined. */
    async settledLog(eventId, sequence) {
        const topics = [SETTLED, eventId, hexOf(wordOf(sequence))];
        const logs = await this.ask('eth_getLogs', [{ address: this.ledger, fromBlock: '0x0', toBlock: 'latest', topics }]);
        if (logs.length === 0) return undefined;
        const words = wordsOf(logs[0].data);
        return {
            revision: numberAt(words, 0), runType: numberAt(words, 1), evidenceRoot: words[2], entitlementRoot: words[3],
            total: numberAt(words, 4), asOf: numberAt(words, 5), dataHash: words[6],
        };
    }

    /** Unix seconds of the block of a transaction, or undefined. */
    async minedAt(transaction) {
        const receipt = (await this.rpc('eth_getTransactionReceipt', [transaction])).result;
        if (!receipt) return undefined;
        return BigInt((await this.ask('eth_getBlockByNumber', [receipt.blockNumber, false])).timestamp);
    }

    async paid(payee) {
        return this.number('paid(address)', payee);
    }

    /** Whether the contract would pay this leaf now; nothing is sent. */
    async wouldPay(payee, lifetime, salt, proof) {
        const data = callData('claim(address,uint96,bytes32,bytes32[])', [payee, lifetime, salt], proof);
        const { error } = await this.rpc('eth_call', [{ to: this.ledger, data }, 'latest']);
        return error === undefined;
    }

    async isPaused() {
        return (await this.number('paused()')) === 1n;
    }
}
