/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pandapower.h"

#include "server/gridfile/pandapower_table.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const double pi = 3.14159265358979323846;

enum { LOAD_PARTS = 3, NAME_SIZE = 64 };

typedef struct file {
    gw_arena *arena;
    const json_t *tables;
    double f_hz;
    gw_net net;
    gw_net_index nodes;
    bool *is_dead; /* by node: a bus out of service */
    gw_fault *reterr;
} file;

typedef void record_reader(file *in, gw_record *record);

/* "line3": the table and the index */
static gw_text name_of(file *in, gw_record *record, const char *table) {
    char name[NAME_SIZE];
    gw_text made = {"", 0};
    const gw_text index = gw_record_text(record, "index");
    (void)snprintf(name, sizeof name, "%s%.*s", table, GW_TEXT_ARGS(index));
    const gw_status status = gw_text_copy(in->arena, gw_text_from_c(name), &made, in->reterr);
    if (!gw_is_ok(status) && gw_is_ok(record->status)) record->status = status;
    return made;
}

static bool is_in_service(gw_record *record) { return gw_record_flag(record, "in_service", true); }

static void read_bus(file *in, gw_record *record) {
    gw_net_node *node = &in->net.nodes[in->net.node_count];
    in->is_dead[in->net.node_count++] = !is_in_service(record);
    node->id = gw_record_text(record, "index");
    node->un_v = gw_record_number(record, "vn_kv") * 1e3;
    node->vmin_pu = gw_record_number_or(record, "min_vm_pu", 0);
    node->vmax_pu = gw_record_number_or(record, "max_vm_pu", 0);
}

static void read_zero_sequence(gw_record *record, gw_net_branch *branch, double km,
                               double s_per_nf) {
    branch->has_zero_sequence =
        gw_record_has(record, "r0_ohm_per_km") && gw_record_has(record, "x0_ohm_per_km");
    if (!branch->has_zero_sequence) return;
    branch->r0_ohm = gw_record_number(record, "r0_ohm_per_km") * km;
    branch->x0_ohm = gw_record_number(record, "x0_ohm_per_km") * km;
    branch->b0_s = gw_record_number_or(record, "c0_nf_per_km", 0) * s_per_nf;
    branch->g0_s = gw_record_number_or(record, "g0_us_per_km", 0) * s_per_nf;
}

static void read_line(file *in, gw_record *record) {
    gw_net_branch *branch = &in->net.branches[in->net.branch_count++];
    const double parallel = gw_record_number_or(record, "parallel", 1);
    const double length_km = gw_record_number(record, "length_km");
    const double km = length_km / parallel;
    const double s_per_nf = 2 * pi * in->f_hz * 1e-9 * length_km * parallel;
    branch->id = name_of(in, record, "line");
    branch->from = gw_record_node(record, "from_bus", &in->nodes);
    branch->to = gw_record_node(record, "to_bus", &in->nodes);
    branch->kind = gw_text_is(gw_record_word(record, "type"), "cs") ? GW_NET_CABLE : GW_NET_LINE;
    branch->closed = is_in_service(record) && gw_is_ok(record->status) &&
                     !in->is_dead[branch->from] && !in->is_dead[branch->to];
    branch->r1_ohm = gw_record_number(record, "r_ohm_per_km") * km;
    branch->x1_ohm = gw_record_number(record, "x_ohm_per_km") * km;
    branch->b1_s = gw_record_number_or(record, "c_nf_per_km", 0) * s_per_nf;
    branch->g1_s = gw_record_number_or(record, "g_us_per_km", 0) * 1e-6 * length_km * parallel;
    branch->imax_a = gw_record_number_or(record, "max_i_ka", 0) * 1e3 * parallel *
                     gw_record_number_or(record, "df", 1);
    read_zero_sequence(record, branch, km, s_per_nf);
}

static gw_net_winding winding_of(char letter, bool is_grounded) {
    if (letter == 'D' || letter == 'd') return GW_NET_DELTA;
    return is_grounded ? GW_NET_WYE_GROUNDED : GW_NET_WYE;
}

/* "Dyn", "YNyn", "Yzn" is not among them; without a group what its shift usually means. */
static void read_windings(gw_record *record, gw_net_transformer *it) {
    const gw_text group = gw_record_word(record, "vector_group");
    if (group.length == 0) {
        it->from_winding = it->clock % 2 == 1 ? GW_NET_DELTA : GW_NET_WYE_GROUNDED;
        it->to_winding = GW_NET_WYE_GROUNDED;
        return;
    }
    size_t lower = 1;
    while (lower < group.length && group.at[lower] != 'y' && group.at[lower] != 'd') lower++;
    if (lower == group.length || (group.at[0] != 'Y' && group.at[0] != 'D')) {
        gw_record_blame(record, "vector_group", "a group of D, Y, YN with d, y, yn is wanted");
        return;
    }
    it->from_winding = winding_of(group.at[0], lower == 2);
    it->to_winding =
        winding_of(group.at[lower], lower + 1 < group.length && group.at[lower + 1] == 'n');
}

static void read_shift(gw_record *record, gw_net_transformer *it) {
    const double degrees = gw_record_number_or(record, "shift_degree", 0);
    if (!(degrees > -360 && degrees < 360)) {
        gw_record_blame(record, "shift_degree", "the shift is not between -360 and 360 degrees");
        return;
    }
    const double turned = degrees < 0 ? degrees + 360 : degrees;
    it->clock = (int)(turned / 30) % 12;
    if ((double)(int)(turned / 30) * 30 != turned)
        gw_record_blame(record, "shift_degree", "the shift is no multiple of 30 degrees");
}

static void read_tap(gw_record *record, gw_net_transformer *it) {
    if (!gw_record_has(record, "tap_pos")) return;
    it->tap_at_to = gw_text_is(gw_record_word(record, "tap_side"), "lv");
    it->tap_steps =
        gw_record_number(record, "tap_pos") - gw_record_number_or(record, "tap_neutral", 0);
    it->tap_step_pct = gw_record_number_or(record, "tap_step_percent", 0);
    const bool is_turning = gw_record_flag(record, "tap_phase_shifter", false) ||
                            gw_record_number_or(record, "tap_step_degree", 0) != 0;
    if (is_turning && it->tap_steps != 0)
        gw_record_blame(record, "tap_step_degree", "taps that turn the phase are not solved here");
}

static void read_trafo(file *in, gw_record *record) {
    gw_net_transformer *it = &in->net.transformers[in->net.transformer_count++];
    const double parallel = gw_record_number_or(record, "parallel", 1);
    it->id = name_of(in, record, "trafo");
    it->from = gw_record_node(record, "hv_bus", &in->nodes);
    it->to = gw_record_node(record, "lv_bus", &in->nodes);
    it->closed = is_in_service(record) && gw_is_ok(record->status) && !in->is_dead[it->from] &&
                 !in->is_dead[it->to];
    it->sn_va = gw_record_number(record, "sn_mva") * 1e6 * parallel;
    it->u1_v = gw_record_number(record, "vn_hv_kv") * 1e3;
    it->u2_v = gw_record_number(record, "vn_lv_kv") * 1e3;
    it->uk_pct = gw_record_number(record, "vk_percent");
    it->pk_w = gw_record_number(record, "vkr_percent") / 100 * it->sn_va;
    it->p0_w = gw_record_number_or(record, "pfe_kw", 0) * 1e3 * parallel;
    it->i0_pct = gw_record_number_or(record, "i0_percent", 0);
    read_shift(record, it);
    read_windings(record, it);
    read_tap(record, it);
}

/* A switch between buses has impedance only when it says so; r to x is 2 then, as there. */
static void read_bus_switch(file *in, gw_record *record) {
    gw_net_branch *branch = &in->net.branches[in->net.branch_count++];
    const double z_ohm = gw_record_number_or(record, "z_ohm", 0);
    branch->id = name_of(in, record, "switch");
    branch->kind = z_ohm > 0 ? GW_NET_LINE : GW_NET_SWITCH;
    branch->from = gw_record_node(record, "bus", &in->nodes);
    branch->to = gw_record_node(record, "element", &in->nodes);
    branch->closed = gw_record_flag(record, "closed", true) && gw_is_ok(record->status) &&
                     !in->is_dead[branch->from] && !in->is_dead[branch->to];
    branch->x1_ohm = z_ohm * 0.44721359549995793; /* 1 / sqrt 5 */
    branch->r1_ohm = 2 * branch->x1_ohm;
    branch->has_zero_sequence = z_ohm > 0;
    branch->r0_ohm = branch->r1_ohm;
    branch->x0_ohm = branch->x1_ohm;
}

static void open_line(file *in, gw_record *record, gw_text line) {
    const uint32_t bus = gw_record_node(record, "bus", &in->nodes);
    for (size_t at = 0; at < in->net.branch_count; at++) {
        gw_net_branch *branch = &in->net.branches[at];
        if (!gw_text_starts(branch->id, "line") ||
            !gw_text_equal(gw_text_part(branch->id, 4, branch->id.length), line))
            continue;
        if (branch->from == bus) branch->open_from = true;
        if (branch->to == bus) branch->open_to = true;
        return;
    }
    gw_record_blame(record, "element", "there is no such line");
}

static void open_trafo(file *in, gw_record *record, gw_text trafo) {
    for (size_t at = 0; at < in->net.transformer_count; at++) {
        gw_net_transformer *it = &in->net.transformers[at];
        if (!gw_text_equal(gw_text_part(it->id, 5, it->id.length), trafo)) continue;
        it->closed = false;
        return;
    }
    gw_record_blame(record, "element", "there is no such transformer");
}

static void read_switch(file *in, gw_record *record) {
    const gw_text kind = gw_record_text(record, "et");
    if (gw_text_is(kind, "b")) {
        read_bus_switch(in, record);
        return;
    }
    if (gw_record_flag(record, "closed", true)) return;
    const gw_text element = gw_record_text(record, "element");
    if (gw_text_is(kind, "l")) {
        open_line(in, record, element);
    } else if (gw_text_is(kind, "t")) {
        open_trafo(in, record, element);
    } else {
        gw_record_blame(record, "et", "a switch at b, l or t is wanted");
    }
}

/* ---- what takes and gives power ---- */

typedef struct share {
    const char *table;
    const char *suffix;
    const char *p_column;
    const char *q_column;
    gw_net_load load;
    unsigned phases;
    double factor;
} share;

static void add_point(file *in, gw_record *record, const share *of) {
    gw_net_point *point = &in->net.points[in->net.point_count];
    char prefix[NAME_SIZE];
    point->node = gw_record_node(record, "bus", &in->nodes);
    if (!gw_is_ok(record->status) || in->is_dead[point->node] || of->factor == 0) return;
    (void)snprintf(prefix, sizeof prefix, "%s%s", of->table, of->suffix);
    point->id = name_of(in, record, prefix);
    point->phases = of->phases;
    point->load = of->load;
    point->p_w = gw_record_number(record, of->p_column) * 1e6 * of->factor;
    point->q_var = gw_record_number_or(record, of->q_column, 0) * 1e6 * of->factor;
    in->net.point_count++;
}

/* Percent of a load that is constant impedance or current; later versions say it for P alone. */
static double percent(gw_record *record, const char *column, const char *later) {
    return gw_record_number_or(record, column, gw_record_number_or(record, later, 0)) / 100;
}

static void read_load(file *in, gw_record *record) {
    if (!is_in_service(record)) return;
    const double scaling = gw_record_number_or(record, "scaling", 1);
    const double z = percent(record, "const_z_percent", "const_z_p_percent");
    const double i = percent(record, "const_i_percent", "const_i_p_percent");
    const share parts[LOAD_PARTS] = {
        {"load", "", "p_mw", "q_mvar", GW_NET_POWER, 0, scaling * (1 - z - i)},
        {"load", "/z", "p_mw", "q_mvar", GW_NET_IMPEDANCE, 0, scaling * z},
        {"load", "/i", "p_mw", "q_mvar", GW_NET_CURRENT, 0, scaling * i},
    };
    for (size_t at = 0; at < LOAD_PARTS; at++) add_point(in, record, &parts[at]);
}

static void read_sgen(file *in, gw_record *record) {
    const double scaling = gw_record_number_or(record, "scaling", 1);
    const share whole = {"sgen", "", "p_mw", "q_mvar", GW_NET_POWER, 0, -scaling};
    if (is_in_service(record)) add_point(in, record, &whole);
}

static void read_storage(file *in, gw_record *record) {
    const double scaling = gw_record_number_or(record, "scaling", 1);
    const share whole = {"storage", "", "p_mw", "q_mvar", GW_NET_POWER, 0, scaling};
    if (is_in_service(record)) add_point(in, record, &whole);
}

/* Its power holds at its own rated voltage, ours at the bus's. */
static void read_shunt(file *in, gw_record *record) {
    if (!is_in_service(record)) return;
    const uint32_t node = gw_record_node(record, "bus", &in->nodes);
    if (!gw_is_ok(record->status)) return;
    const double un_kv = in->net.nodes[node].un_v / 1e3;
    const double ratio = un_kv / gw_record_number_or(record, "vn_kv", un_kv);
    const double steps = gw_record_number_or(record, "step", 1);
    const share whole = {"shunt", "", "p_mw", "q_mvar", GW_NET_IMPEDANCE, 0, steps * ratio * ratio};
    add_point(in, record, &whole);
}

static void add_phases(file *in, gw_record *record, const char *table, double sign) {
    static const char *const p_columns[] = {"p_a_mw", "p_b_mw", "p_c_mw"};
    static const char *const q_columns[] = {"q_a_mvar", "q_b_mvar", "q_c_mvar"};
    static const char *const suffixes[] = {"/a/", "/b/", "/c/"};
    const double factor = sign * gw_record_number_or(record, "scaling", 1);
    if (!is_in_service(record)) return;
    in->net.model = GW_NET_THREE_PHASE;
    if (gw_text_is(gw_record_word(record, "type"), "delta"))
        gw_record_blame(record, "type", "loads between phases are not solved here");
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
        const share part = {
            table,       suffixes[phase], p_columns[phase], q_columns[phase], GW_NET_POWER,
            1U << phase, factor};
        add_point(in, record, &part);
    }
}

static void read_asymmetric_load(file *in, gw_record *record) {
    add_phases(in, record, "asymmetric_load", 1);
}

static void read_asymmetric_sgen(file *in, gw_record *record) {
    add_phases(in, record, "asymmetric_sgen", -1);
}

static void read_ext_grid(file *in, gw_record *record) {
    if (!is_in_service(record)) return;
    gw_net_source *source = &in->net.sources[in->net.source_count++];
    source->id = name_of(in, record, "grid");
    source->node = gw_record_node(record, "bus", &in->nodes);
    source->u_pu = gw_record_number(record, "vm_pu");
    source->angle_deg = gw_record_number_or(record, "va_degree", 0);
}

static void refuse_service(file *in, gw_record *record) {
    (void)in;
    if (is_in_service(record))
        gw_record_blame(record, "in_service", "elements of this table are not solved here");
}

/* ---- tables ---- */

static gw_status read_table(file *in, const char *name, record_reader *read) {
    gw_table table;
    GW_TRY(gw_pandapower_table(in->arena, in->tables, name, &table, in->reterr));
    for (size_t row = 0; row < table.row_count; row++) {
        gw_record record = {&table, row, gw_ok(), in->reterr};
        read(in, &record);
        GW_TRY(record.status);
    }
    return gw_ok();
}

static gw_status count_rows(const file *in, const char *name, size_t *count) {
    gw_table table;
    GW_TRY(gw_pandapower_table(in->arena, in->tables, name, &table, in->reterr));
    *count += table.row_count;
    return gw_ok();
}

static gw_status make_room(file *in) {
    static const char *const points[] = {
        "load", "sgen", "storage", "shunt", "asymmetric_load", "asymmetric_sgen"};
    size_t nodes = 0;
    size_t branches = 0;
    size_t transformers = 0;
    size_t sources = 0;
    size_t rows = 0;
    GW_TRY(count_rows(in, "bus", &nodes));
    GW_TRY(count_rows(in, "line", &branches));
    GW_TRY(count_rows(in, "switch", &branches));
    GW_TRY(count_rows(in, "trafo", &transformers));
    GW_TRY(count_rows(in, "ext_grid", &sources));
    for (size_t at = 0; at < COUNT_OF(points); at++) GW_TRY(count_rows(in, points[at], &rows));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_node, nodes, &in->net.nodes, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, bool, nodes, &in->is_dead, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_branch, branches, &in->net.branches, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_transformer, transformers, &in->net.transformers,
                        in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_source, sources, &in->net.sources, in->reterr));
    /* one more: a point is written before it is known to count */
    return GW_ARENA_NEW(in->arena, gw_net_point, rows * LOAD_PARTS + 1, &in->net.points,
                        in->reterr);
}

static gw_status index_nodes(file *in) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_name, in->net.node_count, &names, in->reterr));
    for (size_t at = 0; at < in->net.node_count; at++)
        names[at] = (gw_net_name){in->net.nodes[at].id, (uint32_t)at};
    return gw_net_index_build(names, in->net.node_count, "bus", &in->nodes, in->reterr);
}

static gw_status read_tables(file *in) {
    static const struct {
        const char *name;
        record_reader *read;
    } tables[] = {
        {"line", read_line},
        {"trafo", read_trafo},
        {"switch", read_switch},
        {"load", read_load},
        {"sgen", read_sgen},
        {"storage", read_storage},
        {"shunt", read_shunt},
        {"asymmetric_load", read_asymmetric_load},
        {"asymmetric_sgen", read_asymmetric_sgen},
        {"ext_grid", read_ext_grid},
        {"trafo3w", refuse_service},
        {"gen", refuse_service},
        {"impedance", refuse_service},
        {"ward", refuse_service},
        {"xward", refuse_service},
        {"motor", refuse_service},
        {"dcline", refuse_service},
        {"svc", refuse_service},
        {"tcsc", refuse_service},
        {"ssc", refuse_service},
        {"vsc", refuse_service},
    };
    GW_TRY(make_room(in));
    GW_TRY(read_table(in, "bus", read_bus));
    GW_TRY(index_nodes(in));
    for (size_t at = 0; at < COUNT_OF(tables); at++)
        GW_TRY(read_table(in, tables[at].name, tables[at].read));
    return gw_ok();
}

static gw_status read_document(file *in, const json_t *document) {
    in->tables = json_object_get(document, "_object");
    if (!json_is_object(in->tables) || json_object_get(in->tables, "bus") == NULL)
        return gw_fail_with(in->reterr, GW_CODE_MALFORMED, "/_object",
                            "the file is no pandapower network");
    const json_t *f_hz = json_object_get(in->tables, "f_hz");
    in->f_hz = json_is_number(f_hz) ? json_number_value(f_hz) : 50;
    const json_t *name = json_object_get(in->tables, "name");
    GW_TRY(gw_text_copy(in->arena, gw_text_from_c(json_string_value(name)), &in->net.name,
                        in->reterr));
    return read_tables(in);
}

gw_status gw_pandapower_parse(gw_arena *arena, gw_bytes bytes, gw_net *ret, gw_fault *reterr) {
    file in = {.arena = arena, .net = {.model = GW_NET_BALANCED}, .reterr = reterr};
    if (bytes.length > GW_PANDAPOWER_BYTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "%zu bytes, at most %d are taken",
                            bytes.length, GW_PANDAPOWER_BYTES_MOST);
    json_t *document =
        json_loadb((const char *)bytes.at, bytes.length, JSON_REJECT_DUPLICATES, NULL);
    const gw_status status = read_document(&in, document);
    json_decref(document);
    GW_TRY(status);
    GW_TRY(gw_net_validate(arena, &in.net, reterr));
    *ret = in.net;
    return gw_ok();
}
