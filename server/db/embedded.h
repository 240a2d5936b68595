/* SPDX-License-Identifier: Apache-2.0
 *
 * What the build made of sql/: the statements (indexed by gw_query) and the migrations in order.
 */
#pragma once

#include "server/db/migrate.h"
#include "server/db/query_table.h"

typedef struct gw_query_text {
    const char *name;
    const char *params;  /* "name type, ...", "" for none */
    const char *columns; /* "name type, ...", "" for none */
    const char *sql;
    int param_count;
} gw_query_text;

extern const gw_query_text gw_query_texts[GW_QUERY_COUNT];
extern const gw_migration_list gw_migrations_embedded;
