// SPDX-License-Identifier: Apache-2.0
// Networks over HTTP: handing in, switching, connecting points, power flows and the state, and what is refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';
import { ROOT, until } from '../support/world.mjs';

const SIMBENCH = path.join(ROOT, '../shared/data/grid/simbench_lv_rural1/original');
const EUROPEAN = path.join(ROOT, '../shared/data/grid/minimal/ieee_european_lv_0566.net.json');
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
const line = (id, from, to, more = {}) => ({ id, from, to, r1_ohm: 0.1, x1_ohm: 0.05, r0_ohm: 0.3, x0_ohm: 0.1, imax_a: 100, ...more });
const street = (change = {}) => ({
  format: 'gw-net', version: 1, name: 'street', model: 'three_phase',
  source: { id: 'grid', node: 'a', u_pu: 1.0 },
  nodes: ['a', 'b', 'c', 'd'].map((id) => ({ id, un_v: 400, vmin_pu: 0.9, vmax_pu: 1.1 })),
  branches: [line('ab', 'a', 'b'), line('bc', 'b', 'c'), line('cd', 'c', 'd'), line('tie', 'a', 'd', { closed: false })],
  points: [{ id: 'P1', node: 'c', phases: 'A', p_w: 2000, q_var: 500 }, { id: 'P2', node: 'd', phases: 'B', p_w: 1000, q_var: 0 }, { id: 'house/3', node: 'd', phases: '?', p_w: 600, q_var: 0 }],
  ...change,
});
const upload = (token, network_id, document, headers = {}, more = {}) => client.call('POST', '/v1/grid/networks', { token, body: { network_id, format: 'gw-net', document, ...more }, headers });
const put = (token, place, body, headers = {}) => client.call('PUT', place, { token, body, headers });
const flow = (token, network_id, body) => client.post(`/v1/grid/networks/${network_id}:powerflow`, token, body);

before(async () => {
  gateway = await startGateway({ grid: { study_s: 1, horizon_h: 1 } });
  client = gateway.client;
  operator = gateway.token('operator');
  reader = gateway.token('reader');
  north = gateway.token('aggregator', 'agg-north');
  await must(201, client.post('/v1/parties', operator, { id: 'agg-north', kind: 'AGGREGATOR' }));
  await must(201, client.post('/v1/transformers', operator, { id: 'T-1', rating_w: 60000 }));
  for (const id of ['M-1', 'M-2']) await must(201, client.post('/v1/meters', operator, { id, transformer: 'T-1', connection_w: 17250, interval_s: 900, zone: 'Europe/Brussels' }));
});
after(() => gateway?.stop());

test('a network is handed in once, and another document needs the version that it replaces', async () => {
  const made = await must(201, upload(operator, 'street', street(), {}, { transformer: 'T-1' }));
  assert.deepEqual([made.version, made.revision, made.nodes, made.branches, made.points], [1, 1, 4, 4, 3]);
  assert.deepEqual(made.segments, [{ segment_id: 'street', transformer: 'T-1' }]);
  assert.ok(made.warnings.some((warning) => warning.pointer === '/transformers'));
  const again = await must(200, upload(operator, 'street', street(), {}, { transformer: 'T-1' }));
  assert.equal(again.network_hash, made.network_hash);
  const other = street({ name: 'another' });
  await refused(409, 'conflict', '/document', upload(operator, 'street', other, {}, { transformer: 'T-1' }));
  await refused(412, 'precondition', 'If-Match', upload(operator, 'street', other, { 'if-match': '"7"' }, { transformer: 'T-1' }));
  await refused(409, 'conflict', '/segments', upload(operator, 'street', street()));
  const newer = await must(201, upload(operator, 'street', other, { 'if-match': '"1"' }, { transformer: 'T-1' }));
  assert.deepEqual([newer.version, newer.revision, newer.name], [2, 2, 'another']);
  assert.notEqual(newer.network_hash, made.network_hash);
  const back = await must(201, upload(operator, 'street', street(), { 'if-match': '*' }, { transformer: 'T-1' }));
  assert.deepEqual([back.version, back.network_hash], [3, made.network_hash]);
  const versions = await must(200, client.get('/v1/grid/networks/street/versions?page_size=2', reader));
  assert.deepEqual(versions.items.map((item) => item.version), [3, 2]);
  const rest = await must(200, client.get(`/v1/grid/networks/street/versions?page_token=${versions.next_page_token}`, reader));
  assert.deepEqual(rest.items.map((item) => item.cause), ['DOCUMENT']);
  assert.equal((await must(200, client.get('/v1/grid/networks', reader))).items.length, 1);
});

test('the document comes back byte by byte, and in other formats', async () => {
  const raw = JSON.stringify({ network_id: 'raw', format: 'gw-net', document: street() }).replace('"un_v":400', '"un_v": 4.00e2');
  await must(201, client.call('POST', '/v1/grid/networks', { token: operator, raw }));
  const document = await client.get('/v1/grid/networks/raw/document', reader);
  assert.ok(raw.includes(document.text));
  assert.match(document.text, /4\.00e2/);
  const pgm = await must(200, client.get('/v1/grid/networks/raw/document?format=pgm', reader));
  assert.equal(pgm.data.node.length, 4);
  const copy = await must(201, client.post('/v1/grid/networks', operator, { network_id: 'copy', format: 'pgm', document: pgm }));
  assert.deepEqual([copy.nodes, copy.format], [4, 'pgm']);
  const [left, right] = [await must(200, flow(reader, 'raw', {})), await must(200, flow(reader, 'copy', {}))];
  assert.ok(Math.abs(left.source_w - right.source_w) <= 1);
  const map = await must(200, client.get('/v1/grid/networks/raw/document?format=geojson', reader));
  assert.equal(map.type, 'FeatureCollection');
  await refused(422, 'invalid', '?format', client.get('/v1/grid/networks/raw/document?format=dwg', reader));
});

test('a wrong document is refused with its place', async () => {
  const wrong = (status, code, pointer, document, more = {}) => refused(status, code, pointer, upload(operator, 'wrong', document, {}, more));
  await wrong(422, 'invalid', '/document/branches/1/to', street({ branches: [line('ab', 'a', 'b'), line('bc', 'b', 'x')] }));
  await wrong(422, 'invalid', '/document/branches/0/r1_ohm', street({ branches: [line('ab', 'a', 'b', { r1_ohm: -1 })] }));
  await wrong(400, 'malformed', '/document/model', street({ model: 'flat' }));
  await wrong(422, 'invalid', '/format', street(), { format: 'word' });
  await wrong(422, 'invalid', '/document', undefined);
  await wrong(422, 'invalid', '/segments', street(), { segments: [{ segment_id: 'far', element: 'nothing' }] });
  await wrong(422, 'invalid', '/segments', street(), { transformer: 'T-9' });
  await wrong(422, 'invalid', '/colour', street(), { colour: 'red' });
  await refused(400, 'malformed', 'JSON', client.call('POST', '/v1/grid/networks', { token: operator, raw: '{"network_id":"wrong","document":{"format":"gw-net"' }));
  await must(404, client.get('/v1/grid/networks/wrong', operator));
});

test('switches are set as a whole, and points in the dark are said', async () => {
  await must(201, upload(operator, 'ring', street()));
  const place = '/v1/grid/networks/ring/switches';
  await refused(412, 'precondition', 'If-Match', put(operator, place, { switches: [] }));
  await refused(412, 'precondition', 'If-Match', put(operator, place, { switches: [] }, { 'if-match': '"9"' }));
  await refused(404, 'not-found', 'nothing', put(operator, place, { switches: [{ id: 'nothing', closed: true }] }, { 'if-match': '"1"' }));
  await refused(422, 'invalid', '/switches', put(operator, place, { switches: [{ id: 'tie', closed: true }, { id: 'tie', closed: false }] }, { 'if-match': '"1"' }));
  const before = await must(200, client.get('/v1/grid/networks/ring', operator));
  const closed = await must(200, put(operator, place, { switches: [{ id: 'tie', closed: true }] }, { 'if-match': '"1"' }));
  assert.deepEqual([closed.version, closed.loops, closed.dark_points], [2, 1, []]);
  assert.notEqual(closed.network_hash, before.network_hash);
  const same = await must(200, put(operator, place, { switches: [{ id: 'tie', closed: true }, { id: 'ab', closed: true }] }, { 'if-match': '"2"' }));
  assert.equal(same.version, 2);
  const cut = await must(200, put(operator, place, { switches: [{ id: 'bc', closed: false }, { id: 'ab', closed: false }] }, { 'if-match': '"2"' }));
  assert.deepEqual(cut.dark_points, ['P1', 'P2', 'house/3']);
  const back = await must(200, put(operator, place, { switches: [] }, { 'if-match': '"3"' }));
  assert.deepEqual([back.version, back.network_hash], [4, before.network_hash]);
});

test('a point is connected to a meter and a party, and its phase may become known', async () => {
  await must(201, upload(operator, 'points', street()));
  const place = '/v1/grid/networks/points/points';
  const made = await must(200, put(operator, `${place}/P1`, { meter: 'M-1', party: 'agg-north' }));
  assert.equal(made.version, 2);
  assert.equal((await must(200, put(operator, `${place}/P1`, { meter: 'M-1', party: 'agg-north', phases: 'A' }))).version, 2);
  await refused(409, 'conflict', '/meter', put(operator, `${place}/P2`, { meter: 'M-1' }));
  await refused(422, 'invalid', '/meter', put(operator, `${place}/P2`, { meter: 'M-9' }));
  await refused(422, 'invalid', '/phases', put(operator, `${place}/P2`, { phases: 'BA' }));
  await refused(404, 'not-found', 'P9', put(operator, `${place}/P9`, {}));
  await refused(412, 'precondition', 'If-Match', put(operator, `${place}/P2`, {}, { 'if-match': '"1"' }));
  await must(200, put(operator, `${place}/${encodeURIComponent('house/3')}`, { meter: 'M-2', phases: 'C' }, { 'if-match': '"2"' }));
  const first = await must(200, client.get(`${place}?page_size=2`, reader));
  const rest = await must(200, client.get(`${place}?page_size=2&page_token=${first.next_page_token}`, reader));
  assert.deepEqual([...first.items, ...rest.items], [
    { point: 'P1', node: 'c', phases: 'A', meter: 'M-1', party: 'agg-north' },
    { point: 'P2', node: 'd', phases: 'B' },
    { point: 'house/3', node: 'd', phases: 'C', meter: 'M-2' },
  ]);
  const network = await must(200, client.get('/v1/grid/networks/points', reader));
  assert.deepEqual(network.overlay, { branches: {}, points: { 'house/3': 'C' }, transformers: {} });
});

test('a power flow is in whole numbers that add up, and infeasible is an answer', async () => {
  await must(201, upload(operator, 'flow', street()));
  const solved = await must(200, flow(reader, 'flow', {}));
  assert.equal(solved.verdict, 'SOLVED');
  assert.equal(solved.load_w, 3600);
  assert.ok(Math.abs(solved.source_w - solved.load_w - solved.loss_w) <= 1);
  assert.equal(solved.nodes[0].voltage_mv[0], 230940);
  assert.ok(solved.nodes[3].voltage_mv[1] < 230940);
  const head = solved.branches.find((branch) => branch.id === 'ab');
  assert.ok(Math.abs(head.from_w - solved.source_w) <= 1);
  assert.ok(head.current_ma[0] > head.current_ma[1]);
  assert.equal(solved.branches.find((branch) => branch.id === 'tie').current_ma[0], 0);
  assert.equal(solved.limits.length, 20);
  const one = await must(200, flow(operator, 'flow', { base: 'nothing', injections: [{ point: 'P2', power_w: 1500, reactive_var: 0 }] }));
  assert.equal(one.load_w, 1500);
  assert.equal(one.branches[0].current_ma[0], 0);
  const heavy = await must(200, flow(operator, 'flow', { injections: [{ point: 'P1', power_w: 900000 }] }));
  assert.equal(heavy.verdict, 'INFEASIBLE');
  assert.equal(heavy.nodes, undefined);
  await refused(404, 'not-found', '/injections/0/point', flow(operator, 'flow', { injections: [{ point: 'P9', power_w: 1 }] }));
  await refused(422, 'invalid', '/base', flow(operator, 'flow', { base: 'guess' }));
});

test('a timer studies a network by itself', async () => {
  await must(201, upload(operator, 'timed', street()));
  const place = `/v1/grid/segments/timed/light?from=${new Date().toISOString()}&to=${new Date(Date.now() + 7200_000).toISOString()}`;
  const items = await until(async () => {
    const { body } = await client.get(place, reader);
    return body.items.length > 0 && body.items;
  }, 'a study');
  assert.ok(items.every((item) => item.light === 'GREEN' || item.light === 'YELLOW' || item.light === 'RED'));
});

test('aggregators do not see networks', async () => {
  await refused(403, 'forbidden', 'token', upload(north, 'theirs', street()));
  for (const place of ['', '/street', '/street/document', '/street/versions', '/street/points', '/street/state']) await must(403, client.get(`/v1/grid/networks${place}`, north));
  await must(403, flow(north, 'street', {}));
  await must(403, put(reader, '/v1/grid/networks/street/switches', { switches: [] }, { 'if-match': '*' }));
  await must(403, put(north, '/v1/grid/networks/street/points/P1', {}));
});

test('a network of several files is handed in as parts', { skip: !fs.existsSync(SIMBENCH) }, async () => {
  const names = fs.readdirSync(SIMBENCH).filter((name) => name.endsWith('.csv') && !name.includes('Profile'));
  const body = { network_id: 'rural', format: 'simbench', parts: names.map((name) => ({ name, text: fs.readFileSync(path.join(SIMBENCH, name), 'utf8') })) };
  const made = await must(201, client.post('/v1/grid/networks', operator, body));
  assert.deepEqual([made.nodes, made.points, made.model], [15, 17, 'balanced']);
  assert.equal((await must(200, client.post('/v1/grid/networks', operator, body))).version, 1);
  assert.equal((await must(200, flow(reader, 'rural', {}))).verdict, 'SOLVED');
  const map = await must(200, client.get('/v1/grid/networks/rural/document?format=geojson', reader));
  assert.ok(map.features.length > 15);
  await must(422, client.post('/v1/grid/networks', operator, { ...body, network_id: 'none', parts: [] }));
});

test('the European low-voltage feeder solves to its published voltages', { skip: !fs.existsSync(EUROPEAN) }, async () => {
  const document = JSON.parse(fs.readFileSync(EUROPEAN, 'utf8'));
  const made = await must(201, upload(operator, 'european', document));
  assert.equal(made.nodes, document.nodes.length);
  const solved = await must(200, flow(operator, 'european', {}));
  assert.equal(solved.verdict, 'SOLVED');
  assert.ok(Math.abs(solved.source_w - solved.load_w - solved.loss_w) <= 1);
});
