// SPDX-License-Identifier: Apache-2.0
// The register over HTTP: what was said once stays said, and a party sees its own things only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway.mjs';

const PAYEE = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'; // EIP-55, "Test Cases"
let gateway, client, operator, north, south, reader;

before(async () => {
  gateway = await startGateway();
  client = gateway.client;
  operator = gateway.token('operator');
  reader = gateway.token('reader');
  north = gateway.token('aggregator', 'agg-north');
  south = gateway.token('aggregator', 'agg-south');
});
after(() => gateway?.stop());

const must = async (status, answer) => {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  return got.body;
};

test('a party is made once, found again, and never overwritten', async () => {
  const party = { id: 'agg-north', kind: 'AGGREGATOR', payee: PAYEE.toLowerCase() };
  const made = await must(201, client.post('/v1/parties', operator, party));
  assert.equal(made.payee, PAYEE);
  assert.deepEqual(await must(200, client.post('/v1/parties', operator, { ...party, payee: PAYEE })), made);
  const other = await client.post('/v1/parties', operator, { ...party, kind: 'RETAILER' });
  assert.equal(other.status, 409);
  assert.equal(other.body.code, 'conflict');
  await must(201, client.post('/v1/parties', operator, { id: 'agg-south', kind: 'AGGREGATOR' }));
  assert.deepEqual((await must(200, client.get('/v1/parties', north))).items.map((one) => one.id), ['agg-north']);
  await must(404, client.get('/v1/parties/agg-south', north));
});

test('a wrong checksum of an address is refused', async () => {
  const wrong = PAYEE.replace('aA', 'AA');
  const answer = await must(422, client.post('/v1/parties', operator, { id: 'x', kind: 'DSO', payee: wrong }));
  assert.equal(answer.errors[0].pointer, '/payee');
});

test('transformers, meters and devices stand on each other', async () => {
  await must(201, client.post('/v1/transformers', operator, { id: 'T-1', rating_w: 60000 }));
  const nowhere = await must(422, client.post('/v1/meters', operator, { id: 'M-1', transformer: 'T-9', connection_w: 17250 }));
  assert.equal(nowhere.errors[0].pointer, '/transformer');
  for (const id of ['M-1', 'M-2', 'M-3']) {
    await must(201, client.post('/v1/meters', operator, { id, transformer: 'T-1', connection_w: 17250, zone: 'Europe/Brussels' }));
  }
  await must(200, client.post('/v1/meters', operator, { id: 'M-1', transformer: 'T-1', connection_w: 17250, zone: 'Europe/Brussels', interval_s: 1800 }));
  const unknownZone = await must(422, client.post('/v1/meters', operator, { id: 'M-8', transformer: 'T-1', connection_w: 1, zone: 'Europe/Atlantis' }));
  assert.equal(unknownZone.errors[0].pointer, '/zone');
  await must(201, client.post('/v1/devices', operator, { id: 'dev-1', meter: 'M-1', aggregator: 'agg-north', kind: 'HEAT_PUMP' }));
  await must(201, client.post('/v1/devices', operator, { id: 'dev-2', meter: 'M-2', kind: 'METER' }));
  await must(422, client.post('/v1/devices', operator, { id: 'dev:3', meter: 'M-2', kind: 'METER' }));
  assert.equal((await must(200, client.get('/v1/devices', north))).items.length, 1);
  await must(404, client.get('/v1/devices/dev-2', north));
  await must(200, client.get('/v1/devices/dev-2', reader));
});

test('a device shows when it was last seen and what is missing', async () => {
  gateway.world.sql("INSERT INTO device_state (device, last_seen_at, boot) VALUES ('dev-1', '2026-01-20T16:00:02Z', 3)");
  gateway.world.sql("INSERT INTO device_boot (device, boot, hwm, ahead) VALUES ('dev-1', 3, 7, '9-12,15-15')");
  const device = await must(200, client.get('/v1/devices/dev-1', north));
  assert.equal(device.last_seen_at, '2026-01-20T16:00:02Z');
  assert.equal(device.high_water_seq, 7);
  assert.deepEqual(device.gaps, [[8, 8], [13, 14]]);
});

test('a meter is in one group at a time', async () => {
  const group = { id: 'G-1', party: 'agg-north', members: [{ meter: 'M-1', qualified_w: 2000 }, { meter: 'M-2', qualified_w: 1500 }], valid_from: '2026-01-01T00:00:00Z', valid_to: '2027-01-01T00:00:00Z' };
  const made = await must(201, client.post('/v1/groups', north, group));
  assert.equal(made.qualification, 'PENDING');
  assert.equal(made.qualified_w, 3500);
  assert.deepEqual(await must(200, client.post('/v1/groups', north, { ...group, members: group.members.toReversed?.() ?? [...group.members].reverse() })), made);
  await must(409, client.post('/v1/groups', north, { ...group, members: [group.members[0]] }));
  await must(403, client.post('/v1/groups', south, { ...group, id: 'G-2' }));
  const overlap = { id: 'G-3', party: 'agg-south', members: [{ meter: 'M-2', qualified_w: 1 }], valid_from: '2026-06-01T00:00:00Z' };
  const refused = await must(409, client.post('/v1/groups', south, overlap));
  assert.equal(refused.errors[0].pointer, '/members');
  await must(201, client.post('/v1/groups', south, { ...overlap, valid_from: '2027-01-01T00:00:00Z' }));
  await must(422, client.post('/v1/groups', north, { ...group, id: 'G-4', members: [group.members[0], group.members[0]] }));
  assert.deepEqual((await must(200, client.get('/v1/groups', south))).items.map((one) => one.id), ['G-3']);
  await must(404, client.get('/v1/groups/G-1', south));
});

test('only the operator approves a group, and the last decision counts', async () => {
  await must(403, client.post('/v1/groups/G-1:prequalify', north, { qualification: 'APPROVED' }));
  await must(422, client.post('/v1/groups/G-1:prequalify', operator, { qualification: 'REJECTED' }));
  await must(200, client.post('/v1/groups/G-1:prequalify', operator, { qualification: 'REJECTED', reason: 'No test yet.' }));
  const approved = await must(200, client.post('/v1/groups/G-1:prequalify', operator, { qualification: 'APPROVED' }));
  assert.equal(approved.qualification, 'APPROVED');
  await must(404, client.post('/v1/groups/G-9:prequalify', operator, { qualification: 'APPROVED' }));
});

test('a calendar grows by versions', async () => {
  const calendar = { name: 'be', version: 1, zone: 'Europe/Brussels', holidays: ['2026-12-25', '2026-01-01'] };
  const made = await must(201, client.post('/v1/calendars', operator, calendar));
  assert.deepEqual(made, await must(200, client.post('/v1/calendars', operator, calendar)));
  assert.deepEqual((await must(200, client.get('/v1/calendars/be', operator))).holidays, ['2026-01-01', '2026-12-25']);
  await must(409, client.post('/v1/calendars', operator, { ...calendar, holidays: [] }));
  await must(201, client.post('/v1/calendars', operator, { ...calendar, version: 2, holidays: [] }));
  assert.equal((await must(200, client.get('/v1/calendars/be', operator))).version, 2);
  assert.equal((await must(200, client.get('/v1/calendars/be?version=1', operator))).holidays.length, 2);
  assert.equal((await must(200, client.get('/v1/calendars', north))).items.length, 1);
});

test('pages hold still while things are added', async () => {
  const first = await must(200, client.get('/v1/meters?page_size=2', operator));
  assert.deepEqual(first.items.map((one) => one.id), ['M-1', 'M-2']);
  await must(201, client.post('/v1/meters', operator, { id: 'A-1', transformer: 'T-1', connection_w: 1 }));
  const second = await must(200, client.get(`/v1/meters?page_size=2&page_token=${first.next_page_token}`, operator));
  assert.deepEqual(second.items.map((one) => one.id), ['M-3']);
  assert.equal(second.next_page_token, undefined);
});

test('the log tells what was registered, to each what is theirs', async () => {
  const all = await must(200, client.get('/v1/events?types=party', operator));
  assert.deepEqual(all.items.map((one) => one.subject), ['agg-north', 'agg-south']);
  const mine = await must(200, client.get('/v1/events?types=party.registered', north));
  assert.deepEqual(mine.items.map((one) => one.subject), ['agg-north']);
  const next = await must(200, client.get(`/v1/events?after=${all.last_seq}`, operator));
  assert.deepEqual(next.items, []);
});
