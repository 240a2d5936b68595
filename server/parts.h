/* SPDX-License-Identifier: Apache-2.0
 *
 * Start and stop of every part of parts.def.
 */
#pragma once

#include "server/app.h"

#define GW_PART(name)                                                                              \
    gw_status gw_part_##name##_start(gw_app *app, gw_fault *reterr);                               \
    void gw_part_##name##_stop(gw_app *app);
#include "server/parts.def"
#undef GW_PART
