/* SPDX-License-Identifier: Apache-2.0
 *
 * A deployed ledger with four oracle nodes, and statements signed by them. For tests only.
 */
#pragma once

#include "server/chain/deploy.h"
#include "server/chain/ledger.h"
#include "tests/support/anvil.h"

enum { GW_WORLD_NODES = 4 };

typedef struct gw_ledger_world {
    gw_anvil anvil;
    gw_signer *deployer;
    gw_signer *funder;
    gw_signer *nodes[GW_WORLD_NODES];
    gw_deployment deployment;
    gw_arena *arena; /* anvil's */
} gw_ledger_world;

/* Deploys and funds with this many micros; false when anvil is not installed. Mines by itself. */
bool gw_ledger_world_open(gw_ledger_world *ret, uint64_t fund_micros);
void gw_ledger_world_close(gw_ledger_world *world);

gw_certificate gw_world_certify(const gw_ledger_world *world, gw_word digest);
gw_commitment gw_world_commitment(const gw_ledger_world *world, uint8_t event,
                                  uint64_t max_liability_micros);
gw_chain_call gw_world_commit_call(const gw_ledger_world *world, const gw_commitment *commitment);
gw_chain_call gw_world_settle_call(const gw_ledger_world *world, const gw_settlement *settlement);
