// SPDX-License-Identifier: Apache-2.0
// Three microgrids as processes, a real broker with mutual TLS, a real database: they agree as worked
// out in ../shared/data/grid/worked/admm_3_microgrids.json, two over MQTT and one over REST; a killed
// gateway or member changes nothing; a silent one leads to a pro-rata promise; lies are refused by name.
// usage: exchange.mjs PROGRAM [kills of the gateway] (needs `npm ci` once)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from '../contract/contract.mjs';
import { World, freePort, until } from '../support/world.mjs';

const PROGRAM = path.resolve(process.argv[2] ?? 'build/dev/gridwitness');
const KILLS = Number(process.argv[3] ?? 1);
const REALM = 'test';
const CENT = 10_000_000; // billionths
const MARKET_S = 900;
const GRIDS = {
  'grid-a': { transport: 'mqtt', slope: 8 * CENT, curvature: 1_000_000 },
  'grid-b': { transport: 'mqtt', slope: 18 * CENT, curvature: 800_000 },
  'grid-c': { transport: 'rest', slope: 30 * CENT, curvature: 1_200_000 },
};
const NAMES = Object.keys(GRIDS);
const START_AT = new Date(Math.ceil(Date.now() / 900_000) * 900_000 + 3_600_000).toISOString().replace('.000Z', 'Z');

let failures = 0;
function check(name, good, detail = '') {
  console.log(`${good ? 'ok      ' : 'NOT OK  '}${name}${good ? '' : `: ${detail}`}`);
  if (!good) failures++;
}
const same = (name, found, wanted) => check(name, JSON.stringify(found) === JSON.stringify(wanted), `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
const near = (name, found, wanted, by) => check(name, found.length === wanted.length && found.every((value, at) => Math.abs(value - wanted[at]) <= by), `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);

const world = new World(fs.mkdtempSync(path.join(os.tmpdir(), 'gw-exchange-')));
const keys = (name) => [world.path('keys', `${name}.pem`), world.path('keys', `${name}.key`)];
const tokens = {};
let url;
let client;
let gateway;

function startGateway() {
  gateway = world.start('gateway', PROGRAM, ['serve', '--config', world.path('gateway.ini')]);
  const mine = gateway;
  return until(() => {
    if (mine.exit) throw new Error(`the gateway ended: ${fs.readFileSync(world.path('log', 'gateway.log'), 'utf8').slice(-2000)}`);
    return fetch(`${url}/livez`).then((answer) => answer.ok, () => false);
  }, 'the gateway');
}

async function killGateway() {
  gateway.process.kill('SIGKILL');
  await gateway.exited;
}

let asked = 0;
/** Every answer is held against the contract. */
const api = (method, target, { token = tokens.operator, body } = {}) => client.call(method, target, { token, body, key: `exchange-${++asked}` });

async function setUp() {
  await world.startPostgres();
  fs.writeFileSync(world.path('devices.txt'), 'dev-1\n');
  world.run(PROGRAM, ['keygen', '--out', world.path('keys'), '--realm', REALM, '--nodes', 4, '--aggregators', NAMES.join(','), '--device-file', world.path('devices.txt')]);
  await world.startMosquitto(REALM);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  client = new Client(url);
  const [cert, key] = keys('gateway');
  const config = [
    '[server]', `realm = ${REALM}`, `state_dir = ${world.path('state')}`,
    '[database]', `conninfo = ${world.database.conninfo}`, `password_file = ${world.database.passwordFile}`,
    '[mqtt]', `url = ssl://localhost:${world.brokerPort}`, 'client_id = gateway', `ca_file = ${world.path('keys/ca.pem')}`, `cert_file = ${cert}`, `key_file = ${key}`,
    '[http]', `port = ${port}`,
  ];
  fs.mkdirSync(world.path('state'), { mode: 0o700 });
  fs.writeFileSync(world.path('gateway.ini'), `${config.join('\n')}\n`);
  world.run(PROGRAM, ['migrate', '--config', world.path('gateway.ini')]);
  for (const name of [...NAMES, 'stranger']) world.sql(`INSERT INTO party (id, kind, recorded_at) VALUES ('${name}', 'AGGREGATOR', now())`);
  const token = (...args) => world.run(PROGRAM, ['token', 'create', ...args, '--config', world.path('gateway.ini')]).match(/gw_[a-z0-9]+_\S+/)[0];
  tokens.operator = token('--scope', 'operator');
  for (const name of [...NAMES, 'stranger']) tokens[name] = token('--scope', 'aggregator', '--party', name);
  await startGateway();
}

/* ---- members */

const running = {};
function startMember(name, more = {}) {
  const { transport, slope, curvature } = GRIDS[name];
  const tokenFile = world.path(`${name}.token`);
  fs.writeFileSync(tokenFile, tokens[name], { mode: 0o600 });
  const plan = {
    name, transport, realm: REALM, broker_url: `ssl://localhost:${world.brokerPort}`, keys_dir: world.path('keys'), gateway_url: url, token_file: tokenFile,
    costs: [{ slope_nanos_per_kwh: slope, curvature_nanos_per_kwh_kw: curvature, least_w: -1_000_000, most_w: 1_000_000 }], ...more,
  };
  fs.writeFileSync(world.path(`${name}.json`), JSON.stringify(plan));
  running[name] = world.start(name, PROGRAM, ['microgrid', '--config', world.path(`${name}.json`)]);
}
async function killMember(name) {
  running[name].process.kill('SIGKILL');
  await running[name].exited;
}

/* ---- exchanges */

async function open(more = {}) {
  const members = NAMES.map((party) => ({ party, transport: GRIDS[party].transport.toUpperCase(), least_w: -1_000_000, most_w: 1_000_000 }));
  const body = {
    form: 'CONSENSUS', balancing: 'OFF', start_at: START_AT, interval_s: MARKET_S, penalty_nanos_per_kwh_kw: 1_000_000, answer_s: 30,
    deadline_at: new Date(Date.now() + 120_000).toISOString(), members,
    ties: [{ from: 'grid-a', to: 'grid-b', limit_w: 60_000 }, { from: 'grid-b', to: 'grid-c', limit_w: 40_000 }], ...more,
  };
  const { status, body: made } = await api('POST', '/v1/grid/exchanges', { body });
  if (status !== 201) throw new Error(`opening: ${status} ${JSON.stringify(made)}`);
  return made.exchange_id;
}
const read = async (id, token) => (await api('GET', `/v1/grid/exchanges/${id}`, { token })).body;
const ended = (id) => until(async () => { const now = await read(id); return !['OPEN', 'CHECKING'].includes(now.state) && now; }, 'the end of the exchange', 90_000);
const reached = (id, iteration) => until(() => Number(world.sql(`SELECT iteration FROM exchange WHERE exchange_id = '${id}'`)) >= iteration, `round ${iteration}`);
const exportsOf = (exchange) => exchange.members.map((member) => member.export_w[0]);
const pricesOf = (exchange) => exchange.members.map((member) => member.price_nanos_per_kwh[0]);
async function replays(name, id) {
  const { body } = await api('GET', `/v1/grid/exchanges/${id}/replay`);
  check(`${name}: its log leads to the same hash`, body.is_same && /[1-9a-f]/.test(body.recorded_hash.slice(2)), JSON.stringify(body));
}

async function worked() {
  const cases = [
    ['two ties of 60 and 40 kW', {}, 11, [60_000, -20_000, -40_000], [14, 16.4, 25.2]],
    ['the exchange form', { ties: [], form: 'EXCHANGE' }, 10, [100_000, 0, -100_000], [18, 18, 18]],
  ];
  for (const [name, more, rounds, exports, prices] of cases) {
    const from = Date.now();
    const id = await open(more);
    const result = await ended(id);
    const seconds = (Date.now() - from) / 1000;
    same(`${name}: agreed after ${rounds} rounds`, [result.state, result.iteration], ['AGREED', rounds]);
    near(`${name}: exports`, exportsOf(result), exports, 10);
    near(`${name}: prices`, pricesOf(result).map((price) => price / CENT), prices, 0.01);
    same(`${name}: nothing is left over`, exportsOf(result).reduce((sum, one) => sum + one, 0), 0);
    same(`${name}: ${rounds * NAMES.length} answers, all of them good`, [result.answers, result.accepted], [rounds * NAMES.length, rounds * NAMES.length]);
    console.log(`        ${rounds} rounds, ${2 * rounds * NAMES.length} messages, ${seconds.toFixed(2)} s: ${(seconds / MARKET_S * 100).toFixed(2)} % of a quarter-hour market`);
    await replays(name, id);
  }
}

/* Several intervals, names in another order, and a good start. */
async function variants() {
  const plain = await ended(await open({ interval_count: 4 }));
  same('four intervals are agreed together', [plain.state, plain.members[0].export_w.length], ['AGREED', 4]);
  near('four intervals: the same in each', plain.members[0].export_w, [60_000, 60_000, 60_000, 60_000], 10);
  const members = NAMES.map((party) => ({ party, transport: GRIDS[party].transport.toUpperCase(), least_w: -1_000_000, most_w: 1_000_000 })).reverse();
  const ties = [{ from: 'grid-b', to: 'grid-c', limit_w: 40_000 }, { from: 'grid-a', to: 'grid-b', limit_w: 60_000 }];
  const other = await ended(await open({ interval_count: 4, members, ties }));
  same('the order of members and ties does not matter', other.result_hash, plain.result_hash);
  const warm = await ended(await open({ interval_count: 4, warm_from: plain.exchange_id }));
  check('a good start needs fewer rounds', warm.state === 'AGREED' && warm.iteration * 2 < plain.iteration, `${warm.iteration} instead of ${plain.iteration}`);
  await replays('a good start', warm.exchange_id);
}

/* ---- the grid */

/* Each member at the end of a line of its own that carries 100 A: 69 kVA. */
const line = (id, to) => ({ id, from: 'bar', to, r1_ohm: 0.01, x1_ohm: 0.005, r0_ohm: 0.03, x0_ohm: 0.01, imax_a: 100 });
const NETWORK = {
  format: 'gw-net', version: 1, name: 'star', model: 'balanced', source: { id: 'grid', node: 'bar', u_pu: 1.0 },
  nodes: ['bar', 'a', 'b', 'c'].map((id) => ({ id, un_v: 400, vmin_pu: 0.9, vmax_pu: 1.1 })),
  branches: [line('to-a', 'a'), line('to-b', 'b'), line('to-c', 'c')],
  points: ['a', 'b', 'c'].map((node) => ({ id: `P-${node}`, node, p_w: 1000, q_var: 0 })),
};
const POINTS = { 'grid-a': 'P-a', 'grid-b': 'P-b', 'grid-c': 'P-c' };
const withPoints = () => ({
  network: 'star',
  members: NAMES.map((party) => ({ party, transport: GRIDS[party].transport.toUpperCase(), least_w: -1_000_000, most_w: 1_000_000, point: POINTS[party] })),
});

async function grid() {
  const { status, body } = await api('POST', '/v1/grid/networks', { body: { network_id: 'star', format: 'gw-net', document: NETWORK } });
  same('the network is handed in', [status, body.points], [201, 3]);
  const fits = await ended(await open(withPoints()));
  same('what the grid carries is agreed', [fits.state, fits.run, fits.checks.map((one) => one.verdict)], ['AGREED', 0, ['ok']]);
  const held = (await api('GET', `/v1/grid/checks/${fits.checks[0].check_id}`)).body;
  same('it is held', [held.mode, held.verdict, held.items.map((item) => item.accepted_w)], ['reserve', 'ok', [60_000, 20_000, 40_000]]);
  await api('POST', `/v1/grid/checks/${fits.checks[0].check_id}:release`);
  const id = await open({ ...withPoints(), ties: [] });
  const cut = await ended(id);
  const exports = exportsOf(cut);
  check('what the grid cannot carry is cut, and agreed again', cut.state === 'AGREED' && cut.run >= 1 && cut.cuts.length > 0, JSON.stringify(cut));
  check('the connections hold', exports.every((one) => Math.abs(one) <= 70_000) && exports[0] > 60_000, JSON.stringify(exports));
  same('nothing is left over after a cut', exports.reduce((sum, one) => sum + one, 0), 0);
  same('the last check is good', cut.checks.at(-1).verdict, 'ok');
  console.log(`        ${cut.rounds.length} rounds in ${cut.run + 1} runs: ${JSON.stringify(exports)} W at ${JSON.stringify(pricesOf(cut).map((price) => price / CENT))} ct`);
  await replays('after a cut', id);
  const strange = await api('POST', '/v1/grid/exchanges', { body: { ...cut, ...withPoints() } });
  check('a body that is none is refused', strange.status === 422, JSON.stringify(strange.body));
}

/* 20 rounds, so that there is a middle to kill in. */
const LONG = { penalty_nanos_per_kwh_kw: 500_000 };

async function kills() {
  const plain = await ended(await open(LONG));
  same('the long exchange takes 20 rounds', plain.iteration, 20);
  const first = await open(LONG);
  for (let kill = 1; kill <= KILLS; kill++) {
    await reached(first, Math.min(6 + Math.floor((kill * 12) / KILLS), 18));
    await killGateway();
    await startGateway();
  }
  const after = await ended(first);
  same(`a gateway killed ${KILLS} times leads to the same result`, [after.state, after.result_hash], ['AGREED', plain.result_hash]);
  await replays('a killed gateway', first);
  const second = await open(LONG);
  await reached(second, 6);
  await killMember('grid-b');
  startMember('grid-b');
  const resumed = await ended(second);
  same('a killed member that comes back leads to the same result', [resumed.state, resumed.result_hash], ['AGREED', plain.result_hash]);
}

async function silence() {
  const id = await open({ ...LONG, answer_s: 3 });
  await reached(id, 6);
  await killMember('grid-c');
  const result = await ended(id);
  same('a silent member: fallback', [result.state, result.outcome, /"grid-c" did not answer round/.test(result.reason)], ['FALLBACK', 'TIMED_OUT', true]);
  const exports = exportsOf(result);
  same('a silent member: nothing is left over', exports.reduce((sum, one) => sum + one, 0), 0);
  check('a silent member: the ties hold', Math.abs(exports[0]) <= 60_000 && Math.abs(exports[2]) <= 40_000, JSON.stringify(exports));
  await replays('a silent member', id);
  startMember('grid-c');
}

/* ---- lies */

function publish(name, topic, payload) {
  const [cert, key] = keys(name);
  const args = ['-h', 'localhost', '-p', String(world.brokerPort), '-V', '5', '-q', '1', '-i', `${name}-liar`, '--cafile', world.path('keys/ca.pem'), '--cert', cert, '--key', key, '-t', topic, '-s'];
  return spawnSync('mosquitto_pub', args, { input: JSON.stringify(payload), encoding: 'utf8' });
}

async function lies() {
  for (const name of NAMES) await killMember(name);
  const id = await open();
  const verdicts = () => world.sql(`SELECT string_agg(verdict, ' ' ORDER BY seq) FROM exchange_message WHERE exchange_id = '${id}' AND kind = 'ANSWER'`);
  const say = async (name, more, verdict) => {
    const before = verdicts();
    publish(name, `gw/v1/${REALM}/up/${name}/exchange`, { exchange_id: id, iteration: 1, counter: 1, power_milliwatt: [1000], ...more });
    await until(() => verdicts() !== before, `the verdict ${verdict}`);
    same(`over MQTT: ${verdict}`, verdicts().split(' ').at(-1), verdict);
  };
  await say('grid-a', { iteration: 2 }, 'early');
  await say('grid-a', { counter: 7 }, 'replayed');
  await say('grid-a', { power_milliwatt: [1000, 1000] }, 'incomplete');
  await say('grid-a', { power_milliwatt: [2_000_000_000] }, 'out-of-range');
  await say('grid-a', {}, 'accepted');
  await say('grid-a', {}, 'repeated');
  await say('grid-a', { power_milliwatt: [1001] }, 'contradicts');
  publish('grid-a', `gw/v1/${REALM}/up/grid-b/exchange`, { exchange_id: id, iteration: 1, counter: 1, power_milliwatt: [9] });
  await say('grid-b', {}, 'accepted');
  same('nobody speaks for another', world.sql(`SELECT count(*) FROM exchange_message WHERE exchange_id = '${id}' AND ordinal = 1`), '1');
  const path1 = `/v1/grid/exchanges/${id}/rounds/1/answer`;
  const answer = (name, body) => api('POST', path1, { token: tokens[name], body: { counter: 1, power_milliwatt: [0], ...body } });
  same('a stranger sees nothing', [(await read(id, tokens.stranger)).status, (await answer('stranger', {})).status], [404, 404]);
  same('a member sees itself only', (await read(id, tokens['grid-b'])).members.map((member) => member.party), ['grid-b']);
  same('the last answer ends the round', (await answer('grid-c', {})).body.verdict, 'accepted');
  const late = await answer('grid-c', {});
  same('over REST: late', [late.status, late.body.detail.startsWith('late')], [409, true]);
  const [, a] = (await read(id)).members;
  const runs = a.round.target_milliwatt[0] > 0 ? -500_000_000 : 500_000_000;
  await say('grid-b', { iteration: 2, counter: 2, power_milliwatt: [runs] }, 'implausible');
  const cancelled = await api('POST', `/v1/grid/exchanges/${id}:cancel`);
  same('the operator gives it up', cancelled.body.state, 'CANCELLED');
  await say('grid-b', { iteration: 2, counter: 2 }, 'closed');
}

try {
  await setUp();
  for (const name of NAMES) startMember(name);
  await worked();
  await variants();
  await grid();
  await kills();
  await silence();
  await lies();
} catch (error) {
  console.log(`NOT OK  ${error.stack}`);
  for (const log of fs.readdirSync(world.path('log'))) console.log(`--- ${log}\n${fs.readFileSync(world.path('log', log), 'utf8').slice(-3000)}`);
  failures++;
} finally {
  await world.stop();
}
console.log(failures === 0 ? 'exchange: all good' : `exchange: ${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
