/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/exchange_check.h"

#include "server/flow/exchange_round.h"

gw_status gw_exchange_check(const gw_flow_unit *unit, gw_exchange_row *row, gw_fault *reterr) {
    return gw_exchange_round_fail(unit, row, GW_TEXT("there is no grid check yet"), reterr);
}
