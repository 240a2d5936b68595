/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_network.h"

#include "grid/flow_union.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEGREES_MOST = 360, TAP_STEPS_MOST = 1000, CLOCKS = 12 };
static const double number_most = 1e15;
static const double isc3_most_a = 1e60; /* formats write stiff sources so */

/* A number with the place it came from. */
typedef struct place {
    const char *list;
    size_t at;
    gw_fault *reterr;
} place;

static gw_status blame(const place *here, const char *field, const char *what) {
    char pointer[96];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu/%s", here->list, here->at, field);
    return gw_fail_with(here->reterr, GW_CODE_INVALID, pointer, "%s", what);
}

/* False for what is no number too: every comparison with it is false. */
static bool is_between(double number, double least, double most) {
    return number >= least && number <= most;
}

static gw_status check_number(const place *here, const char *field, double number, double least) {
    if (is_between(number, least, number_most)) return gw_ok();
    return blame(here, field, "the number is missing or out of range");
}

static gw_status check_node(const place *here, const char *field, const gw_net *net, uint32_t at) {
    if (at < net->node_count) return gw_ok();
    return blame(here, field, "there is no such node");
}

static gw_status check_count(const char *list, size_t count, size_t most, gw_fault *reterr) {
    if (count <= most) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_TOO_LARGE, list, "%zu entries, the limit is %zu", count,
                        most);
}

static gw_status check_counts(const gw_net *net, gw_fault *reterr) {
    GW_TRY(check_count("/nodes", net->node_count, GW_NET_NODES_MOST, reterr));
    GW_TRY(check_count("/branches", net->branch_count, GW_NET_BRANCHES_MOST, reterr));
    GW_TRY(check_count("/transformers", net->transformer_count, GW_NET_BRANCHES_MOST, reterr));
    GW_TRY(check_count("/points", net->point_count, GW_NET_POINTS_MOST, reterr));
    GW_TRY(check_count("/source", net->source_count, GW_NET_SOURCES_MOST, reterr));
    GW_TRY(check_count("/shunts", net->shunt_count, GW_NET_SHUNTS_MOST, reterr));
    if (net->node_count == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/nodes", "there is no node");
    if (net->source_count == 0 && !net->has_islands)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/source", "there is no source");
    return gw_ok();
}

static gw_status check_nodes(const gw_net *net, gw_fault *reterr) {
    for (size_t at = 0; at < net->node_count; at++) {
        const gw_net_node *node = &net->nodes[at];
        const place here = {"nodes", at, reterr};
        GW_TRY(check_number(&here, "un_v", node->un_v, 1e-3));
        GW_TRY(check_number(&here, "vmin_pu", node->vmin_pu, 0));
        GW_TRY(check_number(&here, "vmax_pu", node->vmax_pu, 0));
    }
    return gw_ok();
}

static gw_status check_zero_sequence(const place *here, const gw_net_branch *branch) {
    if (branch->kind == GW_NET_SWITCH && !branch->has_zero_sequence) return gw_ok();
    if (!branch->has_zero_sequence)
        return blame(here, "r0_ohm", "a three-phase model needs the zero sequence");
    GW_TRY(check_number(here, "r0_ohm", branch->r0_ohm, 0));
    GW_TRY(check_number(here, "x0_ohm", branch->x0_ohm, -number_most));
    GW_TRY(check_number(here, "b0_s", branch->b0_s, -number_most));
    return check_number(here, "g0_s", branch->g0_s, 0);
}

/* Entries on the diagonal must not be negative resistances. */
static bool is_triangle(const double triangle[GW_NET_TRIANGLE], double least) {
    for (int at = 0; at < GW_NET_TRIANGLE; at++) {
        const bool is_own = at == 0 || at == 2 || at == 5;
        if (!is_between(triangle[at], is_own ? least : -number_most, number_most)) return false;
    }
    return true;
}

static gw_status check_matrix(const place *here, const gw_net_matrix *matrix) {
    if (matrix == NULL) return gw_ok();
    if (!is_triangle(matrix->r_ohm, 0) || !is_triangle(matrix->x_ohm, -number_most))
        return blame(here, "z_abc_ohm", "a number is missing or out of range");
    if (!is_triangle(matrix->g_s, 0) || !is_triangle(matrix->b_s, -number_most))
        return blame(here, "y_abc_s", "a number is missing or out of range");
    return gw_ok();
}

static gw_status check_ends(const gw_net *net, uint32_t from, uint32_t to, const place *here) {
    GW_TRY(check_node(here, "from", net, from));
    GW_TRY(check_node(here, "to", net, to));
    if (from == to && !net->has_islands) return blame(here, "to", "both ends are at the same node");
    return gw_ok();
}

static gw_status check_branch(const gw_net *net, const gw_net_branch *branch, const place *here) {
    GW_TRY(check_ends(net, branch->from, branch->to, here));
    GW_TRY(check_matrix(here, branch->matrix));
    GW_TRY(check_number(here, "r1_ohm", branch->r1_ohm, 0));
    GW_TRY(check_number(here, "x1_ohm", branch->x1_ohm, -number_most));
    GW_TRY(check_number(here, "b1_s", branch->b1_s, -number_most));
    GW_TRY(check_number(here, "g1_s", branch->g1_s, 0));
    GW_TRY(check_number(here, "imax_a", branch->imax_a, 0));
    if (branch->kind != GW_NET_SWITCH && branch->r1_ohm == 0 && branch->x1_ohm == 0)
        return blame(here, "r1_ohm", "only a switch may have no impedance");
    /* written so that a ratio of 1 within rounding passes and nothing else does */
    if (!is_between(net->nodes[branch->from].un_v / net->nodes[branch->to].un_v, 1 - 1e-9,
                    1 + 1e-9))
        return blame(here, "to", "the ends have different nominal voltages");
    return net->model == GW_NET_THREE_PHASE ? check_zero_sequence(here, branch) : gw_ok();
}

static double size_of(double number) { return number < 0 ? -number : number; }

static gw_status check_impedance(const gw_net_transformer *it, const place *here) {
    const double uk_pct = it->is_leg ? size_of(it->uk_pct) : it->uk_pct;
    const double pk_w = it->is_leg ? size_of(it->pk_w) : it->pk_w;
    GW_TRY(check_number(here, "uk_pct", uk_pct, 1e-6));
    GW_TRY(check_number(here, "pk_w", pk_w, 0));
    if (pk_w / it->sn_va > uk_pct / 100)
        return blame(here, "pk_w", "the losses are above the short-circuit voltage");
    return gw_ok();
}

static gw_status check_transformer(const gw_net *net, const gw_net_transformer *it,
                                   const place *here) {
    GW_TRY(check_ends(net, it->from, it->to, here));
    GW_TRY(check_number(here, "sn_va", it->sn_va, 1));
    GW_TRY(check_number(here, "u1_v", it->u1_v, 1e-3));
    GW_TRY(check_number(here, "u2_v", it->u2_v, 1e-3));
    GW_TRY(check_impedance(it, here));
    GW_TRY(check_number(here, "p0_w", it->p0_w, 0));
    GW_TRY(check_number(here, "i0_pct", it->i0_pct, 0));
    GW_TRY(check_number(here, "r_ground_from_ohm", it->r_ground_from_ohm, 0));
    GW_TRY(check_number(here, "x_ground_from_ohm", it->x_ground_from_ohm, -number_most));
    GW_TRY(check_number(here, "r_ground_to_ohm", it->r_ground_to_ohm, 0));
    GW_TRY(check_number(here, "x_ground_to_ohm", it->x_ground_to_ohm, -number_most));
    GW_TRY(check_number(here, "i0_zero_pct", it->i0_zero_pct, 0));
    GW_TRY(check_number(here, "p0_zero_w", it->p0_zero_w, 0));
    if (it->clock < 0 || it->clock >= CLOCKS)
        return blame(here, "vector_group", "the clock number is not between 0 and 11");
    if (!is_between(it->tap_steps, -TAP_STEPS_MOST, TAP_STEPS_MOST))
        return blame(here, "tap/pos", "the number is missing or out of range");
    if (!is_between(it->tap_steps * it->tap_step_pct, -90, 1000))
        return blame(here, "tap/step_pct", "the tap leaves no turns");
    return gw_ok();
}

static gw_status check_branches(const gw_net *net, gw_fault *reterr) {
    for (size_t at = 0; at < net->branch_count; at++) {
        const place here = {"branches", at, reterr};
        GW_TRY(check_branch(net, &net->branches[at], &here));
    }
    for (size_t at = 0; at < net->transformer_count; at++) {
        const place here = {"transformers", at, reterr};
        GW_TRY(check_transformer(net, &net->transformers[at], &here));
    }
    return gw_ok();
}

static gw_status check_points(const gw_net *net, gw_fault *reterr) {
    for (size_t at = 0; at < net->point_count; at++) {
        const gw_net_point *point = &net->points[at];
        const place here = {"points", at, reterr};
        GW_TRY(check_node(&here, "node", net, point->node));
        GW_TRY(check_number(&here, "p_w", point->p_w, -number_most));
        GW_TRY(check_number(&here, "q_var", point->q_var, -number_most));
    }
    return gw_ok();
}

static gw_status check_sources(const gw_net *net, gw_fault *reterr) {
    for (size_t at = 0; at < net->source_count; at++) {
        const gw_net_source *source = &net->sources[at];
        const place here = {"source", at, reterr};
        GW_TRY(check_node(&here, "node", net, source->node));
        GW_TRY(check_number(&here, "u_pu", source->u_pu, 1e-3));
        if (!is_between(source->isc3_a, 0, isc3_most_a))
            return blame(&here, "isc3_a", "the number is missing or out of range");
        GW_TRY(check_number(&here, "x_over_r", source->x_over_r, 0));
        GW_TRY(check_number(&here, "z0_over_z1", source->z0_over_z1, 0));
        if (!is_between(source->angle_deg, -DEGREES_MOST, DEGREES_MOST))
            return blame(&here, "angle_deg", "the number is missing or out of range");
    }
    return gw_ok();
}

static gw_status check_shunts(const gw_net *net, gw_fault *reterr) {
    for (size_t at = 0; at < net->shunt_count; at++) {
        const gw_net_shunt *shunt = &net->shunts[at];
        const place here = {"shunts", at, reterr};
        GW_TRY(check_node(&here, "node", net, shunt->node));
        GW_TRY(check_number(&here, "g1_s", shunt->g1_s, -number_most));
        GW_TRY(check_number(&here, "b1_s", shunt->b1_s, -number_most));
        GW_TRY(check_number(&here, "g0_s", shunt->g0_s, -number_most));
        GW_TRY(check_number(&here, "b0_s", shunt->b0_s, -number_most));
    }
    return gw_ok();
}

/* Open switches may leave nodes dark; a node that no branch could reach is a fault of the file. */
static gw_status check_islands(gw_arena *arena, const gw_net *net, gw_fault *reterr) {
    gw_union sets;
    if (net->has_islands) return gw_ok();
    GW_TRY(gw_union_init(&sets, arena, net->node_count, reterr));
    for (size_t at = 0; at < net->branch_count; at++)
        (void)gw_union_join(&sets, net->branches[at].from, net->branches[at].to);
    for (size_t at = 0; at < net->transformer_count; at++)
        (void)gw_union_join(&sets, net->transformers[at].from, net->transformers[at].to);
    for (size_t at = 1; at < net->source_count; at++)
        (void)gw_union_join(&sets, net->sources[0].node, net->sources[at].node);
    const uint32_t live = gw_union_find(&sets, net->sources[0].node);
    for (size_t at = 0; at < net->node_count; at++) {
        const place here = {"nodes", at, reterr};
        if (gw_union_find(&sets, (uint32_t)at) != live)
            return blame(&here, "id", "no branch leads from a source to this node");
    }
    return gw_ok();
}

gw_status gw_net_validate(gw_arena *arena, const gw_net *net, gw_fault *reterr) {
    GW_TRY(check_counts(net, reterr));
    GW_TRY(check_nodes(net, reterr));
    GW_TRY(check_branches(net, reterr));
    GW_TRY(check_points(net, reterr));
    GW_TRY(check_sources(net, reterr));
    GW_TRY(check_shunts(net, reterr));
    return check_islands(arena, net, reterr);
}

static double average(const double *triangle, double times_mutual) {
    const double own = (triangle[0] + triangle[2] + triangle[5]) / 3;
    return own + times_mutual * (triangle[1] + triangle[3] + triangle[4]) / 3;
}

void gw_net_branch_average(gw_net_branch *branch) {
    const gw_net_matrix *matrix = branch->matrix;
    branch->has_zero_sequence = true;
    branch->r1_ohm = average(matrix->r_ohm, -1);
    branch->x1_ohm = average(matrix->x_ohm, -1);
    branch->g1_s = average(matrix->g_s, -1);
    branch->b1_s = average(matrix->b_s, -1);
    branch->r0_ohm = average(matrix->r_ohm, 2);
    branch->x0_ohm = average(matrix->x_ohm, 2);
    branch->g0_s = average(matrix->g_s, 2);
    branch->b0_s = average(matrix->b_s, 2);
}

static int compare_names(const void *left, const void *right) {
    const gw_net_name *one = left;
    const gw_net_name *other = right;
    const int order = gw_text_compare(one->id, other->id);
    if (order != 0) return order;
    return one->at < other->at ? -1 : one->at > other->at;
}

gw_status gw_net_index_build(gw_net_name *names, size_t count, const char *list, gw_net_index *ret,
                             gw_fault *reterr) {
    qsort(names, count, sizeof *names, compare_names);
    for (size_t at = 1; at < count; at++) {
        const place here = {list, names[at].at, reterr};
        if (gw_text_equal(names[at - 1].id, names[at].id))
            return blame(&here, "id", "the id is there twice");
    }
    *ret = (gw_net_index){names, count};
    return gw_ok();
}

bool gw_net_index_find(const gw_net_index *index, gw_text id, uint32_t *ret) {
    const gw_net_name wanted = {id, 0};
    size_t from = 0;
    size_t to = index->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (compare_names(&index->names[middle], &wanted) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    if (from == index->count || !gw_text_equal(index->names[from].id, id)) return false;
    *ret = index->names[from].at;
    return true;
}
