/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/opendss.h"

#include "grid/flow_union.h"
#include "server/gridfile/number.h"
#include "server/gridfile/opendss_read.h"

#include <stdlib.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { BUSES_OF_ELEMENT = 2 };

/* What to do with a class; NULL: it changes nothing here. */
typedef struct class_reader {
    const char *name;
    void (*read)(gw_dss *in, const gw_dss_element *element);
} class_reader;

static const class_reader readers[] = {
    {"vsource", gw_dss_read_source},
    {"line", gw_dss_read_line},
    {"transformer", gw_dss_read_transformer},
    {"load", gw_dss_read_load},
    {"circuit", NULL},
    {"linecode", NULL},
    {"loadshape", NULL},
    {"energymeter", NULL},
    {"monitor", NULL},
};

static const class_reader *reader_of(const gw_dss_element *element) {
    for (size_t at = 0; at < COUNT_OF(readers); at++)
        if (gw_text_is(element->class, readers[at].name)) return &readers[at];
    return NULL;
}

/* ---- buses ---- */

/* Buses that the element says it lies between, as written. */
static size_t buses_of(const gw_dss_element *element, gw_text buses[BUSES_OF_ELEMENT]) {
    static const char *keys[2] = {"buses", "bus"};
    if (gw_text_is(element->class, "transformer")) {
        buses[0] = gw_dss_winding_text(element, keys, 0);
        buses[1] = gw_dss_winding_text(element, keys, 1);
        return 2;
    }
    buses[0] = gw_dss_text(element, "bus1");
    if (gw_text_is(element->class, "vsource")) {
        if (buses[0].length == 0) buses[0] = GW_TEXT("sourcebus");
        return 1;
    }
    buses[1] = gw_dss_text(element, "bus2");
    if (gw_text_is(element->class, "line")) return 2;
    return gw_text_is(element->class, "load") ? 1 : 0;
}

static int by_name(const void *left, const void *right) {
    const gw_net_name *one = left;
    const gw_net_name *two = right;
    const int order = gw_text_compare(one->id, two->id);
    if (order != 0) return order;
    return one->at < two->at ? -1 : one->at > two->at;
}

static int by_place(const void *left, const void *right) {
    const gw_net_name *one = left;
    const gw_net_name *two = right;
    return one->at < two->at ? -1 : one->at > two->at;
}

static gw_status count_elements(gw_dss *in, size_t *ret) {
    size_t count = 0;
    for (const gw_dss_element *it = in->script.first; it != NULL; it = it->next) {
        if (reader_of(it) == NULL)
            gw_dss_refuse(in, it, "class", "elements of this class are not solved here");
        count++;
    }
    *ret = count;
    return in->status;
}

/* Every bus once, in the order in which the script names them. */
static gw_status list_buses(gw_dss *in, size_t element_count) {
    gw_net_name *names = NULL;
    size_t count = 0;
    GW_TRY(
        GW_ARENA_NEW(in->arena, gw_net_name, element_count * BUSES_OF_ELEMENT, &names, in->reterr));
    for (const gw_dss_element *it = in->script.first; it != NULL; it = it->next) {
        gw_text buses[BUSES_OF_ELEMENT];
        const size_t own = buses_of(it, buses);
        for (size_t at = 0; at < own; at++, count++)
            names[count] =
                (gw_net_name){gw_dss_bus_parse(in, it, "bus1", buses[at]).id, (uint32_t)count};
    }
    GW_TRY(in->status);
    qsort(names, count, sizeof names[0], by_name);
    size_t kept = 0;
    for (size_t at = 0; at < count; at++)
        if (kept == 0 || !gw_text_equal(names[kept - 1].id, names[at].id))
            names[kept++] = names[at];
    qsort(names, kept, sizeof names[0], by_place);
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_node, kept, &in->net.nodes, in->reterr));
    for (size_t at = 0; at < kept; at++) {
        in->net.nodes[at].id = names[at].id;
        names[at].at = (uint32_t)at;
    }
    in->net.node_count = kept;
    return gw_net_index_build(names, kept, "bus", &in->nodes, in->reterr);
}

/* ---- voltages ---- */

/* A declared base that is within a tenth of the voltage, or the voltage itself. */
static double snap(gw_dss *in, double kv) {
    gw_text bases = gw_dss_text(in->script.options, "voltagebases");
    while (bases.length > 0) {
        double base = 0;
        const gw_text taken = gw_dss_take(&bases);
        if (taken.length == 0 || !gw_number_parse(taken, &base)) break;
        if (kv > 0.9 * base && kv < 1.1 * base) return base;
    }
    return kv;
}

static void give_voltage(gw_dss *in, gw_union *sets, double *kv_of, uint32_t node, double kv) {
    kv_of[gw_union_find(sets, node)] = snap(in, kv);
}

static void join_line(gw_dss *in, gw_union *sets, const gw_dss_element *line) {
    const uint32_t from = gw_dss_node(in, line, "bus1", gw_dss_text(line, "bus1"));
    const uint32_t to = gw_dss_node(in, line, "bus2", gw_dss_text(line, "bus2"));
    (void)gw_union_join(sets, from, to);
}

static void give_voltages(gw_dss *in, gw_union *sets, double *kv_of, const gw_dss_element *it) {
    static const char *kvs[2] = {"kvs", "kv"};
    gw_text buses[BUSES_OF_ELEMENT];
    const size_t count = buses_of(it, buses);
    if (gw_text_is(it->class, "vsource"))
        give_voltage(in, sets, kv_of, gw_dss_node(in, it, "bus1", buses[0]),
                     gw_dss_number(in, it, "basekv", 115));
    if (!gw_text_is(it->class, "transformer")) return;
    for (size_t at = 0; at < count; at++)
        give_voltage(in, sets, kv_of, gw_dss_node(in, it, "buses", buses[at]),
                     gw_dss_winding(in, it, kvs, at, 12.47));
}

/* What lines connect has one nominal voltage: that of the source or the winding that feeds it. */
static gw_status find_voltages(gw_dss *in) {
    gw_union sets;
    double *kv_of = NULL;
    GW_TRY(gw_union_init(&sets, in->arena, in->net.node_count, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, double, in->net.node_count, &kv_of, in->reterr));
    for (const gw_dss_element *it = in->script.first; it != NULL; it = it->next)
        if (gw_text_is(it->class, "line")) join_line(in, &sets, it);
    for (const gw_dss_element *it = in->script.first; it != NULL; it = it->next)
        give_voltages(in, &sets, kv_of, it);
    for (uint32_t at = 0; at < in->net.node_count; at++)
        in->net.nodes[at].un_v = kv_of[gw_union_find(&sets, at)] * 1e3;
    return in->status;
}

/* ---- document ---- */

static gw_status make_room(gw_dss *in, size_t count) {
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_branch, count, &in->net.branches, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_transformer, count, &in->net.transformers, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_point, count, &in->net.points, in->reterr));
    return GW_ARENA_NEW(in->arena, gw_net_source, count, &in->net.sources, in->reterr);
}

static gw_status read_elements(gw_dss *in) {
    for (const gw_dss_element *it = in->script.first; it != NULL; it = it->next) {
        const class_reader *reader = reader_of(it);
        if (gw_text_is(it->class, "circuit")) in->net.name = it->name;
        if (reader->read != NULL) reader->read(in, it);
        GW_TRY(in->status);
    }
    return gw_ok();
}

gw_status gw_opendss_parse(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                           gw_fault *reterr) {
    size_t count = 0;
    gw_dss in = {.arena = arena,
                 .file = file,
                 .net = {.model = GW_NET_THREE_PHASE},
                 .status = gw_ok(),
                 .reterr = reterr};
    GW_TRY(gw_dss_parse(arena, file, &in.script, reterr));
    GW_TRY(count_elements(&in, &count));
    GW_TRY(list_buses(&in, count));
    GW_TRY(find_voltages(&in));
    GW_TRY(make_room(&in, count));
    GW_TRY(read_elements(&in));
    GW_TRY(gw_net_validate(arena, &in.net, reterr));
    *ret = in.net;
    return gw_ok();
}
