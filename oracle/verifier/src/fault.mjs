// SPDX-License-Identifier: Apache-2.0
// The three ways a verification ends badly. `pointer` is a JSON pointer into the bundle.

/** What was found is not what it must be. */
export class Mismatch extends Error {
    constructor(pointer, what, expected, found) {
        super(`${pointer}: ${what}`);
        Object.assign(this, { pointer, what, expected: printable(expected), found: printable(found) });
    }
}

/** Something that is needed is not there (yet). */
export class Incomplete extends Error {
    constructor(pointer, what) {
        super(`${pointer}: ${what}`);
        Object.assign(this, { pointer, what });
    }
}

/** This is no bundle. */
export class Unreadable extends Error {
    constructor(pointer, what) {
        super(`${pointer}: ${what}`);
        Object.assign(this, { pointer, what });
    }
}

function printable(value) {
    if (value === undefined) return 'nothing';
    if (typeof value === 'object') return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner));
    return String(value);
}

function isBranch(value) {
    return typeof value === 'object' && value !== null;
}

/** Throws a Mismatch that names the first place where two values differ; keys in order of `expected`. */
export function requireSame(pointer, what, expected, found) {
    if (!isBranch(expected) || !isBranch(found)) {
        if (expected !== found) throw new Mismatch(pointer, what, expected, found);
        return;
    }
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
        requireSame(`${pointer}/${key}`, what, expected[key], found[key]);
    }
}

/** Throws a Mismatch unless the condition holds. */
export function require(condition, pointer, what, expected, found) {
    if (!condition) throw new Mismatch(pointer, what, expected, found);
}
