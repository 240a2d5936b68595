// SPDX-License-Identifier: Apache-2.0
// JSON without loss. Integers become BigInt, so no digit is dropped; a repeated key, a fraction, an
// exponent, -0 and anything after the end are faults. The writer gives the canonical form that is hashed:
// keys sorted, no white space, integers beyond 2^53 - 1 as decimal strings.

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_DEPTH = 16;

/** Text that is no JSON of ours; `offset` counts characters. */
export class JsonFault extends Error {
    constructor(what, offset) {
        super(`${what} at character ${offset}`);
        this.offset = offset;
    }
}

class Reader {
    constructor(text) {
        this.text = text;
        this.offset = 0;
    }

    fault(what) {
        return new JsonFault(what, this.offset);
    }

    /* Next character that is no white space. */
    peek() {
        while (' \t\r\n'.includes(this.text[this.offset] ?? 'x')) this.offset += 1;
        return this.text[this.offset];
    }

    expect(character) {
        if (this.peek() !== character) throw this.fault(`expected ${character}`);
        this.offset += 1;
    }

    take(pattern) {
        pattern.lastIndex = this.offset;
        const found = pattern.exec(this.text);
        if (found) this.offset = pattern.lastIndex;
        return found?.[0];
    }

    value(depth) {
        if (depth > MAX_DEPTH) throw this.fault('nesting too deep');
        const next = this.peek();
        if (next === '{') return this.object(depth);
        if (next === '[') return this.list(depth);
        if (next === '"') return this.string();
        return this.integer();
    }

    string() {
        this.peek();
        const found = this.take(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
        if (found === undefined) throw this.fault('expected a string');
        return JSON.parse(found);
    }

    integer() {
        const found = this.take(/-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y);
        if (found === undefined || found === '-0') throw this.fault('expected an integer, a string, a list or an object');
        return BigInt(found);
    }

    list(depth) {
        const items = [];
        this.expect('[');
        if (this.peek() !== ']') {
            do items.push(this.value(depth + 1)); while (this.comma());
        }
        this.expect(']');
        return items;
    }

    object(depth) {
        const members = new Map();
        this.expect('{');
        if (this.peek() !== '}') {
            do this.member(members, depth); while (this.comma());
        }
        this.expect('}');
        return Object.fromEntries(members);
    }

    member(members, depth) {
        const key = this.string();
        if (members.has(key) || key === '__proto__') throw this.fault(`repeated or forbidden key "${key}"`);
        this.expect(':');
        members.set(key, this.value(depth + 1));
    }

    comma() {
        if (this.peek() !== ',') return false;
        this.offset += 1;
        return true;
    }
}

/** Value of a text; integers are BigInt. Throws JsonFault. */
export function parseJson(text) {
    const reader = new Reader(text);
    const value = reader.value(0);
    if (reader.peek() !== undefined) throw reader.fault('expected the end');
    return value;
}

function byBytes(a, b) {
    if (a === b) return 0;
    return a < b ? -1 : 1;
}

/** Canonical text of a value made of objects, lists, strings and BigInt. */
export function canonicalJson(value) {
    if (typeof value === 'bigint') return value > SAFE || value < -SAFE ? `"${value}"` : `${value}`;
    if (typeof value === 'string') return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
    const keys = Object.keys(value).sort(byBytes);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}
