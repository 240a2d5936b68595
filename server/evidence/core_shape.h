/* SPDX-License-Identifier: Apache-2.0
 *
 * The form of the two cores, as tables. docs/EVIDENCE.md says what each field means.
 */
#pragma once

#include "server/evidence/shape.h"

extern const gw_shape GW_SHAPE_COMMITMENT; /* gw_core_commitment */
extern const gw_shape GW_SHAPE_SETTLEMENT; /* gw_core_settlement */
extern const gw_shape GW_SHAPE_CHAIN;      /* gw_core_chain */
extern const gw_shape GW_SHAPE_ORDER;      /* gw_order: content of a commitment leaf */
extern const gw_shape GW_SHAPE_LINE;       /* gw_core_line: content of an evidence leaf */
extern const gw_shape GW_SHAPE_METHOD;     /* gw_method */
extern const gw_shape GW_SHAPE_CALENDAR;   /* gw_calendar */
