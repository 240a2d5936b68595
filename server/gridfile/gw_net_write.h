/* SPDX-License-Identifier: Apache-2.0
 *
 * A network as gw-net JSON (docs/GRID.md): what gw_net_parse reads back to the same network, bit by
 * bit (numbers with 17 digits where they need them). One entry per line, lists in the order of the
 * network, so that the same network gives the same bytes. Members that are absent or at their
 * default are left out.
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_network.h"

void gw_net_write(gw_writer *out, const gw_net *net);
