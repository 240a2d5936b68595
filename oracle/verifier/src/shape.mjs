// SPDX-License-Identifier: Apache-2.0
// Kinds of values. A kind is a function (value, pointer) that gives the value to work with or throws
// Unreadable. Integers become BigInt, whatever their size in the text; all else stays as it is.
import { Unreadable } from './fault.mjs';
import { isHex } from './hex.mjs';
import { parseDay, parseInstant } from './time.mjs';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const INT64 = (1n << 63n) - 1n;

function refuse(pointer, what) {
    throw new Unreadable(pointer, what);
}

/* Beyond 2^53 - 1 an integer is a decimal string, and only there. */
function integerOf(value) {
    if (typeof value === 'bigint') return value <= SAFE && value >= -SAFE ? value : undefined;
    if (typeof value !== 'string' || !/^-?[1-9][0-9]{15,18}$/.test(value)) return undefined;
    const number = BigInt(value);
    return number > SAFE || number < -SAFE ? number : undefined;
}

/** Integer from min to max, both included. */
export function integer(min = -INT64 - 1n, max = INT64) {
    return (value, pointer) => {
        const number = integerOf(value);
        if (number === undefined || number < min || number > max) refuse(pointer, `expected an integer from ${min} to ${max}`);
        return number;
    };
}

function textWhere(test, what) {
    return (value, pointer) => {
        if (typeof value !== 'string' || !test(value)) refuse(pointer, `expected ${what}`);
        return value;
    };
}

export const natural = integer(0n);
export const uint16 = integer(0n, 0xffffn);
export const uint32 = integer(0n, 0xffffffffn);
export const name = textWhere((text) => /^[A-Za-z0-9._:-]{1,64}$/.test(text), 'a name');
export const plain = textWhere((text) => /^[ !#-[\]-~]{1,96}$/.test(text), 'a short plain text');
export const uuid = textWhere((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text), 'a lower-case UUID');
export const instant = textWhere((text) => parseInstant(text) !== undefined, 'an instant like 2026-01-20T16:00:00Z');
export const day = textWhere((text) => parseDay(text) !== undefined, 'a day like 2026-01-20');
export const hash = textWhere((text) => isHex(text, 32) && text === text.toLowerCase(), 'a hash of 32 bytes');
export const address = textWhere((text) => isHex(text, 20) && text === text.toLowerCase(), 'an address of 20 bytes');
export const signature = textWhere((text) => isHex(text, 65), 'a signature of 65 bytes');

/** One of some texts. */
export function oneOf(...texts) {
    return textWhere((text) => texts.includes(text), `one of ${texts.join(', ')}`);
}

/** List of one kind, with at least `least` items. */
export function listOf(kind, least = 0) {
    return (value, pointer) => {
        if (!Array.isArray(value)) refuse(pointer, 'expected a list');
        if (value.length < least) refuse(pointer, `expected at least ${least} items`);
        return value.map((item, i) => kind(item, `${pointer}/${i}`));
    };
}

/** List whose items ascend strictly by a key; `keyOf` gives something comparable with <. */
export function ascending(kind, keyOf = (item) => item, least = 0) {
    const list = listOf(kind, least);
    return (value, pointer) => {
        const items = list(value, pointer);
        items.forEach((item, i) => {
            if (i > 0 && !(keyOf(items[i - 1]) < keyOf(item))) refuse(`${pointer}/${i}`, 'expected an ascending list');
        });
        return items;
    };
}

/** List of fixed length with one kind per place. */
export function tuple(...kinds) {
    return (value, pointer) => {
        if (!Array.isArray(value) || value.length !== kinds.length) refuse(pointer, `expected a list of ${kinds.length}`);
        return kinds.map((kind, i) => kind(value[i], `${pointer}/${i}`));
    };
}

/** Object with exactly these members; the optional ones may be absent. */
export function object(members, optional = {}) {
    const all = { ...members, ...optional };
    return (value, pointer) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(pointer, 'expected an object');
        const strange = Object.keys(value).find((key) => !Object.hasOwn(all, key));
        if (strange !== undefined) refuse(`${pointer}/${strange}`, 'expected no such field');
        const missing = Object.keys(members).find((key) => !Object.hasOwn(value, key));
        if (missing !== undefined) refuse(`${pointer}/${missing}`, 'expected this field');
        const present = Object.keys(all).filter((key) => Object.hasOwn(value, key));
        return Object.fromEntries(present.map((key) => [key, all[key](value[key], `${pointer}/${key}`)]));
    };
}
