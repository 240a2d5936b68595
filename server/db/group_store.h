/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups of meters that one aggregator offers together, and the operator's decisions on them. Rows
 * live in the arena. A group is immutable once saved; decisions are appended.
 */
#pragma once

#include "server/db/register_store.h"

typedef struct gw_group_member {
    gw_text meter;
    gw_power qualified;
} gw_group_member;

typedef struct gw_group_row {
    gw_text id;
    gw_text party;
    gw_instant valid_from; /* us 0 when saving: from now on */
    gw_instant valid_to;   /* us 0: open */
    gw_text qualification; /* PENDING, APPROVED, REJECTED; not saved */
    gw_text reason;        /* of the decision; not saved */
    gw_power qualified;    /* sum of the members; not saved */
    gw_group_member *members;
    int member_count;
    gw_instant recorded_at;
} gw_group_row;

typedef struct gw_group_list {
    gw_group_row *items;
    int count;
} gw_group_list;

typedef struct gw_group_view {
    gw_text id;
    gw_text party; /* empty: sees all groups */
} gw_group_view;

typedef struct gw_group_decision {
    gw_text group;
    gw_text status; /* APPROVED, REJECTED */
    gw_text reason;
    gw_text token_id;
    gw_instant now;
} gw_group_decision;

/* GW_CODE_CONFLICT also when a meter is in another group at the same time (subject
 * "group_member_one_group"). */
GW_MUST_CHECK gw_status gw_group_save(gw_db *db, gw_arena *arena, const gw_group_row *row,
                                      gw_text body, gw_saved *ret, gw_fault *reterr);
/* With members. */
GW_MUST_CHECK gw_status gw_group_load(gw_db *db, gw_arena *arena, const gw_group_view *view,
                                      gw_group_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_group_load_list(gw_db *db, gw_arena *arena, const gw_register_page *page,
                                           gw_group_list *ret, gw_fault *reterr);
/* The same decision again changes nothing. */
GW_MUST_CHECK gw_status gw_group_decide(gw_db *db, gw_arena *arena,
                                        const gw_group_decision *decision, gw_fault *reterr);
