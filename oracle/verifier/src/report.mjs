// SPDX-License-Identifier: Apache-2.0
// The report of a verification as text for people and as JSON for programs.

const CLOSING = {
    verified: 'VERIFIED: every number follows from the readings, and the signatures and the chain say the same.',
    mismatch: 'MISMATCH: the evidence does not hold. The first wrong place:',
    incomplete: 'INCOMPLETE: what could be checked holds, but something is missing:',
    unreadable: 'UNREADABLE: this is no evidence bundle of ours:',
};
const OFFLINE = 'VERIFIED OFFLINE: every number follows from the readings and the signatures fit. The chain was NOT asked: '
    + 'whether the signers are registered and the run was posted is open.';

/** JSON of a report; amounts are decimal strings. */
export function printJson(report) {
    const { closing, ...told } = report;
    return JSON.stringify(told, (_, value) => (typeof value === 'bigint' ? `${value}` : value), 2);
}

function printFault({ pointer, what, expected, found }) {
    const lines = [`  at        ${pointer || '/'}`, `  rule      ${what}`];
    if (expected !== undefined) lines.push(`  expected  ${expected}`, `  found     ${found}`);
    return lines;
}

/** Text of a report. */
export function printText(report) {
    const lines = Object.entries(report.summary ?? {}).map(([key, value]) => `${key.padEnd(18)} ${value}`);
    if (lines.length > 0) lines.push('');
    report.checks.forEach(({ check, detail }) => lines.push(`ok  ${check.padEnd(22)} ${detail}`));
    if (report.checks.length > 0) lines.push('');
    const verified = report.closing ?? (report.offline ? OFFLINE : CLOSING.verified);
    lines.push(report.verdict === 'verified' ? verified : CLOSING[report.verdict]);
    if (report.fault) lines.push(...printFault(report.fault));
    return lines.join('\n');
}
