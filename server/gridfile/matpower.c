/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/matpower.h"

#include "grid/flow_phasor.h"
#include "server/gridfile/matpower_script.h"

#include <stdio.h>

typedef struct file {
    gw_arena *arena;
    gw_matpower_script script;
    gw_net net;
    gw_net_index nodes;
    double first_kv; /* of bus 1, the base of the conversion from ohm */
    gw_fault *reterr;
} file;

static const double slack_type = 3;
static const double isolated_type = 4;

enum { NAME_SIZE = 32 };

static gw_status read_bus(file *in, size_t row) {
    gw_record record = {&in->script.bus, row, gw_ok(), in->reterr};
    gw_net_node *node = &in->net.nodes[row];
    node->id = gw_record_text(&record, "bus");
    node->un_v = gw_record_number(&record, "base_kv") * 1e3;
    node->vmin_pu = gw_record_number(&record, "vmin");
    node->vmax_pu = gw_record_number(&record, "vmax");
    if (gw_record_number(&record, "type") == isolated_type)
        gw_record_blame(&record, "type", "an isolated bus is not solved here");
    if (row == 0) in->first_kv = node->un_v / 1e3;
    return record.status;
}

static gw_text name_of(file *in, const char *prefix, size_t row, gw_record *record) {
    char name[NAME_SIZE];
    gw_text made = {"", 0};
    (void)snprintf(name, sizeof name, "%s%zu", prefix, row + 1);
    const gw_status status = gw_text_copy(in->arena, gw_text_from_c(name), &made, in->reterr);
    if (!gw_is_ok(status) && gw_is_ok(record->status)) record->status = status;
    return made;
}

static void add_point(file *in, gw_net_point point) {
    if (point.p_w == 0 && point.q_var == 0) return;
    in->net.points[in->net.point_count++] = point;
}

/* Load and shunt of a bus. sin(acos(f)) is the square root of 1 - f². */
static gw_status read_load(file *in, size_t row) {
    gw_record record = {&in->script.bus, row, gw_ok(), in->reterr};
    const double w = in->script.is_in_kw ? 1e3 : 1e6;
    const double factor = in->script.power_factor;
    double p_w = gw_record_number(&record, "pd") * w;
    double q_var = gw_record_number(&record, "qd") * w;
    if (factor > 0) {
        q_var = p_w * __builtin_sqrt(1 - factor * factor);
        p_w *= factor;
    }
    const gw_net_point load = {
        .id = name_of(in, "load", row, &record), .node = (uint32_t)row, .p_w = p_w, .q_var = q_var};
    const gw_net_point shunt = {.id = name_of(in, "shunt", row, &record),
                                .node = (uint32_t)row,
                                .load = GW_NET_IMPEDANCE,
                                .p_w = gw_record_number(&record, "gs") * 1e6,
                                .q_var = -gw_record_number(&record, "bs") * 1e6};
    add_point(in, load);
    add_point(in, shunt);
    return record.status;
}

/* A generator at the slack bus is the source, any other one a point that gives power. */
static gw_status read_gen(file *in, size_t row) {
    gw_record record = {&in->script.gen, row, gw_ok(), in->reterr};
    const uint32_t node = gw_record_node(&record, "bus", &in->nodes);
    if (!(gw_record_number(&record, "status") > 0) || !gw_is_ok(record.status))
        return record.status;
    gw_record bus = {&in->script.bus, node, gw_ok(), in->reterr};
    if (gw_record_number(&bus, "type") != slack_type) {
        const gw_net_point given = {.id = name_of(in, "gen", row, &record),
                                    .node = node,
                                    .p_w = -gw_record_number(&record, "pg") * 1e6,
                                    .q_var = -gw_record_number(&record, "qg") * 1e6};
        add_point(in, given);
        return record.status;
    }
    in->net.sources[in->net.source_count++] =
        (gw_net_source){.id = name_of(in, "source", row, &record),
                        .node = node,
                        .u_pu = gw_record_number(&record, "vg"),
                        .angle_deg = gw_record_number(&bus, "va")};
    return record.status;
}

/* Numbers of a branch, in ohm and siemens at the voltage of its `to` end. */
typedef struct series {
    uint32_t from;
    uint32_t to;
    bool closed;
    double r_ohm;
    double x_ohm;
    double b_s;
    double rate_va;
    double ratio;
    double angle_deg;
} series;

static series read_series(file *in, gw_record *record) {
    const uint32_t from = gw_record_node(record, "from", &in->nodes);
    const uint32_t to = gw_record_node(record, "to", &in->nodes);
    const double to_kv = in->net.nodes[to].un_v / 1e3;
    const double base_ohm = to_kv * to_kv / in->script.base_mva;
    const double given =
        in->script.is_in_ohm ? to_kv * to_kv / (in->first_kv * in->first_kv) : base_ohm;
    return (series){.from = from,
                    .to = to,
                    .closed = gw_record_number(record, "status") > 0,
                    .r_ohm = gw_record_number(record, "r") * given,
                    .x_ohm = gw_record_number(record, "x") * given,
                    .b_s = gw_record_number(record, "b") / base_ohm,
                    .rate_va = gw_record_number(record, "rate_a") * 1e6,
                    .ratio = gw_record_number(record, "ratio"),
                    .angle_deg = gw_record_number(record, "angle")};
}

static void add_line(file *in, const series *it, gw_text id) {
    const double root_three = 1.7320508075688772;
    in->net.branches[in->net.branch_count++] =
        (gw_net_branch){.id = id,
                        .from = it->from,
                        .to = it->to,
                        .kind = GW_NET_LINE,
                        .closed = it->closed,
                        .r1_ohm = it->r_ohm,
                        .x1_ohm = it->x_ohm,
                        .b1_s = it->b_s,
                        .imax_a = it->rate_va / (root_three * in->net.nodes[it->to].un_v)};
}

/* The tap stands at `from`, the impedance behind it, as in gw_net_transformer. */
static void add_transformer(file *in, const series *it, gw_text id, gw_record *record) {
    const double ratio = it->ratio == 0 ? 1 : it->ratio;
    const double sn_va = it->rate_va > 0 ? it->rate_va : in->script.base_mva * 1e6;
    const double u2_v = in->net.nodes[it->to].un_v;
    const double base_ohm = u2_v * u2_v / sn_va;
    const double size = gw_phasor_size((gw_phasor){it->r_ohm, it->x_ohm});
    const double turned = it->angle_deg < 0 ? it->angle_deg + 360 : it->angle_deg;
    const bool is_whole = turned >= 0 && turned < 360 && (double)(int)(turned / 30) * 30 == turned;
    if (it->b_s != 0)
        gw_record_blame(record, "b", "a transformer with line charging is not solved");
    if (!is_whole) gw_record_blame(record, "angle", "the shift is no multiple of 30 degrees");
    in->net.transformers[in->net.transformer_count++] =
        (gw_net_transformer){.id = id,
                             .from = it->from,
                             .to = it->to,
                             .from_winding = GW_NET_WYE_GROUNDED,
                             .to_winding = GW_NET_WYE_GROUNDED,
                             .clock = is_whole ? (int)(turned / 30) : 0,
                             .closed = it->closed,
                             .sn_va = sn_va,
                             .u1_v = ratio * in->net.nodes[it->from].un_v,
                             .u2_v = u2_v,
                             .uk_pct = size / base_ohm * 100,
                             .pk_w = it->r_ohm / base_ohm * sn_va};
}

static gw_status read_branch(file *in, size_t row) {
    gw_record record = {&in->script.branch, row, gw_ok(), in->reterr};
    const series it = read_series(in, &record);
    GW_TRY(record.status);
    const gw_text id = name_of(in, "branch", row, &record);
    const bool is_line = (it.ratio == 0 || it.ratio == 1) && it.angle_deg == 0 &&
                         in->net.nodes[it.from].un_v == in->net.nodes[it.to].un_v;
    if (is_line) {
        add_line(in, &it, id);
    } else {
        add_transformer(in, &it, id, &record);
    }
    return record.status;
}

static gw_status index_nodes(file *in) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_name, in->net.node_count, &names, in->reterr));
    for (size_t at = 0; at < in->net.node_count; at++)
        names[at] = (gw_net_name){in->net.nodes[at].id, (uint32_t)at};
    return gw_net_index_build(names, in->net.node_count, "bus", &in->nodes, in->reterr);
}

static gw_status make_room(file *in) {
    const size_t nodes = in->script.bus.row_count;
    const size_t branches = in->script.branch.row_count;
    const size_t gens = in->script.gen.row_count;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_node, nodes, &in->net.nodes, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_point, 2 * nodes + gens, &in->net.points, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_source, gens, &in->net.sources, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_branch, branches, &in->net.branches, in->reterr));
    return GW_ARENA_NEW(in->arena, gw_net_transformer, branches, &in->net.transformers, in->reterr);
}

typedef gw_status row_reader(file *in, size_t row);

static gw_status read_rows(file *in, const gw_table *table, row_reader *read) {
    for (size_t row = 0; row < table->row_count; row++) GW_TRY(read(in, row));
    return gw_ok();
}

gw_status gw_matpower_parse(gw_arena *arena, gw_text text, gw_net *ret, gw_fault *reterr) {
    file in = {.arena = arena, .net = {.model = GW_NET_BALANCED}, .reterr = reterr};
    if (text.length > GW_MATPOWER_BYTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "%zu bytes, at most %d are taken",
                            text.length, GW_MATPOWER_BYTES_MOST);
    GW_TRY(gw_matpower_script_parse(arena, text, &in.script, reterr));
    in.net.name = in.script.name;
    GW_TRY(make_room(&in));
    in.net.node_count = in.script.bus.row_count;
    GW_TRY(read_rows(&in, &in.script.bus, read_bus));
    GW_TRY(index_nodes(&in));
    GW_TRY(read_rows(&in, &in.script.bus, read_load));
    GW_TRY(read_rows(&in, &in.script.gen, read_gen));
    GW_TRY(read_rows(&in, &in.script.branch, read_branch));
    GW_TRY(gw_net_validate(arena, &in.net, reterr));
    *ret = in.net;
    return gw_ok();
}
