// SPDX-License-Identifier: Apache-2.0
// How the demo speaks: headings, progress, tables and plots in plain text. Colour only on a terminal.
const colourful = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colourful ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint('1');
export const green = paint('32');
export const red = paint('31');
export const faint = paint('2');

const startedAt = Date.now();
const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;

let silent = false;
/** The kill tests play the story without telling it. */
export const silence = () => {
  silent = true;
};
export const say = (text = '') => {
  if (!silent) process.stdout.write(`${text}\n`);
};
export const chapter = (title) => say(`\n${bold(`── ${title} `.padEnd(78, '─'))} ${faint(seconds())}`);
export const good = (text) => say(`  ${green('✓')} ${text}`);
export const bad = (text) => say(`  ${red('✗')} ${text}`);
export const note = (text) => say(`    ${faint(text)}`);

/** A progress line that stays one line on a terminal and is silent elsewhere. */
export function progress(text) {
  if (process.stdout.isTTY && !silent) process.stdout.write(`\r    ${faint(text.padEnd(70))}`);
}
export const progressDone = () => process.stdout.isTTY && process.stdout.write(`\r${' '.repeat(78)}\r`);

/** Rows of strings; numbers right-aligned. */
export function table(header, rows) {
  const text = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...text.map((row) => row[column].length)));
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || /^-?[\d.,]+$/.test(row[column])));
  const line = (row) => row.map((cell, at) => (numeric[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join('  ');
  say(`    ${bold(line(text[0]))}`);
  for (const row of text.slice(1)) say(`    ${line(row)}`);
}

/**
 * Two series as columns: what was expected (hollow) and what was metered (full).
 * labels, expected and metered have one entry per interval, in Wh.
 */
export function plot(labels, expected, metered, unit = 'Wh') {
  const height = 10;
  const top = Math.max(1, ...expected, ...metered);
  const level = (value) => Math.round((value / top) * height);
  for (let row = height; row >= 1; row--) {
    const cells = labels.map((_, at) => {
      const want = level(expected[at]) >= row ? '░░' : '  ';
      const got = level(metered[at]) >= row ? '██' : '  ';
      return ` ${want}${got} `;
    });
    const axis = row === height ? String(Math.round(top)) : row === 1 ? String(Math.round(top / height)) : '';
    say(`    ${axis.padStart(7)} │${cells.join('')}`);
  }
  say(`    ${unit.padStart(7)} └${labels.map(() => '──────').join('')}`);
  say(`            ${labels.map((label) => ` ${label}`.padEnd(6)).join('')}`);
  note('░ baseline: what the group would have used   █ metered: what it used');
}

export const euro = (micros) => `${(Number(micros) / 1e6).toFixed(2)} EUR`;
export const clock = (ms, offsetS = 0) => new Date(ms + offsetS * 1000).toISOString().slice(11, 16);
