/* SPDX-License-Identifier: Apache-2.0
 *
 * The weather feed's one knob for others: look now whether a source is due, because market time has
 * moved on.
 */
#pragma once

void gw_weather_wake(void); /* any thread, while the part runs */
