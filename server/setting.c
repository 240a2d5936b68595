/* SPDX-License-Identifier: Apache-2.0 */
#include "server/setting.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct row {
    const char *section; /* upper case */
    const char *key;
    const char *environment;
    gw_setting_type type;
    const char *fallback;
    int64_t min;
    int64_t max;
    bool is_reloadable;
    bool is_secret;
    const char *help;
} row;

static const row rows[GW_SETTING_COUNT] = {
#define GW_SETTING(section, key, type, fallback, min, max, reload, secret, help)                   \
    [GW_SETTING_##section##_##                                                                     \
        key] = {#section, #key, "GW_" #section "_" #key, GW_SETTING_TYPE_##type, fallback,         \
                min,      max,  (reload) != 0,           (secret) != 0,          help},
#include "server/config.def"
#undef GW_SETTING
};

static void lower(const char *from, char out[GW_SETTING_NAME_SIZE]) {
    int at = 0;
    for (; at < GW_SETTING_NAME_SIZE - 1 && from[at] != '\0'; at++) {
        out[at] = from[at];
        if (out[at] >= 'A' && out[at] <= 'Z') out[at] = (char)(out[at] - 'A' + 'a');
    }
    out[at] = '\0';
}

gw_setting_facts gw_setting_get(gw_setting setting) {
    const row *from = &rows[setting];
    gw_setting_facts facts = {.environment = from->environment,
                              .type = from->type,
                              .fallback = from->fallback,
                              .min = from->min,
                              .max = from->max,
                              .is_reloadable = from->is_reloadable,
                              .is_secret = from->is_secret,
                              .help = from->help};
    lower(from->section, facts.section);
    lower(from->key, facts.key);
    return facts;
}

gw_setting gw_setting_find(gw_text section, gw_text key) {
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        const gw_setting_facts facts = gw_setting_get((gw_setting)i);
        if (gw_text_is(section, facts.section) && gw_text_is(key, facts.key)) return (gw_setting)i;
    }
    return GW_SETTING_COUNT;
}

bool gw_setting_has_section(gw_text section) {
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        if (gw_text_is(section, gw_setting_get((gw_setting)i).section)) return true;
    }
    return false;
}

typedef struct value_check {
    const gw_setting_facts *facts;
    gw_text value;
} value_check;

static gw_status refuse(const value_check *check, const char *what, gw_fault *reterr) {
    if (check->facts->is_secret) {
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "[%s] %s %s", check->facts->section,
                            check->facts->key, what);
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "[%s] %s \"%.*s\" %s", check->facts->section,
                        check->facts->key, GW_TEXT_ARGS(check->value), what);
}

static gw_status check_int(const value_check *check, gw_fault *reterr) {
    int64_t number = 0;
    char range[96];
    (void)snprintf(range, sizeof range, "is not a whole number from %" PRId64 " to %" PRId64,
                   check->facts->min, check->facts->max);
    const bool is_number = gw_is_ok(gw_int64_parse(check->value, &number, NULL));
    if (is_number && number >= check->facts->min && number <= check->facts->max) return gw_ok();
    return refuse(check, range, reterr);
}

static gw_status check_flag(const value_check *check, gw_fault *reterr) {
    if (gw_text_is(check->value, "true") || gw_text_is(check->value, "false")) return gw_ok();
    return refuse(check, "is neither true nor false", reterr);
}

static gw_status check_text(const value_check *check, gw_fault *reterr) {
    char range[96];
    const int64_t length = (int64_t)check->value.length;
    if (length >= check->facts->min && length <= check->facts->max) return gw_ok();
    (void)snprintf(range, sizeof range, "is not %" PRId64 " to %" PRId64 " characters long",
                   check->facts->min, check->facts->max);
    return refuse(check, range, reterr);
}

static gw_status check_any(const value_check *check, gw_fault *reterr) {
    (void)check;
    (void)reterr;
    return gw_ok();
}

static gw_status check_url(const value_check *check, gw_fault *reterr) {
    const bool is_url = check->value.length == 0 || gw_text_starts(check->value, "http://") ||
                        gw_text_starts(check->value, "https://");
    return is_url ? gw_ok() : refuse(check, "does not begin with http:// or https://", reterr);
}

/* The help of a choice begins with its words: "debug|info: ...". */
static gw_status check_choice(const value_check *check, gw_fault *reterr) {
    char what[160];
    gw_text help = gw_text_from_c(check->facts->help);
    const gw_text words = gw_text_split(&help, ':');
    gw_text rest = words;
    while (rest.length > 0) {
        if (gw_text_equal(gw_text_split(&rest, '|'), check->value)) return gw_ok();
    }
    (void)snprintf(what, sizeof what, "is none of %.*s", GW_TEXT_ARGS(words));
    return refuse(check, what, reterr);
}

typedef gw_status check_function(const value_check *check, gw_fault *reterr);

static check_function *const check_of[] = {
    [GW_SETTING_TYPE_INT] = check_int,       [GW_SETTING_TYPE_FLAG] = check_flag,
    [GW_SETTING_TYPE_TEXT] = check_text,     [GW_SETTING_TYPE_PATH] = check_any,
    [GW_SETTING_TYPE_FILE] = check_any,      [GW_SETTING_TYPE_URL] = check_url,
    [GW_SETTING_TYPE_CHOICE] = check_choice,
};

gw_status gw_setting_check(gw_setting setting, gw_text value, gw_fault *reterr) {
    const gw_setting_facts facts = gw_setting_get(setting);
    const value_check check = {.facts = &facts, .value = value};
    return check_of[facts.type](&check, reterr);
}
