/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ingest/keep.h"

#include "server/clock.h"
#include "server/config.h"
#include "server/db/pool.h"
#include "server/journal/journal.h"
#include "server/log.h"
#include "server/metrics.h"

enum { ARENA_CAP = 256 * 1024, HOUR_S = 3600, DAY_S = 86400 };

static void keep_journal(const gw_app *app, uint64_t passed) {
    const int64_t hours = gw_config_int(app->config, GW_SETTING_JOURNAL_KEEP_HOURS);
    const gw_instant limit = gw_instant_minus(gw_clock_real(), gw_span_seconds(hours * HOUR_S));
    gw_journal_stats stats;
    const size_t released = gw_journal_release(app->journal, passed, limit);
    if (released > 0)
        gw_log(GW_LEVEL_INFO, "journal.released", "journal", "%zu segments", released);
    gw_journal_stats_get(app->journal, &stats);
    gw_metric_set(GW_METRIC_JOURNAL_BYTES, NULL, (int64_t)stats.bytes);
}

static gw_status drop_days(const gw_app *app, gw_arena *arena, gw_instant before,
                           gw_fault *reterr) {
    char day[GW_DATE_TEXT_SIZE];
    gw_args args;
    gw_row row;
    gw_date_print((gw_date){(int32_t)(before.us / (INT64_C(1000000) * DAY_S))}, day);
    gw_args_init(&args, arena);
    gw_bind_c(&args, day);
    return gw_db_query_one(app->db, GW_QUERY_INGEST_PARTITION_DROP, &args, &row, reterr);
}

static gw_status forget(const gw_app *app, gw_arena *arena, gw_query query, gw_instant before,
                        gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_instant(&args, before);
    return gw_db_exec(app->db, query, &args, NULL, reterr);
}

static gw_status keep_rows(const gw_app *app, gw_arena *arena, gw_fault *reterr) {
    const gw_instant now = gw_clock_now(app->clock);
    const int64_t readings = gw_config_int(app->config, GW_SETTING_INGEST_KEEP_READINGS_DAYS);
    const int64_t letters = gw_config_int(app->config, GW_SETTING_INGEST_KEEP_LETTERS_DAYS);
    if (readings > 0) {
        const gw_instant before = gw_instant_minus(now, gw_span_seconds(readings * DAY_S));
        GW_TRY(drop_days(app, arena, before, reterr));
        GW_TRY(forget(app, arena, GW_QUERY_INGEST_MESSAGE_FORGET, before, reterr));
    }
    if (letters == 0) return gw_ok();
    return forget(app, arena, GW_QUERY_INGEST_DEAD_LETTER_FORGET,
                  gw_instant_minus(now, gw_span_seconds(letters * DAY_S)), reterr);
}

void gw_ingest_keep(gw_app *app, uint64_t passed) {
    gw_fault fault;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    keep_journal(app, passed);
    if (arena == NULL) return;
    if (!gw_is_ok(keep_rows(app, arena, &fault)))
        gw_log_fault(GW_LEVEL_WARNING, "retention.failed", GW_TEXT(""), &fault);
}
