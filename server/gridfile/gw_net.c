/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/gw_net.h"

#include "server/feed/slice.h"
#include "server/gridfile/item.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct file {
    gw_arena *arena;
    gw_text text;
    gw_net net;
    gw_net_index nodes;
    gw_fault *reterr;
} file;

typedef void item_reader(file *in, gw_item *item, void *record);

/* One list of the document and how its entries become records. */
typedef struct list {
    const char *name;
    size_t record_size;
    size_t most;
    item_reader *read;
} list;

static gw_status malformed(const file *in, const char *subject, const char *what) {
    return gw_fail_with(in->reterr, GW_CODE_MALFORMED, subject, "%s", what);
}

/* ---- entries ---- */

static void read_place(gw_item *item, gw_net_node *node) {
    const bool is_geographic = gw_item_has(item, "lon");
    if (!is_geographic && !gw_item_has(item, "x")) return;
    node->place = is_geographic ? GW_NET_GEOGRAPHIC : GW_NET_SCHEMATIC;
    node->x = gw_item_number(item, is_geographic ? "lon" : "x");
    node->y = gw_item_number(item, is_geographic ? "lat" : "y");
}

static void read_node(file *in, gw_item *item, void *record) {
    gw_net_node *node = record;
    (void)in;
    node->id = gw_item_text(item, "id");
    node->un_v = gw_item_number(item, "un_v");
    node->vmin_pu = gw_item_number_or(item, "vmin_pu", 0);
    node->vmax_pu = gw_item_number_or(item, "vmax_pu", 0);
    read_place(item, node);
}

static void read_open_ends(gw_item *item, bool *open_from, bool *open_to) {
    const json_t *ends = json_object_get(item->object, "open_ends");
    for (size_t at = 0; at < json_array_size(ends); at++) {
        const char *end = json_string_value(json_array_get(ends, at));
        const bool is_from = end != NULL && strcmp(end, "from") == 0;
        const bool is_to = end != NULL && strcmp(end, "to") == 0;
        *open_from = *open_from || is_from;
        *open_to = *open_to || is_to;
        if (!is_from && !is_to) gw_item_blame(item, "open_ends", "\"from\" or \"to\" is wanted");
    }
    if (ends != NULL && !json_is_array(ends)) gw_item_blame(item, "open_ends", "a list is wanted");
}

/* Six pairs: the lower triangle of a matrix of complex numbers. */
static void read_triangle(gw_item *item, const char *key, double re[GW_NET_TRIANGLE],
                          double im[GW_NET_TRIANGLE]) {
    const json_t *rows = json_object_get(item->object, key);
    for (size_t at = 0; at < GW_NET_TRIANGLE; at++) {
        const json_t *pair = json_array_get(rows, at);
        const json_t *first = json_array_get(pair, 0);
        const json_t *second = json_array_get(pair, 1);
        re[at] = json_number_value(first);
        im[at] = json_number_value(second);
        if (!json_is_number(first) || !json_is_number(second)) {
            gw_item_blame(item, key, "six pairs of numbers are wanted: aa, ba, bb, ca, cb, cc");
            return;
        }
    }
}

static void read_matrix(file *in, gw_item *item, gw_net_branch *branch) {
    gw_net_matrix *matrix = NULL;
    const gw_status status = GW_ARENA_NEW(in->arena, gw_net_matrix, 1, &matrix, in->reterr);
    if (!gw_is_ok(status)) {
        if (gw_is_ok(item->status)) item->status = status;
        return;
    }
    read_triangle(item, "z_abc_ohm", matrix->r_ohm, matrix->x_ohm);
    if (gw_item_has(item, "y_abc_s")) read_triangle(item, "y_abc_s", matrix->g_s, matrix->b_s);
    branch->matrix = matrix;
    gw_net_branch_average(branch);
}

static void read_branch(file *in, gw_item *item, void *record) {
    static const char *const kinds[] = {"line", "cable", "switch"};
    gw_net_branch *branch = record;
    branch->id = gw_item_text(item, "id");
    branch->from = gw_item_node(item, "from", &in->nodes);
    branch->to = gw_item_node(item, "to", &in->nodes);
    branch->kind = (gw_net_kind)gw_item_word(item, "kind", kinds, COUNT_OF(kinds));
    branch->closed = gw_item_flag(item, "closed", true);
    branch->imax_a = gw_item_number_or(item, "imax_a", 0);
    read_open_ends(item, &branch->open_from, &branch->open_to);
    if (gw_item_has(item, "z_abc_ohm")) {
        read_matrix(in, item, branch);
        return;
    }
    branch->r1_ohm = gw_item_number(item, "r1_ohm");
    branch->x1_ohm = gw_item_number(item, "x1_ohm");
    branch->has_zero_sequence = gw_item_has(item, "r0_ohm") && gw_item_has(item, "x0_ohm");
    branch->r0_ohm = gw_item_number_or(item, "r0_ohm", 0);
    branch->x0_ohm = gw_item_number_or(item, "x0_ohm", 0);
    branch->b1_s = gw_item_number_or(item, "b1_s", 0);
    branch->g1_s = gw_item_number_or(item, "g1_s", 0);
    branch->b0_s = gw_item_number_or(item, "b0_s", 0);
    branch->g0_s = gw_item_number_or(item, "g0_s", 0);
}

/* Vector groups: windings and clock number. "" is a shift_deg without a group: taken as Dyn, the
 * usual one of a distribution transformer. */
static bool parse_winding(gw_text *rest, char large, char small, gw_net_winding *ret) {
    const char first = rest->length > 0 ? rest->at[0] : '\0';
    if (first != large && first != small) return false;
    *rest = gw_text_part(*rest, 1, rest->length);
    *ret = large == 'D' ? GW_NET_DELTA : (large == 'Z' ? GW_NET_ZIGZAG : GW_NET_WYE);
    if (*ret == GW_NET_DELTA || rest->length == 0) return true;
    if (rest->at[0] != 'N' && rest->at[0] != 'n') return true;
    *ret = large == 'Z' ? GW_NET_ZIGZAG_GROUNDED : GW_NET_WYE_GROUNDED;
    *rest = gw_text_part(*rest, 1, rest->length);
    return true;
}

static bool parse_first(gw_text *rest, gw_net_winding *ret) {
    return parse_winding(rest, 'D', 'D', ret) || parse_winding(rest, 'Y', 'Y', ret) ||
           parse_winding(rest, 'Z', 'Z', ret);
}

static bool parse_second(gw_text *rest, gw_net_winding *ret) {
    return parse_winding(rest, 'D', 'd', ret) || parse_winding(rest, 'Y', 'y', ret) ||
           parse_winding(rest, 'Z', 'z', ret);
}

static int parse_clock(gw_text digits) {
    if (digits.length < 1 || digits.length > 2) return -1;
    int clock = 0;
    for (size_t at = 0; at < digits.length; at++) {
        if (digits.at[at] < '0' || digits.at[at] > '9') return -1;
        clock = clock * 10 + (digits.at[at] - '0');
    }
    return clock;
}

static void read_group(gw_item *item, gw_net_transformer *it) {
    gw_text rest = gw_item_text(item, "vector_group");
    if (!parse_first(&rest, &it->from_winding) || !parse_second(&rest, &it->to_winding))
        gw_item_blame(item, "vector_group",
                      "a group of D, Y, YN, Z, ZN with d, y, yn, z, zn is wanted");
    it->clock = parse_clock(rest);
}

static void read_shift(gw_item *item, gw_net_transformer *it) {
    const double degrees = gw_item_number_or(item, "shift_deg", 0);
    it->from_winding = GW_NET_DELTA;
    it->to_winding = GW_NET_WYE_GROUNDED;
    if (!(degrees > -360 && degrees < 360)) {
        gw_item_blame(item, "shift_deg", "the shift is not between -360 and 360 degrees");
        return;
    }
    const int clock = (int)((degrees < 0 ? degrees + 360 : degrees) / 30);
    it->clock = clock % 12;
    if ((double)clock * 30 != (degrees < 0 ? degrees + 360 : degrees))
        gw_item_blame(item, "shift_deg", "the shift is no multiple of 30 degrees");
}

static void read_tap(gw_item *item, gw_net_transformer *it) {
    static const char *const sides[] = {"hv", "lv", "from", "to"};
    gw_item tap = *item;
    tap.object = json_object_get(item->object, "tap");
    if (tap.object == NULL || json_is_null(tap.object)) return;
    const size_t side = gw_item_word(&tap, "side", sides, COUNT_OF(sides));
    const bool is_stepped_up = it->u2_v > it->u1_v;
    it->tap_at_to = side < 2 ? (side == 1) != is_stepped_up : side == 3;
    it->tap_steps = gw_item_number_or(&tap, "pos", 0) - gw_item_number_or(&tap, "neutral", 0);
    it->tap_step_pct = gw_item_number_or(&tap, "step_pct", 0);
    item->status = tap.status;
}

static void read_earthing(gw_item *item, gw_net_transformer *it) {
    it->r_ground_from_ohm = gw_item_number_or(item, "r_ground_from_ohm", 0);
    it->x_ground_from_ohm = gw_item_number_or(item, "x_ground_from_ohm", 0);
    it->r_ground_to_ohm = gw_item_number_or(item, "r_ground_to_ohm", 0);
    it->x_ground_to_ohm = gw_item_number_or(item, "x_ground_to_ohm", 0);
    it->i0_zero_pct = gw_item_number_or(item, "i0_zero_pct", 0);
    it->p0_zero_w = gw_item_number_or(item, "p0_zero_w", 0);
}

static void read_transformer(file *in, gw_item *item, void *record) {
    gw_net_transformer *it = record;
    it->id = gw_item_text(item, "id");
    it->from = gw_item_node(item, "from", &in->nodes);
    it->to = gw_item_node(item, "to", &in->nodes);
    it->closed = gw_item_flag(item, "closed", true);
    it->sn_va = gw_item_number(item, "sn_va");
    it->u1_v = gw_item_number(item, "u1_v");
    it->u2_v = gw_item_number(item, "u2_v");
    it->uk_pct = gw_item_number(item, "uk_pct");
    it->pk_w = gw_item_number(item, "pk_w");
    it->p0_w = gw_item_number_or(item, "p0_w", 0);
    it->i0_pct = gw_item_number_or(item, "i0_pct", 0);
    if (gw_item_has(item, "vector_group")) {
        read_group(item, it);
    } else {
        read_shift(item, it);
    }
    read_tap(item, it);
    read_open_ends(item, &it->open_from, &it->open_to);
    read_earthing(item, it);
    it->is_leg = gw_item_flag(item, "leg", false);
    static const char *const circuits[] = {"t", "pi"};
    it->is_pi = gw_item_word(item, "magnetising", circuits, COUNT_OF(circuits)) == 1;
}

static unsigned phase_of(char letter) {
    if (letter == 'A' || letter == 'a') return GW_NET_PHASE_A;
    if (letter == 'B' || letter == 'b') return GW_NET_PHASE_B;
    return letter == 'C' || letter == 'c' ? GW_NET_PHASE_C : 0;
}

static void read_phases(gw_item *item, gw_net_point *point) {
    if (!gw_item_has(item, "phases")) return;
    const gw_text letters = gw_item_text(item, "phases");
    point->is_phase_unknown = gw_text_is(letters, "?");
    if (point->is_phase_unknown) return;
    for (size_t at = 0; at < letters.length; at++) {
        const unsigned phase = phase_of(letters.at[at]);
        if (phase == 0 || (point->phases & phase) != 0) {
            gw_item_blame(item, "phases", "some of A, B and C are wanted, each once, or ?");
            return;
        }
        point->phases |= phase;
    }
    if (letters.length == GW_NET_PHASES) point->phases = 0;
}

static void read_point(file *in, gw_item *item, void *record) {
    static const char *const loads[] = {"power", "current", "impedance"};
    gw_net_point *point = record;
    point->id = gw_item_text(item, "id");
    point->node = gw_item_node(item, "node", &in->nodes);
    point->p_w = gw_item_number(item, "p_w");
    point->q_var = gw_item_number_or(item, "q_var", 0);
    point->load = (gw_net_load)gw_item_word(item, "constant", loads, COUNT_OF(loads));
    read_phases(item, point);
}

static void read_source(file *in, gw_item *item, void *record) {
    gw_net_source *source = record;
    source->id = gw_item_text(item, "id");
    source->node = gw_item_node(item, "node", &in->nodes);
    source->u_pu = gw_item_number(item, "u_pu");
    source->angle_deg = gw_item_number_or(item, "angle_deg", 0);
    source->isc3_a = gw_item_number_or(item, "isc3_a", 0);
    source->x_over_r = gw_item_number_or(item, "x_over_r", 0);
    source->z0_over_z1 = gw_item_number_or(item, "z0_over_z1", 1);
}

static void read_shunt(file *in, gw_item *item, void *record) {
    gw_net_shunt *shunt = record;
    shunt->id = gw_item_text(item, "id");
    shunt->node = gw_item_node(item, "node", &in->nodes);
    shunt->closed = gw_item_flag(item, "closed", true);
    shunt->g1_s = gw_item_number_or(item, "g1_s", 0);
    shunt->b1_s = gw_item_number(item, "b1_s");
    shunt->g0_s = gw_item_number_or(item, "g0_s", 0);
    shunt->b0_s = gw_item_number_or(item, "b0_s", 0);
}

/* ---- lists ---- */

static gw_status count_items(const file *in, const list *of, gw_text text, size_t *ret) {
    size_t count = 0;
    gw_text item;
    while (gw_slice_item(&text, &item)) count++;
    if (count > of->most)
        return gw_fail_with(in->reterr, GW_CODE_TOO_LARGE, of->name,
                            "%zu entries, the limit is %zu", count, of->most);
    *ret = count;
    return gw_ok();
}

static gw_status read_item(file *in, const list *of, size_t at, gw_text text, void *record) {
    gw_item item = {.arena = in->arena, .list = of->name, .at = at, .reterr = in->reterr};
    gw_item_open(&item, text);
    of->read(in, &item, record);
    return gw_item_close(&item);
}

/* An absent list is empty; a single object in its place is one entry. */
static gw_status read_list(file *in, const list *of, void **ret, size_t *ret_count) {
    gw_text text;
    gw_text item;
    size_t count = 0;
    if (!gw_slice_member(in->text, of->name, &text)) return gw_ok();
    const bool is_single = text.length > 0 && text.at[0] == '{';
    if (is_single) count = 1;
    if (!is_single) GW_TRY(count_items(in, of, text, &count));
    char *records = NULL;
    GW_TRY(gw_arena_take(in->arena, of->record_size, count, (void **)&records, in->reterr));
    for (size_t at = 0; at < count; at++) {
        item = text;
        if (!is_single && !gw_slice_item(&text, &item))
            return malformed(in, of->name, "the list is no JSON");
        GW_TRY(read_item(in, of, at, item, records + at * of->record_size));
    }
    *ret = records;
    *ret_count = count;
    return gw_ok();
}

/* Ids of records that begin with their id. */
static gw_status index_ids(file *in, const char *name, const void *records, size_t size,
                           size_t count) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_name, count, &names, in->reterr));
    for (size_t at = 0; at < count; at++) {
        gw_text id;
        memcpy(&id, (const char *)records + at * size, sizeof id);
        names[at] = (gw_net_name){id, (uint32_t)at};
    }
    return gw_net_index_build(names, count, name, &in->nodes, in->reterr);
}

static gw_status read_lists(file *in) {
    static const list lists[] = {
        {"nodes", sizeof(gw_net_node), GW_NET_NODES_MOST, read_node},
        {"branches", sizeof(gw_net_branch), GW_NET_BRANCHES_MOST, read_branch},
        {"transformers", sizeof(gw_net_transformer), GW_NET_BRANCHES_MOST, read_transformer},
        {"points", sizeof(gw_net_point), GW_NET_POINTS_MOST, read_point},
        {"source", sizeof(gw_net_source), GW_NET_SOURCES_MOST, read_source},
        {"shunts", sizeof(gw_net_shunt), GW_NET_SHUNTS_MOST, read_shunt},
    };
    size_t counts[COUNT_OF(lists)] = {0};
    void *records[COUNT_OF(lists)] = {NULL};
    gw_net_index nodes = {NULL, 0};
    for (size_t at = 0; at < COUNT_OF(lists); at++) {
        in->nodes = nodes;
        GW_TRY(read_list(in, &lists[at], &records[at], &counts[at]));
        GW_TRY(index_ids(in, lists[at].name, records[at], lists[at].record_size, counts[at]));
        if (at == 0) nodes = in->nodes;
    }
    in->net.nodes = records[0];
    in->net.node_count = counts[0];
    in->net.branches = records[1];
    in->net.branch_count = counts[1];
    in->net.transformers = records[2];
    in->net.transformer_count = counts[2];
    in->net.points = records[3];
    in->net.point_count = counts[3];
    in->net.sources = records[4];
    in->net.source_count = counts[4];
    in->net.shunts = records[5];
    in->net.shunt_count = counts[5];
    return gw_ok();
}

/* ---- document ---- */

static gw_status read_head(file *in) {
    gw_text found;
    if (!gw_slice_member(in->text, "format", &found) || !gw_text_is(found, "\"gw-net\""))
        return malformed(in, "/format", "the file is no gw-net");
    if (!gw_slice_member(in->text, "version", &found) || !gw_text_is(found, "1"))
        return gw_fail_with(in->reterr, GW_CODE_UNSUPPORTED, "/version", "only version 1 is read");
    if (gw_slice_member(in->text, "name", &found) && gw_slice_string(found, &found))
        GW_TRY(gw_text_copy(in->arena, found, &in->net.name, in->reterr));
    in->net.has_islands = gw_slice_member(in->text, "islands", &found) && gw_text_is(found, "true");
    if (!gw_slice_member(in->text, "model", &found))
        return malformed(in, "/model", "\"balanced\" or \"three_phase\" is wanted");
    in->net.model = gw_text_is(found, "\"three_phase\"") ? GW_NET_THREE_PHASE : GW_NET_BALANCED;
    if (in->net.model == GW_NET_BALANCED && !gw_text_is(found, "\"balanced\""))
        return malformed(in, "/model", "\"balanced\" or \"three_phase\" is wanted");
    return gw_ok();
}

gw_status gw_net_parse(gw_arena *arena, gw_bytes bytes, gw_net *ret, gw_fault *reterr) {
    file in = {.arena = arena,
               .text = gw_text_trim((gw_text){(const char *)bytes.at, bytes.length}),
               .reterr = reterr};
    if (bytes.length > GW_NET_FILE_BYTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "%zu bytes, at most %d are taken",
                            bytes.length, GW_NET_FILE_BYTES_MOST);
    if (in.text.length == 0 || in.text.at[in.text.length - 1] != '}')
        return malformed(&in, "", "the document is no JSON object");
    GW_TRY(read_head(&in));
    GW_TRY(read_lists(&in));
    GW_TRY(gw_net_validate(arena, &in.net, reterr));
    *ret = in.net;
    return gw_ok();
}
