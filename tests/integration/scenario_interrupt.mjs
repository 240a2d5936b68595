#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in the middle of `./run demo`: nothing goes on running, nothing stays under var/ but the
// logs of the failed run, and the next run works; --keep waits until Ctrl-C. As root also for an
// ordinary user, in a copy of the tree.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT, delay } from '../support/world.mjs';
import { Tally } from '../support/scenario.mjs';

const STORY_MS = 150_000;
const END_MS = 30_000;
const KEPT_MS = 1500;
const LOGS = 'failed-demo-log';

const tally = new Tally();

/** The demo in a process group of its own, like a terminal's foreground job. */
function demo(tree, args, asUser = null) {
  const script = 'tools/demo/demo.sh';
  return follow(tree, asUser ? ['setpriv', `--reuid=${asUser}`, `--regid=${asUser}`, '--init-groups', 'sh', script, ...args] : ['./run', 'demo', ...args]);
}

function follow(tree, [command, ...args]) {
  const child = spawn(command, args, { cwd: tree, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, text: '', exit: null };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (run.text += data));
  run.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve((run.exit = { code, signal }))));
  return run;
}

/** Waits until the story says this; false when the run ended or the time is over. */
async function hears(run, words) {
  const end = Date.now() + STORY_MS;
  while (!run.text.includes(words) && !run.exit && Date.now() < end) await delay(50);
  return run.text.includes(words);
}

/** Ctrl-C reaches everything in the foreground job. */
async function interrupt(run) {
  process.kill(-run.child.pid, 'SIGINT');
  let timer = null;
  const late = new Promise((resolve) => (timer = setTimeout(() => resolve(null), END_MS)));
  const exit = await Promise.race([run.ended, late]);
  clearTimeout(timer);
  if (exit === null) process.kill(-run.child.pid, 'SIGKILL');
  return exit;
}

/** Command lines of what still works in this tree's var/demo. */
function stillRunning(tree) {
  const place = path.join(tree, 'var', 'demo');
  const read = (pid, file) => {
    try {
      return file === 'cwd' ? fs.readlinkSync(`/proc/${pid}/cwd`) : fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return ''; // it has ended meanwhile
    }
  };
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => read(pid, 'cwd').startsWith(place) || read(pid, 'cmdline').includes(place)).map((pid) => read(pid, 'cmdline').replaceAll('\0', ' '));
}

const databases = () => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('gw-pg-'));

function expectNothingLeft(name, tree, before) {
  tally.same(`${name}: no process goes on`, stillRunning(tree), []);
  const files = fs.readdirSync(path.join(tree, 'var')).filter((file) => !before.files.includes(file) && file !== LOGS && file !== 'log');
  tally.same(`${name}: nothing but logs stays under var/`, files, []);
  tally.same(`${name}: no database stays`, databases().filter((file) => !before.databases.includes(file)), []);
}

function present(tree) {
  fs.mkdirSync(path.join(tree, 'var'), { recursive: true });
  fs.rmSync(path.join(tree, 'var', LOGS), { recursive: true, force: true });
  return { files: fs.readdirSync(path.join(tree, 'var')).filter((file) => file !== 'demo'), databases: databases() };
}

async function inTheMiddle(name, tree, { words, waitMs = 0, asUser = null }) {
  const before = present(tree);
  const run = demo(tree, ['--headless'], asUser);
  const heard = await hears(run, words);
  if (!heard) return tally.check(`${name}: it comes to "${words}"`, false, run.text.slice(-800));
  await delay(waitMs);
  const exit = await interrupt(run);
  tally.check(`${name}: it ends and says so`, exit !== null && exit.code !== 0, JSON.stringify(exit) + run.text.slice(-800));
  expectNothingLeft(name, tree, before);
  return tally.check(`${name}: its logs stay`, fs.existsSync(path.join(tree, 'var', LOGS)));
}

/** kill -9 of the demo alone: nobody is left to end its parts, so the next run does it. */
async function killed() {
  const run = follow(ROOT, [process.execPath, 'tools/demo/demo.mjs', '--headless']);
  const heard = await hears(run, 'Devices deliver');
  run.child.kill('SIGKILL');
  await run.ended;
  tally.check('a demo that is killed leaves its parts behind', heard && stillRunning(ROOT).length > 0, run.text.slice(-400));
}

async function keptRun() {
  const before = present(ROOT);
  const run = demo(ROOT, ['--keep']);
  const told = await hears(run, 'Ctrl-C ends it');
  if (!tally.check('the next run tells the whole story', told, run.text.slice(-800))) return;
  await delay(KEPT_MS);
  const url = /gateway (http:\/\/127\.0\.0\.1:\d+)/.exec(run.text)?.[1];
  const answer = await fetch(`${url}/readyz`).catch(() => null);
  tally.same('--keep: the gateway goes on answering', [run.exit, answer?.status], [null, 200]);
  const exit = await interrupt(run);
  tally.check('--keep: Ctrl-C ends it', exit !== null, run.text.slice(-400));
  expectNothingLeft('--keep', ROOT, before);
  tally.check('--keep: a run that worked leaves no logs', !fs.existsSync(path.join(ROOT, 'var', LOGS)));
}

/** A copy of what the demo needs, owned by the user. */
function copyTree(user) {
  const tree = fs.mkdtempSync(path.join(os.tmpdir(), 'gw-user-'));
  const chain = fs.readdirSync(path.join(ROOT, 'node_modules/@foundry-rs')).filter((name) => name.startsWith('anvil-'));
  const parts = ['deploy', 'oracle/contracts/artifacts', 'tests/support', 'tools', 'build/release/gridwitness', ...chain.map((name) => `node_modules/@foundry-rs/${name}`)];
  for (const part of parts) fs.cpSync(path.join(ROOT, part), path.join(tree, part), { recursive: true });
  fs.mkdirSync(path.join(tree, 'var'));
  execFileSync('chown', ['-R', user, tree]);
  return tree;
}

async function asOrdinaryUser() {
  if (process.getuid() !== 0) {
    await inTheMiddle('an ordinary user', ROOT, { words: 'Devices deliver' });
    return;
  }
  const user = `gwtest${process.pid}`;
  if (spawnSync('useradd', ['--no-create-home', '--user-group', user]).status !== 0) {
    tally.skip('an ordinary user', 'useradd does not work here');
    return;
  }
  const tree = copyTree(user);
  try {
    await inTheMiddle('an ordinary user', tree, { words: 'Devices deliver', asUser: user });
  } finally {
    spawnSync('userdel', [user]);
    fs.rmSync(tree, { recursive: true, force: true });
  }
}

await tally.scenario('Ctrl-C while the parts start', () => inTheMiddle('early', ROOT, { words: 'Starting the real parts', waitMs: 1500 }));
await tally.scenario('a run that is killed', killed);
await tally.scenario('a whole run after it, kept', keptRun);
await tally.scenario('Ctrl-C in the middle, as an ordinary user', asOrdinaryUser);
process.exit(tally.end());
