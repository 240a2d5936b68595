// SPDX-License-Identifier: Apache-2.0
// Readings, dead letters, weather and forecast over HTTP, with two weather services of our own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';
import { serveWeather } from '../support/weather.mjs';
import { until } from '../support/world.mjs';

const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');
const sources = [];
let gateway, client, operator, ingest, reader, north;

before(async () => {
  const hours = 24 * 50;
  const series = { fromMs: today - 30 * DAY_MS, millic: Array.from({ length: hours }, (_, hour) => (hour < 24 * 30 ? 10_000 : 5_000)) };
  sources.push(await serveWeather(series, -1_000), await serveWeather(series, 1_000));
  gateway = await startGateway({ forecast: { day_ahead_at_s: -1, intraday_every_s: 0 }, weather: { url_1: sources[0].url, url_2: sources[1].url } });
  client = gateway.client;
  operator = gateway.token('operator');
  ingest = gateway.token('ingest');
  reader = gateway.token('reader');
  north = gateway.token('aggregator', 'agg-north');
  await must(201, client.post('/v1/parties', operator, { id: 'agg-north', kind: 'AGGREGATOR' }));
  await must(201, client.post('/v1/transformers', operator, { id: 'T-1', rating_w: 2000, temperature_ppm_per_kelvin: 20000, reference_millic: 15000, limit_pct: 100 }));
  for (const id of ['M-1', 'M-2']) await must(201, client.post('/v1/meters', operator, { id, transformer: 'T-1', connection_w: 17250, interval_s: 1800, zone: 'UTC' }));
});
after(async () => {
  await gateway?.stop();
  for (const source of sources) source.close();
});

async function must(status, answer) {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  return got.body;
}
const reading = (meter, ms, wh) => ({ meter, channel: 'import', start: iso(ms), import_wh: wh });
const hand = (token, readings) => client.post('/v1/readings:batch', token, { readings });
const list = async (query, token = reader) => must(200, client.get(`/v1/readings?${query}`, token));
const window = (from, to) => `from=${iso(from)}&to=${iso(to)}`;
/** The rows of a window once there are as many as expected. */
async function listed(meter, from, to, count) {
  const asked = () => list(`meter=${meter}&${window(from, to)}&page_size=1000`);
  await until(async () => (await asked()).items.length >= count, `${count} readings`, 5000).catch(() => {});
  return (await asked()).items;
}

test('the good items are kept and the others are named', async () => {
  const from = today - DAY_MS;
  const answer = await must(200, hand(ingest, [reading('M-1', from, 100), reading('M-9', from, 1), reading('M-1', from + 1000, 1), { ...reading('M-1', from, 1), unit: 'kWh' }, reading('M-1', today + 2 * DAY_MS, 1), reading('M-1', from + HALF_HOUR_MS, 120)]));
  assert.equal(answer.accepted, 2);
  assert.deepEqual(answer.rejected.map((one) => [one.index, one.code, one.pointer]), [[1, 'not-found', '/readings/1'], [2, 'invalid', '/readings/2'], [3, 'invalid', '/readings/3/unit'], [4, 'out-of-range', '/readings/4']]);
  const items = await listed('M-1', from, from + DAY_MS, 2);
  assert.deepEqual(items.map((one) => [one.import_wh, one.version]), [[100, 1], [120, 1]]);
});

test('another value is a new version, the same one changes nothing', async () => {
  const from = today - DAY_MS;
  await must(200, hand(ingest, [reading('M-1', from, 100)]));
  await must(200, hand(ingest, [reading('M-1', from, 101)]));
  await until(async () => (await listed('M-1', from, from + 1, 1))[0].version === 2, 'the correction', 5000);
  assert.equal((await listed('M-1', from, from + 1, 1))[0].import_wh, 101);
});

test('what is no batch is refused as a whole', async () => {
  assert.equal((await client.post('/v1/readings:batch', ingest, { readings: [] })).status, 422);
  assert.equal((await client.post('/v1/readings:batch', ingest, {})).status, 422);
  assert.equal((await client.post('/v1/readings:batch', ingest, { readings: [1], more: 1 })).status, 422);
  assert.equal((await hand(reader, [reading('M-1', today - DAY_MS, 1)])).status, 403);
});

test('a party reads no meter of others', async () => {
  assert.equal((await client.get(`/v1/readings?meter=M-1&${window(today - DAY_MS, today)}`, north)).status, 404);
});

test('pages go through all rows once', async () => {
  const from = today - 3 * DAY_MS;
  await must(200, hand(ingest, Array.from({ length: 48 }, (_, at) => reading('M-2', from + at * HALF_HOUR_MS, at))));
  await listed('M-2', from, from + DAY_MS, 48);
  const seen = [];
  for (let token = ''; ; ) {
    const page = await list(`meter=M-2&${window(from, from + DAY_MS)}&page_size=7${token && `&page_token=${token}`}`);
    seen.push(...page.items.map((one) => one.import_wh));
    token = page.next_page_token;
    if (!token) break;
  }
  assert.deepEqual(seen, Array.from({ length: 48 }, (_, at) => at));
});

test('weather of two sources is stored, and its median is what counts', async () => {
  const asked = `/v1/weather?${window(today, today + DAY_MS)}&page_size=100`;
  await until(async () => (await client.get(asked, reader)).body.items.length === 24, 'the weather');
  const { items } = (await client.get(asked, reader)).body;
  assert.deepEqual(items[0].sources.map((one) => one.temperature_millic), [4000, 6000]);
  assert.equal(items[0].temperature_millic, 5000);
  assert.equal(items[0].source_count, 2);
});

test('the forecast is the mean of like days, corrected for the cold', async () => {
  const batches = [];
  for (let day = 1; day <= 21; day++)
    for (const meter of ['M-1', 'M-2']) batches.push(Array.from({ length: 48 }, (_, at) => reading(meter, today - day * DAY_MS + at * HALF_HOUR_MS, at === 36 ? 600 : 200)));
  for (const batch of batches) assert.equal((await must(200, hand(ingest, batch))).rejected.length, 0);
  const from = today + 18 * 3_600_000; // the interval number 36
  const asked = `/v1/transformers/T-1/forecast?${window(from, from + 2 * HALF_HOUR_MS)}`;
  await listed('M-2', today - 21 * DAY_MS, today - 20 * DAY_MS, 48); // what came in last
  const forecast = await must(200, client.get(asked, reader));
  // two meters of 600 Wh in half an hour are 2400 W; 5 K colder at 2 % per K is 10 % more
  assert.deepEqual(forecast.items.map((one) => [one.load_w, one.need_w]), [[2640, 640], [880, 0]]);
  assert.equal(forecast.correction_ppm, 1_100_000);
  assert.equal(forecast.days.length, 5);
  assert.equal(forecast.method, 'like_days');
  // every past day was forecast without an error, so the quantiles are the forecast
  assert.deepEqual(forecast.items[0].quantiles_w, Array(7).fill(2640));
  assert.equal((await client.get(`/v1/transformers/T-9/forecast?${window(from, from + HALF_HOUR_MS)}`, reader)).status, 404);
  assert.equal((await client.get(`/v1/transformers/T-1/forecast?${window(from, from + 1000)}`, reader)).status, 422);
});

test('meters and transformers are forecast by the smoother', async () => {
  const from = today + 18 * 3_600_000;
  const asked = `${window(from, from + 2 * HALF_HOUR_MS)}`;
  const answers = async () => (await client.get(`/v1/meters/M-2/forecast?${asked}`, reader)).body.items?.[0].power_w === 1200;
  await until(answers, 'the forecast of the meter'); // its thread takes the readings in
  const meter = await must(200, client.get(`/v1/meters/M-2/forecast?${asked}`, reader));
  assert.deepEqual(meter.items.map((one) => one.power_w), [1200, 400]);
  assert.deepEqual(meter.items[1].quantiles_w, Array(7).fill(400));
  assert.equal(meter.method, 'smoother');
  assert.equal(meter.quantile_levels_ppm[5], 900_000);
  const above = await must(200, client.get(`/v1/transformers/T-1/forecast?${asked}&method=SMOOTHER`, reader));
  assert.deepEqual(above.items.map((one) => [one.load_w, one.need_w]), [[2400, 400], [800, 0]]);
  assert.equal((await client.get(`/v1/meters/M-9/forecast?${asked}`, reader)).status, 404);
  assert.equal((await client.get(`/v1/meters/M-2/forecast?${asked}`, north)).status, 403);
  assert.equal((await client.get(`/v1/meters/M-2/forecast?${window(from, from + 1000)}`, reader)).status, 422);
  assert.equal((await client.get(`/v1/transformers/T-1/forecast?${asked}&method=GUESS`, reader)).status, 422);
});

test('accuracy is summed over the issued forecasts, per horizon and in all', async () => {
  const asked = '/v1/forecast-accuracy?subject=M-2&purpose=DAY_AHEAD';
  assert.deepEqual((await must(200, client.get(asked, reader))).items, []);
  // two days: 100 W too high in the first hour, 300 W too low in the second; one event, one warning that was right
  gateway.world.sql(`
    INSERT INTO forecast_issue SELECT 'METER', 'M-2', now() - d * interval '1 day', 'DAY_AHEAD', 'smoother', now() - d * interval '1 day', now(), 1800, '{1}', '{}', 500 FROM generate_series(1, 2) d;
    INSERT INTO forecast_score SELECT 'METER', 'M-2', issued_at, 'DAY_AHEAD', h, 2, CASE h WHEN 0 THEN 200 ELSE -600 END, CASE h WHEN 0 THEN 200 ELSE 600 END, CASE h WHEN 0 THEN 20000 ELSE 180000 END,
      2000, 2, 400, CASE h WHEN 0 THEN 200 ELSE 600 END, 0, 0, 0, 2, '{2000,2000,2000,2000,2000,2000,2000}', '{0,0,0,1,2,2,2}', h, '{0,0,1,2}', ARRAY[0, 0, h, h] FROM forecast_issue, generate_series(0, 1) h WHERE subject = 'M-2' AND purpose = 'DAY_AHEAD'`);
  const { items } = await must(200, client.get(asked, reader));
  assert.deepEqual(items.map((one) => [one.horizon_h, one.pairs, one.mae_w, one.bias_w, one.rmse_w]), [[undefined, 8, 200, -100, 223], [0, 4, 100, 100, 100], [1, 4, 300, -300, 300]]);
  assert.equal(items[0].mase_yesterday_ppm, 1_000_000);
  assert.equal(items[0].mase_last_week_ppm, undefined);
  assert.equal(items[0].pinball_milliwatt, 1000);
  assert.deepEqual(items[1].quantiles.map((one) => one.coverage_ppm), [0, 0, 0, 500_000, 1_000_000, 1_000_000, 1_000_000]);
  assert.deepEqual(items[0].alarms.map((one) => [one.level_ppm, one.recall_ppm, one.precision_ppm]), [[undefined, 0, undefined], [750_000, 0, undefined], [900_000, 1_000_000, 500_000], [950_000, 1_000_000, 250_000]]);
  const second = await must(200, client.get(`${asked}&horizon_h=1&kind=METER`, reader));
  assert.deepEqual(second.items.map((one) => one.horizon_h), [1]);
  assert.equal((await must(200, client.get(`${asked}&kind=TRANSFORMER`, reader))).items.length, 0);
  assert.equal((await client.get('/v1/forecast-accuracy', reader)).status, 422);
  assert.equal((await client.get(`${asked}&horizon_h=-1`, reader)).status, 422);
  assert.equal((await client.get(asked, ingest)).status, 403);
});

test('dead letters can be listed, also those of a meter that went away', async () => {
  const { items } = await must(200, client.get('/v1/dead-letters?page_size=10', reader));
  assert.ok(Array.isArray(items));
  assert.equal((await client.get('/v1/dead-letters', ingest)).status, 403);
});
