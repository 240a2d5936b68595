// SPDX-License-Identifier: Apache-2.0
// `./run demo --data DIR`: real half-hour readings of real households (Smart-Grid Smart-City, New
// South Wales) through the same path, with the peak events that really happened and the households
// that were really called. Orders, prices and the transformer are made up, because the trial had
// none; the baselines are compared with the reference rows of the data set as integers.
import fs from 'node:fs';
import path from 'node:path';
import { chapter, good, note, progressDone } from './story.mjs';

const HOUR_MS = 3_600_000;
const ORDER_W = 300; // made up: what each called household is ordered to give
const SLOT = 48;
const PPM = 1_000_000;

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

/** Meters by name, first and last interval, and how many readings there are. */
function readMeters(file) {
  const meters = new Set();
  let first = null;
  let last = '';
  let count = 0;
  for (const line of fs.readFileSync(file, 'utf8').split('\n').slice(1)) {
    const [meter, start] = line.split(',');
    if (!meter) continue;
    meters.add(meter);
    first ??= start;
    if (start > last) last = start;
    count++;
  }
  return { meters: [...meters].sort(), firstMs: Date.parse(first), lastMs: Date.parse(last), count };
}

/** n · window of the event day / window of the days, within 4/5 and 6/5, as a fraction: [over, under]. */
function exactRatio(row) {
  const over = BigInt(row.days.length) * BigInt(row.a_window_wh);
  const under = BigInt(row.s_window_wh);
  if (under === 0n) return [1n, 1n];
  if (over * 5n < under * 4n) return [4n, 5n];
  if (over * 5n > under * 6n) return [6n, 5n];
  return [over, under];
}

function mustEqual(where, pairs) {
  for (const [what, expected, found] of pairs) {
    if (JSON.stringify(expected) !== JSON.stringify(found)) throw new Error(`${where}: ${what} should be ${JSON.stringify(expected)} and is ${JSON.stringify(found)}`);
  }
}

/** What the gateway computed for one meter must be the row of the reference file, in integers. */
function compareRow(row, got) {
  const where = `event ${row.event_id}, meter ${row.meter_id}`;
  if (!got) throw new Error(`${where}: the evidence has no baseline of this meter`);
  mustEqual(where, [
    ['number of days', row.n_days, got.days.length],
    ['days', row.days, got.days],
    ['sums of the event intervals', row.s_event_wh, got.s_event_wh],
    ['sum of the window', row.s_window_wh, got.s_window_wh],
    ['event-day window', row.a_window_wh, got.a_window_wh],
    ['event-day values', row.a_event_wh, got.actual_wh],
  ]);
  const [over, under] = exactRatio(row);
  if (over * BigInt(got.factor_den) !== BigInt(got.factor_num) * under) throw new Error(`${where}: the ratio should be ${over}/${under} and is ${got.factor_num}/${got.factor_den}`);
  // the row's own ratio is that fraction rounded to six places: at most half a millionth away
  const apart = BigInt(Math.round(row.ratio_capped * PPM)) * under - over * BigInt(PPM);
  if (2n * (apart < 0n ? -apart : apart) > under) throw new Error(`${where}: ${over}/${under} is not the ${row.ratio_capped} of the row`);
}

function localDay(row) {
  return row.start_local_utc10.slice(0, 10);
}

/** Compares the rows of one event and says where they hold days on which the meter was called. */
function compareWithReference(reference, eventId, bundle) {
  const rows = reference.golden.filter((entry) => entry.event_id === eventId);
  if (rows.length !== bundle.core.baselines.length) throw new Error(`event ${eventId}: ${rows.length} reference rows for ${bundle.core.baselines.length} baselines`);
  for (const row of rows) {
    compareRow(row, bundle.core.baselines.find((entry) => entry.meter === row.meter_id));
    reference.compared.push(row);
    good(`event ${eventId}, meter ${row.meter_id}: ${row.n_days} days, sums and ratio equal the reference row as integers`);
    const called = reference.events.filter((event) => event.meters_in_this_part.split(' ').includes(row.meter_id)).map(localDay);
    const kept = row.days.filter((day) => called.includes(day));
    if (kept.length > 0) note(`the row counts ${kept.sort().join(', ')}, when this meter was called too: hence own_event_days KEPT`);
  }
}

/** Every row of the events that were played was compared, none twice. */
function tellReference(reference, events) {
  const expected = reference.golden.filter((row) => events.some((plan) => plan.eventId === row.event_id));
  if (new Set(reference.compared).size !== expected.length || reference.compared.length !== expected.length) throw new Error(`${reference.compared.length} of ${expected.length} reference rows were compared`);
  chapter('The reference rows');
  good(`${expected.length} rows of ${events.length} events equal the gateway's baselines: days, sums, window and ratio, as integers`);
}

/** The rest of the file, and whether every reading of it is in the database, once. */
async function tellAllReadings(evening, lastMs, count) {
  await evening.play(lastMs + HOUR_MS);
  progressDone();
  const stored = evening.world.sql('SELECT count(*) FROM reading');
  const intervals = evening.world.sql('SELECT count(DISTINCT (meter, channel, start_at)) FROM reading');
  if (Number(stored) !== count || Number(intervals) !== count) throw new Error(`${stored} readings of ${intervals} intervals are stored, the file has ${count}`);
  good(`all ${count} readings of the file came over MQTT and are stored, none twice`);
}

async function bidForCalled(evening, eventId, plan) {
  for (const group of evening.scene.groups.filter((entry) => plan.called.includes(entry.members[0].meter))) {
    const body = { group: group.group, price_micros_per_kwh: group.price_micros_per_kwh, min_activation_pct: 100, power_w: plan.needW.map(() => ORDER_W) };
    const bidder = evening.apiFor(group.party);
    await bidder.post(`/v1/requests/${eventId}/bids`, body, `bid/${eventId}/${group.group}`);
  }
}

function eventPlan(row, reference) {
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
    settledMs: endsMs + 1.25 * HOUR_MS, // before the deadline of an event that ends half an hour later
    needW: Array(Number(row.intervals)).fill(ORDER_W * called.length),
    maxPrice: 500_000,
    shortfallPrice: 100_000,
    budget: 20_000_000,
    adjustment: 'CAPPED',
    ownEventDays: 'KEPT',
    afterPublish: bidForCalled,
    afterwards: async (evening, id, settlement, bundle) => compareWithReference(reference, eventId, bundle),
  };
}

export function replayScene(dir, wanted) {
  const file = path.join(dir, 'readings_summer_94d.csv');
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: --data needs the folder meters_sgsc_30min`);
  const { meters, firstMs, lastMs, count } = readMeters(file);
  const golden = fs.readFileSync(path.join(dir, 'baseline_10in10_golden.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const all = csv(path.join(dir, 'events.csv'));
  const rows = all.filter((row) => Date.parse(row.start_utc) > firstMs + 14 * SLOT * (HOUR_MS / 2));
  const chosen = wanted ? rows.filter((row) => wanted.split(',').includes(row.event_id)) : rows;
  const reference = { golden, events: all, compared: [] };
  const events = chosen.map((row) => eventPlan(row, reference));
  const called = new Set(rows.flatMap((row) => row.meters_in_this_part.trim().split(' ')));
  const devices = meters.map((meter) => ({ id: `sgsc-${meter}`, meter, aggregator: 'agg-aurora', kind: 'household', behaviour: 'normal', seed: 1, rating_w: 0, qualified_w: ORDER_W, zone_offset_s: 36_000 }));
  return {
    title: `Gridwitness: ${meters.length} real households, ${events.length} real peak events, summer 2013/14`,
    introduction: [
      'Readings: Smart-Grid Smart-City trial, Commonwealth of Australia, CC BY 3.0 AU; every reading comes in over MQTT.',
      'Events and called households are real; orders, prices, aggregator and transformer are made up.',
      'The reference rows were computed without leaving out earlier event days of a meter, so every request',
      'here says own_event_days KEPT; the definition of the method, and the default, is EXCLUDED.',
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
    atTheEnd: async (evening) => {
      tellReference(reference, events);
      if (!wanted) await tellAllReadings(evening, lastMs, count);
    },
  };
}
