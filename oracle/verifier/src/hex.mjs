// SPDX-License-Identifier: Apache-2.0
// Bytes and their 0x-prefixed lower-case text. Every hash and address in this program is such a text.

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Text of bytes. */
export function hexOf(bytes) {
    let text = '0x';
    for (const byte of bytes) text += DIGITS[byte];
    return text;
}

/** Whether a value is 0x and an even number of hex digits, or exactly `length` bytes of them. */
export function isHex(value, length) {
    if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) return false;
    return length === undefined || value.length === 2 + 2 * length;
}

/** Bytes of a text; throws on anything that is not hex. */
export function bytesOf(text) {
    if (!isHex(text)) throw new TypeError(`"${text}" is not hexadecimal`);
    const bytes = new Uint8Array((text.length - 2) / 2);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
    return bytes;
}

/** One array of several. */
export function joined(...parts) {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
        bytes.set(part, offset);
        offset += part.length;
    }
    return bytes;
}

/** Big-endian word of 32 bytes of a non-negative BigInt; throws when it does not fit. */
export function wordOf(number) {
    if (number < 0n || number >= 1n << 256n) throw new RangeError(`${number} does not fit a word`);
    return bytesOf(`0x${number.toString(16).padStart(64, '0')}`);
}
