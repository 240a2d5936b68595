// SPDX-License-Identifier: Apache-2.0
// Lints openapi/openapi.yaml with the rules of redocly.yaml. Any error or warning fails.
import path from 'node:path';
import { lint, loadConfig } from '@redocly/openapi-core';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const config = await loadConfig({ configPath: path.join(root, 'redocly.yaml') });
const problems = await lint({ ref: path.join(root, 'openapi/openapi.yaml'), config });
for (const problem of problems) {
  const { pointer = '' } = problem.location[0] ?? {};
  console.log(`${problem.severity}: ${pointer}: ${problem.message} (${problem.ruleId})`);
}
console.log(`openapi.yaml: ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
