// SPDX-License-Identifier: Apache-2.0
// `./run demo`: the main job, told step by step. Every sentence it prints was checked before; with
// --headless it ends with 0 only if all of them hold. --keep leaves everything running to look at.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../tests/support/world.mjs';
import { Evening } from './evening.mjs';
import { eveningScene } from './plan.mjs';
import { replayScene } from './replay.mjs';
import { play } from './play.mjs';
import { bad, bold, chapter, good, note, progress, progressDone, say } from './story.mjs';

const { values: options } = parseArgs({
  options: { headless: { type: 'boolean' }, keep: { type: 'boolean' }, data: { type: 'string' }, events: { type: 'string' } },
});

function announce(scene) {
  say(bold(scene.title));
  for (const line of scene.introduction) note(line);
}

async function main() {
  const scene = options.data ? replayScene(path.resolve(options.data), options.events) : eveningScene();
  const dir = path.join(ROOT, 'var', options.data ? 'replay' : 'demo');
  const evening = new Evening({ scene, dir, remove: !process.env.GW_KEEP_FILES, progress });
  const interrupted = new Promise((_, reject) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => reject(new Error('interrupted'))); // again: once is enough
    process.stdout.on('error', () => reject(new Error('nobody reads what the demo says any more')));
  });
  announce(scene);
  let status = 0;
  try {
    await Promise.race([play(evening), interrupted]);
    chapter('Done');
    good('everything above was checked while it was told');
    if (options.keep && !options.headless) {
      note(`it keeps running: curl -H "Authorization: Bearer $(cat ${evening.path('operator.token')})" ${evening.gatewayUrl}/v1/settlements`);
      note('Ctrl-C ends it');
      await interrupted.catch(() => {});
    }
  } catch (error) {
    progressDone();
    bad(error.message);
    if (process.env.GW_KEEP_FILES) note(`logs are in ${evening.path('log')}`);
    else keepLogs(evening);
    status = 1;
  }
  await evening.stop();
  process.exit(status);
}

/** What a failed run leaves behind: its logs, nothing else. */
function keepLogs(evening) {
  const to = path.join(ROOT, 'var', 'failed-demo-log');
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(evening.path('log'), to, { recursive: true });
  note(`the logs are in ${path.relative(process.cwd(), to)}`);
}

await main();
