/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid check FILE`: trades and bids of a file against its network, under every rule.
 * The file: docs/CHECKS.md. Exit status 1 also when not everything may pass.
 */
#include "base/decimal.h"
#include "grid/flow_check_report.h"
#include "grid/flow_quantise.h"
#include "server/cli/cli.h"
#include "server/cli/grid.h"
#include "server/feed/slice.h"
#include "server/gridfile/gw_net.h"
#include "server/http/fields.h"

#include <getopt.h>
#include <string.h>

enum {
    ROWS_USUAL = 20,
    ROWS_MOST = 1000000,
    PATH_MOST = 1024,
    POINT_MOST = 128,
    MARGIN_MOST = 100000,
    INTERVAL_MOST_S = 86400
};
static const int64_t PRICE_MOST = 1000000000000;
static const int64_t REACTIVE_MOST = 1000000000;

static const char *const help =
    "  --policy RULE  sensitivity_qp, min_kw, economic, pro_rata_contributors,\n"
    "                 last_come_contributors, pro_rata_all or last_come_all\n"
    "  --margin PPM   kept free before every limit (what the file says, or 0)\n"
    "  --rows N       length of each table (20)\n";

typedef struct request {
    const char *path;
    int64_t rows;
    int64_t margin_ppm;
    int rule; /* -1: what the file says */
} request;

/* A study while it is read; faults are collected, told at the end. */
typedef struct reading {
    gw_arena *arena;
    const request *wanted;
    gw_field_faults faults;
    gw_fields *file;
    gw_net net;
    gw_net_index points;
    gw_flow_check_question question;
} reading;

/* ---- arguments ---- */

static bool read_number(const char *text, int64_t most, int64_t *ret) {
    return gw_is_ok(gw_int64_parse(gw_text_from_c(text), ret, NULL)) && *ret >= 0 && *ret <= most;
}

static bool read_rule(gw_text text, int *ret) {
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        if (!gw_text_is(text, gw_flow_rule_name((gw_flow_rule)rule))) continue;
        *ret = rule;
        return true;
    }
    return false;
}

static bool take_option(int letter, const char *value, request *wanted) {
    switch (letter) {
    case 'p': return read_rule(gw_text_from_c(value), &wanted->rule);
    case 'm': return read_number(value, MARGIN_MOST, &wanted->margin_ppm);
    case 'r': return read_number(value, ROWS_MOST, &wanted->rows);
    default: return false;
    }
}

static bool read_arguments(int argc, char **argv, request *wanted) {
    static const struct option options[] = {{"policy", required_argument, NULL, 'p'},
                                            {"margin", required_argument, NULL, 'm'},
                                            {"rows", required_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(letter, optarg, wanted)) return false;
    if (optind + 1 != argc) return false;
    wanted->path = argv[optind];
    return true;
}

/* ---- the network ---- */

/* Beside the file, unless the path is absolute. */
static gw_status find_path(gw_arena *arena, const char *file, gw_text path, const char **ret,
                           gw_fault *reterr) {
    const char *slash = strrchr(file, '/');
    gw_writer out;
    gw_text whole;
    gw_writer_init(&out, arena);
    if (slash != NULL && (path.length == 0 || path.at[0] != '/'))
        gw_write_text(&out, (gw_text){file, (size_t)(slash - file) + 1});
    gw_write_text(&out, path);
    GW_TRY(gw_writer_end_text(&out, &whole, reterr));
    return gw_text_to_c(arena, whole, ret, reterr);
}

/* A path, or the network itself: cut out, because its numbers have fractions. */
static gw_status read_network(reading *it, gw_bytes bytes, gw_fault *reterr) {
    gw_text found;
    gw_writer out;
    const char *path = NULL;
    gw_fields *file = NULL;
    const gw_text body = gw_text_trim((gw_text){(const char *)bytes.at, bytes.length});
    const bool is_inside =
        gw_slice_member(body, "network", &found) && found.length > 0 && found.at[0] == '{';
    if (!is_inside) {
        GW_TRY(gw_fields_parse(it->arena, bytes, &it->faults, &file, reterr));
        const gw_text said = gw_field_text(file, "network", GW_FIELD_REQUIRED, PATH_MOST);
        it->file = file;
        GW_TRY(find_path(it->arena, it->wanted->path, said, &path, reterr));
        return it->faults.count > 0 ? gw_ok() : gw_grid_net_read(it->arena, path, &it->net, reterr);
    }
    GW_TRY(gw_net_parse(it->arena, (gw_bytes){(const uint8_t *)found.at, found.length}, &it->net,
                        reterr));
    const size_t from = (size_t)(found.at - body.at);
    gw_writer_init(&out, it->arena);
    gw_write_text(&out, gw_text_part(body, 0, from));
    gw_write_c(&out, "true");
    gw_write_text(&out, gw_text_part(body, from + found.length, body.length));
    GW_TRY(gw_writer_end(&out, &bytes, reterr));
    GW_TRY(gw_fields_parse(it->arena, bytes, &it->faults, &file, reterr));
    (void)gw_field_flag(file, "network", GW_FIELD_REQUIRED);
    it->file = file;
    return gw_ok();
}

static gw_status index_points(reading *it, gw_fault *reterr) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_net_name, it->net.point_count, &names, reterr));
    for (size_t at = 0; at < it->net.point_count; at++)
        names[at] = (gw_net_name){it->net.points[at].id, (uint32_t)at};
    return gw_net_index_build(names, it->net.point_count, "points", &it->points, reterr);
}

/* ---- bases and items ---- */

static uint32_t read_point(reading *it, gw_fields *from, const char *key, gw_need need) {
    uint32_t found = GW_FLOW_OUTSIDE;
    const gw_text id = gw_field_text(from, key, need, POINT_MOST);
    if (id.length > 0 && !gw_net_index_find(&it->points, id, &found))
        gw_field_blame(from, key, GW_CODE_NOT_FOUND, "The network has no such point.");
    return found;
}

/* What the network says, and what the file says otherwise. */
static gw_status read_base(reading *it, gw_fields *from, gw_flow_base *ret, gw_fault *reterr) {
    gw_flow_injection *points = NULL;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_injection, it->net.point_count, &points, reterr));
    for (size_t at = 0; at < it->net.point_count; at++) {
        const gw_flow_power said = gw_flow_power_get(&it->net, at);
        points[at] = (gw_flow_injection){said.p_w, said.q_var};
    }
    *ret = (gw_flow_base){GW_TEXT("file"), points};
    if (from == NULL) return gw_ok();
    ret->id = gw_field_name(from, "id", GW_FIELD_REQUIRED);
    const size_t count = gw_field_array(from, "points", GW_FIELD_OPTIONAL, GW_NET_POINTS_MOST);
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(from, "points", at);
        const uint32_t point = read_point(it, item, "point", GW_FIELD_REQUIRED);
        gw_flow_injection said = {.q_var = 0};
        said.p_w = gw_field_int64(item, "power_w", GW_FIELD_REQUIRED, -GW_FLOW_CHECK_POWER_MOST_W,
                                  GW_FLOW_CHECK_POWER_MOST_W);
        if (gw_field_has(item, "reactive_var"))
            said.q_var = gw_field_int64(item, "reactive_var", GW_FIELD_OPTIONAL, -REACTIVE_MOST,
                                        REACTIVE_MOST);
        if (point != GW_FLOW_OUTSIDE) points[point] = said;
    }
    return gw_ok();
}

static gw_status read_bases(reading *it, gw_fault *reterr) {
    gw_flow_base *bases = NULL;
    const size_t count =
        gw_field_array(it->file, "bases", GW_FIELD_OPTIONAL, GW_FLOW_CHECK_BASES_MOST);
    it->question.base_count = count == 0 ? 1 : count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_base, it->question.base_count, &bases, reterr));
    if (count == 0) GW_TRY(read_base(it, NULL, &bases[0], reterr));
    for (size_t at = 0; at < count; at++)
        GW_TRY(read_base(it, gw_field_item(it->file, "bases", at), &bases[at], reterr));
    it->question.bases = bases;
    return gw_ok();
}

static void read_item(reading *it, gw_fields *from, gw_flow_item *ret) {
    static const char *const kinds[] = {"trade", "bid", "schedule", NULL};
    static const char *const effects[] = {"incremental", "within_schedule", NULL};
    ret->id = gw_field_name(from, "id", GW_FIELD_REQUIRED);
    ret->kind = (gw_flow_item_kind)gw_field_enum(from, "kind", GW_FIELD_OPTIONAL, kinds);
    ret->effect = (gw_flow_item_effect)gw_field_enum(from, "effect", GW_FIELD_OPTIONAL, effects);
    ret->seller = read_point(it, from, "seller_point", GW_FIELD_OPTIONAL);
    ret->buyer = read_point(it, from, "buyer_point", GW_FIELD_OPTIONAL);
    ret->requested.w =
        gw_field_int64(from, "power_w", GW_FIELD_REQUIRED, 1, GW_FLOW_CHECK_POWER_MOST_W);
    if (gw_field_has(from, "price_micros_per_kwh"))
        ret->price.micros_per_kwh =
            gw_field_int64(from, "price_micros_per_kwh", GW_FIELD_OPTIONAL, 0, PRICE_MOST);
    if (gw_field_has(from, "accepted_at"))
        ret->accepted_at = gw_field_instant(from, "accepted_at", GW_FIELD_OPTIONAL);
}

static gw_status read_items(reading *it, gw_fault *reterr) {
    gw_flow_item *items = NULL;
    const size_t count =
        gw_field_array(it->file, "items", GW_FIELD_REQUIRED, GW_FLOW_CHECK_ITEMS_MOST);
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_item, count, &items, reterr));
    for (size_t at = 0; at < count; at++)
        read_item(it, gw_field_item(it->file, "items", at), &items[at]);
    it->question.items = items;
    it->question.item_count = count;
    return gw_ok();
}

/* ---- prices and rule ---- */

static gw_price read_price(gw_fields *from, const char *key) {
    if (!gw_field_has(from, key)) return (gw_price){0};
    return (gw_price){gw_field_int64(from, key, GW_FIELD_OPTIONAL, 0, PRICE_MOST)};
}

static void read_tariff(reading *it) {
    gw_flow_tariff *tariff = &it->question.tariff;
    if (!gw_field_has(it->file, "tariff")) return;
    gw_fields *from = gw_field_object(it->file, "tariff", GW_FIELD_OPTIONAL);
    tariff->loss = read_price(from, "loss_micros_per_kwh");
    tariff->curtailed = read_price(from, "curtailed_micros_per_kwh");
    tariff->curtailed_per_kw = read_price(from, "curtailed_micros_per_kwh_per_kw");
    tariff->shadow_ppm = read_price(from, "shadow_ppm").micros_per_kwh;
    tariff->distance[GW_FLOW_SAME_NODE] = read_price(from, "same_node_micros_per_kwh");
    tariff->distance[GW_FLOW_SAME_FEEDER] = read_price(from, "same_feeder_micros_per_kwh");
    tariff->distance[GW_FLOW_SAME_TRANSFORMER] =
        read_price(from, "same_transformer_micros_per_kwh");
    tariff->distance[GW_FLOW_BEYOND] = read_price(from, "beyond_micros_per_kwh");
}

static void read_terms(reading *it) {
    int rule = 0;
    int64_t seconds = 900;
    const gw_text policy = gw_field_text(it->file, "policy", GW_FIELD_OPTIONAL, 32);
    if (policy.length > 0 && !read_rule(policy, &rule))
        gw_field_blame(it->file, "policy", GW_CODE_INVALID, "There is no such rule.");
    if (gw_field_has(it->file, "interval_s"))
        seconds = gw_field_int64(it->file, "interval_s", GW_FIELD_OPTIONAL, 1, INTERVAL_MOST_S);
    if (gw_field_has(it->file, "margin_ppm"))
        it->question.margin_ppm =
            gw_field_int64(it->file, "margin_ppm", GW_FIELD_OPTIONAL, 0, MARGIN_MOST);
    if (it->wanted->margin_ppm >= 0) it->question.margin_ppm = it->wanted->margin_ppm;
    it->question.rule = (gw_flow_rule)(it->wanted->rule >= 0 ? it->wanted->rule : rule);
    it->question.duration = gw_span_seconds(seconds);
    read_tariff(it);
}

static gw_status read_file(reading *it, gw_fault *reterr) {
    gw_bytes bytes;
    GW_TRY(gw_grid_file_read(it->arena, it->wanted->path, &bytes, reterr));
    GW_TRY(read_network(it, bytes, reterr));
    GW_TRY(index_points(it, reterr));
    GW_TRY(read_bases(it, reterr));
    GW_TRY(read_items(it, reterr));
    read_terms(it);
    it->question.net = &it->net;
    const gw_status status = gw_fields_end(it->file, reterr);
    if (gw_is_ok(status) || it->faults.count == 0) return status;
    const gw_field_fault *first = &it->faults.items[0];
    return gw_fail_with(reterr, first->code, first->pointer, "%s", first->detail);
}

/* ---- the study ---- */

static gw_status check_rules(const reading *it, gw_flow_check_result *results, gw_fault *reterr) {
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        gw_flow_check_question question = it->question;
        question.rule = (gw_flow_rule)rule;
        GW_TRY(gw_flow_check(it->arena, &question, &results[rule], reterr));
    }
    return gw_ok();
}

static gw_status study(gw_arena *arena, const request *wanted, gw_flow_check_verdict *ret,
                       gw_fault *reterr) {
    gw_writer out;
    gw_flow_check_result results[GW_FLOW_RULE_COUNT];
    reading it = {.arena = arena, .wanted = wanted};
    GW_TRY(read_file(&it, reterr));
    GW_TRY(check_rules(&it, results, reterr));
    gw_writer_init(&out, arena);
    gw_flow_check_report_write(&(gw_flow_check_report){&it.question, results, (size_t)wanted->rows},
                               &out);
    GW_TRY(gw_grid_show(&out, reterr));
    *ret = results[it.question.rule].verdict;
    return gw_ok();
}

int gw_grid_check(int argc, char **argv) {
    request wanted = {.rows = ROWS_USUAL, .margin_ppm = -1, .rule = -1};
    gw_fault fault = {0};
    gw_flow_check_verdict verdict = GW_FLOW_CHECK_REJECTED;
    if (!read_arguments(argc, argv, &wanted)) return gw_grid_usage("check", help);
    GW_AUTO_ARENA arena = gw_arena_open(GW_GRID_ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    if (!gw_is_ok(study(arena, &wanted, &verdict, &fault)))
        return gw_grid_failed(wanted.path, &fault);
    return verdict == GW_FLOW_CHECK_OK ? GW_EXIT_OK : GW_EXIT_FAILURE;
}
