/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of transformers. Rows live in the arena. Immutable once saved, see register_store.h.
 */
#pragma once

#include "server/db/register_store.h"

typedef struct gw_transformer_row {
    gw_text id;
    gw_power rating;
    int64_t temperature_ppm_per_kelvin; /* change of the load per kelvin below the reference */
    int64_t reference_millic;
    int64_t limit_pct; /* share of the rating above which it is congested */
    gw_instant recorded_at;
} gw_transformer_row;

typedef struct gw_transformer_list {
    gw_transformer_row *items;
    int count;
} gw_transformer_list;

GW_MUST_CHECK gw_status gw_transformer_save(gw_db *db, gw_arena *arena,
                                            const gw_transformer_row *row, gw_text body,
                                            gw_saved *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_transformer_load(gw_db *db, gw_arena *arena, gw_text id,
                                            gw_transformer_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_transformer_load_list(gw_db *db, gw_arena *arena,
                                                 const gw_register_page *page,
                                                 gw_transformer_list *ret, gw_fault *reterr);
