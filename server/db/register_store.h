/* SPDX-License-Identifier: Apache-2.0
 *
 * How a row enters the register, the same for every noun: inserted with its entry in the event log
 * in one transaction; the same content again is a success that changes nothing; other content under
 * the same id is GW_CODE_CONFLICT. The nouns are in their own files: party_store.h and so on.
 */
#pragma once

#include "server/db/pool.h"

typedef enum gw_saved { GW_SAVED_NEW, GW_SAVED_SAME } gw_saved;

typedef struct gw_register_write {
    gw_query insert;
    gw_query is_same; /* takes the same arguments, gives one column "same" */
    const gw_args *args;
    gw_text entity;  /* "meter" */
    gw_text subject; /* its id */
    gw_text party;   /* whom it concerns; may be empty */
    gw_text body;    /* JSON object for the event log */
    gw_instant now;
} gw_register_write;

GW_MUST_CHECK gw_status gw_register_save(gw_db *db, const gw_register_write *write, gw_saved *ret,
                                         gw_fault *reterr);

/* The fault of a missing row, as a caller reads it: there is no meter "M-9". Returns status. */
gw_status gw_register_missing(gw_status status, const char *entity, gw_text id, gw_fault *reterr);

/* A page of names. */
typedef struct gw_register_page {
    gw_text after; /* empty: from the start */
    int64_t limit;
    gw_text party; /* empty: all that there is; else what this party sees */
} gw_register_page;
