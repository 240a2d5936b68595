/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of a pandapower file as gw_table: one more column "index" in front.
 */
#pragma once

#include "server/gridfile/table.h"

#include <jansson.h>

/* `tables` is the object that holds them. A table that is not there has no rows. */
GW_MUST_CHECK gw_status gw_pandapower_table(gw_arena *arena, const json_t *tables, const char *name,
                                            gw_table *ret, gw_fault *reterr);
