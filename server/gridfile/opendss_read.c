/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/opendss_read.h"

#include "server/gridfile/number.h"

#include <string.h>

void gw_dss_refuse(gw_dss *in, const gw_dss_element *element, const char *key, const char *what) {
    if (gw_is_ok(in->status)) in->status = gw_dss_blame(element, key, what, in->reterr);
}

double gw_dss_number(gw_dss *in, const gw_dss_element *element, const char *key, double otherwise) {
    double number = otherwise;
    const gw_dss_value *value = gw_dss_find(element, key);
    if (value != NULL && !gw_number_parse(gw_text_trim(value->text), &number))
        gw_dss_refuse(in, element, key, "a number is wanted");
    return number;
}

gw_text gw_dss_text(const gw_dss_element *element, const char *key) {
    const gw_dss_value *value = gw_dss_find(element, key);
    return value == NULL ? (gw_text){"", 0} : gw_text_trim(value->text);
}

static char lower(char letter) {
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

bool gw_dss_is_word(gw_text text, const char *word) {
    const size_t length = strlen(word);
    if (text.length != length) return false;
    for (size_t at = 0; at < length; at++)
        if (lower(text.at[at]) != lower(word[at])) return false;
    return true;
}

bool gw_dss_flag(const gw_dss_element *element, const char *key) {
    const gw_text text = gw_dss_text(element, key);
    return text.length > 0 && (lower(text.at[0]) == 'y' || lower(text.at[0]) == 't');
}

const gw_dss_element *gw_dss_element_named(const gw_dss *in, const char *class, gw_text name) {
    for (const gw_dss_element *it = in->script.first; it != NULL; it = it->next) {
        if (!gw_text_is(it->class, class) || it->name.length != name.length) continue;
        bool is_same = true;
        for (size_t at = 0; is_same && at < name.length; at++)
            is_same = it->name.at[at] == lower(name.at[at]);
        if (is_same) return it;
    }
    return NULL;
}

static unsigned read_phase(gw_text number) {
    if (gw_text_is(number, "1")) return GW_NET_PHASE_A;
    if (gw_text_is(number, "2")) return GW_NET_PHASE_B;
    return gw_text_is(number, "3") ? GW_NET_PHASE_C : 0;
}

gw_dss_bus gw_dss_bus_parse(gw_dss *in, const gw_dss_element *element, const char *key,
                            gw_text text) {
    gw_dss_bus bus = {{"", 0}, 0};
    char *made = NULL;
    gw_text rest = text;
    const gw_text id = gw_text_split(&rest, '.');
    if (id.length == 0) gw_dss_refuse(in, element, key, "a bus is wanted");
    const gw_status status = GW_ARENA_NEW(in->arena, char, id.length, &made, in->reterr);
    if (!gw_is_ok(status)) {
        in->status = gw_is_ok(in->status) ? status : in->status;
        return bus;
    }
    for (size_t at = 0; at < id.length; at++) made[at] = lower(id.at[at]);
    bus.id = (gw_text){made, id.length};
    while (rest.length > 0) {
        const gw_text number = gw_text_split(&rest, '.');
        /* 0 and 4 are the neutral */
        if (gw_text_is(number, "0") || gw_text_is(number, "4")) continue;
        const unsigned phase = read_phase(number);
        if (phase == 0) gw_dss_refuse(in, element, key, "conductors 1, 2 and 3 are taken");
        bus.phases |= phase;
    }
    if (bus.phases == 7) bus.phases = 0;
    return bus;
}

uint32_t gw_dss_node(gw_dss *in, const gw_dss_element *element, const char *key, gw_text text) {
    uint32_t at = 0;
    const gw_dss_bus bus = gw_dss_bus_parse(in, element, key, text);
    if (!gw_net_index_find(&in->nodes, bus.id, &at))
        gw_dss_refuse(in, element, key, "there is no such bus");
    return at;
}

gw_text gw_dss_winding_text(const gw_dss_element *element, const char *keys[2], size_t at) {
    gw_text found = {"", 0};
    size_t winding = 0;
    for (const gw_dss_value *it = element->first; it != NULL; it = it->next) {
        if (gw_text_is(it->key, "wdg")) winding = gw_text_is(it->text, "2") ? 1 : 0;
        if (gw_text_is(it->key, keys[1]) && winding == at) found = gw_text_trim(it->text);
        if (!gw_text_is(it->key, keys[0])) continue;
        gw_text rest = it->text;
        gw_text taken = gw_dss_take(&rest);
        if (at == 1) taken = gw_dss_take(&rest);
        if (taken.length > 0) found = taken;
    }
    return found;
}

double gw_dss_winding(gw_dss *in, const gw_dss_element *element, const char *keys[2], size_t at,
                      double otherwise) {
    double number = otherwise;
    const gw_text text = gw_dss_winding_text(element, keys, at);
    if (text.length > 0 && !gw_number_parse(text, &number))
        gw_dss_refuse(in, element, keys[0], "a number is wanted");
    return number;
}
