// SPDX-License-Identifier: Apache-2.0
// The contract as a judge: every answer that a test sees is held against openapi/openapi.yaml.
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const escapePointer = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

export class Contract {
  seen = new Map(); // "listParties 200" -> count

  constructor(file = path.join(ROOT, 'openapi/openapi.yaml')) {
    this.document = parse(fs.readFileSync(file, 'utf8'));
    this.ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema(this.document, 'contract');
    this.templates = Object.keys(this.document.paths).map((template) => ({ template, pattern: patternOf(template), literal: template.replace(/\{\w+\}/g, '').length }));
    this.templates.sort((left, right) => right.literal - left.literal);
  }

  /** The operation of a request, or null when the contract does not know it. */
  find(method, pathname) {
    for (const { template, pattern } of this.templates) {
      const operation = this.document.paths[template][method.toLowerCase()];
      if (operation && pattern.test(pathname)) return { template, operation };
    }
    return null;
  }

  #response(template, method, operation, status) {
    const key = operation.responses[status] ? String(status) : 'default';
    let place = `paths/${escapePointer(template)}/${method.toLowerCase()}/responses/${key}`;
    let response = operation.responses[key];
    if (response?.$ref) {
      place = response.$ref.slice(2);
      response = this.document.components.responses[place.split('/').pop()];
    }
    return { place, response };
  }

  /** Faults of one answer as sentences; none when it keeps the contract. body: text. */
  faults(method, pathname, status, contentType, body) {
    const found = this.find(method, pathname);
    if (!found) return status === 404 || status === 405 ? this.#problem(body) : [`${method} ${pathname} is not in the contract`];
    const { place, response } = this.#response(found.template, method, found.operation, status);
    const name = `${found.operation.operationId} ${status}`;
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
    if (!response) return [`${name} is not in the contract`];
    const type = (contentType ?? '').split(';')[0];
    if (!response.content) return body.length === 0 ? [] : [`${name} has a body`];
    if (!response.content[type]) return [`${name} has the type "${type}"`];
    if (!type.includes('json')) return [];
    return this.#judge(name, `contract#/${place}/content/${escapePointer(type)}/schema`, body);
  }

  #problem(body) {
    return this.#judge('an unknown path', 'contract#/components/schemas/Problem', body);
  }

  #judge(name, reference, body) {
    const validate = this.ajv.getSchema(reference) ?? this.ajv.compile({ $ref: reference });
    if (validate(JSON.parse(body))) return [];
    return validate.errors.map((error) => `${name}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  }
}

function patternOf(template) {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** A caller of the API whose every answer is judged. */
export class Client {
  constructor(url, contract = new Contract()) {
    this.url = url;
    this.contract = contract;
  }

  async call(method, target, { token, body, key, headers = {}, raw } = {}) {
    const sent = { ...headers };
    if (token) sent.authorization = `Bearer ${token}`;
    if (key) sent['idempotency-key'] = key;
    if (body !== undefined || raw !== undefined) sent['content-type'] ??= 'application/json';
    const response = await fetch(this.url + target, { method, headers: sent, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) });
    const text = await response.text();
    const type = response.headers.get('content-type');
    const faults = this.contract.faults(method, new URL(this.url + target).pathname, response.status, type, text);
    if (faults.length > 0) throw new Error(`${method} ${target} broke the contract:\n${faults.join('\n')}\n${text}`);
    const json = type?.includes('json') ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, body: json };
  }

  get = (target, token) => this.call('GET', target, { token });
  post = (target, token, body, key) => this.call('POST', target, { token, body, key });
}
