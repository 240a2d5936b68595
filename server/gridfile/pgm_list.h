/* SPDX-License-Identifier: Apache-2.0
 *
 * The lists of a power-grid-model document, entry by entry: entries as objects or as rows of named
 * columns, with the entries of one scenario of a batch laid over them. Inside of the reader only.
 */
#pragma once

#include "server/gridfile/item.h"

enum { GW_PGM_LISTS_MOST = 64 };

typedef struct gw_pgm_member {
    gw_text name;
    gw_text list;
} gw_pgm_member;

typedef struct gw_pgm_document {
    gw_text text;
    gw_text data;    /* the object of lists; of a batch one scenario's */
    gw_text columns; /* names of columns by list; empty when there are none */
    bool is_batch;
    gw_pgm_member lists[GW_PGM_LISTS_MOST]; /* of the data; of a batch when a scenario is chosen */
    size_t list_count;
} gw_pgm_document;

/* `type` is "input" or "update". */
GW_MUST_CHECK gw_status gw_pgm_document_open(gw_bytes file, const char *type, gw_pgm_document *ret,
                                             gw_fault *reterr);
/* Counts the scenarios of a batch. */
GW_MUST_CHECK gw_status gw_pgm_document_count(const gw_pgm_document *it, size_t *ret,
                                              gw_fault *reterr);
/* Narrows a batch to one scenario. */
GW_MUST_CHECK gw_status gw_pgm_document_choose(gw_pgm_document *it, size_t scenario,
                                               gw_fault *reterr);

typedef struct gw_pgm_list {
    const char *component;
    char pointer[48]; /* data/<component> */
    gw_text rest;
    size_t count;
    size_t at;
    json_t *columns; /* owned, as all JSON here; NULL when the entries are objects */
    json_t *updates;
    size_t update_count;
    size_t updated;
    gw_arena *arena;
    gw_fault *reterr;
} gw_pgm_list;

/* A list that is not there is empty. `over` NULL: nothing is laid over. Pair with
 * gw_pgm_list_close, also after a fault in between. */
GW_MUST_CHECK gw_status gw_pgm_list_open(gw_arena *arena, const gw_pgm_document *document,
                                         const gw_pgm_document *over, const char *component,
                                         gw_pgm_list *ret, gw_fault *reterr);
/* Opens the next entry; close it with gw_item_close. GW_CODE_MALFORMED: there is none. */
GW_MUST_CHECK gw_status gw_pgm_list_next(gw_pgm_list *list, gw_item *ret);
/* Refuses updates that met no entry. */
GW_MUST_CHECK gw_status gw_pgm_list_end(const gw_pgm_list *list);
void gw_pgm_list_close(gw_pgm_list *list);
