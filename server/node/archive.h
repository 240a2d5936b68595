/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node remembers for grid clearances: networks with their pins, and the cores it signed,
 * which are the only schedules it believes. Below the node's state directory: networks/ and
 * clearances/<check>.json. One thread.
 */
#pragma once

#include "server/node/judge.h"

typedef struct gw_archive gw_archive;

/* trusted: as in server/node/networks.h. */
GW_MUST_CHECK gw_status gw_archive_open(gw_arena *arena, const char *directory, const char *trusted,
                                        gw_archive **ret, gw_fault *reterr);

/* Everything that is here for this core; ret->network stays empty when the network is not. */
GW_MUST_CHECK gw_status gw_archive_recall(const gw_archive *archive, gw_arena *arena,
                                          const gw_core_clearance *core, gw_judge_grid *ret,
                                          gw_fault *reterr);
/* The network as the gateway sent it: kept and put into grid, or grid->refusal says why not. */
GW_MUST_CHECK gw_status gw_archive_take(const gw_archive *archive, gw_arena *arena,
                                        const gw_core_network *named, gw_bytes network,
                                        gw_judge_grid *grid, gw_fault *reterr);
/* Before a clearance is signed: its network is pinned and its bytes are kept, durably. */
GW_MUST_CHECK gw_status gw_archive_keep(const gw_archive *archive, gw_arena *arena, gw_bytes core,
                                        gw_fault *reterr);
