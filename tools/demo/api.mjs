// SPDX-License-Identifier: Apache-2.0
// A small client of the REST API. Every answer that is not 2xx throws with the problem's own words.
// Keeps a record of what it saw when GW_CONTRACT_RECORD names a file, for the contract check.
import fs from 'node:fs';

const RESTART_MS = 60_000;

export class Api {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  /** A gateway that was killed comes back; every call here is idempotent, so it is made again. */
  async #send(path, init) {
    const end = Date.now() + RESTART_MS;
    for (;;) {
      try {
        const response = await fetch(this.base + path, init);
        if (response.status !== 503 || Date.now() > end) return { response, text: await response.text() };
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async raw(method, path, body, headers = {}) {
    const { response, text } = await this.#send(path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const type = response.headers.get('content-type') ?? '';
    const value = type.includes('json') && text ? JSON.parse(text) : text;
    const record = process.env.GW_CONTRACT_RECORD;
    if (record && type.includes('json')) {
      const line = { method, path, status: response.status, type, body: value };
      fs.appendFileSync(record, `${JSON.stringify(line)}\n`);
    }
    return { status: response.status, value, text };
  }

  async call(method, path, body, headers) {
    const answer = await this.raw(method, path, body, headers);
    if (answer.status >= 200 && answer.status < 300) return answer.value;
    const problem = answer.value ?? {};
    const faults = (problem.errors ?? []).map((e) => `${e.pointer}: ${e.detail}`).join('; ');
    throw new Error(`${method} ${path} → ${answer.status} ${problem.code ?? ''} ${problem.detail ?? ''} ${faults}`);
  }

  get(path) {
    return this.call('GET', path);
  }

  post(path, body, key) {
    return this.call('POST', path, body, key ? { 'idempotency-key': key } : {});
  }

  put(path, body) {
    return this.call('PUT', path, body);
  }

  /** Asks until `wanted` holds; a bounded wait for a condition, never a sleep for luck. */
  async until(path, wanted, what, timeoutMs = 60_000) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const answer = await this.raw('GET', path);
      if (answer.status === 200 && wanted(answer.value)) return answer.value;
      if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}; last answer ${answer.status}: ${answer.text.slice(0, 400)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
