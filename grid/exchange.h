/* SPDX-License-Identifier: Apache-2.0
 *
 * An exchange of energy between microgrids, agreed by the alternating direction method of
 * multipliers: everybody optimises alone, and only powers go over the wire. This is the side of the
 * coordinator; grid/exchange_member.h is the other. Whole numbers only, because several parties
 * repeat it and must find the same bits.
 *
 * Units: power in milliwatt, exports positive; prices in billionths of the currency per kWh; the
 * penalty and the slope of a price in billionths per kWh and kW. Every rounding is half to even
 * where nothing else is said.
 *
 * One round: every member i gets the target v = z - u of each interval and answers the p that
 * minimises its cost + penalty/2 (p - v)^2; then, with p' = 1.6 p - 0.6 z,
 *   consensus form: z = nearest to p' + u with sum 0, every tie and connection within its limit,
 *   exchange form:  z = p' - mean(p'), without limits; u is the same for all,
 *   u = u + p' - z.  A member's price is -penalty u: what one more kWh costs it.
 * It ends when |p - z| and |z - z before| are both below `stop`, and times the penalty below
 * GW_EXCHANGE_STOP_NANOS, so that prices are right, too. With balancing, the penalty is
 * doubled or halved (and u with it) while one relative residual is ten times the other.
 *
 * Ref: Boyd et al. 2011 §3.3, §3.4.1, §3.4.3, §7.3.2; Wohlberg 2017 (relative residuals); grid.md
 * §4.5. Pure; everything lives in the arena of the opening call.
 */
#pragma once

#include "base/arena.h"
#include "base/reader.h"
#include "base/writer.h"
#include "grid/exchange_project.h"

enum {
    GW_EXCHANGE_INTERVALS_MOST = 96,
    GW_EXCHANGE_ITERATIONS_MOST = 200,
    GW_EXCHANGE_STOP_MILLIWATT = 1000,
    GW_EXCHANGE_STOP_NANOS = 100000, /* per kWh: a hundredth of a cent */
    GW_EXCHANGE_PENALTY_LEAST = 1000,
};

#define GW_EXCHANGE_PENALTY_MOST INT64_C(1000000000000)
/* Largest price: 1,000 of the currency per kWh. */
#define GW_EXCHANGE_PRICE_MOST INT64_C(1000000000000)

typedef enum gw_exchange_form {
    GW_EXCHANGE_FORM_CONSENSUS,
    GW_EXCHANGE_FORM_EXCHANGE,
    GW_EXCHANGE_FORM_COUNT
} gw_exchange_form;

typedef enum gw_exchange_balancing {
    GW_EXCHANGE_BALANCING_ON,
    GW_EXCHANGE_BALANCING_OFF,
} gw_exchange_balancing;

/* Members count in the order of their names: then the same exchange has the same bits. */
typedef struct gw_exchange_problem {
    gw_exchange_form form;
    gw_exchange_balancing balancing;
    uint32_t member_count;
    uint32_t interval_count;
    const gw_exchange_tie *ties; /* none in the exchange form */
    uint32_t tie_count;
    const int64_t *least;   /* milliwatt, <= 0, [interval * members + member]; NULL: none */
    const int64_t *most;    /* with least: what connections carry; neither in the exchange form */
    const int64_t *limits;  /* milliwatt or GW_EXCHANGE_NO_LIMIT, [interval * ties + tie] */
    int64_t penalty;        /* near the mean slope of the members' prices */
    int64_t stop;           /* milliwatt, over all members and intervals */
    const int64_t *exports; /* a good start, [interval * members + member]; NULL: zeros */
    const int64_t *prices;  /* with exports */
} gw_exchange_problem;

typedef enum gw_exchange_end {
    GW_EXCHANGE_END_OPEN,      /* more rounds are needed */
    GW_EXCHANGE_END_CONVERGED, /* |p - z| and |dz| are below `stop` */
    GW_EXCHANGE_END_EXHAUSTED, /* GW_EXCHANGE_ITERATIONS_MOST rounds were not enough */
    GW_EXCHANGE_END_COUNT
} gw_exchange_end;

/* What one round left. */
typedef struct gw_exchange_progress {
    uint32_t iteration; /* rounds done */
    int64_t penalty;    /* of the next round */
    int64_t primal;     /* |p - z|, milliwatt */
    int64_t dual;       /* |z - z before|, milliwatt */
    gw_exchange_end end;
} gw_exchange_progress;

typedef struct gw_exchange gw_exchange;

/* GW_CODE_OUT_OF_RANGE or GW_CODE_INVALID with the member of the problem as subject. The problem's
 * arrays must stay. */
GW_MUST_CHECK gw_status gw_exchange_open(gw_arena *arena, const gw_exchange_problem *problem,
                                         gw_exchange **ret, gw_fault *reterr);

gw_exchange_progress gw_exchange_progress_get(const gw_exchange *exchange);
/* v = z - u of the next round. */
int64_t gw_exchange_target(const gw_exchange *exchange, uint32_t interval, uint32_t member);
/* -penalty u: billionths per kWh. */
int64_t gw_exchange_price(const gw_exchange *exchange, uint32_t interval, uint32_t member);

/* One round: answers are the p of all members, [interval * members + member]. GW_CODE_OVERFLOW
 * when the answers drive the state out of all bounds, which honest costs cannot: then it is
 * spoilt. Does nothing once it has ended. */
GW_MUST_CHECK gw_status gw_exchange_step(gw_exchange *exchange, const int64_t *answers,
                                         gw_fault *reterr);

/* The whole state as bytes: the same state has the same bytes on every machine. */
void gw_exchange_write(const gw_exchange *exchange, gw_writer *out);
/* Takes it up again, for the same problem. GW_CODE_MALFORMED: these bytes are no state of it. */
GW_MUST_CHECK gw_status gw_exchange_read(gw_exchange *exchange, gw_reader *in, gw_fault *reterr);
