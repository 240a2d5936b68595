/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include "base/decimal.h"
#include "server/setting.h"

#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 1024 * 1024, ORIGIN_SIZE = 96, LINE_SIZE = GW_CONFIG_LINE_MAX + 2 };

typedef struct entry {
    const char *value;
    char origin[ORIGIN_SIZE]; /* "default", "file:line", "GW_SECTION_KEY" */
    int line;                 /* in the file, 0: not set there */
} entry;

struct gw_config {
    gw_arena *arena;
    entry entries[GW_SETTING_COUNT];
};

typedef struct reading {
    gw_config *config;
    gw_config_faults *faults;
    FILE *file;
    const char *path;
    int line;
} reading;

static void add_fault(gw_config_faults *faults, const gw_fault *fault) {
    if (faults->count < GW_CONFIG_FAULTS_MAX) faults->items[faults->count] = *fault;
    faults->count++;
}

/* Puts "file:line" into the fault that a check made. */
static void add_fault_at(const reading *from, gw_fault *fault) {
    (void)snprintf(fault->subject, sizeof fault->subject, "%.64s:%d", from->path, from->line);
    add_fault(from->faults, fault);
}

static void refuse_line(const reading *from, const char *what) {
    gw_fault fault = {0};
    (void)gw_fail_with(&fault, GW_CODE_INVALID, NULL, "%s", what);
    add_fault_at(from, &fault);
}

static void store(gw_config *config, gw_setting setting, gw_text value, const char *origin) {
    const char *copy = "";
    entry *into = &config->entries[setting];
    gw_ignore(gw_text_to_c(config->arena, value, &copy, NULL)); /* the arena holds any environment
                                                                    that a process can have */
    into->value = copy;
    (void)snprintf(into->origin, sizeof into->origin, "%s", origin);
}

static void take_from_file(const reading *from, gw_setting setting, gw_text value) {
    char origin[ORIGIN_SIZE];
    gw_fault fault = {0};
    entry *into = &from->config->entries[setting];
    (void)snprintf(origin, sizeof origin, "%.80s:%d", from->path, from->line);
    if (into->line != 0) {
        (void)gw_fail_with(&fault, GW_CODE_INVALID, NULL, "[%s] %s was already set in line %d",
                           gw_setting_get(setting).section, gw_setting_get(setting).key,
                           into->line);
        add_fault_at(from, &fault);
        return;
    }
    into->line = from->line;
    if (gw_is_ok(gw_setting_check(setting, value, &fault))) {
        store(from->config, setting, value, origin);
        return;
    }
    add_fault_at(from, &fault);
}

/* inih's handler. Debian's inih does not hand in the line; the reader counts it. */
static int handle_value(void *context, const char *section, const char *name, const char *value) {
    const reading *from = context;
    const gw_setting setting = gw_setting_find(gw_text_from_c(section), gw_text_from_c(name));
    if (setting != GW_SETTING_COUNT) {
        take_from_file(from, setting, gw_text_from_c(value));
        return 1;
    }
    gw_fault fault = {0};
    (void)gw_fail_with(&fault, GW_CODE_INVALID, NULL, "there is no setting [%s] %s", section, name);
    add_fault_at(from, &fault);
    return 1;
}

static bool is_blank_or_comment(gw_text text) {
    return text.length == 0 || text.at[0] == '#' || text.at[0] == ';';
}

/* What inih would refuse is refused here, so that every faulty line is told, not only the first. */
static bool line_is_fine(const reading *from, gw_text text) {
    if (is_blank_or_comment(text)) return true;
    if (text.at[0] == '[') {
        if (gw_text_find(text, ']') < text.length) return true;
        refuse_line(from, "the section has no closing bracket");
        return false;
    }
    if (gw_text_find(text, '=') < text.length) return true;
    refuse_line(from, "this is no section, setting or comment");
    return false;
}

static void skip_rest_of_line(FILE *file) {
    int letter = fgetc(file);
    while (letter != '\n' && letter != EOF) letter = fgetc(file);
}

/* inih's line reader. Leading blanks go, because inih takes an indented line as a continuation. */
static char *read_line(char *out, int size, void *context) {
    char line[LINE_SIZE];
    reading *from = context;
    assert(size >= LINE_SIZE);
    if (fgets(line, sizeof line, from->file) == NULL) return NULL;
    from->line++;
    out[0] = '\n';
    out[1] = '\0';
    if (strchr(line, '\n') == NULL && feof(from->file) == 0) {
        skip_rest_of_line(from->file);
        refuse_line(from, "the line is too long");
        return out;
    }
    const gw_text text = gw_text_trim(gw_text_from_c(line));
    if (line_is_fine(from, text)) (void)snprintf(out, (size_t)size, "%.*s\n", GW_TEXT_ARGS(text));
    return out;
}

static void read_file(gw_config *config, const char *path, gw_config_faults *faults) {
    reading from = {.config = config, .faults = faults, .path = path};
    from.file = fopen(path, "re");
    if (from.file == NULL) {
        gw_fault fault = {0};
        (void)gw_fail_with(&fault, GW_CODE_IO, path, "could not open the file: %s",
                           strerrordesc_np(errno));
        add_fault(faults, &fault);
        return;
    }
    (void)ini_parse_stream(read_line, &from, handle_value, &from);
    (void)fclose(from.file);
}

static gw_setting find_environment(gw_text name) {
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        if (gw_text_is(name, gw_setting_get((gw_setting)i).environment)) return (gw_setting)i;
    }
    return GW_SETTING_COUNT;
}

/* GW_HTTP_PROT is a typing error, GW_TEST_PG is somebody else's: only names that begin like one of
 * our sections are refused. */
static bool looks_like_setting(gw_text name) {
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        gw_text rest = gw_text_from_c(gw_setting_get((gw_setting)i).environment);
        (void)gw_text_split(&rest, '_');
        const gw_text section = gw_text_split(&rest, '_');
        gw_text given = name;
        (void)gw_text_split(&given, '_');
        if (gw_text_equal(gw_text_split(&given, '_'), section) && given.length > 0) return true;
    }
    return false;
}

static void take_from_environment(gw_config *config, gw_text name, gw_text value,
                                  gw_config_faults *faults) {
    gw_fault fault = {0};
    char subject[sizeof fault.subject];
    const gw_setting setting = find_environment(name);
    (void)snprintf(subject, sizeof subject, "%.*s", GW_TEXT_ARGS(name));
    if (setting == GW_SETTING_COUNT) {
        if (!looks_like_setting(name)) return;
        (void)gw_fail_with(&fault, GW_CODE_INVALID, subject, "there is no such setting");
        add_fault(faults, &fault);
        return;
    }
    if (gw_is_ok(gw_setting_check(setting, value, &fault))) {
        store(config, setting, value, subject);
        return;
    }
    memcpy(fault.subject, subject, sizeof subject);
    add_fault(faults, &fault);
}

static void read_environment(gw_config *config, char *const *environment,
                             gw_config_faults *faults) {
    for (char *const *at = environment; at != NULL && *at != NULL; at++) {
        gw_text value = gw_text_from_c(*at);
        const gw_text name = gw_text_split(&value, '=');
        if (gw_text_starts(name, "GW_")) take_from_environment(config, name, value, faults);
    }
}

/* Conditions between settings. */
static void check_together(const gw_config *config, gw_config_faults *faults) {
    gw_fault fault = {0};
    const bool is_conducted = gw_config_is(config, GW_SETTING_CLOCK_MODE, "conducted");
    if (is_conducted && gw_config_text(config, GW_SETTING_CLOCK_CONDUCTOR_URL)[0] == '\0') {
        (void)gw_fail_with(&fault, GW_CODE_INVALID, "clock.conductor_url",
                           "a conducted clock needs [clock] conductor_url");
        add_fault(faults, &fault);
    }
    if (!is_conducted && gw_config_text(config, GW_SETTING_RANDOM_SEED_FILE)[0] != '\0') {
        (void)gw_fail_with(&fault, GW_CODE_INVALID, "random.seed_file",
                           "[random] seed_file is allowed with a conducted clock only");
        add_fault(faults, &fault);
    }
}

gw_status gw_config_open(const char *path, char *const *environment, gw_config **ret,
                         gw_config_faults *ret_faults) {
    gw_config *config = NULL;
    gw_arena *arena = gw_arena_open(ARENA_CAP);
    ret_faults->count = 0;
    if (arena == NULL) return gw_fail(NULL, GW_CODE_NO_MEMORY);
    const gw_status taken = GW_ARENA_NEW(arena, gw_config, 1, &config, NULL);
    if (!gw_is_ok(taken)) {
        gw_arena_close(arena);
        return taken;
    }
    config->arena = arena;
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        const gw_setting_facts facts = gw_setting_get((gw_setting)i);
        store(config, (gw_setting)i, gw_text_from_c(facts.fallback), "default");
    }
    if (path != NULL) read_file(config, path, ret_faults);
    read_environment(config, environment, ret_faults);
    check_together(config, ret_faults);
    if (ret_faults->count > 0) {
        gw_config_close(config);
        return (gw_status){GW_CODE_INVALID};
    }
    *ret = config;
    return gw_ok();
}

void gw_config_close(gw_config *config) {
    if (config != NULL) gw_arena_close(config->arena);
}

const char *gw_config_text(const gw_config *config, gw_setting setting) {
    return config->entries[setting].value;
}

bool gw_config_is(const gw_config *config, gw_setting setting, const char *literal) {
    return strcmp(gw_config_text(config, setting), literal) == 0;
}

int64_t gw_config_int(const gw_config *config, gw_setting setting) {
    int64_t number = 0;
    assert(gw_setting_get(setting).type == GW_SETTING_TYPE_INT);
    const gw_text text = gw_text_from_c(gw_config_text(config, setting));
    gw_ignore(gw_int64_parse(text, &number, NULL)); /* checked when it was read */
    return number;
}

bool gw_config_flag(const gw_config *config, gw_setting setting) {
    assert(gw_setting_get(setting).type == GW_SETTING_TYPE_FLAG);
    return gw_config_is(config, setting, "true");
}

void gw_config_print(const gw_config *config, FILE *out) {
    const char *section = "";
    char last[GW_SETTING_NAME_SIZE] = "";
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        const gw_setting_facts facts = gw_setting_get((gw_setting)i);
        const entry *from = &config->entries[i];
        if (strcmp(last, facts.section) != 0) {
            (void)fprintf(out, "%s[%s]\n", section, facts.section);
            section = "\n";
            memcpy(last, facts.section, sizeof last);
        }
        const bool is_hidden = facts.is_secret && from->value[0] != '\0';
        (void)fprintf(out, "%s = %s ; %s\n", facts.key, is_hidden ? "********" : from->value,
                      from->origin);
    }
}
