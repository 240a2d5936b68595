/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/geojson.h"

#include "server/gridfile/put.h"

typedef struct page {
    gw_writer *out;
    const gw_geojson *map;
    size_t count;
    size_t left_out;
} page;

static const double root_three = 1.7320508075688772;

static const gw_net_node *node_at(const page *on, uint32_t at) { return &on->map->net->nodes[at]; }

static bool has_place(const page *on, uint32_t at) {
    return node_at(on, at)->place != GW_NET_NOWHERE;
}

static void put_place(page *on, uint32_t at) {
    gw_write_c(on->out, "[");
    gw_put_number(on->out, node_at(on, at)->x);
    gw_write_c(on->out, ",");
    gw_put_number(on->out, node_at(on, at)->y);
    gw_write_c(on->out, "]");
}

static void put_head(page *on, const char *part, gw_text id) {
    gw_write_format(on->out, "},\"properties\":{\"part\":\"%s\",\"id\":", part);
    gw_put_string(on->out, id);
}

static void begin_feature(page *on) {
    gw_write_c(on->out, on->count++ == 0 ? "\n" : ",\n");
    gw_write_c(on->out, "{\"type\":\"Feature\",\"geometry\":{");
}

/* Opens a line between two nodes; false when one of them is nowhere. */
static bool begin_line(page *on, const char *part, gw_text id, uint32_t ends[2]) {
    if (!has_place(on, ends[0]) || !has_place(on, ends[1])) {
        on->left_out++;
        return false;
    }
    begin_feature(on);
    gw_write_c(on->out, "\"type\":\"LineString\",\"coordinates\":[");
    put_place(on, ends[0]);
    gw_write_c(on->out, ",");
    put_place(on, ends[1]);
    gw_write_c(on->out, "]");
    put_head(on, part, id);
    return true;
}

static void end_feature(page *on, const char *const *lights, size_t at) {
    if (lights != NULL && lights[at] != NULL)
        gw_write_format(on->out, ",\"light\":\"%s\"", lights[at]);
    gw_write_c(on->out, "}}");
}

static void put_number(page *on, const char *key, double value) {
    gw_write_format(on->out, ",\"%s\":", key);
    gw_put_number(on->out, value);
}

/* Sizes of the phases as a list. */
static void put_sizes(page *on, const char *key, const gw_phasor *values) {
    gw_write_format(on->out, ",\"%s\":[", key);
    for (size_t phase = 0; phase < on->map->state->phases; phase++) {
        if (phase > 0) gw_write_c(on->out, ",");
        gw_put_number(on->out, gw_phasor_size(values[phase]));
    }
    gw_write_c(on->out, "]");
}

static double largest(const gw_phasor *values, size_t count) {
    double most = 0;
    for (size_t at = 0; at < count; at++) {
        const double size = gw_phasor_size(values[at]);
        most = size > most ? size : most;
    }
    return most;
}

static double larger_end(const page *on, const gw_flow_ends *ends, size_t at) {
    const size_t phases = on->map->state->phases;
    const double from = largest(ends->from_a + at * phases, phases);
    const double to = largest(ends->to_a + at * phases, phases);
    return from > to ? from : to;
}

static void put_node(page *on, uint32_t at) {
    const gw_net_node *node = node_at(on, at);
    const gw_flow_state *state = on->map->state;
    if (!has_place(on, at)) {
        on->left_out++;
        return;
    }
    begin_feature(on);
    gw_write_c(on->out, "\"type\":\"Point\",\"coordinates\":");
    put_place(on, at);
    put_head(on, "node", node->id);
    gw_write_format(on->out, ",\"coordinates\":\"%s\"",
                    node->place == GW_NET_GEOGRAPHIC ? "lon_lat" : "schematic");
    put_number(on, "un_v", node->un_v);
    if (state != NULL) put_sizes(on, "voltage_pu", state->node_v + at * state->phases);
    end_feature(on, on->map->node_lights, at);
}

static void put_branch(page *on, size_t at) {
    static const char *const kinds[] = {"line", "cable", "switch"};
    const gw_net_branch *branch = &on->map->net->branches[at];
    if (!begin_line(on, "branch", branch->id, (uint32_t[2]){branch->from, branch->to})) return;
    gw_write_format(on->out, ",\"kind\":\"%s\",\"closed\":%s", kinds[branch->kind],
                    branch->closed ? "true" : "false");
    if (on->map->state != NULL) {
        const double most_a = larger_end(on, &on->map->state->branches, at);
        put_number(on, "current_a", most_a);
        if (branch->imax_a > 0) put_number(on, "loading", most_a / branch->imax_a);
    }
    end_feature(on, on->map->branch_lights, at);
}

static void put_transformer(page *on, size_t at) {
    const gw_net_transformer *it = &on->map->net->transformers[at];
    const gw_flow_state *state = on->map->state;
    if (!begin_line(on, "transformer", it->id, (uint32_t[2]){it->from, it->to})) return;
    gw_write_format(on->out, ",\"closed\":%s", it->closed ? "true" : "false");
    if (state != NULL) {
        const double rated_a = it->sn_va / (root_three * it->u1_v);
        const double most_a =
            largest(state->transformers.from_a + at * state->phases, state->phases);
        put_number(on, "loading", most_a / rated_a);
    }
    end_feature(on, on->map->transformer_lights, at);
}

void gw_geojson_write(gw_writer *out, const gw_geojson *map) {
    page on = {.out = out, .map = map};
    gw_write_c(out, "{\"type\":\"FeatureCollection\",\"name\":");
    gw_put_string(out, map->net->name);
    gw_write_c(out, ",\"features\":[");
    for (uint32_t at = 0; at < map->net->node_count; at++) put_node(&on, at);
    for (size_t at = 0; at < map->net->branch_count; at++) put_branch(&on, at);
    for (size_t at = 0; at < map->net->transformer_count; at++) put_transformer(&on, at);
    gw_write_format(out, "],\"left_out\":%zu}\n", on.left_out);
}
