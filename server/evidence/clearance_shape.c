/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/clearance_shape.h"

#include "server/evidence/clearance.h"
#include "server/evidence/core_shape.h"
#include "server/evidence/shape_rows.h"

_Static_assert(sizeof(gw_flow_check_verdict) == sizeof(unsigned), "choices are read as unsigned");

/* The wire names of grid/flow_check.h; a clearance is one of the first two verdicts. */
static const char *const CLEARANCE_FORMAT[] = {"gridwitness-clearance-1"};
static const char *const KIND[] = {"trade", "bid", "schedule"};
static const char *const EFFECT[] = {"incremental", "within_schedule"};
static const char *const VERDICT[] = {"ok", "curtailed"};

static const gw_field NETWORK_FIELDS[] = {
    GW_ONE(INTEGER, "document_bytes", gw_core_network, document_bytes),
    GW_ONE(HASH, "hash", gw_core_network, hash),
    GW_ONE(NAME, "id", gw_core_network, id),
    GW_ONE(INTEGER, "version", gw_core_network, version),
};
static const gw_shape NETWORK = GW_SHAPE_OF(gw_core_network, NETWORK_FIELDS);

static const gw_field BASE_FIELDS[] = {
    GW_ONE(NAME, "id", gw_core_base, id),
    GW_LIST(INTEGER, "p_w", gw_core_base, p_w, p_count),
    GW_LIST(INTEGER, "q_var", gw_core_base, q_var, q_count),
};
static const gw_shape BASE = GW_SHAPE_OF(gw_core_base, BASE_FIELDS);

static const gw_field ANCHOR_FIELDS[] = {
    GW_ONE(INTEGER, "boot", gw_core_anchor, boot),
    GW_ONE(INTEGER, "held_w", gw_core_anchor, held_w),
    GW_ONE(INTEGER, "interval_s", gw_core_anchor, interval_s),
    GW_ONE(NAME, "meter", gw_core_anchor, meter),
    GW_ONE(INTEGER, "point", gw_core_anchor, point),
    GW_ONE(INTEGER, "seq", gw_core_anchor, seq),
    GW_ONE(INSTANT, "start", gw_core_anchor, start),
    GW_ONE(INTEGER, "wh", gw_core_anchor, wh),
};
static const gw_shape ANCHOR = GW_SHAPE_OF(gw_core_anchor, ANCHOR_FIELDS);

static const gw_field SCHEDULE_FIELDS[] = {
    GW_ONE(UUID, "check_id", gw_core_schedule, check_id),
    GW_ONE(NAME, "item_id", gw_core_schedule, item_id),
};
static const gw_shape SCHEDULE = GW_SHAPE_OF(gw_core_schedule, SCHEDULE_FIELDS);

static const gw_field ITEM_FIELDS[] = {
    GW_ONE(INTEGER, "accepted_w", gw_core_item, accepted),
    GW_ONE(INTEGER, "accepted_wh", gw_core_item, accepted_wh),
    GW_ONE(ADDRESS, "buyer", gw_core_item, buyer),
    GW_ONE(INTEGER, "buyer_point", gw_core_item, buyer_point),
    GW_OBJECT("buyer_schedule", gw_core_item, buyer_schedule, &SCHEDULE),
    GW_WORD("effect", gw_core_item, effect, EFFECT),
    GW_ONE(NAME, "id", gw_core_item, id),
    GW_WORD("kind", gw_core_item, kind, KIND),
    GW_ONE(INTEGER, "requested_w", gw_core_item, requested),
    GW_ONE(HASH, "salt", gw_core_item, salt),
    GW_ONE(ADDRESS, "seller", gw_core_item, seller),
    GW_ONE(INTEGER, "seller_point", gw_core_item, seller_point),
    GW_OBJECT("seller_schedule", gw_core_item, seller_schedule, &SCHEDULE),
    GW_ONE(HASH, "trade_id", gw_core_item, trade_id),
};
static const gw_shape ITEM = GW_SHAPE_OF(gw_core_item, ITEM_FIELDS);

static const gw_field LIMIT_FIELDS[] = {
    GW_ONE(INTEGER, "after", gw_core_limit, after),
    GW_ONE(INTEGER, "before", gw_core_limit, before),
    GW_ONE(TEXT, "id", gw_core_limit, id),
    GW_ONE(INTEGER, "limit", gw_core_limit, limit),
    GW_ONE(INTEGER, "requested", gw_core_limit, requested),
    GW_ONE(NAME, "unit", gw_core_limit, unit),
};
static const gw_shape LIMIT = GW_SHAPE_OF(gw_core_limit, LIMIT_FIELDS);

static const gw_field CLEARANCE_FIELDS[] = {
    GW_LIST_OF(OBJECT, "bases", gw_core_clearance, bases, base_count, &BASE),
    GW_OBJECT("chain", gw_core_clearance, chain, &GW_SHAPE_CHAIN),
    GW_ONE(UUID, "check_id", gw_core_clearance, check_id),
    GW_ONE(INSTANT, "checked_at", gw_core_clearance, checked_at),
    GW_ONE(INSTANT, "expires_at", gw_core_clearance, expires_at),
    GW_WORD("format", gw_core_clearance, format, CLEARANCE_FORMAT),
    GW_ONE(INSTANT, "from", gw_core_clearance, from),
    GW_LIST_OF(OBJECT, "items", gw_core_clearance, items, item_count, &ITEM),
    GW_ONE(HASH, "items_root", gw_core_clearance, items_root),
    GW_ONE(INTEGER, "limit_kinds", gw_core_clearance, limit_kinds),
    GW_LIST_OF(OBJECT, "limits", gw_core_clearance, limits, limit_count, &LIMIT),
    GW_ONE(INTEGER, "margin_ppm", gw_core_clearance, margin_ppm),
    GW_OBJECT("network", gw_core_clearance, network, &NETWORK),
    GW_ONE(NAME, "policy", gw_core_clearance, policy),
    GW_LIST_OF(OBJECT, "readings", gw_core_clearance, readings, reading_count, &ANCHOR),
    GW_ONE(NAME, "realm", gw_core_clearance, realm),
    GW_ONE(INSTANT, "sign_by", gw_core_clearance, sign_by),
    GW_ONE(INSTANT, "to", gw_core_clearance, to),
    GW_WORD("verdict", gw_core_clearance, verdict, VERDICT),
};
const gw_shape GW_SHAPE_CLEARANCE = GW_SHAPE_OF(gw_core_clearance, CLEARANCE_FIELDS);
