// SPDX-License-Identifier: Apache-2.0
// An evening on which the chain, the database and the broker are away for a while, one after the
// other: the gateway says so, goes on taking readings in, and ends with one settlement, nothing lost
// and nothing doubled.
import { until } from '../../support/world.mjs';
import { Tally, at, audit, iso, key, publish, runsOf, street, terms, transactionsOf, withEvening } from '../../support/scenario.mjs';

const EVENT = { from: '16:00', to: '17:30', gate: '15:00', ack: '15:30', data: '18:00', needW: [14_000, 14_000, 14_000] };
const NOTICE_MS = 20_000;

process.env.GW_CHAIN_RPC_TIMEOUT_MS ??= '1500'; // so that a chain that is silent is noticed soon
const tally = new Tally();
let evening;

const child = (name) => evening.world.children.find((entry) => entry.name === name && !entry.exit);

async function end(name) {
  await evening.world.stopOne(child(name));
}

async function readiness() {
  const response = await fetch(`${evening.gatewayUrl}/readyz`, { headers: { authorization: `Bearer ${evening.tokens.operator}` } });
  const text = await response.text();
  const report = text.startsWith('{') ? JSON.parse(text) : { status: text, parts: [] };
  return { http: response.status, ...report };
}

/** Waits until exactly this part is down and says what the gateway tells of itself then. */
async function expectAway(part) {
  let last = null;
  const away = async () => {
    last = await readiness();
    return last.parts.find((row) => row.name === part)?.state === 'down';
  };
  await until(away, `/readyz to say that the ${part} is down`, NOTICE_MS).catch(() => {});
  const down = (last?.parts ?? []).filter((row) => row.state === 'down').map((row) => row.name);
  tally.same(`without the ${part} it is degraded and ready`, [last?.http, last?.status, down], [200, 'degraded', [part]]);
  const live = await fetch(`${evening.gatewayUrl}/livez`);
  tally.same('and alive', live.status, 200);
}

async function expectBack(part) {
  let last = null;
  const ready = async () => {
    last = await readiness();
    return last.status === 'ready';
  };
  const back = await until(ready, 'ready', NOTICE_MS).catch(() => false);
  tally.check(`with the ${part} back it is ready`, back, JSON.stringify(last));
}

/** Plays an instant by hand, with something done while one of its steps is under way. */
async function instantWith(clock, who, meanwhile) {
  const ms = at(clock);
  await evening.world.chainTime(ms);
  let done = false;
  for (const name of ['fleet', 'gateway', ...evening.scene.aggregators, 'gateway']) {
    const step = evening.step(name, ms);
    if (name === who && !done) {
      done = true;
      await meanwhile(step);
    }
    await step;
  }
}

async function chainAway(eventId) {
  const { api, scene } = evening;
  const draft = await api.post('/v1/requests', terms(scene, { ...EVENT, from: '20:00', to: '20:30', gate: '19:00', ack: '19:30', data: '21:00', needW: [5000] }), 'outage/1');
  await instantWith('15:00', 'gateway', async () => {
    const chain = child('anvil').process;
    chain.kill('SIGSTOP');
    await expectAway('chain');
    const refusal = await fetch(`${evening.gatewayUrl}/v1/requests/${draft.event_id}:publish`, { method: 'POST', headers: { authorization: `Bearer ${evening.tokens.operator}`, ...key() } });
    tally.same('nothing is published that the chain may not cover', [refusal.status, (await refusal.json()).code], [504, 'timed-out']);
    chain.kill('SIGCONT');
  });
  await expectBack('chain');
  await evening.play(at('15:30'));
  tally.same('the commitment is on the chain once', (await transactionsOf(evening, eventId, 'CHAIN_COMMIT')).length, 1);
}

const numbers = (statement) => (evening.world.sql(statement) ?? '').split('|').map(Number);

/** Devices go on delivering while the database is away: their receipts come from the journal. */
async function databaseAway() {
  await evening.play(at('16:20'));
  await end('postgres');
  await expectAway('database');
  const began = Date.now();
  await evening.world.chainTime(at('16:30'));
  await evening.step('fleet', at('16:30'));
  tally.check('devices get their receipts meanwhile', true);
  const answer = await fetch(`${evening.gatewayUrl}/v1/orders`, { headers: { authorization: `Bearer ${evening.tokens.operator}` } });
  tally.same('what needs the database is refused clearly', [answer.status, answer.headers.get('content-type')?.split(';')[0]], [503, 'application/problem+json']);
  const step = evening.step('gateway', at('16:30'));
  evening.world.startDatabase();
  await step;
  await expectBack('database');
  console.log(`        the database was away for ${Date.now() - began} ms`);
  for (const name of [...evening.scene.aggregators, 'gateway']) await evening.step(name, at('16:30'));
  const [rows] = numbers(`SELECT count(*) FROM reading WHERE start_at = '${iso('16:00')}' AND channel = 0`);
  tally.same('their readings are in it afterwards', rows, evening.scene.devices.length);
}

async function brokerAway() {
  await instantWith('17:00', 'fleet', async () => {
    await end('mosquitto');
    await expectAway('broker');
    const reading = { readings: [{ meter: 'M-HTTP', channel: 'import', start: iso('16:30'), import_wh: 5 }] };
    const batch = await evening.api.raw('POST', '/v1/readings:batch', reading, key());
    tally.check('readings are still taken in over HTTP', batch.status >= 200 && batch.status < 300, `${batch.status} ${batch.text}`);
    evening.world.startBroker();
  });
  await expectBack('broker');
}

/** As after a power cut: the gateway is up first, everything that it needs comes later. */
async function gatewayFirst() {
  const chain = child('anvil').process;
  await evening.play(at('17:30'));
  chain.kill('SIGSTOP');
  await end('postgres');
  await end('mosquitto');
  evening.killGateway();
  const names = ['broker', 'chain', 'database'];
  let last = null;
  const degraded = async () => {
    last = await readiness().catch(() => null);
    const down = (last?.parts ?? []).filter((row) => row.state === 'down').map((row) => row.name);
    return JSON.stringify(down.sort()) === JSON.stringify(names);
  };
  const told = await until(degraded, 'all three to be down', NOTICE_MS).catch(() => false);
  tally.check('a gateway that starts alone starts, and says what is away', told && last.http === 200 && last.status === 'degraded', JSON.stringify(last));
  chain.kill('SIGCONT');
  evening.world.startBroker();
  evening.world.startDatabase();
  await expectBack('rest');
}

async function chainAwayAgain() {
  await evening.play(at('17:59'));
  await instantWith('18:00', 'gateway', async () => {
    const chain = child('anvil').process;
    chain.kill('SIGSTOP');
    await expectAway('chain');
    chain.kill('SIGCONT');
  });
  await expectBack('chain');
  await evening.play(at('18:30'));
}

async function expectWhole(eventId) {
  const [rows, different, versions, slots] = numbers("SELECT count(*), count(DISTINCT (start_at, meter, channel)), max(version), count(DISTINCT start_at) FROM reading WHERE meter <> 'M-HTTP'");
  const exporting = evening.scene.devices.filter((device) => device.kind === 'pv').length;
  tally.same('no reading is lost or doubled', [rows, different, versions], [slots * (evening.scene.devices.length + exporting), rows, 1]);
  const wanted = (at('18:30') - evening.scene.historyFromMs) / (evening.scene.intervalS * 1000);
  tally.same('every interval is there', slots, wanted);
  tally.same('nothing is in the dead letters', numbers('SELECT count(*) FROM dead_letter'), [0]);
  const runs = await runsOf(evening, eventId);
  tally.same('there is one settlement, posted', runs.map((run) => [run.sequence, run.state]), [[1, 'POSTED']]);
  tally.same('and one on the chain', (await transactionsOf(evening, eventId, 'CHAIN_SETTLE')).length, 1);
  const { status, text } = await audit(evening, runs[0]);
  tally.check('gwverify agrees', status === 0 && text.includes('VERIFIED'), text.slice(-600));
}

async function play(booted) {
  evening = booted;
  await evening.api.post('/v1/meters', { id: 'M-HTTP', transformer: evening.scene.transformer, connection_w: 17_250, interval_s: 1800, zone: evening.scene.zone });
  await expectBack('start');
  const eventId = await publish(evening, terms(evening.scene, EVENT));
  await evening.play(at('14:30'));
  await tally.scenario('the chain is away when the orders are promised', () => chainAway(eventId));
  await tally.scenario('the database is away during delivery', databaseAway);
  await tally.scenario('the broker is away during delivery', brokerAway);
  await tally.scenario('the gateway starts before everything else', gatewayFirst);
  await tally.scenario('the chain is away at the settlement', chainAwayAgain);
  await tally.scenario('the evening ends as if nothing had been', () => expectWhole(eventId));
}

await withEvening(street(), tally, play);
process.exit(tally.end());
