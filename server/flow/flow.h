/* SPDX-License-Identifier: Apache-2.0
 *
 * Use cases of the market: the one place where rules meet I/O. A gw_flow holds what they need and
 * is read-only once started, so any thread may use it. A gw_flow_unit is one unit of work: a
 * transaction, an arena, and the market time that was read once. Everything a step does to the
 * outside is a row of the outbox in the same transaction.
 *
 * Steps are idempotent: a step that finds its work done does nothing. That is what makes a kill at
 * any place harmless.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "oracle/quorum.h"
#include "oracle/typed_data.h"
#include "server/clock.h"
#include "server/crash.h"
#include "server/db/outbox_store.h"
#include "server/db/pool.h"
#include "server/random.h"

enum {
    GW_FLOW_ARENA_BYTES = 256 * 1024 * 1024, /* a settlement of a few thousand meters */
    GW_FLOW_MAX_REVISIONS = 3, /* proposals of one thing that may split before it fails */
    GW_FLOW_MAX_NODES = GW_SIGNERS_MOST
};

/* What became of an effect that the outbox handed over. */
typedef struct gw_flow_receipt {
    gw_word tx_hash;      /* zero for MQTT */
    int64_t block_number; /* 0 for MQTT */
} gw_flow_receipt;

/* The outside, so that tests can stand in for chain and broker. Each may be called again for the
 * same thing and must then have no further effect. */
typedef struct gw_flow_ports {
    void *context;
    /* Escrow that no commitment holds, as last seen on the chain. */
    gw_status (*free_escrow)(void *context, gw_money *ret, gw_fault *reterr);
    /* Posts a commitment or settlement and waits until it is confirmed. GW_CODE_TOO_EARLY: it is
     * on its way, ask again. */
    gw_status (*post)(void *context, const gw_outbox_row *row, gw_flow_receipt *ret,
                      gw_fault *reterr);
    gw_status (*publish)(void *context, const gw_outbox_row *row, gw_fault *reterr);
} gw_flow_ports;

typedef struct gw_flow_node {
    gw_text name;
    gw_address address;
} gw_flow_node;

/* How networks are looked at. */
typedef struct gw_flow_grid {
    int64_t study_s;    /* market time between two studies of a network; 0: none by themselves */
    int64_t horizon_h;  /* how far they look */
    int64_t path_count; /* scenario paths of an interval */
    int64_t lever_pct;  /* share of its power that a point without a group may be asked for */
} gw_flow_grid;

typedef struct gw_flow_settings {
    gw_text realm;
    gw_domain domain;
    gw_address quorum; /* contract of the signer sets; zero: not known */
    uint32_t signer_set;
    gw_flow_node nodes[GW_FLOW_MAX_NODES];
    int node_count;
    gw_flow_grid grid;
    const struct gw_check_terms *check_terms; /* NULL: results of exchanges are not checked */
} gw_flow_settings;

typedef struct gw_flow {
    gw_db *db;
    gw_clock *clock;
    gw_random *random;
    gw_flow_settings settings;
    gw_flow_ports ports;
    struct gw_flow_runner *runner; /* threads of server/flow/runner.c; NULL in tests */
} gw_flow;

typedef struct gw_flow_unit {
    const gw_flow *flow;
    gw_db *tx;
    gw_arena *arena;
    gw_instant now;
} gw_flow_unit;

/* The work of one transaction; context is the caller's. */
typedef gw_status gw_flow_work(const gw_flow_unit *unit, void *context, gw_fault *reterr);

typedef struct gw_flow_job {
    gw_flow_work *work;
    void *context;
    gw_instant now;
    gw_crash before_commit;
    gw_crash after_commit;
} gw_flow_job;

/* Runs the job in one transaction. Results that outlive it go into `arena`. */
GW_MUST_CHECK gw_status gw_flow_transact(const gw_flow *flow, gw_arena *arena,
                                         const gw_flow_job *job, gw_fault *reterr);

/* q of the configured nodes. */
GW_MUST_CHECK gw_status gw_flow_quorum(const gw_flow *flow, gw_quorum *ret, gw_fault *reterr);
/* GW_CODE_FORBIDDEN when no node has this name. */
GW_MUST_CHECK gw_status gw_flow_find_node(const gw_flow *flow, gw_text name, gw_address *ret,
                                          gw_fault *reterr);
