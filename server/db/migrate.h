/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema's history: sql/migrations/NNNN_name.sql, forward only, each in one transaction, under
 * an advisory lock, remembered with its SHA-256. A file that was changed after it ran is refused.
 */
#pragma once

#include "base/status.h"

typedef struct gw_migration {
    int version;
    const char *name;
    const char *sql;
} gw_migration;

typedef struct gw_migrate_result {
    int before; /* version found, 0: empty database */
    int after;
    int applied;
} gw_migrate_result;

/* Brings the database to the newest version. password may be NULL. */
GW_MUST_CHECK gw_status gw_migrate(const char *conninfo, const char *password,
                                   gw_migrate_result *ret, gw_fault *reterr);

/* As gw_migrate with another list; for tests. */
typedef struct gw_migration_list {
    const gw_migration *items;
    int count;
} gw_migration_list;
GW_MUST_CHECK gw_status gw_migrate_list(const char *conninfo, const char *password,
                                        const gw_migration_list *list, gw_migrate_result *ret,
                                        gw_fault *reterr);

/* Checks without a change: GW_CODE_WRONG_STATE when the database is older or newer. */
GW_MUST_CHECK gw_status gw_migrate_check(const char *conninfo, const char *password,
                                         gw_fault *reterr);
