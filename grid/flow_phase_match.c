/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_phase_match.h"

#include <string.h>

/* A standard deviation below this many mV is flat: far below the resolution of any meter. */
static const double flat_mv = 5;

typedef struct work {
    const gw_phase_question *question;
    size_t step_count; /* one less than the intervals */
    double *sums;      /* [phase * step_count + step]: of the steps of who is on that phase */
    uint32_t *counts;  /* likewise: how many */
    double *own;       /* [step]: of the meter that is looked at */
    double *against;   /* [phase * step_count + step]: the references, less what they share */
    unsigned char *is_common; /* [step]: the meter and all references have it */
    unsigned *joined;         /* by meter: the phase whose reference it is part of, or 0 */
    gw_phase_match *matches;
} work;

/* The change into interval step + 1; false where one of the two is a gap. */
static bool find_step(const int64_t *series_mv, size_t step, double *ret_mv) {
    if (series_mv[step] == GW_PHASE_GAP || series_mv[step + 1] == GW_PHASE_GAP) return false;
    *ret_mv = (double)series_mv[step + 1] - (double)series_mv[step];
    return true;
}

static void add_series(work *it, const int64_t *series_mv, size_t phase) {
    double step_mv = 0;
    for (size_t step = 0; step < it->step_count; step++) {
        if (!find_step(series_mv, step, &step_mv)) continue;
        it->sums[phase * it->step_count + step] += step_mv;
        it->counts[phase * it->step_count + step]++;
    }
}

static unsigned known_of(const work *it, size_t meter) {
    return it->question->known == NULL ? 0 : it->question->known[meter];
}

/* The phase whose reference a meter belongs to after a look at it, or 0. */
static unsigned joins(const work *it, size_t meter, const gw_phase_match *match) {
    const unsigned known = known_of(it, meter);
    if (known != 0) return match->best == 0 || match->best == known ? known : 0;
    return match->confidence_ppm >= GW_PHASE_JOINS_PPM ? match->phase : 0;
}

static size_t place_of(unsigned phase) { return phase == GW_NET_PHASE_C ? 2 : phase - 1; }

static const int64_t *series_of(const work *it, size_t meter) {
    return it->question->meter_mv + meter * it->question->interval_count;
}

/* Sums of the transformer's phases and of every meter whose phase is settled. */
static void gather(work *it) {
    const gw_phase_question *question = it->question;
    const size_t count = GW_NET_PHASES * it->step_count;
    memset(it->sums, 0, count * sizeof *it->sums);
    memset(it->counts, 0, count * sizeof *it->counts);
    for (size_t phase = 0; phase < GW_NET_PHASES && question->reference_mv != NULL; phase++)
        add_series(it, question->reference_mv + phase * question->interval_count, phase);
    for (size_t meter = 0; meter < question->meter_count; meter++)
        if (it->joined[meter] != 0)
            add_series(it, series_of(it, meter), place_of(it->joined[meter]));
}

/* The mean step of a phase without the meter itself; false when there is nobody else. */
static bool find_reference(const work *it, size_t phase, size_t step, unsigned joined,
                           double own_mv, double *ret_mv) {
    double sum = it->sums[phase * it->step_count + step];
    uint32_t count = it->counts[phase * it->step_count + step];
    if (joined != 0 && place_of(joined) == phase) {
        sum -= own_mv;
        count--;
    }
    if (count == 0) return false;
    *ret_mv = sum / (double)count;
    return true;
}

enum { ALL_PHASES = 7, OWN = 8 };

/* A bit for every phase that has a reference at this step, and OWN where the meter has one. */
static unsigned set_out_step(work *it, size_t meter, size_t step) {
    double reference[GW_NET_PHASES] = {
        0}; /* gcc at -O3 does not see that found says which are set */
    unsigned found = OWN;
    it->is_common[step] = 0;
    if (!find_step(series_of(it, meter), step, &it->own[step])) return 0;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        if (find_reference(it, phase, step, it->joined[meter], it->own[step], &reference[phase]))
            found |= 1U << phase;
    if (found != (ALL_PHASES | OWN)) return found;
    const double shared = (reference[0] + reference[1] + reference[2]) / GW_NET_PHASES;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        it->against[phase * it->step_count + step] = reference[phase] - shared;
    it->own[step] -= shared;
    it->is_common[step] = 1;
    return found;
}

/* Fills own, against and is_common; says how many steps are common and the bits of all steps. */
static uint32_t set_out(work *it, size_t meter, unsigned *ret_found) {
    uint32_t common = 0;
    *ret_found = 0;
    for (size_t step = 0; step < it->step_count; step++) {
        *ret_found |= set_out_step(it, meter, step);
        common += it->is_common[step];
    }
    return common;
}

/* Pearson's correlation over the common steps; false when one of the two hardly moves. */
static bool correlate(const work *it, const double *left, const double *right, double *ret) {
    double n = 0;
    double sum_left = 0;
    double sum_right = 0;
    double left_left = 0;
    double right_right = 0;
    double left_right = 0;
    for (size_t step = 0; step < it->step_count; step++) {
        if (it->is_common[step] == 0) continue;
        n += 1;
        sum_left += left[step];
        sum_right += right[step];
        left_left += left[step] * left[step];
        right_right += right[step] * right[step];
        left_right += left[step] * right[step];
    }
    const double of_left = left_left - sum_left * sum_left / n;
    const double of_right = right_right - sum_right * sum_right / n;
    if (!(of_left > flat_mv * flat_mv * n && of_right > flat_mv * flat_mv * n)) return false;
    *ret = (left_right - sum_left * sum_right / n) / __builtin_sqrt(of_left * of_right);
    return true;
}

/* Phi(x) for x >= 0, within 1.5e-7. */
static double normal_below(double x) {
    const double sum =
        1 +
        x * (0.0498673470 +
             x * (0.0211410061 +
                  x * (0.0032776263 + x * (0.0000380036 + x * (0.0000488906 + x * 0.0000053830)))));
    double power = sum;
    for (int at = 0; at < 4; at++) power *= power;
    return 1 - 0.5 / power;
}

/* best and second: correlations of the meter with two references that have `between` among
 * themselves. */
static double williams(double best, double second, double between, double n) {
    const double lean =
        1 - best * best - second * second - between * between + 2 * best * second * between;
    const double mean = (best + second) / 2;
    const double apart = (1 - between) * (1 - between) * (1 - between);
    const double square = 2 * (n - 1) / (n - 3) * lean + mean * mean * apart;
    if (!(best - second > 1e-9)) return 0;
    if (!(square > 1e-12)) return 40; /* three that lie in one plane: beyond doubt */
    return (best - second) * __builtin_sqrt((n - 1) * (1 + between) / square);
}

static int64_t to_ppm(double value) {
    const double scaled = value * 1e6;
    return (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/* Best and second best of three. */
static void rank(const double r[GW_NET_PHASES], size_t *ret_best, size_t *ret_second) {
    size_t best = 0;
    for (size_t phase = 1; phase < GW_NET_PHASES; phase++) best = r[phase] > r[best] ? phase : best;
    size_t second = best == 0 ? 1 : 0;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        if (phase != best && r[phase] > r[second]) second = phase;
    *ret_best = best;
    *ret_second = second;
}

static void judge(const work *it, const double r[GW_NET_PHASES], int64_t certain_ppm,
                  gw_phase_match *match) {
    size_t best = 0;
    size_t second = 0;
    double between = 0;
    rank(r, &best, &second);
    if (!correlate(it, it->against + best * it->step_count, it->against + second * it->step_count,
                   &between))
        return;
    const double t = williams(r[best], r[second], between, (double)match->steps);
    const double confidence = 1 - 4 * (1 - normal_below(t));
    match->confidence_ppm = confidence > 0 ? to_ppm(confidence) : 0;
    match->best = 1U << best;
    match->doubt = match->confidence_ppm >= certain_ppm ? GW_PHASE_CERTAIN : GW_PHASE_CLOSE;
    match->phase = match->doubt == GW_PHASE_CERTAIN ? match->best : 0;
}

static gw_phase_match look_at(work *it, size_t meter) {
    const int64_t asked_ppm = it->question->certain_ppm;
    double r[GW_NET_PHASES];
    unsigned found = 0;
    gw_phase_match match = {.doubt = GW_PHASE_FEW};
    match.steps = set_out(it, meter, &found);
    if (match.steps < GW_PHASE_STEPS_LEAST) {
        if ((found & OWN) != 0 && (found & ALL_PHASES) != ALL_PHASES)
            match.doubt = GW_PHASE_NO_REFERENCE;
        return match;
    }
    match.doubt = GW_PHASE_FLAT;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
        if (!correlate(it, it->own, it->against + phase * it->step_count, &r[phase])) return match;
        match.correlation_ppm[phase] = to_ppm(r[phase]);
    }
    judge(it, r, asked_ppm > 0 ? asked_ppm : GW_PHASE_CERTAIN_PPM, &match);
    return match;
}

/* What was given stands, unless another phase is certain. */
static void keep_known(unsigned known, gw_phase_match *match) {
    const bool is_other = match->doubt == GW_PHASE_CERTAIN && match->best != known;
    match->doubt = is_other ? GW_PHASE_DISPUTED : GW_PHASE_KNOWN;
    match->phase = is_other ? match->best : known;
}

/* Every meter against the references of this round; how many joined another phase than before. */
static size_t run_round(work *it) {
    const size_t count = it->question->meter_count;
    size_t moved = 0;
    gather(it);
    for (size_t meter = 0; meter < count; meter++) {
        it->matches[meter] = look_at(it, meter);
        if (known_of(it, meter) != 0) keep_known(known_of(it, meter), &it->matches[meter]);
    }
    for (size_t meter = 0; meter < count; meter++) {
        const unsigned joined = joins(it, meter, &it->matches[meter]);
        moved += joined != it->joined[meter] ? 1 : 0;
        it->joined[meter] = joined;
    }
    return moved;
}

static gw_status check(const gw_phase_question *question, gw_fault *reterr) {
    if (question->meter_count > GW_PHASE_METERS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/meters", "more than %d meters",
                            GW_PHASE_METERS_MOST);
    if (question->interval_count > GW_PHASE_INTERVALS_MOST ||
        question->interval_count * question->meter_count > GW_PHASE_VALUES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/meters",
                            "more than %d intervals, or %d voltages in all",
                            GW_PHASE_INTERVALS_MOST, GW_PHASE_VALUES_MOST);
    for (size_t meter = 0; question->known != NULL && meter < question->meter_count; meter++) {
        const unsigned known = question->known[meter];
        if (known > GW_NET_PHASE_C || known == (GW_NET_PHASE_A | GW_NET_PHASE_B))
            return gw_fail_with(reterr, GW_CODE_INVALID, "/meters", "a known phase is none");
    }
    return gw_ok();
}

static gw_status take_room(gw_arena *arena, work *it, gw_fault *reterr) {
    const size_t steps = it->step_count;
    GW_TRY(GW_ARENA_NEW(arena, double, GW_NET_PHASES *steps, &it->sums, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, GW_NET_PHASES * steps, &it->counts, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, steps, &it->own, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, GW_NET_PHASES *steps, &it->against, reterr));
    GW_TRY(GW_ARENA_NEW(arena, unsigned char, steps, &it->is_common, reterr));
    GW_TRY(GW_ARENA_NEW(arena, unsigned, it->question->meter_count, &it->joined, reterr));
    return GW_ARENA_NEW(arena, gw_phase_match, it->question->meter_count, &it->matches, reterr);
}

gw_status gw_flow_phase_match(gw_arena *arena, const gw_phase_question *question,
                              gw_phase_match **ret, gw_fault *reterr) {
    work it = {.question = question};
    GW_TRY(check(question, reterr));
    it.step_count = question->interval_count > 0 ? question->interval_count - 1 : 0;
    GW_TRY(take_room(arena, &it, reterr));
    /* the known ones are looked at first, if the transformer is there to look at them with */
    for (size_t meter = 0; meter < question->meter_count && question->reference_mv == NULL; meter++)
        it.joined[meter] = known_of(&it, meter);
    for (int round = 0; round < GW_PHASE_ROUNDS; round++)
        if (run_round(&it) == 0) break;
    *ret = it.matches;
    return gw_ok();
}
