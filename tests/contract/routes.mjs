// SPDX-License-Identifier: Apache-2.0
// Compares server/http/routes.def with openapi/openapi.yaml: paths, methods, operation ids, scopes, body limits, idempotency.
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const LIMITS = { GW_BODY_NONE: 0, GW_BODY_SMALL: 16384, GW_BODY_NORMAL: 1048576, GW_BODY_BATCH: 5242880 };
const ROW = /^GW_ROUTE\((\w+), "([^"]+)", (\w+), \w+, ([^,]+), (\w+), ([^)]+)\)$/gm;

const scopesOf = (text) =>
  text === 'GW_SCOPE_NONE' ? '' : text.split('|').map((word) => word.trim().replace('GW_SCOPE_', '').toLowerCase()).sort().join(' ');

function fromTable() {
  const found = new Map();
  for (const [, method, route, operation, scopes, limit, flags] of read('server/http/routes.def').matchAll(ROW)) {
    const keyed = flags.includes('GW_ROUTE_KEYED');
    found.set(`${method} ${route}`, `${operation} scopes=${scopesOf(scopes)} limit=${LIMITS[limit]} keyed=${keyed}`);
  }
  return found;
}

function fromContract() {
  const found = new Map();
  for (const [route, item] of Object.entries(parse(read('openapi/openapi.yaml')).paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (method === 'parameters') continue;
      const scopes = (operation.security[0]?.token ?? []).slice().sort();
      const keyed = (operation.parameters ?? []).some((one) => one.$ref === '#/components/parameters/IdempotencyKey');
      const facts = `${operation.operationId} scopes=${scopes.join(' ')} limit=${operation['x-body-limit-bytes']} keyed=${keyed}`;
      found.set(`${method.toUpperCase()} ${route}`, facts);
    }
  }
  return found;
}

const table = fromTable();
const contract = fromContract();
const faults = [];
for (const [key, facts] of table) {
  if (!contract.has(key)) faults.push(`routes.def: ${key} is not in openapi.yaml`);
  else if (contract.get(key) !== facts) faults.push(`${key}: routes.def says ${facts}, openapi.yaml says ${contract.get(key)}`);
}
for (const key of contract.keys()) if (!table.has(key)) faults.push(`openapi.yaml: ${key} is not in routes.def`);
for (const fault of faults) console.log(fault);
console.log(`${table.size} routes, ${contract.size} operations, ${faults.length} differences`);
process.exit(faults.length === 0 ? 0 : 1);
