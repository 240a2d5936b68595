// SPDX-License-Identifier: Apache-2.0
// What the scenario tests share: a smaller street than the demo's, a tally that counts checks and
// goes on after a failed scenario, and the few sentences in which an operator speaks.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Evening } from '../../tools/demo/evening.mjs';
import { EVENING, devicesOf, groupsOf, temperatureSeries } from '../../tools/demo/plan.mjs';
import { isoTime } from './conductor.mjs';
import { ROOT } from './world.mjs';

const DAY_MS = 86_400_000;
const VERIFIER = path.join(ROOT, 'build/gwverify.mjs');
const HOMES = 16;
const LOG_LINES = 15;

/** An instant of the evening of the tests: at('17:30'). UTC. */
export const at = (clock) => Date.parse(`2026-01-20T${clock}:00Z`);
export const iso = (clock) => isoTime(at(clock));

export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;

  check(name, good, detail = '') {
    console.log(`${good ? '  ok      ' : '  NOT OK  '}${name}${good ? '' : `: ${detail}`}`);
    if (good) this.passed++;
    else this.failed++;
    return good;
  }

  same(name, found, wanted) {
    return this.check(name, JSON.stringify(found) === JSON.stringify(wanted), `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  }

  skip(name, why) {
    console.log(`skipped: ${name}: ${why}`);
    this.skipped++;
  }

  /** A scenario that cannot go on is one failure; the next one is tried all the same. */
  async scenario(name, work) {
    console.log(`-- ${name}`);
    try {
      return await work();
    } catch (error) {
      this.check(name, false, error.message);
      return undefined;
    }
  }

  /** Prints the counts that ./run test adds up; gives the exit status. */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    return this.failed === 0 ? 0 : 1;
  }
}

/** The street with 16 homes; change: properties of single devices by id. */
export function street(change = {}) {
  const devices = devicesOf(EVENING, HOMES).map((device) => ({ ...device, ...change[device.id] }));
  const groups = groupsOf(devices).map((group) => ({ ...group, power_w: group.members.reduce((sum, m) => sum + m.qualified_w, 0) }));
  const historyFromMs = EVENING.opensMs - EVENING.historyDays * DAY_MS;
  return { ...EVENING, falsifiedDevice: undefined, stepMs: 1_800_000, devices, groups, historyFromMs, groupsFrom: isoTime(historyFromMs), temperature: temperatureSeries(), steers: true, events: [] };
}

/** Boots an evening, plays `work` on it, and ends everything whatever happens. */
export async function withEvening(scene, tally, work) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gw-scenario-'));
  const evening = new Evening({ scene, dir, remove: !process.env.GW_KEEP_FILES });
  const interrupted = () => evening.stop().finally(() => process.exit(1));
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.once(signal, interrupted);
  try {
    await evening.boot();
    await evening.instant(scene.opensMs);
    await work(evening);
  } catch (error) {
    tally.check('the evening', false, `${error.message}\n${evening.tail('gateway', LOG_LINES)}`);
  }
  await evening.stop();
}

/** What an operator asks for; times as clock words, everything else may be overwritten. */
export function terms(scene, { from, to, gate, ack, data, needW, ...rest }) {
  return {
    transformer: scene.transformer,
    from: iso(from),
    to: iso(to),
    need_w: needW,
    max_price_micros_per_kwh: 300_000,
    shortfall_price_micros_per_kwh: 200_000,
    budget_micros: 20_000_000,
    method: 'sgsc-10in10-v1',
    adjustment: 'CAPPED',
    calendar: scene.calendar,
    gate_at: iso(gate),
    ack_by: iso(ack),
    data_deadline_at: iso(data),
    ...rest,
  };
}

let keys = 0;
export const key = () => ({ 'idempotency-key': `scenario/${++keys}` });

/** Writes a request and publishes it; throws when either is refused. */
export async function publish(evening, wish) {
  const draft = await evening.api.post('/v1/requests', wish, `scenario/${++keys}`);
  await evening.api.post(`/v1/requests/${draft.event_id}:publish`, undefined, `scenario/${++keys}`);
  return draft.event_id;
}

/** The runs of an event, oldest first. */
export async function runsOf(evening, eventId) {
  const { items } = await evening.api.get(`/v1/settlements?event_id=${eventId}`);
  return items.sort((a, b) => a.revision - b.revision);
}

export async function linesOf(evening, run) {
  const { items } = await evening.api.get(`/v1/settlements/${run.settlement_id}/lines?page_size=1000`);
  return items;
}

/** gwverify over the bundle of a run: exit status and words. */
export async function audit(evening, run) {
  const file = evening.path(`evidence-${run.settlement_id}.json`);
  fs.writeFileSync(file, JSON.stringify(await evening.api.get(`/v1/settlements/${run.settlement_id}/evidence`)));
  const { status, stdout, stderr } = spawnSync(process.execPath, [VERIFIER, file, '--rpc', evening.world.chainUrl], { encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

/** A claim of the payee from the audited bundle of a run; gives the micros received. */
export function claim(evening, run, name) {
  const said = evening.gridwitness(['chain', 'claim', '--config', evening.path('gateway.ini'), '--bundle', evening.path(`evidence-${run.settlement_id}.json`), '--key', evening.path('keys', `${name}.eth`)]);
  return Number(/received (\d+) micros/.exec(said)?.[1]);
}

/** Transactions of an event by kind, as the gateway tells them. */
export async function transactionsOf(evening, eventId, kind) {
  const { items } = await evening.api.get('/v1/chain/transactions?page_size=200');
  return items.filter((row) => row.event_id === eventId && row.kind === kind && row.state === 'CONFIRMED');
}
