/* SPDX-License-Identifier: Apache-2.0
 *
 * Exchanges between microgrids as a use case: the operator opens one, members answer round by round
 * over MQTT or REST, and it ends with exports and prices that the grid check has seen; or, when
 * somebody stays silent, with a pro-rata promise that is marked FALLBACK. Each answer is one
 * transaction under the exchange's lock: judged, appended to the log, and the last one of a round
 * computes it and promises the next calls in the outbox.
 */
#pragma once

#include "grid/exchange_judge.h"
#include "grid/quantity.h"
#include "server/db/exchange_log_store.h"
#include "server/db/exchange_store.h"
#include "server/flow/flow.h"

enum {
    GW_EXCHANGE_TRIED_MOST = 20000, /* refused answers that are logged per exchange */
    GW_EXCHANGE_REMINDERS_MOST = 10 /* of one round */
};

/* Ties name parties here; members and ties need not be sorted. */
typedef struct gw_exchange_tie_wish {
    gw_text from;
    gw_text to;
    gw_power limit; /* GW_EXCHANGE_UNLIMITED: none */
} gw_exchange_tie_wish;

typedef struct gw_exchange_wish {
    gw_text key; /* names the id in seeded mode */
    gw_text form;
    gw_text balancing;
    gw_text network; /* empty: no grid check */
    gw_instant start_at;
    int64_t interval_s;
    int64_t interval_count;
    int64_t penalty;
    int64_t stop_milliwatt;
    int64_t answer_s;
    gw_instant deadline_at;
    const gw_uuid *warm_from; /* NULL: from zeros */
    gw_exchange_member_row *members;
    size_t member_count;
    const gw_exchange_tie_wish *ties;
    size_t tie_count;
} gw_exchange_wish;

/* Opens it and calls the first round. Faults name the field. */
GW_MUST_CHECK gw_status gw_exchange_create(const gw_flow *flow, gw_arena *arena,
                                           const gw_exchange_wish *wish, gw_instant now,
                                           gw_exchange_row *ret, gw_fault *reterr);

typedef struct gw_exchange_taking {
    gw_uuid exchange_id;
    gw_text party;
    const char *transport; /* "MQTT" or "REST" */
    gw_exchange_answer answer;
    int64_t inbox_id; /* what is dropped with it; 0: nothing waited */
    gw_instant now;
} gw_exchange_taking;

/* A refusal is an answer, too: the verdict says which. GW_CODE_NOT_FOUND: no such exchange. */
GW_MUST_CHECK gw_status gw_exchange_take(const gw_flow *flow, gw_arena *arena,
                                         const gw_exchange_taking *taking, gw_exchange_verdict *ret,
                                         gw_fault *reterr);

/* The operator gives an open exchange up. */
GW_MUST_CHECK gw_status gw_exchange_cancel(const gw_flow *flow, gw_arena *arena,
                                           gw_uuid exchange_id, gw_instant now,
                                           gw_exchange_row *ret, gw_fault *reterr);

typedef struct gw_exchange_care {
    int64_t live;     /* exchanges that are open or with the grid check */
    int64_t counters; /* sum of their counters: when it moves, calls wait in the outbox */
} gw_exchange_care;

/* One look of the worker: answers that wait, rounds that are over, members to be told again,
 * results for the grid check. A failure of one exchange is logged and does not stop the others. */
GW_MUST_CHECK gw_status gw_exchange_look_after(const gw_flow *flow, gw_instant now,
                                               gw_exchange_care *ret, gw_fault *reterr);

/* What a replay of the log found. */
typedef struct gw_exchange_replay {
    gw_word recorded; /* zero: not ended */
    gw_word replayed; /* zero: the log does not lead to an end */
    int64_t messages;
    int64_t rounds;
} gw_exchange_replay;

/* Plays the log from the definition: no stored state is used. */
GW_MUST_CHECK gw_status gw_exchange_replay_make(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                                gw_exchange_replay *ret, gw_fault *reterr);
