/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ledger_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void deploy(gw_ledger_world *world, uint64_t fund_micros) {
    char file[64];
    gw_deploy_order order = {.artifacts = "oracle/contracts/artifacts",
                             .deployer = world->deployer,
                             .funder = world->funder,
                             .member_count = GW_WORLD_NODES,
                             .mint_micros = fund_micros,
                             .fund_micros = fund_micros};
    (void)snprintf(file, sizeof file, "/tmp/gw-chain-%d.json", world->anvil.port);
    (void)remove(file);
    order.chain_file = file;
    for (int at = 0; at < GW_WORLD_NODES; at++)
        order.members[at] = gw_signer_address(world->nodes[at]);
    gw_fault fault = {0};
    const gw_status status =
        gw_deploy_run(world->anvil.rpc, world->arena, &order, &world->deployment, &fault);
    if (!gw_is_ok(status)) fprintf(stderr, "%s: %s\n", fault.subject, fault.message);
    assert(gw_is_ok(status));
    (void)remove(file);
}

bool gw_ledger_world_open(gw_ledger_world *ret, uint64_t fund_micros) {
    if (!gw_anvil_start(&ret->anvil, GW_ANVIL_AUTOMINE)) return false;
    ret->arena = ret->anvil.arena;
    ret->deployer = gw_anvil_signer(&ret->anvil, 0x11);
    ret->funder = gw_anvil_signer(&ret->anvil, 0x22);
    for (int at = 0; at < GW_WORLD_NODES; at++)
        ret->nodes[at] = gw_anvil_signer(&ret->anvil, (uint8_t)(0x40 + at));
    gw_anvil_give_ether(&ret->anvil, gw_signer_address(ret->deployer));
    gw_anvil_give_ether(&ret->anvil, gw_signer_address(ret->funder));
    deploy(ret, fund_micros);
    return true;
}

void gw_ledger_world_close(gw_ledger_world *world) { gw_anvil_stop(&world->anvil); }

gw_certificate gw_world_certify(const gw_ledger_world *world, gw_word digest) {
    gw_signature signatures[GW_WORLD_NODES];
    gw_certificate certificate;
    gw_status status = gw_ok();
    for (int at = 0; at < GW_WORLD_NODES && gw_is_ok(status); at++)
        status = gw_signer_sign(world->nodes[at], digest, &signatures[at], NULL);
    assert(gw_is_ok(status));
    status = gw_certificate_make(world->arena, gw_deployment_signers(&world->deployment), digest,
                                 signatures, GW_WORLD_NODES, &certificate, NULL);
    assert(gw_is_ok(status));
    return certificate;
}

gw_commitment gw_world_commitment(const gw_ledger_world *world, uint8_t event,
                                  uint64_t max_liability_micros) {
    const uint8_t uuid[16] = {event};
    return (gw_commitment){.event_id = gw_event_word(uuid),
                           .revision = 1,
                           .signer_set = world->deployment.signer_set,
                           .delivery_start_s = 1768928400,
                           .commitment_root = gw_word_from_u64(1000u + event),
                           .max_liability_micros = max_liability_micros,
                           .data_hash = gw_word_from_u64(2000u + event)};
}

gw_chain_call gw_world_commit_call(const gw_ledger_world *world, const gw_commitment *commitment) {
    const gw_domain domain = gw_deployment_domain(&world->deployment);
    const gw_certificate certificate =
        gw_world_certify(world, gw_commitment_digest(&domain, commitment));
    gw_chain_call call;
    const gw_status built = gw_ledger_commit(world->arena, world->deployment.ledger, commitment,
                                             &certificate, &call, NULL);
    assert(gw_is_ok(built));
    return call;
}

gw_chain_call gw_world_settle_call(const gw_ledger_world *world, const gw_settlement *settlement) {
    const gw_domain domain = gw_deployment_domain(&world->deployment);
    const gw_certificate certificate =
        gw_world_certify(world, gw_settlement_digest(&domain, settlement));
    gw_chain_call call;
    const gw_status built = gw_ledger_settle(world->arena, world->deployment.ledger, settlement,
                                             &certificate, &call, NULL);
    assert(gw_is_ok(built));
    return call;
}
