/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of settings as data, and the check of one value. Private to config.c and the documents
 * made from it. Pure.
 */
#pragma once

#include "server/config.h"

typedef enum gw_setting_type {
    GW_SETTING_TYPE_INT,
    GW_SETTING_TYPE_FLAG,
    GW_SETTING_TYPE_TEXT,
    GW_SETTING_TYPE_PATH,
    GW_SETTING_TYPE_FILE,
    GW_SETTING_TYPE_URL,
    GW_SETTING_TYPE_CHOICE,
} gw_setting_type;

enum { GW_SETTING_NAME_SIZE = 64 };

typedef struct gw_setting_facts {
    char section[GW_SETTING_NAME_SIZE]; /* lower case */
    char key[GW_SETTING_NAME_SIZE];     /* lower case */
    const char *environment;            /* GW_SECTION_KEY */
    gw_setting_type type;
    const char *fallback;
    int64_t min;
    int64_t max;
    bool is_reloadable;
    bool is_secret;
    const char *help;
} gw_setting_facts;

gw_setting_facts gw_setting_get(gw_setting setting);
/* GW_SETTING_COUNT when there is none. */
gw_setting gw_setting_find(gw_text section, gw_text key);
bool gw_setting_has_section(gw_text section);

/* The message is `[section] key "value" ...`; the caller puts file and line into the subject. */
GW_MUST_CHECK gw_status gw_setting_check(gw_setting setting, gw_text value, gw_fault *reterr);
