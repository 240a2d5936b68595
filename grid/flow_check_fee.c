/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_fee.h"

#include "grid/flow_batch.h"
#include "grid/flow_round.h"

/* Small enough that the square of the current does not show, large enough for ten digits. */
static const double step_w = 10;

enum { PPM = 1000000, VECTORS_MOST = 64, VALUES_MOST = 1000000 };

static size_t middle(const gw_check_rounds *it) { return it->study->question->base_count / 2; }

/* The losses of many load vectors at a time. */
typedef struct probe {
    const gw_net *net; /* with everything accepted */
    gw_flow_batch *batch;
    gw_flow_batch_results results;
    size_t portion;
    double *p_w;
    double *q_var;
} probe;

static gw_status open_probe(gw_arena *arena, const gw_net *net, probe *it, gw_fault *reterr) {
    const gw_flow_batch_watch nothing = {.nodes = NULL};
    const size_t room = net->point_count > 0 ? VALUES_MOST / net->point_count : 1;
    it->net = net;
    it->portion = room < 1 ? 1 : room;
    if (it->portion > VECTORS_MOST) it->portion = VECTORS_MOST;
    GW_TRY(GW_ARENA_NEW(arena, double, it->portion * net->point_count, &it->p_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->portion * net->point_count, &it->q_var, reterr));
    GW_TRY(gw_flow_batch_build(arena, net, &nothing, &it->batch, reterr));
    return gw_flow_batch_results_make(arena, it->batch, it->portion, &it->results, reterr);
}

/* More consumption at a slot, spread where its phase is unknown; NULL: nowhere. */
static void fill_vector(probe *it, size_t vector, const gw_check_slot *slot) {
    const size_t count = it->net->point_count;
    double *p_w = it->p_w + vector * count;
    double *q_var = it->q_var + vector * count;
    for (size_t at = 0; at < count; at++) {
        p_w[at] = it->net->points[at].p_w;
        q_var[at] = it->net->points[at].q_var;
    }
    if (slot == NULL) return;
    const size_t places = slot->is_unknown ? GW_NET_PHASES : 1;
    for (size_t place = 0; place < places; place++)
        p_w[slot->first + place] += step_w / (double)places;
}

static void solve(probe *it, size_t count, gw_flow_start start) {
    const gw_flow_vectors vectors = {count, it->p_w, it->q_var};
    const gw_flow_batch_options options = {.flow.start = start};
    gw_flow_batch_solve(it->batch, &vectors, &options, &it->results);
}

/* Losses per watt consumed at each slot, beside everything accepted. Fast paths will do: the fees
 * are proposed with the rest. */
static gw_status find_slopes(gw_check_rounds *it, double **ret, gw_fault *reterr) {
    gw_check_study *study = it->study;
    probe made;
    GW_TRY(GW_ARENA_NEW(it->arena, double, study->slot_count, ret, reterr));
    gw_check_study_put(study, middle(it), it->accepted_w, NULL);
    GW_TRY(open_probe(it->arena, &study->run->net, &made, reterr));
    fill_vector(&made, 0, NULL);
    solve(&made, 1, GW_FLOW_FLAT);
    if (made.results.verdicts[0] != GW_FLOW_SOLVED) return gw_ok(); /* fees without losses */
    const double loss_w = made.results.loss_w[0];
    for (size_t from = 0; from < study->slot_count; from += made.portion) {
        const size_t left = study->slot_count - from;
        const size_t count = left < made.portion ? left : made.portion;
        for (size_t at = 0; at < count; at++) fill_vector(&made, at, &study->slots[from + at]);
        solve(&made, count, GW_FLOW_WARM);
        for (size_t at = 0; at < count; at++)
            if (made.results.verdicts[at] == GW_FLOW_SOLVED)
                (*ret)[from + at] = (made.results.loss_w[at] - loss_w) / step_w;
    }
    return gw_ok();
}

static double factor_of(const gw_check_study *study, const double *slopes, size_t item) {
    double factor = 0;
    if (study->buyer[item] != GW_FLOW_OUTSIDE) factor += slopes[study->buyer[item]];
    if (study->seller[item] != GW_FLOW_OUTSIDE) factor -= slopes[study->seller[item]];
    return factor;
}

/* What marginal losses are multiplied with, so that they add up to what is lost. */
static double average_of(const gw_check_rounds *it, const double *slopes) {
    const double lost_w = it->loss_w[middle(it)] - it->study->loss_before_w[middle(it)];
    double marginal_w = 0;
    for (size_t at = 0; at < it->study->question->item_count; at++) {
        const uint32_t item = it->order[at];
        marginal_w += factor_of(it->study, slopes, item) * it->accepted_w[item];
    }
    const double share = __builtin_fabs(marginal_w) > 1e-6 ? lost_w / marginal_w : 0;
    if (share < 0) return 0;
    return share < 1 ? share : 1;
}

/* Of one watt of the item, in micros per kWh. */
static double shadow_of(const gw_check_rounds *it, size_t at) {
    const gw_flow_tariff *tariff = &it->study->question->tariff;
    const gw_flow_rule rule = it->study->question->rule;
    double pull = 0;
    for (size_t row = 0; row < it->row_count; row++)
        pull += it->rows[row].shadow * it->rows[row].effect[at];
    double price = pull;
    if (rule == GW_FLOW_RULE_SENSITIVITY_QP)
        price = pull / 1000 * (double)tariff->curtailed_per_kw.micros_per_kwh;
    if (rule == GW_FLOW_RULE_MIN_KW) price = pull * (double)tariff->curtailed.micros_per_kwh;
    return price * (double)tariff->shadow_ppm / PPM;
}

static gw_flow_distance distance_of(const gw_check_study *study, size_t item) {
    const gw_flow_item *it = &study->question->items[item];
    const gw_net_point *points = study->question->net->points;
    if (it->seller == GW_FLOW_OUTSIDE || it->buyer == GW_FLOW_OUTSIDE) return GW_FLOW_BEYOND;
    return gw_flow_map_distance(&study->map, points[it->seller].node, points[it->buyer].node);
}

static gw_status price_item(const gw_check_rounds *it, size_t at, gw_flow_check_item *item,
                            gw_fault *reterr) {
    const gw_flow_check_question *question = it->study->question;
    const gw_flow_tariff *tariff = &question->tariff;
    const gw_price loss = {tariff->loss.micros_per_kwh * item->loss_share_ppm / PPM};
    const gw_price shadow = {gw_flow_round(shadow_of(it, at))};
    gw_energy energy;
    gw_money fee;
    GW_TRY(gw_energy_from_power(item->accepted, question->duration, &energy, reterr));
    GW_TRY(gw_money_from_energy(energy, loss, &item->fee_loss, reterr));
    GW_TRY(gw_money_from_energy(energy, shadow, &item->fee_shadow, reterr));
    GW_TRY(gw_money_from_energy(energy, tariff->distance[item->distance], &item->fee_distance,
                                reterr));
    GW_TRY(gw_money_add(item->fee_loss, item->fee_shadow, &fee, reterr));
    return gw_money_add(fee, item->fee_distance, &item->network_fee, reterr);
}

gw_status gw_check_fees_fill(gw_check_rounds *rounds, gw_flow_check_result *result,
                             gw_fault *reterr) {
    const gw_check_study *study = rounds->study;
    double *slopes = NULL;
    GW_TRY(find_slopes(rounds, &slopes, reterr));
    const double average = average_of(rounds, slopes);
    for (size_t at = 0; at < result->item_count; at++) {
        const uint32_t number = rounds->order[at];
        gw_flow_check_item *item = &result->items[number];
        const double factor = factor_of(study, slopes, number);
        item->loss_factor_ppm = gw_flow_round(factor * PPM);
        item->loss_share_ppm = gw_flow_round(factor * average * PPM);
        item->distance = distance_of(study, number);
        GW_TRY(price_item(rounds, at, item, reterr));
    }
    result->loss_before_w = gw_flow_round(study->loss_before_w[middle(rounds)]);
    result->loss_after_w = gw_flow_round(rounds->loss_w[middle(rounds)]);
    return gw_ok();
}
