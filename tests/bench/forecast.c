/* SPDX-License-Identifier: Apache-2.0
 *
 * How many meters per second the forecast keeps up with: one thread, a real database, quarter
 * hours, eleven weeks of past. Asked for: 100,000 meters whose reading of a quarter hour comes in
 * within it, and whose day ahead is issued within an hour; 200 paths of 200 points in a second.
 * With a database wall time, because it works in processes of its own; without one the processor's.
 */
#include "grid/forecast_model.h"
#include "grid/forecast_path.h"
#include "server/db/migrate.h"
#include "server/flow/forecast_issue.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    METERS = 2000,
    ASKED_METERS = 100000,
    QUARTER_S = 900,
    HOUR_S = 3600,
    DAYS = 78,
    SLOTS = 96,
    MODELS = 200,
    PATH_POINTS = 200,
    PATHS = 200
};

static double now_s(clockid_t clock) {
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void must(gw_status status, const gw_fault *fault) {
    if (gw_is_ok(status)) return;
    (void)fprintf(stderr, "%s: %s\n", fault->subject, fault->message);
    assert(gw_is_ok(status));
}

static int show(const char *what, double reached, double asked) {
    (void)printf("%-58s %9.0f /s %9.0f /s %8.2f\n", what, reached, asked, reached / asked);
    return reached >= asked ? 0 : 1;
}

/* ---- without a database */

static uint64_t random_state = 1;
static int64_t some(int64_t most) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((random_state >> 33) % (uint64_t)most);
}

typedef struct point {
    gw_day_table drawn;
    gw_day_table fed;
    gw_smoother drawn_level;
    gw_smoother fed_level;
    gw_day_type types[DAYS];
} point;

static void open_point(gw_arena *arena, point *it) {
    must(gw_day_table_make(arena, (gw_date){0}, DAYS, SLOTS, &it->drawn, NULL), NULL);
    must(gw_day_table_make(arena, (gw_date){0}, DAYS, SLOTS, &it->fed, NULL), NULL);
    must(gw_smoother_make(arena, SLOTS, GW_SMOOTH_ALPHA_PPM, &it->drawn_level, NULL), NULL);
    must(gw_smoother_make(arena, SLOTS, GW_SMOOTH_ALPHA_PPM, &it->fed_level, NULL), NULL);
    for (size_t day = 0; day < DAYS; day++) it->types[day] = (gw_day_type)(day % 7 / 5);
    for (size_t at = 0; at < (size_t)(DAYS - 1) * SLOTS; at++) {
        it->drawn.w[at] = 200 + some(800);
        it->fed.w[at] = at % SLOTS > 36 && at % SLOTS < 60 ? some(3000) : 0;
    }
}

static gw_model run_model(gw_arena *arena, point *it) {
    gw_model model;
    const gw_model_question question = {.drawn = &it->drawn,
                                        .fed = &it->fed,
                                        .types = it->types,
                                        .drawn_level = &it->drawn_level,
                                        .fed_level = &it->fed_level};
    must(gw_model_make(arena, &question, &model, NULL), NULL);
    return model;
}

static int bench_model(gw_arena *arena) {
    const double began = now_s(CLOCK_PROCESS_CPUTIME_ID);
    for (int at = 0; at < MODELS; at++) {
        point it;
        gw_arena_reset(arena);
        open_point(arena, &it);
        const gw_model model = run_model(arena, &it);
        for (size_t slot = 0; slot < SLOTS; slot++) {
            gw_band band;
            const gw_model_band_question asked = {&model.residuals, {DAYS - 1}, slot, 0};
            must(gw_model_band(&model, &asked, &band, NULL), NULL);
        }
    }
    return show("model of 77 days and 96 bands, without a database",
                MODELS / (now_s(CLOCK_PROCESS_CPUTIME_ID) - began), (double)ASKED_METERS / HOUR_S);
}

static int bench_paths(gw_arena *arena) {
    static gw_path_point points[PATH_POINTS];
    static gw_path_step steps[SLOTS];
    point it;
    gw_paths paths;
    gw_arena_reset(arena);
    open_point(arena, &it);
    const gw_model model = run_model(arena, &it);
    gw_day_table *residuals = NULL;
    must(GW_ARENA_NEW(arena, gw_day_table, 1, &residuals, NULL), NULL);
    *residuals = model.residuals;
    for (size_t at = 0; at < PATH_POINTS; at++)
        points[at] = (gw_path_point){.point_w = it.drawn.w, .residuals = residuals};
    for (size_t at = 0; at < SLOTS; at++) steps[at] = (gw_path_step){at, 0};
    const gw_path_question question = {points, PATH_POINTS, steps, SLOTS, 0, PATHS, 7};
    const double began = now_s(CLOCK_PROCESS_CPUTIME_ID);
    must(gw_paths_draw(arena, &question, &paths, NULL), NULL);
    return show("joint paths of 96 steps, 200 points at a time",
                PATHS / (now_s(CLOCK_PROCESS_CPUTIME_ID) - began), PATHS);
}

/* ---- with one */

static void run_sql(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        (void)fprintf(stderr, "%s", PQerrorMessage(pg));
    assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    PQclear(result);
    PQfinish(pg);
}

/* Days up to 30 March are there; of 31 March the readings of the first three quarter hours. */
static void open_realm(void) {
    char sql[2048];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO transformer SELECT 'T-' || n, 100000, 0, 0, 100, '2026-01-01Z'"
        "  FROM generate_series(0, %d) n;"
        "INSERT INTO meter SELECT 'M-' || n, 'T-' || n / 100, 20000, 900, 'UTC', '2026-01-01Z'"
        "  FROM generate_series(0, %d) n;"
        "SELECT reading_partition('2026-03-31');"
        "INSERT INTO forecast_subject (subject_kind, subject, zone, interval_s, newest_at,"
        "  before_day) SELECT 'METER', id, 'UTC', 900, '2026-03-30T23:45Z', '2026-01-13'"
        "  FROM meter;"
        "INSERT INTO forecast_day SELECT 'METER', subject, d::date,"
        "  ARRAY(SELECT 200 + (random() * 800)::bigint FROM generate_series(1, 96) s"
        "    WHERE subject <> ''), array_fill(0::bigint, ARRAY[96])"
        "  FROM forecast_subject, generate_series('2026-01-13'::date, '2026-03-30', '1 day') d;"
        "INSERT INTO reading SELECT t, id, 0, 1, 100, 'A', 0, 0,"
        "  1 + extract(epoch FROM t - '2026-03-31Z')::bigint / 900, t"
        "  FROM meter, generate_series('2026-03-31T00:00Z'::timestamptz, '2026-03-31T00:30Z',"
        "  '15 minutes') t;"
        "ANALYZE;",
        METERS / 100 - 1, METERS - 1);
    run_sql(sql);
}

static gw_forecast_work work_at(gw_db *db, const char *text) {
    gw_forecast_work work = {.db = db};
    must(gw_instant_parse(gw_text_from_c(text), &work.now, NULL), NULL);
    return work;
}

static int bench_issue(gw_db *db) {
    gw_forecast_progress progress;
    gw_fault fault = {0};
    const gw_forecast_times times = {.day_ahead_at_s = 0};
    const gw_forecast_work work = work_at(db, "2026-03-31T00:00:00Z");
    const double began = now_s(CLOCK_MONOTONIC);
    must(gw_forecast_issue_due(&work, &times, &progress, &fault), &fault);
    const double took_s = now_s(CLOCK_MONOTONIC) - began;
    assert(progress.issued == METERS);
    return show("meters whose day ahead is issued", METERS / took_s, (double)ASKED_METERS / HOUR_S);
}

static int bench_update(gw_db *db) {
    int missed = 0;
    for (int quarter = 1; quarter <= 3; quarter++) {
        char sql[128];
        gw_forecast_progress progress;
        gw_fault fault = {0};
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO ingest_cursor VALUES (1, %d) ON CONFLICT (stream) DO UPDATE"
                       " SET lsn = excluded.lsn",
                       quarter);
        run_sql(sql);
        const gw_forecast_work work = work_at(db, "2026-03-31T01:00:00Z");
        const double began = now_s(CLOCK_MONOTONIC);
        must(gw_forecast_update(&work, &progress, &fault), &fault);
        const double took_s = now_s(CLOCK_MONOTONIC) - began;
        missed += show("meters whose quarter hour is taken in", METERS / took_s,
                       (double)ASKED_METERS / QUARTER_S);
    }
    return missed;
}

int main(void) {
    gw_fault fault = {0};
    gw_db *db = NULL;
    gw_migrate_result migrated = {0};
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 2,
                                     .lease_timeout_ms = 5000,
                                     .connect_timeout_s = 5};
    gw_arena *arena = gw_arena_open(512UL * 1024 * 1024);
    assert(arena != NULL);
    (void)printf("%-58s %12s %12s %8s\n", "", "reached", "asked", "ratio");
    int missed = bench_model(arena) + bench_paths(arena);
    must(gw_migrate(settings.conninfo, NULL, &migrated, &fault), &fault);
    must(gw_db_open(&settings, &db, &fault), &fault);
    open_realm();
    missed += bench_issue(db) + bench_update(db);
    gw_db_close(db);
    gw_arena_close(arena);
    return missed == 0 ? 0 : 1;
}
