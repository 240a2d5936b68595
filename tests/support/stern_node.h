/* SPDX-License-Identifier: Apache-2.0
 *
 * A node in front of anvil that is as strict as others are: it refuses raw transactions whose fee
 * cap is below a limit with the words of go-ethereum, and passes everything else on. A process of
 * its own, on a free port; dies with the test. For tests only: it reads just enough HTTP for our
 * own client.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

typedef struct gw_stern_node {
    pid_t process;
    char url[64];
} gw_stern_node;

void gw_stern_node_start(gw_stern_node *ret, const char *anvil_url, uint64_t cap_least_wei);
void gw_stern_node_stop(gw_stern_node *node);
