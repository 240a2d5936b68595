// SPDX-License-Identifier: Apache-2.0
// Advances the virtual clock of the demo and of the tests (loopback only). Steps form one strict
// sequence; each belongs to one participant, and the next begins only when it has reported the last
// one done. A participant that is down is waited for: a kill changes nothing but the duration.
//
//   POST /v1/conductor/step {"who":"gateway","done":17}  -> 200 {"step":18,"now":"…","stop":false}
//                                                        or 204 after 10 s (ask again)
//   GET  /v1/conductor/now                               -> 200 {"now":"…"}
import http from 'node:http';

const LONG_POLL_MS = 10_000;
const BODY_LIMIT = 4096;

/** RFC 3339 without a fraction when there is none. */
export const isoTime = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

export class Conductor {
  #server = null;
  #now;
  #step = 0;
  #pending = null; // { who, step, now, resolve }
  #waiting = new Map(); // who -> { response, timer }
  #stopped = false;

  constructor(startMs) {
    this.#now = startMs;
  }

  get now() {
    return this.#now;
  }

  async listen() {
    this.#server = http.createServer((request, response) => this.#serve(request, response));
    this.#server.keepAliveTimeout = 30_000;
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Hands the instant to one participant and resolves when it has done its work. */
  step(who, nowMs) {
    if (nowMs < this.#now) throw new Error('the clock cannot go back');
    this.#now = nowMs;
    return new Promise((resolve) => {
      this.#pending = { who, step: ++this.#step, now: nowMs, resolve };
      const waiting = this.#waiting.get(who);
      if (waiting) this.#answer(waiting.response, who);
    });
  }

  /** Tells everybody who asks from now on that the play is over. */
  stop() {
    this.#stopped = true;
    for (const who of [...this.#waiting.keys()]) this.#answer(this.#waiting.get(who).response, who);
  }

  close() {
    this.stop();
    this.#server?.close();
    this.#server?.closeAllConnections?.();
  }

  #forget(who) {
    clearTimeout(this.#waiting.get(who)?.timer);
    this.#waiting.delete(who);
  }

  #answer(response, who) {
    this.#forget(who);
    const pending = this.#pending?.who === who ? this.#pending : null;
    const body = JSON.stringify({
      step: pending?.step ?? 0,
      now: isoTime(this.#now),
      stop: this.#stopped && !pending,
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }

  #ask(response, { who, done }) {
    if (this.#pending && this.#pending.who === who && done === this.#pending.step) {
      const { resolve } = this.#pending;
      this.#pending = null;
      resolve();
    }
    this.#forget(who);
    if (this.#stopped || this.#pending?.who === who) return this.#answer(response, who);
    const timer = setTimeout(() => {
      this.#waiting.delete(who);
      response.writeHead(204).end();
    }, LONG_POLL_MS);
    this.#waiting.set(who, { response, timer });
    response.on('close', () => {
      if (this.#waiting.get(who)?.response === response) this.#forget(who);
    });
    return undefined;
  }

  #serve(request, response) {
    if (request.method === 'GET' && request.url === '/v1/conductor/now') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ now: isoTime(this.#now) }));
      return;
    }
    if (request.method !== 'POST' || request.url !== '/v1/conductor/step') {
      response.writeHead(404).end();
      return;
    }
    let body = '';
    request.on('data', (piece) => {
      body += piece;
      if (body.length > BODY_LIMIT) request.destroy();
    });
    request.on('end', () => {
      try {
        this.#ask(response, JSON.parse(body));
      } catch {
        response.writeHead(400).end();
      }
    });
  }
}
