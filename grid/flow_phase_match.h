/* SPDX-License-Identifier: Apache-2.0
 *
 * Which phase a single-phase connection hangs on, from voltages alone. The load of a phase moves
 * the voltages of all meters of that phase together, so the steps of a meter's voltage from
 * interval to interval are correlated with those of each phase at the transformer, and the phase of
 * the highest correlation is proposed. What moves all three phases alike (the medium voltage) is
 * taken out first. Meters whose phase is known or has become certain join the reference of their
 * phase, and the doubtful ones are looked at again, up to GW_PHASE_ROUNDS times.
 *
 * The confidence is that of Williams' test that the best correlation is larger than the second, two
 * sided and shared among two rivals: 1 - 4 (1 - Phi(t)). It is about the order of two correlations
 * and not about wrong wiring lists, shifted clocks or a meter that measures elsewhere: an operator
 * accepts a proposal. Voltages are whole mV of the conductor to neutral at the meter, means or
 * samples of equal intervals; a gap is GW_PHASE_GAP. Pure; memory comes from the arena.
 *
 * Ref: Williams 1959, "The comparison of regression variables"; the form of Steiger 1980, "Tests
 * for comparing elements of a correlation matrix", equation 7. Phi: Abramowitz and Stegun 26.2.19.
 */
#pragma once

#include "grid/flow_network.h"

#define GW_PHASE_GAP INT64_MIN

enum {
    GW_PHASE_METERS_MOST = 2000,
    GW_PHASE_INTERVALS_MOST = 20000,
    GW_PHASE_VALUES_MOST = 4000000, /* meters times intervals */
    GW_PHASE_STEPS_LEAST = 30,      /* fewer common steps than that are too few */
    GW_PHASE_ROUNDS = 5,
    GW_PHASE_CERTAIN_PPM = 990000,
    GW_PHASE_JOINS_PPM = 995000 /* one wrong meter in a reference makes others wrong */
};

typedef enum gw_phase_doubt {
    GW_PHASE_CERTAIN,      /* at least certain_ppm */
    GW_PHASE_CLOSE,        /* two phases fit about as well */
    GW_PHASE_FLAT,         /* the voltage hardly moves, or no reference does */
    GW_PHASE_FEW,          /* too few common steps */
    GW_PHASE_NO_REFERENCE, /* nothing is known of one of the phases */
    GW_PHASE_KNOWN,        /* was given */
    GW_PHASE_DISPUTED      /* was given, but another one is certain: `phase` is that other one */
} gw_phase_doubt;

typedef struct gw_phase_question {
    size_t meter_count;
    size_t interval_count;
    const int64_t *meter_mv;     /* [meter * interval_count + interval] */
    const unsigned *known;       /* by meter: GW_NET_PHASE_A, B or C, or 0; NULL: none is known */
    const int64_t *reference_mv; /* [phase * interval_count + interval]; NULL: only known meters */
    int64_t certain_ppm;         /* 0 stands for GW_PHASE_CERTAIN_PPM */
} gw_phase_question;

/* phase is 0 unless the doubt is CERTAIN, KNOWN or DISPUTED; best is what fits best in any case, or
 * 0. The confidence belongs to best. */
typedef struct gw_phase_match {
    unsigned phase;
    unsigned best;
    gw_phase_doubt doubt;
    int64_t confidence_ppm;
    int64_t correlation_ppm[GW_NET_PHASES];
    uint32_t steps; /* that were common to the meter and the references */
} gw_phase_match;

/* ret[meter_count] in the arena. GW_CODE_TOO_LARGE above the limits, GW_CODE_INVALID for a known
 * phase that is none. */
GW_MUST_CHECK gw_status gw_flow_phase_match(gw_arena *arena, const gw_phase_question *question,
                                            gw_phase_match **ret, gw_fault *reterr);
