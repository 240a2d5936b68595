/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/segment.h"

#include "grid/flow_tree.h"

bool gw_segment_has_limit(const gw_segment_map *map, size_t segment, size_t limit) {
    return map->has_limit[segment * map->limit_count + limit];
}

bool gw_segment_has_node(const gw_segment_map *map, size_t segment, uint32_t node) {
    return map->has_node[segment * map->network->net.node_count + node];
}

static bool is_element(const gw_net *net, const gw_flow_edge *edge, gw_text id) {
    if (edge->part == GW_FLOW_BRANCH) return gw_text_equal(net->branches[edge->element].id, id);
    if (edge->part == GW_FLOW_TRANSFORMER)
        return gw_text_equal(net->transformers[edge->element].id, id);
    return false;
}

/* Places come after their parents, so one pass marks everything below. */
static gw_status mark_nodes(gw_arena *arena, const gw_net *net, const gw_flow_tree *tree,
                            gw_text element, bool *has_node, gw_fault *reterr) {
    bool *is_below = NULL;
    GW_TRY(GW_ARENA_NEW(arena, bool, tree->place_count, &is_below, reterr));
    for (uint32_t place = tree->root_count; place < tree->place_count; place++)
        is_below[place] =
            is_below[tree->parent[place]] || is_element(net, &tree->above[place], element);
    for (size_t node = 0; node < net->node_count; node++) {
        const uint32_t place = tree->place_of[node];
        has_node[node] = element.length == 0 || (place != GW_PLACE_DARK && is_below[place]);
    }
    return gw_ok();
}

typedef struct ends {
    uint32_t from;
    uint32_t to;
    gw_text id;
} ends;

static ends ends_of(const gw_net *net, const gw_flow_limit *limit) {
    if (limit->kind == GW_LIMIT_BRANCH_CURRENT || limit->kind == GW_LIMIT_NEUTRAL_CURRENT) {
        const gw_net_branch *branch = &net->branches[limit->element];
        return (ends){branch->from, branch->to, branch->id};
    }
    if (limit->kind == GW_LIMIT_TRANSFORMER_POWER) {
        const gw_net_transformer *made = &net->transformers[limit->element];
        return (ends){made->from, made->to, made->id};
    }
    return (ends){limit->element, limit->element, {"", 0}};
}

/* The element that a segment hangs on has one end outside, and belongs to it. */
static bool has_limit(const gw_segment_map *map, size_t segment, const gw_flow_limit *limit) {
    const ends at = ends_of(&map->network->net, limit);
    const gw_text element = map->network->segments[segment].element;
    if (element.length > 0 && gw_text_equal(element, at.id)) return true;
    return gw_segment_has_node(map, segment, at.from) && gw_segment_has_node(map, segment, at.to);
}

static size_t count_nodes(const gw_segment_map *map, size_t segment) {
    size_t count = 0;
    for (uint32_t node = 0; node < map->network->net.node_count; node++)
        if (gw_segment_has_node(map, segment, node)) count++;
    return count;
}

static gw_status find_homes(gw_arena *arena, gw_segment_map *map, gw_fault *reterr) {
    size_t *sizes = NULL;
    const size_t segments = map->network->segment_count;
    GW_TRY(GW_ARENA_NEW(arena, size_t, segments, &sizes, reterr));
    for (size_t at = 0; at < segments; at++) sizes[at] = count_nodes(map, at);
    for (size_t limit = 0; limit < map->limit_count; limit++) {
        map->home[limit] = segments;
        for (size_t at = 0; at < segments; at++)
            if (gw_segment_has_limit(map, at, limit) &&
                (map->home[limit] == segments || sizes[at] < sizes[map->home[limit]]))
                map->home[limit] = at;
    }
    return gw_ok();
}

gw_status gw_segment_map_make(gw_arena *arena, const gw_network *network,
                              const gw_flow_limits *limits, gw_segment_map *ret, gw_fault *reterr) {
    gw_flow_tree tree;
    gw_segment_map made = {.network = network, .limit_count = limits->count};
    const gw_net *net = &network->net;
    const size_t segments = network->segment_count;
    GW_TRY(gw_flow_tree_build(arena, net, &tree, reterr));
    GW_TRY(GW_ARENA_NEW(arena, bool, segments * net->node_count, &made.has_node, reterr));
    GW_TRY(GW_ARENA_NEW(arena, bool, segments * limits->count, &made.has_limit, reterr));
    GW_TRY(GW_ARENA_NEW(arena, size_t, limits->count, &made.home, reterr));
    for (size_t at = 0; at < segments; at++) {
        GW_TRY(mark_nodes(arena, net, &tree, network->segments[at].element,
                          &made.has_node[at * net->node_count], reterr));
        for (size_t limit = 0; limit < limits->count; limit++)
            made.has_limit[at * limits->count + limit] = has_limit(&made, at, &limits->at[limit]);
    }
    GW_TRY(find_homes(arena, &made, reterr));
    *ret = made;
    return gw_ok();
}
