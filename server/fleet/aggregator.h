/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness aggregator`: a simulated aggregator in the steps of a conducted clock. It bids on
 * every published request with each of its offers, acknowledges its orders, and steers its devices
 * over MQTT: set-points with a rising counter, an effective time, an expiry, and starts and
 * releases spread over five minutes.
 */
#pragma once

#include "base/status.h"
#include "server/fleet/offer.h"

/* Runs until the conductor says stop. */
GW_MUST_CHECK gw_status gw_aggregator_run(gw_arena *arena, const gw_offer_book *book,
                                          gw_fault *reterr);
