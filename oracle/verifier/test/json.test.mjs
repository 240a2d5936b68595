// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { JsonFault, canonicalJson, parseJson } from '../src/json.mjs';

test('integers keep every digit and large ones are strings', () => {
    assert.equal(canonicalJson(parseJson('{"b":9007199254740991,"a":[-1,0]}')), '{"a":[-1,0],"b":9007199254740991}');
    assert.equal(canonicalJson({ a: 9007199254740992n }), '{"a":"9007199254740992"}');
    assert.equal(parseJson('123456789012345678901234567890'), 123456789012345678901234567890n);
});

test('keys are sorted bytewise and white space goes', () => {
    assert.equal(canonicalJson(parseJson(' { "b" : 1 , "B" : 2, "a_1":3, "a":"x y" } ')), '{"B":2,"a":"x y","a_1":3,"b":1}');
});

test('what could be read in two ways is refused', () => {
    const texts = ['1.0', '1e3', '-0', '01', '+1', 'true', 'null', '{"a":1,"a":1}', '{"__proto__":1}', '[1,]', '{"a":1,}', '1 2', '"\n"', "'a'", ''];
    texts.forEach((text) => assert.throws(() => parseJson(text), JsonFault, text));
});
