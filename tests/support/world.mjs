// SPDX-License-Identifier: Apache-2.0
// Starts the real parts of a Gridwitness installation on loopback, on free ports, in one directory,
// and stops all of them again: PostgreSQL over a Unix socket with passwords, Mosquitto with mutual
// TLS, anvil with a block time, and the programs of the product. Used by the demo and the tests.
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const READY_MS = 30_000;
const STOP_MS = 10_000;
const SOCKET_PATH_LONGEST = 90; // of 107, with room for .s.PGSQL.5432

export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a condition; throws with `what` after the time limit. */
export async function until(condition, what, timeoutMs = READY_MS) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await delay(50);
  }
}

/* Below the ports that the system gives to outgoing connections (32768 and up): one of those could
 * be taken by anybody's client between here and the listener that wants it. */
const PORTS = { from: 12_000, to: 32_000 };

const isFree = (port) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

export async function freePort() {
  for (;;) {
    const port = crypto.randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

const canConnect = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** PostgreSQL refuses root, so root lends the cluster to an unprivileged user. */
function databaseUser() {
  if (process.getuid() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    if (spawnSync('id', ['-u', name]).status === 0) return name;
  }
  throw new Error('root needs an unprivileged user for PostgreSQL: install the package postgresql');
}

function postgresProgram(name) {
  for (const version of ['15', '16', '17', '14']) {
    const file = `/usr/lib/postgresql/${version}/bin/${name}`;
    if (fs.existsSync(file)) return file;
  }
  return name;
}

const own = (user, file) => {
  if (user) execFileSync('chown', ['-R', user, file]);
};
/* setpriv replaces itself by the command, so that signals reach the command. */
const as = (user, command, args) =>
  user ? ['setpriv', [`--reuid=${user}`, `--regid=${user}`, '--init-groups', command, ...args]] : [command, args];

const PIDS = 'pids'; // the owner first, then its children: number and start time

/** When a process started, in clock ticks; null when there is none of that number. */
function startOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  } catch {
    return null;
  }
}

/** Ends what a run that was killed has left; refuses a directory that a living run owns. */
function endLeftovers(dir) {
  const file = path.join(dir, PIDS);
  if (!fs.existsSync(file)) return;
  const rows = fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(' '));
  const alive = ([pid, start]) => start !== 'null' && startOf(pid) === start;
  if (alive(rows[0]) && rows[0][0] !== String(process.pid)) throw new Error(`${dir} is in use by process ${rows[0][0]}: wait for it, or end it`);
  for (const row of rows.slice(1).filter(alive)) process.kill(Number(row[0]), 'SIGKILL');
}

export class World {
  children = []; // { name, process, exited }
  cleanups = [];
  log = () => {};
  #isStopping = false;

  /** dir is emptied. Everything below it goes when `remove` is true at stop. */
  constructor(dir, { remove = true } = {}) {
    this.dir = dir;
    this.remove = remove;
    endLeftovers(dir);
    fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    fs.mkdirSync(this.path('log'));
    fs.writeFileSync(this.path(PIDS), `${process.pid} ${startOf(process.pid)}\n`);
  }

  path(...parts) {
    return path.join(this.dir, ...parts);
  }

  /** A place that the database's user can reach and whose socket path is short enough. */
  #databaseDir(user) {
    const inside = this.path('postgresql');
    const reachable = !user || spawnSync(...as(user, 'test', ['-x', path.dirname(this.dir)])).status === 0;
    if (reachable && inside.length < SOCKET_PATH_LONGEST) {
      if (user) fs.chmodSync(this.dir, 0o711);
      fs.mkdirSync(inside, { mode: 0o700 });
      return inside;
    }
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'gw-pg-'));
    this.cleanups.push(() => fs.rmSync(outside, { recursive: true, force: true }));
    fs.symlinkSync(outside, inside);
    return outside;
  }

  async startPostgres() {
    const user = databaseUser();
    const dir = this.#databaseDir(user);
    const data = path.join(dir, 'data');
    const password = crypto.randomBytes(18).toString('hex');
    const passwordFile = path.join(dir, 'password');
    fs.writeFileSync(passwordFile, password, { mode: 0o600 });
    own(user, dir);
    const initdb = ['-D', data, '-U', 'gridwitness', '--auth-local=scram-sha-256', '--auth-host=reject', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
    const [initCommand, initArgs] = as(user, postgresProgram('initdb'), initdb);
    execFileSync(initCommand, initArgs, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    const settings = { listen_addresses: '', unix_socket_directories: dir, max_connections: '100', shared_buffers: '128MB', timezone: 'UTC' };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const [command, args] = as(user, postgresProgram('postgres'), ['-D', data, ...flags]);
    this.startDatabase = () => this.start('postgres', command, args, { cwd: '/', stopSignal: 'SIGINT' });
    this.startDatabase();
    this.database = { dir, user, passwordFile: this.path('database.password'), conninfo: `host=${dir} user=gridwitness dbname=gridwitness` };
    fs.writeFileSync(this.database.passwordFile, password, { mode: 0o600 });
    await until(() => fs.existsSync(path.join(dir, '.s.PGSQL.5432')) && this.sql('SELECT 1', 'postgres') === '1', 'PostgreSQL');
    this.sql('CREATE DATABASE gridwitness', 'postgres');
  }

  /** One statement by psql; for set-up and for tests that look behind the server. */
  sql(statement, database = 'gridwitness') {
    const password = fs.readFileSync(this.database.passwordFile, 'utf8');
    const result = spawnSync('psql', ['-h', this.database.dir, '-U', 'gridwitness', '-d', database, '-X', '-A', '-t', '-q', '-c', statement], {
      env: { ...process.env, PGPASSWORD: password },
      encoding: 'utf8',
    });
    return result.status === 0 ? result.stdout.trim() : null;
  }

  async startMosquitto(realm) {
    this.brokerPort = await freePort();
    const keys = this.path('keys');
    const values = {
      PORT: this.brokerPort,
      CA_FILE: path.join(keys, 'ca.pem'),
      CERT_FILE: path.join(keys, 'broker.pem'),
      KEY_FILE: path.join(keys, 'broker.key'),
      ACL_FILE: this.path('mosquitto.acl'),
      PERSISTENCE_DIR: `${this.path('mosquitto')}/`,
      USER: os.userInfo().username,
      REALM: realm,
    };
    const fill = (file) => fs.readFileSync(path.join(ROOT, 'deploy', file), 'utf8').replace(/@([A-Z_]+)@/g, (whole, key) => values[key] ?? whole);
    fs.mkdirSync(this.path('mosquitto'), { mode: 0o700 });
    fs.writeFileSync(this.path('mosquitto.acl'), fill('mosquitto.acl.in'), { mode: 0o600 });
    fs.writeFileSync(this.path('mosquitto.conf'), fill('mosquitto.conf.in'), { mode: 0o600 });
    const program = fs.existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto';
    this.startBroker = () => this.start('mosquitto', program, ['-c', this.path('mosquitto.conf')]);
    this.startBroker();
    await until(() => canConnect(this.brokerPort), 'Mosquitto');
  }

  async startAnvil(timestampMs, funded) {
    this.chainPort = await freePort();
    const args = ['--port', this.chainPort, '--host', '127.0.0.1', '--chain-id', '31337', '--block-time', '1', '--timestamp', Math.floor(timestampMs / 1000), '--accounts', '0', '--slots-in-an-epoch', '1', '--silent'];
    this.start('anvil', path.join(ROOT, 'tools/chain/anvil'), args.map(String), { env: { ...process.env, HOME: this.dir } });
    this.chainUrl = `http://127.0.0.1:${this.chainPort}`;
    await until(() => canConnect(this.chainPort), 'anvil');
    for (const address of funded) await this.rpc('anvil_setBalance', [address, '0x56bc75e2d63100000']);
  }

  async rpc(method, params = []) {
    const response = await fetch(this.chainUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer = await response.json();
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** Moves the chain's clock with the market's; a chain that is ahead already is left alone. */
  async chainTime(ms) {
    const latest = await this.rpc('eth_getBlockByNumber', ['latest', false]);
    const wanted = Math.floor(ms / 1000);
    if (wanted <= Number(latest.timestamp) + 1) return;
    await this.rpc('evm_setNextBlockTimestamp', [wanted]).catch(() => {});
  }

  /** A start that is under way when everything is ended begins nothing new. */
  #refuseWhenStopping(name) {
    if (this.#isStopping) throw new Error(`${name} is not started any more: everything is being ended`);
  }

  /** A child process whose output goes to log/<name>.log. */
  start(name, command, args, options = {}) {
    this.#refuseWhenStopping(name);
    const output = fs.openSync(this.path('log', `${name}.log`), 'a');
    const child = spawn(command, args, { cwd: options.cwd ?? this.dir, env: options.env ?? process.env, stdio: ['ignore', options.pipe ? 'pipe' : output, output] });
    fs.closeSync(output);
    const entry = { name, process: child, stopSignal: options.stopSignal ?? 'SIGTERM', exit: null };
    entry.exited = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        entry.exit = { code, signal };
        resolve(entry.exit);
        options.onExit?.(entry.exit);
      });
      child.on('error', (error) => {
        entry.exit = { code: 127, signal: null, error };
        resolve(entry.exit);
      });
    });
    this.children.push(entry);
    fs.appendFileSync(this.path(PIDS), `${child.pid} ${startOf(child.pid)}\n`);
    return entry;
  }

  /** A command that ends by itself; throws with its last lines when it fails. */
  run(command, args, options = {}) {
    this.#refuseWhenStopping(path.basename(command));
    const result = spawnSync(command, args.map(String), { cwd: this.dir, encoding: 'utf8', maxBuffer: 64 << 20, ...options });
    if (result.status === 0 || options.anyStatus) return options.anyStatus ? result : result.stdout;
    const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-12).join('\n');
    throw new Error(`${path.basename(command)} ${args.slice(0, 3).join(' ')} ended with ${result.status ?? result.signal ?? result.error}: ${said}`);
  }

  async stopOne(entry) {
    if (entry.exit) return;
    entry.process.kill(entry.stopSignal);
    const late = setTimeout(() => entry.process.kill('SIGKILL'), STOP_MS);
    await entry.exited;
    clearTimeout(late);
  }

  /** Ends everything in reverse order and removes what it made, also after a half-failed start. */
  async stop() {
    this.#isStopping = true;
    for (const entry of this.children.reverse()) await this.stopOne(entry);
    this.children = [];
    for (const cleanup of this.cleanups.reverse()) await cleanup();
    this.cleanups = [];
    if (this.remove) fs.rmSync(this.dir, { recursive: true, force: true });
  }
}
