/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/counts.h"

#include <jansson.h>
#include <string.h>

static void drop_json(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(drop_json))) json_t *

static bool is_plain(const char *name) {
    const size_t length = strlen(name);
    if (length == 0 || length > 64) return false;
    for (size_t i = 0; i < length; i++)
        if (name[i] < ' ' || name[i] > '~' || name[i] == '"' || name[i] == '\\') return false;
    return true;
}

static bool is_counts(json_t *counts) {
    const char *name = NULL;
    json_t *count = NULL;
    if (!json_is_object(counts) || json_object_size(counts) > GW_COUNTS_MOST) return false;
    json_object_foreach(counts, name,
                        count) if (!json_is_integer(count) || !is_plain(name)) return false;
    return true;
}

gw_status gw_counts_read(gw_arena *arena, gw_bytes body, const char *key, gw_text *ret,
                         gw_fault *reterr) {
    AUTO_JSON root = json_loadb((const char *)body.at, body.length, JSON_REJECT_DUPLICATES, NULL);
    json_t *counts = json_object_get(root, key);
    if (!is_counts(counts))
        return gw_fail_with(reterr, GW_CODE_INVALID, key, "\"%s\" is no object of counts", key);
    const size_t flags = JSON_COMPACT | JSON_SORT_KEYS;
    const size_t length = json_dumpb(counts, NULL, 0, flags);
    char *text = NULL;
    GW_TRY(GW_ARENA_NEW(arena, char, length + 1, &text, reterr));
    if (json_dumpb(counts, text, length, flags) != length) return gw_fail(reterr, GW_CODE_INTERNAL);
    *ret = (gw_text){text, length};
    return gw_ok();
}
