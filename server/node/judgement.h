/* SPDX-License-Identifier: Apache-2.0
 *
 * What the judges of the three kinds of core share. Internal to server/node.
 */
#pragma once

#include "server/node/judge.h"

void gw_judgement_decide(gw_judgement *judgement, gw_verdict verdict, const char *detail);

/* Chain, ledger, signer set and realm of the core are the node's own. */
bool gw_judgement_is_for_us(const gw_core_chain *chain, gw_text realm, const gw_judge_facts *facts);
