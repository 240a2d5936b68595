/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/route.h"

#include <string.h>

static const char *const method_names[GW_METHOD_COUNT] = {
    [GW_METHOD_GET] = "GET",     [GW_METHOD_POST] = "POST",     [GW_METHOD_PUT] = "PUT",
    [GW_METHOD_PATCH] = "PATCH", [GW_METHOD_DELETE] = "DELETE",
};

static const struct {
    const char *name;
    unsigned bit;
} scope_names[] = {
#define GW_SCOPE(symbol, bit, wire, sentence) {wire, bit},
#include "server/http/scope.def"
#undef GW_SCOPE
};

gw_status gw_method_parse(gw_text text, gw_http_method *ret, gw_fault *reterr) {
    if (gw_text_is(text, "HEAD")) {
        *ret = GW_METHOD_GET;
        return gw_ok();
    }
    for (int method = 0; method < GW_METHOD_COUNT; method++) {
        if (!gw_text_is(text, method_names[method])) continue;
        *ret = (gw_http_method)method;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_NO_METHOD, NULL, "the method \"%.*s\" is not one of ours",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 20)));
}

const char *gw_method_name(gw_http_method method) { return method_names[method]; }

gw_status gw_scope_parse(gw_text text, unsigned *ret, gw_fault *reterr) {
    for (size_t at = 0; at < sizeof scope_names / sizeof scope_names[0]; at++) {
        if (!gw_text_is(text, scope_names[at].name)) continue;
        *ret = scope_names[at].bit;
        return gw_ok();
    }
    return gw_fail_with(
        reterr, GW_CODE_INVALID, NULL,
        "the scope \"%.*s\" is none of operator, aggregator, ingest, oracle, reader",
        GW_TEXT_ARGS(gw_text_part(text, 0, 40)));
}

const char *gw_scope_name(gw_scope scope) {
    for (size_t at = 0; at < sizeof scope_names / sizeof scope_names[0]; at++)
        if (scope_names[at].bit == (unsigned)scope) return scope_names[at].name;
    return "none";
}

/* How one template segment fits one path segment; higher is more specific. */
typedef enum segment_fit { FIT_NONE, FIT_PARAMETER, FIT_PARAMETER_TAIL, FIT_LITERAL } segment_fit;

static segment_fit segment_match(gw_text wanted, gw_text given, gw_path_parameter *parameter) {
    if (wanted.length == 0 || wanted.at[0] != '{')
        return gw_text_equal(wanted, given) ? FIT_LITERAL : FIT_NONE;
    const size_t end = gw_text_find(wanted, '}');
    const gw_text tail = gw_text_part(wanted, end + 1, wanted.length);
    if (given.length <= tail.length) return FIT_NONE;
    const size_t front = given.length - tail.length;
    if (!gw_text_equal(gw_text_part(given, front, given.length), tail)) return FIT_NONE;
    parameter->name = gw_text_part(wanted, 1, end);
    parameter->text = gw_text_part(given, 0, front);
    return tail.length == 0 ? FIT_PARAMETER : FIT_PARAMETER_TAIL;
}

/* 0: no match; otherwise the sum of fits, which orders the templates of one path. */
static unsigned template_match(const gw_route *route, gw_text path, gw_route_match *match) {
    gw_text wanted_rest = gw_text_from_c(route->path);
    gw_text given_rest = path;
    unsigned score = 0;
    *match = (gw_route_match){.route = route};
    while (wanted_rest.length > 0 && given_rest.length > 0) {
        gw_path_parameter parameter = {0};
        const gw_text wanted = gw_text_split(&wanted_rest, '/');
        const gw_text given = gw_text_split(&given_rest, '/');
        const segment_fit fit = segment_match(wanted, given, &parameter);
        if (fit == FIT_NONE) return 0;
        score = score * 4 + (unsigned)fit;
        if (fit == FIT_LITERAL) continue;
        if (match->parameter_count == GW_ROUTE_PARAMETERS) return 0;
        match->parameters[match->parameter_count++] = parameter;
    }
    return wanted_rest.length == 0 && given_rest.length == 0 ? score : 0;
}

/* "/" and a trailing slash have an empty last segment that gw_text_split cannot show. */
static bool path_is_plain(gw_text path) {
    if (path.length == 0 || path.at[0] != '/') return false;
    return path.length == 1 || path.at[path.length - 1] != '/';
}

static gw_status parameters_decode(gw_arena *arena, gw_route_match *match, gw_fault *reterr) {
    for (size_t at = 0; at < match->parameter_count; at++) {
        gw_text plain;
        GW_TRY(gw_escape_decode(arena, match->parameters[at].text, GW_ESCAPE_PATH, &plain, reterr));
        match->parameters[at].text = plain;
    }
    return gw_ok();
}

typedef struct best_match {
    gw_route_match match;
    unsigned score;
    unsigned methods; /* of all templates that share the best score's path */
} best_match;

static best_match best_find(const gw_route_table *table, gw_text path, unsigned wanted_methods) {
    best_match best = {0};
    if (!path_is_plain(path)) return best;
    for (size_t row = 0; row < table->count; row++) {
        gw_route_match match;
        const unsigned score = template_match(&table->rows[row], path, &match);
        if (score == 0) continue;
        const unsigned bit = 1U << table->rows[row].method;
        best.methods |= bit;
        if ((wanted_methods & bit) == 0 || score <= best.score) continue;
        best.match = match;
        best.score = score;
    }
    return best;
}

unsigned gw_route_methods(const gw_route_table *table, gw_text path) {
    return best_find(table, path, 0).methods;
}

gw_status gw_route_find(const gw_route_table *table, gw_arena *arena, gw_route_query query,
                        gw_route_match *ret, gw_fault *reterr) {
    best_match best = best_find(table, query.path, 1U << query.method);
    if (best.methods == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, NULL, "there is no path \"%.*s\"",
                            GW_TEXT_ARGS(gw_text_part(query.path, 0, 120)));
    if (best.score == 0)
        return gw_fail_with(reterr, GW_CODE_NO_METHOD, NULL, "\"%.*s\" does not know %s",
                            GW_TEXT_ARGS(gw_text_part(query.path, 0, 120)),
                            method_names[query.method]);
    GW_TRY(parameters_decode(arena, &best.match, reterr));
    *ret = best.match;
    return gw_ok();
}
