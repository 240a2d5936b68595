/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/shape.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 96 };

/* Where two values differ first; the path is cut when it grows beyond a fault's subject. */
typedef struct walk {
    char path[PATH_SIZE];
    size_t length;
} walk;

static bool differs(walk *at, const json_t *left, const json_t *right);

static bool differs_at(walk *at, const char *key, const json_t *left, const json_t *right) {
    const size_t before = at->length;
    const int added = snprintf(at->path + before, sizeof at->path - before, "/%s", key);
    at->length += added < 0 ? 0 : (size_t)added;
    if (at->length >= sizeof at->path) at->length = sizeof at->path - 1;
    if (left == NULL || right == NULL || differs(at, left, right)) return true;
    at->length = before;
    at->path[before] = '\0';
    return false;
}

/* The least key of both objects that is above `after` (NULL: the first). */
static const char *next_key(const json_t *left, const json_t *right, const char *after) {
    const json_t *objects[] = {left, right};
    const char *least = NULL;
    for (size_t at = 0; at < 2; at++) {
        const char *key = NULL;
        json_t *ignored = NULL;
        json_object_foreach((json_t *)(uintptr_t)objects[at], key, ignored) {
            if (after != NULL && strcmp(key, after) <= 0) continue;
            if (least == NULL || strcmp(key, least) < 0) least = key;
        }
    }
    return least;
}

static bool differs_in_objects(walk *at, const json_t *left, const json_t *right) {
    const char *key = next_key(left, right, NULL);
    for (; key != NULL; key = next_key(left, right, key))
        if (differs_at(at, key, json_object_get(left, key), json_object_get(right, key)))
            return true;
    return false;
}

static bool differs_in_lists(walk *at, const json_t *left, const json_t *right) {
    const size_t l = json_array_size(left);
    const size_t r = json_array_size(right);
    for (size_t item = 0; item < l || item < r; item++) {
        char key[24];
        (void)snprintf(key, sizeof key, "%zu", item);
        if (differs_at(at, key, json_array_get(left, item), json_array_get(right, item)))
            return true;
    }
    return false;
}

static bool differs(walk *at, const json_t *left, const json_t *right) {
    if (json_is_object(left) && json_is_object(right)) return differs_in_objects(at, left, right);
    if (json_is_array(left) && json_is_array(right)) return differs_in_lists(at, left, right);
    return !json_equal(left, right);
}

gw_status gw_shape_difference(gw_bytes claimed, gw_bytes rebuilt, gw_fault *reterr) {
    walk at = {.length = 0};
    json_t *left = NULL;
    json_t *right = NULL;
    GW_TRY(gw_shape_parse(claimed, &left, reterr));
    const gw_status parsed = gw_shape_parse(rebuilt, &right, reterr);
    const bool found = gw_is_ok(parsed) && differs(&at, left, right);
    json_decref(left);
    json_decref(right);
    GW_TRY(parsed);
    if (!found)
        return gw_fail_with(reterr, GW_CODE_MISMATCH, "", "the bytes are not in canonical form");
    return gw_fail_with(reterr, GW_CODE_MISMATCH, at.path, "the value is not what the inputs give");
}
