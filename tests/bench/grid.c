/* SPDX-License-Identifier: Apache-2.0
 *
 * Power flows per second on one core, against the figures of docs/BENCHMARKS.md, in processor time
 * of this process (the machine may have other work). Measures the libraries of the release build;
 * tests/bench/grid.sh links and starts it.
 */
#include "base/writer.h"
#include "grid/flow_balanced.h"
#include "grid/flow_batch.h"
#include "grid/flow_check.h"
#include "grid/flow_effect.h"
#include "grid/flow_study.h"
#include "grid/flow_three_phase.h"
#include "server/gridfile/gw_net.h"
#include "tests/support/exchange_world.h"
#include "tests/support/grid_data.h"
#include "tests/support/seeded.h"
#include "tests/support/simbench_year.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

enum { MINUTES = 1440, LOADS = 55, ROUNDS = 7, MILLION = 1000000 };
enum { SCENARIOS = 200, STEPS = 96, SOME = 16, TRADES = 100 };

static const double tangent = 0.32868410517886315; /* of the power factor 0.95 */

static const size_t arena_cap = 8UL * 1024 * 1024 * 1024;
/* What a network of a million nodes may take, beside its file. */
static const size_t million_cap = 512UL * 1024 * 1024;

/* Time of this process on a core: the machine may have other work. */
static double now_s(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void must(gw_status status, const gw_fault *fault) {
    if (gw_is_ok(status)) return;
    (void)fprintf(stderr, "%s: %s\n", fault->subject, fault->message);
    assert(gw_is_ok(status));
}

/* One line: what was reached, what is asked for, and the ratio: above 1 is better than asked. */
static int show(const char *what, const char *got, const char *asked, double ratio) {
    (void)printf("%-46s %14s %14s %8.2f\n", what, got, asked, ratio);
    return ratio >= 1 ? 0 : 1;
}

static int bench_33_bus(void) {
    enum { FLOWS = 100000 };
    gw_fault fault = {0};
    gw_flow_balanced *flow = NULL;
    char got[32];
    double best = 0;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/case33bw.net.json");
    must(gw_flow_balanced_build(arena, &net, &flow, &fault), &fault);
    const gw_flow_options options = {.tolerance_pu = 1e-8};
    for (int round = 0; round < ROUNDS; round++) {
        const double began = now_s();
        for (int at = 0; at < FLOWS; at++)
            if (gw_flow_balanced_solve(flow, &options).verdict != GW_FLOW_SOLVED) return 1;
        const double rate = FLOWS / (now_s() - began);
        best = rate > best ? rate : best;
    }
    (void)snprintf(got, sizeof got, "%.0f /s", best);
    return show("33 nodes, balanced, cold, 1e-8 pu", got, "400000 /s", best / 400000);
}

typedef struct day {
    gw_net net;
    gw_flow_three_phase *flow;
    gw_flow_state state;
    double power_w[MINUTES][LOADS];
} day;

static void open_day(gw_arena *arena, day *it) {
    gw_fault fault = {0};
    const grid_table profiles =
        grid_table_read(arena, "ieee_european_lv/csv_v2/load_profiles_1min_kw.csv", ',');
    it->net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    for (size_t minute = 0; minute < MINUTES; minute++)
        for (size_t at = 0; at < LOADS; at++)
            it->power_w[minute][at] =
                1000 * grid_number(profiles.cells[minute * profiles.columns + at + 1]);
    must(gw_flow_three_phase_build(arena, &it->net, &it->flow, &fault), &fault);
    must(gw_flow_state_make(arena, &it->net, GW_NET_PHASES, &it->state, &fault), &fault);
}

/* Seconds for the day; with or without losses and currents at both ends of every branch. */
static double run_day(day *it, gw_flow_start start, int reads) {
    const double began = now_s();
    for (size_t minute = 0; minute < MINUTES; minute++) {
        const gw_flow_options options = {.tolerance_pu = 1e-8,
                                         .start = minute == 0 ? GW_FLOW_FLAT : start};
        for (size_t at = 0; at < LOADS; at++) {
            it->net.points[at].p_w = it->power_w[minute][at];
            it->net.points[at].q_var = it->power_w[minute][at] * tangent;
        }
        gw_flow_three_phase_load(it->flow);
        const gw_flow_outcome outcome = gw_flow_three_phase_solve(it->flow, &options);
        assert(outcome.verdict == GW_FLOW_SOLVED);
        if (reads != 0) gw_flow_three_phase_read(it->flow, &it->state);
    }
    return now_s() - began;
}

static int bench_day(day *it, const char *what, gw_flow_start start, int reads) {
    char got[32];
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        const double took = run_day(it, start, reads);
        best = took < best ? took : best;
    }
    (void)snprintf(got, sizeof got, "%.1f ms", best * 1000);
    return show(what, got, "100 ms", 0.1 / best);
}

/* Load vectors that go through a batch in portions, what is watched of them into the same room. */
typedef struct series {
    const char *what;
    const gw_net *net;
    const gw_flow_batch_watch *watch; /* NULL: everything */
    gw_flow_vectors vectors;
    size_t portion;
    gw_flow_batch_options options;
    double asked_s; /* 0: nothing was asked for */
} series;

static double run_series(gw_flow_batch *batch, const series *it, gw_flow_batch_results *room) {
    const size_t points = it->net->point_count;
    const double began = now_s();
    for (size_t first = 0; first < it->vectors.count; first += it->portion) {
        const gw_flow_vectors some = {.count = it->portion,
                                      .p_w = it->vectors.p_w + first * points,
                                      .q_var = it->vectors.q_var + first * points};
        gw_flow_batch_solve(batch, &some, &it->options, room);
        for (size_t at = 0; at < it->portion; at++) assert(room->verdicts[at] == GW_FLOW_SOLVED);
    }
    return now_s() - began;
}

static int bench_series(const series *it) {
    gw_fault fault = {0};
    gw_flow_batch *batch = NULL;
    gw_flow_batch_results room;
    char got[32];
    char asked[32];
    double best = 1e9;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    must(gw_flow_batch_build(arena, it->net, it->watch, &batch, &fault), &fault);
    must(gw_flow_batch_results_make(arena, batch, it->portion, &room, &fault), &fault);
    room.branch_to_a = NULL; /* no branch here charges: it is the other end with a minus */
    assert(gw_flow_batch_shape_of(batch).reason == NULL);
    for (int round = 0; round < ROUNDS; round++) {
        const double took = run_series(batch, it, &room);
        best = took < best ? took : best;
    }
    (void)snprintf(got, sizeof got, "%.1f ms", best * 1000);
    if (it->asked_s == 0) {
        (void)printf("%-46s %14s\n", it->what, got);
        return 0;
    }
    (void)snprintf(asked, sizeof asked, "%.0f ms", it->asked_s * 1000);
    return show(it->what, got, asked, it->asked_s / best);
}

/* The minutes of the day as vectors. */
static gw_flow_vectors vectors_of_day(gw_arena *arena, const day *it) {
    gw_fault fault = {0};
    double *p_w = NULL;
    double *q_var = NULL;
    must(GW_ARENA_NEW(arena, double, (size_t)MINUTES *LOADS, &p_w, &fault), &fault);
    must(GW_ARENA_NEW(arena, double, (size_t)MINUTES *LOADS, &q_var, &fault), &fault);
    for (size_t at = 0; at < (size_t)MINUTES * LOADS; at++) {
        p_w[at] = it->power_w[at / LOADS][at % LOADS];
        q_var[at] = p_w[at] * tangent;
    }
    return (gw_flow_vectors){MINUTES, p_w, q_var};
}

static int bench_lanes_of_day(const day *it) {
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    series all = {.what = "the same, reduced, in the widest lanes",
                  .net = &it->net,
                  .vectors = vectors_of_day(arena, it),
                  .portion = SOME,
                  .options = {.flow = {.tolerance_pu = 1e-8}},
                  .asked_s = 0.02};
    int missed = bench_series(&all);
    all.what = "the same, warm";
    all.options.flow.start = GW_FLOW_WARM;
    missed += bench_series(&all);
    all.what = "the same, cold, two lanes (without AVX2)";
    all.options = (gw_flow_batch_options){{.tolerance_pu = 1e-8}, GW_FLOW_LANES_2};
    return missed + bench_series(&all);
}

/* Quarter hours of 200 days: the households of the day, exchanged among the terminals and with up
 * to half more or less power. */
static gw_flow_vectors draw_scenarios(gw_arena *arena, const day *it) {
    gw_fault fault = {0};
    double *p_w = NULL;
    double *q_var = NULL;
    seeded random = {20261123};
    const size_t count = (size_t)SCENARIOS * STEPS;
    must(GW_ARENA_NEW(arena, double, count *LOADS, &p_w, &fault), &fault);
    must(GW_ARENA_NEW(arena, double, count *LOADS, &q_var, &fault), &fault);
    for (size_t scenario = 0; scenario < SCENARIOS; scenario++)
        for (size_t load = 0; load < LOADS; load++) {
            const size_t household = (size_t)seeded_between(&random, 0, LOADS - 1);
            const double factor = (double)seeded_between(&random, 500, 1500) / 1000;
            for (size_t step = 0; step < STEPS; step++) {
                const size_t at = (scenario * STEPS + step) * LOADS + load;
                p_w[at] = factor * it->power_w[step * MINUTES / STEPS][household];
                q_var[at] = p_w[at] * tangent;
            }
        }
    return (gw_flow_vectors){count, p_w, q_var};
}

static int bench_scenarios(const day *it) {
    uint32_t nodes[LOADS];
    const uint32_t head = 0;
    const gw_flow_batch_watch watch = {.nodes = nodes,
                                       .node_count = LOADS,
                                       .branches = &head,
                                       .branch_count = 1,
                                       .transformers = &head,
                                       .transformer_count = 1};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    for (size_t at = 0; at < LOADS; at++) nodes[at] = it->net.points[at].node;
    series all = {.what = "200 scenarios x 96 steps, terminals and head",
                  .net = &it->net,
                  .watch = &watch,
                  .vectors = draw_scenarios(arena, it),
                  .portion = STEPS,
                  .options = {.flow = {.tolerance_pu = 1e-8}},
                  .asked_s = 0.1};
    const int missed = bench_series(&all);
    all.what = "the same, all voltages and currents";
    all.watch = NULL;
    all.portion = SOME;
    all.asked_s = 0;
    return missed + bench_series(&all);
}

static int bench_days(void) {
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    day *it = NULL;
    gw_fault fault = {0};
    must(GW_ARENA_NEW(arena, day, 1, &it, &fault), &fault);
    open_day(arena, it);
    (void)bench_day(it, "European LV day, cold, voltages", GW_FLOW_FLAT, 0);
    (void)bench_day(it, "European LV day, warm, voltages", GW_FLOW_WARM, 0);
    int missed = bench_day(it, "European LV day, cold, voltages and currents", GW_FLOW_FLAT, 1);
    missed += bench_lanes_of_day(it);
    return missed + bench_scenarios(it);
}

/* A hundred trades between households at minute 566, of up to most_w each. */
typedef struct market {
    gw_flow_injection injections[LOADS];
    gw_flow_base base;
    gw_flow_item items[TRADES];
    char ids[TRADES][8];
    gw_flow_check_question question;
} market;

static void open_market(const gw_net *net, int64_t most_w, market *it) {
    seeded random = {99};
    for (size_t at = 0; at < LOADS; at++)
        it->injections[at] =
            (gw_flow_injection){(int64_t)net->points[at].p_w, (int64_t)net->points[at].q_var};
    it->base = (gw_flow_base){GW_TEXT("p50"), it->injections};
    for (size_t at = 0; at < TRADES; at++) {
        (void)snprintf(it->ids[at], sizeof it->ids[at], "t%03zu", at);
        it->items[at] = (gw_flow_item){.id = gw_text_from_c(it->ids[at]),
                                       .kind = GW_FLOW_ITEM_TRADE,
                                       .seller = (uint32_t)seeded_between(&random, 0, LOADS - 1),
                                       .buyer = (uint32_t)seeded_between(&random, 0, LOADS - 1),
                                       .requested = {seeded_between(&random, 500, most_w)},
                                       .accepted_at = {(int64_t)at},
                                       .price = {200000}};
    }
    it->question = (gw_flow_check_question){.net = net,
                                            .bases = &it->base,
                                            .base_count = 1,
                                            .items = it->items,
                                            .item_count = TRADES,
                                            .rule = GW_FLOW_RULE_SENSITIVITY_QP,
                                            .margin_ppm = 100,
                                            .duration = {INT64_C(900000000)}};
}

static int bench_check(const gw_net *net, const char *what, int64_t most_w,
                       gw_flow_check_verdict verdict) {
    gw_fault fault = {0};
    market it;
    char got[32];
    double best = 1e9;
    open_market(net, most_w, &it);
    for (int round = 0; round < ROUNDS; round++) {
        gw_flow_check_result result;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        const double began = now_s();
        must(gw_flow_check(arena, &it.question, &result, &fault), &fault);
        const double took = now_s() - began;
        assert(result.verdict == verdict);
        best = took < best ? took : best;
    }
    (void)snprintf(got, sizeof got, "%.2f ms", best * 1000);
    return show(what, got, "5 ms", 0.005 / best);
}

/* Every household on every limit, a little more and a little less. */
static int bench_effects(const gw_net *net) {
    gw_fault fault = {0};
    gw_flow_limits limits;
    char what[64];
    char got[32];
    double best = 1e9;
    GW_AUTO_ARENA outer = gw_arena_open(arena_cap);
    must(gw_flow_limits_make(outer, net, &(gw_flow_limit_options){0}, &limits, &fault), &fault);
    for (int round = 0; round < ROUNDS; round++) {
        gw_flow_effects effects;
        const gw_flow_question question = {.net = net, .limits = limits};
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        const double began = now_s();
        must(gw_flow_effects_find(arena, &question, &effects, &fault), &fault);
        const double took = now_s() - began;
        best = took < best ? took : best;
    }
    (void)snprintf(what, sizeof what, "effects of 55 points on %zu limits", limits.count);
    (void)snprintf(got, sizeof got, "%.2f ms", best * 1000);
    (void)printf("%-46s %14s\n", what, got);
    return 0;
}

/* Scenario paths with every limit of the feeder, P50 and P95; and a need that needs rounds. */
static int bench_need(void) {
    gw_fault fault = {0};
    gw_flow_limits limits;
    gw_flow_scenario scenario;
    gw_flow_levers levers;
    gw_flow_need need;
    int64_t *active_w = NULL;
    char got[32];
    seeded random = {1};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    const size_t points = net.point_count;
    must(gw_flow_limits_make(arena, &net, &(gw_flow_limit_options){0}, &limits, &fault), &fault);
    must(GW_ARENA_NEW(arena, int64_t, SCENARIOS * points, &active_w, &fault), &fault);
    for (size_t at = 0; at < SCENARIOS * points; at++)
        active_w[at] = seeded_between(&random, 0, 4000);
    const gw_flow_paths paths = {.active_w = active_w, .count = SCENARIOS};
    must(gw_flow_scenario_open(arena, &net, &limits, &paths, &scenario, &fault), &fault);
    double began = now_s();
    for (int step = 0; step < STEPS; step++)
        gw_flow_scenario_solve(&scenario, NULL, GW_FLOW_CUT_ACTIVE);
    (void)snprintf(got, sizeof got, "%.0f ms", (now_s() - began) * 1000);
    (void)printf("%-46s %14s\n", "200 scenarios x 96 steps, all limits, P95", got);
    gw_flow_study_scale(&net, 3000000);
    must(gw_flow_study_levers(arena, &net, 500000, 0, &levers, &fault), &fault);
    const gw_flow_need_question question = {
        .net = &net, .limits = limits, .levers = levers.at, .lever_count = levers.count};
    began = now_s();
    must(gw_flow_need_find(arena, &question, &need, &fault), &fault);
    (void)snprintf(got, sizeof got, "%.2f ms", (now_s() - began) * 1000);
    (void)printf("%-46s %14s\n", "need at three times the load, confirmed", got);
    return need.verdict == GW_NEED_CONFIRMED ? 0 : 1;
}

static int bench_trades(void) {
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    int missed = bench_effects(&net) + bench_need();
    missed += bench_check(&net, "check of 100 trades, all pass", 3000, GW_FLOW_CHECK_OK);
    return missed + bench_check(&net, "check of 100 trades, cut", 8000, GW_FLOW_CHECK_CURTAILED);
}

static int bench_simbench(void) {
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/simbench_lv_rural1.net.json");
    const simbench_year year = simbench_year_read(arena);
    const series all = {.what = "SimBench year, 35,136 steps, balanced, everything",
                        .net = &net,
                        .vectors = {SIMBENCH_STEPS, year.p_w, year.q_var},
                        .portion = STEPS,
                        .options = {.flow = {.tolerance_pu = 1e-8}},
                        .asked_s = 0.1};
    return bench_series(&all);
}

/* A feeder of a million nodes: each hangs on the one half as far from the source. */
static gw_bytes write_million(gw_arena *arena) {
    gw_writer out;
    gw_bytes bytes;
    gw_fault fault = {0};
    gw_writer_init(&out, arena);
    gw_write_c(&out,
               "{\"format\":\"gw-net\",\"version\":1,\"model\":\"balanced\",\"source\":{\"id\":"
               "\"s\",\"node\":\"n0\",\"u_pu\":1},\"nodes\":[{\"id\":\"n0\",\"un_v\":400}");
    for (int at = 1; at < MILLION; at++)
        gw_write_format(&out, ",\n{\"id\":\"n%d\",\"un_v\":400}", at);
    gw_write_c(&out, "],\"branches\":[");
    for (int at = 1; at < MILLION; at++)
        gw_write_format(&out,
                        "%s\n{\"id\":\"b%d\",\"from\":\"n%d\",\"to\":\"n%d\",\"r1_ohm\":1e-6,"
                        "\"x1_ohm\":1e-6}",
                        at == 1 ? "" : ",", at, (at - 1) / 2, at);
    gw_write_c(&out, "],\"points\":[{\"id\":\"p\",\"node\":\"n999999\",\"p_w\":5000}]}");
    must(gw_writer_end(&out, &bytes, &fault), &fault);
    return bytes;
}

static int bench_million(void) {
    gw_net net;
    gw_fault fault = {0};
    gw_flow_balanced *flow = NULL;
    char got[32];
    GW_AUTO_ARENA text = gw_arena_open(arena_cap);
    GW_AUTO_ARENA arena = gw_arena_open(million_cap);
    const gw_bytes file = write_million(text);
    const double began = now_s();
    must(gw_net_parse(arena, file, &net, &fault), &fault);
    must(gw_flow_balanced_build(arena, &net, &flow, &fault), &fault);
    const gw_flow_outcome outcome = gw_flow_balanced_solve(flow, &(gw_flow_options){0});
    assert(outcome.verdict == GW_FLOW_SOLVED);
    const double took_s = now_s() - began;
    const size_t used = gw_arena_used(arena);
    (void)snprintf(got, sizeof got, "%zu MiB", used >> 20);
    (void)printf("%-46s %14.1f s besides: a file of %zu MiB\n",
                 "a million nodes, from file to voltages", took_s, file.length >> 20);
    return show("its memory besides the file", got, "512 MiB", (double)million_cap / (double)used);
}

/* Coordinator and members together, without the way between them, against a quarter of an hour. */
static int bench_exchange(const char *what, uint32_t members) {
    enum { MARKET_S = 900 };
    static exchange_world world;
    seeded random = {50};
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    char got[32];
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    if (members == 3)
        world_of_three(&world, MILLION, 60, 40);
    else
        world_of_many(&world, &random, members);
    const double began = now_s();
    must(world_run(arena, &world, &exchange, &fault), &fault);
    const double took = now_s() - began;
    const gw_exchange_progress progress = gw_exchange_progress_get(exchange);
    assert(progress.end == GW_EXCHANGE_END_CONVERGED);
    (void)snprintf(got, sizeof got, "%.3f ms, %u", 1000 * took, progress.iteration);
    return show(what, got, "900 s", MARKET_S / took);
}

int main(void) {
    if (!grid_data_there()) return GRID_SKIPPED;
    (void)printf("%-46s %14s %14s %8s\n", "", "reached", "asked", "ratio");
    int missed = bench_33_bus();
    missed += bench_days();
    missed += bench_simbench();
    missed += bench_trades();
    missed += bench_exchange("3 microgrids agree", 3);
    missed += bench_exchange("50 microgrids, 2 intervals, agree", 50);
    missed += bench_million();
    return missed == 0 ? 0 : 1;
}
