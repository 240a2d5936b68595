/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/item.h"

#include <stdio.h>
#include <string.h>

enum { POINTER_SIZE = 96, TEXT_MOST = 128 };

void gw_item_blame(gw_item *item, const char *key, const char *what) {
    char pointer[POINTER_SIZE];
    if (!gw_is_ok(item->status)) return;
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu%s%s", item->list, item->at,
                   *key == '\0' ? "" : "/", key);
    item->status = gw_fail_with(item->reterr, GW_CODE_INVALID, pointer, "%s", what);
}

void gw_item_open(gw_item *item, gw_text text) {
    item->status = gw_ok();
    item->object = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(item->object)) gw_item_blame(item, "", "the entry is no JSON object");
}

gw_status gw_item_close(gw_item *item) {
    json_decref(item->object);
    item->object = NULL;
    return item->status;
}

/* null counts as absent */
static const json_t *get(const gw_item *item, const char *key) {
    const json_t *found = json_object_get(item->object, key);
    return json_is_null(found) ? NULL : found;
}

bool gw_item_has(const gw_item *item, const char *key) { return get(item, key) != NULL; }

static gw_text copy(gw_item *item, const char *key, gw_text text) {
    gw_text made = {"", 0};
    if (text.length == 0 || text.length > TEXT_MOST) {
        gw_item_blame(item, key, "a text of 1 to 128 bytes is wanted here");
        return made;
    }
    const gw_status status = gw_text_copy(item->arena, text, &made, item->reterr);
    if (!gw_is_ok(status) && gw_is_ok(item->status)) item->status = status;
    return made;
}

gw_text gw_item_text(gw_item *item, const char *key) {
    char digits[32];
    const json_t *found = get(item, key);
    if (json_is_integer(found)) {
        (void)snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(found));
        return copy(item, key, gw_text_from_c(digits));
    }
    return copy(item, key, (gw_text){json_string_value(found), json_string_length(found)});
}

double gw_item_number(gw_item *item, const char *key) {
    const json_t *found = get(item, key);
    if (!json_is_number(found)) {
        gw_item_blame(item, key, found == NULL ? "the number is missing" : "a number is wanted");
        return 0;
    }
    return json_number_value(found);
}

double gw_item_number_or(gw_item *item, const char *key, double otherwise) {
    return gw_item_has(item, key) ? gw_item_number(item, key) : otherwise;
}

bool gw_item_flag(gw_item *item, const char *key, bool otherwise) {
    const json_t *found = get(item, key);
    if (found == NULL) return otherwise;
    if (json_is_integer(found)) return json_integer_value(found) != 0;
    if (!json_is_boolean(found)) gw_item_blame(item, key, "true or false is wanted");
    return json_is_true(found);
}

size_t gw_item_word(gw_item *item, const char *key, const char *const words[], size_t count) {
    const json_t *found = get(item, key);
    if (found == NULL) return 0;
    for (size_t at = 0; json_is_string(found) && at < count; at++)
        if (strcmp(words[at], json_string_value(found)) == 0) return at;
    gw_item_blame(item, key, "the word has no meaning here");
    return 0;
}

uint32_t gw_item_node(gw_item *item, const char *key, const gw_net_index *nodes) {
    char digits[32];
    uint32_t at = 0;
    const json_t *found = get(item, key);
    gw_text id = {json_string_value(found), json_string_length(found)};
    if (json_is_integer(found)) {
        (void)snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(found));
        id = gw_text_from_c(digits);
    }
    if (id.at == NULL || !gw_net_index_find(nodes, id, &at))
        gw_item_blame(item, key, "there is no such node");
    return at;
}
