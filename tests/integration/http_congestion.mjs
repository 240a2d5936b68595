// SPDX-License-Identifier: Apache-2.0
// From a network to a request over HTTP: the study, the traffic light, needs, and the request that is made of one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';
import { until } from '../support/world.mjs';

const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
let gateway, client, operator, north, south;

const must = async (status, answer) => {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  return got.body;
};
const refused = async (status, code, answer) => {
  const problem = await must(status, answer);
  assert.equal(problem.code, code, JSON.stringify(problem));
  return problem;
};
let keys = 0;
const post = (place, token, body) => client.call('POST', place, { token, body, headers: { 'idempotency-key': `k-${keys++}` } });
const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');
const line = (id, from, to) => ({ id, from, to, r1_ohm: 0.2, x1_ohm: 0.1, r0_ohm: 0.6, x0_ohm: 0.2, imax_a: 100 });
// Two houses on one street; the far one pulls phase B below 0.9 of nominal.
const street = (p_w) => ({
  format: 'gw-net', version: 1, name: 'street', model: 'three_phase',
  source: { id: 'grid', node: 'a', u_pu: 1.0 },
  nodes: ['a', 'b', 'c', 'd'].map((id) => ({ id, un_v: 400, vmin_pu: 0.9, vmax_pu: 1.1 })),
  branches: [line('ab', 'a', 'b'), line('bc', 'b', 'c'), line('ad', 'a', 'd')],
  points: [{ id: 'P1', node: 'b', phases: 'B', p_w: 1000, q_var: 0 }, { id: 'P2', node: 'c', phases: 'B', p_w, q_var: 0 }, { id: 'P3', node: 'd', phases: 'B', p_w: 500, q_var: 0 }],
});
const study = (network, token = operator) => client.call('POST', `/v1/grid/networks/${network}:study`, { token });
const light = (segment, token = operator, days = 1) => client.get(`/v1/grid/segments/${segment}/light?from=${iso(Date.now())}&to=${iso(Date.now() + days * DAY_MS)}`, token);

before(async () => {
  gateway = await startGateway({ grid: { study_s: 0, horizon_h: 2 } });
  client = gateway.client;
  operator = gateway.token('operator');
  north = gateway.token('aggregator', 'agg-north');
  south = gateway.token('aggregator', 'agg-south');
  for (const id of ['agg-north', 'agg-south']) await must(201, client.post('/v1/parties', operator, { id, kind: 'AGGREGATOR' }));
  await must(201, client.post('/v1/calendars', operator, { name: 'be', version: 1, zone: 'Europe/Brussels', holidays: ['2026-01-01'] }));
  await must(201, client.post('/v1/transformers', operator, { id: 'T-1', rating_w: 60000 }));
});
after(() => gateway?.stop());

test('a network that carries its load is green, and nothing is needed', async () => {
  await must(201, client.post('/v1/grid/networks', operator, { network_id: 'calm', format: 'gw-net', document: street(1000) }));
  const found = await must(200, study('calm'));
  assert.deepEqual([found.worst_light, found.needs, found.paths, found.missing_points], ['GREEN', 0, 0, 3]);
  const lights = await must(200, light('calm'));
  assert.equal(lights.items.length, 8 * 4);
  assert.ok(lights.items.every((item) => item.light === 'GREEN' && item.transition === 1 && item.reasons.length === 0));
  const again = await must(200, study('calm'));
  assert.equal(again.changed_lights, 0);
});

test('a voltage that will be too low makes a need with what each point is worth', async () => {
  await must(201, client.post('/v1/grid/networks', operator, { network_id: 'street', format: 'gw-net', document: street(8000), transformer: 'T-1', segments: [{ segment_id: 'street-b', element: 'ab' }, { segment_id: 'street-d', element: 'ad' }] }));
  const found = await must(200, study('street'));
  assert.equal(found.worst_light, 'YELLOW');
  const lights = await must(200, light('street'));
  const of = (phase) => lights.items.filter((item) => item.phase === phase).map((item) => item.light);
  assert.ok(of('A').every((word) => word === 'GREEN'));
  assert.ok(of('B').every((word) => word === 'YELLOW'));
  assert.ok(of('ALL').every((word) => word === 'YELLOW'));
  const reason = lights.items.find((item) => item.phase === 'B').reasons[0];
  assert.deepEqual([reason.kind, reason.element, reason.phase], ['voltage_low', 'c', 'B']);
  assert.ok(reason.middle_ppm > 1_000_000);
  assert.ok((await must(200, light('street-b'))).items.some((item) => item.light === 'YELLOW'));
  assert.ok((await must(200, light('street-d'))).items.every((item) => item.light === 'GREEN'));

  const needs = await must(200, client.get('/v1/grid/needs?segment=street-b', operator));
  const head = needs.items.find((item) => item.kind === 'voltage_low');
  const worst = await Promise.all(needs.items.map(async (item) => (await must(200, client.get(`/v1/grid/needs/${item.need_id}`, operator))).intervals[0].before_ppm));
  assert.deepEqual(worst, [...worst].sort((left, right) => right - left));
  assert.deepEqual([head.kind, head.phase, head.reference_point, head.direction, head.confirmed], ['voltage_low', 'B', 'P2', 'LESS', true]);
  const need = await must(200, client.get(`/v1/grid/needs/${head.need_id}`, operator));
  assert.equal(need.intervals.length, 8);
  assert.ok(need.intervals[0].need_w > 100 && need.intervals[0].need_w < 4000);
  assert.ok(need.intervals[0].before_ppm > 1_000_000 && need.intervals[0].after_ppm <= 1_000_001);
  const worth = Object.fromEntries(need.effectiveness.map((item) => [item.point, item.less_ppm]));
  assert.equal(worth.P2, 1_000_000);
  assert.ok(worth.P1 > 100_000 && worth.P1 < 900_000);
  assert.ok(Math.abs(worth.P3) < 10_000);

  // the cut that it asks for does relieve
  const relieved = await must(200, client.post('/v1/grid/networks/street:powerflow', operator, { injections: [{ point: 'P2', power_w: 8000 - need.intervals[0].need_w }] }));
  const held = relieved.limits.find((limit) => limit.kind === 'voltage_low');
  assert.deepEqual([held.element, held.phase], ['c', 'B']);
  assert.ok(held.share_ppm > 990_000 && held.share_ppm <= 1_000_010, JSON.stringify(held));
});

test('a later study supersedes what nobody asked for, and a light that changes is told', async () => {
  const open = (await must(200, client.get('/v1/grid/needs?state=OPEN', operator))).items;
  await must(200, study('street'));
  const now = (await must(200, client.get('/v1/grid/needs?state=OPEN', operator))).items;
  assert.equal(now.length, open.length);
  assert.ok(now.every((item) => !open.some((other) => other.need_id === item.need_id)));
  assert.equal((await must(200, client.get('/v1/grid/needs?state=SUPERSEDED', operator))).items.length, open.length);
  await must(201, client.call('POST', '/v1/grid/networks', { token: operator, headers: { 'if-match': '*' }, body: { network_id: 'street', format: 'gw-net', document: street(12000), transformer: 'T-1' } }));
  const worse = await must(200, study('street'));
  assert.equal(worse.version, 2);
  const changed = (await must(200, light('street'))).items.filter((item) => item.phase === 'B');
  const events = (await must(200, client.get('/v1/events?types=light.changed', operator))).items;
  assert.ok(events.some((event) => event.subject === 'street' && event.body.lights.some((stretch) => stretch.light === 'YELLOW')));
  assert.ok(changed.length > 0);
  const told = (await must(200, client.get('/v1/events?types=need.opened', operator))).items;
  assert.ok(told.length >= 2 && told[0].body.largest_w > 0);
});

test('one call makes a request of a need, once', async () => {
  await must(201, client.call('POST', '/v1/grid/networks', { token: operator, headers: { 'if-match': '*' }, body: { network_id: 'street', format: 'gw-net', document: street(8000), transformer: 'T-1' } }));
  await must(200, study('street'));
  const needs = (await must(200, client.get('/v1/grid/needs?state=OPEN&segment=street-b', operator))).items;
  const head = needs.find((item) => item.element === 'c' && item.kind === 'voltage_low');
  const need = await must(200, client.get(`/v1/grid/needs/${head.need_id}`, operator));
  const startMs = Math.floor(Date.parse(need.from) / HALF_HOUR_MS) * HALF_HOUR_MS;
  const endMs = Math.ceil(Date.parse(need.to) / HALF_HOUR_MS) * HALF_HOUR_MS;
  const terms = {
    need_id: head.need_id, max_price_micros_per_kwh: 400000, shortfall_price_micros_per_kwh: 200000, budget_micros: 5000000,
    method: 'sgsc-10in10-v1', adjustment: 'CAPPED', calendar: 'be', gate_at: iso(startMs - 600_000), ack_by: iso(startMs - 300_000), data_deadline_at: iso(endMs + HALF_HOUR_MS),
  };
  await refused(404, 'not-found', post('/v1/requests:from-need', operator, { ...terms, need_id: '019bdc40-0000-7000-8000-000000000099' }));
  await refused(403, 'forbidden', post('/v1/requests:from-need', north, terms));
  const old = (await must(200, client.get('/v1/grid/needs?state=SUPERSEDED', operator))).items[0];
  await refused(409, 'wrong-state', post('/v1/requests:from-need', operator, { ...terms, need_id: old.need_id }));
  const made = await must(201, post('/v1/requests:from-need', operator, terms));
  assert.deepEqual([made.request.state, made.request.source, made.request.transformer, made.need_id], ['DRAFT', 'NEED', 'T-1', head.need_id]);
  assert.deepEqual([made.request.from, made.request.to], [iso(startMs), iso(endMs)]);
  assert.equal(Math.max(...made.request.need_w), Math.max(...need.intervals.map((item) => item.need_w)));
  assert.deepEqual(made.warnings, []);
  const asked = await must(200, client.get(`/v1/grid/needs/${head.need_id}`, operator));
  assert.deepEqual([asked.state, asked.requests], ['REQUESTED', [made.request.event_id]]);
  await refused(409, 'wrong-state', post('/v1/requests:from-need', operator, terms));
  await must(200, post(`/v1/requests/${made.request.event_id}:cancel`, operator, { reason: 'a test' }));
  await must(201, post('/v1/requests:from-need', operator, terms));
  await must(200, study('street'));
  assert.equal((await must(200, client.get(`/v1/grid/needs/${head.need_id}`, operator))).state, 'REQUESTED');
});

test('an aggregator sees lights and needs where it has a point, and its own points only', async () => {
  await must(404, light('street', north));
  assert.equal((await must(200, client.get('/v1/grid/needs', north))).items.length, 0);
  await must(200, client.call('PUT', '/v1/grid/networks/street/points/P1', { token: operator, body: { party: 'agg-north' } }));
  assert.ok((await must(200, light('street', north))).items.length > 0);
  const needs = (await must(200, client.get('/v1/grid/needs?state=OPEN', north))).items;
  assert.ok(needs.length > 0);
  const need = await must(200, client.get(`/v1/grid/needs/${needs[0].need_id}`, north));
  assert.deepEqual(need.effectiveness.map((item) => item.point), ['P1']);
  await must(404, client.get(`/v1/grid/needs/${needs[0].need_id}`, south));
  await must(404, light('street', south));
  await must(403, study('street', north));
  await must(404, light('nowhere'));
  await refused(422, 'invalid', light('street', operator, 9));
});

test('a network with meters is studied on their forecast, and without one there is no light', async () => {
  await must(201, client.post('/v1/grid/networks', operator, { network_id: 'metered', format: 'gw-net', document: street(2000), transformer: 'T-1' }));
  for (const number of [1, 2, 3]) {
    await must(201, client.post('/v1/meters', operator, { id: `M-${number}`, transformer: 'T-1', connection_w: 17250, interval_s: 1800, zone: 'Europe/Brussels' }));
    if (number < 3) await must(200, client.call('PUT', `/v1/grid/networks/metered/points/P${number}`, { token: operator, body: { meter: `M-${number}` } }));
  }
  await refused(409, 'no-data', study('metered'));
  const state = await refused(409, 'no-data', client.get('/v1/grid/networks/metered/state', operator));
  assert.equal(state.subject, 'measurement');
  await must(404, client.get('/v1/grid/networks/nothing/state', operator));

  const nowMs = Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS;
  gateway.world.sql(`SELECT reading_partition(day::date) FROM generate_series('${iso(nowMs - 60 * DAY_MS)}'::timestamptz, '${iso(nowMs)}'::timestamptz, '1 day') AS day`);
  gateway.world.sql(`INSERT INTO reading (start_at, meter, channel, version, wh, quality, boot, seq, lsn, received_at)
    SELECT at, 'M-' || n, 0, 1, n * 400 + (extract(epoch FROM at)::bigint / 1800) % 7 * 60, 'A', 0, 0, 1, at + interval '30 minutes'
    FROM generate_series('${iso(nowMs - 60 * DAY_MS)}'::timestamptz, '${iso(nowMs - HALF_HOUR_MS)}'::timestamptz, '30 minutes') AS at, generate_series(1, 2) AS n`);
  gateway.world.sql('INSERT INTO ingest_cursor (stream, lsn) VALUES (1, 1)'); // as the loader does: the forecast takes them in
  const measured = await must(200, client.get('/v1/grid/networks/metered/state', operator));
  assert.equal(measured.verdict, 'SOLVED');
  assert.deepEqual(measured.points.map((point) => point.source), ['MEASURED', 'MEASURED', 'DOCUMENT']);
  assert.equal(measured.missing_points, 1);
  assert.equal(measured.newest_reading_at, iso(nowMs));
  const first = measured.points[0];
  assert.ok(first.power_w >= 800 && first.power_w <= 1520 && first.low_w === first.power_w);

  // what the head measures beyond the two is laid on the third
  await must(201, client.post('/v1/grid/networks', operator, { network_id: 'headed', format: 'gw-net', document: { ...street(2000), branches: [line('ab', 'a', 'b'), line('bc', 'b', 'c'), line('bd', 'b', 'd')] }, head_meter: 'M-3' }));
  for (const number of [1, 2]) await must(200, client.call('PUT', `/v1/grid/networks/headed/points/P${number}`, { token: operator, body: { meter: `M-${number}` } }));
  gateway.world.sql(`INSERT INTO reading (start_at, meter, channel, version, wh, quality, boot, seq, lsn, received_at)
    SELECT start_at, 'M-3', 0, 1, sum(wh) + 800, 'A', 0, 0, 1, '${iso(nowMs)}' FROM reading WHERE start_at = '${iso(nowMs - HALF_HOUR_MS)}' AND meter IN ('M-1', 'M-2') GROUP BY start_at`);
  const measuredW = measured.points[0].power_w + measured.points[1].power_w;
  const headed = await must(200, client.get('/v1/grid/networks/headed/state', operator));
  assert.deepEqual(headed.points.map((point) => point.source), ['MEASURED', 'MEASURED', 'ALLOCATED']);
  assert.equal(headed.head, 'matched');
  assert.ok(Math.abs(headed.source_w - measuredW - 1600) <= 60, `${headed.source_w}`);
  const place = `/v1/grid/networks/metered/state?at=${iso(nowMs + 2 * HALF_HOUR_MS)}`;
  const ahead = (await until(async () => {
    const answer = await client.get(place, operator);
    return answer.status === 200 && answer;
  }, 'the forecast')).body;
  assert.deepEqual(ahead.points.map((point) => point.source), ['FORECAST', 'FORECAST', 'DOCUMENT']);
  assert.ok(ahead.points[0].low_w <= ahead.points[0].power_w && ahead.points[0].power_w <= ahead.points[0].high_w);
  assert.match(ahead.forecast_id, /^f-/);
  const found = await must(200, study('metered'));
  assert.equal(found.paths, 100);
  assert.equal(found.missing_points, 1);
  assert.match(found.forecast_id, /^f-/);
  assert.equal(found.worst_light, 'GREEN');
  const solved = await must(200, client.post('/v1/grid/networks/metered:powerflow', operator, { base: 'state', injections: [{ point: 'P2', power_w: 0 }] }));
  assert.equal(solved.load_w, solved.points[0].power_w + 500);

  // what the meters say now is red at once: 8 kW at the far end
  await must(200, client.call('PUT', '/v1/grid/networks/headed/points/P3', { token: operator, body: { meter: 'M-3' } }));
  gateway.world.sql(`UPDATE reading SET wh = 4500 WHERE meter = 'M-3'`);
  gateway.world.sql(`INSERT INTO reading (start_at, meter, channel, version, wh, quality, boot, seq, lsn, received_at) VALUES ('${iso(nowMs - HALF_HOUR_MS)}', 'M-2', 0, 2, 4500, 'A', 0, 0, 2, '${iso(nowMs)}')`);
  assert.equal((await must(200, study('headed'))).worst_light, 'RED');
  const [next] = (await must(200, light('headed'))).items.filter((item) => item.phase === 'B');
  assert.equal(next.light, 'RED');
});
