#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kill -9 of the gateway: the evening of the demo is played once without a kill, once per named point
// of server/crash.def, and once with random kills. Every run must end with the same evidence root,
// one settlement on the chain, and no reading lost or doubled.
// usage: kills.mjs [--full] [--points a,b] [--random N]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Evening } from '../../tools/demo/evening.mjs';
import { eveningScene } from '../../tools/demo/plan.mjs';
import { play } from '../../tools/demo/play.mjs';
import { silence } from '../../tools/demo/story.mjs';
import { ROOT, delay } from '../support/world.mjs';

/* The plain evening never comes by here; tests/integration/scenario_*.mjs and exchange.mjs play these flows. */
const NOT_PLAYED = /^(exchange\.|request\.(before|after)-cancel|bid\.(before|after)-withdraw|(stop|rerun)\.)/;
const SAMPLE = ['loader.before-commit', 'outbox.after-send'];
const KILL_PAUSE_MS = [150, 900];

const { values: options } = parseArgs({
  options: { full: { type: 'boolean' }, points: { type: 'string' }, random: { type: 'string' } },
});

const allPoints = [...fs.readFileSync(path.join(ROOT, 'server/crash.def'), 'utf8').matchAll(/^GW_CRASH\(\s*\w+,\s*"([^"]+)"/gm)].map((found) => found[1]);
const points = options.points?.split(',') ?? (options.full ? allPoints.filter((point) => !NOT_PLAYED.test(point)) : SAMPLE);
const randomKills = Number(options.random ?? (options.full ? 20 : 5));

/** What must be the same in every run. */
async function outcome(evening) {
  const { items } = await evening.api.get('/v1/settlements');
  const sequence = await evening.world.rpc('eth_call', [{ to: evening.chain.ledger, data: '0x529d15cc' }, 'latest']); // sequence()
  return {
    settlements: items.length,
    evidence_root: items[0].evidence_root,
    data_hash: items[0].data_hash,
    entitlement_root: items[0].entitlement_root,
    on_chain: Number(BigInt(sequence)),
    readings: evening.world.sql('SELECT count(*) FROM reading'),
    doubled: evening.world.sql('SELECT count(*) FROM (SELECT 1 FROM reading GROUP BY meter, channel, start_at, version HAVING count(*) > 1) AS twice'),
    versions: evening.world.sql('SELECT max(version) FROM reading'),
  };
}

/** Seeded, so that a failing series of kills can be played again. */
function* pauses(seed) {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield KILL_PAUSE_MS[0] + (state % (KILL_PAUSE_MS[1] - KILL_PAUSE_MS[0]));
  }
}

async function killAtRandom(evening, count, over) {
  const pause = pauses(Number(process.env.GW_SEED ?? 7));
  for (let done = 0; done < count && !over.now; ) {
    await delay(pause.next().value);
    if (evening.gateway && !evening.gateway.exit && evening.api) {
      evening.killGateway();
      done++;
    }
  }
}

async function run(name, keysFrom, { crashAt = null, random = 0 } = {}) {
  const dir = path.join(ROOT, 'var', 'kills');
  const evening = new Evening({ scene: eveningScene(), dir, keysFrom, crashAt });
  const over = { now: false };
  try {
    const killer = random > 0 ? killAtRandom(evening, random, over) : null;
    await play(evening);
    over.now = true;
    await killer;
    if (!keysFrom) fs.cpSync(evening.path('keys'), path.join(ROOT, 'var', 'kills-keys'), { recursive: true });
    return { name, kills: evening.kills, ...(await outcome(evening)) };
  } finally {
    over.now = true;
    await evening.stop();
  }
}

const same = (a, b) => Object.keys(a).every((key) => ['name', 'kills'].includes(key) || a[key] === b[key]);

async function main() {
  silence();
  const keys = path.join(ROOT, 'var', 'kills-keys');
  fs.rmSync(keys, { recursive: true, force: true });
  const plain = await run('no kill', null);
  process.stdout.write(`no kill: ${JSON.stringify(plain)}\n`);
  const plays = [...points.map((point) => [point, { crashAt: `${point}:1` }]), ...(randomKills > 0 ? [[`${randomKills} random kills`, { random: randomKills }]] : [])];
  let passed = 0;
  let failed = 0;
  for (const [name, how] of plays) {
    const got = await run(name, keys, how).catch((error) => ({ name, error: error.message }));
    const good = !got.error && got.kills > 0 && same(plain, got) && got.on_chain === 1 && got.doubled === '0';
    process.stdout.write(`${good ? 'ok    ' : 'FAILED'} ${name}: ${got.kills ?? 0} kills${good ? '' : ` ${JSON.stringify(got)}`}\n`);
    if (good) passed++;
    else failed++;
  }
  fs.rmSync(keys, { recursive: true, force: true });
  const skipped = options.full ? allPoints.filter((point) => NOT_PLAYED.test(point)).length : 0;
  if (skipped > 0) process.stdout.write(`skipped: ${skipped} points that the plain evening does not play\n`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exit(failed === 0 ? 0 : 1);
}

await main();
