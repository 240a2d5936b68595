// SPDX-License-Identifier: Apache-2.0
// A weather service in the Open-Meteo shape on loopback, for the demo and the tests. It serves one
// temperature series (thousandths of a degree per hour) with an offset, so that two sources differ
// as real ones do.
import http from 'node:http';

const HOUR_MS = 3_600_000;

/** series: { fromMs, millic: [...] }; offsetMillic shifts this source. */
export function weatherAnswer(series, offsetMillic) {
  const times = series.millic.map((_, at) => new Date(series.fromMs + at * HOUR_MS).toISOString().slice(0, 16));
  const values = series.millic.map((value) => Number(((value + offsetMillic) / 1000).toFixed(1)));
  return {
    latitude: 50.88,
    longitude: 4.7,
    generationtime_ms: 0.1,
    utc_offset_seconds: 0,
    timezone: 'GMT',
    timezone_abbreviation: 'GMT',
    elevation: 30.0,
    hourly_units: { time: 'iso8601', temperature_2m: '°C' },
    hourly: { time: times, temperature_2m: values },
  };
}

export async function serveWeather(series, offsetMillic) {
  const body = JSON.stringify(weatherAnswer(series, offsetMillic));
  const server = http.createServer((request, response) => {
    const known = request.method === 'GET' && request.url.startsWith('/v1/forecast');
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(known ? body : '{"error":true,"reason":"unknown path"}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1/forecast`, close: () => {
      server.close();
      server.closeAllConnections?.();
    } };
}
