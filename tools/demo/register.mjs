// SPDX-License-Identifier: Apache-2.0
// Tells the gateway who and what takes part: over REST, as an operator would.
import { registerNetwork } from './network.mjs';

const DEVICE_KIND = { household: 'METER', heat_pump: 'HEAT_PUMP', ev_charger: 'CHARGER', pv: 'PV', battery: 'BATTERY' };

export async function register(api, scene, accounts) {
  for (const party of scene.aggregators) await api.post('/v1/parties', { id: party, kind: 'AGGREGATOR', payee: accounts[party] });
  await api.post('/v1/calendars', { name: scene.calendar, version: 1, zone: scene.zone, holidays: scene.holidays });
  await api.post('/v1/transformers', {
    id: scene.transformer,
    rating_w: scene.ratingW,
    temperature_ppm_per_kelvin: scene.temperaturePpmPerKelvin,
  });
  for (const device of scene.devices) {
    await api.post('/v1/meters', { id: device.meter, transformer: scene.transformer, connection_w: scene.connectionW, interval_s: scene.intervalS, zone: scene.zone });
    await api.post('/v1/devices', { id: device.id, meter: device.meter, aggregator: device.aggregator, kind: DEVICE_KIND[device.kind] });
  }
  for (const group of scene.groups) {
    const members = group.members.map((m) => ({ meter: m.meter, qualified_w: m.qualified_w }));
    await api.post('/v1/groups', { id: group.group, party: group.party, members, valid_from: scene.groupsFrom });
    await api.post(`/v1/groups/${group.group}:prequalify`, { qualification: 'APPROVED' });
  }
  if (scene.network) await registerNetwork(api, scene);
}
