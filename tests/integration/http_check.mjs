// SPDX-License-Identifier: Apache-2.0
// Checks of trades over HTTP: amounts, what is held and given back, who sees what, and that two gateways never give the same room twice.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Client } from '../contract/contract.mjs';
import { PROGRAM, startGateway } from '../support/gateway.mjs';
import { freePort, until } from '../support/world.mjs';

let gateway, client, operator, reader, north, south, keys = 0;

const must = async (status, answer) => {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  return got.body;
};
const refused = async (status, code, subject, answer) => {
  const problem = await must(status, answer);
  assert.equal(problem.code, code, JSON.stringify(problem));
  assert.ok(JSON.stringify(problem).includes(subject), `${subject} in ${JSON.stringify(problem)}`);
};
// The worked example of five trades: ../shared/data/grid/worked/trade_check_5trades.json.
const cable = (id, from, to, km) => ({ id, from, to, kind: 'cable', r1_ohm: 0.2067 * km, x1_ohm: 0.0804 * km, imax_a: 270 });
const load = (id, kw) => ({ id: `P${id}`, node: id, p_w: kw * 1000, q_var: Math.round(kw * 328.68410517886313) });
const feeder = {
  format: 'gw-net', version: 1, name: 'five trades', model: 'balanced',
  source: { id: 'grid', node: '0', u_pu: 1.02 },
  nodes: ['0', '1', '2', '3'].map((id) => ({ id, un_v: 400, vmax_pu: 1.05 })),
  branches: [cable('s1', '0', '1', 0.3), cable('s2', '1', '2', 0.3), cable('s3', '2', '3', 0.4)],
  points: [load('0', 0), load('1', 6), load('2', 4), load('3', 2)],
};
const trade = (id, seller, buyer, power_w, minute, more = {}) => ({ id, kind: 'trade', seller_point: `P${seller}`, buyer_point: `P${buyer}`, power_w, accepted_at: `2026-01-20T10:${minute}:00Z`, ...more });
const FIVE = [trade('A', 3, 1, 20000, '00'), trade('B', 3, 0, 25000, '05'), trade('C', 2, 1, 15000, '10'), trade('D', 2, 3, 10000, '20'), trade('E', 1, 1, 8000, '25')];
// Days ahead, so that the interval has not begun.
const start = new Date(Math.ceil(Date.now() / 900000) * 900000 + 86400000);
const at = (interval) => ({ starts_at: new Date(start.getTime() + interval * 900000).toISOString().replace('.000', ''), ends_at: new Date(start.getTime() + (interval + 1) * 900000).toISOString().replace('.000', '') });
const ask = (interval, more = {}) => ({ network_id: 'five', ...at(interval), mode: 'dry_run', quantiles: ['p50'], items: FIVE, ...more });
const post = (token, body, to = client) => to.call('POST', '/v1/grid/checks', { token, body, headers: { 'idempotency-key': `check-${(keys += 1)}` } });
const release = (token, id) => client.call('POST', `/v1/grid/checks/${id}:release`, { token, headers: { 'idempotency-key': `release-${(keys += 1)}` } });
const accepted = (check) => check.items.map((item) => item.accepted_w);
const connect = async (point, party) => {
  const { version } = await must(200, client.get('/v1/grid/networks/five', operator));
  await must(200, client.call('PUT', `/v1/grid/networks/five/points/${point}`, { token: operator, body: { party }, headers: { 'if-match': `"${version}"` } }));
};

before(async () => {
  gateway = await startGateway({ grid: { check_margin_ppm: 0, check_open_most: 3, fee_loss: 100000, fee_same_feeder: 2000, fee_curtailed_per_kw: 1000, fee_shadow_ppm: 1000000 } });
  client = gateway.client;
  operator = gateway.token('operator');
  reader = gateway.token('reader');
  north = gateway.token('aggregator', 'agg-north');
  south = gateway.token('aggregator', 'agg-south');
  for (const id of ['agg-north', 'agg-south']) await must(201, client.post('/v1/parties', operator, { id, kind: 'AGGREGATOR' }));
  await must(201, client.post('/v1/grid/networks', operator, { network_id: 'five', format: 'gw-net', document: feeder }));
  await connect('P3', 'agg-north');
  await connect('P2', 'agg-south');
});
after(() => gateway?.stop());

test('every rule gives the amounts of the worked example', async () => {
  const worked = {
    sensitivity_qp: [16567, 19996, 13525, 10000, 8000],
    min_kw: [20000, 17198, 15000, 10000, 8000],
    pro_rata_contributors: [16388, 20484, 12291, 10000, 8000],
    last_come_contributors: [20000, 21647, 0, 10000, 8000],
    pro_rata_all: [16026, 20032, 12019, 8013, 6410],
    last_come_all: [20000, 17766, 0, 0, 0],
  };
  for (const [policy, watts] of Object.entries(worked)) {
    const check = await must(201, post(operator, ask(0, { policy })));
    assert.deepEqual([check.verdict, check.state, check.policy], ['curtailed', 'dry_run', policy]);
    accepted(check).forEach((power, place) => assert.ok(Math.abs(power - watts[place]) <= 10, `${policy}: ${accepted(check)}`));
    const high = check.limits.find((limit) => limit.kind === 'voltage_high' && limit.element === '3');
    assert.ok(high.after <= high.limit && high.limit - high.after <= 3);
  }
});

test('reasons, losses and fees are told for each item', async () => {
  const check = await must(201, post(operator, ask(0)));
  const [first, , , counter, inside] = check.items;
  assert.deepEqual([first.reasons[0].kind, first.reasons[0].element, first.reasons[0].effect_ppb_per_w], ['voltage_high', '3', 798]);
  assert.ok(Math.abs(first.loss_factor_ppm - 52750) < 200);
  assert.equal(first.network_fee_micros, first.fee_loss_micros + first.fee_shadow_micros + first.fee_distance_micros);
  assert.deepEqual([first.distance, inside.distance, inside.network_fee_micros], ['same_feeder', 'same_node', 0]);
  assert.ok(counter.fee_shadow_micros < 0 && counter.reasons.length === 0);
  assert.equal((await must(200, client.get(`/v1/grid/checks/${check.check_id}`, reader))).verdict, 'curtailed');
});

test('what is held lowers the room of the interval, and of no other', async () => {
  const first = await must(201, post(operator, ask(1, { mode: 'reserve' })));
  assert.equal(first.state, 'held');
  const second = await must(201, post(operator, ask(1, { items: [trade('X', 3, 0, 5000, '30')] })));
  assert.ok(second.items[0].accepted_w < 10, JSON.stringify(second.items[0]));
  const other = await must(201, post(operator, ask(2, { items: [trade('X', 3, 0, 5000, '30')] })));
  assert.equal(other.verdict, 'ok');
  const back = await must(200, release(operator, first.check_id));
  assert.equal(back.state, 'released');
  const third = await must(201, post(operator, ask(1, { items: [trade('X', 3, 0, 5000, '30')] })));
  assert.equal(third.verdict, 'ok');
});

test('a dry run cannot be released, and a naive rule cannot reserve', async () => {
  const dry = await must(201, post(operator, ask(1)));
  await refused(409, 'wrong-state', 'check', release(operator, dry.check_id));
  await refused(422, 'invalid', '/policy', post(operator, ask(1, { mode: 'reserve', policy: 'pro_rata_all' })));
  const past = { starts_at: '2026-01-20T10:00:00Z', ends_at: '2026-01-20T10:15:00Z' };
  await refused(409, 'wrong-state', 'begun', post(operator, ask(1, { mode: 'reserve', ...past })));
});

test('a party asks for its own and sees its own', async () => {
  const own = await must(201, post(north, ask(3, { items: FIVE.slice(0, 2) })));
  assert.equal(own.party, 'agg-north');
  await refused(403, 'forbidden', '/items/1/seller_point', post(north, ask(3, { items: [FIVE[0], FIVE[2]] })));
  const both = await must(201, post(operator, ask(3)));
  const seen = await must(200, client.get(`/v1/grid/checks/${both.check_id}`, south));
  assert.deepEqual(seen.items.map((item) => item.id), ['C', 'D']);
  await refused(404, 'not-found', 'check', client.get(`/v1/grid/checks/${own.check_id}`, south));
  const list = await must(200, client.get('/v1/grid/checks?network_id=five', south));
  assert.ok(list.items.some((check) => check.check_id === both.check_id) && !list.items.some((check) => check.check_id === own.check_id));
  await refused(403, 'forbidden', '', client.get(`/v1/grid/checks/${both.check_id}/clearance`, south));
});

test('a claim to be within a schedule needs a signed one', async () => {
  const schedule = await must(201, post(operator, ask(4, { mode: 'reserve', items: [{ id: 'S', kind: 'schedule', seller_point: 'P3', power_w: 4000 }] })));
  assert.equal(schedule.items[0].accepted_w, 4000);
  const within = (more) => post(operator, ask(4, { items: [trade('W', 3, 3, 1000, '30', { buyer_point: undefined, effect: 'within_schedule', ...more })] }));
  const named = { seller_schedule: { check_id: schedule.check_id, item_id: 'S', digest: `0x${'11'.repeat(32)}` } };
  for (const [more, note] of [[{}, 'no schedule'], [named, 'not signed'], [{ seller_schedule: { ...named.seller_schedule, item_id: 'Z' } }, 'no such schedule']]) {
    const [item] = (await must(201, within(more))).items;
    assert.deepEqual([item.effect, item.claimed_effect], ['incremental', 'within_schedule']);
    assert.ok(item.note.includes(note), item.note);
  }
});

test('cuts are logged by point and rule, and can be equalised', async () => {
  const check = await must(201, post(operator, ask(5, { mode: 'reserve' })));
  const range = `from=${at(5).starts_at}&to=${at(5).ends_at}`;
  const log = await must(200, client.get(`/v1/grid/curtailment?network_id=five&point=P3&${range}`, reader));
  assert.deepEqual(log.items.map((item) => item.item_id), ['A', 'B']);
  assert.equal(log.items[0].curtailed_w, check.items[0].curtailed_w);
  assert.deepEqual(log.totals, [{ policy: 'sensitivity_qp', cuts: 2, curtailed_wh: log.items[0].curtailed_wh + log.items[1].curtailed_wh }]);
  const page = await must(200, client.get(`/v1/grid/curtailment?${range}&page_size=1`, north));
  assert.equal(page.items.length, 1);
  const rest = await must(200, client.get(`/v1/grid/curtailment?${range}&page_token=${page.next_page_token}`, north));
  assert.deepEqual(rest.items.map((item) => item.point), ['P3']);
  const plain = await must(201, post(operator, ask(6)));
  const fair = await must(201, post(operator, ask(6, { is_equalised: true })));
  assert.ok(fair.items[2].accepted_w < plain.items[2].accepted_w && fair.items[1].accepted_w > plain.items[1].accepted_w);
});

test('refusals have codes of their own', async () => {
  await refused(404, 'not-found', '/items/0/seller_point', post(operator, ask(0, { items: [trade('A', 9, 1, 5, '00')] })));
  await refused(404, 'not-found', 'network', post(operator, ask(0, { network_id: 'nothing' })));
  await refused(422, 'invalid', '/starts_at', post(operator, { ...ask(0), ends_at: at(1).ends_at }));
  await refused(422, 'invalid', '/items/1/id', post(operator, ask(0, { items: [FIVE[0], FIVE[0]] })));
  await refused(422, 'invalid', '/items/0/power_w', post(operator, ask(0, { items: [trade('A', 3, 1, 0, '00')] })));
  await refused(422, 'invalid', '/quantiles', post(operator, ask(0, { quantiles: ['p60'] })));
  await refused(400, 'idempotency-key-missing', '', client.call('POST', '/v1/grid/checks', { token: operator, body: ask(0) }));
  const { version } = await must(200, client.get('/v1/grid/networks/five', operator));
  await must(200, client.call('PUT', '/v1/grid/networks/five/switches', { token: operator, body: { switches: [{ id: 's3', closed: false }] }, headers: { 'if-match': `"${version}"` } }));
  await refused(409, 'not-energised', '/items/0/seller_point', post(operator, ask(0)));
  await must(200, client.call('PUT', '/v1/grid/networks/five/switches', { token: operator, body: { switches: [] }, headers: { 'if-match': `"${version + 1}"` } }));
});

test('one party cannot hold everything', async () => {
  const one = (id) => post(north, ask(7, { mode: 'reserve', items: [trade(id, 3, 1, 100, '00')] }));
  for (const id of ['a', 'b', 'c']) await must(201, one(id));
  await refused(429, 'rate-limited', 'party', one('d'));
  await must(201, post(operator, ask(7, { mode: 'reserve', items: [trade('d', 3, 1, 100, '00')] })));
});

// A second gateway on the same database.
async function secondGateway() {
  const port = await freePort();
  const config = gateway.world.path('second.ini');
  const state = gateway.world.path('state-2');
  fs.mkdirSync(state, { mode: 0o700 });
  const text = fs.readFileSync(gateway.config, 'utf8').replace(/state_dir = .*/, `state_dir = ${state}`).replace(/port = \d+/, `port = ${port}`);
  fs.writeFileSync(config, text);
  gateway.world.start('gateway-2', PROGRAM, ['serve', '--config', config]);
  const url = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${url}/livez`).then((answer) => answer.ok, () => false), 'the second gateway');
  return new Client(url);
}

test('two gateways never give the same room twice', async () => {
  const second = await secondGateway();
  const alone = await must(201, post(operator, ask(8, { items: [trade('all', 3, 0, 60000, '00')] })));
  const room = alone.items[0].accepted_w;
  const wishes = Array.from({ length: 12 }, (_, place) => post(operator, ask(8, { mode: 'reserve', items: [trade(`t${place}`, 3, 0, 7000, '00')] }), place % 2 === 0 ? client : second));
  const checks = await Promise.all(wishes.map((wish) => must(201, wish)));
  const given = checks.reduce((sum, check) => sum + check.items[0].accepted_w, 0);
  assert.ok(given <= room + 1 && given >= room - 20, `${given} W given of ${room} W`);
  assert.ok(checks.some((check) => check.verdict === 'rejected'));
  const key = { 'idempotency-key': 'the-same' };
  const body = ask(9, { mode: 'reserve', items: [trade('once', 3, 0, 3000, '00')] });
  const twice = await Promise.all([client, second].map((to) => to.call('POST', '/v1/grid/checks', { token: operator, body, headers: key })));
  const made = twice.filter((answer) => answer.status === 201).map((answer) => answer.body.check_id);
  assert.ok(made.length >= 1 && new Set(made).size === 1, JSON.stringify(twice.map((answer) => answer.text)));
});
