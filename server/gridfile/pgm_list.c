/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm_list.h"

#include "server/feed/slice.h"
#include "server/gridfile/pgm.h"

#include <stdio.h>

/* ---- document ---- */

static gw_status malformed(gw_fault *reterr, const char *subject, const char *what) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, subject, "%s", what);
}

static bool is_string(gw_text object, const char *key, const char *wanted) {
    gw_text found;
    return gw_slice_member(object, key, &found) && gw_slice_string(found, &found) &&
           gw_text_is(found, wanted);
}

/* Finds all lists in one go; a document may be large. */
static gw_status index_lists(gw_pgm_document *it, gw_fault *reterr) {
    gw_text rest = it->data;
    gw_pgm_member found;
    it->list_count = 0;
    while (gw_slice_entry(&rest, &found.name, &found.list)) {
        if (it->list_count == GW_PGM_LISTS_MOST)
            return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/data", "more than %d lists",
                                GW_PGM_LISTS_MOST);
        it->lists[it->list_count++] = found;
    }
    return gw_ok();
}

static bool find_list(const gw_pgm_document *it, const char *name, gw_text *ret) {
    for (size_t at = 0; at < it->list_count; at++)
        if (gw_text_is(it->lists[at].name, name)) {
            *ret = it->lists[at].list;
            return true;
        }
    return false;
}

gw_status gw_pgm_document_open(gw_bytes file, const char *type, gw_pgm_document *ret,
                               gw_fault *reterr) {
    gw_text found;
    gw_pgm_document made = {.text = gw_text_trim((gw_text){(const char *)file.at, file.length})};
    if (file.length > GW_PGM_FILE_BYTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "%zu bytes, at most %d are taken",
                            file.length, GW_PGM_FILE_BYTES_MOST);
    if (made.text.length == 0 || made.text.at[made.text.length - 1] != '}')
        return malformed(reterr, "", "the document is no JSON object");
    if (!is_string(made.text, "version", "1.0"))
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/version", "only version 1.0 is read");
    if (!is_string(made.text, "type", type))
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "/type", "the type \"%s\" is wanted", type);
    made.is_batch = gw_slice_member(made.text, "is_batch", &found) && gw_text_is(found, "true");
    if (!gw_slice_member(made.text, "data", &made.data))
        return malformed(reterr, "/data", "the data are missing");
    if (!gw_slice_member(made.text, "attributes", &made.columns)) made.columns = (gw_text){"", 0};
    if (!made.is_batch) GW_TRY(index_lists(&made, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_pgm_document_count(const gw_pgm_document *it, size_t *ret, gw_fault *reterr) {
    gw_text rest = it->data;
    gw_text item;
    size_t count = 0;
    if (!it->is_batch) return malformed(reterr, "/is_batch", "a batch is wanted");
    while (gw_slice_item(&rest, &item)) count++;
    *ret = count;
    return gw_ok();
}

gw_status gw_pgm_document_choose(gw_pgm_document *it, size_t scenario, gw_fault *reterr) {
    gw_text rest = it->data;
    gw_text item = {"", 0};
    size_t count = 0;
    GW_TRY(gw_pgm_document_count(it, &count, reterr));
    if (scenario >= count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/data", "there are %zu scenarios only",
                            count);
    for (size_t at = 0; at <= scenario; at++)
        if (!gw_slice_item(&rest, &item)) return malformed(reterr, "/data", "the list is no JSON");
    it->data = item;
    it->is_batch = false;
    return index_lists(it, reterr);
}

/* ---- lists ---- */

/* The names of the columns of one list; NULL when its entries are objects. */
static json_t *load_columns(const gw_pgm_document *document, const char *component) {
    gw_text text;
    if (!gw_slice_member(document->columns, component, &text)) return NULL;
    return json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
}

/* A row of named columns as an object; takes the row. */
static json_t *name_columns(json_t *row, json_t *columns) {
    if (!json_is_array(row)) return row;
    json_t *object = json_object();
    for (size_t at = 0; at < json_array_size(row); at++) {
        const char *name = json_string_value(json_array_get(columns, at));
        /* a column without a name is left out; the entry then misses what it needs */
        if (name != NULL) (void)json_object_set(object, name, json_array_get(row, at));
    }
    json_decref(row);
    return object;
}

static gw_status load_updates(gw_pgm_list *list, const gw_pgm_document *over) {
    gw_text text;
    char pointer[64];
    if (over == NULL || !find_list(over, list->component, &text)) return gw_ok();
    json_t *columns = load_columns(over, list->component);
    json_t *rows = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
    list->updates = json_array();
    for (size_t at = 0; at < json_array_size(rows); at++) {
        json_t *row = json_incref(json_array_get(rows, at));
        (void)json_array_append_new(list->updates, name_columns(row, columns));
    }
    const bool is_list = json_is_array(rows);
    json_decref(rows);
    json_decref(columns);
    list->update_count = json_array_size(list->updates);
    (void)snprintf(pointer, sizeof pointer, "/%s", list->pointer);
    return is_list ? gw_ok() : malformed(list->reterr, pointer, "a list of updates is wanted");
}

gw_status gw_pgm_list_open(gw_arena *arena, const gw_pgm_document *document,
                           const gw_pgm_document *over, const char *component, gw_pgm_list *ret,
                           gw_fault *reterr) {
    gw_text item;
    *ret = (gw_pgm_list){.component = component, .arena = arena, .reterr = reterr};
    (void)snprintf(ret->pointer, sizeof ret->pointer, "data/%s", component);
    if (!find_list(document, component, &ret->rest)) ret->rest = (gw_text){"[]", 2};
    gw_text rest = ret->rest;
    while (gw_slice_item(&rest, &item)) ret->count++;
    ret->columns = load_columns(document, component);
    return load_updates(ret, over);
}

static bool has_id(const json_t *update, json_int_t id) {
    return json_integer_value(json_object_get(update, "id")) == id;
}

/* Updates name their entry, or all of them stand in the order of the entries. They usually come in
 * the same order, too: the search goes on where the last one was found. */
static json_t *find_update(const gw_pgm_list *list, const json_t *entry) {
    const json_t *id = json_object_get(entry, "id");
    const json_t *first = json_array_get(list->updates, 0);
    if (!json_is_integer(id)) return NULL;
    if (json_object_get(first, "id") == NULL) return json_array_get(list->updates, list->at);
    for (size_t step = 0; step < list->update_count; step++) {
        json_t *update = json_array_get(list->updates, (list->updated + step) % list->update_count);
        if (has_id(update, json_integer_value(id))) return update;
    }
    return NULL;
}

/* null leaves what is there */
static void lay_over(json_t *entry, json_t *update) {
    for (void *at = json_object_iter(update); at != NULL; at = json_object_iter_next(update, at))
        if (!json_is_null(json_object_iter_value(at)))
            (void)json_object_set(entry, json_object_iter_key(at), json_object_iter_value(at));
}

gw_status gw_pgm_list_next(gw_pgm_list *list, gw_item *ret) {
    gw_text text;
    char pointer[64];
    *ret = (gw_item){
        .arena = list->arena, .list = list->pointer, .at = list->at, .reterr = list->reterr};
    (void)snprintf(pointer, sizeof pointer, "/%s", list->pointer);
    if (!gw_slice_item(&list->rest, &text))
        return malformed(list->reterr, pointer, "the list is no JSON");
    ret->status = gw_ok();
    ret->object =
        name_columns(json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL), list->columns);
    if (!json_is_object(ret->object)) gw_item_blame(ret, "", "the entry is no JSON object");
    json_t *update = list->updates == NULL ? NULL : find_update(list, ret->object);
    if (update != NULL) {
        lay_over(ret->object, update);
        list->updated++;
    }
    list->at++;
    return gw_ok();
}

gw_status gw_pgm_list_end(const gw_pgm_list *list) {
    char pointer[64];
    if (list->updated == list->update_count) return gw_ok();
    (void)snprintf(pointer, sizeof pointer, "/%s", list->pointer);
    return gw_fail_with(list->reterr, GW_CODE_INVALID, pointer,
                        "the scenario changes something that is not in the file");
}

void gw_pgm_list_close(gw_pgm_list *list) {
    json_decref(list->columns);
    json_decref(list->updates);
    list->columns = list->updates = NULL;
}
