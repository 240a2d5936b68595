/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/phase.h"

#include "grid/flow_phase_match.h"

#include <stdio.h>

/* ---- proposing ---- */

static gw_status index_points(gw_arena *arena, const gw_net *net, gw_net_index *ret,
                              gw_fault *reterr) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, net->point_count, &names, reterr));
    for (size_t at = 0; at < net->point_count; at++)
        names[at] = (gw_net_name){net->points[at].id, (uint32_t)at};
    return gw_net_index_build(names, net->point_count, "points", ret, reterr);
}

static bool is_single(unsigned phases) {
    return phases == GW_NET_PHASE_A || phases == GW_NET_PHASE_B || phases == GW_NET_PHASE_C;
}

/* The phase that is known of the point at a place of the study; 0: none is. */
static gw_status find_known(const gw_network *network, const gw_net_index *index,
                            const gw_phase_study *study, size_t at, unsigned *ret,
                            gw_fault *reterr) {
    char pointer[48];
    uint32_t found = 0;
    (void)snprintf(pointer, sizeof pointer, "/series/%zu/point", at);
    if (!gw_net_index_find(index, study->points[at], &found))
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, pointer, "the network has no point \"%.*s\"",
                            GW_TEXT_ARGS(gw_text_part(study->points[at], 0, 128)));
    const gw_net_point *point = &network->net.points[found];
    if (!point->is_phase_unknown && !is_single(point->phases))
        return gw_fail_with(reterr, GW_CODE_INVALID, pointer,
                            "the point \"%.*s\" is on several phases",
                            GW_TEXT_ARGS(gw_text_part(study->points[at], 0, 128)));
    *ret = study->trust == GW_PHASE_TRUST_NETWORK ? point->phases : 0;
    return gw_ok();
}

static gw_status check_twice(gw_arena *arena, const gw_phase_study *study, gw_fault *reterr) {
    gw_net_index index;
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, study->point_count, &names, reterr));
    for (size_t at = 0; at < study->point_count; at++)
        names[at] = (gw_net_name){study->points[at], (uint32_t)at};
    return gw_net_index_build(names, study->point_count, "series", &index, reterr);
}

static gw_status find_all_known(gw_arena *arena, const gw_network *network,
                                const gw_phase_study *study, unsigned **ret, gw_fault *reterr) {
    gw_net_index index;
    unsigned *known = NULL;
    if (network->net.model != GW_NET_THREE_PHASE)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/network",
                            "the network is balanced: it has no phases");
    GW_TRY(check_twice(arena, study, reterr));
    GW_TRY(index_points(arena, &network->net, &index, reterr));
    GW_TRY(GW_ARENA_NEW(arena, unsigned, study->point_count, &known, reterr));
    for (size_t at = 0; at < study->point_count; at++)
        GW_TRY(find_known(network, &index, study, at, &known[at], reterr));
    *ret = known;
    return gw_ok();
}

static gw_text word_of(unsigned phase) {
    return phase == GW_NET_PHASE_A   ? GW_TEXT("A")
           : phase == GW_NET_PHASE_B ? GW_TEXT("B")
           : phase == GW_NET_PHASE_C ? GW_TEXT("C")
                                     : GW_TEXT("");
}

static void fill_row(const gw_phase_match *match, gw_text point, gw_phase_row *ret) {
    static const char *const doubts[] = {[GW_PHASE_CERTAIN] = "CERTAIN",
                                         [GW_PHASE_CLOSE] = "CLOSE",
                                         [GW_PHASE_FLAT] = "FLAT",
                                         [GW_PHASE_FEW] = "FEW",
                                         [GW_PHASE_NO_REFERENCE] = "NO_REFERENCE",
                                         [GW_PHASE_KNOWN] = "KNOWN",
                                         [GW_PHASE_DISPUTED] = "DISPUTED"};
    *ret = (gw_phase_row){.point = point,
                          .phase = word_of(match->phase),
                          .best = word_of(match->best),
                          .doubt = gw_text_from_c(doubts[match->doubt]),
                          .confidence_ppm = match->confidence_ppm,
                          .steps = match->steps};
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        ret->correlation_ppm[phase] = match->correlation_ppm[phase];
}

typedef struct run_work {
    gw_arena *arena;
    gw_phase_run *run;
} run_work;

static gw_status save_run(gw_db *tx, void *context, gw_fault *reterr) {
    const run_work *work = context;
    gw_phase_run *run = work->run;
    return gw_phase_run_insert(tx, work->arena, &run->row, &run->list, &run->row.run, reterr);
}

/* Asks grid/ and puts its answers into rows. */
static gw_status match_phases(gw_arena *arena, const gw_phase_study *study, const unsigned *known,
                              gw_phase_list *ret, gw_fault *reterr) {
    gw_phase_match *matches = NULL;
    const gw_phase_question question = {.meter_count = study->point_count,
                                        .interval_count = study->interval_count,
                                        .meter_mv = study->voltage_mv,
                                        .known = known,
                                        .reference_mv = study->reference_mv,
                                        .certain_ppm = study->certain_ppm};
    GW_TRY(gw_flow_phase_match(arena, &question, &matches, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phase_row, study->point_count, &ret->items, reterr));
    for (size_t at = 0; at < study->point_count; at++)
        fill_row(&matches[at], study->points[at], &ret->items[at]);
    ret->count = (int)study->point_count;
    return gw_ok();
}

gw_status gw_phase_propose_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                              const gw_phase_study *study, gw_phase_run *ret, gw_fault *reterr) {
    gw_network network;
    unsigned *known = NULL;
    gw_phase_run run = {0};
    run_work work = {arena, &run};
    GW_TRY(gw_network_load(db, arena, call->network_id, &network, reterr));
    GW_TRY(find_all_known(arena, &network, study, &known, reterr));
    GW_TRY(match_phases(arena, study, known, &run.list, reterr));
    run.row = (gw_phase_run_row){.network_id = call->network_id,
                                 .version = network.version,
                                 .from_at = study->from,
                                 .interval_s = study->interval_s,
                                 .intervals = (int64_t)study->interval_count,
                                 .points = (int64_t)study->point_count,
                                 .certain_ppm = study->certain_ppm,
                                 .token_id = call->token_id,
                                 .recorded_at = call->now};
    GW_TRY(gw_db_transact(db, GW_ISOLATION_READ_COMMITTED, save_run, &work, reterr));
    for (int at = 0; at < run.list.count; at++) {
        run.list.items[at].run = run.row.run;
        run.list.items[at].recorded_at = call->now;
    }
    *ret = run;
    return gw_ok();
}

/* ---- accepting ---- */

static gw_status connect(gw_db *db, gw_arena *arena, const gw_network_call *call,
                         const gw_phase_choice *choice, gw_network_changed *ret, gw_fault *reterr) {
    gw_network network;
    uint32_t at = 0;
    gw_network_connection connection = {.point = choice->point, .has_phases = true};
    GW_TRY(gw_network_load(db, arena, call->network_id, &network, reterr));
    GW_TRY(gw_network_find_point(&network, choice->point, &at, reterr));
    GW_TRY(gw_net_phases_parse(choice->phase, &connection.phases, reterr));
    connection.link = network.links[at];
    return gw_network_connect_do(db, arena, call, &connection, ret, reterr);
}

typedef struct accept_work {
    gw_arena *arena;
    const gw_phase_acceptance *acceptance;
} accept_work;

static gw_status save_acceptance(gw_db *tx, void *context, gw_fault *reterr) {
    const accept_work *work = context;
    return gw_phase_accept(tx, work->arena, work->acceptance, reterr);
}

/* The network first: a crash in between leaves a phase that stands and a proposal that can be
 * accepted again, which then changes nothing but the mark. */
gw_status gw_phase_accept_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                             const gw_phase_choice *choice, gw_phase_row *ret, gw_fault *reterr) {
    gw_phase_row row;
    gw_network_changed changed;
    gw_phase_choice wanted = *choice;
    GW_TRY(gw_phase_find(db, arena, call->network_id, choice->point, &row, reterr));
    if (wanted.phase.length == 0) wanted.phase = row.phase;
    if (wanted.phase.length == 0)
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_CONFLICT, "/phase",
                                    "no phase is proposed for the point \"%.*s\"",
                                    GW_TEXT_ARGS(gw_text_part(choice->point, 0, 128))),
                       "Name the phase if you know it, or propose again with more voltages.");
    GW_TRY(connect(db, arena, call, &wanted, &changed, reterr));
    const gw_phase_acceptance acceptance = {.network_id = call->network_id,
                                            .point = choice->point,
                                            .run = row.run,
                                            .phase = wanted.phase,
                                            .version = changed.version,
                                            .token_id = call->token_id,
                                            .at = call->now};
    accept_work work = {arena, &acceptance};
    GW_TRY(gw_db_transact(db, GW_ISOLATION_READ_COMMITTED, save_acceptance, &work, reterr));
    return gw_phase_find(db, arena, call->network_id, choice->point, ret, reterr);
}
