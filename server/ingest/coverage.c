/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ingest/coverage.h"

#include "base/decimal.h"

#include <stdio.h>
#include <string.h>

bool gw_coverage_has(const gw_coverage *coverage, int64_t number) {
    if (number <= coverage->hwm) return true;
    for (size_t at = 0; at < coverage->count; at++)
        if (number >= coverage->ahead[at].from && number <= coverage->ahead[at].to) return true;
    return false;
}

static void remove_range(gw_coverage *coverage, size_t at) {
    coverage->count--;
    memmove(&coverage->ahead[at], &coverage->ahead[at + 1],
            (coverage->count - at) * sizeof coverage->ahead[0]);
}

/* Ranges that hwm has reached become part of it. */
static void absorb(gw_coverage *coverage) {
    while (coverage->count > 0 && coverage->ahead[0].from <= coverage->hwm + 1) {
        if (coverage->ahead[0].to > coverage->hwm) coverage->hwm = coverage->ahead[0].to;
        remove_range(coverage, 0);
    }
}

/* Makes one range of two neighbours that have come to touch. */
static void join(gw_coverage *coverage, size_t at) {
    if (at + 1 >= coverage->count || coverage->ahead[at].to + 1 < coverage->ahead[at + 1].from)
        return;
    coverage->ahead[at].to = coverage->ahead[at + 1].to;
    remove_range(coverage, at + 1);
}

static bool insert(gw_coverage *coverage, size_t at, int64_t number) {
    if (coverage->count == GW_COVERAGE_RANGES_MOST) return false;
    memmove(&coverage->ahead[at + 1], &coverage->ahead[at],
            (coverage->count - at) * sizeof coverage->ahead[0]);
    coverage->ahead[at] = (gw_number_range){number, number};
    coverage->count++;
    return true;
}

bool gw_coverage_add(gw_coverage *coverage, int64_t number) {
    if (gw_coverage_has(coverage, number)) return true;
    if (number == coverage->hwm + 1) {
        coverage->hwm = number;
        absorb(coverage);
        return true;
    }
    size_t at = 0; /* the first range that ends at or behind number - 1 */
    while (at < coverage->count && coverage->ahead[at].to + 1 < number) at++;
    if (at < coverage->count && coverage->ahead[at].to + 1 == number) {
        coverage->ahead[at].to = number;
        join(coverage, at);
        return true;
    }
    if (at < coverage->count && coverage->ahead[at].from == number + 1) {
        coverage->ahead[at].from = number;
        return true;
    }
    return insert(coverage, at, number);
}

void gw_coverage_begin(gw_coverage *coverage, int64_t first) {
    if (first - 1 <= coverage->hwm) return;
    coverage->hwm = first - 1;
    absorb(coverage);
}

void gw_coverage_print(const gw_coverage *coverage, char out[GW_COVERAGE_TEXT_SIZE]) {
    size_t length = 0;
    out[0] = '\0';
    for (size_t at = 0; at < coverage->count; at++) {
        length += (size_t)snprintf(out + length, GW_COVERAGE_TEXT_SIZE - length, "%s%lld-%lld",
                                   at == 0 ? "" : ",", (long long)coverage->ahead[at].from,
                                   (long long)coverage->ahead[at].to);
    }
}

gw_status gw_coverage_parse(int64_t hwm, gw_text ahead, gw_coverage *ret, gw_fault *reterr) {
    gw_coverage coverage = {.hwm = hwm};
    gw_text rest = ahead;
    int64_t last = hwm + 1;
    while (rest.length > 0) {
        gw_text piece = gw_text_split(&rest, ',');
        gw_number_range range = {0, 0};
        GW_TRY(gw_int64_parse(gw_text_split(&piece, '-'), &range.from, reterr));
        GW_TRY(gw_int64_parse(piece, &range.to, reterr));
        if (range.from <= last || range.to < range.from ||
            coverage.count == GW_COVERAGE_RANGES_MOST) {
            return gw_fail_with(reterr, GW_CODE_INVALID, "ahead", "\"%.*s\" is no list of ranges",
                                GW_TEXT_ARGS(gw_text_part(ahead, 0, 60)));
        }
        coverage.ahead[coverage.count++] = range;
        last = range.to + 1;
    }
    *ret = coverage;
    return gw_ok();
}

void gw_coverage_write_gaps(const gw_coverage *coverage, gw_writer *out) {
    int64_t next = coverage->hwm + 1;
    gw_write_c(out, "[");
    for (size_t at = 0; at < coverage->count; at++) {
        gw_write_format(out, "%s[%lld,%lld]", at == 0 ? "" : ",", (long long)next,
                        (long long)(coverage->ahead[at].from - 1));
        next = coverage->ahead[at].to + 1;
    }
    gw_write_c(out, "]");
}
