/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid outages FILE`: every line out with every tie, and what is best. Long studies
 * say how far they are on standard error. Exit status 1 also when an outage leaves somebody dark or
 * a limit violated.
 */
#include "base/decimal.h"
#include "grid/flow_outage.h"
#include "grid/flow_study.h"
#include "server/cli/cli.h"
#include "server/cli/grid.h"

#include <getopt.h>
#include <unistd.h>

enum { ROWS_USUAL = 1000, ROWS_MOST = 1000000, ID_SHOWN = 20 };

typedef struct request {
    const char *path;
    int64_t rows;
    int64_t scale_ppm;
    gw_flow_limit_options options;
    bool is_quiet;
} request;

static const char *const help =
    "  --scale X    all power times X (1)\n"
    "  --low U      lowest voltage per unit (0.9); nodes with their own keep it\n"
    "  --high U     highest voltage per unit (1.1)\n"
    "  --rows N     length of the table (1000), the worst first\n"
    "  --quiet      do not say how far the study is\n";

/* ---- arguments ---- */

static bool read_ratio(const char *text, int64_t *ret_ppm) {
    return gw_is_ok(gw_decimal_parse(gw_text_from_c(text), 6, ret_ppm, NULL)) && *ret_ppm > 0 &&
           *ret_ppm <= 1000000000;
}

static bool take_option(int letter, const char *value, request *wanted) {
    switch (letter) {
    case 's': return read_ratio(value, &wanted->scale_ppm);
    case 'l': return read_ratio(value, &wanted->options.voltage_low_ppm);
    case 'h': return read_ratio(value, &wanted->options.voltage_high_ppm);
    case 'q': wanted->is_quiet = true; return true;
    case 'r':
        return gw_is_ok(gw_int64_parse(gw_text_from_c(value), &wanted->rows, NULL)) &&
               wanted->rows >= 0 && wanted->rows <= ROWS_MOST;
    default: return false;
    }
}

static bool read_arguments(int argc, char **argv, request *wanted) {
    static const struct option options[] = {
        {"scale", required_argument, NULL, 's'}, {"low", required_argument, NULL, 'l'},
        {"high", required_argument, NULL, 'h'},  {"rows", required_argument, NULL, 'r'},
        {"quiet", no_argument, NULL, 'q'},       {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(letter, optarg, wanted)) return false;
    if (optind + 1 != argc) return false;
    wanted->path = argv[optind];
    return true;
}

/* ---- progress ---- */

typedef struct progress {
    size_t shown; /* twentieths */
    bool is_terminal;
} progress;

/* On a terminal one line that is written over; otherwise a line for every twentieth. */
static void show_progress(void *context, size_t done, size_t total) {
    progress *seen = context;
    const size_t twentieths = done * 20 / total;
    if (seen->is_terminal) {
        (void)fprintf(stderr, "\routages: %zu of %zu%s", done, total, done == total ? "\n" : "");
        return;
    }
    if (twentieths == seen->shown) return;
    seen->shown = twentieths;
    (void)fprintf(stderr, "outages: %zu of %zu\n", done, total);
}

/* ---- the table ---- */

static void write_id(gw_writer *out, gw_text id) {
    const gw_text shown = gw_text_part(id, 0, ID_SHOWN);
    gw_write_format(out, "  %-*.*s", ID_SHOWN, (int)shown.length, shown.at);
}

static void write_decimal(gw_writer *out, int64_t scaled, int places) {
    char text[GW_DECIMAL_TEXT_SIZE];
    gw_decimal_print(scaled, places, text);
    gw_write_format(out, " %12s", text);
}

typedef struct tables {
    const gw_net *net;
    const gw_flow_limits *limits;
    const gw_flow_outages *found;
} tables;

static size_t count_verdict(const gw_flow_outages *found, gw_flow_outage_verdict verdict) {
    size_t count = 0;
    for (size_t at = 0; at < found->count; at++) count += found->at[at].verdict == verdict ? 1 : 0;
    return count;
}

static void write_head(const tables *it, gw_writer *out) {
    gw_write_text(out, gw_text_part(it->net->name, 0, 128));
    gw_write_format(out, ": %zu outages, %zu combinations with a tie\n", it->found->count,
                    it->found->trial_count);
    for (int verdict = GW_OUTAGE_HARMLESS; verdict <= GW_OUTAGE_CUT_OFF; verdict++)
        gw_write_format(out, "  %-10s %zu\n", gw_flow_outage_word((gw_flow_outage_verdict)verdict),
                        count_verdict(it->found, (gw_flow_outage_verdict)verdict));
    gw_write_c(out, "\nout                   verdict        dark     dark kW  closed            "
                    "     least pu  worst limit\n");
}

static void write_best(const tables *it, const gw_flow_outage_trial *best, gw_writer *out) {
    static const gw_text none = {"-", 1};
    char share[GW_DECIMAL_TEXT_SIZE];
    const bool has_tie = best->tie != GW_OUTAGE_NO_TIE;
    write_id(out, has_tie ? it->net->branches[best->tie].id : none);
    write_decimal(out, best->least_voltage_ppm, 6);
    if (best->worst_limit == UINT32_MAX) return;
    const gw_flow_limit *limit = &it->limits->at[best->worst_limit];
    gw_write_format(out, "  %s of ", gw_flow_limit_word(limit->kind));
    gw_write_text(out, gw_text_part(limit->id, 0, ID_SHOWN));
    gw_decimal_print((best->worst_share_ppm + 999) / 1000, 1, share);
    gw_write_format(out, " at %s %%", share);
}

static void write_outage(const tables *it, const gw_flow_outage *row, gw_writer *out) {
    write_id(out, it->net->branches[row->branch].id);
    gw_write_format(out, "%-10s %8zu", gw_flow_outage_word(row->verdict), row->dark_nodes);
    write_decimal(out, row->dark_w, 3);
    if (row->best != UINT32_MAX) write_best(it, &it->found->trials[row->best], out);
    gw_write_c(out, "\n");
}

static void write_outages(const tables *it, size_t rows_most, gw_writer *out) {
    size_t rows = 0;
    write_head(it, out);
    for (int verdict = GW_OUTAGE_CUT_OFF; verdict >= GW_OUTAGE_HARMLESS; verdict--)
        for (size_t at = 0; at < it->found->count && rows < rows_most; at++) {
            if ((int)it->found->at[at].verdict != verdict) continue;
            write_outage(it, &it->found->at[at], out);
            rows++;
        }
}

/* ---- the study ---- */

static gw_status study(gw_arena *arena, gw_arena *scratch, const request *wanted, bool *ret_kept,
                       gw_fault *reterr) {
    gw_net net;
    gw_flow_limits limits;
    gw_flow_outages found;
    gw_writer out;
    progress seen = {0, isatty(STDERR_FILENO) == 1};
    GW_TRY(gw_grid_net_read(arena, wanted->path, &net, reterr));
    gw_flow_study_scale(&net, wanted->scale_ppm);
    GW_TRY(gw_flow_limits_make(arena, &net, &wanted->options, &limits, reterr));
    const gw_flow_outage_question question = {&net, &limits,
                                              wanted->is_quiet ? NULL : show_progress, &seen};
    GW_TRY(gw_flow_outages_find(arena, scratch, &question, &found, reterr));
    gw_writer_init(&out, arena);
    write_outages(&(tables){&net, &limits, &found}, (size_t)wanted->rows, &out);
    GW_TRY(gw_grid_show(&out, reterr));
    *ret_kept =
        count_verdict(&found, GW_OUTAGE_HARMLESS) + count_verdict(&found, GW_OUTAGE_RESTORED) ==
        found.count;
    return gw_ok();
}

int gw_grid_outages(int argc, char **argv) {
    request wanted = {.rows = ROWS_USUAL, .scale_ppm = 1000000};
    gw_fault fault = {0};
    bool is_kept = false;
    if (!read_arguments(argc, argv, &wanted)) return gw_grid_usage("outages", help);
    GW_AUTO_ARENA arena = gw_arena_open(GW_GRID_ARENA_CAP);
    GW_AUTO_ARENA scratch = gw_arena_open(GW_GRID_ARENA_CAP);
    if (arena == NULL || scratch == NULL) return GW_EXIT_FAILURE;
    if (!gw_is_ok(study(arena, scratch, &wanted, &is_kept, &fault)))
        return gw_grid_failed(wanted.path, &fault);
    return is_kept ? GW_EXIT_OK : GW_EXIT_FAILURE;
}
