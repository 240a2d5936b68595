/* SPDX-License-Identifier: Apache-2.0
 *
 * A development chain of its own for a test: anvil on a free loopback port, without any account of
 * its own, mining only when it is told to (gw_anvil_mine) unless it was started with automine. It
 * dies with the test program and after two minutes at the latest. For tests only.
 */
#pragma once

#include "oracle/sign.h"
#include "server/chain/rpc.h"

#include <sys/types.h>

typedef struct gw_anvil {
    pid_t process;
    int port;
    char url[64];
    gw_arena *arena;
    gw_rpc *rpc;
} gw_anvil;

typedef enum gw_anvil_mining { GW_ANVIL_AUTOMINE, GW_ANVIL_BY_HAND } gw_anvil_mining;

/* False when anvil is not installed; anything else that fails ends the test. */
bool gw_anvil_start(gw_anvil *ret, gw_anvil_mining mining);
void gw_anvil_stop(gw_anvil *anvil);

/* Any method; params is a JSON array. Asserts success. */
void gw_anvil_run(const gw_anvil *anvil, const char *method, const char *params);
void gw_anvil_mine(const gw_anvil *anvil, int blocks);
void gw_anvil_give_ether(const gw_anvil *anvil, gw_address account); /* 100 ether */

/* A signer whose key is 32 times this byte: known to every reader, so only for chains that die. */
gw_signer *gw_anvil_signer(const gw_anvil *anvil, uint8_t seed);
/* The same key as sender.eth, 0600, in a fresh folder; path has room for 128. */
void gw_anvil_key_file(uint8_t seed, char path[128]);
void gw_anvil_key_remove(const char *path); /* the file and its folder */
