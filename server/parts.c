/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts that every other one stands on: clock, random, database.
 */
#include "server/parts.h"

#include "server/app.h"
#include "server/cli/settings.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/crash.h"
#include "server/db/migrate.h"
#include "server/health.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/random.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdlib.h>

enum { HEALTH_TICK_MS = 2000, ARENA_CAP = 16 * 1024 };

static gw_worker *database_watch; /* written by start and stop, which run on one thread */

gw_status gw_part_clock_start(gw_app *app, gw_fault *reterr) {
    const bool is_conducted = gw_config_is(app->config, GW_SETTING_CLOCK_MODE, "conducted");
    const gw_clock_settings settings = {
        .mode = is_conducted ? GW_CLOCK_CONDUCTED : GW_CLOCK_SYSTEM,
        .conductor_url = gw_config_text(app->config, GW_SETTING_CLOCK_CONDUCTOR_URL),
        .who = gw_config_text(app->config, GW_SETTING_CLOCK_WHO)};
    if (is_conducted) GW_TRY(gw_crash_arm(getenv("GW_CRASH_AT"), reterr));
    GW_TRY(gw_clock_open(&settings, &app->clock, reterr));
    gw_health_set(GW_HEALTH_CLOCK, GW_STATE_UP, is_conducted ? "conducted" : NULL);
    return gw_ok();
}

void gw_part_clock_stop(gw_app *app) { gw_clock_close(app->clock); }

gw_status gw_part_random_start(gw_app *app, gw_fault *reterr) {
    const char *seed = gw_config_text(app->config, GW_SETTING_RANDOM_SEED_FILE);
    return gw_random_open(seed, &app->random, reterr);
}

void gw_part_random_stop(gw_app *app) { gw_random_close(app->random); }

/* Tokens, leases and the order of versions compare our time with the database's. */
static gw_status check_skew(gw_app *app, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_instant theirs = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_args_init(&args, arena);
    GW_TRY(gw_db_query_one(app->db, GW_QUERY_SESSION_NOW, &args, &row, reterr));
    const int64_t ours_us = gw_clock_real().us;
    gw_row_instant(&row, "now", &theirs);
    GW_TRY(gw_row_end(&row, reterr));
    const int64_t skew_us = ours_us - theirs.us;
    const int64_t limit_us =
        gw_config_int(app->config, GW_SETTING_CLOCK_DATABASE_MAX_SKEW_MS) * 1000;
    gw_metric_set(GW_METRIC_CLOCK_SKEW, NULL, skew_us);
    if (skew_us <= limit_us && skew_us >= -limit_us) return gw_ok();
    const gw_status status =
        gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "clock",
                     "our clock and the database's differ by %" PRId64 " ms", skew_us / 1000);
    return gw_hint(reterr, status, "Let both machines keep their time by NTP.");
}

static void watch_database(void *context) {
    const gw_app *app = context;
    gw_fault fault = {0};
    const gw_status status = gw_db_check(app->db, &fault);
    gw_health_set(GW_HEALTH_DATABASE, gw_is_ok(status) ? GW_STATE_UP : GW_STATE_DOWN,
                  gw_is_ok(status) ? NULL : fault.message);
}

/* The schema and the clock can be judged only when the database is there; without it the gateway
 * starts all the same, because meters go on sending. */
static gw_status judge_schema(const gw_db_settings *settings, bool *ret_is_there,
                              gw_fault *reterr) {
    gw_fault fault = {0};
    const gw_status status = gw_migrate_check(settings->conninfo, settings->password, &fault);
    *ret_is_there = gw_is_ok(status);
    if (gw_is_ok(status)) return status;
    if (status.code == GW_CODE_UNAVAILABLE) {
        gw_log_fault(GW_LEVEL_WARNING, "database.away", GW_TEXT(""), &fault);
        return gw_ok();
    }
    *reterr = fault;
    return status;
}

static gw_status open_database(gw_app *app, gw_fault *reterr) {
    GW_AUTO_SECRET password = {0};
    gw_db_settings settings = {0};
    bool is_there = false;
    GW_TRY(gw_cli_database(app->config, &password, &settings, reterr));
    GW_TRY(judge_schema(&settings, &is_there, reterr));
    GW_TRY(gw_db_open(&settings, &app->db, reterr));
    return is_there ? check_skew(app, reterr) : gw_ok();
}

gw_status gw_part_database_start(gw_app *app, gw_fault *reterr) {
    const gw_worker_settings watch = {
        .name = "gw-db-watch", .tick_ms = HEALTH_TICK_MS, .tick = watch_database, .context = app};
    gw_status status = open_database(app, reterr);
    if (gw_is_ok(status)) status = gw_worker_open(&watch, &database_watch, reterr);
    if (!gw_is_ok(status)) gw_db_close(app->db);
    return status;
}

void gw_part_database_stop(gw_app *app) {
    gw_worker_close(database_watch);
    gw_db_close(app->db);
}
