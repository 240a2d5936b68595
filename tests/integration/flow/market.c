/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/flow/market.h"

#include "base/decimal.h"
#include "oracle/sign.h"
#include "server/db/migrate.h"
#include "server/db/order_store.h"
#include "server/db/proposal_store.h"
#include "server/flow/bid.h"
#include "server/flow/collect.h"
#include "server/flow/order.h"
#include "server/flow/outbox.h"
#include "server/flow/request.h"
#include "server/flow/schedule.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 512 * 1024 * 1024 };

static void check(gw_status status, const gw_fault *fault) {
    if (gw_is_ok(status)) return;
    print_error("%s: %s: %s\n", gw_code_wire(status.code), fault->subject, fault->message);
    fail();
}

gw_instant market_at(const char *clock) {
    char text[64];
    (void)snprintf(text, sizeof text, "2026-01-20T%s:00Z", clock);
    gw_instant at = {0};
    gw_fault fault = {0};
    check(gw_instant_parse(gw_text_from_c(text), &at, &fault), &fault);
    return at;
}

static PGresult *run_sql(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        print_error("%s", PQerrorMessage(pg));
    PQfinish(pg);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
    return result;
}

void market_sql(const char *sql) { PQclear(run_sql(sql)); }

int64_t market_count(const char *sql) {
    PGresult *result = run_sql(sql);
    gw_fault fault = {0};
    int64_t number = -1;
    check(gw_int64_parse(gw_text_from_c(PQgetvalue(result, 0, 0)), &number, &fault), &fault);
    PQclear(result);
    return number;
}

static const char REGISTER[] =
    "INSERT INTO party VALUES ('agg-a', 'AGGREGATOR', '0x00000000000000000000000000000000000000aa',"
    "  '2025-12-01Z'), ('agg-b', 'AGGREGATOR', '0x00000000000000000000000000000000000000bb',"
    "  '2025-12-01Z');"
    "INSERT INTO transformer VALUES ('T-1', 60000, 0, 0, 100, '2025-12-01Z');"
    "INSERT INTO calendar VALUES ('be', 1, 'Europe/Brussels', '{2026-01-01}', '2025-12-01Z');"
    "INSERT INTO meter SELECT 'M-' || n, 'T-1', 20000, 1800, 'Europe/Brussels', '2025-12-01Z'"
    "  FROM generate_series(1, 6) n;"
    "INSERT INTO device SELECT 'dev-' || n, 'M-' || n, CASE WHEN n <= 3 THEN 'agg-a' ELSE 'agg-b'"
    "  END, 'HEAT_PUMP', '2025-12-01Z' FROM generate_series(1, 6) n;"
    "INSERT INTO meter_group VALUES ('G-0', 'agg-a', '2025-12-01Z', 'infinity', '2025-12-01Z'),"
    "  ('G-1', 'agg-b', '2025-12-01Z', 'infinity', '2025-12-01Z'),"
    "  ('G-raw', 'agg-b', '2025-12-01Z', 'infinity', '2025-12-01Z');"
    "INSERT INTO group_member SELECT CASE WHEN n <= 3 THEN 'G-0' ELSE 'G-1' END, 'M-' || n, 1500,"
    "  '[2025-12-01Z,)' FROM generate_series(1, 6) n;"
    "INSERT INTO group_qualification SELECT g, 1, 'APPROVED', '', 'op', '2025-12-01Z'"
    "  FROM unnest(ARRAY['G-0', 'G-1']) g;"
    /* 1500 Wh in every half hour; 900 Wh while delivering; the evening's come in at their end */
    "SELECT reading_partition(d::date) FROM generate_series('2025-12-05'::date, '2026-01-20', "
    "  '1 day') d;"
    "INSERT INTO reading SELECT t, 'M-' || n, 0, 1, CASE WHEN t >= '2026-01-20T16:30Z' AND"
    "  t < '2026-01-20T18:30Z' THEN 900 ELSE 1500 END, 'A', 1, 1, 1, t + interval '30 minutes'"
    "  FROM generate_series('2025-12-05T00:00Z'::timestamptz, '2026-01-20T18:30Z', '30 minutes') t,"
    "  generate_series(1, 6) n;";

static gw_status free_escrow(void *context, gw_money *ret, gw_fault *reterr) {
    const market *self = (const market *)context;
    if (self->is_chain_away) return gw_fail(reterr, GW_CODE_UNAVAILABLE);
    *ret = self->free_escrow;
    return gw_ok();
}

static gw_status post(void *context, const gw_outbox_row *row, gw_flow_receipt *ret,
                      gw_fault *reterr) {
    market *self = (market *)context;
    if (self->is_chain_away) return gw_fail(reterr, GW_CODE_UNAVAILABLE);
    self->posted++;
    *ret = (gw_flow_receipt){.block_number = self->posted};
    memset(ret->tx_hash.bytes, (int)row->outbox_id & 0x7f, sizeof ret->tx_hash.bytes);
    return gw_ok();
}

static gw_status publish(void *context, const gw_outbox_row *row, gw_fault *reterr) {
    (void)row;
    (void)reterr;
    ((market *)context)->published++;
    return gw_ok();
}

static gw_status make_signers(market *self, gw_fault *reterr) {
    static const char *const names[] = {"node-1", "node-2", "node-3", "node-4"};
    for (int i = 0; i < MARKET_NODES; i++) {
        gw_signing_key key = {{0}};
        key.bytes[31] = (uint8_t)(i + 1);
        GW_TRY(gw_signer_make(self->arena, &key, NULL, &self->signers[i], reterr));
        self->flow.settings.nodes[i] =
            (gw_flow_node){gw_text_from_c(names[i]), gw_signer_address(self->signers[i])};
    }
    self->flow.settings.node_count = MARKET_NODES;
    return gw_ok();
}

static gw_status make_random(market *self, gw_fault *reterr) {
    (void)snprintf(self->seed_path, sizeof self->seed_path, "/tmp/gw-seed-%d", (int)getpid());
    FILE *file = fopen(self->seed_path, "we");
    if (file == NULL) return gw_fail(reterr, GW_CODE_IO);
    (void)fputs("0123456789abcdef0123456789abcdef", file);
    (void)fclose(file);
    if (chmod(self->seed_path, 0600) != 0) return gw_fail(reterr, GW_CODE_IO);
    return gw_random_open(self->seed_path, &self->flow.random, reterr);
}

static gw_status open_parts(market *self, gw_fault *reterr) {
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 4,
                                     .statement_timeout_ms = 20000,
                                     .lease_timeout_ms = 3000,
                                     .connect_timeout_s = 5};
    gw_migrate_result result;
    GW_TRY(gw_migrate(settings.conninfo, NULL, &result, reterr));
    GW_TRY(gw_db_open(&settings, &self->flow.db, reterr));
    GW_TRY(make_random(self, reterr));
    return make_signers(self, reterr);
}

market *market_open(void) {
    static market made;
    made = (market){.free_escrow = {100000000}};
    made.arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    const gw_status status = open_parts(&made, &fault);
    if (!gw_is_ok(status)) {
        print_error("%s: %s\n", fault.subject, fault.message);
        return NULL;
    }
    made.flow.clock = gw_clock_open_manual(market_at("13:00"));
    made.flow.settings.realm = GW_TEXT("demo");
    made.flow.settings.signer_set = 1;
    made.flow.settings.domain = (gw_domain){.chain_id = 31337};
    memset(made.flow.settings.domain.ledger.bytes, 0x11, GW_ADDRESS_BYTES);
    made.flow.ports = (gw_flow_ports){&made, free_escrow, post, publish};
    market_sql(REGISTER);
    return &made;
}

void market_close(market *self) {
    gw_db_close(self->flow.db);
    gw_clock_close(self->flow.clock);
    gw_random_close(self->flow.random);
    for (int i = 0; i < MARKET_NODES; i++) gw_signer_wipe(self->signers[i]);
    gw_arena_close(self->arena);
    (void)unlink(self->seed_path);
}

void market_reset(market *self) {
    market_sql("TRUNCATE request, award_check, award_demand, request_interval, bid, bid_interval, "
               "dr_order, dr_order_interval,"
               "  dr_order_meter, timer, proposal, vote, settlement, settlement_line,"
               "  journal_entry, entitlement, outbox CASCADE;"
               "DELETE FROM reading WHERE version > 1; DELETE FROM outage;");
    self->posted = 0;
    self->published = 0;
    self->is_chain_away = false;
    self->own_event_days = GW_OWN_EVENT_DAYS_EXCLUDED;
    self->free_escrow.micros = 100000000;
}

gw_uuid market_publish(market *self) {
    static const gw_power need[MARKET_INTERVALS] = {{4000}, {4000}, {4000}, {4000}};
    gw_request_wish wish = {
        .key = GW_TEXT("evening"),
        .transformer = GW_TEXT("T-1"),
        .source = "OPERATOR",
        .window = {market_at("16:30"), market_at("18:30")},
        .interval_s = 1800,
        .need = need,
        .need_count = MARKET_INTERVALS,
        .max_price = {500000},
        .shortfall_price = {200000},
        .budget = {10000000},
        .method = GW_TEXT("sgsc-10in10-v1"),
        .adjustment = GW_ADJUSTMENT_CAPPED,
        .own_event_days = self->own_event_days,
        .calendar = GW_TEXT("be"),
        .gate_at = market_at("15:00"),
        .ack_by = market_at("16:00"),
        .data_deadline_at = market_at("19:30"),
    };
    gw_fault fault = {0};
    gw_request_row row = {0};
    check(gw_request_create(&self->flow, self->arena, &wish, market_at("13:00"), &row, &fault),
          &fault);
    const gw_event_call call = {.event_id = row.event_id, .now = market_at("13:00")};
    check(gw_request_publish(&self->flow, self->arena, &call, &row, &fault), &fault);
    return row.event_id;
}

gw_status market_try_bid(market *self, gw_uuid event_id, int group, int64_t price, int64_t power_w,
                         gw_fault *reterr) {
    char raw[64];
    const int length = snprintf(raw, sizeof raw, "{\"group\":%d,\"price\":%lld,\"w\":%lld}", group,
                                (long long)price, (long long)power_w);
    const gw_power power[MARKET_INTERVALS] = {{power_w}, {power_w}, {power_w}, {power_w}};
    const gw_bid_wish wish = {.event_id = event_id,
                              .party = group == 0 ? GW_TEXT("agg-a") : GW_TEXT("agg-b"),
                              .group = group == 0 ? GW_TEXT("G-0") : GW_TEXT("G-1"),
                              .price = {price},
                              .min_activation_pct = 1,
                              .power = power,
                              .power_count = MARKET_INTERVALS,
                              .raw = {(const uint8_t *)raw, (size_t)length}};
    gw_bid_row row;
    return gw_bid_receive(&self->flow, self->arena, &wish, gw_clock_now(self->flow.clock), &row,
                          reterr);
}

gw_uuid market_bid(market *self, gw_uuid event_id, int group, int64_t price) {
    gw_fault fault = {0};
    check(market_try_bid(self, event_id, group, price, 3000, &fault), &fault);
    return event_id;
}

void market_run(market *self, const char *clock) {
    gw_clock_set(self->flow.clock, market_at(clock));
    gw_fault fault = {0};
    int fired = 0;
    check(gw_schedule_run(&self->flow, market_at(clock), &fired, &fault), &fault);
}

void market_vote(market *self, int index, const char *verdict) {
    gw_fault fault = {0};
    const gw_proposal_filter filter = {.node = self->flow.settings.nodes[index].name, .limit = 100};
    gw_proposal_list open;
    check(gw_proposal_load_list(self->flow.db, self->arena, &filter, &open, &fault), &fault);
    for (int i = 0; i < open.count; i++) {
        gw_word digest;
        check(gw_word_from_bytes(open.items[i].digest, &digest, &fault), &fault);
        gw_signature signature;
        check(gw_signer_sign(self->signers[index], digest, &signature, &fault), &fault);
        const gw_vote_wish wish = {.proposal_id = open.items[i].proposal_id,
                                   .node = filter.node,
                                   .verdict = gw_text_from_c(verdict),
                                   .signature = strcmp(verdict, "SIGNED") == 0 ? &signature : NULL};
        gw_proposal_row after;
        check(gw_collect_vote(&self->flow, self->arena, &wish, gw_clock_now(self->flow.clock),
                              &after, &fault),
              &fault);
    }
}

void market_deliver(market *self) {
    gw_fault fault = {0};
    gw_outbox_progress progress;
    check(gw_outbox_run(&self->flow, gw_clock_now(self->flow.clock), &progress, &fault), &fault);
}

static void acknowledge_all(market *self, gw_uuid event_id) {
    gw_fault fault = {0};
    gw_order_list orders;
    check(gw_order_of_event(self->flow.db, self->arena, event_id, &orders, &fault), &fault);
    for (int i = 0; i < orders.count; i++) {
        const gw_order_call call = {.order_id = orders.items[i].order_id,
                                    .party = orders.items[i].party,
                                    .now = gw_clock_now(self->flow.clock)};
        gw_order_row row;
        check(gw_order_acknowledge(&self->flow, self->arena, &call, &row, &fault), &fault);
    }
}

gw_uuid market_commit(market *self) {
    gw_clock_set(self->flow.clock, market_at("14:00"));
    const gw_uuid event_id = market_publish(self);
    market_bid(self, event_id, 0, 300000);
    market_bid(self, event_id, 1, 400000);
    market_run(self, "15:00");
    acknowledge_all(self, event_id);
    for (int i = 0; i < 3; i++) market_vote(self, i, "SIGNED");
    return event_id;
}

const char *market_state(market *self, gw_uuid event_id) {
    gw_fault fault = {0};
    gw_request_row row;
    check(gw_request_load(self->flow.db, self->arena, event_id, &row, &fault), &fault);
    const char *text = NULL;
    check(gw_text_to_c(self->arena, row.state, &text, &fault), &fault);
    return text;
}
