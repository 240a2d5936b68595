// SPDX-License-Identifier: Apache-2.0
// The order of the chapters.
import { tellEvents, tellRequest } from './chapters.mjs';
import { chapter, good, note, progressDone } from './story.mjs';

/** Plays the whole scene of an evening; throws at the first thing that is not as promised. */
export async function play(evening) {
  const { scene } = evening;
  chapter('Starting the real parts');
  await evening.boot();
  progressDone();
  good(`PostgreSQL, Mosquitto with mutual TLS, a development chain, ${scene.devices.length} devices, 4 oracle nodes, 2 aggregators`);
  note(`gateway ${evening.gatewayUrl}   chain ${evening.world.chainUrl}   ledger ${evening.chain.ledger}`);
  chapter('Devices deliver their past weeks');
  await evening.instant(scene.opensMs);
  progressDone();
  const stored = Number(evening.world.sql('SELECT count(*) FROM reading'));
  if (!(stored > 0)) throw new Error('no reading was stored');
  good(`${stored} readings came over MQTT, each acknowledged by a receipt after it was on disk`);
  for (const cluster of overlapping(scene.events)) {
    const pairs = [];
    for (const plan of cluster) pairs.push({ plan, eventId: await tellRequest(evening, plan) });
    await tellEvents(evening, pairs);
  }
  await scene.atTheEnd?.(evening);
}

/** Events that overlap in time, from opening to settlement, are played together. */
function overlapping(events) {
  const clusters = [];
  for (const plan of events) {
    const last = clusters.at(-1);
    if (last && plan.opensMs < Math.max(...last.map((other) => other.settledMs))) last.push(plan);
    else clusters.push([plan]);
  }
  return clusters;
}
