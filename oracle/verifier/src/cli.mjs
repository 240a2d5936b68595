// SPDX-License-Identifier: Apache-2.0
// gwverify on the command line: files, arguments and exit codes; all else is in verify.mjs.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { verifyClearance } from './clearance.mjs';
import { printJson, printText } from './report.mjs';
import { EXIT, verify } from './verify.mjs';

const USAGE = `usage: gwverify BUNDLE --rpc URL [--payee ADDRESS] [--json]
       gwverify BUNDLE --offline [--json]
       gwverify clearance BUNDLE (--rpc URL | --offline) [--json]

Recomputes a settlement from the readings to the money and compares it with the signatures and the chain.
BUNDLE is a file, or - for standard input (GET /v1/settlements/{id}/evidence). --offline does not ask the chain.
With clearance: BUNDLE is a grid clearance (GET /v1/grid/checks/{id}/clearance); its items, message and signatures are checked.
exit codes: 0 verified, 1 mismatch, 2 incomplete, 3 unreadable`;

const OPTIONS = {
    rpc: { type: 'string' },
    payee: { type: 'string' },
    offline: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
};

function readInput(path) {
    try {
        return readFileSync(path === '-' ? 0 : path, 'utf8');
    } catch (fault) {
        console.error(`gwverify: could not read ${path}: ${fault.message}`);
        return undefined;
    }
}

function parseCommand(args) {
    try {
        return parseArgs({ args, options: OPTIONS, allowPositionals: true });
    } catch (fault) {
        console.error(`gwverify: ${fault.message}`);
        return undefined;
    }
}

async function main(args) {
    const command = parseCommand(args);
    if (command?.values.help) {
        console.log(USAGE);
        return EXIT.verified;
    }
    const isClearance = command?.positionals[0] === 'clearance' && command.positionals.length === 2;
    if (!isClearance && command?.positionals.length !== 1) {
        console.error(USAGE);
        return EXIT.unreadable;
    }
    const { rpc: url, payee, offline, json } = command.values;
    const text = readInput(command.positionals.at(-1));
    if (text === undefined) return EXIT.unreadable;
    const report = await (isClearance ? verifyClearance : verify)(text, { url, payee, offline, fetch });
    console.log(json ? printJson(report) : printText(report));
    return report.exit;
}

process.exitCode = await main(process.argv.slice(2));
