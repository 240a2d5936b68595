/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need_report.h"

#include <stdlib.h>

enum { ID_SHOWN = 20, ROWS_EXPLAINED = 3 };

static const char *const headlines[] = {
    [GW_NEED_NONE] = "nothing is needed: every limit is kept",
    [GW_NEED_CONFIRMED] = "a need, and the power flow confirms that it keeps every limit",
    [GW_NEED_UNCONFIRMED] = "a need, but the power flow does not keep every limit with it",
    [GW_NEED_NOT_ENOUGH] = "not enough exists: all that helps does not keep every limit",
    [GW_NEED_COLLAPSED] = "infeasible: the load is more than the network can carry",
};

static void write_id(gw_writer *out, gw_text id) {
    const gw_text shown = gw_text_part(id, 0, ID_SHOWN);
    gw_write_format(out, "  %-*.*s", ID_SHOWN, (int)shown.length, shown.at);
}

static const char *phase_letter(uint32_t phase) {
    static const char *const letters[] = {"A", "B", "C", "-"};
    return letters[phase <= GW_FLOW_PHASE_ALL ? phase : GW_FLOW_PHASE_ALL];
}

static const char *phases_of(const gw_net *net, const gw_net_point *point) {
    static const char *const sets[] = {"ABC", "A", "B", "AB", "C", "AC", "BC", "ABC"};
    if (net->model == GW_NET_BALANCED) return "-";
    return point->is_phase_unknown ? "?" : sets[point->phases & 7U];
}

/* In the unit of a person: V, A, kVA, %. */
typedef struct unit {
    const char *name;
    double from_quantity;
    int places;
} unit;

static unit unit_of(gw_flow_limit_kind kind) {
    if (kind <= GW_LIMIT_VOLTAGE_RISE) return (unit){"V", 1e-3, 3};
    if (kind <= GW_LIMIT_NEUTRAL_CURRENT) return (unit){"A", 1e-3, 2};
    if (kind == GW_LIMIT_TRANSFORMER_POWER) return (unit){"kVA", 1e-3, 2};
    return (unit){"%", 1e-4, 3};
}

static double shown(const gw_flow_need_report *it, const gw_flow_limit *limit, double value) {
    return (double)gw_flow_limit_quantity(limit, it->question->net, value) *
           unit_of(limit->kind).from_quantity;
}

static void write_kw(gw_writer *out, int64_t power_w) {
    gw_write_format(out, " %10.3f", (double)power_w / 1000);
}

static void write_head(const gw_flow_need_report *it, gw_writer *out) {
    const gw_flow_need *need = it->need;
    gw_write_text(out, gw_text_part(it->question->net->name, 0, 128));
    gw_write_format(out, ": %zu limits, %zu points may be asked\n%s\n", it->question->limits.count,
                    it->question->lever_count, headlines[need->verdict]);
    if (need->verdict == GW_NEED_NONE || need->verdict == GW_NEED_COLLAPSED) return;
    gw_write_format(out,
                    "%.3f kW at the least, of %.3f kW that can be asked; effects taken %d %s\n",
                    (double)need->least_w / 1000, (double)need->most_w / 1000, need->rounds,
                    need->rounds == 1 ? "time" : "times");
}

static void write_limits(const gw_flow_need_report *it, gw_writer *out) {
    gw_write_c(out, "\nlimit                 of                    phase      limit     before  "
                    "    after      at ref. kW   missing kW\n");
    for (size_t at = 0; at < it->need->row_count && at < it->rows_most; at++) {
        const gw_flow_need_row *row = &it->need->rows[at];
        const gw_flow_limit *limit = &it->question->limits.at[row->limit];
        const unit in = unit_of(limit->kind);
        gw_write_format(out, "  %-20s", gw_flow_limit_word(limit->kind));
        write_id(out, limit->id);
        gw_write_format(out, " %-5s %10.*f %10.*f %10.*f %-3s", phase_letter(limit->phase),
                        in.places, shown(it, limit, limit->limit), in.places,
                        shown(it, limit, row->before.upper), in.places,
                        shown(it, limit, row->after.upper), in.name);
        write_kw(out, row->reference_w);
        gw_write_c(out, "  ");
        write_kw(out, row->missing_w);
        gw_write_c(out, row->is_violated ? "\n" : "  (joined)\n");
    }
}

static void write_changes(const gw_flow_need_report *it, gw_writer *out) {
    const gw_net *net = it->question->net;
    gw_write_c(out,
               "\nasked of              node                  phase  change kW     of at most\n");
    for (size_t at = 0; at < it->question->lever_count; at++) {
        const gw_flow_lever *lever = &it->question->levers[at];
        const gw_net_point *point = &net->points[lever->point];
        const int64_t change_w = it->need->change_w[at];
        if (change_w == 0) continue;
        write_id(out, point->id);
        write_id(out, net->nodes[point->node].id);
        gw_write_format(out, " %-5s", phases_of(net, point));
        write_kw(out, change_w);
        write_kw(out, change_w < 0 ? -lever->less.w : lever->more.w);
        gw_write_c(out, "\n");
    }
}

/* A lever by what it does to a row. */
typedef struct ranked {
    uint32_t lever;
    int64_t ppm;
} ranked;

static int compare_ranked(const void *left, const void *right) {
    const ranked *one = left;
    const ranked *other = right;
    if (one->ppm != other->ppm) return one->ppm > other->ppm ? -1 : 1;
    return one->lever < other->lever ? -1 : one->lever > other->lever;
}

static void write_part(gw_writer *out, int64_t ppm) {
    gw_write_format(out, " %9.2f %%", (double)ppm / 1e4);
}

/* The best levers of one row, and the worst one: it shows what must not be asked. */
static gw_status write_row(const gw_flow_need_report *it, const gw_flow_need_row *row,
                           gw_arena *arena, gw_writer *out, gw_fault *reterr) {
    const size_t count = it->question->lever_count;
    const gw_net *net = it->question->net;
    const gw_flow_limit *limit = &it->question->limits.at[row->limit];
    ranked *order = NULL;
    GW_TRY(GW_ARENA_NEW(arena, ranked, count, &order, reterr));
    for (uint32_t at = 0; at < count; at++)
        order[at] = (ranked){at, row->is_reference_more ? row->effectiveness[at].more_ppm
                                                        : row->effectiveness[at].less_ppm};
    qsort(order, count, sizeof *order, compare_ranked);
    gw_write_format(out, "\neffectiveness for %s of ", gw_flow_limit_word(limit->kind));
    gw_write_text(out, gw_text_part(limit->id, 0, ID_SHOWN));
    gw_write_format(out, " phase %s\n  %-20s  %-20s phase   less        more\n",
                    phase_letter(limit->phase), "point", "node");
    for (size_t at = 0; at < count; at++) {
        if (at >= it->rows_most && at + 1 < count) continue;
        const gw_net_point *point = &net->points[it->question->levers[order[at].lever].point];
        write_id(out, point->id);
        write_id(out, net->nodes[point->node].id);
        gw_write_format(out, " %-5s", phases_of(net, point));
        write_part(out, row->effectiveness[order[at].lever].less_ppm);
        write_part(out, row->effectiveness[order[at].lever].more_ppm);
        gw_write_c(out, "\n");
    }
    return gw_ok();
}

gw_status gw_flow_need_report_write(const gw_flow_need_report *report, gw_arena *arena,
                                    gw_writer *out, gw_fault *reterr) {
    const gw_flow_need *need = report->need;
    write_head(report, out);
    if (need->row_count == 0) return gw_ok();
    write_limits(report, out);
    write_changes(report, out);
    for (size_t at = 0; at < need->row_count && at < ROWS_EXPLAINED; at++)
        if (need->rows[at].reference < report->question->lever_count)
            GW_TRY(write_row(report, &need->rows[at], arena, out, reterr));
    return gw_ok();
}
