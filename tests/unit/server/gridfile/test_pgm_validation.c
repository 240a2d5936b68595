/* SPDX-License-Identifier: Apache-2.0
 *
 * The validation cases of power-grid-model: every result file of every case is passed, or skipped
 * for a reason with a name, or the test fails. A scenario of a batch counts with its file. Values
 * are compared as that project does: |got - wanted| <= atol + rtol * |wanted|, angles as points on
 * the unit circle.
 */
#include "grid/flow_element.h"
#include "grid/flow_solve.h"
#include "server/gridfile/pgm.h"
#include "tests/support/grid_data.h"
#include "tests/support/pgm_result.h"

#include <glob.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ROOT "../shared/data/grid/pgm_validation/power_flow/"

static const size_t arena_cap = 64UL * 1024 * 1024;
static const double radian_deg = 57.295779513082320877;

/* The bar: it may only rise. */
enum { PASSED_LEAST = 66, STANDING_LEAST = 30, FAILURES_SHOWN = 12 };

typedef enum verdict {
    PASSED,
    STANDING,
    REGULATOR,
    VOLTAGE_REGULATOR,
    CONTRADICTORY,
    IMPOSSIBLE,
    FAILED,
    VERDICTS
} verdict;

static const char *const verdict_names[VERDICTS] = {
    "passed",
    "power flow passed at the tap positions of the result, regulator not solved",
    "skipped: tap regulator without positions",

    "skipped: voltage regulator",
    "skipped: that project fails it, too",
    "skipped: losses above the short-circuit voltage are refused",
    "failed"};

typedef struct tally {
    size_t files[VERDICTS];
    size_t scenarios;
    size_t values;
    int shown;
} tally;

/* One result file of one case. */
typedef struct result_case {
    const char *folder;
    const char *output; /* "sym_output" ... */
    bool is_three_phase;
    bool is_regulated; /* has tap regulators */
    bool is_linear;    /* the case is calculated with loads of constant impedance only */
    json_t *params;
    json_t *input;
    tally *counts;
    size_t scenario;
} result_case;

static json_t *load(const char *folder, const char *name) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s%s.json", folder, name);
    return json_load_file(path, 0, NULL);
}

/* ---- comparing ---- */

static double tolerance_of(const json_t *params, const char *kind, const char *key) {
    const json_t *found = json_object_get(params, kind);
    if (!json_is_object(found)) return json_number_value(found);
    const json_t *own = json_object_get(found, key);
    return json_number_value(own != NULL ? own : json_object_get(found, "default"));
}

/* A link has no impedance here; there it has one of 7e-9 in per unit of 1 MVA, and its own flow is
 * the difference of two voltages that are nearly the same. */
static double link_tolerance(const result_case *it, double size) {
    static const double link_pu = 1e-7;
    const json_t *links = json_object_get(json_object_get(it->input, "data"), "link");
    return json_array_size(links) > 0 ? link_pu * size : 0;
}

static bool report(const result_case *it, const pgm_wanted *wanted, double got, double expected) {
    if (it->counts->shown++ < FAILURES_SHOWN)
        (void)printf("  %s%s[%zu] %s %.*s %s[%zu]: %.12g, wanted %.12g\n",
                     it->folder + strlen(ROOT), it->output, it->scenario, wanted->component,
                     (int)wanted->id.length, wanted->id.at, wanted->key, wanted->phase, got,
                     expected);
    return false;
}

static bool is_near_angle(const result_case *it, const pgm_solved *found, const pgm_wanted *wanted,
                          double expected) {
    const gw_phasor v = pgm_result_voltage(found, wanted->id, wanted->phase);
    const gw_phasor at = gw_phasor_turn(expected * radian_deg);
    const double size = gw_phasor_size(v);
    const gw_phasor unit = size > 0 ? gw_phasor_scale(v, 1 / size) : (gw_phasor){1, 0};
    const double off = gw_phasor_size(gw_phasor_subtract(unit, at));
    const double most = tolerance_of(it->params, "atol", "u_angle") +
                        tolerance_of(it->params, "rtol", "u_angle") + link_tolerance(it, 1);
    return off <= most + 1e-15 || report(it, wanted, off, 0);
}

static bool is_near(const result_case *it, const pgm_solved *found, const pgm_wanted *wanted,
                    double expected) {
    double got = 0;
    it->counts->values++;
    if (strcmp(wanted->key, "u_angle") == 0) return is_near_angle(it, found, wanted, expected);
    if (!pgm_result_value(found, wanted, &got)) return report(it, wanted, -1e300, expected);
    const double off = got > expected ? got - expected : expected - got;
    const double size = expected < 0 ? -expected : expected;
    const double most = tolerance_of(it->params, "atol", wanted->key) +
                        tolerance_of(it->params, "rtol", wanted->key) * size +
                        link_tolerance(it, size);
    return off <= most || report(it, wanted, got, expected);
}

static bool is_value_near(const result_case *it, const pgm_solved *found, pgm_wanted wanted,
                          const json_t *expected) {
    if (json_is_number(expected)) return is_near(it, found, &wanted, json_number_value(expected));
    for (size_t at = 0; at < json_array_size(expected); at++) {
        const json_t *number = json_array_get(expected, at);
        wanted.phase = at;
        if (json_is_number(number) && !is_near(it, found, &wanted, json_number_value(number)))
            return false;
    }
    return true;
}

/* The entry of the input with this id; results without ids stand in the order of the input. */
static json_t *input_of(const result_case *it, const char *component, const json_t *result,
                        size_t at) {
    const json_t *list = json_object_get(json_object_get(it->input, "data"), component);
    const json_t *id = json_object_get(result, "id");
    for (size_t entry = 0; entry < json_array_size(list) && id != NULL; entry++)
        if (json_equal(json_object_get(json_array_get(list, entry), "id"), id))
            return json_array_get(list, entry);
    return json_array_get(list, at);
}

static bool is_entry_near(const result_case *it, const pgm_solved *found, const char *component,
                          json_t *entry, size_t at) {
    char id[32];
    const json_t *input = input_of(it, component, entry, at);
    const json_t *named = json_object_get(entry, "id");
    if (named == NULL) named = json_object_get(input, "id");
    (void)snprintf(id, sizeof id, "%lld", (long long)json_integer_value(named));
    for (void *key = json_object_iter(entry); key != NULL;
         key = json_object_iter_next(entry, key)) {
        const pgm_wanted wanted = {.component = component,
                                   .id = gw_text_from_c(id),
                                   .key = json_object_iter_key(key),
                                   .rating_a = json_number_value(json_object_get(input, "i_n"))};
        if (strcmp(wanted.key, "id") == 0) continue;
        /* an angle counts only with its size */
        if (strcmp(wanted.key, "u_angle") == 0 && json_object_get(entry, "u") == NULL) continue;
        if (!is_value_near(it, found, wanted, json_object_iter_value(key))) return false;
    }
    return true;
}

static bool is_result_near(const result_case *it, const pgm_solved *found, json_t *expected) {
    for (void *list = json_object_iter(expected); list != NULL;
         list = json_object_iter_next(expected, list)) {
        json_t *entries = json_object_iter_value(list);
        if (strcmp(json_object_iter_key(list), "transformer_tap_regulator") == 0) continue;
        for (size_t at = 0; at < json_array_size(entries); at++)
            if (!is_entry_near(it, found, json_object_iter_key(list), json_array_get(entries, at),
                               at))
                return false;
    }
    return true;
}

/* ---- tap regulators ---- */

static json_t *find_id(json_t *list, const json_t *id) {
    for (size_t at = 0; at < json_array_size(list); at++)
        if (json_equal(json_object_get(json_array_get(list, at), "id"), id))
            return json_array_get(list, at);
    return NULL;
}

/* Moves the transformers of the input to the positions that the regulators of the result have
 * found. False when it does not say them all. */
static bool move_taps(json_t *input, const json_t *expected) {
    json_t *data = json_object_get(input, "data");
    json_t *regulators = json_object_get(data, "transformer_tap_regulator");
    json_t *found = json_object_get(expected, "transformer_tap_regulator");
    for (size_t at = 0; at < json_array_size(regulators); at++) {
        json_t *regulator = json_array_get(regulators, at);
        json_t *result = find_id(found, json_object_get(regulator, "id"));
        json_t *transformer = find_id(json_object_get(data, "transformer"),
                                      json_object_get(regulator, "regulated_object"));
        json_t *position = json_object_get(result, "tap_pos");
        if (transformer == NULL || result == NULL) return false;
        if (position != NULL) (void)json_object_set(transformer, "tap_pos", position);
    }
    return true;
}

/* ---- solving ---- */

static verdict verdict_of_refusal(const result_case *it, const gw_fault *fault) {
    if (strcmp(fault->subject, "/data/voltage_regulator") == 0) return VOLTAGE_REGULATOR;
    if (strstr(fault->message, "losses are above") != NULL) return IMPOSSIBLE;
    /* what that project refuses, too */
    if (json_object_get(it->params, "raises") != NULL) return PASSED;
    (void)printf("  %s%s: %s: %s\n", it->folder + strlen(ROOT), it->output, fault->subject,
                 fault->message);
    return FAILED;
}

static verdict solve_and_compare(const result_case *it, gw_bytes input, gw_bytes updates,
                                 json_t *expected) {
    gw_fault fault = {0};
    gw_flow_outcome outcome;
    pgm_solved found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_pgm_options options = {.model = it->is_three_phase ? GW_PGM_MODEL_THREE_PHASE
                                                                : GW_PGM_MODEL_BALANCED,
                                    .regulators = GW_PGM_REGULATORS_STAND,
                                    .updates = updates,
                                    .scenario = it->scenario};
    const gw_flow_options closely = {.tolerance_pu = 1e-12};
    gw_status status = gw_pgm_parse_with(arena, input, &options, &found.net, &fault);
    if (!gw_is_ok(status)) return verdict_of_refusal(it, &fault);
    for (size_t at = 0; at < found.net.point_count && it->is_linear; at++)
        found.net.points[at].load = GW_NET_IMPEDANCE;
    status = gw_flow_solve(arena, &found.net, &closely, &outcome, &found.state, &fault);
    if (!gw_is_ok(status)) return verdict_of_refusal(it, &fault);
    it->counts->scenarios++;
    if (outcome.verdict == GW_FLOW_SOLVED && is_result_near(it, &found, expected)) return PASSED;
    if (json_object_get(it->params, "xfail") != NULL) return CONTRADICTORY;
    if (outcome.verdict == GW_FLOW_SOLVED) return FAILED;
    (void)printf("  %s%s[%zu]: infeasible, change %g\n", it->folder + strlen(ROOT), it->output,
                 it->scenario, outcome.change_pu);
    return FAILED;
}

/* As above, with the transformers where the result has them. */
static verdict solve_standing(const result_case *it, gw_bytes updates, json_t *expected) {
    json_t *moved = json_deep_copy(it->input);
    const bool is_said = move_taps(moved, expected);
    char *text = json_dumps(moved, 0);
    verdict found = REGULATOR;
    if (is_said && json_object_get(it->params, "raises") == NULL)
        found = solve_and_compare(it, (gw_bytes){(const uint8_t *)text, strlen(text)}, updates,
                                  expected);
    free(text);
    json_decref(moved);
    return found == PASSED ? STANDING : found;
}

static bool is_linear(const json_t *params) {
    const json_t *method = json_object_get(params, "calculation_method");
    return json_is_string(method) && strcmp(json_string_value(method), "linear") == 0;
}

static verdict run_scenarios(result_case *it, gw_bytes input, gw_bytes updates, json_t *expected) {
    verdict found = PASSED;
    if (!json_is_array(expected) && it->is_regulated)
        return solve_standing(it, (gw_bytes){0}, expected);
    if (!json_is_array(expected)) return solve_and_compare(it, input, (gw_bytes){0}, expected);
    for (it->scenario = 0; it->scenario < json_array_size(expected); it->scenario++) {
        json_t *of = json_array_get(expected, it->scenario);
        found = it->is_regulated ? solve_standing(it, updates, of)
                                 : solve_and_compare(it, input, updates, of);
        if (found != PASSED && found != STANDING) return found;
    }
    return found;
}

static void run_output(const char *folder, const char *output, bool is_three_phase, tally *counts) {
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    char path[512];
    json_t *expected = load(folder, output);
    if (expected == NULL) return;
    result_case it = {.folder = folder,
                      .output = output,
                      .is_three_phase = is_three_phase,
                      .params = load(folder, "params"),
                      .input = load(folder, "input"),
                      .counts = counts};
    it.is_linear = is_linear(it.params);
    it.is_regulated =
        json_object_get(json_object_get(it.input, "data"), "transformer_tap_regulator") != NULL;
    const bool is_batch = strstr(output, "_batch") != NULL;
    (void)snprintf(path, sizeof path, "%sinput.json", folder + strlen("../shared/data/grid/"));
    const gw_bytes input = grid_data_read(arena, path);
    (void)snprintf(path, sizeof path, "%supdate_batch.json",
                   folder + strlen("../shared/data/grid/"));
    const gw_bytes updates = is_batch ? grid_data_read(arena, path) : (gw_bytes){0};
    counts->files[run_scenarios(&it, input, updates, json_object_get(expected, "data"))]++;
    json_decref(expected);
    json_decref(it.params);
    json_decref(it.input);
}

static void every_case_is_passed_or_skipped_for_a_reason(void **state) {
    (void)state;
    static const char *const patterns[] = {ROOT "*/params.json", ROOT "*/*/params.json",
                                           ROOT "*/*/*/params.json", ROOT "*/*/*/*/params.json"};
    tally counts = {0};
    for (size_t depth = 0; depth < sizeof patterns / sizeof patterns[0]; depth++) {
        glob_t found;
        if (glob(patterns[depth], 0, NULL, &found) != 0) continue;
        for (size_t at = 0; at < found.gl_pathc; at++) {
            char *folder = found.gl_pathv[at];
            folder[strlen(folder) - strlen("params.json")] = '\0';
            run_output(folder, "sym_output", false, &counts);
            run_output(folder, "sym_output_batch", false, &counts);
            run_output(folder, "asym_output", true, &counts);
            run_output(folder, "asym_output_batch", true, &counts);
        }
        globfree(&found);
    }
    for (size_t at = 0; at < VERDICTS; at++)
        (void)printf("power-grid-model result files, %s: %zu\n", verdict_names[at],
                     counts.files[at]);
    (void)printf("scenarios solved: %zu, values compared: %zu\n", counts.scenarios, counts.values);
    assert_int_equal(counts.files[FAILED], 0);
    assert_true(counts.files[PASSED] >= PASSED_LEAST);
    assert_true(counts.files[STANDING] >= STANDING_LEAST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_passed_or_skipped_for_a_reason),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
