/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/pool.h"

#include <string.h>

typedef struct state_row {
    const char *prefix; /* a whole SQLSTATE or its class; the longest that fits comes first */
    gw_code code;
} state_row;

/* Ref: PostgreSQL manual, appendix "PostgreSQL Error Codes". */
static const state_row state_rows[] = {
    {"23505", GW_CODE_CONFLICT},     /* unique_violation */
    {"23P01", GW_CODE_CONFLICT},     /* exclusion_violation */
    {"23503", GW_CODE_NOT_FOUND},    /* foreign_key_violation */
    {"22003", GW_CODE_OUT_OF_RANGE}, /* numeric_value_out_of_range */
    {"22008", GW_CODE_OUT_OF_RANGE}, /* datetime_field_overflow */
    {"57014", GW_CODE_TIMED_OUT},    /* query_canceled, by statement_timeout */
    {"55P03", GW_CODE_TIMED_OUT},    /* lock_not_available */
    {"P0001", GW_CODE_INVALID},      /* raise_exception of our own functions */
    {"08", GW_CODE_UNAVAILABLE},     /* connection exception */
    {"22", GW_CODE_INVALID},         /* data exception */
    {"23", GW_CODE_INVALID},         /* not null, check */
    {"25006", GW_CODE_UNAVAILABLE},  /* read_only_sql_transaction: a standby */
    {"40", GW_CODE_UNAVAILABLE},     /* serialization failure, deadlock */
    {"53", GW_CODE_UNAVAILABLE},     /* insufficient resources */
    {"57", GW_CODE_UNAVAILABLE},     /* operator intervention: shutdown */
    {"58", GW_CODE_UNAVAILABLE},     /* system error */
};

gw_code gw_sqlstate_code(const char *sqlstate) {
    for (size_t i = 0; i < sizeof state_rows / sizeof state_rows[0]; i++) {
        const char *prefix = state_rows[i].prefix;
        if (strncmp(sqlstate, prefix, strlen(prefix)) == 0) return state_rows[i].code;
    }
    return GW_CODE_INTERNAL;
}
