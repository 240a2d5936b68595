// SPDX-License-Identifier: Apache-2.0
// One evening of a small street in which everything that an operator and two aggregators may do, or
// should not, happens once: refusals at the door, a budget beyond the escrow, a cancellation, a
// recall, readings that come after the settlement, an emergency stop.
import { Tally, at, audit, claim, iso, key, linesOf, publish, runsOf, street, terms, transactionsOf, withEvening } from '../../support/scenario.mjs';

const LATE_DEVICE = 'dev-003';
const LATE_METER = 'M-003';
const RECALLED = { from: '16:00', to: '18:00', gate: '15:00', ack: '15:30', data: '19:00', needW: [14_000, 14_000, 14_000, 14_000], adjustment: 'NONE' };
const STOPPED = { from: '20:00', to: '22:00', gate: '19:45', ack: '19:50', data: '22:30', needW: [14_000, 14_000, 14_000, 14_000] };
const NEVER_HELD = { from: '21:00', to: '22:00', gate: '15:30', ack: '16:00', data: '23:00', needW: [5000, 5000] };

const tally = new Tally();
let evening;

/** An answer that must be a problem with this status and code, naming this field. */
async function refused(name, api, [method, path, body], [status, code, pointer]) {
  const answer = await api.raw(method, path, body, method === 'POST' ? key() : {});
  const pointers = [answer.value?.subject, ...(answer.value?.errors ?? []).map((row) => row.pointer)];
  const named = pointer === undefined || pointers.includes(pointer);
  const good = answer.status === status && answer.value?.code === code && named;
  tally.check(name, good, `${answer.status} ${answer.text}`);
}

async function refuseRequests() {
  const { api, scene } = evening;
  const good = terms(scene, RECALLED);
  const wrong = [
    ['an empty window', { to: good.from }, [422, 'invalid', '/to']],
    ['a window that is no whole number of intervals', { to: iso('17:45') }, [422, 'invalid', '/to']],
    ['a need with too few intervals', { need_w: [14_000] }, [422, 'invalid', '/need_w']],
    ['a need that asks for nothing', { need_w: [0, 0, 0, 0] }, [422, 'invalid', '/need_w']],
    ['a gate after the start', { gate_at: iso('16:30') }, [422, 'invalid', '/gate_at']],
    ['an unknown transformer', { transformer: 'TR-nowhere' }, [404, 'not-found', '/transformer']],
    ['an unknown calendar', { calendar: 'mars' }, [404, 'not-found', '/calendar']],
    ['an unknown method', { method: 'guess-v1' }, [422, 'invalid', '/method']],
    ['an unknown field', { colour: 'blue' }, [422, 'invalid', '/colour']],
  ];
  for (const [name, change, expected] of wrong) await refused(`a request with ${name} is refused`, api, ['POST', '/v1/requests', { ...good, ...change }], expected);
}

async function noFunds() {
  const { api, scene } = evening;
  const draft = await api.post('/v1/requests', terms(scene, { ...NEVER_HELD, budget_micros: 600_000_000 }), 'funds/1');
  const path = `/v1/requests/${draft.event_id}:publish`;
  await refused('a budget beyond the free escrow is refused', api, ['POST', path], [409, 'no-funds', '/budget_micros']);
  tally.same('and the request stays a draft', (await api.get(`/v1/requests/${draft.event_id}`)).state, 'DRAFT');
  evening.gridwitness(['chain', 'fund', '--config', evening.path('gateway.ini'), '--amount-micros', 200_000_000]);
  const published = await api.post(path, undefined, 'funds/2');
  tally.same('after `chain fund` it is published', published.state, 'PUBLISHED');
  const other = await api.post('/v1/requests', terms(scene, { ...NEVER_HELD, budget_micros: 101_000_000 }), 'funds/3');
  await refused('what it reserves is not free for another', api, ['POST', `/v1/requests/${other.event_id}:publish`], [409, 'no-funds', '/budget_micros']);
  return { eventId: draft.event_id, otherId: other.event_id };
}

async function cancelBeforeGate({ eventId, otherId }) {
  const { api } = evening;
  await evening.instant(at('14:10'));
  const bids = await api.get(`/v1/requests/${eventId}/bids`);
  tally.check('aggregators had bid on it', bids.items.length > 0);
  const path = `/v1/requests/${eventId}:cancel`;
  const cancelled = await api.post(path, { reason: 'the cable was repaired' }, 'cancel/1');
  tally.same('a request is cancelled before its gate', [cancelled.state, (await api.post(path, { reason: 'the cable was repaired' }, 'cancel/1')).state], ['CANCELLED', 'CANCELLED']);
  await refused('a cancelled request takes no bid', evening.apiFor('agg-aurora'), ['POST', `/v1/requests/${eventId}/bids`, { group: 'G-aurora-heat', price_micros_per_kwh: 1, power_w: [1, 1] }], [409, 'wrong-state', undefined]);
  const other = await api.post(`/v1/requests/${otherId}:publish`, undefined, 'cancel/2');
  tally.same('its budget is free again', other.state, 'PUBLISHED');
  await api.post(`/v1/requests/${otherId}:cancel`, {}, 'cancel/3');
}

async function strangers(eventId) {
  const { api, scene } = evening;
  const { Api } = { Api: api.constructor };
  const aurora = evening.apiFor('agg-aurora');
  const wrong = new Api(evening.gatewayUrl, `${evening.tokens['agg-aurora'].slice(0, -4)}AAAA`);
  await refused('a wrong token is refused', wrong, ['GET', '/v1/orders'], [401, 'unauthenticated', undefined]);
  await refused('a made-up token is refused', new Api(evening.gatewayUrl, 'let-me-in'), ['GET', '/v1/orders'], [401, 'unauthenticated', undefined]);
  await refused('an aggregator cannot write a request', aurora, ['POST', '/v1/requests', terms(scene, RECALLED)], [403, 'forbidden', undefined]);
  await refused('an aggregator cannot recall an event', aurora, ['POST', `/v1/dr-events/${eventId}:recall`, {}], [403, 'forbidden', undefined]);
  await refused('an operator cannot bid', api, ['POST', `/v1/requests/${eventId}/bids`, {}], [403, 'forbidden', undefined]);
  await refused('an oracle node cannot read orders', new Api(evening.gatewayUrl, evening.tokens['node-1']), ['GET', '/v1/orders'], [403, 'forbidden', undefined]);
}

async function refuseBids(eventId) {
  const aurora = evening.apiFor('agg-aurora');
  const path = `/v1/requests/${eventId}/bids`;
  const bid = { group: 'G-aurora-heat', price_micros_per_kwh: 180_000, min_activation_pct: 1, power_w: [9000, 9000, 9000, 9000] };
  const wrong = [
    ['above its qualified power', { power_w: [9000, 9001, 9000, 9000] }, [422, 'out-of-range', '/power_w']],
    ['with too few intervals', { power_w: [9000] }, [422, 'invalid', '/power_w']],
    ['of an unknown group', { group: 'G-nobody' }, [404, 'not-found', '/group']],
    ['of another aggregator\'s group', { group: 'G-boreal-home' }, [403, 'forbidden', '/group']],
    ['above the highest price', { price_micros_per_kwh: 300_001 }, [422, 'invalid', '/price_micros_per_kwh']],
    ['with an unknown field', { price_eur: 3 }, [422, 'invalid', '/price_eur']],
    ['with a fraction', { price_micros_per_kwh: 1.5 }, [422, 'invalid', '/price_micros_per_kwh']],
    ['with a negative power', { power_w: [-1, 1, 1, 1] }, [422, 'invalid', '/power_w/0']],
  ];
  for (const [name, change, expected] of wrong) await refused(`a bid ${name} is refused`, aurora, ['POST', path, { ...bid, ...change }], expected);
  return bid;
}

async function tenancyOfBids(eventId, bid) {
  const [aurora, boreal] = [evening.apiFor('agg-aurora'), evening.apiFor('agg-boreal')];
  const path = `/v1/requests/${eventId}/bids`;
  const made = await aurora.post(path, bid, 'tenancy/1');
  tally.same('the same bid again is the same bid', (await aurora.post(path, bid, 'tenancy/1')).bid_id, made.bid_id);
  await refused('a second bid of the group is refused', aurora, ['POST', path, { ...bid, price_micros_per_kwh: 1 }], [409, 'conflict', '/group']);
  await refused('another aggregator does not find the bid', boreal, ['GET', `/v1/bids/${made.bid_id}`], [404, 'not-found', undefined]);
  await refused('another aggregator cannot withdraw it', boreal, ['POST', `/v1/bids/${made.bid_id}:withdraw`], [404, 'not-found', undefined]);
  tally.same('nor does its list show it', (await boreal.get(path)).items, []);
  tally.same('its owner withdraws it', (await aurora.post(`/v1/bids/${made.bid_id}:withdraw`, undefined, 'tenancy/2')).state, 'WITHDRAWN');
}

async function afterTheGate(eventId, bid) {
  const [aurora, boreal] = [evening.apiFor('agg-aurora'), evening.apiFor('agg-boreal')];
  await refused('a bid after the gate is refused', aurora, ['POST', `/v1/requests/${eventId}/bids`, { ...bid, price_micros_per_kwh: 170_000 }], [409, 'gate-closed', undefined]);
  const { items: mine } = await aurora.get(`/v1/requests/${eventId}/bids`);
  await refused('a bid cannot be withdrawn after the gate', aurora, ['POST', `/v1/bids/${mine.find((row) => row.state !== 'WITHDRAWN').bid_id}:withdraw`], [409, 'gate-closed', undefined]);
  const { items: orders } = await evening.api.get(`/v1/orders?event_id=${eventId}`);
  const parties = [...new Set(orders.map((row) => row.party))].sort();
  tally.same('both aggregators have orders', parties, ['agg-aurora', 'agg-boreal']);
  const foreign = orders.find((row) => row.party === 'agg-aurora');
  await refused('another\'s order is not found', boreal, ['GET', `/v1/orders/${foreign.order_id}`], [404, 'not-found', undefined]);
  await refused('another\'s order cannot be answered', boreal, ['POST', `/v1/orders/${foreign.order_id}:acknowledge`, { accepted: true }], [404, 'not-found', undefined]);
  const partiesIn = (rows) => [...new Set(rows.map((row) => row.party))];
  tally.same('an aggregator lists its own orders only', partiesIn((await boreal.get(`/v1/orders?event_id=${eventId}`)).items), ['agg-boreal']);
  tally.same('and sees only them in the event', partiesIn((await boreal.get(`/v1/dr-events/${eventId}`)).orders), ['agg-boreal']);
  const { items: log } = await boreal.get('/v1/events?limit=500');
  tally.check('the log tells it nothing of another\'s bids', !JSON.stringify(log).includes(mine[0].bid_id));
}

/** Wh that the steered meters of an event took from the grid in the half hour from `clock`. */
function imported(eventId, clock) {
  const statement = `SELECT coalesce(sum(wh), 0) FROM reading_current WHERE channel = 0 AND start_at = '${iso(clock)}' AND meter IN (SELECT meter FROM dr_order JOIN dr_order_meter USING (order_id) WHERE event_id = '${eventId}')`;
  return Number(evening.world.sql(statement));
}

async function expectPaidOnly(eventId, starts) {
  const [run] = await runsOf(evening, eventId);
  tally.same('it is settled and posted', run?.state, 'POSTED');
  const lines = await linesOf(evening, run);
  const paid = lines.filter((line) => Number(line.paid_micros) + Number(line.shortfall_micros) > 0).map((line) => line.start);
  tally.same('only completed intervals are paid or charged', [...new Set(paid)].sort(), starts.map(iso));
  tally.check('later lines carry no order', lines.filter((line) => !starts.map(iso).includes(line.start)).every((line) => Number(line.ordered_wh) === 0 && Number(line.net_micros) === 0), JSON.stringify(lines.at(-1)));
  tally.check('what was delivered before is paid', Number(run.paid_micros) > 0, run.paid_micros);
  const { status, text } = await audit(evening, run);
  tally.check('gwverify agrees', status === 0 && text.includes('VERIFIED'), text.slice(-600));
  return run;
}

function expectRelease(eventId, before, during, after) {
  const [free, held, freed] = [before, during, after].map((clock) => imported(eventId, clock));
  tally.check('the devices are released: their meters show it', held < free * 0.7 && freed > held * 1.5, `${free} Wh before, ${held} Wh during, ${freed} Wh after`);
}

async function recall(eventId) {
  const { api } = evening;
  await evening.play(at('17:10'));
  tally.same('the event is active', (await api.get(`/v1/requests/${eventId}`)).state, 'ACTIVE');
  await refused('an active event cannot be cancelled', api, ['POST', `/v1/requests/${eventId}:cancel`, {}], [409, 'wrong-state', undefined]);
  const stopped = await api.post(`/v1/dr-events/${eventId}:recall`, { reason: 'the load went away' }, 'recall/1');
  tally.same('a recall ends it', stopped.state, 'ENDED');
  await evening.instant(at('17:10'));
  await evening.play(at('18:30'));
  expectRelease(eventId, '15:00', '16:30', '17:30');
  await evening.play(at('19:05'));
  return expectPaidOnly(eventId, ['16:00', '16:30']);
}

async function tenancyOfMoney(run) {
  const boreal = evening.apiFor('agg-boreal');
  const path = `/v1/settlements/${run.settlement_id}`;
  const { items } = await boreal.get(`${path}/lines?page_size=1000`);
  tally.same('an aggregator sees its own lines only', [...new Set(items.map((row) => row.party))], ['agg-boreal']);
  const table = (await boreal.raw('GET', `${path}/lines.csv`)).text;
  tally.check('also as CSV', table.includes('agg-boreal') && !table.includes('agg-aurora'), table.slice(0, 300));
  const evidence = (await boreal.raw('GET', `${path}/evidence`)).text;
  tally.check('and no readings of others\' meters', !new RegExp(`"${LATE_METER}"`).test(evidence), evidence.slice(0, 300));
}

const lifetimeOf = (run) => evening.api.get(`/v1/settlements/${run.settlement_id}/evidence`).then(({ core }) => Number(core.entitlements.find((row) => row.payee.toLowerCase() === evening.accounts['agg-aurora'].toLowerCase()).lifetime_micros));

async function lateReadings(eventId, first) {
  const { api } = evening;
  const before = await lifetimeOf(first);
  tally.same('a claim pays the first run', claim(evening, first, 'agg-aurora'), before);
  await evening.play(at('19:25')); // the device has its line again at 19:20
  const marked = (await runsOf(evening, eventId))[0];
  tally.check('late readings mark the settlement', marked.inputs_changed && Number(marked.difference_micros) > 0, JSON.stringify(marked));
  tally.check('and say why', /\d+ readings/.test(marked.difference_detail ?? ''), marked.difference_detail);
  await api.post(`/v1/settlements/${first.settlement_id}:rerun`, undefined, 'rerun/1');
  await evening.instant(at('19:27'));
  const runs = await runsOf(evening, eventId);
  tally.same('the rerun is the next of the ledger', runs.map((run) => [run.run_type, run.sequence, run.state]), [['INITIAL', 1, 'POSTED'], ['FINAL', 2, 'POSTED']]);
  const [one, two] = runs;
  const net = (run) => Number(run.paid_micros) - Number(run.shortfall_micros);
  tally.same('the difference is what was foretold', net(two) - net(one), Number(marked.difference_micros));
  tally.same('the chain grows by the difference only', Number(two.total_micros) - Number(one.total_micros), net(two) - net(one));
  tally.check('the second root follows from the first', two.previous_root === one.entitlement_root);
  tally.same('two settlements of the event are on the chain', (await transactionsOf(evening, eventId, 'CHAIN_SETTLE')).length, 2);
  const [old, now] = [await audit(evening, one), await audit(evening, two)];
  tally.same('the next claim pays the difference only', claim(evening, two, 'agg-aurora'), (await lifetimeOf(two)) - before);
  tally.check('gwverify agrees with the newest run', now.status === 0 && now.text.includes('this is the newest run'), now.text.slice(-600));
  tally.check('gwverify says of the first that another followed', old.status === 0 && /followed|superseded|later run/.test(old.text), old.text.slice(-600));
}

async function emergencyStop(eventId) {
  const { api } = evening;
  for (const clock of ['19:40', '19:45', '19:50', '21:00']) await evening.play(at(clock));
  const stopped = await api.post(`/v1/dr-events/${eventId}:emergency-stop`, { reason: 'smoke in the cabinet' }, 'stop/1');
  tally.same('an emergency stop ends it', stopped.state, 'ENDED');
  tally.same('stopping again is fine', (await api.post(`/v1/dr-events/${eventId}:emergency-stop`, {}, 'stop/2')).state, 'ENDED');
  await evening.instant(at('21:00'));
  await evening.play(at('22:35'));
  expectRelease(eventId, '19:00', '20:30', '21:30');
  const run = await expectPaidOnly(eventId, ['20:00', '20:30']);
  tally.same('it is the third of the ledger', run.sequence, 3);
}

async function play(booted) {
  evening = booted;
  const { scene } = evening;
  await tally.scenario('requests that are refused', refuseRequests);
  const funded = await tally.scenario('a budget beyond the escrow', noFunds);
  if (funded) await tally.scenario('cancelling before the gate', () => cancelBeforeGate(funded));
  const recalled = await publish(evening, terms(scene, RECALLED));
  tally.same('a typed need without adjustment is published', (await evening.api.get(`/v1/requests/${recalled}`)).adjustment, 'NONE');
  await tally.scenario('who may do what', () => strangers(recalled));
  const bid = await tally.scenario('bids that are refused', () => refuseBids(recalled));
  await tally.scenario('bids are sealed from others', () => tenancyOfBids(recalled, bid));
  await evening.play(at('15:30'));
  await tally.scenario('after the gate', () => afterTheGate(recalled, bid));
  const first = await tally.scenario('a recall', () => recall(recalled));
  if (first) await tally.scenario('money is nobody else\'s to see', () => tenancyOfMoney(first));
  if (first) await tally.scenario('readings after the settlement', () => lateReadings(recalled, first));
  await tally.scenario('an emergency stop', emergencyEvening);
}

async function emergencyEvening() {
  const eventId = await publish(evening, terms(evening.scene, STOPPED));
  await emergencyStop(eventId);
}

const offline = { behaviour: 'offline', offline_from: iso('15:45'), offline_to: iso('19:20') };
await withEvening({ ...street({ [LATE_DEVICE]: offline }), mintMicros: 1_000_000_000 }, tally, play);
process.exit(tally.end());
