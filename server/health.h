/* SPDX-License-Identifier: Apache-2.0
 *
 * State of the parts the process depends on, told by their owners, read by /readyz. Process-wide,
 * any thread. A change of state is logged once ("health.changed").
 */
#pragma once

#include "base/status.h"
#include "server/clock.h"

typedef enum gw_health {
#define GW_HEALTH(symbol, wire, needed) GW_HEALTH_##symbol,
#include "server/health.def"
#undef GW_HEALTH
    GW_HEALTH_COUNT
} gw_health;

typedef enum gw_health_state {
    GW_STATE_UNUSED, /* not configured; does not count */
    GW_STATE_UP,
    GW_STATE_DEGRADED,
    GW_STATE_DOWN,
} gw_health_state;

typedef struct gw_health_report {
    const char *name;
    bool needed;
    gw_health_state state;
    gw_tick since;
    char detail[160];
} gw_health_report;

void gw_health_set(gw_health health, gw_health_state state,
                   const char *detail); /* detail: NULL or text */
gw_health_report gw_health_get(gw_health health);
const char *gw_health_state_wire(gw_health_state state); /* unused, up, degraded, down */
bool gw_health_is_ready(void);                           /* started and nothing needed is down */
bool gw_health_is_degraded(void);
void gw_health_mark_started(void);
void gw_health_mark_stopping(void);
