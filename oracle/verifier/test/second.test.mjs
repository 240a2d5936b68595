// SPDX-License-Identifier: Apache-2.0
// Two implementations on random evenings: what the verifier computes, the C rules must accept byte for byte.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { canonicalJson, parseJson } from '../src/json.mjs';
import { settlementCore } from '../src/layout.mjs';
import { checkSettlement } from '../src/settlement.mjs';
import { randomCore } from './random_core.mjs';

const COUNT = Number(process.env.GW_RANDOM_CORES ?? 300);
const builds = ['dev', 'release'].map((preset) => new URL(`../../../build/${preset}/tests/support/check_cores`, import.meta.url).pathname);
const checker = builds.find((path) => existsSync(path));

test('random cores are what they say, read back from their bytes', () => {
    for (let seed = 1; seed <= 40; seed += 1) checkSettlement(settlementCore(parseJson(canonicalJson(randomCore(seed))), ''));
});

test('random cores have a bit of everything', () => {
    const cores = Array.from({ length: 150 }, (_, seed) => randomCore(seed + 1));
    const adjustments = new Set(cores.flatMap((core) => core.baselines.map(({ adjustment }) => adjustment)));
    assert.deepEqual([...adjustments].sort(), ['APPLIED', 'CAPPED_HIGH', 'CAPPED_LOW', 'NONE', 'NO_REFERENCE', 'WINDOW_MISSING']);
    const reasons = new Set(cores.flatMap((core) => core.baselines.flatMap(({ excluded }) => excluded.map(({ reason }) => reason))));
    assert.deepEqual([...reasons].sort(), ['CLOCK_CHANGE', 'EVENT', 'HOLIDAY', 'INCOMPLETE', 'WEEKEND']);
    assert.ok(cores.some((core) => core.entitlements.some(({ carried_micros: carried }) => carried > 0n)));
    assert.ok(cores.some((core) => core.lines.some(({ outage_wh: outage }) => outage > 0n)));
});

test(`the C rules accept ${COUNT} random cores byte for byte`, { skip: checker ? false : 'check_cores is not built' }, () => {
    const input = Array.from({ length: COUNT }, (_, seed) => `${canonicalJson(randomCore(seed + 1))}\n`).join('');
    const { stdout, status } = spawnSync(checker, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(status, 0);
    const answers = stdout.trim().split('\n');
    assert.equal(answers.length, COUNT);
    answers.forEach((answer, i) => assert.equal(answer, 'ok', `seed ${i + 1}`));
});
