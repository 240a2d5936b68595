/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings: defaults < file (INI) < environment, all rows in config.def. Read once at start,
 * immutable afterwards, so any thread may read. All faults are reported at once, each with its
 * line. A gw_config lives until the process ends or gw_config_close. Secrets are never in it: a
 * setting of type FILE names the file, server/secret.h reads it.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>

typedef enum gw_setting {
#define GW_SETTING(section, key, type, fallback, min, max, reload, secret, help)                   \
    GW_SETTING_##section##_##key,
#include "server/config.def"
#undef GW_SETTING
    GW_SETTING_COUNT
} gw_setting;

typedef struct gw_config gw_config;

enum { GW_CONFIG_FAULTS_MAX = 64, GW_CONFIG_LINE_MAX = 198 };

typedef struct gw_config_faults {
    int count; /* may exceed GW_CONFIG_FAULTS_MAX; only so many are kept */
    gw_fault items[GW_CONFIG_FAULTS_MAX]; /* subject: "file:line" or "GW_SECTION_KEY" */
} gw_config_faults;

/* path NULL: no file. environment: as environ; NULL: none. Fails with GW_CODE_INVALID when there
 * is any fault; ret_faults is always written. */
GW_MUST_CHECK gw_status gw_config_open(const char *path, char *const *environment, gw_config **ret,
                                       gw_config_faults *ret_faults);
void gw_config_close(gw_config *config); /* NULL is fine */

int64_t gw_config_int(const gw_config *config, gw_setting setting);      /* INT */
bool gw_config_flag(const gw_config *config, gw_setting setting);        /* FLAG */
const char *gw_config_text(const gw_config *config, gw_setting setting); /* others; "" when unset */
bool gw_config_is(const gw_config *config, gw_setting setting, const char *literal);

/* All values in file form with their origin as a comment; secrets masked. */
void gw_config_print(const gw_config *config, FILE *out);
