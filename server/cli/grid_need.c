/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid need FILE`: which limits a network file violates, how many kilowatts where
 * would keep them, and whether the power flow confirms it. Exit status 1 also when it does not.
 */
#include "base/decimal.h"
#include "grid/flow_need_report.h"
#include "grid/flow_study.h"
#include "server/cli/cli.h"
#include "server/cli/grid.h"

#include <getopt.h>

enum { ROWS_USUAL = 10, ROWS_MOST = 1000000 };
static const int64_t ratio_most_ppm = 1000000000;

/* A voltage as it was written: 0.9 is per unit, 207V is volts. */
typedef struct voltage {
    int64_t ppm;
    int64_t mv;
} voltage;

typedef struct request {
    const char *path;
    int64_t rows;
    int64_t scale_ppm;
    int64_t cap_ppm;
    int64_t more_ppm;
    voltage low;
    voltage high;
    voltage target;
    gw_flow_limit_options options;
    gw_flow_cut cut;
    bool is_phase_forgotten;
} request;

static const char *const help =
    "  --scale X        all power times X (1)\n"
    "  --low U          lowest voltage: 0.9 per unit or 207V; nodes with their own keep it\n"
    "  --high U         highest voltage\n"
    "  --target U       as high as voltages are wanted once one is too low\n"
    "  --cap X          share of its power that may be asked of a point less (1)\n"
    "  --more X         share of its power that a consumer may take more (0)\n"
    "  --whole          reactive power goes along with the active\n"
    "  --cable X        share of imax_a that a branch may carry (1)\n"
    "  --transformer X  share of sn_va that a transformer may carry (1)\n"
    "  --only KINDS     some of voltage_low,voltage_high,branch_current,neutral_current,\n"
    "                   transformer_power,unbalance,customer_unbalance\n"
    "  --everywhere     hold voltages at every node, not only where somebody is supplied\n"
    "  --forget-phases  as if no single phase were known\n"
    "  --rows N         length of each table (10)\n";

/* ---- arguments ---- */

static bool read_ratio(const char *text, int64_t *ret_ppm) {
    return gw_is_ok(gw_decimal_parse(gw_text_from_c(text), 6, ret_ppm, NULL)) && *ret_ppm >= 0 &&
           *ret_ppm <= ratio_most_ppm;
}

static bool read_voltage(const char *text, voltage *ret) {
    const gw_text whole = gw_text_from_c(text);
    if (whole.length == 0 || whole.at[whole.length - 1] != 'V') return read_ratio(text, &ret->ppm);
    const gw_text number = gw_text_part(whole, 0, whole.length - 1);
    return gw_is_ok(gw_decimal_parse(number, 3, &ret->mv, NULL)) && ret->mv > 0;
}

static bool read_kinds(const char *text, unsigned *ret) {
    gw_text rest = gw_text_from_c(text);
    unsigned kinds = 0;
    while (rest.length > 0) {
        const gw_text word = gw_text_split(&rest, ',');
        const unsigned before = kinds;
        for (int kind = 0; kind < GW_LIMIT_KINDS; kind++)
            if (gw_text_is(word, gw_flow_limit_word((gw_flow_limit_kind)kind))) kinds |= 1U << kind;
        if (kinds == before) return false;
    }
    *ret = kinds;
    return kinds != 0;
}

static bool read_rows(const char *text, int64_t *ret) {
    return gw_is_ok(gw_int64_parse(gw_text_from_c(text), ret, NULL)) && *ret >= 0 &&
           *ret <= ROWS_MOST;
}

static bool take_option(int letter, const char *value, request *wanted) {
    switch (letter) {
    case 's': return read_ratio(value, &wanted->scale_ppm);
    case 'l': return read_voltage(value, &wanted->low);
    case 'h': return read_voltage(value, &wanted->high);
    case 't': return read_voltage(value, &wanted->target);
    case 'c': return read_ratio(value, &wanted->cap_ppm);
    case 'm': return read_ratio(value, &wanted->more_ppm);
    case 'b': return read_ratio(value, &wanted->options.branch_ppm);
    case 'f': return read_ratio(value, &wanted->options.transformer_ppm);
    case 'o': return read_kinds(value, &wanted->options.kinds);
    case 'r': return read_rows(value, &wanted->rows);
    case 'w': wanted->cut = GW_FLOW_CUT_WHOLE; return true;
    case 'e': wanted->options.scope = GW_FLOW_SCOPE_NODES; return true;
    case 'p': wanted->is_phase_forgotten = true; return true;
    default: return false;
    }
}

static bool read_arguments(int argc, char **argv, request *wanted) {
    static const struct option options[] = {
        {"scale", required_argument, NULL, 's'},   {"low", required_argument, NULL, 'l'},
        {"high", required_argument, NULL, 'h'},    {"target", required_argument, NULL, 't'},
        {"cap", required_argument, NULL, 'c'},     {"more", required_argument, NULL, 'm'},
        {"cable", required_argument, NULL, 'b'},   {"transformer", required_argument, NULL, 'f'},
        {"only", required_argument, NULL, 'o'},    {"rows", required_argument, NULL, 'r'},
        {"whole", no_argument, NULL, 'w'},         {"everywhere", no_argument, NULL, 'e'},
        {"forget-phases", no_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(letter, optarg, wanted)) return false;
    if (optind + 1 != argc) return false;
    wanted->path = argv[optind];
    return true;
}

/* ---- the study ---- */

static int64_t ppm_of(const gw_net *net, voltage wanted) {
    return wanted.mv > 0 ? gw_flow_study_voltage_ppm(net, wanted.mv) : wanted.ppm;
}

static gw_status make_limits(gw_arena *arena, const gw_net *net, const request *wanted,
                             gw_flow_limits *ret, gw_fault *reterr) {
    gw_flow_limit_options options = wanted->options;
    options.voltage_low_ppm = ppm_of(net, wanted->low);
    options.voltage_high_ppm = ppm_of(net, wanted->high);
    return gw_flow_limits_make(arena, net, &options, ret, reterr);
}

static int64_t margin_of(const gw_net *net, const request *wanted) {
    static const int64_t low_usual_ppm = 900000;
    const int64_t low_ppm = ppm_of(net, wanted->low);
    const int64_t margin_ppm =
        ppm_of(net, wanted->target) - (low_ppm > 0 ? low_ppm : low_usual_ppm);
    return margin_ppm > 0 ? margin_ppm : 0;
}

static gw_status study(gw_arena *arena, const request *wanted, gw_flow_need_verdict *ret,
                       gw_fault *reterr) {
    gw_net net;
    gw_flow_need need;
    gw_flow_levers levers;
    gw_writer out;
    gw_flow_need_question question = {.net = &net, .cut = wanted->cut};
    GW_TRY(gw_grid_net_read(arena, wanted->path, &net, reterr));
    gw_flow_study_scale(&net, wanted->scale_ppm);
    if (wanted->is_phase_forgotten) gw_flow_study_forget_phases(&net);
    GW_TRY(make_limits(arena, &net, wanted, &question.limits, reterr));
    GW_TRY(gw_flow_study_levers(arena, &net, wanted->cap_ppm, wanted->more_ppm, &levers, reterr));
    question.levers = levers.at;
    question.lever_count = levers.count;
    question.margin_ppm[GW_LIMIT_VOLTAGE_LOW] = margin_of(&net, wanted);
    GW_TRY(gw_flow_need_find(arena, &question, &need, reterr));
    gw_writer_init(&out, arena);
    GW_TRY(gw_flow_need_report_write(&(gw_flow_need_report){&question, &need, (size_t)wanted->rows},
                                     arena, &out, reterr));
    GW_TRY(gw_grid_show(&out, reterr));
    *ret = need.verdict;
    return gw_ok();
}

int gw_grid_need(int argc, char **argv) {
    request wanted = {.rows = ROWS_USUAL, .scale_ppm = 1000000, .cap_ppm = 1000000};
    gw_fault fault = {0};
    gw_flow_need_verdict verdict = GW_NEED_COLLAPSED;
    if (!read_arguments(argc, argv, &wanted)) return gw_grid_usage("need", help);
    GW_AUTO_ARENA arena = gw_arena_open(GW_GRID_ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    if (!gw_is_ok(study(arena, &wanted, &verdict, &fault)))
        return gw_grid_failed(wanted.path, &fault);
    return verdict == GW_NEED_NONE || verdict == GW_NEED_CONFIRMED ? GW_EXIT_OK : GW_EXIT_FAILURE;
}
