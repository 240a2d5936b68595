/* SPDX-License-Identifier: Apache-2.0
 *
 * The sweep for GW_LANE_COUNT load vectors side by side. Included by flow_lane_2.c and
 * flow_lane_4.c only, which say how many and are built for processors that have registers so wide.
 * Every lane does what a scalar flow does, in the same order. Pure.
 */
#pragma once

#include "grid/flow_element.h"
#include "grid/flow_lane_plan.h"

#ifndef GW_LANE_COUNT
#define GW_LANE_COUNT 2
#endif

/* Phases are a constant wherever this is inlined. */
#define GW_LANE_INLINE static inline __attribute__((always_inline))

typedef double gw_lane_real __attribute__((vector_size(GW_LANE_COUNT * sizeof(double))));
typedef long long gw_lane_mask __attribute__((vector_size(GW_LANE_COUNT * sizeof(double))));

typedef struct gw_lane_phasor {
    gw_lane_real re;
    gw_lane_real im;
} gw_lane_phasor;

GW_LANE_INLINE gw_lane_phasor gw_lane_add(gw_lane_phasor left, gw_lane_phasor right) {
    return (gw_lane_phasor){left.re + right.re, left.im + right.im};
}
GW_LANE_INLINE gw_lane_phasor gw_lane_subtract(gw_lane_phasor left, gw_lane_phasor right) {
    return (gw_lane_phasor){left.re - right.re, left.im - right.im};
}
GW_LANE_INLINE gw_lane_phasor gw_lane_scale(gw_lane_phasor it, double factor) {
    return (gw_lane_phasor){it.re * factor, it.im * factor};
}
/* The same factor for all lanes. */
GW_LANE_INLINE gw_lane_phasor gw_lane_times(gw_phasor factor, gw_lane_phasor it) {
    return (gw_lane_phasor){factor.re * it.re - factor.im * it.im,
                            factor.re * it.im + factor.im * it.re};
}
GW_LANE_INLINE gw_lane_real gw_lane_square(gw_lane_phasor it) {
    return it.re * it.re + it.im * it.im;
}
GW_LANE_INLINE gw_lane_phasor gw_lane_all(gw_phasor it) {
    const gw_lane_real zero = {0};
    return (gw_lane_phasor){zero + it.re, zero + it.im};
}
GW_LANE_INLINE gw_lane_phasor gw_lane_none(void) { return (gw_lane_phasor){{0}, {0}}; }

/* One run: as many vectors as there are lanes, and where they stand. */
typedef struct gw_lane_run {
    const gw_lane_plan *plan;
    gw_lane_phasor *voltage; /* by place and phase */
    gw_lane_phasor *current; /* likewise */
    gw_lane_phasor *power;   /* by draw; conjugated */
    size_t vector[GW_LANE_COUNT];
} gw_lane_run;

/* ---- three phases as sequences: grid/flow_triple.c with lanes ---- */

typedef struct gw_lane_sequences {
    gw_lane_phasor zero;
    gw_lane_phasor positive;
    gw_lane_phasor negative;
} gw_lane_sequences;

static const double gw_lane_half_root_3 = 0.86602540378443864676;

GW_LANE_INLINE gw_lane_phasor gw_lane_sum_turned(gw_lane_phasor first, gw_lane_phasor ahead,
                                                 gw_lane_phasor back) {
    const gw_lane_phasor both = gw_lane_add(ahead, back);
    const gw_lane_phasor between = gw_lane_subtract(ahead, back);
    return (gw_lane_phasor){first.re - 0.5 * both.re - gw_lane_half_root_3 * between.im,
                            first.im - 0.5 * both.im + gw_lane_half_root_3 * between.re};
}

static inline gw_lane_sequences gw_lane_sequences_of(const gw_lane_phasor *abc) {
    return (gw_lane_sequences){
        .zero = gw_lane_scale(gw_lane_add(gw_lane_add(abc[0], abc[1]), abc[2]), 1.0 / 3),
        .positive = gw_lane_scale(gw_lane_sum_turned(abc[0], abc[1], abc[2]), 1.0 / 3),
        .negative = gw_lane_scale(gw_lane_sum_turned(abc[0], abc[2], abc[1]), 1.0 / 3)};
}

static inline void gw_lane_phases_of(const gw_lane_sequences *it, gw_lane_phasor *ret) {
    ret[0] = gw_lane_add(gw_lane_add(it->zero, it->positive), it->negative);
    ret[1] = gw_lane_sum_turned(it->zero, it->negative, it->positive);
    ret[2] = gw_lane_sum_turned(it->zero, it->positive, it->negative);
}

/* What a transformer draws from above for the current below it. */
static inline void gw_lane_turn_up(const gw_lane_turn *turn, const gw_lane_phasor *below,
                                   gw_lane_phasor *ret) {
    const gw_lane_sequences it = gw_lane_sequences_of(below);
    const gw_lane_sequences raised = {
        .zero = gw_lane_scale(it.zero, turn->zero),
        .positive = gw_lane_times(gw_phasor_conjugate(turn->positive), it.positive),
        .negative = gw_lane_times(turn->positive, it.negative)};
    gw_lane_phases_of(&raised, ret);
}

static inline void gw_lane_turn_down(const gw_lane_turn *turn, const gw_lane_phasor *above,
                                     const gw_lane_phasor *current, gw_lane_phasor *ret) {
    const gw_lane_sequences v = gw_lane_sequences_of(above);
    const gw_lane_sequences i = gw_lane_sequences_of(current);
    const gw_lane_sequences below = {
        .zero =
            gw_lane_subtract(gw_lane_scale(v.zero, turn->zero), gw_lane_times(turn->z0, i.zero)),
        .positive = gw_lane_subtract(gw_lane_times(turn->positive, v.positive),
                                     gw_lane_times(turn->z1, i.positive)),
        .negative = gw_lane_subtract(gw_lane_times(gw_phasor_conjugate(turn->positive), v.negative),
                                     gw_lane_times(turn->z1, i.negative))};
    gw_lane_phases_of(&below, ret);
}

/* ---- loads ---- */

/* Takes the power of the run's vectors. */
static inline void gw_lane_take_power(gw_lane_run *run, const gw_flow_vectors *vectors) {
    const gw_lane_plan *plan = run->plan;
    const double *p_w[GW_LANE_COUNT];
    const double *q_var[GW_LANE_COUNT];
    for (int lane = 0; lane < GW_LANE_COUNT; lane++) {
        p_w[lane] = vectors->p_w + run->vector[lane] * plan->point_count;
        q_var[lane] = vectors->q_var + run->vector[lane] * plan->point_count;
    }
    for (size_t at = 0; at < plan->draw_count; at++) run->power[at] = gw_lane_none();
    for (size_t at = 0; at < plan->share_count; at++) {
        const gw_lane_share *share = &plan->shares[at];
        gw_lane_phasor power;
        for (int lane = 0; lane < GW_LANE_COUNT; lane++) {
            power.re[lane] = p_w[lane][share->point];
            power.im[lane] = -q_var[lane][share->point];
        }
        power = gw_lane_scale(power, share->factor);
        run->power[share->draw] = gw_lane_add(run->power[share->draw], power);
    }
}

static inline gw_lane_real gw_lane_root(gw_lane_real it) {
    for (int lane = 0; lane < GW_LANE_COUNT; lane++) it[lane] = __builtin_sqrt(it[lane]);
    return it;
}

/* The current that a draw takes at a voltage. */
GW_LANE_INLINE gw_lane_phasor gw_lane_taken(gw_net_load kind, gw_lane_phasor power,
                                            gw_lane_phasor v) {
    const gw_lane_phasor product = {power.re * v.re - power.im * v.im,
                                    power.re * v.im + power.im * v.re};
    gw_lane_real divisor = gw_lane_square(v);
    if (kind == GW_NET_IMPEDANCE) return product;
    if (kind == GW_NET_CURRENT) divisor = gw_lane_root(divisor);
    const gw_lane_real inverse = 1.0 / divisor;
    return (gw_lane_phasor){product.re * inverse, product.im * inverse};
}

/* Currents of loads and shunts at the present voltages. */
GW_LANE_INLINE void gw_lane_draw_all(gw_lane_run *run, size_t phases) {
    const gw_lane_plan *plan = run->plan;
    gw_lane_phasor *current = run->current;
    const gw_lane_phasor *voltage = run->voltage;
    for (size_t at = 0; at < plan->place_count * phases; at++) current[at] = gw_lane_none();
    for (size_t at = 0; at < plan->shunt_count; at++) {
        const gw_lane_shunt *shunt = &plan->shunts[at];
        const gw_lane_phasor *v = &voltage[shunt->at * phases];
        gw_lane_phasor common = gw_lane_none();
        if (phases == 3)
            common = gw_lane_times(shunt->y.mutual, gw_lane_add(gw_lane_add(v[0], v[1]), v[2]));
        for (size_t phase = 0; phase < phases; phase++)
            current[shunt->at * phases + phase] =
                gw_lane_add(gw_lane_times(shunt->y.own, v[phase]), common);
    }
    for (size_t at = 0; at < plan->draw_count; at++) {
        const gw_lane_draw *draw = &plan->draws[at];
        const size_t where = draw->at * phases + draw->phase;
        current[where] =
            gw_lane_add(current[where], gw_lane_taken(draw->kind, run->power[at], voltage[where]));
    }
}

/* ---- sweeping ---- */

GW_LANE_INLINE void gw_lane_collect_lines(gw_lane_run *run, size_t phases, uint32_t last,
                                          uint32_t until) {
    const gw_lane_line *lines = run->plan->lines;
    gw_lane_phasor *current = run->current;
    for (uint32_t at = last; at > until; at--)
        for (size_t phase = 0; phase < phases; phase++) {
            gw_lane_phasor *above = &current[lines[at].parent * phases + phase];
            *above = gw_lane_add(*above, current[at * phases + phase]);
        }
}

static inline void gw_lane_collect_turn(gw_lane_run *run, const gw_lane_turn *turn) {
    gw_lane_phasor *above = &run->current[(size_t)run->plan->lines[turn->at].parent * 3];
    gw_lane_phasor added[3];
    gw_lane_turn_up(turn, &run->current[(size_t)turn->at * 3], added);
    for (int phase = 0; phase < 3; phase++) above[phase] = gw_lane_add(above[phase], added[phase]);
}

/* Leaves to roots. */
GW_LANE_INLINE void gw_lane_collect(gw_lane_run *run, size_t phases) {
    const gw_lane_plan *plan = run->plan;
    uint32_t last = plan->place_count - 1;
    for (size_t next = plan->turn_count; next-- > 0;) {
        gw_lane_collect_lines(run, phases, last, plan->turns[next].at);
        gw_lane_collect_turn(run, &plan->turns[next]);
        last = plan->turns[next].at - 1;
    }
    gw_lane_collect_lines(run, phases, last, plan->root_count - 1);
}

/* Takes new voltages of a place; the mask stays set in lanes that moved by less than the bound. */
GW_LANE_INLINE gw_lane_mask gw_lane_settle(gw_lane_phasor *was, const gw_lane_phasor *now,
                                           size_t phases, double bound) {
    gw_lane_mask settled = ~(gw_lane_mask){0};
    for (size_t phase = 0; phase < phases; phase++) {
        settled &= (gw_lane_mask)(gw_lane_square(gw_lane_subtract(now[phase], was[phase])) < bound);
        was[phase] = now[phase];
    }
    return settled;
}

/* Below an impedance with the current i. */
GW_LANE_INLINE void gw_lane_drop(const gw_lane_phasor *above, gw_phasor own, gw_phasor mutual,
                                 const gw_lane_phasor *i, size_t phases, gw_lane_phasor *ret) {
    gw_lane_phasor common = gw_lane_none();
    if (phases == 3) common = gw_lane_times(mutual, gw_lane_add(gw_lane_add(i[0], i[1]), i[2]));
    for (size_t phase = 0; phase < phases; phase++) {
        const gw_lane_phasor own_drop = gw_lane_times(own, i[phase]);
        ret[phase] =
            gw_lane_subtract(above[phase], phases == 3 ? gw_lane_add(own_drop, common) : own_drop);
    }
}

GW_LANE_INLINE gw_lane_mask gw_lane_spread_lines(gw_lane_run *run, size_t phases, uint32_t first,
                                                 uint32_t until, double bound) {
    gw_lane_mask settled = ~(gw_lane_mask){0};
    for (uint32_t at = first; at < until; at++) {
        const gw_lane_line *line = &run->plan->lines[at];
        gw_lane_phasor now[3];
        gw_lane_drop(&run->voltage[line->parent * phases], line->own, line->mutual,
                     &run->current[at * phases], phases, now);
        settled &= gw_lane_settle(&run->voltage[at * phases], now, phases, bound);
    }
    return settled;
}

/* Roots to leaves. */
GW_LANE_INLINE gw_lane_mask gw_lane_spread(gw_lane_run *run, size_t phases, double bound) {
    const gw_lane_plan *plan = run->plan;
    gw_lane_mask settled = ~(gw_lane_mask){0};
    uint32_t first = plan->root_count;
    for (size_t next = 0; next < plan->turn_count; next++) {
        const gw_lane_turn *turn = &plan->turns[next];
        gw_lane_phasor now[3];
        settled &= gw_lane_spread_lines(run, phases, first, turn->at, bound);
        gw_lane_turn_down(turn, &run->voltage[(size_t)plan->lines[turn->at].parent * 3],
                          &run->current[(size_t)turn->at * 3], now);
        settled &= gw_lane_settle(&run->voltage[(size_t)turn->at * 3], now, 3, bound);
        first = turn->at + 1;
    }
    return settled & gw_lane_spread_lines(run, phases, first, plan->place_count, bound);
}

static inline int gw_lane_is_set(gw_lane_mask mask) {
    long long all = -1;
    for (int lane = 0; lane < GW_LANE_COUNT; lane++) all &= mask[lane];
    return all != 0;
}

/* ---- reading ---- */

/* A list of results: where the vector of each lane begins. */
typedef struct gw_lane_list {
    gw_phasor *at[GW_LANE_COUNT];
} gw_lane_list;

static inline gw_lane_list gw_lane_list_of(const gw_lane_run *run, gw_phasor *list, size_t stride) {
    gw_lane_list made;
    for (int lane = 0; lane < GW_LANE_COUNT; lane++)
        made.at[lane] = list + run->vector[lane] * stride;
    return made;
}

/* Two doubles wherever a phasor may stand. */
typedef double gw_lane_pair __attribute__((vector_size(16), aligned(8), may_alias));

/* A value of every lane, out of the registers as whole phasors. */
GW_LANE_INLINE void gw_lane_write(const gw_lane_list *list, size_t at, gw_lane_phasor it) {
#if GW_LANE_COUNT == 4
    const gw_lane_real even = __builtin_shufflevector(it.re, it.im, 0, 4, 2, 6);
    const gw_lane_real odd = __builtin_shufflevector(it.re, it.im, 1, 5, 3, 7);
    *(gw_lane_pair *)&list->at[0][at] = __builtin_shufflevector(even, even, 0, 1);
    *(gw_lane_pair *)&list->at[1][at] = __builtin_shufflevector(odd, odd, 0, 1);
    *(gw_lane_pair *)&list->at[2][at] = __builtin_shufflevector(even, even, 2, 3);
    *(gw_lane_pair *)&list->at[3][at] = __builtin_shufflevector(odd, odd, 2, 3);
#else
    *(gw_lane_pair *)&list->at[0][at] = __builtin_shufflevector(it.re, it.im, 0, 2);
    *(gw_lane_pair *)&list->at[1][at] = __builtin_shufflevector(it.re, it.im, 1, 3);
#endif
}

GW_LANE_INLINE void gw_lane_write_zeros(const gw_lane_list *list, size_t phases,
                                        const uint32_t *slots, size_t slot_count) {
    for (size_t at = 0; at < slot_count; at++)
        for (size_t phase = 0; phase < phases; phase++)
            gw_lane_write(list, slots[at] * phases + phase, gw_lane_none());
}

GW_LANE_INLINE void gw_lane_read_voltages(const gw_lane_run *run, size_t phases,
                                          gw_phasor *results) {
    const gw_lane_plan *plan = run->plan;
    const gw_lane_list list = gw_lane_list_of(run, results, plan->watched * phases);
    gw_lane_write_zeros(&list, phases, plan->dark, plan->dark_count);
    for (size_t number = 0; number < plan->voltage_count; number++) {
        const gw_lane_voltage *it = &plan->voltages[number];
        const gw_lane_phasor *kept = &run->voltage[it->at * phases];
        gw_lane_phasor between[3];
        if (it->in_between) {
            gw_lane_drop(&run->voltage[plan->lines[it->at].parent * phases], it->own, it->mutual,
                         &run->current[it->at * phases], phases, between);
            kept = between;
        }
        for (size_t phase = 0; phase < phases; phase++)
            gw_lane_write(&list, it->slot * phases + phase,
                          phases == 3 ? kept[phase] : gw_lane_times(it->frame, kept[phase]));
    }
}

GW_LANE_INLINE void gw_lane_read_rich(const gw_lane_run *run, size_t phases, const gw_lane_rich *it,
                                      gw_lane_phasor *ret) {
    const gw_lane_plan *plan = run->plan;
    gw_lane_phasor series[3] = {gw_lane_none(), gw_lane_none(), gw_lane_none()};
    gw_lane_phasor common = gw_lane_none();
    if (it->turn != GW_LANE_NOTHING) {
        const gw_lane_turn *turn = &plan->turns[it->turn];
        gw_lane_turn_up(turn, &run->current[turn->at * phases], series);
    } else if (it->at != GW_LANE_NOTHING) {
        for (size_t phase = 0; phase < phases; phase++)
            series[phase] = run->current[it->at * phases + phase];
    }
    for (size_t phase = 0; phase < phases; phase++)
        ret[phase] = gw_lane_times(it->scale, series[phase]);
    if (it->end == GW_LANE_NOTHING) return;
    const gw_lane_phasor *v = &run->voltage[it->end * phases];
    if (phases == 3)
        common = gw_lane_times(it->y.mutual, gw_lane_add(gw_lane_add(v[0], v[1]), v[2]));
    for (size_t phase = 0; phase < phases; phase++)
        ret[phase] =
            gw_lane_add(ret[phase], gw_lane_add(gw_lane_times(it->y.own, v[phase]), common));
}

GW_LANE_INLINE void gw_lane_read_currents(const gw_lane_run *run, size_t phases,
                                          const gw_lane_currents *from, gw_phasor *results) {
    const gw_lane_list list = gw_lane_list_of(run, results, from->watched * phases);
    gw_lane_write_zeros(&list, phases, from->still, from->still_count);
    for (size_t number = 0; number < from->plain_count; number++) {
        const gw_lane_current *it = &from->plain[number];
        for (size_t phase = 0; phase < phases; phase++)
            gw_lane_write(&list, it->slot * phases + phase,
                          gw_lane_scale(run->current[it->at * phases + phase], it->amperes));
    }
    for (size_t number = 0; number < from->rich_count; number++) {
        gw_lane_phasor value[3];
        gw_lane_read_rich(run, phases, &from->rich[number], value);
        for (size_t phase = 0; phase < phases; phase++)
            gw_lane_write(&list, from->rich[number].slot * phases + phase, value[phase]);
    }
}

/* What the sources feed in, and what of it is lost. */
GW_LANE_INLINE void gw_lane_read_sources(const gw_lane_run *run, size_t phases,
                                         gw_flow_batch_results *results) {
    const gw_lane_plan *plan = run->plan;
    const double base_va = GW_FLOW_BASE_VA / (double)phases;
    gw_lane_real lost = {0};
    for (size_t at = 0; at < plan->draw_count; at++) {
        const gw_lane_draw *draw = &plan->draws[at];
        const gw_lane_phasor v = run->voltage[draw->at * phases + draw->phase];
        const gw_lane_phasor i = gw_lane_taken(draw->kind, run->power[at], v);
        lost -= v.re * i.re + v.im * i.im;
    }
    for (size_t source = 0; source < plan->source_count; source++) {
        gw_lane_phasor sum = gw_lane_none();
        for (size_t phase = 0; phase < phases; phase++) {
            const gw_lane_phasor v = run->voltage[plan->feeds[source] * phases + phase];
            const gw_lane_phasor i = run->current[plan->feeds[source] * phases + phase];
            sum.re += v.re * i.re + v.im * i.im;
            sum.im += v.im * i.re - v.re * i.im;
        }
        lost += sum.re;
        if (results->source_va == NULL) continue;
        const gw_lane_list list = gw_lane_list_of(run, results->source_va, plan->source_count);
        gw_lane_write(&list, source, gw_lane_scale(sum, base_va));
    }
    if (results->loss_w == NULL) return;
    for (int lane = 0; lane < GW_LANE_COUNT; lane++)
        results->loss_w[run->vector[lane]] = lost[lane] * base_va;
}

/* Voltages belong to the currents of the last sweep; currents, to those voltages. */
GW_LANE_INLINE void gw_lane_read(gw_lane_run *run, size_t phases, gw_flow_batch_results *results) {
    gw_phasor *const lists[GW_LANE_LISTS] = {results->branch_from_a, results->branch_to_a,
                                             results->transformer_from_a,
                                             results->transformer_to_a};
    if (results->node_v != NULL) gw_lane_read_voltages(run, phases, results->node_v);
    gw_lane_draw_all(run, phases);
    gw_lane_collect(run, phases);
    for (int list = 0; list < GW_LANE_LISTS; list++)
        if (lists[list] != NULL)
            gw_lane_read_currents(run, phases, &run->plan->currents[list], lists[list]);
    gw_lane_read_sources(run, phases, results);
}

/* ---- solving ---- */

GW_LANE_INLINE void gw_lane_set_out(gw_lane_run *run, size_t phases, const gw_lane_job *job) {
    const gw_lane_plan *plan = run->plan;
    const size_t count = plan->place_count * phases;
    const int warm = job->start == GW_FLOW_WARM ? job->room->warm : -1;
    if (warm == GW_LANE_COUNT) return;
    for (size_t at = 0; at < count; at++) {
        gw_phasor start = plan->flat[at];
        if (warm >= 0) start = (gw_phasor){run->voltage[at].re[warm], run->voltage[at].im[warm]};
        run->voltage[at] = gw_lane_all(start);
    }
}

/* The verdicts of a run; 1 when all lanes have settled. */
GW_LANE_INLINE int gw_lane_solve(gw_lane_run *run, size_t phases, const gw_lane_job *job) {
    const double bound = job->tolerance_pu * job->tolerance_pu;
    gw_lane_mask settled = {0};
    gw_lane_mask unsettled_sweeps = {0};
    int sweeps = 0;
    gw_lane_set_out(run, phases, job);
    while (sweeps < job->iterations_most && !gw_lane_is_set(settled)) {
        sweeps++;
        gw_lane_draw_all(run, phases);
        gw_lane_collect(run, phases);
        settled = gw_lane_spread(run, phases, bound);
        unsettled_sweeps -= ~settled; /* a set lane is -1 */
    }
    for (int lane = 0; lane < GW_LANE_COUNT; lane++) {
        const size_t vector = run->vector[lane];
        const int own_sweeps = (int)unsettled_sweeps[lane] + (settled[lane] != 0 ? 1 : 0);
        job->results->iterations[vector] = own_sweeps;
        job->results->verdicts[vector] = settled[lane] != 0 ? GW_FLOW_SOLVED : GW_FLOW_INFEASIBLE;
    }
    return gw_lane_is_set(settled);
}

/* Each lane takes a stretch of the vectors in a row, so that a warm start is one of its series. The
 * next call sets out from the last lane that had a whole stretch. */
GW_LANE_INLINE void gw_lane_run_phases(const gw_lane_job *job, size_t phases) {
    const size_t count = job->vectors->count;
    const size_t steps = (count + GW_LANE_COUNT - 1) / GW_LANE_COUNT;
    if (steps == 0) return;
    gw_lane_run run = {.plan = job->plan,
                       .voltage = job->room->voltage,
                       .current = job->room->current,
                       .power = job->room->power};
    for (size_t step = 0; step < steps; step++) {
        for (size_t lane = 0; lane < GW_LANE_COUNT; lane++) {
            const size_t wanted = lane * steps + step;
            run.vector[lane] = wanted < count ? wanted : step; /* an idle lane repeats the first */
        }
        gw_lane_take_power(&run, job->vectors);
        job->room->warm = gw_lane_solve(&run, phases, job) != 0 ? GW_LANE_COUNT : -1;
        gw_lane_read(&run, phases, job->results);
    }
    if (job->room->warm == GW_LANE_COUNT) job->room->warm = (int)(count / steps) - 1;
}
