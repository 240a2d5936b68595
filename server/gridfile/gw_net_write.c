/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/gw_net_write.h"

#include "server/gridfile/put.h"

static void put_number(gw_writer *out, const char *key, double value) {
    gw_write_format(out, ",\"%s\":", key);
    gw_put_number(out, value);
}

static void put_optional(gw_writer *out, const char *key, double value) {
    if (value != 0) put_number(out, key, value);
}

static void put_text(gw_writer *out, const char *key, gw_text text) {
    gw_write_format(out, ",\"%s\":", key);
    gw_put_string(out, text);
}

static void begin_entry(gw_writer *out, size_t at, gw_text id) {
    gw_write_c(out, at == 0 ? "\n{\"id\":" : ",\n{\"id\":");
    gw_put_string(out, id);
}

static void put_node_name(gw_writer *out, const gw_net *net, const char *key, uint32_t node) {
    put_text(out, key, net->nodes[node].id);
}

static void put_ends(gw_writer *out, const gw_net *net, uint32_t from, uint32_t to) {
    put_node_name(out, net, "from", from);
    put_node_name(out, net, "to", to);
}

static void put_node(gw_writer *out, const gw_net *net, size_t at) {
    const gw_net_node *node = &net->nodes[at];
    begin_entry(out, at, node->id);
    put_number(out, "un_v", node->un_v);
    put_optional(out, "vmin_pu", node->vmin_pu);
    put_optional(out, "vmax_pu", node->vmax_pu);
    if (node->place != GW_NET_NOWHERE) {
        put_number(out, node->place == GW_NET_GEOGRAPHIC ? "lon" : "x", node->x);
        put_number(out, node->place == GW_NET_GEOGRAPHIC ? "lat" : "y", node->y);
    }
    gw_write_c(out, "}");
}

static void put_open_ends(gw_writer *out, bool open_from, bool open_to) {
    if (!open_from && !open_to) return;
    gw_write_format(out, ",\"open_ends\":[%s%s%s]", open_from ? "\"from\"" : "",
                    open_from && open_to ? "," : "", open_to ? "\"to\"" : "");
}

static void put_triangle(gw_writer *out, const char *key, const double re[GW_NET_TRIANGLE],
                         const double im[GW_NET_TRIANGLE]) {
    gw_write_format(out, ",\"%s\":[", key);
    for (size_t at = 0; at < GW_NET_TRIANGLE; at++) {
        gw_write_c(out, at == 0 ? "[" : ",[");
        gw_put_number(out, re[at]);
        gw_write_c(out, ",");
        gw_put_number(out, im[at]);
        gw_write_c(out, "]");
    }
    gw_write_c(out, "]");
}

static void put_sequences(gw_writer *out, const gw_net_branch *branch) {
    put_number(out, "r1_ohm", branch->r1_ohm);
    put_number(out, "x1_ohm", branch->x1_ohm);
    if (branch->has_zero_sequence) {
        put_number(out, "r0_ohm", branch->r0_ohm);
        put_number(out, "x0_ohm", branch->x0_ohm);
    }
    put_optional(out, "b1_s", branch->b1_s);
    put_optional(out, "g1_s", branch->g1_s);
    put_optional(out, "b0_s", branch->b0_s);
    put_optional(out, "g0_s", branch->g0_s);
}

static void put_branch(gw_writer *out, const gw_net *net, size_t at) {
    static const char *const kinds[] = {"line", "cable", "switch"};
    const gw_net_branch *branch = &net->branches[at];
    begin_entry(out, at, branch->id);
    put_ends(out, net, branch->from, branch->to);
    gw_write_format(out, ",\"kind\":\"%s\"", kinds[branch->kind]);
    if (branch->matrix == NULL) {
        put_sequences(out, branch);
    } else {
        put_triangle(out, "z_abc_ohm", branch->matrix->r_ohm, branch->matrix->x_ohm);
        put_triangle(out, "y_abc_s", branch->matrix->g_s, branch->matrix->b_s);
    }
    put_optional(out, "imax_a", branch->imax_a);
    put_open_ends(out, branch->open_from, branch->open_to);
    gw_write_c(out, branch->closed ? "}" : ",\"closed\":false}");
}

static void put_group(gw_writer *out, const gw_net_transformer *it) {
    static const char *const upper[] = {"Y", "YN", "D", "Z", "ZN"};
    static const char *const lower[] = {"y", "yn", "d", "z", "zn"};
    gw_write_format(out, ",\"vector_group\":\"%s%s%d\"", upper[it->from_winding],
                    lower[it->to_winding], it->clock);
}

static void put_tap(gw_writer *out, const gw_net_transformer *it) {
    if (it->tap_steps == 0) return;
    gw_write_format(out, ",\"tap\":{\"side\":\"%s\"", it->tap_at_to ? "to" : "from");
    put_number(out, "pos", it->tap_steps);
    put_number(out, "step_pct", it->tap_step_pct);
    gw_write_c(out, "}");
}

static void put_transformer(gw_writer *out, const gw_net *net, size_t at) {
    const gw_net_transformer *it = &net->transformers[at];
    begin_entry(out, at, it->id);
    put_ends(out, net, it->from, it->to);
    put_number(out, "sn_va", it->sn_va);
    put_number(out, "u1_v", it->u1_v);
    put_number(out, "u2_v", it->u2_v);
    put_number(out, "uk_pct", it->uk_pct);
    put_number(out, "pk_w", it->pk_w);
    put_optional(out, "p0_w", it->p0_w);
    put_optional(out, "i0_pct", it->i0_pct);
    put_group(out, it);
    put_tap(out, it);
    if (it->is_pi) gw_write_c(out, ",\"magnetising\":\"pi\"");
    put_optional(out, "r_ground_from_ohm", it->r_ground_from_ohm);
    put_optional(out, "x_ground_from_ohm", it->x_ground_from_ohm);
    put_optional(out, "r_ground_to_ohm", it->r_ground_to_ohm);
    put_optional(out, "x_ground_to_ohm", it->x_ground_to_ohm);
    put_optional(out, "i0_zero_pct", it->i0_zero_pct);
    put_optional(out, "p0_zero_w", it->p0_zero_w);
    if (it->is_leg) gw_write_c(out, ",\"leg\":true");
    put_open_ends(out, it->open_from, it->open_to);
    gw_write_c(out, it->closed ? "}" : ",\"closed\":false}");
}

static void put_point(gw_writer *out, const gw_net *net, size_t at) {
    static const char *const loads[] = {"power", "current", "impedance"};
    const gw_net_point *point = &net->points[at];
    begin_entry(out, at, point->id);
    put_node_name(out, net, "node", point->node);
    if (point->is_phase_unknown) gw_write_c(out, ",\"phases\":\"?\"");
    if (point->phases != 0)
        gw_write_format(out, ",\"phases\":\"%s%s%s\"",
                        (point->phases & GW_NET_PHASE_A) != 0 ? "A" : "",
                        (point->phases & GW_NET_PHASE_B) != 0 ? "B" : "",
                        (point->phases & GW_NET_PHASE_C) != 0 ? "C" : "");
    put_number(out, "p_w", point->p_w);
    put_optional(out, "q_var", point->q_var);
    if (point->load != GW_NET_POWER)
        gw_write_format(out, ",\"constant\":\"%s\"", loads[point->load]);
    gw_write_c(out, "}");
}

static void put_source(gw_writer *out, const gw_net *net, size_t at) {
    const gw_net_source *source = &net->sources[at];
    begin_entry(out, at, source->id);
    put_node_name(out, net, "node", source->node);
    put_number(out, "u_pu", source->u_pu);
    put_optional(out, "angle_deg", source->angle_deg);
    put_optional(out, "isc3_a", source->isc3_a);
    put_optional(out, "x_over_r", source->x_over_r);
    if (source->z0_over_z1 != 0 && source->z0_over_z1 != 1)
        put_number(out, "z0_over_z1", source->z0_over_z1);
    gw_write_c(out, "}");
}

static void put_shunt(gw_writer *out, const gw_net *net, size_t at) {
    const gw_net_shunt *shunt = &net->shunts[at];
    begin_entry(out, at, shunt->id);
    put_node_name(out, net, "node", shunt->node);
    put_optional(out, "g1_s", shunt->g1_s);
    put_number(out, "b1_s", shunt->b1_s);
    put_optional(out, "g0_s", shunt->g0_s);
    put_optional(out, "b0_s", shunt->b0_s);
    gw_write_c(out, shunt->closed ? "}" : ",\"closed\":false}");
}

static void put_list(gw_writer *out, const gw_net *net, const char *name,
                     void put(gw_writer *out, const gw_net *net, size_t at), size_t count) {
    gw_write_format(out, ",\n\"%s\":[", name);
    for (size_t at = 0; at < count; at++) put(out, net, at);
    gw_write_c(out, "]");
}

void gw_net_write(gw_writer *out, const gw_net *net) {
    gw_write_c(out, "{\"format\":\"gw-net\",\"version\":1,\"name\":");
    gw_put_string(out, net->name);
    gw_write_format(out, ",\"model\":\"%s\"",
                    net->model == GW_NET_THREE_PHASE ? "three_phase" : "balanced");
    if (net->has_islands) gw_write_c(out, ",\"islands\":true");
    put_list(out, net, "source", put_source, net->source_count);
    put_list(out, net, "nodes", put_node, net->node_count);
    put_list(out, net, "branches", put_branch, net->branch_count);
    put_list(out, net, "transformers", put_transformer, net->transformer_count);
    put_list(out, net, "points", put_point, net->point_count);
    if (net->shunt_count > 0) put_list(out, net, "shunts", put_shunt, net->shunt_count);
    gw_write_c(out, "}\n");
}
