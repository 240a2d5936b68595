/* SPDX-License-Identifier: Apache-2.0
 *
 * The forecast as a part of `gridwitness serve`: a thread that ticks; on a conducted clock the
 * steps of the conductor call it instead, so that every step ends with the same forecasts.
 */
#pragma once

#include "server/app.h"

/* Takes in what was loaded and issues what is due at the market's now. A failure is logged and
 * tried again at the next call. */
void gw_forecast_tick(gw_app *app);
