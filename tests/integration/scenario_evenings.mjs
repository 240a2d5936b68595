#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Runs the scenarios that need an evening each side by side: most of an evening is waiting for
// blocks. Each prints its own counts.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url)); // node 18 has no import.meta.dirname
const SCENARIOS = ['market.mjs', 'outage.mjs', 'trade.mjs'];

function run(name) {
  const child = spawn(process.execPath, [path.join(HERE, 'scenario', name)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      process.stdout.write(`== ${name}\n${text}`);
      resolve(code);
    });
  });
}

const codes = await Promise.all(SCENARIOS.map(run));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
