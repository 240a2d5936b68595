/* SPDX-License-Identifier: Apache-2.0
 *
 * The parameters `from` and `to` of a list: a half-open window, both required.
 */
#pragma once

#include "grid/period.h"
#include "server/http/fields.h"

/* Faults are noted in query. */
gw_period gw_window_read(gw_fields *query);
