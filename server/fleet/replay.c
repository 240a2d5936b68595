/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/replay.h"

#include "base/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 4000000, LINE_LONGEST = 256, METER_LONGEST = 32 };

typedef struct row {
    char meter[METER_LONGEST];
    int64_t start_s;
    int64_t wh;
} row;

struct gw_replay {
    row *rows; /* by meter, then start */
    size_t count;
};

static int by_meter_and_start(const void *left, const void *right) {
    const row *a = left;
    const row *b = right;
    const int order = strcmp(a->meter, b->meter);
    if (order != 0) return order;
    return (a->start_s > b->start_s) - (a->start_s < b->start_s);
}

static gw_status read_row(gw_text line, row *ret, gw_fault *reterr) {
    gw_text rest = line;
    const gw_text meter = gw_text_split(&rest, ',');
    const gw_text start = gw_text_split(&rest, ',');
    const gw_text kwh = gw_text_split(&rest, ',');
    gw_instant at = {0};
    if (meter.length == 0 || meter.length >= METER_LONGEST)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "meter_id", "a meter id is missing");
    GW_TRY(gw_instant_parse(start, &at, reterr));
    GW_TRY(gw_decimal_parse(kwh, 3, &ret->wh, reterr));
    memcpy(ret->meter, meter.at, meter.length);
    ret->meter[meter.length] = '\0';
    ret->start_s = at.us / 1000000;
    return gw_ok();
}

static size_t count_lines(FILE *file) {
    char line[LINE_LONGEST];
    size_t count = 0;
    while (fgets(line, sizeof line, file) != NULL) count++;
    rewind(file);
    return count;
}

static gw_status read_rows(FILE *file, gw_replay *replay, gw_fault *reterr) {
    char line[LINE_LONGEST];
    size_t line_number = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        line_number++;
        const gw_text text = gw_text_trim(gw_text_from_c(line));
        if (line_number == 1 || text.length == 0) continue;
        const gw_status status = read_row(text, &replay->rows[replay->count], reterr);
        if (!gw_is_ok(status)) {
            (void)snprintf(reterr->subject, sizeof reterr->subject, "line %zu", line_number);
            return status;
        }
        replay->count++;
    }
    return gw_ok();
}

static void file_close(FILE **file) { (void)fclose(*file); }

gw_status gw_replay_load(gw_arena *arena, const char *path, gw_replay **ret, gw_fault *reterr) {
    FILE *opened = fopen(path, "r");
    if (opened == NULL) return gw_fail_with(reterr, GW_CODE_IO, path, "the file cannot be opened");
    __attribute__((cleanup(file_close))) FILE *file = opened;
    const size_t lines = count_lines(file);
    if (lines > ROWS_MOST) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    gw_replay *replay = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_replay, 1, &replay, reterr));
    GW_TRY(GW_ARENA_NEW(arena, row, lines + 1, &replay->rows, reterr));
    GW_TRY(read_rows(file, replay, reterr));
    qsort(replay->rows, replay->count, sizeof(row), by_meter_and_start);
    *ret = replay;
    return gw_ok();
}

bool gw_replay_find(const gw_replay *replay, const char *meter, gw_instant start, int64_t *ret_wh) {
    row wanted = {.start_s = start.us / 1000000};
    const size_t length = strnlen(meter, METER_LONGEST - 1);
    memcpy(wanted.meter, meter, length);
    const row *found =
        bsearch(&wanted, replay->rows, replay->count, sizeof(row), by_meter_and_start);
    if (found == NULL) return false;
    *ret_wh = found->wh;
    return true;
}
