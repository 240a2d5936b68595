// SPDX-License-Identifier: Apache-2.0
// One evening, from an empty directory to a claim on the chain. The demo tells it as a story, the
// replay plays it with real meters, the kill tests play it again and again and compare the roots.
import fs from 'node:fs';
import path from 'node:path';
import { Conductor, isoTime } from '../../tests/support/conductor.mjs';
import { serveWeather } from '../../tests/support/weather.mjs';
import { ROOT, World, freePort, until } from '../../tests/support/world.mjs';
import { Api } from './api.mjs';
import { fleetPlan } from './plan.mjs';
import { register } from './register.mjs';

const PROGRAM = process.env.GW_PROGRAM ?? path.join(ROOT, 'build/release/gridwitness');
const NODES = 4;
const CHAIN_ID = 31337;
const STEP_MS = 15 * 60_000;
const STARTS_MOST = 5;
const STEP_LIMIT_MS = 180_000; // real time; a step takes well under a second
const ESCROW_MICROS = 500_000_000; // 500 EUR of the development token

const ini = (sections) =>
  Object.entries(sections)
    .map(([name, rows]) => `[${name}]\n${Object.entries(rows).map(([key, value]) => `${key} = ${value}\n`).join('')}`)
    .join('\n');

export class Evening {
  constructor({ scene, dir, remove = true, seed = 'the winter evening of the demo', keysFrom = null, crashAt = null, progress = () => {} }) {
    this.scene = scene; // times, devices, groups, transformer: plan.mjs or replay.mjs
    this.world = new World(dir, { remove });
    this.seed = seed;
    this.keysFrom = keysFrom; // a directory of an earlier run, so that roots can be compared
    this.crashAt = crashAt; // name:count of server/crash.def
    this.progress = progress;
    this.kills = 0;
    this.failedStarts = 0;
    this.stopping = false;
  }

  path(...parts) {
    return this.world.path(...parts);
  }

  /** The API as one of the aggregators sees it. */
  apiFor(name) {
    return new Api(this.gatewayUrl, this.tokens[name]);
  }

  gridwitness(args, options) {
    return this.world.run(PROGRAM, args, options);
  }

  // ---- start -------------------------------------------------------------------------------

  async boot() {
    const { scene, world } = this;
    this.progress('keys');
    fs.writeFileSync(this.path('devices.txt'), scene.devices.map((d) => `${d.id}\n`).join(''));
    if (this.keysFrom) fs.cpSync(this.keysFrom, this.path('keys'), { recursive: true });
    else this.gridwitness(['keygen', '--out', this.path('keys'), '--realm', scene.realm, '--nodes', NODES, '--aggregators', scene.aggregators.join(','), '--device-file', this.path('devices.txt')]);
    this.accounts = JSON.parse(fs.readFileSync(this.path('keys', 'keys.json'), 'utf8')).accounts;
    this.progress('database, broker and chain');
    await world.startPostgres();
    await world.startMosquitto(scene.realm);
    await world.startAnvil(scene.opensMs - 3_600_000, [this.accounts.deployer, this.accounts.sender, this.accounts.funder, ...scene.aggregators.map((name) => this.accounts[name])]);
    this.conductor = new Conductor(scene.opensMs);
    this.conductorUrl = await this.conductor.listen();
    world.cleanups.push(() => this.conductor.close());
    const series = scene.temperature;
    this.weather = [await serveWeather(series, 0), await serveWeather(series, 400)];
    for (const source of this.weather) world.cleanups.push(() => source.close());
    await this.configure();
    this.progress('contracts');
    this.deployContracts();
    this.progress('gateway');
    this.gridwitness(['migrate', '--config', this.path('gateway.ini')]);
    this.tokens = this.makeTokens();
    this.startGateway();
    await this.untilReady();
    this.api = new Api(this.gatewayUrl, this.tokens.operator);
    this.progress('register');
    await register(this.api, scene, this.accounts);
    this.progress('oracle nodes');
    await this.startNodes();
    this.progress('devices and aggregators');
    this.startField();
  }

  async configure() {
    const { scene, world } = this;
    this.httpPort = await freePort();
    this.gatewayUrl = `http://127.0.0.1:${this.httpPort}`;
    this.brokerUrl = `ssl://localhost:${world.brokerPort}`;
    fs.writeFileSync(this.path('seed'), this.seed, { mode: 0o600 });
    const keys = (name) => ({ ca_file: this.path('keys/ca.pem'), cert_file: this.path(`keys/${name}.pem`), key_file: this.path(`keys/${name}.key`) });
    this.chainSection = { rpc_url: world.chainUrl, chain_id: CHAIN_ID, deployment_file: this.path('chain.json'), keys_dir: this.path('keys') };
    const gateway = {
      server: { realm: scene.realm, state_dir: this.path('gateway') },
      clock: { mode: 'conducted', conductor_url: this.conductorUrl, who: 'gateway' },
      random: { seed_file: this.path('seed') },
      database: { conninfo: world.database.conninfo, password_file: world.database.passwordFile },
      http: { port: this.httpPort },
      mqtt: { url: this.brokerUrl, client_id: 'gateway', ...keys('gateway') },
      chain: this.chainSection,
      weather: { url_1: this.weather[0].url, url_2: this.weather[1].url },
      // an evening passes in seconds: a study of the network every quarter hour of it would be most of the work
      grid: { study_s: 7200, horizon_h: 12, paths: 50 },
    };
    fs.mkdirSync(this.path('gateway'), { mode: 0o700 });
    fs.writeFileSync(this.path('gateway.ini'), ini(gateway), { mode: 0o600 });
  }

  deployContracts() {
    this.gridwitness(['chain', 'deploy', '--config', this.path('gateway.ini'), '--fund-micros', ESCROW_MICROS, '--mint-micros', this.scene.mintMicros ?? ESCROW_MICROS]);
    this.chain = JSON.parse(fs.readFileSync(this.path('chain.json'), 'utf8'));
  }

  makeTokens() {
    const make = (args) => this.gridwitness(['token', 'create', '--config', this.path('gateway.ini'), ...args]).trim().split('\n').pop();
    const tokens = { operator: make(['--name', 'operator', '--scope', 'operator']) };
    for (const party of this.scene.aggregators) tokens[party] = make(['--name', party, '--scope', 'aggregator', '--party', party]);
    for (let at = 1; at <= NODES; at++) tokens[`node-${at}`] = make(['--name', `node-${at}`, '--scope', 'oracle', '--party', `node-${at}`]);
    for (const [name, token] of Object.entries(tokens)) fs.writeFileSync(this.path(`${name}.token`), token, { mode: 0o600 });
    return tokens;
  }

  /** The gateway comes back by itself when it dies by a kill, as systemd would see to. */
  startGateway() {
    const env = { ...process.env };
    if (this.crashAt && this.kills === 0) env.GW_CRASH_AT = this.crashAt;
    this.gateway = this.world.start('gateway', PROGRAM, ['serve', '--config', this.path('gateway.ini')], {
      env,
      onExit: ({ code, signal }) => {
        if (this.stopping || code === 0) return;
        if (signal === 'SIGKILL') this.kills++;
        else if (++this.failedStarts > STARTS_MOST) return;
        this.startGateway();
      },
    });
  }

  killGateway() {
    if (!this.gateway.exit) this.gateway.process.kill('SIGKILL');
  }

  async untilReady() {
    await until(async () => {
      if (this.gateway.exit && this.gateway.exit.signal !== 'SIGKILL') throw new Error(`the gateway ended:\n${this.tail('gateway')}`);
      const answer = await fetch(`${this.gatewayUrl}/readyz`).catch(() => null);
      return answer?.status === 200;
    }, 'the gateway to be ready');
  }

  tail(name, lines = 12) {
    const file = this.path('log', `${name}.log`);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').slice(-lines).join('\n') : '';
  }

  async startNodes() {
    for (let at = 1; at <= NODES; at++) {
      const name = `node-${at}`;
      const falsified = this.scene.falsifiedDevice && at === NODES;
      const brokerUrl = falsified ? await this.startProxy(name) : this.brokerUrl;
      const config = {
        server: { realm: this.scene.realm, state_dir: this.path(name) },
        clock: { mode: 'conducted', conductor_url: this.conductorUrl, who: name },
        mqtt: { url: brokerUrl, client_id: name, ca_file: this.path('keys/ca.pem'), cert_file: this.path(`keys/${name}.pem`), key_file: this.path(`keys/${name}.key`) },
        node: { name, chain_id: CHAIN_ID, ledger: this.chain.ledger, signer_set: this.chain.signer_set, gateway_url: this.gatewayUrl, token_file: this.path(`${name}.token`), signing_key_file: this.path(`keys/${name}.eth`) },
      };
      fs.mkdirSync(this.path(name), { mode: 0o700 });
      fs.writeFileSync(this.path(`${name}.ini`), ini(config), { mode: 0o600 });
      this.world.start(name, PROGRAM, ['oracle', '--config', this.path(`${name}.ini`)]);
    }
    const subscribed = () => Array.from({ length: NODES }, (_, at) => this.tail(`node-${at + 1}`, 50)).every((log) => log.includes('node.ready'));
    await until(subscribed, 'the oracle nodes to subscribe');
  }

  /** Node 4's line to the broker runs through a man in the middle that alters one meter. */
  async startProxy(name) {
    const keys = (file) => this.path('keys', file);
    const child = this.world.start('falsify', process.execPath, [
      path.join(ROOT, 'tests/support/falsify.mjs'),
      ...['--broker', `localhost:${this.world.brokerPort}`, '--ca', keys('ca.pem'), '--cert', keys(`${name}.pem`), '--key', keys(`${name}.key`)],
      ...['--server-cert', keys('broker.pem'), '--server-key', keys('broker.key'), '--device', this.scene.falsifiedDevice],
    ], { pipe: true });
    const line = await new Promise((resolve) => child.process.stdout.once('data', resolve));
    return `ssl://localhost:${JSON.parse(line).port}`;
  }

  startField() {
    const { scene } = this;
    const shared = { brokerUrl: this.brokerUrl, keysDir: this.path('keys'), conductorUrl: this.conductorUrl };
    const plan = fleetPlan(scene, scene.devices, { ...shared, replayFile: scene.replayFile, historyFrom: isoTime(scene.historyFromMs) });
    fs.writeFileSync(this.path('fleet.json'), JSON.stringify(plan));
    this.world.start('fleet', PROGRAM, ['fleet', '--plan', this.path('fleet.json')]);
    for (const name of scene.aggregators) {
      const book = {
        format: 'gridwitness-aggregator-1',
        name,
        gateway_url: this.gatewayUrl,
        token_file: this.path(`${name}.token`),
        conductor_url: this.conductorUrl,
        broker_url: this.brokerUrl,
        keys_dir: this.path('keys'),
        offers: scene.steers ? scene.groups.filter((group) => group.party === name).map((group) => ({
          group: group.group,
          price_micros_per_kwh: group.price_micros_per_kwh,
          min_activation_pct: group.min_activation_pct,
          power_w: group.power_w,
          devices: group.members.map((m) => ({ id: m.id, rating_w: m.rating_w, is_battery: m.kind === 'battery' })),
        })) : [],
      };
      fs.writeFileSync(this.path(`${name}.json`), JSON.stringify(book));
      this.world.start(name, PROGRAM, ['aggregator', '--plan', this.path(`${name}.json`)]);
    }
  }

  // ---- play --------------------------------------------------------------------------------

  /** One instant for everybody, in order: devices, gateway, aggregators, gateway. */
  async instant(ms) {
    await this.world.chainTime(ms);
    await this.step('fleet', ms);
    await this.step('gateway', ms);
    for (const name of this.scene.aggregators) await this.step(name, ms);
    await this.step('gateway', ms);
  }

  async step(who, ms) {
    const child = this.world.children.find((entry) => entry.name === who && !entry.exit) ?? null;
    const died = child && who !== 'gateway' ? child.exited.then(() => { throw new Error(`${who} ended:\n${this.tail(who)}`); }) : new Promise(() => {});
    let timer = null;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${who} did not finish its step at ${isoTime(ms)}:\n${this.tail(who)}`)), STEP_LIMIT_MS);
    });
    await Promise.race([this.conductor.step(who, ms), died, late]).finally(() => clearTimeout(timer));
  }

  /** Plays to `untilMs`, stopping at every instant that any event of the scene names. */
  async play(untilMs) {
    const marks = this.scene.events.flatMap((plan) => Object.entries(plan).filter(([key]) => key.endsWith('Ms')).map(([, ms]) => ms));
    const stepMs = this.scene.stepMs ?? STEP_MS;
    while (this.conductor.now < untilMs) {
      const { now } = this.conductor;
      const next = Math.min(now - (now % stepMs) + stepMs, untilMs, ...marks.filter((ms) => ms > now));
      this.progress(`it is ${isoTime(next).slice(0, 16).replace('T', ' ')} UTC`);
      await this.instant(next);
    }
  }

  // ---- end ---------------------------------------------------------------------------------

  async stop() {
    this.stopping = true;
    this.conductor?.stop();
    await this.world.stop();
  }
}
