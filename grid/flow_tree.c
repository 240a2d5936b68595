/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_tree.h"

#include "grid/flow_element.h"
#include "grid/flow_union.h"

/* An edge between vertices: first the nodes, then one vertex per source. */
typedef struct span {
    uint32_t from;
    uint32_t to;
    gw_flow_edge edge;
} span;

typedef struct growth {
    const gw_net *net;
    gw_arena *arena;
    gw_union sets;
    span *kept; /* the edges of the tree */
    size_t kept_count;
    span *loops;
    size_t loop_count;
    uint32_t *first; /* by vertex: where its neighbours begin in `beside` */
    uint32_t *beside;
    gw_fault *reterr;
} growth;

bool gw_net_is_bare_switch(const gw_net_branch *branch) {
    return branch->kind == GW_NET_SWITCH && branch->r1_ohm == 0 && branch->x1_ohm == 0;
}

static bool is_through(const gw_net_branch *branch) {
    return branch->closed && !branch->open_from && !branch->open_to;
}

static size_t vertex_count(const gw_net *net) { return net->node_count + net->source_count; }

static gw_status keep(growth *grown, span edge) {
    if (gw_union_join(&grown->sets, edge.from, edge.to)) {
        grown->kept[grown->kept_count++] = edge;
        return gw_ok();
    }
    if (grown->loop_count == GW_NET_LOOPS_MOST)
        return gw_fail_with(grown->reterr, GW_CODE_TOO_LARGE, "/branches",
                            "the network has more than %d closed loops", GW_NET_LOOPS_MOST);
    grown->loops[grown->loop_count++] = edge;
    return gw_ok();
}

static void keep_switches(growth *grown) {
    const gw_net *net = grown->net;
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        if (!is_through(branch) || !gw_net_is_bare_switch(branch)) continue;
        if (gw_union_join(&grown->sets, branch->from, branch->to))
            grown->kept[grown->kept_count++] =
                (span){branch->from, branch->to, {GW_FLOW_BRANCH, false, (uint32_t)at}};
    }
}

static gw_status keep_sources(growth *grown) {
    const gw_net *net = grown->net;
    for (uint32_t at = 0; at < net->source_count; at++) {
        const uint32_t vertex = (uint32_t)net->node_count + at;
        /* the ideal sources are one vertex to the sets: a path between two of them is a loop */
        if (at > 0) (void)gw_union_join(&grown->sets, (uint32_t)net->node_count, vertex);
        if (gw_flow_source_first(net, at) != at) continue;
        GW_TRY(keep(grown, (span){vertex, net->sources[at].node, {GW_FLOW_SOURCE, false, at}}));
    }
    return gw_ok();
}

static gw_status keep_others(growth *grown) {
    const gw_net *net = grown->net;
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        if (it->closed && !it->open_from && !it->open_to)
            GW_TRY(keep(grown, (span){it->from, it->to, {GW_FLOW_TRANSFORMER, false, at}}));
    }
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        /* a line that ends where it begins only charges */
        if (branch->from == branch->to) continue;
        if (is_through(branch) && !gw_net_is_bare_switch(branch))
            GW_TRY(keep(grown, (span){branch->from, branch->to, {GW_FLOW_BRANCH, false, at}}));
    }
    return gw_ok();
}

/* Counting sort of the kept edges by vertex. */
static gw_status list_neighbours(growth *grown) {
    const size_t count = vertex_count(grown->net);
    GW_TRY(GW_ARENA_NEW(grown->arena, uint32_t, count + 2, &grown->first, grown->reterr));
    GW_TRY(
        GW_ARENA_NEW(grown->arena, uint32_t, 2 * grown->kept_count, &grown->beside, grown->reterr));
    for (size_t at = 0; at < grown->kept_count; at++) {
        grown->first[grown->kept[at].from + 2]++;
        grown->first[grown->kept[at].to + 2]++;
    }
    for (size_t at = 2; at < count + 2; at++) grown->first[at] += grown->first[at - 1];
    for (uint32_t at = 0; at < grown->kept_count; at++) {
        grown->beside[grown->first[grown->kept[at].from + 1]++] = at;
        grown->beside[grown->first[grown->kept[at].to + 1]++] = at;
    }
    return gw_ok();
}

static gw_status take_room(growth *grown, gw_flow_tree *tree) {
    const size_t count = vertex_count(grown->net);
    gw_arena *arena = grown->arena;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &tree->place_of, grown->reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &tree->node_of, grown->reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &tree->parent, grown->reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_edge, count, &tree->above, grown->reterr));
    for (size_t at = 0; at < count; at++) tree->place_of[at] = GW_PLACE_DARK;
    return gw_ok();
}

/* node_of holds vertices while the tree grows: it is the queue, too. */
static void visit(const growth *grown, gw_flow_tree *tree, uint32_t place) {
    const uint32_t vertex = tree->node_of[place];
    for (uint32_t at = grown->first[vertex]; at < grown->first[vertex + 1]; at++) {
        const span *edge = &grown->kept[grown->beside[at]];
        const uint32_t other = edge->from == vertex ? edge->to : edge->from;
        if (tree->place_of[other] != GW_PLACE_DARK) continue;
        const uint32_t next = tree->place_count++;
        tree->place_of[other] = next;
        tree->node_of[next] = other;
        tree->parent[next] = place;
        tree->above[next] = edge->edge;
        tree->above[next].is_reversed = edge->to == vertex;
    }
}

static void order_places(const growth *grown, gw_flow_tree *tree) {
    const gw_net *net = grown->net;
    for (uint32_t at = 0; at < net->source_count; at++) {
        tree->node_of[at] = (uint32_t)net->node_count + at;
        tree->place_of[net->node_count + at] = at;
        tree->parent[at] = at;
    }
    tree->place_count = tree->root_count;
    for (uint32_t place = 0; place < tree->place_count; place++) visit(grown, tree, place);
    for (uint32_t at = 0; at < net->source_count; at++) tree->node_of[at] = net->sources[at].node;
}

static gw_status list_links(const growth *grown, gw_flow_tree *tree) {
    GW_TRY(
        GW_ARENA_NEW(grown->arena, gw_flow_link, grown->loop_count, &tree->links, grown->reterr));
    for (size_t at = 0; at < grown->loop_count; at++) {
        const span *loop = &grown->loops[at];
        const gw_flow_link link = {loop->edge, tree->place_of[loop->from],
                                   tree->place_of[loop->to]};
        /* a loop in a part that no source feeds does not matter */
        if (link.from != GW_PLACE_DARK) tree->links[tree->link_count++] = link;
    }
    return gw_ok();
}

gw_status gw_flow_tree_build(gw_arena *arena, const gw_net *net, gw_flow_tree *ret,
                             gw_fault *reterr) {
    growth grown = {.net = net, .arena = arena, .reterr = reterr};
    gw_flow_tree tree = {.root_count = (uint32_t)net->source_count};
    GW_TRY(gw_union_init(&grown.sets, arena, vertex_count(net), reterr));
    GW_TRY(GW_ARENA_NEW(arena, span, vertex_count(net), &grown.kept, reterr));
    GW_TRY(GW_ARENA_NEW(arena, span, GW_NET_LOOPS_MOST, &grown.loops, reterr));
    keep_switches(&grown);
    GW_TRY(keep_sources(&grown));
    GW_TRY(keep_others(&grown));
    GW_TRY(list_neighbours(&grown));
    GW_TRY(take_room(&grown, &tree));
    order_places(&grown, &tree);
    GW_TRY(list_links(&grown, &tree));
    *ret = tree;
    return gw_ok();
}
