/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/port.h"

#include "server/chain/ledger.h"
#include "server/chain/settings.h"
#include "server/health.h"
#include "server/parts.h"
#include "server/worker.h"

enum { LIFE_BYTES = 4 * 1024 * 1024, UNIT_BYTES = 8 * 1024 * 1024, LOOK_MS = 2000 };

static const uint64_t gwei = 1000000000;
static const uint64_t mwei = 1000000;

struct gw_chain_port {
    const gw_config *config; /* outlives the port */
    const gw_clock *clock;   /* likewise */
    gw_arena *life;
    gw_deployment deployment;
    gw_rpc *sender_rpc; /* of the outbox's thread */
    gw_rpc *look_rpc;   /* of the worker's thread */
    gw_chain *sender;
    gw_worker *worker;
};

static void look(void *context) {
    const gw_chain_port *port = context;
    gw_fault fault = {0};
    gw_block head;
    uint64_t chain_id = 0;
    gw_status status = gw_rpc_chain_id(port->look_rpc, &chain_id, &fault);
    if (gw_is_ok(status)) status = gw_rpc_head(port->look_rpc, &head, &fault);
    if (!gw_is_ok(status))
        gw_health_set(GW_HEALTH_CHAIN, GW_STATE_DOWN, fault.message);
    else if (chain_id != port->deployment.chain_id)
        gw_health_set(GW_HEALTH_CHAIN, GW_STATE_DOWN, "the node is on another chain");
    else
        gw_health_set(GW_HEALTH_CHAIN, GW_STATE_UP, NULL);
}

static gw_status open_sender(gw_chain_port *port, gw_db *db, gw_fault *reterr) {
    const gw_config *config = port->config;
    gw_chain_settings settings = {
        .db = db,
        .rpc = port->sender_rpc,
        .chain_id = port->deployment.chain_id,
        .confirmations = (int)gw_config_int(config, GW_SETTING_CHAIN_CONFIRMATIONS),
        .resend_after_ms = (int)gw_config_int(config, GW_SETTING_CHAIN_RESEND_AFTER_MS),
        .fee_cap_most_wei =
            (uint64_t)gw_config_int(config, GW_SETTING_CHAIN_FEE_CAP_MOST_GWEI) * gwei,
        .tip_least_wei = (uint64_t)gw_config_int(config, GW_SETTING_CHAIN_TIP_LEAST_MWEI) * mwei};
    GW_TRY(gw_chain_key_path(port->life, config, "sender.eth", &settings.key_file, reterr));
    return gw_chain_open(&settings, &port->sender, reterr);
}

static gw_status open_all(gw_chain_port *port, gw_db *db, gw_fault *reterr) {
    const gw_worker_settings settings = {
        .name = "chain-look", .tick_ms = LOOK_MS, .tick = look, .context = port};
    GW_TRY(gw_chain_load_deployment(port->config, &port->deployment, reterr));
    GW_TRY(gw_chain_open_rpc(port->life, port->config, &port->sender_rpc, reterr));
    GW_TRY(gw_chain_open_rpc(port->life, port->config, &port->look_rpc, reterr));
    GW_TRY(open_sender(port, db, reterr));
    return gw_worker_open(&settings, &port->worker, reterr);
}

gw_status gw_chain_port_open(const gw_app *app, gw_chain_port **ret, gw_fault *reterr) {
    gw_arena *life = gw_arena_open(LIFE_BYTES);
    gw_chain_port *port = NULL;
    if (life == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_status status = GW_ARENA_NEW(life, gw_chain_port, 1, &port, reterr);
    if (!gw_is_ok(status)) {
        gw_arena_close(life);
        return status;
    }
    port->config = app->config;
    port->clock = app->clock;
    port->life = life;
    status = open_all(port, app->db, reterr);
    if (gw_is_ok(status))
        *ret = port;
    else
        gw_chain_port_close(port);
    return status;
}

void gw_chain_port_close(gw_chain_port *port) {
    if (port == NULL) return;
    gw_worker_close(port->worker);
    gw_chain_close(port->sender);
    gw_rpc_close(port->sender_rpc);
    gw_rpc_close(port->look_rpc);
    gw_arena_close(port->life);
}

const gw_deployment *gw_chain_port_deployment(const gw_chain_port *port) {
    return &port->deployment;
}

/* A connection of its own for each call: it is rare, and any thread may ask. */
gw_status gw_chain_port_free_escrow(void *context, gw_money *ret, gw_fault *reterr) {
    const gw_chain_port *port = context;
    gw_ledger_state state;
    gw_rpc *rpc = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(UNIT_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(gw_chain_open_rpc(arena, port->config, &rpc, reterr));
    const gw_status status = gw_ledger_state_read(rpc, port->deployment.ledger, &state, reterr);
    gw_rpc_close(rpc);
    GW_TRY(status);
    const uint64_t free_micros = gw_ledger_free_micros(&state);
    ret->micros = free_micros > INT64_MAX ? INT64_MAX : (int64_t)free_micros;
    return gw_ok();
}

static gw_status call_of(const gw_chain_port *port, const gw_outbox_row *row, gw_chain_call *ret,
                         gw_fault *reterr) {
    gw_chain_call call = {.to = port->deployment.ledger, .calldata = row->payload};
    if (gw_text_is(row->kind, "CHAIN_COMMIT"))
        call.topic = gw_ledger_topic_committed();
    else if (gw_text_is(row->kind, "CHAIN_SETTLE"))
        call.topic = gw_ledger_topic_settled();
    else
        return gw_fail_with(reterr, GW_CODE_INTERNAL, "kind", "the chain knows no \"%.*s\"",
                            GW_TEXT_ARGS(row->kind));
    *ret = call;
    return gw_ok();
}

static gw_status outcome_of(const gw_chain_transaction *sent, gw_fault *reterr) {
    switch (sent->state) {
    case GW_CHAIN_FINAL: return gw_ok();
    case GW_CHAIN_FAILED:
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, sent->purpose, "%s", sent->detail);
    case GW_CHAIN_REPLACED:
        return gw_fail_with(reterr, GW_CODE_CONFLICT, sent->purpose, "%s", sent->detail);
    default:
        return gw_fail_with(reterr, GW_CODE_TOO_EARLY, sent->purpose,
                            "the transaction is %s and waits for the chain",
                            gw_chain_state_name(sent->state));
    }
}

gw_status gw_chain_port_post(void *context, const gw_outbox_row *row, gw_flow_receipt *ret,
                             gw_fault *reterr) {
    const gw_chain_port *port = context;
    gw_chain_call call;
    gw_chain_transaction sent;
    gw_chain_progress progress;
    GW_TRY(call_of(port, row, &call, reterr));
    GW_TRY(gw_chain_submit(port->sender, row->purpose, &call, &sent, reterr));
    if (sent.state < GW_CHAIN_FINAL) {
        GW_TRY(gw_chain_poll(port->sender, gw_clock_now(port->clock), gw_tick_now(), &progress,
                             reterr));
        GW_TRY(gw_chain_find(port->sender, row->purpose, &sent, reterr));
    }
    GW_TRY(outcome_of(&sent, reterr));
    *ret = (gw_flow_receipt){.tx_hash = sent.hash, .block_number = (int64_t)sent.block_number};
    return gw_ok();
}

gw_status gw_part_chain_start(gw_app *app, gw_fault *reterr) {
    if (gw_config_text(app->config, GW_SETTING_CHAIN_RPC_URL)[0] != '\0')
        return gw_chain_port_open(app, &app->chain, reterr);
    gw_health_set(GW_HEALTH_CHAIN, GW_STATE_UNUSED, NULL);
    return gw_ok();
}

void gw_part_chain_stop(gw_app *app) {
    gw_chain_port_close(app->chain);
    app->chain = NULL;
}
