// SPDX-License-Identifier: Apache-2.0
// A gateway with its own database and nothing else, for tests of the HTTP interface.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from '../contract/contract.mjs';
import { ROOT, World, freePort, until } from './world.mjs';

export const PROGRAM = process.env.GW_PROGRAM ?? path.join(ROOT, 'build/dev/gridwitness');

export async function startGateway(settings = {}) {
  const world = new World(fs.mkdtempSync(path.join(os.tmpdir(), 'gw-http-')));
  try {
    return await startIn(world, settings);
  } catch (error) {
    await world.stop();
    throw error;
  }
}

async function startIn(world, settings) {
  await world.startPostgres();
  const port = await freePort();
  const merged = {
    server: { realm: 'test', state_dir: world.path('state') },
    database: { conninfo: world.database.conninfo, password_file: world.database.passwordFile },
    ...settings,
    http: { port, ...settings.http },
  };
  const lines = Object.entries(merged).flatMap(([section, keys]) => [`[${section}]`, ...Object.entries(keys).map(([key, value]) => `${key} = ${value}`)]);
  const config = world.path('gridwitness.ini');
  fs.mkdirSync(world.path('state'), { mode: 0o700 });
  fs.writeFileSync(config, `${lines.join('\n')}\n`);
  world.run(PROGRAM, ['migrate', '--config', config]);
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const entry = world.start('gateway', PROGRAM, ['serve', '--config', config]);
    const isThere = () => (entry.exit ? 'gone' : fetch(`${url}/livez`).then((answer) => answer.ok, () => false));
    if ((await until(isThere, 'the gateway')) === 'gone') throw new Error(fs.readFileSync(world.path('log/gateway.log'), 'utf8'));
    return entry;
  };
  const token = (scope, party) => {
    const bound = party ? [scope === 'oracle' ? '--node' : '--party', party] : [];
    return world.run(PROGRAM, ['token', 'create', '--scope', scope, ...bound, '--config', config]).match(/gw_[a-z0-9]+_\S+/)[0];
  };
  const gateway = { world, port, url, config, start, token, client: new Client(url), process: await start() };
  gateway.log = () => fs.readFileSync(world.path('log/gateway.log'), 'utf8');
  gateway.stop = () => world.stop();
  return gateway;
}
