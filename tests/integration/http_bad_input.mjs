// SPDX-License-Identifier: Apache-2.0
// Bad input over HTTP: a clear problem for each, nothing crashed, nothing stored.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';
import { until } from '../support/world.mjs';

let gateway, client, operator;

before(async () => {
  gateway = await startGateway({ http: { arrival_ms: 1000, rate_per_s: 50, rate_burst: 200 } });
  client = gateway.client;
  operator = gateway.token('operator');
});
after(() => gateway?.stop());

const refused = async (status, code, answer) => {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  assert.equal(got.body.code, code);
  assert.equal(got.body.type, `/problems/${code}`);
  assert.match(got.body.request_id, /^[0-9a-f-]{36}$/);
  assert.equal(got.headers.get('x-request-id'), got.body.request_id);
  return got.body;
};
const post = (raw, more = {}) => client.call('POST', '/v1/transformers', { token: operator, raw, ...more });

test('malformed JSON is named with its place', async () => {
  const problem = await refused(400, 'malformed', post('{"id":'));
  assert.match(problem.detail, /line 1, column \d+/);
  for (const raw of ['', '[]', '"x"', '{"a":1,"a":2}', '{"id":"\\ud800"}', '[[[[', '{'.repeat(100), Buffer.from([0x7b, 0xff, 0x7d])]) {
    await refused(400, 'malformed', post(raw));
  }
});

test('all faults of a body come at once', async () => {
  const problem = await refused(422, 'invalid', post('{"id":"a b","rating_w":"12 kW","rating_kva":5}'));
  assert.deepEqual(problem.errors.map((one) => one.pointer), ['/id', '/rating_w', '/rating_kva']);
});

test('units are watts, and whole ones', async () => {
  for (const rating of ['1.5', '"1.5"', '1e3', '-1', '0', 'null', 'true', '[]', '"12 kW"', '1000000000000000']) {
    const problem = await refused(422, 'invalid', post(`{"id":"T","rating_w":${rating}}`));
    assert.equal(problem.errors[0].pointer, '/rating_w');
  }
});

test('unknown parameters and bad pages are refused', async () => {
  const problem = await refused(422, 'invalid', client.get('/v1/meters?colour=red&page_size=0', operator));
  assert.deepEqual(problem.errors.map((one) => one.pointer).sort(), ['?colour', '?page_size']);
  for (const token of ['x', '00', '317c6c697374506172746965737c61', 'ff'.repeat(600)]) {
    const bad = await refused(422, 'invalid', client.get(`/v1/meters?page_token=${token}`, operator));
    assert.equal(bad.errors[0].pointer, '?page_token');
  }
  await refused(400, 'malformed', client.get('/v1/meters?transformer=%zz', operator));
  await refused(400, 'malformed', client.get('/v1/meters?page_size=1&page_size=2', operator));
});

test('without a right token there is nothing to see', async () => {
  const parts = operator.split('_');
  const wrong = ['', 'x', 'gw_x_y', `gw_${parts[1]}_${'0'.repeat(parts[2].length)}`, `${operator}x`, operator.slice(0, -1)];
  for (const token of wrong) {
    const answer = await client.get('/v1/meters', token || undefined);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="gridwitness"');
    assert.equal(answer.status, 401);
  }
  const reader = gateway.token('reader');
  await refused(403, 'forbidden', client.call('POST', '/v1/transformers', { token: reader, body: { id: 'T', rating_w: 1 } }));
  assert.equal(gateway.world.sql('SELECT count(*) FROM transformer'), '0');
});

test('wrong paths, methods, types and sizes have their own answers', async () => {
  await refused(404, 'not-found', client.get('/v1/nothing', operator));
  await refused(404, 'not-found', client.get('/v1/meters/', operator));
  await refused(404, 'not-found', client.get('/v1/meters/M-404', operator));
  const wrong = await client.call('PUT', '/v1/meters', { token: operator });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get('allow'), 'GET, POST');
  await refused(415, 'unsupported', post('id=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }));
  await refused(413, 'too-large', post(`{"id":"${'x'.repeat(20000)}"}`));
});

const talk = (bytes) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(gateway.port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (data) => (answer += data)).on('close', () => resolve(answer)).on('error', reject);
  });
const HEAD = `POST /v1/transformers HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;

test('two statements of the length are refused', async () => {
  const both = `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`;
  assert.match(await talk(both), /^HTTP\/1\.1 400 /);
});

test('a request that drips is cut, others go on', async () => {
  const slow = new Promise((resolve) => {
    const from = Date.now();
    const socket = net.connect(gateway.port, '127.0.0.1');
    const drip = setInterval(() => socket.write('G'), 100);
    socket.on('error', () => {}).on('close', () => (clearInterval(drip), resolve(Date.now() - from)));
    socket.resume();
  });
  assert.equal((await client.get('/v1/meters', operator)).status, 200);
  const lasted = await slow;
  assert.ok(lasted > 500 && lasted < 5000, `${lasted} ms`);
});

test('a flood of one token is slowed, another is served', async () => {
  const busy = gateway.token('reader');
  const answers = [];
  for (let round = 0; round < 10; round++) {
    answers.push(...(await Promise.all(Array.from({ length: 40 }, () => client.get('/v1/parties', busy)))));
  }
  const limited = answers.filter((one) => one.status === 429);
  assert.ok(limited.length > 50, `${limited.length} of 400`);
  assert.equal(limited[0].body.code, 'rate-limited');
  assert.ok(Number(limited[0].headers.get('retry-after')) >= 1);
  assert.equal((await client.get('/v1/parties', operator)).status, 200);
});

test('health says one word to strangers and everything to a token', async () => {
  assert.equal((await client.get('/livez')).text, 'alive');
  const stranger = await client.get('/readyz');
  assert.ok(['ready', 'degraded', 'unready'].includes(stranger.text));
  const known = await client.get('/readyz', operator);
  assert.ok(known.body.parts.some((one) => one.name === 'database' && one.state === 'up'));
  assert.match((await client.get('/metrics')).text, /gw_http_requests_total\{operation="getLive",status="200"\} /);
  assert.equal((await client.call('GET', '/metrics', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status, 401);
  assert.match((await client.get('/problems/rate-limited')).text, /<h1>Too many requests<\/h1>/);
  assert.equal((await client.get('/problems/nothing')).status, 404);
});

test('while the database is away the answer says so, and it comes back by itself', async () => {
  const { world } = gateway;
  world.sql('ALTER DATABASE gridwitness ALLOW_CONNECTIONS false', 'postgres');
  world.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'gridwitness'", 'postgres');
  await refused(503, 'unavailable', client.get('/v1/parties', operator));
  assert.equal((await client.get('/livez')).status, 200);
  await until(async () => (await client.get('/readyz')).text !== 'ready', 'the state to be told');
  world.sql('ALTER DATABASE gridwitness ALLOW_CONNECTIONS true', 'postgres');
  await until(async () => (await client.get('/v1/parties', operator)).status === 200, 'the database to be used again');
});

test('nothing of all this crashed it, and it stops in good order', async () => {
  assert.equal(gateway.process.exit, null);
  assert.doesNotMatch(gateway.log(), /Sanitizer|runtime error/);
  gateway.process.process.kill('SIGTERM');
  const exit = await gateway.process.exited;
  assert.deepEqual(exit, { code: 0, signal: null });
});
