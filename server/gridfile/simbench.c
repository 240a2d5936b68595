/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/simbench.h"

#include "base/writer.h"
#include "server/gridfile/table.h"

#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef enum sheet {
    NODE,
    COORDINATES,
    EXTERNAL_NET,
    LINE,
    LINE_TYPE,
    SWITCH,
    TRANSFORMER,
    TRANSFORMER_TYPE,
    LOAD,
    LOAD_PROFILE,
    RES,
    RES_PROFILE,
    STORAGE,
    POWER_PLANT,
    TRANSFORMER_3W,
    SHEETS
} sheet;

static const char *const sheet_names[SHEETS] = {
    "Node.csv",   "Coordinates.csv", "ExternalNet.csv",     "Line.csv",       "LineType.csv",
    "Switch.csv", "Transformer.csv", "TransformerType.csv", "Load.csv",       "LoadProfile.csv",
    "RES.csv",    "RESProfile.csv",  "Storage.csv",         "PowerPlant.csv", "Transformer3W.csv"};

enum { COLUMN_SIZE = 160 };

typedef struct file {
    gw_arena *arena;
    const gw_gridfile *from;
    gw_table tables[SHEETS];
    gw_net_index line_types;
    gw_net_index transformer_types;
    gw_net_index coordinates;
    gw_net_index nodes;
    gw_net net;
    gw_fault *reterr;
} file;

typedef void record_reader(file *in, gw_record *record);

static gw_record record_at(const file *in, sheet of, size_t row) {
    return (gw_record){&in->tables[of], row, gw_ok(), in->reterr};
}

/* The row of a type that the record names; the record is blamed when there is none. */
static gw_record type_of(file *in, gw_record *record, sheet of, const gw_net_index *types) {
    uint32_t at = 0;
    if (!gw_net_index_find(types, gw_record_text(record, "type"), &at))
        gw_record_blame(record, "type", "there is no such type");
    return record_at(in, of, at);
}

static void read_node(file *in, gw_record *record) {
    uint32_t at = 0;
    gw_net_node *node = &in->net.nodes[in->net.node_count++];
    node->id = gw_record_text(record, "id");
    node->un_v = gw_record_number(record, "vmR") * 1e3;
    node->vmin_pu = gw_record_number_or(record, "vmMin", 0);
    node->vmax_pu = gw_record_number_or(record, "vmMax", 0);
    if (!gw_net_index_find(&in->coordinates, gw_record_word(record, "coordID"), &at)) return;
    gw_record place = record_at(in, COORDINATES, at);
    node->place = GW_NET_GEOGRAPHIC;
    node->x = gw_record_number(&place, "x");
    node->y = gw_record_number(&place, "y");
    if (gw_is_ok(record->status)) record->status = place.status;
}

static void read_line(file *in, gw_record *record) {
    gw_net_branch *branch = &in->net.branches[in->net.branch_count++];
    gw_record type = type_of(in, record, LINE_TYPE, &in->line_types);
    if (!gw_is_ok(record->status)) return;
    const double km = gw_record_number(record, "length");
    branch->id = gw_record_text(record, "id");
    branch->from = gw_record_node(record, "nodeA", &in->nodes);
    branch->to = gw_record_node(record, "nodeB", &in->nodes);
    branch->kind = gw_text_is(gw_record_word(&type, "type"), "ohl") ? GW_NET_LINE : GW_NET_CABLE;
    branch->closed = true;
    branch->r1_ohm = gw_record_number(&type, "r") * km;
    branch->x1_ohm = gw_record_number(&type, "x") * km;
    branch->b1_s = gw_record_number_or(&type, "b", 0) * 1e-6 * km;
    branch->imax_a = gw_record_number_or(&type, "iMax", 0) *
                     gw_record_number_or(record, "loadingMax", 100) / 100;
    if (gw_is_ok(record->status)) record->status = type.status;
}

static void read_switch(file *in, gw_record *record) {
    gw_net_branch *branch = &in->net.branches[in->net.branch_count++];
    branch->id = gw_record_text(record, "id");
    branch->kind = GW_NET_SWITCH;
    branch->from = gw_record_node(record, "nodeA", &in->nodes);
    branch->to = gw_record_node(record, "nodeB", &in->nodes);
    branch->closed = gw_record_flag(record, "cond", true);
}

static int clock_of(gw_record *type) {
    const double degrees = gw_record_number_or(type, "va0", 0);
    const bool is_whole =
        degrees >= 0 && degrees < 360 && (double)(int)(degrees / 30) * 30 == degrees;
    if (!is_whole) gw_record_blame(type, "va0", "the shift is no multiple of 30 degrees below 360");
    return is_whole ? (int)(degrees / 30) : 0;
}

static void read_transformer(file *in, gw_record *record) {
    gw_net_transformer *it = &in->net.transformers[in->net.transformer_count++];
    gw_record type = type_of(in, record, TRANSFORMER_TYPE, &in->transformer_types);
    if (!gw_is_ok(record->status)) return;
    *it = (gw_net_transformer){
        .id = gw_record_text(record, "id"),
        .from = gw_record_node(record, "nodeHV", &in->nodes),
        .to = gw_record_node(record, "nodeLV", &in->nodes),
        .from_winding = GW_NET_DELTA,
        .to_winding = GW_NET_WYE_GROUNDED,
        .clock = clock_of(&type),
        .closed = true,
        .sn_va = gw_record_number(&type, "sR") * 1e6,
        .u1_v = gw_record_number(&type, "vmHV") * 1e3,
        .u2_v = gw_record_number(&type, "vmLV") * 1e3,
        .uk_pct = gw_record_number(&type, "vmImp"),
        .pk_w = gw_record_number(&type, "pCu") * 1e3,
        .p0_w = gw_record_number_or(&type, "pFe", 0) * 1e3,
        .i0_pct = gw_record_number_or(&type, "iNoLoad", 0),
        .tap_at_to = gw_text_is(gw_record_word(&type, "tapside"), "LV"),
        .tap_steps =
            gw_record_number_or(record, "tappos", 0) - gw_record_number_or(&type, "tapNeutr", 0),
        .tap_step_pct = gw_record_number_or(&type, "dVm", 0),
    };
    if (gw_is_ok(record->status)) record->status = type.status;
}

static void read_external(file *in, gw_record *record) {
    gw_net_source *source = &in->net.sources[in->net.source_count++];
    if (!gw_text_is(gw_record_text(record, "calc_type"), "vavm"))
        gw_record_blame(record, "calc_type", "only \"vavm\" is solved here");
    source->id = gw_record_text(record, "id");
    source->node = gw_record_node(record, "node", &in->nodes);
    gw_record node = record_at(in, NODE, source->node);
    source->u_pu = gw_record_number(&node, "vmSetp");
    source->angle_deg = gw_record_number_or(&node, "vaSetp", 0);
    if (gw_is_ok(record->status)) record->status = node.status;
}

/* ---- what takes and gives power ---- */

/* The profile tables hold the header and the one row of the step, or nothing. */
static double share_of(file *in, gw_record *record, sheet of, const char *ending) {
    char column[COLUMN_SIZE];
    if (in->tables[of].row_count == 0) return 1;
    const gw_text profile = gw_record_text(record, "profile");
    gw_record row = record_at(in, of, 0);
    (void)snprintf(column, sizeof column, "%.*s%s", GW_TEXT_ARGS(profile), ending);
    if (gw_table_column(row.table, column) == SIZE_MAX) {
        gw_record_blame(record, "profile", "there is no such profile");
        return 1;
    }
    const double share = gw_record_number(&row, column);
    if (gw_is_ok(record->status)) record->status = row.status;
    return share;
}

static void read_load(file *in, gw_record *record) {
    in->net.points[in->net.point_count++] =
        (gw_net_point){.id = gw_record_text(record, "id"),
                       .node = gw_record_node(record, "node", &in->nodes),
                       .p_w = gw_record_number(record, "pLoad") * 1e6 *
                              share_of(in, record, LOAD_PROFILE, "_pload"),
                       .q_var = gw_record_number_or(record, "qLoad", 0) * 1e6 *
                                share_of(in, record, LOAD_PROFILE, "_qload")};
}

static void read_res(file *in, gw_record *record) {
    const double share = share_of(in, record, RES_PROFILE, "");
    in->net.points[in->net.point_count++] =
        (gw_net_point){.id = gw_record_text(record, "id"),
                       .node = gw_record_node(record, "node", &in->nodes),
                       .p_w = -gw_record_number(record, "pRES") * 1e6 * share,
                       .q_var = -gw_record_number_or(record, "qRES", 0) * 1e6 * share};
}

static void read_storage(file *in, gw_record *record) {
    in->net.points[in->net.point_count++] =
        (gw_net_point){.id = gw_record_text(record, "id"),
                       .node = gw_record_node(record, "node", &in->nodes),
                       .p_w = gw_record_number(record, "pStor") * 1e6,
                       .q_var = gw_record_number_or(record, "qStor", 0) * 1e6};
}

static void refuse(file *in, gw_record *record) {
    (void)in;
    gw_record_blame(record, "id", "elements of this file are not solved here");
}

/* ---- files ---- */

/* The header and the row of the step as a table of its own: profiles have a year of rows. */
static gw_status open_step(file *in, sheet of, gw_text text) {
    gw_text rest = text;
    const gw_text header = gw_text_split(&rest, '\n');
    for (int64_t at = 0; at < in->from->step && rest.length > 0; at++)
        (void)gw_text_split(&rest, '\n');
    const gw_text row = gw_text_trim(gw_text_split(&rest, '\n'));
    if (row.length == 0)
        return gw_fail_with(in->reterr, GW_CODE_OUT_OF_RANGE, sheet_names[of],
                            "the profile has no step %lld", (long long)in->from->step);
    gw_writer out;
    gw_text pair;
    gw_writer_init(&out, in->arena);
    gw_write_text(&out, header);
    gw_write_c(&out, "\n");
    gw_write_text(&out, row);
    GW_TRY(gw_writer_end_text(&out, &pair, in->reterr));
    return gw_table_parse_csv(in->arena, sheet_names[of], pair, &in->tables[of], in->reterr);
}

static gw_status open_sheet(file *in, sheet of) {
    in->tables[of].name = sheet_names[of];
    const bool is_profile = of == LOAD_PROFILE || of == RES_PROFILE;
    const gw_gridfile_part *part = gw_gridfile_find(in->from, gw_text_from_c(sheet_names[of]));
    if (is_profile && in->from->step == GW_GRIDFILE_STEP_NONE) return gw_ok();
    if (part == NULL && (of == NODE || of == LINE || of == LINE_TYPE || of == EXTERNAL_NET))
        return gw_fail_with(in->reterr, GW_CODE_INVALID, sheet_names[of], "the file is missing");
    if (part == NULL) return gw_ok();
    if (is_profile) return open_step(in, of, part->text);
    return gw_table_parse_csv(in->arena, sheet_names[of], part->text, &in->tables[of], in->reterr);
}

static gw_status index_sheet(file *in, sheet of, gw_net_index *ret) {
    gw_net_name *names = NULL;
    const gw_table *table = &in->tables[of];
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_name, table->row_count, &names, in->reterr));
    for (size_t at = 0; at < table->row_count; at++) {
        gw_record record = record_at(in, of, at);
        names[at] = (gw_net_name){gw_record_text(&record, "id"), (uint32_t)at};
        GW_TRY(record.status);
    }
    return gw_net_index_build(names, table->row_count, table->name, ret, in->reterr);
}

static gw_status make_room(file *in) {
    const gw_table *it = in->tables;
    const size_t branches = it[LINE].row_count + it[SWITCH].row_count;
    const size_t points = it[LOAD].row_count + it[RES].row_count + it[STORAGE].row_count;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_node, it[NODE].row_count, &in->net.nodes, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_branch, branches, &in->net.branches, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_transformer, it[TRANSFORMER].row_count,
                        &in->net.transformers, in->reterr));
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_source, it[EXTERNAL_NET].row_count, &in->net.sources,
                        in->reterr));
    return GW_ARENA_NEW(in->arena, gw_net_point, points, &in->net.points, in->reterr);
}

static gw_status read_sheet(file *in, sheet of, record_reader *read) {
    for (size_t row = 0; row < in->tables[of].row_count; row++) {
        gw_record record = record_at(in, of, row);
        read(in, &record);
        GW_TRY(record.status);
    }
    return gw_ok();
}

static gw_status read_sheets(file *in) {
    static const struct {
        sheet of;
        record_reader *read;
    } readers[] = {
        {NODE, read_node},       {LINE, read_line},
        {SWITCH, read_switch},   {TRANSFORMER, read_transformer},
        {LOAD, read_load},       {RES, read_res},
        {STORAGE, read_storage}, {EXTERNAL_NET, read_external},
        {POWER_PLANT, refuse},   {TRANSFORMER_3W, refuse},
    };
    for (size_t at = 0; at < COUNT_OF(readers); at++)
        GW_TRY(read_sheet(in, readers[at].of, readers[at].read));
    return gw_ok();
}

gw_status gw_simbench_parse(gw_arena *arena, const gw_gridfile *from, gw_net *ret,
                            gw_fault *reterr) {
    file in = {.arena = arena,
               .from = from,
               .net = {.name = GW_TEXT("simbench"), .model = GW_NET_BALANCED},
               .reterr = reterr};
    for (int of = 0; of < SHEETS; of++) GW_TRY(open_sheet(&in, (sheet)of));
    GW_TRY(index_sheet(&in, LINE_TYPE, &in.line_types));
    GW_TRY(index_sheet(&in, TRANSFORMER_TYPE, &in.transformer_types));
    GW_TRY(index_sheet(&in, COORDINATES, &in.coordinates));
    GW_TRY(index_sheet(&in, NODE, &in.nodes));
    GW_TRY(make_room(&in));
    GW_TRY(read_sheets(&in));
    GW_TRY(gw_net_validate(arena, &in.net, reterr));
    *ret = in.net;
    return gw_ok();
}
