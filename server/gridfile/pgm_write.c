/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm.h"

#include "grid/flow_element.h"
#include "server/gridfile/put.h"

#include <stdlib.h>

static const double root_3 = 1.7320508075688772935;
static const double degree_rad = 0.017453292519943295769;
static const double angular_frequency = 314.15926535897932385; /* 50 Hz */
static const double sk_stiff_va = 1e50;
static const double rx_resistance = 1e12; /* a source without reactance */
enum { ID_MOST = 2147483647 };

/* What has an id in the document: records in the order in which they are numbered. */
typedef enum part { NODES, BRANCHES, TRANSFORMERS, SHUNTS, POINTS, SOURCES, PARTS } part;

typedef struct named {
    gw_text id;
    uint32_t part;
    uint32_t at;
    int32_t number; /* -1: its text is none */
} named;

typedef struct document {
    const gw_net *net;
    gw_writer *out;
    int32_t *numbers[PARTS]; /* by record */
    bool *is_new[PARTS];
    size_t counts[PARTS];
    bool is_first; /* in its list */
} document;

/* ---- ids ---- */

static int32_t parse_number(gw_text id) {
    int64_t number = 0;
    if (id.length == 0 || id.length > 10 || (id.length > 1 && id.at[0] == '0')) return -1;
    for (size_t at = 0; at < id.length; at++) {
        if (id.at[at] < '0' || id.at[at] > '9') return -1;
        number = number * 10 + (id.at[at] - '0');
    }
    return number > ID_MOST ? -1 : (int32_t)number;
}

/* "7/a", "7/b" and "7/c" one after the other, at one node and of one kind, are one asymmetric load.
 */
static bool is_triple(const gw_net *net, size_t at) {
    if (at + GW_NET_PHASES > net->point_count) return false;
    const gw_net_point *first = &net->points[at];
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
        const gw_net_point *point = &net->points[at + phase];
        const size_t length = point->id.length;
        if (length < 3 || length != first->id.length) return false;
        if (point->id.at[length - 1] != (char)('a' + phase) || point->id.at[length - 2] != '/')
            return false;
        if (!gw_text_equal(gw_text_part(point->id, 0, length - 2),
                           gw_text_part(first->id, 0, length - 2)))
            return false;
        if (point->phases != 1u << phase || point->node != first->node ||
            point->load != first->load)
            return false;
    }
    return true;
}

static gw_text id_of(const document *it, part of, size_t at) {
    const gw_net *net = it->net;
    if (of == NODES) return net->nodes[at].id;
    if (of == BRANCHES) return net->branches[at].id;
    if (of == TRANSFORMERS) return net->transformers[at].id;
    if (of == SHUNTS) return net->shunts[at].id;
    if (of == SOURCES) return net->sources[at].id;
    const gw_text id = net->points[at].id;
    return is_triple(net, at) ? gw_text_part(id, 0, id.length - 2) : id;
}

static int compare_named(const void *left, const void *right) {
    const named *one = left;
    const named *other = right;
    if (one->number != other->number) return one->number < other->number ? -1 : 1;
    if (one->part != other->part) return one->part < other->part ? -1 : 1;
    return one->at < other->at ? -1 : one->at > other->at;
}

/* A number that is there once keeps its record; all others get the next free ones, or all get new
 * ones when there are none. */
static void number_all(document *it, named *all, size_t count) {
    int32_t most = -1;
    qsort(all, count, sizeof *all, compare_named);
    for (size_t at = 0; at < count; at++) {
        named *here = &all[at];
        const bool is_taken = at > 0 && all[at - 1].number == here->number;
        it->is_new[here->part][here->at] = here->number < 0 || is_taken;
        it->numbers[here->part][here->at] = here->number;
        most = here->number > most ? here->number : most;
    }
    const int32_t first = most > ID_MOST - (int32_t)count ? 0 : most + 1;
    int32_t next = first;
    for (size_t at = 0; at < count; at++)
        if (it->is_new[all[at].part][all[at].at]) it->numbers[all[at].part][all[at].at] = next++;
}

static gw_status make_numbers(document *it, gw_arena *arena, gw_fault *reterr) {
    const gw_net *net = it->net;
    const size_t counts[PARTS] = {[NODES] = net->node_count,
                                  [BRANCHES] = net->branch_count,
                                  [TRANSFORMERS] = net->transformer_count,
                                  [SHUNTS] = net->shunt_count,
                                  [POINTS] = net->point_count,
                                  [SOURCES] = net->source_count};
    size_t total = 0;
    named *all = NULL;
    for (size_t of = 0; of < PARTS; of++) {
        it->counts[of] = counts[of];
        total += counts[of];
        GW_TRY(GW_ARENA_NEW(arena, int32_t, counts[of], &it->numbers[of], reterr));
        GW_TRY(GW_ARENA_NEW(arena, bool, counts[of], &it->is_new[of], reterr));
    }
    GW_TRY(GW_ARENA_NEW(arena, named, total, &all, reterr));
    total = 0;
    for (uint32_t of = 0; of < PARTS; of++)
        for (uint32_t at = 0; at < counts[of]; at++) {
            const gw_text id = id_of(it, (part)of, at);
            all[total++] = (named){id, of, at, parse_number(id)};
            if (of == POINTS && is_triple(net, at)) at += GW_NET_PHASES - 1;
        }
    number_all(it, all, total);
    return gw_ok();
}

/* ---- entries ---- */

static void put_number(document *it, const char *key, double value) {
    gw_write_format(it->out, ",\"%s\":", key);
    gw_put_number(it->out, value);
}

static void put_flag(document *it, const char *key, bool value) {
    gw_write_format(it->out, ",\"%s\":%d", key, value ? 1 : 0);
}

static void begin_entry(document *it, part of, size_t at) {
    gw_write_format(it->out, "%s\n{\"id\":%d", it->is_first ? "" : ",", it->numbers[of][at]);
    it->is_first = false;
    if (!it->is_new[of][at]) return;
    gw_write_c(it->out, ",\"name\":");
    gw_put_string(it->out, id_of(it, of, at));
}

static void put_node_id(document *it, const char *key, uint32_t node) {
    gw_write_format(it->out, ",\"%s\":%d", key, it->numbers[NODES][node]);
}

static void put_ends(document *it, uint32_t from, uint32_t to, const bool live[2]) {
    put_node_id(it, "from_node", from);
    put_node_id(it, "to_node", to);
    put_flag(it, "from_status", live[0]);
    put_flag(it, "to_status", live[1]);
}

static void put_node(document *it, size_t at) {
    begin_entry(it, NODES, at);
    put_number(it, "u_rated", it->net->nodes[at].un_v);
    gw_write_c(it->out, "}");
}

static bool is_link(const gw_net_branch *branch) {
    return branch->kind == GW_NET_SWITCH && branch->r1_ohm == 0 && branch->x1_ohm == 0 &&
           branch->matrix == NULL;
}

static void begin_branch(document *it, size_t at) {
    const gw_net_branch *branch = &it->net->branches[at];
    const bool live[2] = {branch->closed && !branch->open_from, branch->closed && !branch->open_to};
    begin_entry(it, BRANCHES, at);
    put_ends(it, branch->from, branch->to, live);
}

static void put_link(document *it, size_t at) {
    if (!is_link(&it->net->branches[at])) return;
    begin_branch(it, at);
    gw_write_c(it->out, "}");
}

static void put_charging(document *it, const char *const keys[2], double g_s, double b_s) {
    put_number(it, keys[0], b_s / angular_frequency);
    put_number(it, keys[1], b_s != 0 ? g_s / b_s : 0);
}

static void put_line(document *it, size_t at) {
    static const char *const positive[2] = {"c1", "tan1"};
    static const char *const zero[2] = {"c0", "tan0"};
    const gw_net_branch *branch = &it->net->branches[at];
    if (is_link(branch) || branch->matrix != NULL) return;
    begin_branch(it, at);
    put_number(it, "r1", branch->r1_ohm);
    put_number(it, "x1", branch->x1_ohm);
    put_charging(it, positive, branch->g1_s, branch->b1_s);
    if (branch->has_zero_sequence) {
        put_number(it, "r0", branch->r0_ohm);
        put_number(it, "x0", branch->x0_ohm);
        put_charging(it, zero, branch->g0_s, branch->b0_s);
    }
    if (branch->imax_a > 0) put_number(it, "i_n", branch->imax_a);
    gw_write_c(it->out, "}");
}

static void put_asym_line(document *it, size_t at) {
    static const char *const places[GW_NET_TRIANGLE] = {"aa", "ba", "bb", "ca", "cb", "cc"};
    const gw_net_branch *branch = &it->net->branches[at];
    if (branch->matrix == NULL) return;
    begin_branch(it, at);
    for (size_t entry = 0; entry < GW_NET_TRIANGLE; entry++) {
        gw_write_format(it->out, ",\"r_%s\":", places[entry]);
        gw_put_number(it->out, branch->matrix->r_ohm[entry]);
        gw_write_format(it->out, ",\"x_%s\":", places[entry]);
        gw_put_number(it->out, branch->matrix->x_ohm[entry]);
        gw_write_format(it->out, ",\"c_%s\":", places[entry]);
        gw_put_number(it->out, branch->matrix->b_s[entry] / angular_frequency);
    }
    if (branch->imax_a > 0) put_number(it, "i_n", branch->imax_a);
    gw_write_c(it->out, "}");
}

static void put_tap(document *it, const gw_net_transformer *from) {
    const double rated_v = from->tap_at_to ? from->u2_v : from->u1_v;
    const double steps = from->tap_steps;
    put_flag(it, "tap_side", from->tap_at_to);
    put_number(it, "tap_pos", steps);
    put_number(it, "tap_min", steps < 0 ? steps : 0);
    put_number(it, "tap_max", steps < 0 ? 0 : (steps > 0 ? steps : 1));
    put_number(it, "tap_nom", 0);
    put_number(it, "tap_size", rated_v * from->tap_step_pct / 100);
}

/* A magnetising branch in the middle (T) is said as the equal one at both ends: so the format has
 * it. */
static void put_impedance(document *it, size_t at) {
    const gw_net_transformer *from = &it->net->transformers[at];
    const gw_flow_edge edge = {GW_FLOW_TRANSFORMER, false, (uint32_t)at};
    const gw_flow_element made = gw_flow_element_make(it->net, edge);
    const double un_v = it->net->nodes[from->to].un_v;
    const double tapped = from->tap_at_to ? 1 + from->tap_steps * from->tap_step_pct / 100 : 1;
    const double u2_v = from->u2_v * tapped;
    /* per unit of the node and the flow's base to that of the transformer */
    const double to_own = un_v * un_v / GW_FLOW_BASE_VA * from->sn_va / (u2_v * u2_v);
    const bool is_t = !from->is_pi && gw_phasor_size(made.y1_to) > 0;
    const double z = gw_phasor_size(made.z1) * to_own;
    const double y = 2 * gw_phasor_size(made.y1_to) / to_own;
    put_number(it, "uk", is_t ? z : from->uk_pct / 100);
    put_number(it, "pk", is_t ? made.z1.re * to_own * from->sn_va : from->pk_w);
    put_number(it, "i0", is_t ? y : from->i0_pct / 100);
    put_number(it, "p0", is_t ? 2 * made.y1_to.re / to_own * from->sn_va : from->p0_w);
    put_number(it, "i0_zero_sequence", from->i0_zero_pct / 100);
    put_number(it, "p0_zero_sequence", from->p0_zero_w);
}

static void put_transformer(document *it, size_t at) {
    const gw_net_transformer *from = &it->net->transformers[at];
    const bool live[2] = {from->closed && !from->open_from, from->closed && !from->open_to};
    begin_entry(it, TRANSFORMERS, at);
    put_ends(it, from->from, from->to, live);
    put_number(it, "u1", from->u1_v);
    put_number(it, "u2", from->u2_v);
    put_number(it, "sn", from->sn_va);
    put_impedance(it, at);
    gw_write_format(it->out, ",\"winding_from\":%d,\"winding_to\":%d,\"clock\":%d",
                    (int)from->from_winding, (int)from->to_winding, from->clock);
    put_tap(it, from);
    put_number(it, "r_grounding_from", from->r_ground_from_ohm);
    put_number(it, "x_grounding_from", from->x_ground_from_ohm);
    put_number(it, "r_grounding_to", from->r_ground_to_ohm);
    put_number(it, "x_grounding_to", from->x_ground_to_ohm);
    gw_write_c(it->out, "}");
}

static void put_shunt(document *it, size_t at) {
    const gw_net_shunt *shunt = &it->net->shunts[at];
    begin_entry(it, SHUNTS, at);
    put_node_id(it, "node", shunt->node);
    put_flag(it, "status", shunt->closed);
    put_number(it, "g1", shunt->g1_s);
    put_number(it, "b1", shunt->b1_s);
    put_number(it, "g0", shunt->g0_s);
    put_number(it, "b0", shunt->b0_s);
    gw_write_c(it->out, "}");
}

static void begin_load(document *it, size_t at) {
    static const int types[] = {[GW_NET_POWER] = 0, [GW_NET_IMPEDANCE] = 1, [GW_NET_CURRENT] = 2};
    const gw_net_point *point = &it->net->points[at];
    begin_entry(it, POINTS, at);
    put_node_id(it, "node", point->node);
    gw_write_format(it->out, ",\"status\":1,\"type\":%d", types[point->load]);
}

static void put_sym_load(document *it, size_t at) {
    const gw_net_point *point = &it->net->points[at];
    if (point->phases != 0) return;
    begin_load(it, at);
    put_number(it, "p_specified", point->p_w);
    put_number(it, "q_specified", point->q_var);
    gw_write_c(it->out, "}");
}

static void put_three(document *it, const char *key, const double values[GW_NET_PHASES]) {
    gw_write_format(it->out, ",\"%s\":[", key);
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
        gw_write_c(it->out, phase == 0 ? "" : ",");
        gw_put_number(it->out, values[phase]);
    }
    gw_write_c(it->out, "]");
}

/* A point on some phases; the rest of a triple has been written with its first. */
static void put_asym_load(document *it, size_t at) {
    const gw_net *net = it->net;
    const gw_net_point *point = &net->points[at];
    const bool is_first = is_triple(net, at);
    double p_w[GW_NET_PHASES] = {0};
    double q_var[GW_NET_PHASES] = {0};
    unsigned count = 0;
    if (point->phases == 0) return;
    if (at >= 1 && is_triple(net, at - 1)) return;
    if (at >= 2 && is_triple(net, at - 2)) return;
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) count += point->phases >> phase & 1;
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
        const gw_net_point *of = is_first ? &net->points[at + phase] : point;
        if ((of->phases >> phase & 1) == 0) continue;
        p_w[phase] = of->p_w / (is_first ? 1 : count);
        q_var[phase] = of->q_var / (is_first ? 1 : count);
    }
    begin_load(it, at);
    put_three(it, "p_specified", p_w);
    put_three(it, "q_specified", q_var);
    gw_write_c(it->out, "}");
}

static void put_source(document *it, size_t at) {
    const gw_net_source *source = &it->net->sources[at];
    const double un_v = it->net->nodes[source->node].un_v;
    begin_entry(it, SOURCES, at);
    put_node_id(it, "node", source->node);
    put_flag(it, "status", true);
    put_number(it, "u_ref", source->u_pu);
    put_number(it, "u_ref_angle", source->angle_deg * degree_rad);
    put_number(it, "sk", source->isc3_a > 0 ? source->isc3_a * un_v * root_3 : sk_stiff_va);
    put_number(it, "rx_ratio", source->x_over_r > 0 ? 1 / source->x_over_r : rx_resistance);
    put_number(it, "z01_ratio", source->z0_over_z1 > 0 ? source->z0_over_z1 : 1);
    gw_write_c(it->out, "}");
}

/* Conductance stands beside susceptance there, as its loss factor, and not alone. A leg of three
 * windings may have a negative impedance, a transformer there not. */
static gw_status check_sayable(const gw_net *net, gw_fault *reterr) {
    for (size_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        if (it->uk_pct > 0 && it->pk_w >= 0) continue;
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/transformers",
                            "transformer \"%.*s\" has a negative impedance", (int)it->id.length,
                            it->id.at);
    }
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        bool is_alone = (branch->g1_s != 0 && branch->b1_s == 0) ||
                        (branch->g0_s != 0 && branch->b0_s == 0 && branch->has_zero_sequence);
        for (size_t entry = 0; entry < GW_NET_TRIANGLE && branch->matrix != NULL; entry++)
            is_alone = is_alone || branch->matrix->g_s[entry] != 0;
        if (!is_alone) continue;
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/branches",
                            "branch \"%.*s\" has a conductance that the format cannot say",
                            (int)branch->id.length, branch->id.at);
    }
    return gw_ok();
}

gw_status gw_pgm_write(const gw_net *net, gw_writer *out, gw_fault *reterr) {
    static const struct {
        const char *name;
        part of;
        void (*put)(document *it, size_t at);
    } lists[] = {{"node", NODES, put_node},
                 {"line", BRANCHES, put_line},
                 {"asym_line", BRANCHES, put_asym_line},
                 {"link", BRANCHES, put_link},
                 {"transformer", TRANSFORMERS, put_transformer},
                 {"shunt", SHUNTS, put_shunt},
                 {"sym_load", POINTS, put_sym_load},
                 {"asym_load", POINTS, put_asym_load},
                 {"source", SOURCES, put_source}};
    document it = {.net = net, .out = out};
    GW_TRY(check_sayable(net, reterr));
    GW_TRY(make_numbers(&it, out->arena, reterr));
    gw_write_c(out, "{\"version\":\"1.0\",\"type\":\"input\",\"is_batch\":false,"
                    "\"attributes\":{},\"data\":{");
    for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++) {
        gw_write_format(out, "%s\n\"%s\":[", list == 0 ? "" : ",", lists[list].name);
        it.is_first = true;
        for (size_t at = 0; at < it.counts[lists[list].of]; at++) lists[list].put(&it, at);
        gw_write_c(out, "]");
    }
    gw_write_c(out, "\n}}\n");
    return gw_ok();
}
