/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/judgement.h"

#include "oracle/address.h"

#include <stdio.h>

void gw_judgement_decide(gw_judgement *judgement, gw_verdict verdict, const char *detail) {
    judgement->verdict = verdict;
    (void)snprintf(judgement->detail, sizeof judgement->detail, "%s", detail);
}

bool gw_judgement_is_for_us(const gw_core_chain *chain, gw_text realm,
                            const gw_judge_facts *facts) {
    gw_domain domain;
    if (!gw_is_ok(gw_core_domain(chain, &domain, NULL))) return false;
    return gw_address_equal(domain.ledger, facts->domain.ledger) &&
           domain.chain_id == facts->domain.chain_id && chain->signer_set == facts->signer_set &&
           gw_text_equal(realm, facts->realm);
}
