// SPDX-License-Identifier: Apache-2.0
// Phase proposals over HTTP: voltages come in, phases are proposed, an operator accepts them, and what is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';

const PLACE = '/v1/grid/networks/street/phase-proposals';
const INTERVALS = 144;
let gateway, client, operator, reader, north;

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
const point = (id, phases) => ({ id, node: 'b', phases, p_w: 1000, q_var: 0 });
const street = (model = 'three_phase') => ({
  format: 'gw-net', version: 1, name: 'street', model,
  source: { id: 'grid', node: 'a', u_pu: 1.0 },
  nodes: ['a', 'b'].map((id) => ({ id, un_v: 400 })),
  branches: [{ id: 'ab', from: 'a', to: 'b', r1_ohm: 0.1, x1_ohm: 0.05, r0_ohm: 0.3, x0_ohm: 0.1 }],
  points: [point('A1', '?'), point('A2', 'A'), point('B1', '?'), point('B2', 'C'), point('C1', '?'), point('C2', '?'), point('heat', 'ABC')],
});

// A generator of repeatable numbers between -1 and 1.
let state = 20261123;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
const voltages = () => {
  const reference = { a_mv: [], b_mv: [], c_mv: [] };
  const series = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'].map((id) => ({ point: id, voltage_mv: [] }));
  for (let at = 0; at < INTERVALS; at++) {
    const shared = 1500 * random();
    const moved = [500 * random(), 500 * random(), 500 * random()];
    ['a_mv', 'b_mv', 'c_mv'].forEach((key, phase) => reference[key].push(Math.round(230000 + shared + moved[phase])));
    series.forEach((one, number) => one.voltage_mv.push(Math.round((228000 + shared + 3 * moved[number >> 1] + 200 * random()) / 100) * 100));
  }
  series[5].voltage_mv = series[5].voltage_mv.map((mv, at) => (at > 20 ? 0 : mv)); // a meter that fell silent
  return { from: '2026-01-20T00:00:00Z', interval_s: 600, intervals: INTERVALS, reference, series };
};
const study = voltages();
const propose = (token, more = {}) => client.post(PLACE, token, { ...study, ...more });

before(async () => {
  gateway = await startGateway();
  client = gateway.client;
  operator = gateway.token('operator');
  reader = gateway.token('reader');
  await must(201, client.post('/v1/parties', operator, { id: 'agg-north', kind: 'AGGREGATOR' }));
  north = gateway.token('aggregator', 'agg-north');
  for (const [network_id, model] of [['street', 'three_phase'], ['flat', 'balanced']])
    await must(201, client.post('/v1/grid/networks', operator, { network_id, format: 'gw-net', document: street(model) }));
  await must(200, client.call('PUT', '/v1/grid/networks/street/points/A1', { token: operator, body: { party: 'agg-north', phases: '?' } }));
});
after(() => gateway?.stop());

test('voltages tell the phases, and which entry of the network is wrong', async () => {
  const run = await must(201, propose(operator));
  assert.deepEqual([run.run, run.certain_ppm], [1, 990000]);
  const said = Object.fromEntries(run.proposals.map((one) => [one.point, [one.phase, one.doubt]]));
  assert.deepEqual(said, { A1: ['A', 'CERTAIN'], A2: ['A', 'KNOWN'], B1: ['B', 'CERTAIN'], B2: ['B', 'DISPUTED'], C1: ['C', 'CERTAIN'], C2: [undefined, 'FEW'] });
  assert.ok(run.proposals[0].confidence_ppm >= 990000);
  assert.ok(run.proposals[0].correlation_ppm.a > 900000);
  assert.equal((await must(200, client.get('/v1/grid/networks/street', reader))).overlay.points.A1, undefined);
});

test('with trust in nobody all are looked at alike', async () => {
  const run = await must(201, propose(operator, { trust: 'nobody' }));
  assert.equal(run.run, 2);
  const wrong = run.proposals.find((one) => one.point === 'B2');
  assert.deepEqual([wrong.phase, wrong.doubt, wrong.steps], ['B', 'CERTAIN', INTERVALS - 1]);
});

test('the newest proposals are listed page by page', async () => {
  const first = await must(200, client.get(`${PLACE}?page_size=4`, reader));
  const rest = await must(200, client.get(`${PLACE}?page_size=4&page_token=${first.next_page_token}`, reader));
  assert.deepEqual([...first.items, ...rest.items].map((one) => one.point), ['A1', 'A2', 'B1', 'B2', 'C1', 'C2']);
  assert.ok(first.items.every((one) => one.run === 2 && one.accepted_phase === undefined));
  await must(404, client.get('/v1/grid/networks/nowhere/phase-proposals', reader));
});

test('an accepted proposal is a new version of the network, once', async () => {
  const before = await must(200, client.get('/v1/grid/networks/street', operator));
  const accepted = await must(200, client.post(`${PLACE}/A1:accept`, operator, {}));
  assert.deepEqual([accepted.accepted_phase, accepted.accepted_version], ['A', before.version + 1]);
  const again = await must(200, client.post(`${PLACE}/A1:accept`, operator, {}));
  assert.deepEqual(again, accepted);
  const network = await must(200, client.get('/v1/grid/networks/street', operator));
  assert.deepEqual([network.version, network.overlay.points], [before.version + 1, { A1: 'A' }]);
  const points = await must(200, client.get('/v1/grid/networks/street/points', reader));
  assert.deepEqual(points.items[0], { point: 'A1', node: 'b', phases: 'A', party: 'agg-north' });
});

test('where nothing is proposed the operator says what he knows', async () => {
  await refused(409, 'conflict', 'no phase', client.post(`${PLACE}/C2:accept`, operator, {}));
  await refused(412, 'precondition', 'If-Match', client.call('POST', `${PLACE}/C2:accept`, { token: operator, body: { phase: 'C' }, headers: { 'if-match': '"1"' } }));
  const accepted = await must(200, client.post(`${PLACE}/C2:accept`, operator, { phase: 'C' }));
  assert.equal(accepted.accepted_phase, 'C');
  await refused(404, 'not-found', 'A9', client.post(`${PLACE}/A9:accept`, operator, {}));
  await refused(422, 'invalid', '/phase', client.post(`${PLACE}/A1:accept`, operator, { phase: 'AB' }));
});

test('what cannot be studied is refused with its place', async () => {
  const one = study.series[0];
  await refused(404, 'not-found', '/series/0/point', propose(operator, { series: [{ ...one, point: 'A9' }] }));
  await refused(422, 'invalid', '/series/0/point', propose(operator, { series: [{ ...one, point: 'heat' }] }));
  await refused(422, 'invalid', '/series/', propose(operator, { series: [one, one] }));
  await refused(422, 'invalid', '/series/0/voltage_mv', propose(operator, { series: [{ ...one, voltage_mv: [230000, 230100] }] }));
  await refused(422, 'invalid', '/reference', propose(operator, { reference: { a_mv: [], b_mv: [] } }));
  await refused(422, 'invalid', '/certain_ppm', propose(operator, { certain_ppm: 1 }));
  await refused(422, 'invalid', 'balanced', client.post('/v1/grid/networks/flat/phase-proposals', operator, study));
  await refused(404, 'not-found', 'nowhere', client.post('/v1/grid/networks/nowhere/phase-proposals', operator, study));
});

test('only operators propose and accept', async () => {
  for (const token of [reader, north]) {
    await must(403, propose(token));
    await must(403, client.post(`${PLACE}/A1:accept`, token, {}));
  }
  await must(403, client.get(PLACE, north));
});
