// SPDX-License-Identifier: Apache-2.0
// Neighbours trade: a network is handed in, a check reserves, four nodes judge it with their own power flow (one is fed
// false readings and differs alone), the certificate opens a trade on the chain, and the delivery pays it.
import fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import { ROOT, until } from '../../support/world.mjs';
import { Tally, at, iso, key, street, withEvening } from '../../support/scenario.mjs';
import { agree, artefact, certify, deliveryDigest, tradeContract } from '../../support/trade.mjs';

const CHAIN_ID = 31337;
const FALSIFIED = 'dev-007';
const DAYS_OF_HISTORY = 8;
const VERIFIER = path.join(ROOT, 'build/gwverify.mjs');
/* NAYY 4x150: 300 m, 300 m and 400 m from a busbar at 1.02 pu. */
const CABLES = [[0, 1, 0.06201, 0.02412], [1, 2, 0.06201, 0.02412], [2, 3, 0.08268, 0.03216]];
const HOMES = [['P1', 1, 'M-001', 'agg-aurora'], ['P2', 2, 'M-002', 'agg-boreal'], ['P3', 3, 'M-007', 'agg-aurora']];
const TRADES = [
  ['A', 'P3', 'P1', 20_000], ['B', 'P3', undefined, 25_000], ['C', 'P2', 'P1', 15_000], ['D', 'P2', 'P3', 10_000], ['E', 'P1', 'P1', 8_000],
];

const tally = new Tally();
let evening;

const document = () => ({
  format: 'gw-net',
  version: 1,
  name: 'cable',
  model: 'balanced',
  source: { id: 'grid', node: 0, u_pu: 1.02 },
  nodes: [0, 1, 2, 3].map((id) => ({ id, un_v: 400, vmin_pu: 0.9, vmax_pu: 1.05 })),
  branches: CABLES.map(([from, to, r1_ohm, x1_ohm], i) => ({ id: `s${i + 1}`, from, to, kind: 'cable', r1_ohm, x1_ohm, imax_a: 270 })),
  points: HOMES.map(([id, node]) => ({ id, node, p_w: 1000, q_var: 300 })),
});

async function handIn() {
  const { api } = evening;
  await api.post('/v1/grid/networks', { network_id: 'cable', format: 'gw-net', document: document(), transformer: evening.scene.transformer });
  for (const [point, , meter, party] of HOMES) await api.put(`/v1/grid/networks/cable/points/${point}`, { meter, party });
}

const item = ([id, seller_point, buyer_point, power_w]) => ({ id, kind: 'trade', effect: 'incremental', seller_point, buyer_point, power_w });

const ask = (name, change = {}) =>
  evening.api.post('/v1/grid/checks', { network_id: 'cable', starts_at: iso('16:00'), ends_at: iso('16:30'), mode: 'reserve', items: TRADES.map(item), ...change }, `trade/${name}`);

/** The task of a check, once every node has answered. */
async function answered(checkId) {
  const find = async () => {
    const { items } = await evening.api.get('/v1/oracle/tasks?page_size=200');
    const row = items.find((task) => task.check_id === checkId);
    const task = row && (await evening.api.get(`/v1/oracle/tasks/${row.task_id}`));
    return task?.votes?.length === 4 && task;
  };
  return until(find, `four votes for check ${checkId}`);
}

const verdicts = (task) => Object.fromEntries(task.votes.map(({ node, verdict }) => [node, verdict]).sort());

async function clear() {
  const check = await ask('first');
  tally.same('the check cuts what the cable cannot bear', check.verdict, 'curtailed');
  const accepted = Object.fromEntries(check.items.map((row) => [row.id, row.accepted_w]));
  tally.same('a trade that relieves and one within a node pass uncut', [accepted.D, accepted.E], [10_000, 8000]);
  const task = await answered(check.check_id);
  const signed = 'SIGNED';
  tally.same('three nodes sign, the one with false readings differs alone', verdicts(task), { 'node-1': signed, 'node-2': signed, 'node-3': signed, 'node-4': 'READING_DIFFERS' });
  const seen = task.votes.find(({ node }) => node === 'node-1').seen;
  tally.same('every node tells how much of the base it saw itself', [seen.proposed, seen.equal], [3, 3]);
  const cleared = await evening.api.get(`/v1/grid/checks/${check.check_id}`);
  tally.same('the check shows its certificate', [cleared.clearance?.state, cleared.clearance?.certificate?.signatures?.length], ['CERTIFIED', 3]);
  return cleared;
}

async function audit(check) {
  const file = evening.path('clearance.json');
  const bundle = await evening.api.get(`/v1/grid/checks/${check.check_id}/clearance`);
  fs.writeFileSync(file, JSON.stringify(bundle));
  const verify = () => spawnSync(process.execPath, [VERIFIER, 'clearance', file, '--rpc', evening.world.chainUrl], { encoding: 'utf8' });
  const good = verify();
  tally.check('gwverify confirms it against the chain', good.status === 0, good.stdout + good.stderr);
  bundle.core.items[0].accepted_w += 1000;
  fs.writeFileSync(file, JSON.stringify(bundle));
  tally.same('and names what somebody changed', verify().status, 1);
}

async function refusedBy(call, name) {
  try {
    await call;
    return false;
  } catch (fault) {
    return fault.revert?.name === name;
  }
}

/** Seller and buyer of trade C and the nodes, as they stand on the chain. */
function people(provider) {
  const wallet = (name) => new Wallet(fs.readFileSync(evening.path('keys', `${name}.eth`), 'utf8').trim().replace(/^(0x)?/, '0x'), provider);
  return { seller: wallet('agg-boreal'), buyer: wallet('agg-aurora'), deployer: wallet('deployer'), nodes: [1, 2, 3, 4].map((n) => wallet(`node-${n}`)) };
}

async function openTrade(scene, check) {
  const { trades, parties, chain } = scene;
  const { message, signatures, items } = check.clearance;
  const row = items.find(({ id }) => id === 'C');
  const terms = {
    checkId: message.checkId, tradeId: row.trade_id, seller: parties.seller.address, buyer: parties.buyer.address,
    energyWh: BigInt(row.accepted_wh), price: 250_000n, settleBy: BigInt(message.intervalEnd) + 86_400n,
  };
  const consents = await agree(CHAIN_ID, chain.trades, terms, [parties.seller, parties.buyer]);
  const open = (certificate, changed = message) => [terms, ...consents, changed, certificate, row.accepted_wh, row.salt, row.proof];
  tally.check('without the certificate the contract opens nothing', await refusedBy(trades.open.staticCall(...open('0x')), 'SignatureCountInvalid'));
  const tampered = { ...message, itemsRoot: message.networkHash };
  tally.check('nor with a tampered one', await refusedBy(trades.open.staticCall(...open(signatures, tampered)), 'SignerNotMember'));
  await (await trades.open(...open(signatures))).wait();
  tally.same('with it the money of the buyer is held', String(await scene.token.balanceOf(chain.trades)), String((BigInt(row.accepted_wh) * 250n)));
  return { terms, row };
}

async function settleTrade(scene, { terms, row }) {
  const { trades, parties, chain, token } = scene;
  const before = await token.balanceOf(terms.seller);
  const delivery = { checkId: terms.checkId, tradeId: terms.tradeId, deliveredWh: BigInt(row.accepted_wh) - 100n, dataHash: row.salt, epoch: 0n, signerSet: 1n };
  const certificate = certify(parties.nodes, deliveryDigest(CHAIN_ID, chain.ledger, delivery));
  tally.check('nobody is paid before the interval ends', await refusedBy(trades.settle.staticCall(terms, delivery, certificate), 'DeliveryTooEarly'));
  await evening.instant(at('16:30'));
  await (await trades.settle(terms, delivery, certificate)).wait();
  const paid = (await token.balanceOf(terms.seller)) - before;
  tally.same('the seller is paid for what was delivered, the buyer gets the rest', [String(paid), String(await token.balanceOf(chain.trades))], [String(delivery.deliveredWh * 250n), '0']);
}

async function onChain(check) {
  evening.gridwitness(['chain', 'deploy', '--config', evening.path('gateway.ini'), '--trades']);
  const chain = JSON.parse(fs.readFileSync(evening.path('chain.json'), 'utf8'));
  const provider = new JsonRpcProvider(evening.world.chainUrl, undefined, { cacheTimeout: -1 });
  const parties = people(provider);
  const token = new Contract(chain.token, artefact('TestEuro').abi, new NonceManager(parties.deployer));
  const scene = { chain, parties, token, trades: tradeContract(chain.trades, new NonceManager(parties.seller)) };
  await (await token.mint(parties.buyer.address, 50_000_000n)).wait();
  await (await token.connect(parties.buyer).approve(chain.trades, 50_000_000n)).wait();
  await settleTrade(scene, await openTrade(scene, check));
  provider.destroy();
}

/** What the first check holds is part of the base of the next, and no reason to doubt it. */
async function another() {
  const check = await ask('second', { items: [item(['F', 'P3', undefined, 5000]), item(['G', 'P2', 'P2', 3000])] });
  const accepted = Object.fromEntries(check.items.map((row) => [row.id, row.accepted_w]));
  tally.check('after the first check hardly any room is left at the end of the cable', accepted.F < 1000 && accepted.G === 3000, JSON.stringify(accepted));
  const task = await answered(check.check_id);
  tally.check('and it is cleared like the first', task.state === 'CERTIFIED', JSON.stringify(task.votes.map(({ verdict, detail }) => [verdict, detail])));
}

/** Energy that was cleared as a schedule changes hands; nodes believe it, for they have signed the schedule. */
async function withinSchedule() {
  const later = { starts_at: iso('16:30'), ends_at: iso('17:00') };
  const schedule = [{ id: 'S1', kind: 'schedule', seller_point: 'P2', power_w: 3000 }, { id: 'S2', kind: 'schedule', buyer_point: 'P1', power_w: 3000 }];
  const first = await ask('schedule', { ...later, items: schedule });
  const { digest } = await answered(first.check_id);
  const shown = (item_id) => ({ check_id: first.check_id, item_id, digest });
  const trade = { ...item(['T', 'P2', 'P1', 3000]), effect: 'within_schedule', seller_schedule: shown('S1'), buyer_schedule: shown('S2') };
  const second = await ask('scheduled', { ...later, items: [trade] });
  tally.same('a trade within a cleared schedule counts as such', [second.items[0].effect, second.items[0].accepted_w], ['within_schedule', 3000]);
  const task = await answered(second.check_id);
  tally.check('and the nodes, which signed the schedule, sign it', task.state === 'CERTIFIED', JSON.stringify(task.votes.map(({ verdict, detail }) => [verdict, detail])));
}

async function play(running) {
  evening = running;
  await handIn();
  await evening.instant(at('15:30'));
  const check = await tally.scenario('a check is cleared', clear);
  if (!check) return;
  await tally.scenario('an auditor looks at it', () => audit(check));
  await tally.scenario('another check', another);
  await tally.scenario('a trade within a schedule', withinSchedule);
  await tally.scenario('the trade on the chain', () => onChain(check));
}

const scene = { ...street(), falsifiedDevice: FALSIFIED, historyFromMs: at('14:00') - DAYS_OF_HISTORY * 86_400_000 };
await withEvening(scene, tally, play);
process.exitCode = tally.end();
