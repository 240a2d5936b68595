/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_report.h"

#include <stdlib.h>

enum { ID_SHOWN = 24 };

/* A row of a table and how far up it belongs. */
typedef struct row {
    uint32_t at;
    double rank;
    double least; /* over the phases */
    double most;
} row;

static int compare_rows(const void *left, const void *right) {
    const row *one = left;
    const row *other = right;
    if (one->rank != other->rank) return one->rank > other->rank ? -1 : 1;
    return one->at < other->at ? -1 : one->at > other->at;
}

static void write_id(gw_writer *out, gw_text id) {
    const gw_text shown = gw_text_part(id, 0, ID_SHOWN);
    gw_write_format(out, "  %-*.*s", ID_SHOWN, (int)shown.length, shown.at);
}

/* Least and most of the sizes of one item's phases. */
static row measure(const gw_phasor *values, size_t phases, uint32_t at) {
    row made = {.at = at, .least = gw_phasor_size(values[0]), .most = 0};
    for (size_t phase = 0; phase < phases; phase++) {
        const double size = gw_phasor_size(values[phase]);
        made.least = size < made.least ? size : made.least;
        made.most = size > made.most ? size : made.most;
    }
    return made;
}

static void write_head(const gw_flow_report *it, gw_writer *out) {
    const gw_net *net = it->net;
    gw_write_text(out, gw_text_part(net->name, 0, 128));
    gw_write_format(out, ": %s, %zu nodes, %zu branches, %zu transformers, %zu points\n",
                    net->model == GW_NET_THREE_PHASE ? "three-phase" : "balanced", net->node_count,
                    net->branch_count, net->transformer_count, net->point_count);
    if (it->outcome->verdict == GW_FLOW_SOLVED) {
        gw_write_format(out, "solved in %d sweeps, last change %.1e pu\n", it->outcome->iterations,
                        it->outcome->change_pu);
    } else {
        gw_write_format(out,
                        "infeasible: the voltages did not settle in %d sweeps; the load is more "
                        "than the network can carry\n",
                        it->outcome->iterations);
    }
}

static void write_power(gw_writer *out, const char *what, gw_phasor power_va) {
    gw_write_format(out, "  %-24s %14.3f kW %14.3f kvar\n", what, power_va.re / 1000,
                    power_va.im / 1000);
}

static void write_balance(const gw_flow_report *it, gw_writer *out) {
    gw_phasor fed = {0, 0};
    gw_write_c(out, "\nbalance\n");
    for (size_t at = 0; at < it->net->source_count; at++)
        fed = gw_phasor_add(fed, it->state->source_va[at]);
    write_power(out, it->net->source_count == 1 ? "source" : "sources", fed);
    write_power(out, "load", it->state->load_va);
    if (it->net->shunt_count > 0) write_power(out, "shunts", it->state->shunt_va);
    gw_write_format(out, "  %-24s %14.3f kW\n", "loss", it->state->loss_w / 1000);
    if (it->outcome->switched > 0)
        gw_write_format(out, "  loads outside 0.7 to 1.2 of their nominal voltage: %zu\n",
                        it->outcome->switched);
}

/* Above zero: outside its limits by so much. Dark nodes come first. */
static double rank_node(const gw_net_node *node, const row *found) {
    if (found->most == 0) return 1000;
    const double below = node->vmin_pu > 0 ? node->vmin_pu - found->least : 0;
    const double above = node->vmax_pu > 0 ? found->most - node->vmax_pu : 0;
    if (below > 0 || above > 0) return 10 + (below > above ? below : above);
    return found->least < 1 ? 1 - found->least : 0;
}

static const char *remark_of(const gw_net_node *node, const row *found) {
    if (found->most == 0) return "not energised";
    if (node->vmin_pu > 0 && found->least < node->vmin_pu) return "too low";
    if (node->vmax_pu > 0 && found->most > node->vmax_pu) return "too high";
    return "";
}

static gw_status write_nodes(const gw_flow_report *it, gw_arena *arena, gw_writer *out,
                             gw_fault *reterr) {
    row *rows = NULL;
    const size_t phases = it->state->phases;
    GW_TRY(GW_ARENA_NEW(arena, row, it->net->node_count, &rows, reterr));
    for (uint32_t at = 0; at < it->net->node_count; at++) {
        rows[at] = measure(&it->state->node_v[at * phases], phases, at);
        rows[at].rank = rank_node(&it->net->nodes[at], &rows[at]);
    }
    qsort(rows, it->net->node_count, sizeof *rows, compare_rows);
    gw_write_format(out, "\nnode                        nominal kV   least pu    most pu%s\n",
                    phases == GW_NET_PHASES ? "   negative       zero" : "");
    for (size_t at = 0; at < it->net->node_count && at < it->rows_most; at++) {
        const gw_net_node *node = &it->net->nodes[rows[at].at];
        write_id(out, node->id);
        gw_write_format(out, " %11.3f %10.5f %10.5f", node->un_v / 1000, rows[at].least,
                        rows[at].most);
        if (phases == GW_NET_PHASES) {
            const gw_phasor *v = &it->state->node_v[rows[at].at * phases];
            gw_write_format(out, " %8.2f %% %8.2f %%", 100 * gw_flow_unbalance(v),
                            100 * gw_flow_zero_unbalance(v));
        }
        const char *remark = remark_of(node, &rows[at]);
        gw_write_format(out, "%s%s\n", *remark == '\0' ? "" : "  ", remark);
    }
    return gw_ok();
}

/* Of the end where it is larger. */
static double neutral_of(const gw_flow_state *state, uint32_t branch) {
    const size_t at = (size_t)branch * GW_NET_PHASES;
    const double from_a = gw_flow_neutral_a(&state->branches.from_a[at]);
    const double to_a = gw_flow_neutral_a(&state->branches.to_a[at]);
    return from_a > to_a ? from_a : to_a;
}

/* Most current of both ends and all phases over the limit; the current alone when there is none. */
static gw_status write_branches(const gw_flow_report *it, gw_arena *arena, gw_writer *out,
                                gw_fault *reterr) {
    row *rows = NULL;
    const size_t phases = it->state->phases;
    const gw_net *net = it->net;
    GW_TRY(GW_ARENA_NEW(arena, row, net->branch_count, &rows, reterr));
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const row to = measure(&it->state->branches.to_a[at * phases], phases, at);
        rows[at] = measure(&it->state->branches.from_a[at * phases], phases, at);
        rows[at].most = to.most > rows[at].most ? to.most : rows[at].most;
        const double limit_a = net->branches[at].imax_a;
        rows[at].rank = limit_a > 0 ? 1e6 * rows[at].most / limit_a : rows[at].most * 1e-6;
    }
    qsort(rows, net->branch_count, sizeof *rows, compare_rows);
    gw_write_format(
        out, "\nbranch                       current A    limit A    loading     loss kW%s\n",
        phases == GW_NET_PHASES ? "   neutral A" : "");
    for (size_t at = 0; at < net->branch_count && at < it->rows_most; at++) {
        const gw_net_branch *branch = &net->branches[rows[at].at];
        write_id(out, branch->id);
        gw_write_format(out, " %11.3f", rows[at].most);
        if (branch->imax_a > 0)
            gw_write_format(out, " %10.1f %8.1f %%", branch->imax_a,
                            100 * rows[at].most / branch->imax_a);
        else
            gw_write_format(out, " %10s %10s", "-", "-");
        gw_write_format(out, " %11.4f", it->state->branches.loss_w[rows[at].at] / 1000);
        if (phases == GW_NET_PHASES)
            gw_write_format(out, " %11.3f", neutral_of(it->state, rows[at].at));
        gw_write_c(out, "\n");
    }
    return gw_ok();
}

/* Loading of the busiest phase at the side where it is larger. */
static double loading_of(const gw_flow_report *it, uint32_t at) {
    static const double root_3 = 1.7320508075688772935;
    const gw_net_transformer *one = &it->net->transformers[at];
    const size_t phases = it->state->phases;
    const row from = measure(&it->state->transformers.from_a[at * phases], phases, at);
    const row to = measure(&it->state->transformers.to_a[at * phases], phases, at);
    const double from_va = from.most * one->u1_v * root_3;
    const double to_va = to.most * one->u2_v * root_3;
    return (from_va > to_va ? from_va : to_va) / one->sn_va;
}

static void write_transformers(const gw_flow_report *it, gw_writer *out) {
    if (it->net->transformer_count == 0) return;
    gw_write_c(out, "\ntransformer                  rated kVA    loading     loss kW\n");
    for (uint32_t at = 0; at < it->net->transformer_count && at < it->rows_most; at++) {
        write_id(out, it->net->transformers[at].id);
        gw_write_format(out, " %11.1f %8.1f %% %11.4f\n", it->net->transformers[at].sn_va / 1000,
                        100 * loading_of(it, at), it->state->transformers.loss_w[at] / 1000);
    }
}

gw_status gw_flow_report_write(const gw_flow_report *report, gw_arena *arena, gw_writer *out,
                               gw_fault *reterr) {
    write_head(report, out);
    if (report->outcome->verdict != GW_FLOW_SOLVED) return gw_ok();
    write_balance(report, out);
    GW_TRY(write_nodes(report, arena, out, reterr));
    GW_TRY(write_branches(report, arena, out, reterr));
    write_transformers(report, out);
    return gw_ok();
}
