/* SPDX-License-Identifier: Apache-2.0
 *
 * The rounds of a locked exchange: calling the members, closing a round, giving it up, ending.
 * Each writes the row and promises the messages in the caller's transaction.
 */
#pragma once

#include "server/flow/exchange.h"
#include "server/flow/exchange_play.h"

/* Opens the next round: iteration, counter, deadline, targets in the log, calls to all members. */
GW_MUST_CHECK gw_status gw_exchange_round_open(const gw_flow_unit *unit, gw_exchange_row *row,
                                               const gw_exchange_play *play, gw_fault *reterr);
/* Answers of the open round by member; closes it when nobody is missing. */
GW_MUST_CHECK gw_status gw_exchange_round_close(const gw_flow_unit *unit, gw_exchange_row *row,
                                                const gw_exchange_message_list *answers,
                                                gw_fault *reterr);
/* The deadline is over: falls back to the last valid answers. */
GW_MUST_CHECK gw_status gw_exchange_round_give_up(const gw_flow_unit *unit, gw_exchange_row *row,
                                                  gw_fault *reterr);
/* Calls those again that have not answered. */
GW_MUST_CHECK gw_status gw_exchange_round_remind(const gw_flow_unit *unit, gw_exchange_row *row,
                                                 gw_fault *reterr);
/* The grid check cannot be had or cannot be met: nothing is promised. */
GW_MUST_CHECK gw_status gw_exchange_round_fail(const gw_flow_unit *unit, gw_exchange_row *row,
                                               gw_text reason, gw_fault *reterr);
/* The exports of the play are final: result, hash, state, messages to all. */
GW_MUST_CHECK gw_status gw_exchange_round_end(const gw_flow_unit *unit, gw_exchange_row *row,
                                              const gw_exchange_play *play, gw_text reason,
                                              gw_fault *reterr);
/* After cuts were added to the row: the next run. */
GW_MUST_CHECK gw_status gw_exchange_round_cut(const gw_flow_unit *unit, gw_exchange_row *row,
                                              gw_exchange_play *play, gw_fault *reterr);

/* Tells everybody that the exchange was opened or has ended, without powers. */
GW_MUST_CHECK gw_status gw_exchange_round_tell(const gw_flow_unit *unit, const gw_exchange_row *row,
                                               const char *type, gw_fault *reterr);
/* Takes over an answer into a table of offers, [interval * members + member]. */
void gw_exchange_round_put(const gw_exchange_row *row, const gw_exchange_message *answer,
                           int64_t *offers);
