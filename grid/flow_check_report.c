/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_report.h"

enum { ID_SHOWN = 16 };

/* Columns of the comparison: what may be reserved by first. */
static const struct {
    gw_flow_rule rule;
    const char *head;
} columns[] = {{GW_FLOW_RULE_SENSITIVITY_QP, "sens. qp"},
               {GW_FLOW_RULE_MIN_KW, "min kW"},
               {GW_FLOW_RULE_ECONOMIC, "economic"},
               {GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS, "pro rata"},
               {GW_FLOW_RULE_LAST_COME_CONTRIBUTORS, "last come"},
               {GW_FLOW_RULE_PRO_RATA_ALL, "(pr. all)"},
               {GW_FLOW_RULE_LAST_COME_ALL, "(lc. all)"}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *const headlines[GW_FLOW_CHECK_VERDICT_COUNT] = {
    [GW_FLOW_CHECK_OK] = "ok: everything may pass",
    [GW_FLOW_CHECK_CURTAILED] = "curtailed: a part may pass",
    [GW_FLOW_CHECK_REJECTED] = "rejected: nothing may pass",
    [GW_FLOW_CHECK_INFEASIBLE] =
        "infeasible: the base breaks a limit by itself; only what does not worsen it may pass",
    [GW_FLOW_CHECK_STALE] = "stale: the measurements are too old"};

static void write_id(gw_writer *out, gw_text id) {
    const gw_text shown = gw_text_part(id, 0, ID_SHOWN);
    gw_write_format(out, "  %-*.*s", ID_SHOWN, (int)shown.length, shown.at);
}

static void write_kw(gw_writer *out, int64_t power_w) {
    gw_write_format(out, " %9.3f", (double)power_w / 1000);
}

static gw_text point_of(const gw_flow_check_report *it, uint32_t point) {
    return point == GW_FLOW_OUTSIDE ? GW_TEXT("outside") : it->question->net->points[point].id;
}

static int64_t refused_w(const gw_flow_check_report *it, gw_flow_rule rule) {
    int64_t sum_w = 0;
    for (size_t at = 0; at < it->question->item_count; at++)
        sum_w += it->question->items[at].requested.w - it->results[rule].items[at].accepted.w;
    return sum_w;
}

/* ---- all rules ---- */

static void write_comparison(const gw_flow_check_report *it, gw_writer *out) {
    gw_write_format(out, "\n%-18s %9s", "accepted, kW", "asked");
    for (size_t column = 0; column < COLUMNS; column++)
        gw_write_format(out, " %9s", columns[column].head);
    gw_write_c(out, "\n");
    for (size_t at = 0; at < it->question->item_count && at < it->rows_most; at++) {
        write_id(out, it->question->items[at].id);
        write_kw(out, it->question->items[at].requested.w);
        for (size_t column = 0; column < COLUMNS; column++)
            write_kw(out, it->results[columns[column].rule].items[at].accepted.w);
        gw_write_c(out, "\n");
    }
    if (it->question->item_count > it->rows_most)
        gw_write_format(out, "  ... %zu more\n", it->question->item_count - it->rows_most);
    gw_write_format(out, "%-28s", "refused");
    for (size_t column = 0; column < COLUMNS; column++)
        write_kw(out, refused_w(it, columns[column].rule));
    gw_write_format(out, "\n%-18s", "losses");
    write_kw(out, it->results[GW_FLOW_RULE_SENSITIVITY_QP].loss_before_w);
    for (size_t column = 0; column < COLUMNS; column++)
        write_kw(out, it->results[columns[column].rule].loss_after_w);
    gw_write_c(out, "\n");
}

/* ---- one rule ---- */

static void write_items(const gw_flow_check_report *it, const gw_flow_check_result *result,
                        gw_writer *out) {
    gw_write_c(out, "\nitem              seller            buyer             asked kW  accepted    "
                    "cut kW  loss, %     fee  distance\n");
    for (size_t at = 0; at < result->item_count && at < it->rows_most; at++) {
        const gw_flow_item *item = &it->question->items[at];
        const gw_flow_check_item *found = &result->items[at];
        write_id(out, item->id);
        write_id(out, point_of(it, item->seller));
        write_id(out, point_of(it, item->buyer));
        write_kw(out, item->requested.w);
        write_kw(out, found->accepted.w);
        write_kw(out, item->requested.w - found->accepted.w);
        gw_write_format(out, " %8.3f %8.4f  %s\n", (double)found->loss_factor_ppm / 1e4,
                        (double)found->network_fee.micros / 1e6,
                        gw_flow_distance_name(found->distance));
    }
}

static const char *phase_letter(uint32_t phase) {
    static const char *const letters[] = {"A", "B", "C", "-"};
    return letters[phase < GW_FLOW_PHASE_ALL ? phase : GW_FLOW_PHASE_ALL];
}

static void write_limits(const gw_flow_check_report *it, const gw_flow_check_result *result,
                         gw_writer *out) {
    gw_write_c(out, "\nlimit               of                phase   base        limit      "
                    "before   requested       after\n");
    for (size_t at = 0; at < result->limit_count && at < it->rows_most; at++) {
        const gw_flow_check_limit *limit = &result->limits[at];
        gw_write_format(out, "  %-16.*s", GW_TEXT_ARGS(limit->kind));
        write_id(out, limit->id);
        gw_write_format(out, " %-7s %-6.*s %10lld  %10lld  %10lld  %10lld %.*s\n",
                        phase_letter(limit->phase),
                        GW_TEXT_ARGS(it->question->bases[limit->base].id), (long long)limit->limit,
                        (long long)limit->before, (long long)limit->requested,
                        (long long)limit->after, GW_TEXT_ARGS(limit->unit));
    }
}

static void write_reasons(const gw_flow_check_report *it, const gw_flow_check_result *result,
                          gw_writer *out) {
    size_t rows = 0;
    for (size_t at = 0; at < result->item_count; at++) {
        for (size_t place = 0; place < result->items[at].reason_count; place++) {
            const gw_flow_check_reason *reason = &result->items[at].reasons[place];
            const gw_flow_check_limit *limit = &result->limits[reason->limit];
            if (rows++ == it->rows_most) return;
            if (rows == 1)
                gw_write_c(out, "\nwhy               limit             of                phase "
                                "  per kW, 1e-6   share, %\n");
            write_id(out, it->question->items[at].id);
            gw_write_format(out, "  %-16.*s", GW_TEXT_ARGS(limit->kind));
            write_id(out, limit->id);
            gw_write_format(out, " %-5s %13lld %10.2f\n", phase_letter(limit->phase),
                            (long long)reason->effect_ppb_per_w, (double)reason->share_ppm / 1e4);
        }
    }
}

void gw_flow_check_report_write(const gw_flow_check_report *report, gw_writer *out) {
    const gw_flow_check_question *question = report->question;
    const gw_flow_check_result *result = &report->results[question->rule];
    gw_write_text(out, gw_text_part(question->net->name, 0, 128));
    gw_write_format(out, ": %zu items, %zu bases\n%s: %s, %lld rounds, losses %lld to %lld W\n",
                    question->item_count, question->base_count, gw_flow_rule_name(question->rule),
                    headlines[result->verdict], (long long)result->rounds,
                    (long long)result->loss_before_w, (long long)result->loss_after_w);
    write_items(report, result, out);
    write_reasons(report, result, out);
    write_limits(report, result, out);
    write_comparison(report, out);
}
