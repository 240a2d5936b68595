/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_study.h"

#include "grid/flow_round.h"

static const double root_3 = 1.7320508075688772935;

void gw_flow_study_scale(gw_net *net, int64_t ppm) {
    const double factor = (double)ppm / 1e6;
    for (size_t at = 0; at < net->point_count; at++) {
        net->points[at].p_w *= factor;
        net->points[at].q_var *= factor;
    }
}

static bool is_single(unsigned phases) {
    return phases == GW_NET_PHASE_A || phases == GW_NET_PHASE_B || phases == GW_NET_PHASE_C;
}

void gw_flow_study_forget_phases(gw_net *net) {
    for (size_t at = 0; at < net->point_count && net->model == GW_NET_THREE_PHASE; at++) {
        gw_net_point *point = &net->points[at];
        if (!is_single(point->phases)) continue;
        point->phases = 0;
        point->is_phase_unknown = true;
    }
}

int64_t gw_flow_study_voltage_ppm(const gw_net *net, int64_t voltage_mv) {
    double lowest_v = 0;
    for (size_t at = 0; at < net->point_count; at++) {
        const double un_v = net->nodes[net->points[at].node].un_v;
        if (lowest_v == 0 || un_v < lowest_v) lowest_v = un_v;
    }
    if (lowest_v == 0) return 0;
    const double base_v = net->model == GW_NET_THREE_PHASE ? lowest_v / root_3 : lowest_v;
    return gw_flow_round((double)voltage_mv * 1e3 / base_v);
}

static gw_power part_of(double power_w, int64_t share_ppm) {
    return (gw_power){gw_flow_round(power_w * (double)share_ppm / 1e6)};
}

gw_status gw_flow_study_levers(gw_arena *arena, const gw_net *net, int64_t share_ppm,
                               int64_t more_ppm, gw_flow_levers *ret, gw_fault *reterr) {
    gw_flow_levers made = {NULL, 0};
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_lever, net->point_count, &made.at, reterr));
    for (uint32_t at = 0; at < net->point_count; at++) {
        const double p_w = net->points[at].p_w;
        if (p_w > 0)
            made.at[made.count++] =
                (gw_flow_lever){at, part_of(p_w, share_ppm), part_of(p_w, more_ppm)};
        if (p_w < 0) made.at[made.count++] = (gw_flow_lever){at, {0}, part_of(-p_w, share_ppm)};
    }
    *ret = made;
    return gw_ok();
}
