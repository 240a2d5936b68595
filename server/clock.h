/* SPDX-License-Identifier: Apache-2.0
 *
 * The one clock. Market time (gw_clock_now) is the system's UTC or, conducted, the instant that the
 * conductor last told us; the rules, the registry and the devices live in it. Timeouts use gw_tick,
 * which is monotonic and never conducted. `now` is read once per unit of work and handed down.
 *
 * Conducted mode is for tests and the demo: the conductor is an HTTP server on loopback that hands
 * out numbered steps, one participant each, in one global order. gw_clock_step long-polls for ours;
 * after a restart the pending step comes again, so the work of a step is idempotent.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"

#include <stdint.h>

typedef struct gw_clock gw_clock;

typedef enum gw_clock_mode {
    GW_CLOCK_SYSTEM,
    GW_CLOCK_CONDUCTED,
} gw_clock_mode;

typedef struct gw_clock_settings {
    gw_clock_mode mode;
    const char *conductor_url; /* http://127.0.0.1:PORT; copied */
    const char *who;           /* our name at the conductor; copied */
} gw_clock_settings;

/* Checks that the system's year is plausible (2024..2199). Conducted: asks for the present instant,
 * waiting up to 30 s for the conductor. */
GW_MUST_CHECK gw_status gw_clock_open(const gw_clock_settings *settings, gw_clock **ret,
                                      gw_fault *reterr);
void gw_clock_close(gw_clock *clock); /* NULL is fine */

gw_clock_mode gw_clock_mode_get(const gw_clock *clock);
gw_instant gw_clock_now(const gw_clock *clock); /* any thread */
/* Conducted: asks the conductor (GET now). System: nothing to do. */
GW_MUST_CHECK gw_status gw_clock_refresh(gw_clock *clock, gw_fault *reterr);

typedef struct gw_clock_turn {
    int64_t step; /* 0: not our turn yet, ask again */
    gw_instant now;
    bool stop; /* the last step: finish and end */
} gw_clock_turn;

/* Reports `done` (0: nothing yet) and waits up to 10 s for our next step. One thread per clock.
 * Sets gw_clock_now when a step is given. GW_CODE_UNAVAILABLE: the conductor is away. */
GW_MUST_CHECK gw_status gw_clock_step(gw_clock *clock, int64_t done, gw_clock_turn *ret,
                                      gw_fault *reterr);

/* For tests of flows: a conducted clock without a conductor, moved by hand. */
gw_clock *gw_clock_open_manual(gw_instant now);
void gw_clock_set(gw_clock *clock, gw_instant now); /* asserts a manual clock */

/* Monotonic time for timeouts and durations; unrelated to any calendar. */
typedef struct gw_tick {
    int64_t us;
} gw_tick;
gw_tick gw_tick_now(void);
static inline gw_span gw_tick_since(gw_tick later, gw_tick earlier) {
    return (gw_span){later.us - earlier.us};
}
static inline gw_tick gw_tick_plus(gw_tick at, gw_span span) { return (gw_tick){at.us + span.us}; }

/* The system's UTC, also in conducted mode: for log lines, tokens, TLS and leases only. */
gw_instant gw_clock_real(void);

/* For polling loops of simulations and nodes; the server's own threads wait on conditions. */
void gw_tick_sleep_ms(int ms);
