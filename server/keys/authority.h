/* SPDX-License-Identifier: Apache-2.0
 *
 * A small certificate authority for one realm: P-256, SHA-256, ten years; leaves one year. The
 * common name is the MQTT identity, so it is a name (gw_text_is_name) and nothing else. Meant for
 * the demo, tests and small installations; a large one brings its own CA and the same names.
 */
#pragma once

#include "base/status.h"

typedef struct gw_authority gw_authority;

/* Makes ca.pem and ca.key in directory. */
GW_MUST_CHECK gw_status gw_authority_make(const char *directory, const char *realm,
                                          gw_authority **ret, gw_fault *reterr);
void gw_authority_close(gw_authority *authority); /* NULL is fine */

typedef enum gw_leaf_use {
    GW_LEAF_CLIENT, /* a device, node, aggregator or the gateway */
    GW_LEAF_SERVER  /* the broker on localhost and 127.0.0.1 */
} gw_leaf_use;

/* Makes <name>.pem and <name>.key in the authority's directory. */
GW_MUST_CHECK gw_status gw_authority_issue(const gw_authority *authority, const char *name,
                                           gw_leaf_use use, gw_fault *reterr);
