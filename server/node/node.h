/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness oracle`: one witness. Its own key, its own subscription to the meters' broker, its
 * own journal and vote store in one directory; no database and no open port. Two threads of ours
 * beside paho's and the journal's: none; the caller's runs the rounds.
 */
#pragma once

#include "base/status.h"

struct gw_config;

/* Runs until SIGTERM or SIGINT. */
GW_MUST_CHECK gw_status gw_node_run(const struct gw_config *config, gw_fault *reterr);
