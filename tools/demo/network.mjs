// SPDX-License-Identifier: Apache-2.0
// The street's low-voltage network, as a distribution operator would hand it in: one transformer, three cables, a connection every 30 metres.
const CABLES = 3;
const SPACING_M = 30;
const CABLE = { r1: 0.2067, x1: 0.0804, r0: 0.8268, x0: 0.3216, imaxA: 270 }; // ohm per km; NAYY 4x150
const SERVICE = { r1: 0.727, x1: 0.087, r0: 2.9, x0: 0.35, imaxA: 86, lengthM: 12 }; // to the house; 4x25

function cable(id, from, to, lengthM, type) {
  const km = lengthM / 1000;
  return {
    id, from, to, kind: 'cable', length_m: lengthM, imax_a: type.imaxA,
    r1_ohm: type.r1 * km, x1_ohm: type.x1 * km, r0_ohm: type.r0 * km, x0_ohm: type.x0 * km,
  };
}

/** gw-net of the scene; points are named like the meters. */
export function networkOf(scene) {
  const nodes = [{ id: 'mv', un_v: 10_000 }, { id: 'bus', un_v: 400, vmin_pu: 0.9, vmax_pu: 1.1 }];
  const branches = [];
  const points = [];
  scene.devices.forEach((device, at) => {
    const row = at % CABLES;
    const before = at < CABLES ? 'bus' : `joint-${at - CABLES + 1}`;
    const joint = `joint-${at + 1}`;
    const house = `house-${at + 1}`;
    for (const id of [joint, house]) nodes.push({ id, un_v: 400, vmin_pu: 0.9, vmax_pu: 1.1 });
    branches.push(cable(`cable-${'abc'[row]}-${at + 1}`, before, joint, SPACING_M, CABLE), cable(`service-${at + 1}`, joint, house, SERVICE.lengthM, SERVICE));
    points.push({ id: device.meter, node: house, p_w: 1500, q_var: 0 });
  });
  return {
    format: 'gw-net', version: 1, name: scene.transformer, model: 'three_phase',
    source: { id: 'upstream', node: 'mv', u_pu: 1.02, angle_deg: 0, isc3_a: 8000, x_over_r: 5 },
    nodes, branches, points,
    transformers: [{
      id: scene.transformer, from: 'mv', to: 'bus', sn_va: scene.ratingW, u1_v: 10_000, u2_v: 400, uk_pct: 4, pk_w: scene.ratingW * 0.0145,
      p0_w: scene.ratingW * 0.0025, i0_pct: 0.3, vector_group: 'Dyn5',
    }],
  };
}

/** Hands the network in and says which meter stands behind which point. */
export async function registerNetwork(api, scene) {
  const id = scene.network;
  await api.post('/v1/grid/networks', { network_id: id, format: 'gw-net', document: networkOf(scene), transformer: scene.transformer });
  for (const device of scene.devices) await api.call('PUT', `/v1/grid/networks/${id}/points/${device.meter}`, { meter: device.meter, party: device.aggregator }, { 'if-match': '*' });
}
