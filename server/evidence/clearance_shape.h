/* SPDX-License-Identifier: Apache-2.0
 *
 * The form of a clearance core, as a table. docs/CHECKS.md says what each field means.
 */
#pragma once

#include "server/evidence/shape.h"

extern const gw_shape GW_SHAPE_CLEARANCE; /* gw_core_clearance */
