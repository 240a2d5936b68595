// SPDX-License-Identifier: Apache-2.0
// `./run demo --data DIR`: real half-hour readings of real households (Smart-Grid Smart-City, New
// South Wales) through the same path, with the peak events that really happened and the households
// that were really called. Orders, prices and the transformer are made up, because the trial had
// none; the baselines are compared with the reference rows of the data set as integers.
import fs from 'node:fs';
import path from 'node:path';
import { good } from './story.mjs';

const HOUR_MS = 3_600_000;
const ORDER_W = 300; // made up: what each called household is ordered to give
const SLOT = 48;

const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

function csv(file) {
  const [head, ...lines] = fs.readFileSync(file, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at], value])));
}

/** The public holidays that the data set's README lists. */
const HOLIDAYS = ['2012-10-01', '2012-12-25', '2012-12-26', '2013-01-01', '2013-01-28', '2013-03-29', '2013-04-01', '2013-04-25', '2013-06-10', '2013-10-07', '2013-12-25', '2013-12-26', '2014-01-01', '2014-01-27'];

function readTemperature(dir) {
  const rows = csv(path.join(dir, 'temperature_bankstown_summer.csv'));
  return { fromMs: Date.parse(rows[0].hour_start_utc), millic: rows.map((row) => Math.round(Number(row.t2m_c) * 1000)) };
}

/** Meters in order of appearance, and the first interval, without holding the file in memory twice. */
function readMeters(file) {
  const meters = new Set();
  let first = null;
  for (const line of fs.readFileSync(file, 'utf8').split('\n').slice(1)) {
    const [meter, start] = line.split(',');
    if (!meter) continue;
    meters.add(meter);
    first ??= start;
  }
  return { meters: [...meters].sort(), firstMs: Date.parse(first) };
}

/** The row of the reference file must be what the gateway computed, as integers. */
function compareWithReference(golden, eventId, bundle) {
  for (const row of golden.filter((entry) => entry.event_id === eventId)) {
    const got = bundle.core.baselines.find((entry) => entry.meter === row.meter_id);
    const pairs = [
      ['days', row.days, got?.days],
      ['sums of the event intervals', row.s_event_wh, got?.s_event_wh],
      ['sum of the window', row.s_window_wh, got?.s_window_wh],
      ['event-day window', row.a_window_wh, got?.a_window_wh],
      ['event-day values', row.a_event_wh, got?.actual_wh],
    ];
    for (const [what, expected, found] of pairs) {
      if (JSON.stringify(expected) !== JSON.stringify(found)) throw new Error(`event ${eventId}, meter ${row.meter_id}: ${what} should be ${JSON.stringify(expected)} and are ${JSON.stringify(found)}`);
    }
    const ratio = Math.round((Number(got.factor_num) / Number(got.factor_den)) * 1e6) / 1e6;
    if (Math.abs(ratio - row.ratio_capped) > 1e-6) throw new Error(`event ${eventId}, meter ${row.meter_id}: ratio ${ratio} instead of ${row.ratio_capped}`);
    good(`event ${eventId}, meter ${row.meter_id}: ${row.n_days} days, sums and ratio equal the reference row`);
  }
}

async function bidForCalled(evening, eventId, plan) {
  for (const group of evening.scene.groups.filter((entry) => plan.called.includes(entry.members[0].meter))) {
    const body = { group: group.group, price_micros_per_kwh: group.price_micros_per_kwh, min_activation_pct: 100, power_w: plan.needW.map(() => ORDER_W) };
    const bidder = evening.apiFor(group.party);
    await bidder.post(`/v1/requests/${eventId}/bids`, body, `bid/${eventId}/${group.group}`);
  }
}

function eventPlan(row, golden) {
  const startsMs = Date.parse(row.start_utc);
  const endsMs = Date.parse(row.end_utc);
  const called = row.meters_in_this_part.trim().split(' ');
  const eventId = Number(row.event_id);
  return {
    eventId,
    called,
    title: `Event ${row.event_id} (${row.type}), ${row.start_local_utc10} local, called: ${called.join(' and ')}`,
    opensMs: startsMs - 8 * HOUR_MS,
    gateMs: startsMs - 6 * HOUR_MS,
    ackMs: startsMs - 5 * HOUR_MS,
    committedMs: startsMs - 4 * HOUR_MS,
    startsMs,
    endsMs,
    dataDeadlineMs: endsMs + HOUR_MS,
    settledMs: endsMs + 1.5 * HOUR_MS,
    needW: Array(Number(row.intervals)).fill(ORDER_W * called.length),
    maxPrice: 500_000,
    shortfallPrice: 100_000,
    budget: 20_000_000,
    adjustment: 'CAPPED',
    afterPublish: bidForCalled,
    afterwards: async (evening, id, settlement, bundle) => compareWithReference(golden, eventId, bundle),
  };
}

export function replayScene(dir, wanted) {
  const file = path.join(dir, 'readings_summer_94d.csv');
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: --data needs the folder meters_sgsc_30min`);
  const { meters, firstMs } = readMeters(file);
  const golden = fs.readFileSync(path.join(dir, 'baseline_10in10_golden.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const rows = csv(path.join(dir, 'events.csv')).filter((row) => Date.parse(row.start_utc) > firstMs + 14 * SLOT * (HOUR_MS / 2));
  const chosen = wanted ? rows.filter((row) => wanted.split(',').includes(row.event_id)) : rows;
  const events = chosen.map((row) => eventPlan(row, golden));
  const called = new Set(rows.flatMap((row) => row.meters_in_this_part.trim().split(' ')));
  const devices = meters.map((meter) => ({ id: `sgsc-${meter}`, meter, aggregator: 'agg-aurora', kind: 'household', behaviour: 'normal', seed: 1, rating_w: 0, qualified_w: ORDER_W, zone_offset_s: 36_000 }));
  return {
    title: `Gridwitness: ${meters.length} real households, ${events.length} real peak events, summer 2013/14`,
    introduction: [
      'Readings: Smart-Grid Smart-City trial, Commonwealth of Australia, CC BY 3.0 AU; every reading comes in over MQTT.',
      'Events and called households are real; orders, prices, aggregator and transformer are made up.',
    ],
    realm: 'sgsc',
    aggregators: ['agg-aurora', 'agg-boreal'],
    zone: 'Etc/GMT-10',
    zoneOffsetS: 36_000,
    calendar: 'nsw',
    holidays: HOLIDAYS,
    intervalS: 1800,
    connectionW: 24_000,
    transformer: 'TR-made-up',
    ratingW: 400_000,
    temperaturePpmPerKelvin: 0,
    temperature: readTemperature(dir),
    devices,
    groups: devices.filter((d) => called.has(d.meter)).map((d, at) => ({ group: `G-${d.meter}`, party: 'agg-aurora', price_micros_per_kwh: 200_000 + 10_000 * at, min_activation_pct: 100, power_w: ORDER_W, members: [d] })),
    groupsFrom: iso(firstMs),
    historyFromMs: firstMs,
    opensMs: events[0].opensMs - HOUR_MS,
    stepMs: 24 * HOUR_MS,
    replayFile: file,
    steers: false,
    events,
  };
}
