/* SPDX-License-Identifier: Apache-2.0
 *
 * The market as a part of `gridwitness serve`: three threads. "flow" runs what is due: on a tick,
 * or in the steps of the conductor. "outbox" delivers to chain and broker. "exchange" looks after
 * the rounds of exchanges.
 */
#include "server/app.h"
#include "server/chain/port.h"
#include "server/chain/settings.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/flow/check.h"
#include "server/flow/congestion.h"
#include "server/flow/exchange.h"
#include "server/flow/forecast_part.h"
#include "server/flow/outbox.h"
#include "server/flow/schedule.h"
#include "server/flow/settle.h"
#include "server/flow/step.h"
#include "server/ingest/ingest.h"
#include "server/log.h"
#include "server/mqtt/client.h"
#include "server/parts.h"
#include "server/worker.h"

#include <stdio.h>
#include <time.h>

enum {
    TICK_MS = 250,
    WAIT_MOST_MS = 60000,
    PUBLISH_MS = 5000,
    RECHECK_EVERY_MS = 60000,
    EXCHANGE_PAUSE_MS = 10,
    EXCHANGE_IDLE_MS = 100,   /* while members let us wait */
    EXCHANGE_IDLE_AFTER = 50, /* looks that found nothing new */
    FAILED_PAUSE_MS = 100,    /* before the conductor or the database is asked again */
    STUDY_TICK_MS = 1000,
    STUDY_EVERY_S = 60, /* longest market time between two looks at what is due */
    LIFE_BYTES = 1024 * 1024
};

/* Written by start and stop, which run on one thread; the fields of a thread by that thread. */
typedef struct gw_flow_runner {
    gw_app *app;
    gw_flow flow;
    gw_arena *arena; /* holds this struct and the names of the nodes */
    gw_check_terms check_terms;
    gw_worker *turns;
    gw_worker *outbox;
    gw_worker *studies;   /* NULL with a conducted clock: the flow thread does it in its steps */
    gw_instant looked_at; /* written by the thread that studies */
    gw_worker *exchanges;
    /* flow thread */
    int64_t done;
    gw_tick rechecked;
    bool is_failing; /* the last turn failed; said once */
    /* exchange thread */
    int64_t exchange_counters;
    bool is_exchange_failing;
} gw_flow_runner;

/* ---- ports */

static gw_status free_escrow(void *context, gw_money *ret, gw_fault *reterr) {
    const gw_flow_runner *runner = context;
    if (runner->app->chain == NULL)
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "chain", "no chain is configured"),
                       "Set rpc_url in the section [chain].");
    return gw_chain_port_free_escrow(runner->app->chain, ret, reterr);
}

static gw_status post(void *context, const gw_outbox_row *row, gw_flow_receipt *ret,
                      gw_fault *reterr) {
    const gw_flow_runner *runner = context;
    if (runner->app->chain == NULL)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "chain", "no chain is configured");
    return gw_chain_port_post(runner->app->chain, row, ret, reterr);
}

/* Without a broker there is nobody to tell: that is not a promise that waits. */
static gw_status publish(void *context, const gw_outbox_row *row, gw_fault *reterr) {
    const gw_flow_runner *runner = context;
    if (runner->app->mqtt == NULL) return gw_ok();
    char topic[256];
    const int length = snprintf(topic, sizeof topic, "%.*s", GW_TEXT_ARGS(row->topic));
    if (length < 0 || (size_t)length >= sizeof topic) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    const gw_mqtt_publication publication = {
        .topic = topic, .payload = row->payload, .retained = row->retained};
    return gw_mqtt_publish_wait(runner->app->mqtt, &publication, PUBLISH_MS, reterr);
}

/* ---- outbox thread */

static void run_outbox(void *context) {
    gw_flow_runner *runner = context;
    gw_fault fault = {0};
    gw_outbox_progress progress;
    const gw_status status =
        gw_outbox_run(&runner->flow, gw_clock_now(runner->app->clock), &progress, &fault);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_WARNING, "outbox.failed", GW_TEXT(""), &fault);
}

/* ---- grid thread */

static void study_due(gw_flow_runner *runner, gw_instant now) {
    gw_fault fault = {0};
    const int64_t period_s = runner->flow.settings.grid.study_s;
    const gw_span pause = gw_span_seconds(period_s < STUDY_EVERY_S ? period_s : STUDY_EVERY_S);
    const gw_span since = gw_instant_since(now, runner->looked_at);
    if (period_s == 0 || (runner->looked_at.us != 0 && since.us < pause.us)) return;
    runner->looked_at = now;
    const gw_status status = gw_congestion_run(&runner->flow, now, &fault);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_WARNING, "study.failed", GW_TEXT(""), &fault);
}

static void run_studies(void *context) {
    gw_flow_runner *runner = context;
    study_due(runner, gw_clock_now(runner->app->clock));
}

/* ---- flow thread */

static gw_status drain(void *context, gw_fault *reterr) {
    const gw_flow_runner *runner = context;
    GW_TRY(gw_ingest_drain(runner->app, WAIT_MOST_MS, reterr));
    gw_forecast_tick(runner->app);
    return gw_ok();
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
        study_due(runner, turn.now);
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
    if (gw_is_ok(status)) return;
    const struct timespec pause = {.tv_nsec = FAILED_PAUSE_MS * 1000000L};
    (void)nanosleep(&pause, NULL);
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

/* ---- exchange thread */

static bool is_closing_exchanges(const gw_flow_runner *runner) {
    return runner->exchanges != NULL && gw_worker_is_closing(runner->exchanges);
}

static gw_status look_at_exchanges(gw_flow_runner *runner, gw_exchange_care *ret,
                                   gw_fault *reterr) {
    GW_TRY(gw_exchange_look_after(&runner->flow, gw_clock_now(runner->app->clock), ret, reterr));
    if (ret->counters != runner->exchange_counters) gw_worker_wake(runner->outbox);
    return gw_ok();
}

/* Rounds take a second in all, so while one is open it looks again at once. */
static void run_exchanges(void *context) {
    gw_flow_runner *runner = context;
    gw_exchange_care care = {.live = 1};
    int idle = 0;
    while (care.live > 0 && !is_closing_exchanges(runner)) {
        gw_fault fault = {0};
        const gw_status status = look_at_exchanges(runner, &care, &fault);
        if (!gw_is_ok(status) && !runner->is_exchange_failing)
            gw_log_fault(GW_LEVEL_WARNING, "exchange.failed", GW_TEXT(""), &fault);
        runner->is_exchange_failing = !gw_is_ok(status);
        if (!gw_is_ok(status)) return;
        idle = care.counters == runner->exchange_counters ? idle + 1 : 0;
        runner->exchange_counters = care.counters;
        if (care.live > 0)
            gw_tick_sleep_ms(idle < EXCHANGE_IDLE_AFTER ? EXCHANGE_PAUSE_MS : EXCHANGE_IDLE_MS);
    }
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

static gw_status read_chain(gw_flow_runner *runner, gw_fault *reterr) {
    if (runner->app->chain == NULL) return gw_ok();
    const gw_deployment *deployment = gw_chain_port_deployment(runner->app->chain);
    gw_flow_settings *settings = &runner->flow.settings;
    settings->domain = gw_deployment_domain(deployment);
    settings->quorum = deployment->quorum;
    settings->signer_set = deployment->signer_set;
    return read_nodes(runner, deployment, reterr);
}

static gw_flow_grid read_grid(const gw_config *config) {
    return (gw_flow_grid){.study_s = gw_config_int(config, GW_SETTING_GRID_STUDY_S),
                          .horizon_h = gw_config_int(config, GW_SETTING_GRID_HORIZON_H),
                          .path_count = gw_config_int(config, GW_SETTING_GRID_PATHS),
                          .lever_pct = gw_config_int(config, GW_SETTING_GRID_LEVER_PCT)};
}

static gw_status open_threads(gw_flow_runner *runner, gw_fault *reterr) {
    const bool is_conducted = gw_clock_mode_get(runner->app->clock) == GW_CLOCK_CONDUCTED;
    const gw_worker_settings outbox = {
        .name = "outbox", .tick_ms = TICK_MS, .tick = run_outbox, .context = runner};
    GW_TRY(gw_worker_open(&outbox, &runner->outbox, reterr));
    const gw_worker_settings studies = {
        .name = "grid", .tick_ms = STUDY_TICK_MS, .tick = run_studies, .context = runner};
    if (!is_conducted) GW_TRY(gw_worker_open(&studies, &runner->studies, reterr));
    const gw_worker_settings turns = {.name = "flow",
                                      .tick_ms = is_conducted ? 1 : TICK_MS,
                                      .tick = is_conducted ? run_turn : run_tick,
                                      .context = runner};
    GW_TRY(gw_worker_open(&turns, &runner->turns, reterr));
    const gw_worker_settings exchanges = {
        .name = "exchange", .tick_ms = TICK_MS, .tick = run_exchanges, .context = runner};
    return gw_worker_open(&exchanges, &runner->exchanges, reterr);
}

static void close_runner(gw_flow_runner *runner) {
    gw_worker_close(runner->exchanges);
    gw_worker_close(runner->turns);
    gw_worker_close(runner->studies);
    gw_worker_close(runner->outbox);
    gw_arena_close(runner->arena); /* holds the runner itself */
}

gw_status gw_part_flow_start(gw_app *app, gw_fault *reterr) {
    gw_arena *arena = gw_arena_open(LIFE_BYTES);
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
    runner->flow.settings.grid = read_grid(app->config);
    runner->check_terms = gw_check_terms_read(app->config);
    runner->flow.settings.check_terms = &runner->check_terms;
    status = read_chain(runner, reterr);
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
