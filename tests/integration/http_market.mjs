// SPDX-License-Identifier: Apache-2.0
// The market over HTTP, without chain and nodes: what is refused and why, and who may see what.
// Whole evenings are played by tests/integration/flow and by the demo.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';

const PAYEE = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'; // EIP-55, "Test Cases"
const HALF_HOUR_MS = 1_800_000;
let gateway, client, operator, north, south, node, terms;

const must = async (status, answer) => {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  return got.body;
};
const refused = async (status, code, answer) => {
  const problem = await must(status, answer);
  assert.equal(problem.code, code);
  return problem;
};
let keys = 0;
const post = (path, token, body) => client.call('POST', path, { token, body, headers: { 'idempotency-key': `k-${keys++}` } });
const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

before(async () => {
  gateway = await startGateway();
  client = gateway.client;
  operator = gateway.token('operator');
  north = gateway.token('aggregator', 'agg-north');
  south = gateway.token('aggregator', 'agg-south');
  node = gateway.token('oracle', 'node-1');
  await must(201, client.post('/v1/parties', operator, { id: 'agg-north', kind: 'AGGREGATOR', payee: PAYEE }));
  await must(201, client.post('/v1/parties', operator, { id: 'agg-south', kind: 'AGGREGATOR' }));
  await must(201, client.post('/v1/calendars', operator, { name: 'be', version: 1, zone: 'Europe/Brussels', holidays: ['2026-01-01'] }));
  await must(201, client.post('/v1/transformers', operator, { id: 'T-1', rating_w: 60000 }));
  for (const id of ['M-1', 'M-2']) await must(201, client.post('/v1/meters', operator, { id, transformer: 'T-1', connection_w: 17250, interval_s: 1800, zone: 'Europe/Brussels' }));
  await must(201, client.post('/v1/groups', operator, { id: 'G-1', party: 'agg-north', members: [{ meter: 'M-1', qualified_w: 2000 }] }));
  await must(201, client.post('/v1/groups', operator, { id: 'G-2', party: 'agg-south', members: [{ meter: 'M-2', qualified_w: 2000 }] }));
  await must(200, client.post('/v1/groups/G-1:prequalify', operator, { qualification: 'APPROVED' }));
  const startMs = Math.ceil(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS + 86_400_000;
  terms = {
    transformer: 'T-1', from: iso(startMs), to: iso(startMs + 2 * HALF_HOUR_MS), need_w: [1500, 1500],
    max_price_micros_per_kwh: 400000, shortfall_price_micros_per_kwh: 200000, budget_micros: 5000000,
    method: 'sgsc-10in10-v1', adjustment: 'CAPPED', calendar: 'be',
    gate_at: iso(startMs - 4 * HALF_HOUR_MS), ack_by: iso(startMs - HALF_HOUR_MS), data_deadline_at: iso(startMs + 4 * HALF_HOUR_MS),
  };
});
after(() => gateway?.stop());

test('a request that cannot be is refused with its place', async () => {
  const wrong = async (pointer, change) => {
    const problem = await must(422, post('/v1/requests', operator, { ...terms, ...change }));
    assert.ok(JSON.stringify(problem).includes(pointer), JSON.stringify(problem));
  };
  await wrong('/to', { to: terms.from });
  await wrong('/to', { from: terms.to, to: terms.from });
  await wrong('/need_w', { need_w: [1500] });
  await wrong('/need_w', { need_w: [0, 0] });
  await wrong('/gate_at', { gate_at: terms.to });
  await wrong('/ack_by', { ack_by: terms.to });
  await wrong('/data_deadline_at', { data_deadline_at: terms.from });
  await wrong('/budget_micros', { budget_micros: 0 });
  await wrong('/method', { method: 'best-guess' });
  await wrong('/colour', { colour: 'red' });
  await must(404, post('/v1/requests', operator, { ...terms, transformer: 'T-9' }));
  await must(404, post('/v1/requests', operator, { ...terms, calendar: 'nowhere' }));
  assert.equal((await must(200, client.get('/v1/requests', operator))).items.length, 0);
});

test('a draft is the operator\'s alone, and cannot be published without a chain', async () => {
  const draft = await must(201, post('/v1/requests', operator, terms));
  assert.equal(draft.state, 'DRAFT');
  await refused(403, 'forbidden', post('/v1/requests', north, terms));
  await must(404, client.get(`/v1/requests/${draft.event_id}`, north));
  assert.equal((await must(200, client.get('/v1/requests', north))).items.length, 0);
  await refused(503, 'unavailable', post(`/v1/requests/${draft.event_id}:publish`, operator));
  await refused(409, 'wrong-state', post(`/v1/requests/${draft.event_id}/bids`, north, { group: 'G-1', price_micros_per_kwh: 100000, power_w: [1500, 1500] }));
  const gone = await must(200, post(`/v1/requests/${draft.event_id}:cancel`, operator, { reason: 'a test' }));
  assert.equal(gone.state, 'CANCELLED');
  assert.equal(gone.reason, 'a test');
});

test('the same key makes one request, another body under it is refused', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await must(201, client.call('POST', '/v1/requests', { token: operator, body: terms, headers }));
  const again = await must(201, client.call('POST', '/v1/requests', { token: operator, body: terms, headers }));
  assert.equal(first.event_id, again.event_id);
  const other = await client.call('POST', '/v1/requests', { token: operator, body: { ...terms, budget_micros: 1 }, headers });
  assert.equal(other.status, 422);
  await must(200, post(`/v1/requests/${first.event_id}:cancel`, operator, {}));
});

test('bids are refused each with its reason', async () => {
  const draft = await must(201, post('/v1/requests', operator, terms));
  gateway.world.sql(`UPDATE request SET state = 'PUBLISHED', published_at = created_at WHERE event_id = '${draft.event_id}'`);
  const bid = (token, change = {}) => post(`/v1/requests/${draft.event_id}/bids`, token, { group: 'G-1', price_micros_per_kwh: 100000, power_w: [1500, 1500], ...change });
  await refused(422, 'out-of-range', bid(north, { power_w: [2001, 1500] }));
  await refused(422, 'invalid', bid(north, { power_w: [1500] }));
  await refused(422, 'invalid', bid(north, { price_micros_per_kwh: 400001 }));
  await refused(404, 'not-found', bid(north, { group: 'G-9' }));
  await refused(403, 'forbidden', bid(south));
  await refused(409, 'wrong-state', bid(south, { group: 'G-2' })); // not prequalified
  await refused(403, 'forbidden', bid(operator));
  const made = await must(201, bid(north));
  assert.equal(made.state, 'VALID');
  assert.equal((await must(201, bid(north))).bid_id, made.bid_id);
  await refused(409, 'conflict', bid(north, { price_micros_per_kwh: 90000 }));
  await must(404, client.get(`/v1/bids/${made.bid_id}`, south));
  assert.equal((await must(200, client.get(`/v1/requests/${draft.event_id}/bids`, south))).items.length, 0);
  await must(404, post(`/v1/bids/${made.bid_id}:withdraw`, south));
  assert.equal((await must(200, post(`/v1/bids/${made.bid_id}:withdraw`, north))).state, 'WITHDRAWN');
  gateway.world.sql(`UPDATE request SET gate_at = created_at, ack_by = starts_at WHERE event_id = '${draft.event_id}'`);
  await refused(409, 'gate-closed', bid(north, { price_micros_per_kwh: 80000 }));
});

test('what does not exist is not found, and a vote needs a task and a node', async () => {
  const nothing = '019bdc40-0000-7000-8000-000000000099';
  for (const path of ['requests', 'orders', 'dr-events', 'settlements']) await must(404, client.get(`/v1/${path}/${nothing}`, operator));
  for (const path of ['lines', 'lines.csv', 'evidence']) await must(404, client.get(`/v1/settlements/${nothing}/${path}`, operator));
  await must(404, client.get('/v1/requests/not-a-uuid', operator));
  await must(404, client.get(`/v1/oracle/tasks/${nothing}/core`, node));
  const vote = { verdict: 'STALE', detail: 'a test', seen: { readings: 1 } };
  await must(404, client.call('PUT', `/v1/oracle/tasks/${nothing}/vote`, { token: node, body: vote }));
  await refused(403, 'forbidden', client.call('PUT', `/v1/oracle/tasks/${nothing}/vote`, { token: operator, body: vote }));
  for (const seen of [[], { a: 'b' }, { 'a"b': 1 }, 7]) await must(422, client.call('PUT', `/v1/oracle/tasks/${nothing}/vote`, { token: node, body: { ...vote, seen } }));
  await must(404, post(`/v1/settlements/${nothing}:rerun`, operator));
  await must(404, post(`/v1/dr-events/${nothing}:recall`, operator, {}));
  await must(404, post(`/v1/dr-events/${nothing}:emergency-stop`, operator, {}));
  assert.deepEqual((await must(200, client.get('/v1/oracle/tasks', node))).items, []);
  assert.deepEqual((await must(200, client.get('/v1/oracle/nodes', operator))).items, []);
  assert.deepEqual((await must(200, client.get('/v1/chain/transactions', operator))).items, []);
  assert.deepEqual((await must(200, client.get('/v1/dr-events?state=ACTIVE', operator))).items, []);
});
