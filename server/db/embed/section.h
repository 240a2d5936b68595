/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the sections of one file of sql/queries. A section is
 *
 *     -- name: lease_take
 *     -- params: name text, holder text
 *     -- columns: epoch bigint
 *     -- any further comment
 *     INSERT ... ;
 *
 * `none` stands for no parameters or no columns. Types are PostgreSQL's names; a parameter or
 * column without a type is refused. The integration test compares them with what the server says.
 * Used at build time only. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

enum { GW_SECTION_NAME_MAX = 63 };

typedef struct gw_sql_section {
    gw_text name;
    gw_text params;  /* empty for none */
    gw_text columns; /* empty for none */
    int param_count;
    gw_text sql; /* without comments before it and without the last semicolon */
    int line;    /* of the name, from 1 */
} gw_sql_section;

/* A cursor over the file's text. */
typedef struct gw_sql_file {
    gw_text rest;
    int line; /* of the next line */
} gw_sql_file;

void gw_sql_file_init(gw_sql_file *file, gw_text content);
/* The next section; GW_CODE_NOT_FOUND at the end of the file, GW_CODE_MALFORMED with the line in
 * the message otherwise. */
GW_MUST_CHECK gw_status gw_sql_section_next(gw_sql_file *file, gw_sql_section *ret,
                                            gw_fault *reterr);
