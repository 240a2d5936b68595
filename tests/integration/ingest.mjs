// SPDX-License-Identifier: Apache-2.0
// Devices, a real broker with mutual TLS, a real database: what is taken in, what is refused and how
// a device and an operator hear of it, and that kills of the gateway lose and double nothing.
// usage: ingest.mjs PROGRAM
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { World, delay, until } from '../support/world.mjs';

const PROGRAM = path.resolve(process.argv[2] ?? 'build/dev/gridwitness');
const REALM = 'test';
const HALF_HOUR_MS = 1_800_000;
const DEVICES = ['dev-1', 'dev-2', 'dev-3', 'stranger'];

let failures = 0;
function check(name, good, detail = '') {
  console.log(`${good ? 'ok      ' : 'NOT OK  '}${name}${good ? '' : `: ${detail}`}`);
  if (!good) failures++;
}
const same = (name, found, wanted) => check(name, JSON.stringify(found) === JSON.stringify(wanted), `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);

const world = new World(fs.mkdtempSync(path.join(os.tmpdir(), 'gw-ingest-')));
const keys = (name) => [world.path('keys', `${name}.pem`), world.path('keys', `${name}.key`)];
const grid = Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS;
const at = (back) => new Date(grid - back * HALF_HOUR_MS).toISOString().replace('.000Z', 'Z');
const reading = (back, wh, more = {}) => ({ channel: 'import', start: at(back), import_wh: wh, ...more });
const number = (statement) => Number(world.sql(statement));

function client(program, device, args) {
  const [cert, key] = keys(device);
  return [program, ['-h', 'localhost', '-p', String(world.brokerPort), '-V', '5', '-q', '1', '-i', device, '--cafile', world.path('keys/ca.pem'), '--cert', cert, '--key', key, ...args]];
}
function publish(device, topic, payload) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const [program, args] = client('mosquitto_pub', device, ['-t', topic, '-s']);
  return spawnSync(program, args, { input: body, encoding: 'utf8' });
}
/** Many messages over one connection, one per line. */
function publishMany(device, topic, payloads) {
  const [program, args] = client('mosquitto_pub', device, ['-t', topic, '-l']);
  return spawnSync(program, args, { input: payloads.map((payload) => `${JSON.stringify(payload)}\n`).join(''), encoding: 'utf8' });
}
const up = (device, leaf) => `gw/v1/${REALM}/up/${device}/${leaf}`;
const message = (device, boot, seq, readings) => publish(device, up(device, 'm'), { boot, seq, readings });

/** Receipts as the device hears them, with a persistent session of its own. */
function listen(device) {
  const heard = [];
  const [program, args] = client('mosquitto_sub', device, ['-t', `gw/v1/${REALM}/down/${device}/#`]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.on('data', (data) => {
    for (const line of data.toString().split('\n')) if (line) heard.push(JSON.parse(line));
  });
  world.cleanups.push(() => child.kill('SIGKILL'));
  return { heard, stop: () => child.kill('SIGKILL') };
}

let gateway;
function startGateway() {
  gateway = world.start('gateway', PROGRAM, ['serve', '--config', world.path('gateway.ini')]);
  const mine = gateway;
  const log = world.path('log', 'gateway.log');
  return until(() => {
    if (mine.exit) throw new Error(`the gateway ended: ${fs.readFileSync(log, 'utf8').slice(-2000)}`);
    return number("SELECT count(*) FROM device_state") >= 0 && fs.readFileSync(log, 'utf8').includes('app.started');
  }, 'the gateway');
}

async function setUp() {
  await world.startPostgres();
  fs.writeFileSync(world.path('devices.txt'), `${DEVICES.join('\n')}\n`);
  world.run(PROGRAM, ['keygen', '--out', world.path('keys'), '--realm', REALM, '--nodes', 4, '--aggregators', 'agg-a', '--device-file', world.path('devices.txt')]);
  await world.startMosquitto(REALM);
  const [cert, key] = keys('gateway');
  const config = [
    '[server]', `realm = ${REALM}`, `state_dir = ${world.path('state')}`,
    '[database]', `conninfo = ${world.database.conninfo}`, `password_file = ${world.database.passwordFile}`,
    '[mqtt]', `url = ssl://localhost:${world.brokerPort}`, 'client_id = gateway', `ca_file = ${world.path('keys/ca.pem')}`, `cert_file = ${cert}`, `key_file = ${key}`,
  ];
  fs.mkdirSync(world.path('state'));
  fs.writeFileSync(world.path('gateway.ini'), `${config.join('\n')}\n`);
  world.run(PROGRAM, ['migrate', '--config', world.path('gateway.ini')]);
  world.sql(`INSERT INTO transformer VALUES ('T-1', 400000, 0, 0, 100, now())`);
  for (const name of ['M-1', 'M-2', 'M-3']) world.sql(`INSERT INTO meter VALUES ('${name}', 'T-1', 17250, 1800, 'Europe/Brussels', now())`);
  for (const at of [1, 2, 3]) world.sql(`INSERT INTO device (id, meter, kind, recorded_at) VALUES ('dev-${at}', 'M-${at}', 'METER', now())`);
  await startGateway();
}

const letters = (device) => world.sql(`SELECT code || ' ' || subject FROM dead_letter WHERE device = '${device}' ORDER BY lsn, part`).split('\n').filter(Boolean);

async function goodPath() {
  publish('dev-1', up('dev-1', 'birth'), { boot: 1, firmware: '1.2', meter: 'M-1', interval_s: 1800, first_seq: 1 });
  message('dev-1', 1, 1, [reading(10, 100), reading(9, 110), { channel: 'export', start: at(10), export_wh: '5' }]);
  await until(() => number("SELECT count(*) FROM reading WHERE meter = 'M-1'") === 3, 'three readings');
  same('readings are stored with version 1', world.sql("SELECT sum(wh), max(version) FROM reading WHERE meter = 'M-1'"), '215|1');
  message('dev-1', 1, 1, [reading(10, 100), reading(9, 110), { channel: 'export', start: at(10), export_wh: '5' }]);
  message('dev-1', 1, 2, [reading(10, 100)]);
  message('dev-1', 1, 3, [reading(10, 101)]);
  await until(() => number("SELECT max(version) FROM reading WHERE meter = 'M-1'") === 2, 'the correction');
  same('a repeated message and an equal value change nothing', number("SELECT count(*) FROM reading WHERE meter = 'M-1'"), 4);
  same('the correction is what counts now', number(`SELECT wh FROM reading_current WHERE meter = 'M-1' AND channel = 0 AND start_at = '${at(10)}'`), 101);
  same('the birth is noted', world.sql("SELECT boot, firmware, interval_s, is_online FROM device_state WHERE device = 'dev-1'"), '1|1.2|1800|t');
}

async function receipts() {
  const ear = listen('dev-2');
  await delay(500);
  ear.stop();
  message('dev-2', 1, 1, [reading(8, 1)]);
  message('dev-2', 1, 2, [reading(7, 1)]);
  message('dev-2', 1, 5, [reading(6, 1)]);
  message('dev-2', 1, 6, [reading(5, -4)]);
  await until(() => number("SELECT count(*) FROM dead_letter WHERE device = 'dev-2'") === 1, 'the refusal');
  const again = listen('dev-2');
  message('dev-3', 1, 1, [reading(8, 1)]);
  gateway.process.kill('SIGKILL');
  await gateway.exited;
  await startGateway();
  await until(() => again.heard.some((receipt) => receipt.hwm === 2), 'a receipt');
  same('a receipt names what is covered and what is missing', again.heard.at(-1).gaps, [[3, 4]]);
  again.stop();
}

async function badInput() {
  const device = 'dev-3';
  const ear = listen(device);
  await delay(500);
  const before = letters(device).length;
  ear.stop();
  const cases = [
    ['malformed JSON', '{"boot":1,', 'malformed'],
    ['no object', '[1]', 'malformed'],
    ['an unknown field', { boot: 1, seq: 10, readings: [reading(8, 1, { unit: 'kWh' })] }, 'invalid /readings/0/unit'],
    ['a wrong unit', { boot: 1, seq: 11, readings: [{ channel: 'import', start: at(8), import_kwh: 1 }] }, 'invalid /readings/0/import_wh'],
    ['a fraction', '{"boot":1,"seq":12,"readings":[{"channel":"import","start":"2026-01-01T00:00:00Z","import_wh":1.5}]}', 'invalid /readings/0/import_wh'],
    ['far future', { boot: 1, seq: 13, readings: [reading(-10, 1)] }, 'out-of-range /readings/0'],
    ['far past', { boot: 1, seq: 14, readings: [{ channel: 'import', start: '2012-01-01T00:00:00Z', import_wh: 1 }] }, 'out-of-range /readings/0'],
    ['above the connection', { boot: 1, seq: 15, readings: [reading(8, 99000)] }, 'out-of-range /readings/0'],
    ['off the grid', { boot: 1, seq: 16, readings: [{ channel: 'import', start: at(8).replace(':00Z', ':07Z'), import_wh: 1 }] }, 'invalid /readings/0'],
    ['other bytes under a known number', { boot: 1, seq: 1, readings: [reading(8, 77)] }, 'conflict /seq'],
  ];
  for (const [, payload] of cases) publish(device, up(device, 'm'), payload);
  publish(device, up(device, 'birth'), { boot: 1, firmware: '1', meter: 'M-1', interval_s: 1800, first_seq: 1 });
  await until(() => letters(device).length >= before + cases.length + 1, 'the dead letters');
  const found = letters(device).slice(before);
  cases.forEach(([name, , wanted], index) => same(`refused: ${name}`, found[index]?.trim(), wanted));
  same('refused: speaking for another meter', found[cases.length], 'forbidden /meter');
  same('nothing of it was stored', number("SELECT count(*) FROM reading WHERE meter = 'M-3'"), 1);
  publish('stranger', up('stranger', 'm'), { boot: 1, seq: 1, readings: [reading(8, 1)] });
  await until(() => letters('stranger').length === 1, 'the stranger');
  same('refused: an unknown device', letters('stranger')[0], 'not-found device');
  const total = number('SELECT count(*) FROM reading');
  publish('dev-3', up('dev-1', 'm'), { boot: 1, seq: 99, readings: [reading(4, 1)] });
  publish('dev-3', `gw/v1/other/up/dev-3/m`, { boot: 1, seq: 99, readings: [reading(4, 1)] });
  message('dev-3', 1, 20, [reading(3, 1)]);
  await until(() => number("SELECT count(*) FROM reading WHERE meter = 'M-3'") === 2, 'the next good one');
  same('speaking on another device\'s topic or realm reaches nobody', number('SELECT count(*) FROM reading'), total + 1);
}

/** Messages flow while the gateway is killed again and again. */
async function kills(times) {
  const messages = 600;
  const payloads = Array.from({ length: messages }, (_, seq) => ({ boot: 7, seq: seq + 1, readings: [reading(100 + seq, seq + 1)] }));
  let killed = 0;
  for (let from = 0; from < messages; from += messages / times) {
    const send = spawn(...client('mosquitto_pub', 'dev-1', ['-t', up('dev-1', 'm'), '-l']), { stdio: ['pipe', 'ignore', 'ignore'] });
    send.stdin.end(payloads.slice(from, from + messages / times).map((payload) => `${JSON.stringify(payload)}\n`).join(''));
    const sent = new Promise((resolve) => send.on('exit', resolve));
    await delay(20 + ((killed * 37) % 120));
    gateway.process.kill('SIGKILL');
    killed++;
    await sent;
    await gateway.exited;
    await startGateway();
  }
  await until(() => number("SELECT hwm FROM device_boot WHERE device = 'dev-1' AND boot = 7") === messages, 'all messages').catch(() => {});
  same(`${killed} kills: every message is covered`, number("SELECT hwm FROM device_boot WHERE device = 'dev-1' AND boot = 7"), messages);
  same('each reading is there once', world.sql("SELECT count(*), count(DISTINCT start_at), sum(wh), max(version) FROM reading WHERE boot = 7"), `${messages}|${messages}|${(messages * (messages + 1)) / 2}|1`);
}

async function databaseAway() {
  const before = number('SELECT count(*) FROM reading');
  const postgres = world.children.find((child) => child.name === 'postgres');
  postgres.process.kill('SIGSTOP');
  publishMany('dev-2', up('dev-2', 'm'), Array.from({ length: 200 }, (_, seq) => ({ boot: 9, seq: seq + 1, readings: [reading(200 + seq, 3)] })));
  await delay(1500);
  postgres.process.kill('SIGCONT');
  await until(() => number('SELECT count(*) FROM reading') === before + 200, 'the backlog').catch(() => {});
  same('a database that was away gets everything', number('SELECT count(*) FROM reading'), before + 200);
}

try {
  await setUp();
  await goodPath();
  await receipts();
  await badInput();
  await databaseAway();
  await kills(Number(process.env.GW_KILLS ?? 6));
} catch (error) {
  check('the test ran to its end', false, error.stack);
  const log = world.path('log', 'gateway.log');
  if (fs.existsSync(log)) console.log(fs.readFileSync(log, 'utf8').split('\n').slice(-25).join('\n'));
} finally {
  await world.stop();
}
console.log(failures === 0 ? 'ingest: all good' : `ingest: ${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
