/* SPDX-License-Identifier: Apache-2.0
 *
 * The market as a part of `gridwitness serve`: two threads. "flow" runs what is due: on a tick, or
 * in the steps of the conductor. "outbox" delivers, and is the only one that speaks to the chain:
 * it also keeps the free escrow that publishing asks for.
 */
#include "server/app.h"
#include "server/chain/ledger.h"
#include "server/chain/sender.h"
#include "server/chain/settings.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/flow/call.h"
#include "server/flow/outbox.h"
#include "server/flow/schedule.h"
#include "server/flow/settle.h"
#include "server/flow/step.h"
#include "server/health.h"
#include "server/ingest/ingest.h"
#include "server/log.h"
#include "server/mqtt/client.h"
#include "server/parts.h"
#include "server/worker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    TICK_MS = 250,
    WAIT_MOST_MS = 60000,
    PUBLISH_MS = 5000,
    ESCROW_EVERY_MS = 2000,
    ESCROW_OLDEST_MS = 120000,
    RECHECK_EVERY_MS = 60000,
    CHAIN_ARENA_BYTES = 16 * 1024 * 1024,
    GWEI = 1000000000,
    MWEI = 1000000
};

/* Written by start and stop, which run on one thread; the fields of a thread by that thread. */
typedef struct gw_flow_runner {
    gw_app *app;
    gw_flow flow;
    gw_arena *arena; /* names, rpc */
    gw_worker *turns;
    gw_worker *outbox;
    /* outbox thread */
    gw_rpc *rpc;
    gw_chain *chain; /* NULL: no chain is configured */
    gw_address ledger;
    gw_tick escrow_asked;
    /* both threads and HTTP */
    _Atomic int64_t free_micros;
    _Atomic int64_t free_seen_us; /* tick; 0: never */
    /* flow thread */
    int64_t done;
    gw_tick rechecked;
    bool is_failing; /* the last turn failed; said once */
} gw_flow_runner;

/* ---- ports */

static gw_status free_escrow(void *context, gw_money *ret, gw_fault *reterr) {
    gw_flow_runner *runner = context;
    const int64_t seen_us = atomic_load(&runner->free_seen_us);
    const int64_t age_us = gw_tick_now().us - seen_us;
    if (seen_us == 0 || age_us > (int64_t)ESCROW_OLDEST_MS * 1000)
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "chain",
                                    "the escrow on the chain could not be read"),
                       "Try again when /readyz shows the chain as up.");
    ret->micros = atomic_load(&runner->free_micros);
    return gw_ok();
}

static gw_status refresh_escrow(gw_flow_runner *runner, gw_fault *reterr) {
    gw_ledger_state state;
    GW_TRY(gw_ledger_state_read(runner->rpc, runner->ledger, &state, reterr));
    const uint64_t free_micros = gw_ledger_free_micros(&state);
    atomic_store(&runner->free_micros, free_micros > INT64_MAX ? INT64_MAX : (int64_t)free_micros);
    atomic_store(&runner->free_seen_us, gw_tick_now().us);
    return gw_ok();
}

static gw_status follow(gw_flow_runner *runner, const gw_outbox_row *row,
                        gw_chain_transaction *transaction, gw_fault *reterr) {
    gw_chain_progress progress;
    GW_TRY(gw_chain_poll(runner->chain, gw_clock_now(runner->app->clock), gw_tick_now(), &progress,
                         reterr));
    return gw_chain_find(runner->chain, row->purpose, transaction, reterr);
}

static gw_status post(void *context, const gw_outbox_row *row, gw_flow_receipt *ret,
                      gw_fault *reterr) {
    gw_flow_runner *runner = context;
    if (runner->chain == NULL)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "chain", "no chain is configured");
    const gw_chain_call call = {.to = runner->ledger,
                                .calldata = row->payload,
                                .topic = gw_text_is(row->kind, "CHAIN_COMMIT")
                                             ? gw_call_committed_topic()
                                             : gw_call_settled_topic()};
    gw_chain_transaction transaction;
    GW_TRY(gw_chain_submit(runner->chain, row->purpose, &call, &transaction, reterr));
    if (transaction.state < GW_CHAIN_FINAL) GW_TRY(follow(runner, row, &transaction, reterr));
    if (transaction.state > GW_CHAIN_FINAL)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "chain", "the transaction is %s: %s",
                            gw_chain_state_name(transaction.state), transaction.detail);
    if (transaction.state < GW_CHAIN_FINAL)
        return gw_fail_with(reterr, GW_CODE_TOO_EARLY, "chain", "the transaction is %s",
                            gw_chain_state_name(transaction.state));
    *ret = (gw_flow_receipt){transaction.hash, (int64_t)transaction.block_number};
    return refresh_escrow(runner, reterr);
}

/* Without a broker there is nobody to tell: that is not a promise that waits. */
static gw_status publish(void *context, const gw_outbox_row *row, gw_fault *reterr) {
    gw_flow_runner *runner = context;
    if (runner->app->mqtt == NULL) return gw_ok();
    char topic[256];
    const int length = snprintf(topic, sizeof topic, "%.*s", GW_TEXT_ARGS(row->topic));
    if (length < 0 || (size_t)length >= sizeof topic) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    const gw_mqtt_publication publication = {
        .topic = topic, .payload = row->payload, .retained = row->retained};
    return gw_mqtt_publish_wait(runner->app->mqtt, &publication, PUBLISH_MS, reterr);
}

/* ---- outbox thread */

static void watch_chain(gw_flow_runner *runner) {
    if (runner->chain == NULL) return;
    const gw_tick now = gw_tick_now();
    if (gw_tick_since(now, runner->escrow_asked).us < ESCROW_EVERY_MS * 1000LL) return;
    runner->escrow_asked = now;
    gw_fault fault = {0};
    const gw_status status = refresh_escrow(runner, &fault);
    gw_health_set(GW_HEALTH_CHAIN, gw_is_ok(status) ? GW_STATE_UP : GW_STATE_DOWN,
                  gw_is_ok(status) ? NULL : fault.message);
}

static void run_outbox(void *context) {
    gw_flow_runner *runner = context;
    watch_chain(runner);
    gw_fault fault = {0};
    gw_outbox_progress progress;
    const gw_status status =
        gw_outbox_run(&runner->flow, gw_clock_now(runner->app->clock), &progress, &fault);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_WARNING, "outbox.failed", GW_TEXT(""), &fault);
}

/* ---- flow thread */

static gw_status drain(void *context, gw_fault *reterr) {
    const gw_flow_runner *runner = context;
    return gw_ingest_drain(runner->app, WAIT_MOST_MS, reterr);
}

static void wake_outbox(void *context) {
    const gw_flow_runner *runner = context;
    gw_worker_wake(runner->outbox);
}

static bool is_closing(void *context) {
    const gw_flow_runner *runner = context;
    return runner->turns != NULL && gw_worker_is_closing(runner->turns);
}

static void tell_once(gw_flow_runner *runner, gw_status status, const gw_fault *fault) {
    if (gw_is_ok(status)) {
        runner->is_failing = false;
        return;
    }
    if (!runner->is_failing) gw_log_fault(GW_LEVEL_WARNING, "flow.failed", GW_TEXT(""), fault);
    runner->is_failing = true;
}

static gw_status take_turn(gw_flow_runner *runner, gw_fault *reterr) {
    gw_clock_turn turn = {0};
    GW_TRY(gw_clock_step(runner->app->clock, runner->done, &turn, reterr));
    if (turn.step != 0) {
        const gw_step_work work = {&runner->flow, drain,  wake_outbox,
                                   is_closing,    runner, WAIT_MOST_MS};
        GW_TRY(gw_step_run(&work, turn.now, reterr));
        runner->done = turn.step;
    }
    if (turn.stop) gw_app_stop(0);
    return gw_ok();
}

static void run_turn(void *context) {
    gw_flow_runner *runner = context;
    gw_fault fault = {0};
    const gw_status status = take_turn(runner, &fault);
    tell_once(runner, status, &fault);
}

static gw_status tick_system(gw_flow_runner *runner, gw_fault *reterr) {
    const gw_instant now = gw_clock_now(runner->app->clock);
    int fired = 0;
    GW_TRY(gw_schedule_run(&runner->flow, now, &fired, reterr));
    const gw_tick tick = gw_tick_now();
    if (gw_tick_since(tick, runner->rechecked).us < RECHECK_EVERY_MS * 1000LL) return gw_ok();
    runner->rechecked = tick;
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    int marked = 0;
    return gw_settle_recheck(&runner->flow, arena, now, &marked, reterr);
}

static void run_tick(void *context) {
    gw_flow_runner *runner = context;
    gw_fault fault = {0};
    const gw_status status = tick_system(runner, &fault);
    tell_once(runner, status, &fault);
}

/* ---- start and stop */

static gw_status name_node(gw_flow_runner *runner, uint32_t number, gw_flow_node *node,
                           gw_fault *reterr) {
    gw_writer name;
    gw_writer_init(&name, runner->arena);
    gw_write_format(&name, "node-%u", number);
    return gw_writer_end_text(&name, &node->name, reterr);
}

/* The members of the signer set under the names that their tokens carry. */
static gw_status read_nodes(gw_flow_runner *runner, const gw_deployment *deployment,
                            gw_fault *reterr) {
    gw_address nodes[GW_SIGNERS_MOST];
    uint32_t count = 0;
    GW_TRY(gw_chain_load_nodes(runner->arena, runner->app->config, nodes, &count, reterr));
    gw_flow_settings *settings = &runner->flow.settings;
    for (uint32_t i = 0; i < count; i++) {
        if (!gw_signer_set_has(gw_deployment_signers(deployment), nodes[i])) continue;
        gw_flow_node *node = &settings->nodes[settings->node_count++];
        GW_TRY(name_node(runner, i + 1, node, reterr));
        node->address = nodes[i];
    }
    if (settings->node_count == (int)deployment->member_count) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MISMATCH, "chain",
                        "%d of the %u members of the signer set have a name in keys.json",
                        settings->node_count, deployment->member_count);
}

static gw_status open_sender(gw_flow_runner *runner, gw_fault *reterr) {
    const gw_config *config = runner->app->config;
    const char *key_file = NULL;
    GW_TRY(gw_chain_key_path(runner->arena, config, "sender.eth", &key_file, reterr));
    const gw_chain_settings settings = {
        .db = runner->app->db,
        .rpc = runner->rpc,
        .chain_id = (uint64_t)gw_config_int(config, GW_SETTING_CHAIN_CHAIN_ID),
        .key_file = key_file,
        .confirmations = (int)gw_config_int(config, GW_SETTING_CHAIN_CONFIRMATIONS),
        .resend_after_ms = (int)gw_config_int(config, GW_SETTING_CHAIN_RESEND_AFTER_MS),
        .fee_cap_most_wei =
            (uint64_t)gw_config_int(config, GW_SETTING_CHAIN_FEE_CAP_MOST_GWEI) * GWEI,
        .tip_least_wei = (uint64_t)gw_config_int(config, GW_SETTING_CHAIN_TIP_LEAST_MWEI) * MWEI};
    return gw_chain_open(&settings, &runner->chain, reterr);
}

static gw_status open_chain(gw_flow_runner *runner, gw_fault *reterr) {
    const gw_config *config = runner->app->config;
    if (gw_config_text(config, GW_SETTING_CHAIN_RPC_URL)[0] == '\0') return gw_ok();
    gw_deployment deployment;
    GW_TRY(gw_chain_load_deployment(config, &deployment, reterr));
    gw_flow_settings *settings = &runner->flow.settings;
    settings->domain = gw_deployment_domain(&deployment);
    settings->quorum = deployment.quorum;
    settings->signer_set = deployment.signer_set;
    runner->ledger = deployment.ledger;
    GW_TRY(read_nodes(runner, &deployment, reterr));
    GW_TRY(gw_chain_open_rpc(runner->arena, config, &runner->rpc, reterr));
    GW_TRY(open_sender(runner, reterr));
    gw_health_set(GW_HEALTH_CHAIN, GW_STATE_DOWN, "not asked yet");
    return gw_ok();
}

static gw_status open_threads(gw_flow_runner *runner, gw_fault *reterr) {
    const bool is_conducted = gw_clock_mode_get(runner->app->clock) == GW_CLOCK_CONDUCTED;
    const gw_worker_settings outbox = {
        .name = "outbox", .tick_ms = TICK_MS, .tick = run_outbox, .context = runner};
    GW_TRY(gw_worker_open(&outbox, &runner->outbox, reterr));
    const gw_worker_settings turns = {.name = "flow",
                                      .tick_ms = is_conducted ? 1 : TICK_MS,
                                      .tick = is_conducted ? run_turn : run_tick,
                                      .context = runner};
    return gw_worker_open(&turns, &runner->turns, reterr);
}

static void close_runner(gw_flow_runner *runner) {
    gw_worker_close(runner->turns);
    gw_worker_close(runner->outbox);
    gw_chain_close(runner->chain);
    gw_rpc_close(runner->rpc);
    gw_arena_close(runner->arena); /* holds the runner itself */
}

gw_status gw_part_flow_start(gw_app *app, gw_fault *reterr) {
    gw_arena *arena = gw_arena_open(CHAIN_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_flow_runner *runner = NULL;
    gw_status status = GW_ARENA_NEW(arena, gw_flow_runner, 1, &runner, reterr);
    if (!gw_is_ok(status)) {
        gw_arena_close(arena);
        return status;
    }
    runner->arena = arena;
    runner->app = app;
    runner->flow = (gw_flow){.db = app->db,
                             .clock = app->clock,
                             .random = app->random,
                             .ports = {runner, free_escrow, post, publish},
                             .runner = runner};
    runner->flow.settings.realm =
        gw_text_from_c(gw_config_text(app->config, GW_SETTING_SERVER_REALM));
    status = open_chain(runner, reterr);
    if (gw_is_ok(status)) status = open_threads(runner, reterr);
    if (!gw_is_ok(status)) {
        close_runner(runner);
        return status;
    }
    app->flow = &runner->flow;
    return gw_ok();
}

void gw_part_flow_stop(gw_app *app) {
    gw_flow_runner *runner = app->flow->runner;
    app->flow = NULL;
    close_runner(runner);
}
