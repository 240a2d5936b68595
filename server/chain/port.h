/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain as the flows see it (struct gw_flow_ports): posting what the outbox promised, and the
 * escrow that is still free. Part `chain` of serve opens it from [chain]; without an rpc_url there
 * is no chain and gw_app.chain stays NULL. A thread of its own tells /readyz how the nodes are.
 */
#pragma once

#include "grid/quantity.h"
#include "server/app.h"
#include "server/chain/deployment.h"
#include "server/db/outbox_store.h"
#include "server/flow/flow.h"

typedef struct gw_chain_port gw_chain_port;

/* Uses config, clock and db of app, which outlive the port. */
GW_MUST_CHECK gw_status gw_chain_port_open(const gw_app *app, gw_chain_port **ret,
                                           gw_fault *reterr);
void gw_chain_port_close(gw_chain_port *port); /* NULL is fine */

/* Where our contracts are and who signs. */
const gw_deployment *gw_chain_port_deployment(const gw_chain_port *port);

/* For gw_flow_ports; port is a gw_chain_port. Any thread. */
GW_MUST_CHECK gw_status gw_chain_port_free_escrow(void *port, gw_money *ret, gw_fault *reterr);
/* For gw_flow_ports; kinds CHAIN_COMMIT and CHAIN_SETTLE, payload is the call data. The outbox's
 * thread only. GW_CODE_TOO_EARLY: on its way; GW_CODE_INFEASIBLE: the contract refuses or refused;
 * GW_CODE_CONFLICT: the nonce was used by a stranger to our journal. */
GW_MUST_CHECK gw_status gw_chain_port_post(void *port, const gw_outbox_row *row,
                                           gw_flow_receipt *ret, gw_fault *reterr);
