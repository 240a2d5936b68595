/* SPDX-License-Identifier: Apache-2.0
 *
 * Forecasts on a real database: eighty days of quarter hours of two houses below one transformer,
 * taken in from readings, issued by the clock, scored when the day is over.
 */
#include "base/decimal.h"
#include "server/db/forecast_issue_store.h"
#include "server/db/migrate.h"
#include "server/flow/forecast_issue.h"
#include "server/flow/forecast_paths.h"
#include "server/flow/forecast_point.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 256 * 1024 * 1024, SLOTS = 96 };

static const gw_forecast_times TIMES = {.day_ahead_at_s = 0, .intraday_every_s = 3600};

typedef struct world {
    gw_db *db;
    gw_arena *arena;
} world;

static void run_sql(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        print_error("%s", PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
    assert_true(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
}

static int64_t number(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    int64_t got = INT64_MIN;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) print_error("%s", PQerrorMessage(pg));
    assert_true(gw_is_ok(gw_int64_parse(gw_text_from_c(PQgetvalue(result, 0, 0)), &got, NULL)));
    PQclear(result);
    PQfinish(pg);
    return got;
}

/* House 1 draws 300 W at night and 900 W by day, more on weekends and holidays; house 2 has a roof.
 * Days from 2026-01-10 to 2026-03-30, one journal record for each local day. */
static const char REALM[] =
    "INSERT INTO transformer VALUES ('T-1', 10000, 0, 0, 20, '2026-01-01Z');"
    "INSERT INTO calendar VALUES ('be', 1, 'Europe/Brussels', '{2026-02-05}', '2026-01-01Z');"
    "INSERT INTO meter SELECT 'M-' || n, 'T-1', 20000, 900, 'Europe/Brussels', '2026-01-01Z'"
    "  FROM generate_series(1, 2) n;"
    "SELECT reading_partition(d::date) FROM generate_series('2026-01-09'::date, '2026-04-02',"
    "  '1 day') d;"
    "CREATE FUNCTION house(n int, c int, t timestamptz) RETURNS bigint LANGUAGE sql AS $$"
    "  SELECT CASE"
    "    WHEN c = 0 THEN (CASE WHEN extract(hour FROM t AT TIME ZONE 'Europe/Brussels') < 6"
    "      THEN 75 ELSE 225 END) * (CASE WHEN extract(isodow FROM t AT TIME ZONE"
    "      'Europe/Brussels') > 5 OR (t AT TIME ZONE 'Europe/Brussels')::date = '2026-02-05'"
    "      THEN 2 ELSE 1 END)"
    "      + abs(hashtext(n::text || t::text)) % 21"
    "    WHEN n = 2 AND extract(hour FROM t AT TIME ZONE 'UTC') BETWEEN 9 AND 14"
    "      THEN abs(hashtext('s' || t::text)) % 300"
    "    ELSE 0 END $$;"
    "INSERT INTO reading SELECT t, 'M-' || n, c, 1, house(n, c, t), 'A', 1, 1,"
    "  (t AT TIME ZONE 'Europe/Brussels')::date - '2026-01-09'::date, t + interval '15 minutes'"
    "  FROM generate_series('2026-01-09T23:00Z'::timestamptz, '2026-03-30T21:45Z', '15 minutes') t,"
    "  generate_series(1, 2) n, generate_series(0, 1) c;";

static int open_world(void **state) {
    static world made;
    gw_fault fault = {0};
    gw_migrate_result result = {0};
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 2,
                                     .statement_timeout_ms = 20000,
                                     .lease_timeout_ms = 1000,
                                     .connect_timeout_s = 5};
    gw_status status = gw_migrate(settings.conninfo, NULL, &result, &fault);
    if (gw_is_ok(status)) status = gw_db_open(&settings, &made.db, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    made.arena = gw_arena_open(ARENA_CAP);
    *state = &made;
    if (!gw_is_ok(status) || made.arena == NULL) return -1;
    run_sql("SET TIME ZONE 'UTC';");
    run_sql(REALM);
    return 0;
}

static int close_world(void **state) {
    world *made = *state;
    gw_db_close(made->db);
    gw_arena_close(made->arena);
    return 0;
}

/* Each test starts with readings and without forecasts. */
static int forget_forecasts(void **state) {
    (void)state;
    run_sql("TRUNCATE forecast_cursor, forecast_subject, forecast_day, forecast_issue,"
            " forecast_score, ingest_cursor, weather_value;"
            "DELETE FROM reading WHERE version > 1 OR lsn > 1000;");
    return 0;
}

static gw_instant at(const char *text) {
    gw_instant instant = {0};
    assert_true(gw_is_ok(gw_instant_parse(gw_text_from_c(text), &instant, NULL)));
    return instant;
}

/* The journal is in the database up to a day's end, and the forecasts run at that time. */
static gw_forecast_progress run(const world *on, const char *loaded_day, const char *now) {
    char sql[256];
    gw_fault fault = {0};
    gw_forecast_progress progress = {0};
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO ingest_cursor VALUES (7, '%s'::date - '2026-01-09'::date)"
                   " ON CONFLICT (stream) DO UPDATE SET lsn = excluded.lsn",
                   loaded_day);
    run_sql(sql);
    const gw_forecast_work work = {on->db, at(now), NULL, NULL};
    const gw_status status = gw_forecast_run(&work, &TIMES, &progress, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    return progress;
}

static int64_t digest_of_days(void) {
    return number("SELECT sum(hashtext(d::text))::bigint FROM forecast_day d"
                  " WHERE day <= '2026-03-01'");
}

static void days_follow_the_readings_once(void **state) {
    const world *on = *state;
    const gw_forecast_progress progress = run(on, "2026-03-01", "2026-03-01T12:00:00Z");
    assert_true(progress.stretches > 0);
    assert_int_equal(number("SELECT count(*) FROM forecast_subject"), 3);
    /* 10 January to 1 March */
    assert_int_equal(number("SELECT count(*) FROM forecast_day WHERE subject = 'M-1'"), 51);
    assert_int_equal(number("SELECT sum(w) FROM forecast_day, unnest(drawn_w) w"
                            " WHERE subject = 'M-1' AND day = '2026-02-10'"),
                     number("SELECT sum(wh * 4) FROM reading WHERE meter = 'M-1' AND channel = 0"
                            " AND start_at >= '2026-02-09T23:00Z'"
                            " AND start_at < '2026-02-10T23:00Z'"));
    assert_int_equal(number("SELECT sum(w) FROM forecast_day, unnest(fed_w) w"
                            " WHERE subject = 'T-1' AND day = '2026-02-10'"),
                     number("SELECT sum(wh * 4) FROM reading WHERE channel = 1"
                            " AND start_at >= '2026-02-09T23:00Z'"
                            " AND start_at < '2026-02-10T23:00Z'"));
    const gw_forecast_progress again = run(on, "2026-03-01", "2026-03-01T12:00:00Z");
    assert_int_equal(again.stretches, 0);
    assert_int_equal(again.issued, 0);
}

static void late_and_corrected_readings_end_in_the_same_days(void **state) {
    const world *on = *state;
    /* first everything at once, then with a hole that is filled and a value that is corrected */
    (void)run(on, "2026-03-01", "2026-03-01T12:00:00Z");
    const int64_t whole = digest_of_days();
    (void)forget_forecasts(NULL);
    run_sql("CREATE TABLE held AS SELECT * FROM reading WHERE start_at >= '2026-02-10Z'"
            " AND start_at < '2026-02-12Z';"
            "DELETE FROM reading WHERE start_at >= '2026-02-10Z' AND start_at < '2026-02-12Z';"
            "UPDATE reading SET wh = wh + 1000 WHERE start_at = '2026-02-20T10:00Z';");
    (void)run(on, "2026-03-01", "2026-03-01T12:00:00Z");
    assert_int_equal(number("SELECT count(*) FROM forecast_day d, unnest(drawn_w) w"
                            " WHERE w IS NULL AND day = '2026-02-11' AND subject = 'M-1'"),
                     SLOTS);
    run_sql("UPDATE held SET lsn = 2000;"
            "INSERT INTO reading SELECT * FROM held;"
            "INSERT INTO reading SELECT start_at, meter, channel, 2, wh - 1000, quality, 1, 2,"
            "  2001, received_at FROM reading WHERE start_at = '2026-02-20T10:00Z';"
            "UPDATE ingest_cursor SET lsn = 3000");
    gw_forecast_progress progress;
    const gw_forecast_work work = {on->db, at("2026-03-01T12:00:00Z"), NULL, NULL};
    assert_true(gw_is_ok(gw_forecast_update(&work, &progress, NULL)));
    assert_int_equal(digest_of_days(), whole);
    run_sql("DELETE FROM reading WHERE version = 2;"
            "UPDATE reading SET wh = wh - 1000 WHERE start_at = '2026-02-20T10:00Z';"
            "UPDATE reading SET lsn = (start_at AT TIME ZONE 'Europe/Brussels')::date"
            "  - '2026-01-09'::date WHERE lsn = 2000;"
            "DROP TABLE held;");
}

static void a_value_that_was_not_measured_is_a_gap(void **state) {
    const world *on = *state;
    run_sql("UPDATE reading SET quality = 'E' WHERE meter = 'M-1'"
            " AND start_at = '2026-02-10T10:00Z'");
    (void)run(on, "2026-03-01", "2026-03-01T12:00:00Z");
    assert_int_equal(number("SELECT count(*) FROM forecast_day, unnest(drawn_w) w"
                            " WHERE w IS NULL AND day = '2026-02-10' AND subject = 'M-1'"),
                     1);
    /* one of two meters is less than the share that a transformer needs */
    assert_int_equal(number("SELECT count(*) FROM forecast_day, unnest(drawn_w) w"
                            " WHERE w IS NULL AND day = '2026-02-10' AND subject = 'T-1'"),
                     1);
    run_sql("UPDATE reading SET quality = 'A' WHERE quality = 'E'");
}

static void the_short_day_lacks_an_hour(void **state) {
    const world *on = *state;
    (void)run(on, "2026-03-30", "2026-03-30T12:00:00Z");
    assert_int_equal(number("SELECT count(*) FROM forecast_day, unnest(drawn_w) w"
                            " WHERE w IS NULL AND day = '2026-03-29' AND subject = 'M-1'"),
                     4);
    assert_int_equal(number("SELECT (drawn_w[9] IS NULL AND drawn_w[12] IS NULL"
                            " AND drawn_w[8] IS NOT NULL AND drawn_w[13] IS NOT NULL)::int"
                            " FROM forecast_day WHERE day = '2026-03-29' AND subject = 'M-1'"),
                     1);
}

static void an_update_that_fails_leaves_nothing_behind(void **state) {
    const world *on = *state;
    gw_forecast_progress progress;
    gw_fault fault = {0};
    run_sql("INSERT INTO ingest_cursor VALUES (7, 51);"
            "ALTER TABLE forecast_day ADD CONSTRAINT broken CHECK (subject <> 'M-2')");
    const gw_forecast_work work = {on->db, at("2026-03-01T12:00:00Z"), NULL, NULL};
    assert_int_equal(gw_forecast_update(&work, &progress, &fault).code, GW_CODE_INVALID);
    assert_int_equal(number("SELECT count(*) FROM forecast_day"), 0);
    assert_int_equal(number("SELECT count(*) FROM forecast_cursor"), 0);
    run_sql("ALTER TABLE forecast_day DROP CONSTRAINT broken");
    assert_true(gw_is_ok(gw_forecast_update(&work, &progress, &fault)));
    assert_int_equal(progress.subjects, 3);
    assert_int_equal(number("SELECT lsn FROM forecast_cursor"), 51);
}

static void a_turn_is_issued_once(void **state) {
    const world *on = *state;
    /* local midnight of 1 March: readings up to 22:45Z of 28 February are in */
    gw_forecast_progress progress = run(on, "2026-02-28", "2026-02-28T23:00:00Z");
    assert_int_equal(progress.issued, 3 + 1);
    assert_int_equal(number("SELECT count(*) FROM forecast_issue WHERE purpose = 'DAY_AHEAD'"
                            " AND issued_at = '2026-02-28T23:00Z' AND cardinality(point_w) = 96"
                            " AND cardinality(quantile_w) = 96 * 7"),
                     3);
    assert_int_equal(number("SELECT count(*) FROM forecast_issue WHERE purpose = 'INTRADAY'"
                            " AND subject = 'T-1' AND cardinality(point_w) = 24"),
                     1);
    progress = run(on, "2026-02-28", "2026-02-28T23:10:00Z");
    assert_int_equal(progress.issued, 0);
    progress = run(on, "2026-02-28", "2026-03-01T00:00:00Z");
    assert_int_equal(progress.issued, 1); /* only the next hours of the transformer */
    assert_int_equal(number("SELECT threshold_w FROM forecast_issue WHERE subject = 'T-1'"
                            " ORDER BY issued_at LIMIT 1"),
                     2000);
}

static void a_missed_turn_is_left_out(void **state) {
    const world *on = *state;
    const gw_forecast_progress progress = run(on, "2026-03-01", "2026-03-01T13:00:00Z");
    assert_int_equal(progress.issued, 1);
    assert_int_equal(number("SELECT count(*) FROM forecast_issue WHERE purpose = 'DAY_AHEAD'"), 0);
}

static gw_score load_score(const world *on, const char *subject, int64_t horizon_h) {
    gw_forecast_score_list list;
    gw_score sum = {0};
    const gw_forecast_score_question question = {
        .subject = gw_text_from_c(subject),
        .kind = GW_TEXT(""),
        .purpose = GW_TEXT("DAY_AHEAD"),
        .horizon_h = horizon_h,
        .issued = {at("2026-01-01T00:00:00Z"), at("2026-12-01T00:00:00Z")}};
    assert_true(gw_is_ok(gw_forecast_load_scores(on->db, on->arena, &question, &list, NULL)));
    for (int item = 0; item < list.count; item++) gw_score_merge(&sum, &list.items[item].score);
    return sum;
}

static void a_day_is_scored_when_it_is_over(void **state) {
    const world *on = *state;
    (void)run(on, "2026-02-28", "2026-02-28T23:00:00Z");
    assert_int_equal(number("SELECT count(*) FROM forecast_score"), 0);
    (void)run(on, "2026-03-01", "2026-03-01T23:00:00Z");
    const gw_score whole = load_score(on, "M-1", -1);
    assert_int_equal(whole.count, 96);
    assert_int_equal(load_score(on, "M-1", 5).count, 4);
    /* the same sums straight from the readings */
    assert_int_equal(whole.absolute_w,
                     number("SELECT sum(abs(p.w - r.wh * 4)) FROM forecast_issue i,"
                            " unnest(point_w) WITH ORDINALITY p (w, n)"
                            " JOIN reading r ON r.start_at = '2026-02-28T23:00Z'::timestamptz"
                            "   + (n - 1) * interval '15 minutes'"
                            " WHERE i.subject = 'M-1' AND purpose = 'DAY_AHEAD' AND r.meter = 'M-1'"
                            " AND r.channel = 0 AND i.issued_at = '2026-02-28T23:00Z'"));
    assert_int_equal(whole.last_week_count, 96);
    assert_int_equal(whole.band_count, 96);
    const gw_accuracy made = gw_accuracy_of(&whole);
    assert_true(made.mase_last_week_ppm < 1000000);
    assert_true(made.coverage_ppm[0] < made.coverage_ppm[6]);
    /* a correction changes the score, and once only */
    run_sql("INSERT INTO reading SELECT start_at, meter, channel, 2, wh + 500, quality, 1, 2, 60,"
            " received_at FROM reading WHERE start_at = '2026-03-01T10:00Z' AND meter = 'M-1'"
            " AND channel = 0");
    (void)run(on, "2026-03-10", "2026-03-02T00:30:00Z");
    const gw_score corrected = load_score(on, "M-1", -1);
    assert_int_equal(corrected.count, 96);
    assert_int_equal(corrected.measured_w - whole.measured_w, 2000);
}

static void what_ends_in_silence_is_scored_at_the_next_turn(void **state) {
    const world *on = *state;
    gw_forecast_progress progress;
    (void)run(on, "2026-02-28", "2026-02-28T23:00:00Z");
    /* the day's readings are in before the day is over: their clock is ahead */
    run_sql("UPDATE ingest_cursor SET lsn = 51");
    const gw_forecast_work early = {on->db, at("2026-03-01T22:59:59Z"), NULL, NULL};
    assert_true(gw_is_ok(gw_forecast_update(&early, &progress, NULL)));
    assert_int_equal(load_score(on, "M-1", -1).count, 0);
    const gw_forecast_work midnight = {on->db, at("2026-03-01T23:00:00Z"), NULL, NULL};
    assert_true(gw_is_ok(gw_forecast_issue_due(&midnight, &TIMES, &progress, NULL)));
    assert_int_equal(load_score(on, "M-1", -1).count, 96);
}

static gw_forecast_paths load_paths(const world *on, const gw_text *meters, size_t count,
                                    uint64_t seed) {
    gw_forecast_paths made;
    gw_fault fault = {0};
    const gw_forecast_paths_question question = {
        .meters = meters,
        .meter_count = count,
        .period = {at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")},
        .now = at("2026-03-02T00:00:00Z"),
        .path_count = 50,
        .seed = seed};
    const gw_status status = gw_forecast_paths_load(on->db, on->arena, &question, &made, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    return made;
}

static void paths_are_joint_and_a_meter_without_past_is_missing(void **state) {
    const world *on = *state;
    (void)run(on, "2026-03-01", "2026-03-01T12:00:00Z");
    run_sql("INSERT INTO meter VALUES ('M-new', 'T-1', 20000, 900, 'Europe/Brussels',"
            " '2026-03-01Z')");
    const gw_text meters[] = {GW_TEXT("M-2"), GW_TEXT("M-new"), GW_TEXT("M-1")};
    const gw_forecast_paths first = load_paths(on, meters, 3, 1);
    const gw_forecast_paths second = load_paths(on, meters, 3, 1);
    const gw_forecast_paths other = load_paths(on, meters, 3, 2);
    assert_int_equal(first.step_count, 96);
    assert_int_equal(first.missing_count, 1);
    assert_true(first.meters[1].is_missing);
    assert_int_equal(first.meters[1].p50_w[0], 0);
    assert_false(first.meters[2].is_missing);
    assert_in_range(first.meters[2].p50_w[40], 900, 990);
    assert_true(first.meters[0].bands[44].w[0] < first.meters[0].bands[44].w[6]);
    assert_int_equal(first.paths.path_count, 50);
    assert_int_equal(first.paths.without_residuals, 1);
    const size_t bytes = sizeof(int64_t) * 50 * 3 * 96;
    assert_memory_equal(first.paths.w, second.paths.w, bytes);
    assert_memory_not_equal(first.paths.w, other.paths.w, bytes);
    assert_true(gw_text_equal(first.forecast_id, second.forecast_id));
    run_sql("DELETE FROM meter WHERE id = 'M-new'");
}

static void the_weather_that_was_known_is_used(void **state) {
    const world *on = *state;
    const gw_date day = gw_date_from_civil(2026, 2, 20);
    gw_forecast_scene scene;
    run_sql("INSERT INTO weather_value SELECT s, 'temperature_millic', t, t, t, 1000 * s::int,"
            "  sha256('x') FROM unnest(ARRAY['2', '4']) s,"
            "  generate_series('2026-01-01Z'::timestamptz, '2026-03-01T05:00Z', '1 hour') t;"
            "INSERT INTO weather_value VALUES ('2', 'irradiance_milliw_m2', '2026-02-20T10:00Z',"
            "  '2026-02-20T10:00Z', '2026-02-20T10:00Z', 500000, sha256('x')),"
            "  ('2', 'irradiance_milliw_m2', '2026-02-20T11:00Z', '2026-03-09Z', '2026-03-09Z', 1,"
            "  sha256('x'))");
    const gw_forecast_scene_question asked = {
        .zone = GW_TEXT("Europe/Brussels"),
        .interval = gw_span_seconds(900),
        .period = {at("2026-02-28T23:00:00Z"), at("2026-03-01T23:00:00Z")},
        .now = at("2026-03-01T06:00:00Z")};
    assert_true(gw_is_ok(gw_forecast_scene_load(on->db, on->arena, &asked, &scene, NULL)));
    /* the median of two sources is 3 C; the last day has only some of its hours */
    assert_int_equal(scene.heating_millik[day.days - scene.first.days], 12000);
    assert_int_equal(scene.heating_millik[scene.days - 1], GW_FORECAST_GAP);
    assert_int_equal(scene.types[scene.days - 1], GW_DAY_SUNDAY);
    /* the mean of the hour before 11:00 local; what came in later is not known */
    assert_int_equal(gw_day_table_at(&scene.irradiance, day, 39), GW_FORECAST_GAP);
    for (size_t slot = 40; slot < 44; slot++)
        assert_int_equal(gw_day_table_at(&scene.irradiance, day, slot), 500000);
    assert_int_equal(gw_day_table_at(&scene.irradiance, day, 44), GW_FORECAST_GAP);
}

static void strangers_are_refused(void **state) {
    const world *on = *state;
    gw_forecast_paths made = {.missing_count = 77};
    gw_fault fault = {0};
    const gw_text meters[] = {GW_TEXT("M-1"), GW_TEXT("M-nobody")};
    gw_forecast_paths_question question = {
        .meters = meters,
        .meter_count = 2,
        .period = {at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")}};
    assert_int_equal(gw_forecast_paths_load(on->db, on->arena, &question, &made, &fault).code,
                     GW_CODE_NOT_FOUND);
    question.meter_count = 0;
    assert_int_equal(gw_forecast_paths_load(on->db, on->arena, &question, &made, &fault).code,
                     GW_CODE_TOO_LARGE);
    assert_int_equal(made.missing_count, 77);
}

static void say(const world *on, const char *day, int64_t *ret_w) {
    char from[32];
    (void)snprintf(from, sizeof from, "%sT23:00:00Z", day);
    const gw_period period = {at(from), gw_instant_plus(at(from), gw_span_seconds(86400))};
    const gw_forecast_key key = {GW_TEXT("METER"), GW_TEXT("M-1")};
    gw_forecast_subject subject;
    gw_forecast_scene scene;
    gw_forecast_point point;
    assert_true(gw_is_ok(gw_forecast_load_subject(on->db, on->arena, &key, &subject, NULL)));
    const gw_forecast_scene_question asked = {subject.zone, subject.interval, period, period.from};
    assert_true(gw_is_ok(gw_forecast_scene_load(on->db, on->arena, &asked, &scene, NULL)));
    const gw_forecast_point_question question = {&scene, &subject, period};
    assert_true(gw_is_ok(gw_forecast_point_make(on->db, on->arena, &question, &point, NULL)));
    assert_int_equal(point.count, 96);
    for (size_t step = 0; step < 96; step++) ret_w[step] = point.steps[step].point_w;
}

static void levels_outlive_the_days_they_rest_on(void **state) {
    const world *on = *state;
    int64_t before_w[96];
    int64_t after_w[96];
    gw_forecast_progress progress;
    run_sql("INSERT INTO ingest_cursor VALUES (7, 1000)");
    const gw_forecast_work loading = {on->db, at("2026-03-30T21:50:00Z"), NULL, NULL};
    assert_true(gw_is_ok(gw_forecast_update(&loading, &progress, NULL)));
    say(on, "2026-03-30", before_w);
    assert_int_equal(number("SELECT count(*) FROM forecast_day WHERE day < '2026-01-13'"), 9);
    const gw_forecast_work midnight = {on->db, at("2026-03-30T22:00:00Z"), NULL, NULL};
    assert_true(gw_is_ok(gw_forecast_issue_due(&midnight, &TIMES, &progress, NULL)));
    assert_int_equal(progress.issued, 3 + 1);
    assert_int_equal(number("SELECT count(*) FROM forecast_day WHERE day < '2026-01-13'"), 0);
    assert_int_equal(number("SELECT cardinality(drawn_level_milliwatt) FROM forecast_subject"
                            " WHERE subject = 'M-1'"),
                     3 * 96);
    say(on, "2026-03-30", after_w);
    assert_memory_equal(before_w, after_w, sizeof before_w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(days_follow_the_readings_once, forget_forecasts),
        cmocka_unit_test_setup(late_and_corrected_readings_end_in_the_same_days, forget_forecasts),
        cmocka_unit_test_setup(a_value_that_was_not_measured_is_a_gap, forget_forecasts),
        cmocka_unit_test_setup(the_short_day_lacks_an_hour, forget_forecasts),
        cmocka_unit_test_setup(an_update_that_fails_leaves_nothing_behind, forget_forecasts),
        cmocka_unit_test_setup(a_turn_is_issued_once, forget_forecasts),
        cmocka_unit_test_setup(a_missed_turn_is_left_out, forget_forecasts),
        cmocka_unit_test_setup(a_day_is_scored_when_it_is_over, forget_forecasts),
        cmocka_unit_test_setup(what_ends_in_silence_is_scored_at_the_next_turn, forget_forecasts),
        cmocka_unit_test_setup(paths_are_joint_and_a_meter_without_past_is_missing,
                               forget_forecasts),
        cmocka_unit_test_setup(the_weather_that_was_known_is_used, forget_forecasts),
        cmocka_unit_test_setup(strangers_are_refused, forget_forecasts),
        cmocka_unit_test_setup(levels_outlive_the_days_they_rest_on, forget_forecasts),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
