/* SPDX-License-Identifier: Apache-2.0
 *
 * The weather feed: every poll interval of market time each configured source is asked, and what
 * it says is stored beside what it said before, so that one can tell which forecast was known when.
 * A source that is away or talks nonsense is noted and asked again; forecasts go on without it.
 */
#include "server/ingest/weather.h"

#include "server/parts.h"

#include "server/clock.h"
#include "server/config.h"
#include "server/db/reading_store.h"
#include "server/feed/open_meteo.h"
#include "server/fetch.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/worker.h"

#include <openssl/evp.h>

enum {
    WORK_ARENA_CAP = 16 * 1024 * 1024,
    TICK_MS = 1000,
    ANSWER_MOST = GW_OPEN_METEO_BYTES_MOST,
    TIMEOUT_MS = 10000,
    RETRY_MS = 15000, /* real time after a failure */
};

typedef struct source {
    const char *name;
    const char *url;
    bool was_good;
    gw_instant asked_at; /* market time */
    gw_tick tried_at;
} source;

/* One per process: the part's start and stop run on one thread. */
typedef struct weather {
    gw_app *app;
    gw_arena *work;
    gw_fetch *fetch;
    gw_worker *worker;
    gw_span poll;
    source sources[2];
} weather;
static weather feed;

static gw_status ask(weather *on, const source *from, gw_instant now, gw_fault *reterr) {
    gw_fetch_response response;
    gw_weather_save saved = {.source = gw_text_from_c(from->name),
                             .issued_at = now, /* their answers carry no time of issue */
                             .received_at = now};
    unsigned length = GW_WEATHER_HASH_SIZE;
    const gw_fetch_request request = {
        .method = "GET", .url = from->url, .timeout_ms = TIMEOUT_MS, .response_limit = ANSWER_MOST};
    GW_TRY(gw_fetch_run(on->fetch, on->work, &request, &response, reterr));
    if (response.status != 200) {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, from->name, "it answers with status %d",
                            response.status);
    }
    GW_TRY(gw_open_meteo_parse(on->work, response.body, &saved.values, reterr));
    if (EVP_Digest(response.body.at, response.body.length, saved.raw_hash, &length, EVP_sha256(),
                   NULL) != 1)
        return gw_fail(reterr, GW_CODE_INTERNAL);
    return gw_weather_save_values(on->app->db, on->work, &saved, reterr);
}

static void note(weather *on, source *from, gw_status status, const gw_fault *fault) {
    const bool good = gw_is_ok(status);
    gw_metric_add(GW_METRIC_WEATHER_FETCHES, good ? "good" : "failed", 1);
    if (!good && from->was_good)
        gw_log_fault(GW_LEVEL_WARNING, "weather.failed", GW_TEXT(""), fault);
    from->was_good = good;
    if (good) return;
    const gw_weather_failure failure = {.source = gw_text_from_c(from->name),
                                        .failed_at = gw_clock_now(on->app->clock),
                                        .detail = gw_text_from_c(fault->message)};
    gw_ignore(gw_weather_save_failure(on->app->db, on->work, &failure,
                                      NULL)); /* the database is away: then that is the news */
}

static bool is_due(const weather *on, const source *from, gw_instant now) {
    if (from->url[0] == '\0') return false;
    if (!from->was_good && from->tried_at.us != 0 &&
        gw_tick_since(gw_tick_now(), from->tried_at).us < (int64_t)RETRY_MS * 1000)
        return false;
    return !from->was_good || gw_instant_since(now, from->asked_at).us >= on->poll.us;
}

static void tick(void *context) {
    weather *on = context;
    const gw_instant now = gw_clock_now(on->app->clock);
    for (size_t at = 0; at < 2; at++) {
        source *from = &on->sources[at];
        gw_fault fault = {0};
        if (!is_due(on, from, now)) continue;
        gw_arena_reset(on->work);
        from->tried_at = gw_tick_now();
        const gw_status status = ask(on, from, now, &fault);
        if (gw_is_ok(status)) from->asked_at = now;
        note(on, from, status, &fault);
    }
}

void gw_weather_wake(void) {
    if (feed.worker != NULL) gw_worker_wake(feed.worker);
}

gw_status gw_part_weather_start(gw_app *app, gw_fault *reterr) {
    const gw_config *config = app->config;
    feed = (weather){.app = app,
                     .poll = gw_span_seconds(gw_config_int(config, GW_SETTING_WEATHER_POLL_S)),
                     .sources = {{.name = gw_config_text(config, GW_SETTING_WEATHER_NAME_1),
                                  .url = gw_config_text(config, GW_SETTING_WEATHER_URL_1)},
                                 {.name = gw_config_text(config, GW_SETTING_WEATHER_NAME_2),
                                  .url = gw_config_text(config, GW_SETTING_WEATHER_URL_2)}}};
    if (feed.sources[0].url[0] == '\0' && feed.sources[1].url[0] == '\0') return gw_ok();
    feed.work = gw_arena_open(WORK_ARENA_CAP);
    feed.fetch = gw_fetch_open(NULL);
    const gw_worker_settings worker = {
        .name = "weather", .tick_ms = TICK_MS, .tick = tick, .context = &feed};
    gw_status status =
        feed.work == NULL || feed.fetch == NULL ? gw_fail(reterr, GW_CODE_NO_MEMORY) : gw_ok();
    if (gw_is_ok(status)) status = gw_worker_open(&worker, &feed.worker, reterr);
    if (!gw_is_ok(status)) gw_part_weather_stop(app);
    return status;
}

void gw_part_weather_stop(gw_app *app) {
    (void)app;
    gw_worker_close(feed.worker);
    if (feed.fetch != NULL) gw_fetch_close(feed.fetch);
    gw_arena_close(feed.work);
    feed = (weather){0};
}
