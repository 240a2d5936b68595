// SPDX-License-Identifier: Apache-2.0
// The chapters of one event: request, bids, commitment, delivery, settlement, claim, verification.
// Each checks what it says; a claim that does not hold is thrown.
import fs from 'node:fs';
import path from 'node:path';
import { isoTime } from '../../tests/support/conductor.mjs';
import { ROOT } from '../../tests/support/world.mjs';
import { chapter, clock, euro, good, note, plot, progressDone, table } from './story.mjs';

export const VERIFIER = path.join(ROOT, 'build/gwverify.mjs');

function demand(condition, what) {
  if (!condition) throw new Error(`not as promised: ${what}`);
}

const kw = (w) => (w / 1000).toFixed(1);

/** The operator asks for relief. */
export async function tellRequest(evening, plan) {
  const { api, scene } = evening;
  chapter(plan.title ?? 'A congestion is coming');
  if (plan.opensMs && evening.conductor.now < plan.opensMs) await evening.play(plan.opensMs);
  progressDone();
  const terms = {
    transformer: scene.transformer,
    from: isoTime(plan.startsMs),
    to: isoTime(plan.endsMs),
    max_price_micros_per_kwh: plan.maxPrice,
    shortfall_price_micros_per_kwh: plan.shortfallPrice,
    budget_micros: plan.budget,
    method: 'sgsc-10in10-v1',
    adjustment: plan.adjustment,
    own_event_days: plan.ownEventDays ?? 'EXCLUDED',
    calendar: scene.calendar,
    gate_at: isoTime(plan.gateMs),
    ack_by: isoTime(plan.ackMs),
    data_deadline_at: isoTime(plan.dataDeadlineMs),
  };
  if (plan.needW) return publish(evening, await api.post('/v1/requests', { ...terms, need_w: plan.needW }, `request/${plan.startsMs}`), plan);
  const forecast = await api.get(`/v1/transformers/${scene.transformer}/forecast?from=${terms.from}&to=${terms.to}`);
  table(['interval', 'forecast kW', 'rating kW', 'too much kW'], forecast.items.map((item) => [clock(Date.parse(item.start), scene.zoneOffsetS), kw(item.load_w), kw(forecast.rating_w), kw(item.need_w)]));
  note('forecast: the mean of the last five like days, corrected for tonight\'s cold');
  demand(forecast.items.some((item) => item.need_w > 0), 'the forecast shows an overload');
  return publish(evening, await api.post('/v1/requests:from-forecast', terms, `request/${plan.startsMs}`), plan);
}

async function publish(evening, draft, plan) {
  const request = await evening.api.post(`/v1/requests/${draft.event_id}:publish`, undefined, `publish/${draft.event_id}`);
  demand(request.state === 'PUBLISHED', 'the request is published');
  demand(request.own_event_days === (plan.ownEventDays ?? 'EXCLUDED'), 'the request says what becomes of own event days');
  good(`request ${request.event_id} is published: up to ${kw(Math.max(...request.need_w))} kW from ${clock(plan.startsMs, evening.scene.zoneOffsetS)} to ${clock(plan.endsMs, evening.scene.zoneOffsetS)}, escrow covers its budget of ${euro(request.budget_micros)}`);
  await plan.afterPublish?.(evening, request.event_id, plan);
  return request.event_id;
}

async function tellBids(evening, eventId, plan) {
  const { api, scene } = evening;
  chapter('Bids, and the cheapest set that meets the need');
  await evening.play(plan.ackMs);
  progressDone();
  const { items: bids } = await api.get(`/v1/requests/${eventId}/bids?page_size=100`);
  demand(bids.length > 0, 'aggregators have bid');
  table(['group', 'offers kW', 'EUR/kWh', 'least %', 'taken %', 'state'], bids.map((bid) => [bid.group, kw(Math.max(...bid.power_w)), (bid.price_micros_per_kwh / 1e6).toFixed(2), bid.min_activation_pct, bid.activation_pct, bid.state]));
  const { items: orders } = await api.get(`/v1/orders?event_id=${eventId}&page_size=100`);
  demand(orders.length > 0 && orders.every((order) => order.state === 'ACKED'), 'every order is acknowledged');
  if (scene.network) await tellGridCheck(api, eventId);
  good(`${orders.length} orders for ${scene.transformer}, acknowledged by ${[...new Set(orders.map((o) => o.party))].sort().join(' and ')}`);
}

/* The power flow with the awards: not every kilowatt counts alike. */
async function tellGridCheck(api, eventId) {
  const check = await api.get(`/v1/requests/${eventId}/grid-check`);
  const percent = (ppm) => (ppm / 1e4).toFixed(1);
  note(`grid: ${check.demands.length} limits of ${check.network_id} were demands of the selection; the tightest is used to ${percent(check.worst_before_ppm)} % without and ${percent(check.worst_after_ppm)} % with the awards (${check.worst_limit_id})`);
  demand(check.verdict === 'CONFIRMED', `the power flow confirms the awards: ${check.reason}`);
}

async function tellCommitment(evening, eventId) {
  const { api } = evening;
  chapter('The promise, signed before delivery starts');
  const task = await certified(api, eventId, 'COMMITMENT');
  tellVotes(task);
  const request = await api.get(`/v1/requests/${eventId}`);
  const posted = await api.until('/v1/chain/transactions?page_size=200', (page) => page.items.some((tx) => tx.event_id === eventId && tx.kind === 'CHAIN_COMMIT' && tx.state === 'CONFIRMED'), 'the commitment on the chain');
  const tx = posted.items.find((row) => row.event_id === eventId && row.kind === 'CHAIN_COMMIT');
  good(`commitment on the chain in block ${tx.block_number}; ${euro(request.max_liability_micros)} are locked in escrow`);
  note(`transaction ${tx.tx_hash}`);
}

async function certified(api, eventId, kind) {
  const { items } = await api.get('/v1/oracle/tasks?page_size=200');
  const mine = items.filter((task) => task.event_id === eventId && task.kind === kind && task.state === 'CERTIFIED');
  demand(mine.length === 1, `one certified ${kind.toLowerCase()} proposal`);
  return api.get(`/v1/oracle/tasks/${mine[0].task_id}`);
}

function tellVotes(task) {
  const votes = [...task.votes].sort((a, b) => a.node.localeCompare(b.node));
  table(['node', 'verdict', 'why'], votes.map((vote) => [vote.node, vote.verdict, (vote.detail ?? '').slice(0, 90)]));
  const signed = task.votes.filter((vote) => vote.verdict === 'SIGNED').length;
  demand(signed >= task.quorum, `${task.quorum} nodes signed`);
  good(`${signed} of ${task.nodes} nodes signed, ${task.quorum} are needed`);
}

async function tellSettlement(evening, eventId, plan) {
  const { api, scene } = evening;
  chapter('Delivery, measured against the baseline');
  await evening.play(plan.settledMs);
  progressDone();
  const { items: settlements } = await api.get(`/v1/settlements?event_id=${eventId}`);
  demand(settlements.length === 1, 'there is one settlement');
  const [settlement] = settlements;
  const { items: lines } = await api.get(`/v1/settlements/${settlement.settlement_id}/lines?page_size=1000`);
  const starts = [...new Set(lines.map((line) => line.start))].sort();
  const sum = (field, start) => lines.filter((line) => line.start === start).reduce((total, line) => total + Number(line[field]), 0);
  plot(starts.map((start) => clock(Date.parse(start), scene.zoneOffsetS)), starts.map((start) => sum('baseline_mwh', start) / 1000), starts.map((start) => sum('metered_wh', start)));
  const groups = [...new Set(lines.map((line) => line.group))].sort();
  table(['group', 'ordered kWh', 'delivered kWh', 'paid', 'short kWh', 'charged'], groups.map((group) => {
    const of = (field) => lines.filter((line) => line.group === group).reduce((total, line) => total + Number(line[field]), 0);
    return [group, (of('ordered_wh') / 1000).toFixed(2), (of('delivered_wh') / 1000).toFixed(2), euro(of('paid_micros')), (of('shortfall_wh') / 1000).toFixed(2), euro(of('shortfall_micros'))];
  }));
  note(lines[0].why ?? '');
  const state = await api.get(`/v1/settlements/${settlement.settlement_id}`);
  demand(state.state === 'POSTED', `the settlement is posted (it is ${state.state})`);
  chapter(plan.expectsRefusal ? 'Four witnesses, one of them fed falsified readings' : 'Four witnesses');
  const task = await certified(api, eventId, 'SETTLEMENT');
  tellVotes(task);
  if (plan.expectsRefusal) {
    const refusal = task.votes.find((vote) => vote.verdict === 'READING_DIFFERS');
    demand(refusal !== undefined, 'the falsified node says that a reading differs');
    good(`${refusal.node} saw other readings and did not sign; its verdict is stored with the settlement`);
  }
  return state;
}

async function tellChain(evening, settlement, plan) {
  const { api } = evening;
  chapter('The settlement on the chain, and a claim');
  const { items } = await api.get('/v1/chain/transactions?page_size=200');
  const tx = items.filter((row) => row.kind === 'CHAIN_SETTLE' && row.event_id === settlement.event_id);
  demand(tx.length === 1 && tx[0].state === 'CONFIRMED', 'one settlement transaction');
  good(`settlement ${settlement.sequence} in block ${tx[0].block_number}, total ${euro(settlement.total_micros)} for ${plan.payees ?? 'all'} payees, one transaction`);
  note(`transaction ${tx[0].tx_hash}`);
  const bundle = await api.get(`/v1/settlements/${settlement.settlement_id}/evidence`);
  const file = evening.path(`evidence-${settlement.settlement_id}.json`);
  fs.writeFileSync(file, JSON.stringify(bundle));
  if (process.env.GW_BUNDLE_OUT) fs.copyFileSync(file, process.env.GW_BUNDLE_OUT);
  tellClaim(evening, bundle.core.entitlements, file);
  return file;
}

/** The first payee that is owed more than it took; a run may well owe nobody anything new. */
function tellClaim(evening, entitlements, file) {
  const nameOf = (payee) => Object.keys(evening.accounts).find((key) => evening.accounts[key].toLowerCase() === payee.toLowerCase());
  for (const row of entitlements.filter((entry) => BigInt(entry.carried_micros) > 0n))
    note(`${nameOf(row.payee)} owes ${euro(row.carried_micros)} for shortfalls; it is carried and set off against what it delivers next`);
  const row = entitlements.find((entry) => BigInt(entry.lifetime_micros) > BigInt(entry.paid_micros));
  if (!row) {
    good('nothing new to claim: the shortfalls of this event outweigh its delivery');
    return;
  }
  const name = nameOf(row.payee);
  const said = evening.gridwitness(['chain', 'claim', '--config', evening.path('gateway.ini'), '--bundle', file, '--key', evening.path('keys', `${name}.eth`)]);
  good(`${name} claims ${euro(BigInt(row.lifetime_micros) - BigInt(row.paid_micros))} with its Merkle proof`);
  note(said.trim().split('\n').pop());
}

function tellVerifier(evening, file) {
  chapter('An auditor who trusts nobody');
  const result = evening.world.run(process.execPath, [VERIFIER, file, '--rpc', evening.world.chainUrl], { anyStatus: true });
  demand(result.status === 0, `gwverify agrees (it ended with ${result.status}): ${`${result.stdout}${result.stderr}`.trim().split('\n').slice(-4).join(' ')}`);
  for (const line of result.stdout.trim().split('\n').slice(-8)) note(line);
  good('gwverify recomputed it from the readings to the money and to the chain, without our code');
}

/** The devices that did not behave: each is visible, none is lost. */
export async function tellCharacters(evening, eventId) {
  const { api, scene } = evening;
  const who = (behaviour) => scene.devices.find((device) => device.behaviour === behaviour);
  chapter('Three devices that did not behave');
  const { items: letters } = await api.get(`/v1/dead-letters?device=${who('garbage').id}&page_size=1000`);
  demand(letters.length > 0, 'what the garbage device sent is in the dead letters');
  const codes = [...new Set(letters.map((letter) => letter.code))].sort();
  good(`${who('garbage').id} sent garbage: ${letters.length} messages are kept with their reason (${codes.join(', ')}), no reading came of them`);
  const { opt_outs: optOuts } = await api.get(`/v1/dr-events/${eventId}`);
  demand(optOuts.some((row) => row.device === who('opt_out').id), 'the opt-out is recorded');
  good(`${who('opt_out').id} opted out when it was called; its aggregator delivered that much less`);
  const away = who('offline');
  const device = await api.get(`/v1/devices/${away.id}`);
  demand((device.gaps ?? []).length === 0, 'the device that was away has no gap');
  const { items: readings } = await api.get(`/v1/readings?meter=${away.meter}&from=${away.offline_from}&to=${away.offline_to}&page_size=100`);
  demand(readings.length > 0, 'the backlog of the device that was away is stored');
  good(`${away.id} had no line for ${((Date.parse(away.offline_to) - Date.parse(away.offline_from)) / 3_600_000).toFixed(1)} hours and then delivered its ${readings.length} readings; none is missing`);
}

/** Everything from the gate to the auditor; several events may overlap, so chapter by chapter. */
export async function tellEvents(evening, pairs) {
  for (const { plan, eventId } of pairs) await tellBids(evening, eventId, plan);
  for (const { plan, eventId } of pairs) {
    await evening.play(plan.committedMs);
    progressDone();
    await tellCommitment(evening, eventId);
  }
  for (const { plan, eventId } of pairs) {
    const settlement = await tellSettlement(evening, eventId, plan);
    if (plan.hasCharacters) await tellCharacters(evening, eventId);
    const file = await tellChain(evening, settlement, plan);
    tellVerifier(evening, file);
    await plan.afterwards?.(evening, eventId, settlement, JSON.parse(fs.readFileSync(file, 'utf8')));
  }
}
