/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm.h"

#include "server/gridfile/pgm_element.h"
#include "server/gridfile/pgm_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Lists of the network, in the order in which they are filled. */
typedef enum part { NODES, BRANCHES, TRANSFORMERS, SHUNTS, POINTS, SOURCES, PARTS } part;

typedef gw_status element_reader(gw_pgm_reading *in, gw_item *item);

/* A list of the document. */
typedef struct component {
    const char *name;
    part part;
    size_t records; /* that an entry may become */
    element_reader *read;
} component;

static const component components[] = {
    {"node", NODES, 1, gw_pgm_read_node},
    {"line", BRANCHES, 1, gw_pgm_read_line},
    {"asym_line", BRANCHES, 1, gw_pgm_read_asym_line},
    {"link", BRANCHES, 1, gw_pgm_read_link},
    {"transformer", TRANSFORMERS, 1, gw_pgm_read_transformer},
    {"three_winding_transformer", TRANSFORMERS, 3, gw_pgm_read_three_winding},
    {"shunt", SHUNTS, 1, gw_pgm_read_shunt},
    {"sym_load", POINTS, 1, gw_pgm_read_sym_load},
    {"sym_gen", POINTS, 1, gw_pgm_read_sym_gen},
    {"asym_load", POINTS, GW_NET_PHASES, gw_pgm_read_asym_load},
    {"asym_gen", POINTS, GW_NET_PHASES, gw_pgm_read_asym_gen},
    {"source", SOURCES, 1, gw_pgm_read_source},
};

/* The tap regulators stand last: an option lets them pass. */
static const char *const refused[] = {"voltage_regulator", "generic_branch",
                                      "transformer_tap_regulator"};

typedef struct file {
    gw_arena *arena;
    gw_pgm_document document;
    gw_pgm_document updates;
    bool has_updates;
    gw_pgm_reading reading;
    size_t counts[COUNT_OF(components)];
    size_t first[COUNT_OF(components)]; /* where the records of a list begin in their part */
    gw_fault *reterr;
} file;

/* ---- lists ---- */

static gw_status open_list(const file *in, const char *name, gw_pgm_list *ret) {
    return gw_pgm_list_open(in->arena, &in->document, in->has_updates ? &in->updates : NULL, name,
                            ret, in->reterr);
}

static gw_status check_refused(const file *in, gw_pgm_regulators regulators) {
    char pointer[64];
    const size_t count = COUNT_OF(refused) - (regulators == GW_PGM_REGULATORS_STAND ? 1 : 0);
    for (size_t at = 0; at < count; at++) {
        gw_pgm_list list;
        const gw_status status = open_list(in, refused[at], &list);
        gw_pgm_list_close(&list);
        GW_TRY(status);
        if (list.count == 0) continue;
        (void)snprintf(pointer, sizeof pointer, "/data/%s", refused[at]);
        return gw_fail_with(in->reterr, GW_CODE_UNSUPPORTED, pointer,
                            "what this list holds is not solved here");
    }
    return gw_ok();
}

static gw_status count_lists(file *in, size_t totals[PARTS]) {
    static const size_t most[PARTS] = {
        [NODES] = GW_NET_NODES_MOST,           [BRANCHES] = GW_NET_BRANCHES_MOST,
        [TRANSFORMERS] = GW_NET_BRANCHES_MOST, [SHUNTS] = GW_NET_SHUNTS_MOST,
        [POINTS] = GW_NET_POINTS_MOST,         [SOURCES] = GW_NET_SOURCES_MOST};
    for (size_t at = 0; at < COUNT_OF(components); at++) {
        const component *of = &components[at];
        gw_pgm_list list;
        const gw_status status = open_list(in, of->name, &list);
        gw_pgm_list_close(&list);
        GW_TRY(status);
        in->counts[at] = list.count;
        in->first[at] = totals[of->part];
        totals[of->part] += list.count * of->records;
        if (of->read == gw_pgm_read_three_winding) totals[NODES] += list.count; /* star points */
        if (totals[of->part] > most[of->part])
            return gw_fail_with(in->reterr, GW_CODE_TOO_LARGE, list.pointer,
                                "%zu entries, the limit is %zu", totals[of->part], most[of->part]);
    }
    return gw_ok();
}

static gw_status take_room(file *in, const size_t totals[PARTS]) {
    gw_net *net = &in->reading.net;
    size_t entries = 0;
    for (size_t at = 0; at < COUNT_OF(components); at++) entries += in->counts[at];
    GW_TRY(GW_ARENA_NEW(in->arena, gw_pgm_id, entries, &in->reading.ids, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_node, totals[NODES], &net->nodes, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_branch, totals[BRANCHES], &net->branches, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_transformer, totals[TRANSFORMERS], &net->transformers,
                        in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_shunt, totals[SHUNTS], &net->shunts, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_point, totals[POINTS], &net->points, in->reterr));
    return GW_ARENA_NEW(in->arena, gw_net_source, totals[SOURCES], &net->sources, in->reterr);
}

static gw_status read_entry(file *in, size_t component_at, gw_pgm_list *list) {
    gw_item item;
    const uint32_t at = (uint32_t)list->at;
    GW_TRY(gw_pgm_list_next(list, &item));
    const json_t *id = json_object_get(item.object, "id");
    const json_int_t number = json_integer_value(id);
    if (!json_is_integer(id) || number < 0 || number > INT32_MAX)
        gw_item_blame(&item, "id", "an integer of 0 to 2147483647 is wanted");
    in->reading.ids[in->reading.id_count++] =
        (gw_pgm_id){(int32_t)number, (uint32_t)component_at, at};
    const gw_status status =
        gw_is_ok(item.status) ? components[component_at].read(&in->reading, &item) : gw_ok();
    GW_TRY(gw_item_close(&item));
    return status;
}

static gw_status read_entries(file *in, size_t component_at, gw_pgm_list *list) {
    while (list->at < list->count) GW_TRY(read_entry(in, component_at, list));
    return gw_pgm_list_end(list);
}

static gw_status index_nodes(file *in) {
    const gw_net *net = &in->reading.net;
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_name, net->node_count, &names, in->reterr));
    for (uint32_t at = 0; at < net->node_count; at++)
        names[at] = (gw_net_name){net->nodes[at].id, at};
    return gw_net_index_build(names, net->node_count, "data/node", &in->reading.nodes, in->reterr);
}

static gw_status read_lists(file *in) {
    for (size_t at = 0; at < COUNT_OF(components); at++) {
        gw_pgm_list list;
        gw_status status = open_list(in, components[at].name, &list);
        if (gw_is_ok(status)) status = read_entries(in, at, &list);
        gw_pgm_list_close(&list);
        GW_TRY(status);
        if (components[at].part == NODES) GW_TRY(index_nodes(in));
    }
    return gw_ok();
}

/* ---- document ---- */

static int compare_ids(const void *left, const void *right) {
    const gw_pgm_id *one = left;
    const gw_pgm_id *other = right;
    if (one->id != other->id) return one->id < other->id ? -1 : 1;
    if (one->component != other->component) return one->component < other->component ? -1 : 1;
    return one->at < other->at ? -1 : one->at > other->at;
}

/* An id is there once in the whole file. */
static gw_status check_ids(const file *in) {
    char pointer[64];
    gw_pgm_id *ids = in->reading.ids;
    qsort(ids, in->reading.id_count, sizeof *ids, compare_ids);
    for (size_t at = 1; at < in->reading.id_count; at++) {
        if (ids[at].id != ids[at - 1].id) continue;
        (void)snprintf(pointer, sizeof pointer, "/data/%s/%u/id",
                       components[ids[at].component].name, ids[at].at);
        return gw_fail_with(in->reterr, GW_CODE_INVALID, pointer, "the id is there twice");
    }
    return gw_ok();
}

/* The list and entry that a record of the network came from. */
static const component *origin_of(const file *in, part from, size_t record, size_t *ret) {
    for (size_t at = 0; at < COUNT_OF(components); at++) {
        const component *of = &components[at];
        const size_t records = in->counts[at] * of->records;
        if (of->part != from || record < in->first[at] || record >= in->first[at] + records)
            continue;
        *ret = (record - in->first[at]) / of->records;
        return of;
    }
    return NULL;
}

/* Says where in this file the fault is that the validation found in the network. */
static void point_into_file(const file *in, gw_fault *fault) {
    static const char *const parts[PARTS] = {"branches", "nodes",  "transformers",
                                             "shunts",   "points", "source"};
    static const part of[PARTS] = {BRANCHES, NODES, TRANSFORMERS, SHUNTS, POINTS, SOURCES};
    char pointer[96];
    gw_text rest = gw_text_from_c(fault->subject);
    if (!gw_text_starts(rest, "/")) return;
    rest = gw_text_part(rest, 1, rest.length);
    const gw_text list = gw_text_split(&rest, '/');
    const gw_text number = gw_text_split(&rest, '/');
    size_t record = 0;
    for (size_t at = 0; at < number.length && at < 8; at++)
        record = record * 10 + (size_t)(number.at[at] - '0');
    for (size_t at = 0; at < PARTS; at++) {
        size_t entry = 0;
        if (!gw_text_is(list, parts[at]) || number.length == 0) continue;
        const component *from = origin_of(in, of[at], record, &entry);
        if (from == NULL) return;
        (void)snprintf(pointer, sizeof pointer, "/data/%s/%zu/%s", from->name, entry,
                       gw_pgm_field_name(rest));
        (void)snprintf(fault->subject, sizeof fault->subject, "%s", pointer);
    }
}

static gw_status validate(file *in, gw_pgm_model model) {
    gw_net *net = &in->reading.net;
    gw_fault fault = {0};
    const bool is_three_phase = model == GW_PGM_MODEL_AS_FILE ? in->reading.is_asymmetric
                                                              : model == GW_PGM_MODEL_THREE_PHASE;
    net->model = is_three_phase ? GW_NET_THREE_PHASE : GW_NET_BALANCED;
    net->has_islands = true;
    const gw_status status = gw_net_validate(in->arena, net, &fault);
    if (gw_is_ok(status)) return status;
    point_into_file(in, &fault);
    if (in->reterr != NULL) *in->reterr = fault;
    return status;
}

gw_status gw_pgm_parse_with(gw_arena *arena, gw_bytes bytes, const gw_pgm_options *options,
                            gw_net *ret, gw_fault *reterr) {
    size_t totals[PARTS] = {0};
    file in = {.arena = arena,
               .has_updates = options->updates.length > 0,
               .reading = {.arena = arena, .reterr = reterr},
               .reterr = reterr};
    GW_TRY(gw_pgm_document_open(bytes, "input", &in.document, reterr));
    if (in.document.is_batch)
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/is_batch", "the input is a batch");
    if (in.has_updates) {
        GW_TRY(gw_pgm_document_open(options->updates, "update", &in.updates, reterr));
        GW_TRY(gw_pgm_document_choose(&in.updates, options->scenario, reterr));
    }
    GW_TRY(check_refused(&in, options->regulators));
    GW_TRY(count_lists(&in, totals));
    GW_TRY(take_room(&in, totals));
    GW_TRY(read_lists(&in));
    GW_TRY(check_ids(&in));
    GW_TRY(validate(&in, options->model));
    *ret = in.reading.net;
    return gw_ok();
}

gw_status gw_pgm_parse(gw_arena *arena, gw_bytes bytes, gw_net *ret, gw_fault *reterr) {
    return gw_pgm_parse_with(arena, bytes, &(gw_pgm_options){0}, ret, reterr);
}

gw_status gw_pgm_scenario_count(gw_bytes updates, size_t *ret, gw_fault *reterr) {
    gw_pgm_document document;
    GW_TRY(gw_pgm_document_open(updates, "update", &document, reterr));
    return gw_pgm_document_count(&document, ret, reterr);
}
