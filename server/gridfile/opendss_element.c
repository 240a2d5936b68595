/* SPDX-License-Identifier: Apache-2.0
 *
 * Single elements of an OpenDSS script. Values that are not given are OpenDSS's own, except where
 * a feeder without them would be a guess: an impedance is always wanted.
 */
#include "server/gridfile/number.h"
#include "server/gridfile/opendss_read.h"

static const double pi = 3.14159265358979323846;
static const double root_three = 1.7320508075688772;

static gw_text own_name(const gw_dss_element *element) { return element->name; }

/* ---- sources ---- */

/* Zero sequence from the single-phase fault: |2 z1 + z0| = 3 U / I1, with x0 = ratio * r0. */
static double zero_ratio(double r1, double x1, double ratio, double wanted) {
    const double a = 1 + ratio * ratio;
    const double b = 4 * (r1 + ratio * x1);
    const double c = 4 * (r1 * r1 + x1 * x1) - wanted * wanted;
    const double root = b * b - 4 * a * c;
    if (!(root > 0)) return 1;
    const double r0 = (__builtin_sqrt(root) - b) / (2 * a);
    if (!(r0 > 0)) return 1;
    return r0 * __builtin_sqrt(a) / __builtin_sqrt(r1 * r1 + x1 * x1);
}

void gw_dss_read_source(gw_dss *in, const gw_dss_element *element) {
    const gw_text bus = gw_dss_text(element, "bus1");
    const double kv = gw_dss_number(in, element, "basekv", 115);
    const double u_v = kv * 1e3 / root_three;
    const double x_over_r = gw_dss_number(in, element, "x1r1", 4);
    const double from_power = gw_dss_number(in, element, "mvasc3", 2000) * 1e6 / (3 * u_v);
    const double isc3 = gw_dss_number(in, element, "isc3", from_power);
    const double isc1_power = gw_dss_number(in, element, "mvasc1", 2100) * 1e6 / (3 * u_v);
    const double isc1 = gw_dss_number(in, element, "isc1", isc1_power);
    if (gw_dss_find(element, "r1") != NULL || gw_dss_find(element, "z1") != NULL)
        gw_dss_refuse(in, element, "r1", "say Isc3 and Isc1, or MVAsc3 and MVAsc1");
    if (!(isc3 > 0) || !(isc1 > 0) || !(kv > 0)) {
        gw_dss_refuse(in, element, "isc3", "voltage and fault currents have to be above 0");
        return;
    }
    const double r1 = u_v / isc3 / __builtin_sqrt(1 + x_over_r * x_over_r);
    in->net.sources[in->net.source_count++] = (gw_net_source){
        .id = own_name(element),
        .node = gw_dss_node(in, element, "bus1", bus.length > 0 ? bus : GW_TEXT("sourcebus")),
        .u_pu = gw_dss_number(in, element, "pu", 1),
        .angle_deg = gw_dss_number(in, element, "angle", 0),
        .isc3_a = isc3,
        .x_over_r = x_over_r,
        .z0_over_z1 =
            zero_ratio(r1, r1 * x_over_r, gw_dss_number(in, element, "x0r0", 3), 3 * u_v / isc1),
    };
}

/* ---- lines ---- */

/* Metres per unit of length; 0: no unit. */
static double metres(gw_dss *in, const gw_dss_element *element) {
    static const struct {
        const char *word;
        double metres;
    } units[] = {{"none", 0},      {"m", 1},       {"km", 1e3},  {"ft", 0.3048}, {"kft", 304.8},
                 {"mi", 1609.344}, {"in", 0.0254}, {"cm", 0.01}, {"mm", 0.001}};
    const gw_text word = gw_dss_text(element, "units");
    if (word.length == 0) return 0;
    for (size_t at = 0; at < sizeof units / sizeof units[0]; at++)
        if (gw_dss_is_word(word, units[at].word)) return units[at].metres;
    gw_dss_refuse(in, element, "units", "the unit is not known");
    return 0;
}

static double base_hz(gw_dss *in) {
    return gw_dss_number(in, in->script.options, "defaultbasefrequency", 60);
}

/* The lower triangle of a symmetric matrix, times a factor. False when it is not given. */
static bool read_triangle(gw_dss *in, const gw_dss_element *from, const char *key, double factor,
                          double out[GW_NET_TRIANGLE]) {
    const gw_dss_value *value = gw_dss_find(from, key);
    if (value == NULL) return false;
    gw_text rows = value->text;
    size_t filled = 0;
    for (size_t row = 0; row < GW_NET_PHASES; row++) {
        gw_text cells = gw_text_split(&rows, '|');
        for (size_t column = 0; column <= row; column++) {
            double number = 0;
            if (!gw_number_parse(gw_dss_take(&cells), &number))
                gw_dss_refuse(in, from, key, "three rows of numbers, separated by |, are wanted");
            out[filled++] = number * factor;
        }
    }
    return true;
}

static void read_matrix(gw_dss *in, const gw_dss_element *from, double length,
                        gw_net_branch *branch) {
    gw_net_matrix *made = NULL;
    const double s_per_nf = 2 * pi * base_hz(in) * 1e-9 * length;
    const gw_status status = GW_ARENA_NEW(in->arena, gw_net_matrix, 1, &made, in->reterr);
    if (!gw_is_ok(status)) {
        in->status = gw_is_ok(in->status) ? status : in->status;
        return;
    }
    if (!read_triangle(in, from, "rmatrix", length, made->r_ohm) ||
        !read_triangle(in, from, "xmatrix", length, made->x_ohm))
        gw_dss_refuse(in, from, "xmatrix", "rmatrix and xmatrix belong together");
    (void)read_triangle(in, from, "cmatrix", s_per_nf, made->b_s);
    branch->matrix = made;
    gw_net_branch_average(branch);
}

static void read_sequences(gw_dss *in, const gw_dss_element *from, double length,
                           gw_net_branch *branch) {
    const double s_per_nf = 2 * pi * base_hz(in) * 1e-9 * length;
    if (gw_dss_find(from, "r1") == NULL || gw_dss_find(from, "x1") == NULL ||
        gw_dss_find(from, "r0") == NULL || gw_dss_find(from, "x0") == NULL)
        gw_dss_refuse(in, from, "r1", "R1, X1, R0 and X0 or a matrix are wanted");
    branch->has_zero_sequence = true;
    branch->r1_ohm = gw_dss_number(in, from, "r1", 0) * length;
    branch->x1_ohm = gw_dss_number(in, from, "x1", 0) * length;
    branch->r0_ohm = gw_dss_number(in, from, "r0", 0) * length;
    branch->x0_ohm = gw_dss_number(in, from, "x0", 0) * length;
    branch->b1_s = gw_dss_number(in, from, "c1", 3.4) * s_per_nf;
    branch->b0_s = gw_dss_number(in, from, "c0", 1.6) * s_per_nf;
}

static void check_three_phases(gw_dss *in, const gw_dss_element *element, const char *key,
                               gw_text bus) {
    const gw_dss_bus parsed = gw_dss_bus_parse(in, element, key, bus);
    if (parsed.phases != 0 || gw_dss_number(in, element, "phases", 3) != 3)
        gw_dss_refuse(in, element, key, "only three-phase lines and transformers are solved here");
}

/* Where the impedances stand: in the line itself or in its code. */
static const gw_dss_element *code_of(gw_dss *in, const gw_dss_element *element) {
    const gw_text name = gw_dss_text(element, "linecode");
    if (name.length == 0) return element;
    const gw_dss_element *code = gw_dss_element_named(in, "linecode", name);
    if (code != NULL) return code;
    gw_dss_refuse(in, element, "linecode", "there is no such line code");
    return element;
}

void gw_dss_read_line(gw_dss *in, const gw_dss_element *element) {
    gw_net_branch *branch = &in->net.branches[in->net.branch_count++];
    const gw_dss_element *code = code_of(in, element);
    const double own = metres(in, element);
    const double its = metres(in, code);
    const double length =
        gw_dss_number(in, element, "length", 1) * (own > 0 && its > 0 ? own / its : 1);
    check_three_phases(in, element, "bus1", gw_dss_text(element, "bus1"));
    check_three_phases(in, element, "bus2", gw_dss_text(element, "bus2"));
    branch->id = own_name(element);
    branch->from = gw_dss_node(in, element, "bus1", gw_dss_text(element, "bus1"));
    branch->to = gw_dss_node(in, element, "bus2", gw_dss_text(element, "bus2"));
    branch->kind = GW_NET_CABLE;
    branch->closed = gw_dss_find(element, "enabled") == NULL || gw_dss_flag(element, "enabled");
    branch->imax_a = gw_dss_number(in, element, "normamps", gw_dss_number(in, code, "normamps", 0));
    if (gw_dss_flag(element, "switch")) {
        branch->kind = GW_NET_SWITCH;
    } else if (gw_dss_find(code, "rmatrix") != NULL) {
        read_matrix(in, code, length, branch);
    } else {
        read_sequences(in, code, length, branch);
    }
}

/* ---- transformers ---- */

static gw_net_winding winding_of(gw_dss *in, const gw_dss_element *element, size_t at) {
    static const char *keys[2] = {"conns", "conn"};
    const gw_text word = gw_dss_winding_text(element, keys, at);
    if (gw_dss_is_word(word, "delta") || gw_dss_is_word(word, "ll")) return GW_NET_DELTA;
    const bool is_wye = word.length == 0 || gw_dss_is_word(word, "wye") ||
                        gw_dss_is_word(word, "y") || gw_dss_is_word(word, "ln");
    if (!is_wye) gw_dss_refuse(in, element, "conns", "wye and delta are taken");
    return GW_NET_WYE_GROUNDED;
}

/* The low voltage lags by 30 degrees, or leads where LeadLag says so. */
static int clock_of(const gw_dss_element *element, const gw_net_transformer *it) {
    if ((it->from_winding == GW_NET_DELTA) == (it->to_winding == GW_NET_DELTA)) return 0;
    const gw_text word = gw_dss_text(element, "leadlag");
    const bool leads = gw_dss_is_word(word, "lead") || gw_dss_is_word(word, "euro");
    const bool is_down = it->u1_v >= it->u2_v;
    return is_down != leads ? 1 : 11;
}

void gw_dss_read_transformer(gw_dss *in, const gw_dss_element *element) {
    static const char *buses[2] = {"buses", "bus"};
    static const char *kvs[2] = {"kvs", "kv"};
    static const char *kvas[2] = {"kvas", "kva"};
    static const char *resistances[2] = {"%rs", "%r"};
    static const char *taps[2] = {"taps", "tap"};
    gw_net_transformer *it = &in->net.transformers[in->net.transformer_count++];
    if (gw_dss_number(in, element, "windings", 2) != 2)
        gw_dss_refuse(in, element, "windings", "two windings are taken");
    const gw_text from = gw_dss_winding_text(element, buses, 0);
    const gw_text to = gw_dss_winding_text(element, buses, 1);
    check_three_phases(in, element, "buses", from);
    check_three_phases(in, element, "buses", to);
    const double r_pct = gw_dss_number(in, element, "%loadloss",
                                       gw_dss_winding(in, element, resistances, 0, 0.2) +
                                           gw_dss_winding(in, element, resistances, 1, 0.2));
    const double x_pct = gw_dss_number(in, element, "xhl", 7);
    it->id = own_name(element);
    it->from = gw_dss_node(in, element, "buses", from);
    it->to = gw_dss_node(in, element, "buses", to);
    it->from_winding = winding_of(in, element, 0);
    it->to_winding = winding_of(in, element, 1);
    it->closed = gw_dss_find(element, "enabled") == NULL || gw_dss_flag(element, "enabled");
    it->sn_va = gw_dss_winding(in, element, kvas, 0, 1000) * 1e3;
    it->u1_v =
        gw_dss_winding(in, element, kvs, 0, 12.47) * 1e3 * gw_dss_winding(in, element, taps, 0, 1);
    it->u2_v =
        gw_dss_winding(in, element, kvs, 1, 12.47) * 1e3 * gw_dss_winding(in, element, taps, 1, 1);
    it->clock = clock_of(element, it);
    it->uk_pct = __builtin_sqrt(r_pct * r_pct + x_pct * x_pct);
    it->pk_w = r_pct / 100 * it->sn_va;
    it->p0_w = gw_dss_number(in, element, "%noloadloss", 0) / 100 * it->sn_va;
    const double magnetising = gw_dss_number(in, element, "%imag", 0);
    const double iron = it->p0_w / it->sn_va * 100;
    it->i0_pct = __builtin_sqrt(magnetising * magnetising + iron * iron);
}

/* ---- loads ---- */

/* Value number `step` of a shape; its own file holds one number a line. */
static double shape_value(gw_dss *in, const gw_dss_element *shape) {
    double number = 0;
    gw_text list = gw_dss_text(shape, "mult");
    if (gw_text_starts(list, "file=")) {
        gw_text name = gw_text_part(list, 5, list.length);
        for (size_t at = name.length; at > 0; at--) {
            if (name.at[at - 1] != '/' && name.at[at - 1] != '\\') continue;
            name = gw_text_part(name, at, name.length);
            break;
        }
        const gw_gridfile_part *part = gw_gridfile_find(in->file, gw_text_trim(name));
        list = part == NULL ? (gw_text){"", 0} : part->text;
        if (part == NULL) gw_dss_refuse(in, shape, "mult", "the file of the shape is missing");
    }
    for (int64_t at = 0; at < in->file->step && list.length > 0; at++) (void)gw_dss_take(&list);
    if (!gw_number_parse(gw_dss_take(&list), &number))
        gw_dss_refuse(in, shape, "mult", "the shape has no number at this step");
    return number;
}

/* Kilowatts of the load at the step. */
static double power_kw(gw_dss *in, const gw_dss_element *element) {
    const double rated = gw_dss_number(in, element, "kw", 10);
    if (in->file->step == GW_GRIDFILE_STEP_NONE) return rated;
    gw_text name = gw_dss_text(element, "yearly");
    if (name.length == 0) name = gw_dss_text(element, "daily");
    if (name.length == 0) return rated;
    const gw_dss_element *shape = gw_dss_element_named(in, "loadshape", name);
    if (shape == NULL) {
        gw_dss_refuse(in, element, "yearly", "there is no such load shape");
        return rated;
    }
    const double value = shape_value(in, shape);
    return gw_dss_flag(shape, "useactual") ? value : rated * value;
}

/* kvar over kW: the later of kvar and pf counts. */
static double reactive_share(gw_dss *in, const gw_dss_element *element) {
    bool is_kvar = false;
    for (const gw_dss_value *it = element->first; it != NULL; it = it->next) {
        if (gw_text_is(it->key, "kvar")) is_kvar = true;
        if (gw_text_is(it->key, "pf")) is_kvar = false;
    }
    const double rated = gw_dss_number(in, element, "kw", 10);
    if (is_kvar && rated != 0) return gw_dss_number(in, element, "kvar", 0) / rated;
    const double factor = gw_dss_number(in, element, "pf", 0.88);
    if (!(factor >= -1 && factor <= 1) || factor == 0) {
        gw_dss_refuse(in, element, "pf", "a power factor between -1 and 1 is wanted, but not 0");
        return 0;
    }
    return __builtin_sqrt(1 - factor * factor) / factor;
}

static gw_net_load model_of(gw_dss *in, const gw_dss_element *element) {
    const double model = gw_dss_number(in, element, "model", 1);
    if (model == 2) return GW_NET_IMPEDANCE;
    if (model == 5) return GW_NET_CURRENT;
    if (model != 1) gw_dss_refuse(in, element, "model", "models 1, 2 and 5 are taken");
    return GW_NET_POWER;
}

static unsigned phases_of(gw_dss *in, const gw_dss_element *element, const gw_dss_bus *bus) {
    const double count = gw_dss_number(in, element, "phases", 3);
    if (count == 3) return 0;
    const unsigned usual = count == 1 ? GW_NET_PHASE_A : GW_NET_PHASE_A | GW_NET_PHASE_B;
    const unsigned phases = bus->phases == 0 ? usual : bus->phases;
    if ((double)__builtin_popcount(phases) != count ||
        gw_dss_is_word(gw_dss_text(element, "conn"), "delta"))
        gw_dss_refuse(in, element, "phases", "as many conductors as phases, in wye, are wanted");
    return phases;
}

void gw_dss_read_load(gw_dss *in, const gw_dss_element *element) {
    const gw_text text = gw_dss_text(element, "bus1");
    const gw_dss_bus bus = gw_dss_bus_parse(in, element, "bus1", text);
    gw_net_point *point = &in->net.points[in->net.point_count++];
    const double p_w = power_kw(in, element) * 1e3;
    *point = (gw_net_point){.id = own_name(element),
                            .node = gw_dss_node(in, element, "bus1", text),
                            .phases = phases_of(in, element, &bus),
                            .load = model_of(in, element),
                            .p_w = p_w,
                            .q_var = p_w * reactive_share(in, element)};
    if (point->load == GW_NET_POWER || !gw_is_ok(in->status)) return;
    /* its power holds at its own rated voltage, ours at the node's */
    const double un_kv = in->net.nodes[point->node].un_v / 1e3;
    const double rated_kv = gw_dss_number(in, element, "kv", un_kv);
    const double ratio = un_kv / (point->phases == 0 ? rated_kv : rated_kv * root_three);
    const double factor = point->load == GW_NET_IMPEDANCE ? ratio * ratio : ratio;
    point->p_w *= factor;
    point->q_var *= factor;
}
