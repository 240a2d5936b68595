/* SPDX-License-Identifier: Apache-2.0
 *
 * A node's round: ask the gateway for proposals, judge each, make the vote durable, sign, answer.
 * The node opens no port; it only asks. A gateway that is away is waited for.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/sign.h"
#include "oracle/typed_data.h"
#include "server/clock.h"
#include "server/fetch.h"
#include "server/node/archive.h"
#include "server/node/sightings.h"
#include "server/node/votes.h"

enum { GW_NODE_WAITING_MOST = 64, GW_NODE_TASK_ID_SIZE = 40 };

/* A task whose readings were not all here when it was first judged. */
typedef struct gw_node_waiting {
    char task_id[GW_NODE_TASK_ID_SIZE];
    gw_tick since;
} gw_node_waiting;

typedef struct gw_node_voice {
    const char *gateway_url; /* http(s)://host:port */
    const char *token;       /* bearer token with the scope oracle */
    const char *name;        /* node-1 */
    gw_text realm;
    gw_domain domain;
    uint32_t signer_set;
    int patience_ms; /* how long READINGS_MISSING waits for readings that are still on their way */
    const gw_signer *signer;
    gw_clock *clock;
    gw_fetch *fetch;
    gw_votes *votes;
    gw_sightings *sightings;
    gw_archive *archive;
    gw_node_waiting waiting[GW_NODE_WAITING_MOST]; /* the poll's own memory, zero at start */
    size_t next_waiting;
} gw_node_voice;

/* One round; ret_answered counts the votes that the gateway took. A task that fails is logged and
 * tried again in the next round. GW_CODE_UNAVAILABLE when the gateway cannot be reached. */
GW_MUST_CHECK gw_status gw_node_poll(gw_node_voice *voice, size_t *ret_answered, gw_fault *reterr);
