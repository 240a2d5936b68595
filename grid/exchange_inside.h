/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of an exchange, for grid/exchange*.c only.
 */
#pragma once

#include "grid/exchange.h"

struct gw_exchange {
    gw_exchange_problem problem;
    gw_exchange_tree tree;
    gw_exchange_progress progress;
    size_t count;         /* members * intervals */
    int64_t *agreed;      /* z */
    int64_t *dual;        /* u */
    int64_t *wanted;      /* p' + u of this round */
    int64_t *next;        /* z of this round */
    int64_t *corrections; /* of the projection: by interval, first ties, then members */
    size_t correction_count;
    gw_exchange_room room; /* of one interval */
};
