/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/admission.h"

static int compare_numbers(uint64_t left, uint64_t right) {
    return (left > right) - (left < right);
}

static int compare_versions(gw_reading_version left, gw_reading_version right) {
    if (left.boot != right.boot) return compare_numbers(left.boot, right.boot);
    return compare_numbers(left.sequence, right.sequence);
}

static int compare_keys(const gw_reading_key *left, const gw_reading_key *right) {
    const int meters = gw_text_compare(left->meter, right->meter);
    if (meters != 0) return meters;
    if (left->channel != right->channel) return left->channel < right->channel ? -1 : 1;
    return (left->start.us > right->start.us) - (left->start.us < right->start.us);
}

int gw_sighting_compare(const gw_sighting *left, const gw_sighting *right) {
    const int keys = compare_keys(&left->key, &right->key);
    return keys != 0 ? keys : compare_versions(left->version, right->version);
}

/* Index of the first sighting of this key, or of the first after it. */
static size_t find_first(const gw_admission_question *question, const gw_reading_key *key) {
    size_t low = 0;
    size_t high = question->sighting_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_keys(&question->sightings[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_same_value(const gw_sighting *seen, const gw_proposed_reading *row) {
    return seen->energy_wh == row->energy_wh && seen->quality == row->quality;
}

/* Ascending gravity. ABSENT: rightly proposed as missing. */
typedef enum finding { ABSENT, UNSEEN, EQUAL, OUTDATED, HIDDEN, DIFFERS } finding;

static finding judge_seen(const gw_admission_question *question, const gw_proposed_reading *row,
                          const gw_sighting *seen) {
    const bool in_time = gw_instant_before(seen->seen_at, question->as_of);
    if (row->as == GW_PROPOSED_MISSING) return in_time ? HIDDEN : ABSENT;
    const int order = compare_versions(seen->version, row->version);
    if (order == 0) return is_same_value(seen, row) ? EQUAL : DIFFERS;
    if (order > 0 && in_time && !is_same_value(seen, row)) return OUTDATED;
    return UNSEEN;
}

/* The gravest finding over all versions that the node holds of this row's reading. */
static finding judge_row(const gw_admission_question *question, const gw_proposed_reading *row) {
    finding gravest = row->as == GW_PROPOSED_MISSING ? ABSENT : UNSEEN;
    for (size_t at = find_first(question, &row->key); at < question->sighting_count; at++) {
        const gw_sighting *seen = &question->sightings[at];
        if (compare_keys(&seen->key, &row->key) != 0) break;
        const finding found = judge_seen(question, row, seen);
        if (found > gravest) gravest = found;
    }
    return gravest;
}

static bool is_in_window(const gw_admission_question *question, gw_instant start) {
    return !gw_instant_before(start, question->window_from) &&
           gw_instant_before(start, question->window_to);
}

static void count_finding(gw_admission *result, finding found) {
    result->equal += found == EQUAL;
    result->differs += found == DIFFERS;
    result->hidden += found == HIDDEN;
    result->outdated += found == OUTDATED;
    result->unseen += found == UNSEEN;
}

static gw_verdict verdict_of(const gw_admission *counts) {
    if (counts->differs + counts->hidden > 0) return GW_VERDICT_READING_DIFFERS;
    if (counts->outdated > 0) return GW_VERDICT_STALE;
    const bool is_covered =
        counts->window_held * 100 >= counts->window_proposed * GW_ADMISSION_COVERAGE_PERCENT;
    return is_covered ? GW_VERDICT_AGREES : GW_VERDICT_READINGS_MISSING;
}

static gw_status check_order(const gw_admission_question *question, gw_fault *reterr) {
    for (size_t at = 1; at < question->sighting_count; at++)
        if (gw_sighting_compare(&question->sightings[at - 1], &question->sightings[at]) > 0)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "the sightings do not ascend at index %zu", at);
    return gw_ok();
}

gw_status gw_admission_judge(const gw_admission_question *question, gw_admission *ret,
                             gw_fault *reterr) {
    GW_TRY(check_order(question, reterr));
    gw_admission result = {.first_difference = question->proposed_count};
    for (size_t at = 0; at < question->proposed_count; at++) {
        const gw_proposed_reading *row = &question->proposed[at];
        const finding found = judge_row(question, row);
        const bool is_read = row->as == GW_PROPOSED_READ;
        const bool is_counted = is_read && is_in_window(question, row->key.start);
        result.proposed += is_read;
        result.window_proposed += is_counted;
        result.window_held += is_counted && found == EQUAL;
        count_finding(&result, found);
        const bool is_first = result.first_difference == question->proposed_count;
        if (found >= OUTDATED && is_first) result.first_difference = at;
    }
    result.verdict = verdict_of(&result);
    *ret = result;
    return gw_ok();
}
