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
    ONE(INTEGER, "document_bytes", gw_core_network, document_bytes),
    ONE(HASH, "hash", gw_core_network, hash),
    ONE(NAME, "id", gw_core_network, id),
    ONE(INTEGER, "version", gw_core_network, version),
};
static const gw_shape NETWORK = SHAPE(gw_core_network, NETWORK_FIELDS);

static const gw_field BASE_FIELDS[] = {
    ONE(NAME, "id", gw_core_base, id),
    LIST(INTEGER, "p_w", gw_core_base, p_w, p_count),
    LIST(INTEGER, "q_var", gw_core_base, q_var, q_count),
};
static const gw_shape BASE = SHAPE(gw_core_base, BASE_FIELDS);

static const gw_field ANCHOR_FIELDS[] = {
    ONE(INTEGER, "boot", gw_core_anchor, boot),
    ONE(INTEGER, "interval_s", gw_core_anchor, interval_s),
    ONE(NAME, "meter", gw_core_anchor, meter),
    ONE(INTEGER, "point", gw_core_anchor, point),
    ONE(INTEGER, "seq", gw_core_anchor, seq),
    ONE(INSTANT, "start", gw_core_anchor, start),
    ONE(INTEGER, "wh", gw_core_anchor, wh),
};
static const gw_shape ANCHOR = SHAPE(gw_core_anchor, ANCHOR_FIELDS);

static const gw_field ITEM_FIELDS[] = {
    ONE(INTEGER, "accepted_w", gw_core_item, accepted),
    ONE(INTEGER, "accepted_wh", gw_core_item, accepted_wh),
    ONE(ADDRESS, "buyer", gw_core_item, buyer),
    ONE(INTEGER, "buyer_point", gw_core_item, buyer_point),
    WORD("effect", gw_core_item, effect, EFFECT),
    ONE(NAME, "id", gw_core_item, id),
    WORD("kind", gw_core_item, kind, KIND),
    ONE(INTEGER, "requested_w", gw_core_item, requested),
    ONE(HASH, "salt", gw_core_item, salt),
    ONE(UUID, "schedule", gw_core_item, schedule),
    ONE(ADDRESS, "seller", gw_core_item, seller),
    ONE(INTEGER, "seller_point", gw_core_item, seller_point),
    ONE(HASH, "trade_id", gw_core_item, trade_id),
};
static const gw_shape ITEM = SHAPE(gw_core_item, ITEM_FIELDS);

static const gw_field LIMIT_FIELDS[] = {
    ONE(INTEGER, "after", gw_core_limit, after),
    ONE(INTEGER, "before", gw_core_limit, before),
    ONE(TEXT, "id", gw_core_limit, id),
    ONE(INTEGER, "limit", gw_core_limit, limit),
    ONE(INTEGER, "requested", gw_core_limit, requested),
    ONE(NAME, "unit", gw_core_limit, unit),
};
static const gw_shape LIMIT = SHAPE(gw_core_limit, LIMIT_FIELDS);

static const gw_field CLEARANCE_FIELDS[] = {
    LIST_OF(OBJECT, "bases", gw_core_clearance, bases, base_count, &BASE),
    OBJECT("chain", gw_core_clearance, chain, &GW_SHAPE_CHAIN),
    ONE(UUID, "check_id", gw_core_clearance, check_id),
    ONE(INSTANT, "checked_at", gw_core_clearance, checked_at),
    ONE(INSTANT, "expires_at", gw_core_clearance, expires_at),
    WORD("format", gw_core_clearance, format, CLEARANCE_FORMAT),
    ONE(INSTANT, "from", gw_core_clearance, from),
    LIST_OF(OBJECT, "items", gw_core_clearance, items, item_count, &ITEM),
    ONE(HASH, "items_root", gw_core_clearance, items_root),
    LIST_OF(OBJECT, "limits", gw_core_clearance, limits, limit_count, &LIMIT),
    ONE(INTEGER, "margin_ppm", gw_core_clearance, margin_ppm),
    OBJECT("network", gw_core_clearance, network, &NETWORK),
    ONE(NAME, "policy", gw_core_clearance, policy),
    LIST_OF(OBJECT, "readings", gw_core_clearance, readings, reading_count, &ANCHOR),
    ONE(NAME, "realm", gw_core_clearance, realm),
    ONE(INSTANT, "to", gw_core_clearance, to),
    WORD("verdict", gw_core_clearance, verdict, VERDICT),
};
const gw_shape GW_SHAPE_CLEARANCE = SHAPE(gw_core_clearance, CLEARANCE_FIELDS);
