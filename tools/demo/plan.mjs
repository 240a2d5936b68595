// SPDX-License-Identifier: Apache-2.0
// The made-up evening of the demo: one street behind one transformer, two aggregators, a cold
// Tuesday in January. Everything follows from the seed, so two runs are alike.
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

export const EVENING = {
  title: 'Gridwitness: one winter evening, from meter to chain',
  introduction: [
    'A street in Belgium, Tuesday 20 January 2026, six o\'clock in the evening, two degrees below zero.',
    'The transformer is too small for tonight. 32 homes, two aggregators; the homes are simulated, the rest is real.',
  ],
  realm: 'demo',
  seed: 20260120,
  zone: 'Europe/Brussels',
  zoneOffsetS: 3600,
  intervalS: 1800,
  opensMs: Date.parse('2026-01-20T14:00:00Z'),
  gateMs: Date.parse('2026-01-20T15:00:00Z'),
  startsMs: Date.parse('2026-01-20T16:30:00Z'),
  endsMs: Date.parse('2026-01-20T19:30:00Z'),
  dataDeadlineMs: Date.parse('2026-01-20T20:30:00Z'),
  closesMs: Date.parse('2026-01-20T21:00:00Z'),
  historyDays: 21,
  transformer: 'TR-Lindenstraat',
  network: 'net-lindenstraat',
  ratingW: 63_000,
  temperaturePpmPerKelvin: 15_000,
  connectionW: 17_250,
  calendar: 'be',
  aggregators: ['agg-aurora', 'agg-boreal'],
  holidays: ['2026-01-01'],
  falsifiedDevice: 'dev-007',
};

/** The same mixer idea as the fleet's: a small deterministic generator for the plan only. */
function* numbers(seed) {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Hourly outdoor temperature in thousandths of a degree: a daily wave, a slow drift, a cold end. */
export function temperatureSeries(evening = EVENING) {
  const fromMs = evening.opensMs - (evening.historyDays + 2) * DAY_MS - (evening.opensMs % HOUR_MS);
  const hours = (evening.historyDays + 4) * 24;
  const millic = Array.from({ length: hours }, (_, at) => {
    const hourOfDay = new Date(fromMs + at * HOUR_MS).getUTCHours();
    const wave = Math.round(2200 * Math.cos(((hourOfDay - 14) / 24) * 2 * Math.PI));
    const drift = Math.round(1500 * Math.sin(at / 60));
    const cold = at > hours - 72 ? -2500 : 0;
    return 3500 + wave + drift + cold;
  });
  return { fromMs, millic };
}

const KINDS = ['heat_pump', 'ev_charger', 'heat_pump', 'pv', 'heat_pump', 'battery', 'ev_charger', 'heat_pump'];
const RATING_W = { heat_pump: 3000, ev_charger: 3700, pv: 4000, battery: 3000, household: 0 };
/* What a group may be ordered to deliver per meter, as the operator has prequalified it. */
const QUALIFIED_W = { heat_pump: 1500, ev_charger: 1800, pv: 0, battery: 1500, household: 0 };

/** Devices of the street. Odd ones: one opts out, one goes offline with a backlog, one sends garbage. */
export function devicesOf(evening = EVENING, count = 32) {
  const random = numbers(evening.seed);
  return Array.from({ length: count }, (_, at) => {
    const number = String(at + 1).padStart(3, '0');
    const kind = KINDS[at % KINDS.length];
    const device = {
      id: `dev-${number}`,
      meter: `M-${number}`,
      aggregator: at % 2 === 0 ? 'agg-aurora' : 'agg-boreal',
      kind,
      behaviour: 'normal',
      seed: Math.floor(random.next().value * 2 ** 31),
      rating_w: RATING_W[kind],
      qualified_w: QUALIFIED_W[kind],
      zone_offset_s: evening.zoneOffsetS,
    };
    return device;
  });
}

export function withCharacters(devices, evening = EVENING) {
  const change = {
    'dev-015': { behaviour: 'opt_out' },
    'dev-008': {
      behaviour: 'offline',
      offline_from: iso(evening.startsMs - HOUR_MS),
      offline_to: iso(evening.endsMs + HOUR_MS / 2),
    },
  };
  const garbage = {
    id: 'dev-900',
    meter: 'M-900',
    aggregator: 'agg-aurora',
    kind: 'household',
    behaviour: 'garbage',
    seed: 1,
    rating_w: 0,
    qualified_w: 0,
    zone_offset_s: evening.zoneOffsetS,
  };
  return [...devices.map((device) => ({ ...device, ...change[device.id] })), garbage];
}

/** Who offers what: one group per aggregator and kind of appliance. Prices are made up. */
export function groupsOf(devices) {
  const rows = [
    ['G-aurora-heat', 'agg-aurora', ['heat_pump'], 230_000, 20],
    ['G-aurora-cars', 'agg-aurora', ['ev_charger'], 140_000, 100],
    ['G-boreal-home', 'agg-boreal', ['heat_pump', 'battery'], 180_000, 1],
    ['G-boreal-cars', 'agg-boreal', ['ev_charger'], 260_000, 50],
  ];
  return rows.map(([group, party, kinds, price, minActivationPct]) => ({
    group,
    party,
    price_micros_per_kwh: price,
    min_activation_pct: minActivationPct,
    members: devices.filter((d) => d.aggregator === party && kinds.includes(d.kind) && d.behaviour !== 'garbage'),
  }));
}

/** The one event of the evening: from the forecast, paid as bid. */
function theEvent() {
  const { opensMs, startsMs, endsMs, gateMs, dataDeadlineMs, closesMs } = EVENING;
  return {
    opensMs,
    startsMs,
    endsMs,
    gateMs,
    ackMs: gateMs + HOUR_MS / 2,
    committedMs: gateMs + HOUR_MS,
    dataDeadlineMs,
    settledMs: closesMs,
    maxPrice: 300_000,
    shortfallPrice: 100_000,
    budget: 20_000_000,
    adjustment: 'CAPPED',
    expectsRefusal: true,
    hasCharacters: true,
  };
}

/** Everything that evening.mjs needs to know about this play. */
export function eveningScene() {
  const devices = withCharacters(devicesOf());
  const groups = groupsOf(devices).map((group) => ({
    ...group,
    power_w: group.members.reduce((sum, m) => sum + m.qualified_w, 0),
  }));
  const historyFromMs = EVENING.opensMs - EVENING.historyDays * DAY_MS;
  return { ...EVENING, devices, groups, historyFromMs, groupsFrom: iso(historyFromMs), temperature: temperatureSeries(), steers: true, events: [theEvent()] };
}

/** The file that `gridwitness fleet` reads. */
export function fleetPlan(evening, devices, { brokerUrl, keysDir, conductorUrl, replayFile, historyFrom }) {
  const series = evening.temperature;
  return {
    format: 'gridwitness-fleet-1',
    realm: evening.realm,
    broker_url: brokerUrl,
    keys_dir: keysDir,
    conductor_url: conductorUrl,
    ...(replayFile ? { replay_file: replayFile } : {}),
    interval_s: evening.intervalS,
    history_from: historyFrom,
    temperature: { from: iso(series.fromMs), step_s: 3600, millic: series.millic },
    devices,
  };
}
