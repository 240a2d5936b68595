/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_distance.h"

const char *gw_flow_distance_name(gw_flow_distance distance) {
    static const char *const names[GW_FLOW_DISTANCE_COUNT] = {[GW_FLOW_SAME_NODE] = "same_node",
                                                              [GW_FLOW_SAME_FEEDER] = "same_feeder",
                                                              [GW_FLOW_SAME_TRANSFORMER] =
                                                                  "same_transformer",
                                                              [GW_FLOW_BEYOND] = "beyond"};
    return names[distance];
}

static bool is_bare(const gw_net *net, gw_flow_edge edge) {
    return edge.part == GW_FLOW_BRANCH && gw_net_is_bare_switch(&net->branches[edge.element]);
}

/* Every place comes after its parent, so one pass suffices. */
static void mark(const gw_net *net, gw_flow_map *map, uint32_t place) {
    const gw_flow_tree *tree = &map->tree;
    const uint32_t parent = tree->parent[place];
    const gw_flow_edge above = tree->above[place];
    const bool is_busbar = place < tree->root_count || above.part != GW_FLOW_BRANCH;
    if (is_busbar) {
        map->busbar[place] = map->feeder[place] = place;
        return;
    }
    map->busbar[place] = map->busbar[parent];
    const bool is_first = map->feeder[parent] == map->busbar[parent];
    /* a bare switch on a busbar is still the busbar */
    map->feeder[place] = is_first && !is_bare(net, above) ? place : map->feeder[parent];
}

gw_status gw_flow_map_build(gw_arena *arena, const gw_net *net, gw_flow_map *ret,
                            gw_fault *reterr) {
    gw_flow_map made = {.feeder = NULL};
    GW_TRY(gw_flow_tree_build(arena, net, &made.tree, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, made.tree.place_count, &made.feeder, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, made.tree.place_count, &made.busbar, reterr));
    for (uint32_t place = 0; place < made.tree.place_count; place++) mark(net, &made, place);
    *ret = made;
    return gw_ok();
}

bool gw_flow_map_is_live(const gw_flow_map *map, uint32_t node) {
    return map->tree.place_of[node] != GW_PLACE_DARK;
}

gw_flow_distance gw_flow_map_distance(const gw_flow_map *map, uint32_t from, uint32_t to) {
    const uint32_t left = map->tree.place_of[from];
    const uint32_t right = map->tree.place_of[to];
    if (left == GW_PLACE_DARK || right == GW_PLACE_DARK) return GW_FLOW_BEYOND;
    if (left == right) return GW_FLOW_SAME_NODE;
    if (map->busbar[left] != map->busbar[right]) return GW_FLOW_BEYOND;
    const bool is_feeder =
        map->feeder[left] == map->feeder[right] && map->feeder[left] != map->busbar[left];
    return is_feeder ? GW_FLOW_SAME_FEEDER : GW_FLOW_SAME_TRANSFORMER;
}
