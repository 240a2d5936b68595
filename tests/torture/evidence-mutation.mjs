#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Changes every single field of an evidence bundle's two cores, one at a time, and demands that gwverify
// says so. Every field of the small bundle of the verifier's tests, or of a given one; --full tries several
// changes of each field and every change of every list:
//   tests/torture/evidence-mutation.mjs [--full]
//   tests/torture/evidence-mutation.mjs --bundle FILE [--sample COUNT] [--seed NUMBER]
// Exit 1 when a change went unnoticed. The chain is not asked: the certificates alone must do.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { canonicalJson, parseJson } from '../../oracle/verifier/src/json.mjs';
import { verify } from '../../oracle/verifier/src/verify.mjs';
import { SOMEWHERE, makeBundle } from '../../oracle/verifier/test/support.mjs';

const { values: options } = parseArgs({
    options: { bundle: { type: 'string' }, sample: { type: 'string' }, seed: { type: 'string', default: '1' }, full: { type: 'boolean' } },
});

/* Other values of the same kind, as near as possible. */
function textsLike(text) {
    if (/^-?[0-9]+$/.test(text)) return [`${BigInt(text) + 1n}`];
    const last = text.length - 1;
    const place = text.endsWith('Z') ? last - 1 : last;
    const other = text[place] === '1' ? '2' : '1';
    return [text.slice(0, place) + other + text.slice(place + 1), `${text}x`, ''].filter((changed) => changed !== text);
}

function withoutItem(list, i) {
    return list.filter((_, j) => j !== i);
}

function swapped(list, i) {
    const copy = [...list];
    [copy[i], copy[i + 1]] = [copy[i + 1], copy[i]];
    return copy;
}

function listsLike(list) {
    const fewer = list.map((_, i) => withoutItem(list, i));
    const more = list.map((item, i) => [...list.slice(0, i), item, ...list.slice(i)]);
    const moved = list.slice(1).map((_, i) => swapped(list, i));
    return [...fewer, ...more, ...moved].filter((changed) => canonicalJson(changed) !== canonicalJson(list));
}

function objectsLike(object) {
    const fewer = Object.keys(object).map((key) => Object.fromEntries(Object.entries(object).filter(([other]) => other !== key)));
    return [...fewer, { ...object, surplus: 1n }];
}

function allChangesOf(value) {
    if (typeof value === 'bigint') return [value + 1n, value - 1n, -value].filter((changed) => changed !== value);
    if (typeof value === 'string') return textsLike(value);
    return Array.isArray(value) ? listsLike(value) : objectsLike(value);
}

/* Without --full a scalar gets one other value, a list loses and repeats an item. */
function changesOf(value) {
    const changes = allChangesOf(value);
    if (options.full || (typeof value === 'object' && !Array.isArray(value))) return changes;
    return Array.isArray(value) && changes.length > 0 ? [changes[0], changes.at(-1)] : changes.slice(0, 1);
}

/* Every place of a value: its pointer, what stands there and how to put something else there. */
function* placesOf(value, pointer, put) {
    yield { pointer, value, put };
    if (typeof value !== 'object') return;
    for (const key of Object.keys(value)) {
        yield* placesOf(value[key], `${pointer}/${key}`, (changed) => {
            const copy = Array.isArray(value) ? [...value] : { ...value };
            copy[key] = changed;
            return put(copy);
        });
    }
}

function mutationsOf(bundle) {
    const mutations = [];
    for (const part of ['core', 'commitment']) {
        for (const { pointer, value, put } of placesOf(bundle[part], `/${part}`, (changed) => ({ ...bundle, [part]: changed }))) {
            changesOf(value).forEach((changed) => mutations.push({ pointer, make: () => put(changed) }));
        }
    }
    return mutations;
}

/* Some of the mutations, the same for the same seed. */
function sampleOf(mutations, count, seed) {
    let state = seed;
    const next = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state;
    };
    return Array.from({ length: count }, () => mutations[next() % mutations.length]);
}

async function unnoticed(mutations) {
    const missed = [];
    const verdicts = {};
    for (const { pointer, make } of mutations) {
        const { verdict } = await verify(canonicalJson(make()), { offline: true });
        verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
        if (verdict === 'verified') missed.push(pointer);
    }
    return { missed, verdicts };
}

const bundle = options.bundle ? parseJson(readFileSync(options.bundle, 'utf8')) : makeBundle(SOMEWHERE);
const clean = await verify(canonicalJson(bundle), { offline: true });
if (clean.exit !== 0) throw new Error(`the unchanged bundle is ${clean.verdict}: ${clean.fault.pointer} ${clean.fault.what}`);
const all = mutationsOf(bundle);
const chosen = options.sample ? sampleOf(all, Number(options.sample), Number(options.seed)) : all;
const { missed, verdicts } = await unnoticed(chosen);
console.log(`${chosen.length} of ${all.length} changes tried: ${JSON.stringify(verdicts)}`);
missed.forEach((pointer) => console.error(`unnoticed change at ${pointer}`));
process.exitCode = missed.length === 0 ? 0 : 1;
