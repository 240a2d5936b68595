/* SPDX-License-Identifier: Apache-2.0
 *
 * Key files: directories are 0700, files 0600, nothing that exists is ever overwritten.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef enum gw_key_audience { GW_KEY_PRIVATE, GW_KEY_PUBLIC } gw_key_audience;

/* Makes the directory if it is not there; refuses one that others can write to. */
GW_MUST_CHECK gw_status gw_key_directory(const char *path, gw_fault *reterr);

/* Writes directory/name as a new file (0600 for GW_KEY_PRIVATE, 0644 else), synced. CONFLICT when
 * it exists. */
GW_MUST_CHECK gw_status gw_key_file_write(const char *directory, const char *name, gw_bytes bytes,
                                          gw_key_audience audience, gw_fault *reterr);
