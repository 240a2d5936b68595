/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/pgm_result.h"

#include <stdio.h>
#include <string.h>

static const double root_3 = 1.7320508075688772935;

/* What flows at one phase of one end, counted as the format counts it. */
typedef struct flowing {
    bool is_energized;
    gw_phasor power_va;
    double current_a;
} flowing;

typedef bool finder(const pgm_solved *from, const pgm_wanted *wanted, flowing *ret);

static double volt_of(const pgm_solved *from, uint32_t node) {
    const double un_v = from->net.nodes[node].un_v;
    return from->state.phases == 1 ? un_v : un_v / root_3;
}

static gw_phasor voltage_at(const pgm_solved *from, uint32_t node, size_t phase) {
    return from->state.node_v[node * from->state.phases + phase];
}

static bool is_live(const pgm_solved *from, uint32_t node) {
    return gw_phasor_size(voltage_at(from, node, 0)) > 0;
}

static gw_phasor power_at(const pgm_solved *from, uint32_t node, size_t phase, gw_phasor current) {
    const double scale = volt_of(from, node) * (from->state.phases == 1 ? root_3 : 1);
    return gw_phasor_scale(
        gw_phasor_multiply(voltage_at(from, node, phase), gw_phasor_conjugate(current)), scale);
}

static double ampere_of(const pgm_solved *from, uint32_t node, size_t phase, gw_phasor power_va) {
    const double v = gw_phasor_size(voltage_at(from, node, phase)) * volt_of(from, node) *
                     (from->state.phases == 1 ? root_3 : 1);
    return v > 0 ? gw_phasor_size(power_va) / v : 0;
}

/* ---- nodes ---- */

static bool find_node(const pgm_solved *from, gw_text id, uint32_t *ret) {
    for (uint32_t at = 0; at < from->net.node_count; at++)
        if (gw_text_equal(from->net.nodes[at].id, id)) {
            *ret = at;
            return true;
        }
    return false;
}

/* What a point takes at a phase. */
static gw_phasor taken_by(const pgm_solved *from, const gw_net_point *point, size_t phase) {
    const double size = gw_phasor_size(voltage_at(from, point->node, phase));
    const bool is_whole = point->phases == 0;
    double factor = is_live(from, point->node) ? 1 : 0;
    if (from->state.phases == 3 && is_whole) factor /= 3;
    if (from->state.phases == 3 && !is_whole && (point->phases >> phase & 1) == 0) factor = 0;
    if (point->load == GW_NET_CURRENT) factor *= size;
    if (point->load == GW_NET_IMPEDANCE) factor *= size * size;
    return (gw_phasor){point->p_w * factor, point->q_var * factor};
}

static gw_phasor injected_at(const pgm_solved *from, uint32_t node, size_t phase) {
    gw_phasor sum = {0, 0};
    for (size_t at = 0; at < from->net.source_count; at++)
        if (from->net.sources[at].node == node)
            sum =
                gw_phasor_add(sum, power_at(from, node, phase,
                                            from->state.source_a[at * from->state.phases + phase]));
    for (size_t at = 0; at < from->net.point_count; at++)
        if (from->net.points[at].node == node)
            sum = gw_phasor_subtract(sum, taken_by(from, &from->net.points[at], phase));
    return sum;
}

static bool node_value(const pgm_solved *from, const pgm_wanted *wanted, double *ret) {
    uint32_t node = 0;
    if (!find_node(from, wanted->id, &node)) return false;
    const double size = gw_phasor_size(voltage_at(from, node, wanted->phase));
    const gw_phasor injected = injected_at(from, node, wanted->phase);
    const struct {
        const char *key;
        double value;
    } known[] = {{"u_pu", size},
                 {"u", size * volt_of(from, node)},
                 {"energized", is_live(from, node) ? 1 : 0},
                 {"p", injected.re},
                 {"q", injected.im}};
    for (size_t at = 0; at < sizeof known / sizeof known[0]; at++)
        if (strcmp(known[at].key, wanted->key) == 0) {
            *ret = known[at].value;
            return true;
        }
    return false;
}

gw_phasor pgm_result_voltage(const pgm_solved *from, gw_text id, size_t phase) {
    uint32_t node = 0;
    if (!find_node(from, id, &node)) return (gw_phasor){0, 0};
    return voltage_at(from, node, phase);
}

/* ---- what stands at a node ---- */

static bool find_source(const pgm_solved *from, const pgm_wanted *wanted, flowing *ret) {
    for (size_t at = 0; at < from->net.source_count; at++) {
        const gw_net_source *source = &from->net.sources[at];
        if (!gw_text_equal(source->id, wanted->id)) continue;
        const gw_phasor current = from->state.source_a[at * from->state.phases + wanted->phase];
        *ret = (flowing){true, power_at(from, source->node, wanted->phase, current),
                         gw_phasor_size(current)};
    }
    return true;
}

/* "7" is a point itself; "7/a" to "7/c" are its phases. */
static bool is_of(gw_text point, gw_text id) {
    if (gw_text_equal(point, id)) return true;
    return point.length == id.length + 2 && gw_text_starts(point, "") &&
           memcmp(point.at, id.at, id.length) == 0 && point.at[id.length] == '/';
}

static bool find_point(const pgm_solved *from, const pgm_wanted *wanted, flowing *ret) {
    uint32_t node = 0;
    for (size_t at = 0; at < from->net.point_count; at++) {
        const gw_net_point *point = &from->net.points[at];
        if (!is_of(point->id, wanted->id)) continue;
        node = point->node;
        ret->is_energized = is_live(from, node);
        ret->power_va = gw_phasor_add(ret->power_va, taken_by(from, point, wanted->phase));
    }
    ret->current_a = ampere_of(from, node, wanted->phase, ret->power_va);
    if (strstr(wanted->component, "_gen") != NULL)
        ret->power_va = gw_phasor_scale(ret->power_va, -1);
    return true;
}

static bool find_shunt(const pgm_solved *from, const pgm_wanted *wanted, flowing *ret) {
    for (size_t at = 0; at < from->net.shunt_count; at++) {
        const gw_net_shunt *shunt = &from->net.shunts[at];
        if (!gw_text_equal(shunt->id, wanted->id) || !shunt->closed) continue;
        gw_phasor current = {0, 0};
        const gw_phasor y1 = {shunt->g1_s, shunt->b1_s};
        const gw_phasor more = {(shunt->g0_s - shunt->g1_s) / 3, (shunt->b0_s - shunt->b1_s) / 3};
        for (size_t phase = 0; phase < from->state.phases && from->state.phases == 3; phase++)
            current = gw_phasor_add(current,
                                    gw_phasor_multiply(more, voltage_at(from, shunt->node, phase)));
        current = gw_phasor_add(
            current, gw_phasor_multiply(y1, voltage_at(from, shunt->node, wanted->phase)));
        current = gw_phasor_scale(current, from->net.nodes[shunt->node].un_v / root_3);
        *ret =
            (flowing){is_live(from, shunt->node),
                      power_at(from, shunt->node, wanted->phase, current), gw_phasor_size(current)};
    }
    return true;
}

/* ---- branches ---- */

/* One branch or transformer. */
typedef struct edge {
    bool closed;
    bool open_from;
    bool open_to;
    uint32_t from;
    uint32_t to;
    const gw_flow_ends *ends;
    size_t at;
    double sn_va;
} edge;

static bool find_edge(const pgm_solved *from, const pgm_wanted *wanted, edge *ret) {
    const gw_net *net = &from->net;
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *it = &net->branches[at];
        if (!gw_text_equal(it->id, wanted->id)) continue;
        *ret = (edge){it->closed, it->open_from,         it->open_to, it->from,
                      it->to,     &from->state.branches, at,          0};
        return true;
    }
    for (size_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        if (!gw_text_equal(it->id, wanted->id)) continue;
        *ret = (edge){it->closed, it->open_from, it->open_to,
                      it->from,   it->to,        &from->state.transformers,
                      at,         it->sn_va};
        return true;
    }
    return false;
}

static flowing flow_at(const pgm_solved *from, const edge *it, size_t phase, bool is_to) {
    const gw_phasor current =
        (is_to ? it->ends->to_a : it->ends->from_a)[it->at * from->state.phases + phase];
    const uint32_t node = is_to ? it->to : it->from;
    return (flowing){true, power_at(from, node, phase, current), gw_phasor_size(current)};
}

/* Of a line by its largest current, of a transformer by the power of its larger end. */
static double loading_of(const pgm_solved *from, const edge *it, double rating_a) {
    double most_a = 0;
    double most_va = 0;
    for (int is_to = 0; is_to < 2; is_to++) {
        double sum_va = 0;
        for (size_t phase = 0; phase < from->state.phases; phase++) {
            const flowing found = flow_at(from, it, phase, is_to != 0);
            sum_va += gw_phasor_size(found.power_va);
            most_a = found.current_a > most_a ? found.current_a : most_a;
        }
        most_va = sum_va > most_va ? sum_va : most_va;
    }
    if (it->sn_va > 0) return most_va / it->sn_va;
    return rating_a > 0 ? most_a / rating_a : 0;
}

static bool flowing_value(const flowing *found, const char *name, size_t length, double *ret) {
    const double size = gw_phasor_size(found->power_va);
    const struct {
        const char *key;
        double value;
    } known[] = {{"p", found->power_va.re},
                 {"q", found->power_va.im},
                 {"i", found->current_a},
                 {"s", size},
                 {"pf", size > 0 ? found->power_va.re / size : 0},
                 {"energized", found->is_energized ? 1 : 0}};
    for (size_t at = 0; at < sizeof known / sizeof known[0]; at++)
        if (strlen(known[at].key) == length && strncmp(known[at].key, name, length) == 0) {
            *ret = known[at].value;
            return true;
        }
    return false;
}

static bool edge_value(const pgm_solved *from, const pgm_wanted *wanted, double *ret) {
    edge it;
    const char *end = strchr(wanted->key, '_');
    if (!find_edge(from, wanted, &it)) return false;
    const bool is_energized = it.closed && ((!it.open_from && is_live(from, it.from)) ||
                                            (!it.open_to && is_live(from, it.to)));
    if (strcmp(wanted->key, "energized") == 0) *ret = is_energized ? 1 : 0;
    if (strcmp(wanted->key, "loading") == 0) *ret = loading_of(from, &it, wanted->rating_a);
    if (end == NULL) return strlen(wanted->key) > 2;
    const flowing found = flow_at(from, &it, wanted->phase, strcmp(end, "_to") == 0);
    return flowing_value(&found, wanted->key, (size_t)(end - wanted->key), ret);
}

/* ---- three windings: the legs "4/1", "4/2", "4/3", each seen from its own node ---- */

static bool find_leg(const pgm_solved *from, const pgm_wanted *wanted, char number, edge *ret) {
    char name[48];
    (void)snprintf(name, sizeof name, "%.*s/%c", (int)wanted->id.length, wanted->id.at, number);
    const pgm_wanted leg = {.component = "transformer", .id = gw_text_from_c(name)};
    return find_edge(from, &leg, ret);
}

static double leg_loading(const pgm_solved *from, const edge *leg) {
    double sum_va = 0;
    for (size_t phase = 0; phase < from->state.phases; phase++)
        sum_va += gw_phasor_size(flow_at(from, leg, phase, false).power_va);
    return sum_va / leg->sn_va;
}

static bool three_winding_value(const pgm_solved *from, const pgm_wanted *wanted, double *ret) {
    edge leg;
    const char *end = strchr(wanted->key, '_');
    double most = 0;
    for (char number = '1'; number <= '3'; number++) {
        if (!find_leg(from, wanted, number, &leg)) return false;
        const double loading = leg_loading(from, &leg);
        most = loading > most ? loading : most;
        if (end == NULL || end[1] != number) continue;
        *ret = loading;
        if (strncmp(wanted->key, "loading", 7) == 0) return true;
        const flowing found = flow_at(from, &leg, wanted->phase, false);
        return flowing_value(&found, wanted->key, (size_t)(end - wanted->key), ret);
    }
    *ret = strcmp(wanted->key, "loading") == 0 ? most : 1; /* loading, energized */
    return true;
}

bool pgm_result_value(const pgm_solved *from, const pgm_wanted *wanted, double *ret) {
    static const struct {
        const char *component;
        finder *find;
    } finders[] = {{"source", find_source},   {"shunt", find_shunt},   {"sym_load", find_point},
                   {"asym_load", find_point}, {"sym_gen", find_point}, {"asym_gen", find_point}};
    flowing found = {0};
    if (strcmp(wanted->component, "node") == 0) return node_value(from, wanted, ret);
    for (size_t at = 0; at < sizeof finders / sizeof finders[0]; at++)
        if (strcmp(finders[at].component, wanted->component) == 0)
            return finders[at].find(from, wanted, &found) &&
                   flowing_value(&found, wanted->key, strlen(wanted->key), ret);
    if (strcmp(wanted->component, "three_winding_transformer") == 0)
        return three_winding_value(from, wanted, ret);
    return edge_value(from, wanted, ret);
}
