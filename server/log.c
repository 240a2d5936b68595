/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log.h"

#include "server/clock.h"
#include "server/metrics.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DETAIL_SIZE = 1024, PREFIX_SIZE = 4 };

typedef struct level_facts {
    const char *name;
    char priority; /* of syslog, for journald's "<6>" prefix */
} level_facts;

static const level_facts facts_of[] = {
    [GW_LEVEL_DEBUG] = {"debug", '7'},
    [GW_LEVEL_INFO] = {"info", '6'},
    [GW_LEVEL_WARNING] = {"warning", '4'},
    [GW_LEVEL_ERROR] = {"error", '3'},
};

static _Atomic int least_level = GW_LEVEL_INFO;
static _Atomic int output = STDERR_FILENO;
static _Atomic bool is_journald;

void gw_log_init(gw_level least, int fd) {
    atomic_store(&least_level, (int)least);
    atomic_store(&output, fd < 0 ? STDERR_FILENO : fd);
    atomic_store(&is_journald, fd < 0 && getenv("JOURNAL_STREAM") != NULL);
}

bool gw_log_is_on(gw_level level) { return (int)level >= atomic_load(&least_level); }

typedef struct line {
    char *at;
    size_t used;
    size_t room; /* the end of the line always fits behind it */
} line;

static void put(line *out, const char *bytes, size_t count) {
    if (count > out->room - out->used) return;
    memcpy(out->at + out->used, bytes, count);
    out->used += count;
}

/* One character in JSON's terms. Bytes over 0x7f pass: text is UTF-8 when it gets here or it is
 * replaced, so that a reader of the log never stumbles. */
static void put_letter(line *out, unsigned char letter) {
    char escaped[8];
    if (letter == '"' || letter == '\\') {
        put(out, (const char[]){'\\', (char)letter}, 2);
    } else if (letter < 0x20 || letter == 0x7f) {
        put(out, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", letter));
    } else {
        put(out, (const char *)&letter, 1);
    }
}

static size_t length_by_first(unsigned char first) {
    if (first < 0x80) return 1;
    if (first < 0xc2) return 0;
    if (first < 0xe0) return 2;
    if (first < 0xf0) return 3;
    return first < 0xf5 ? 4 : 0;
}

/* Length of the UTF-8 sequence at `from`, 0 when it is none. */
static size_t sequence_length(gw_text text, size_t from) {
    const size_t length = length_by_first((unsigned char)text.at[from]);
    if (from + length > text.length) return 0;
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text.at[from + i] & 0xc0) != 0x80) return 0;
    }
    return length;
}

static void put_text(line *out, gw_text text) {
    put(out, "\"", 1);
    size_t from = 0;
    while (from < text.length && out->room - out->used > 16) {
        const size_t length = sequence_length(text, from);
        if (length == 1) put_letter(out, (unsigned char)text.at[from]);
        if (length == 0) put(out, "\\ufffd", 6);
        if (length > 1) put(out, text.at + from, length);
        from += length == 0 ? 1 : length;
    }
    put(out, "\"", 1);
}

static void put_field(line *out, const char *name, gw_text value) {
    if (value.length == 0) return;
    put(out, out->used == 1 ? "\"" : ",\"", out->used == 1 ? 1 : 2);
    put(out, name, strlen(name));
    put(out, "\":", 2);
    put_text(out, value);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through `made` */
size_t gw_log_print(const gw_log_entry *entry, const char *ts, char out[GW_LOG_LINE_MAX]) {
    line made = {.at = out, .room = GW_LOG_LINE_MAX - 3};
    put(&made, "{", 1);
    put_field(&made, "ts", gw_text_from_c(ts));
    put_field(&made, "level", gw_text_from_c(facts_of[entry->level].name));
    put_field(&made, "event", gw_text_from_c(entry->event));
    put_field(&made, "id", entry->id);
    put_field(&made, "subject", entry->subject);
    if (entry->code != GW_CODE_OK) {
        put_field(&made, "code", gw_text_from_c(gw_code_wire(entry->code)));
    }
    put_field(&made, "detail", entry->detail);
    made.room = GW_LOG_LINE_MAX;
    put(&made, "}\n", 2);
    return made.used;
}

void gw_log_write(const gw_log_entry *entry) {
    char ts[GW_INSTANT_TEXT_SIZE];
    char text[PREFIX_SIZE + GW_LOG_LINE_MAX];
    gw_metric_add(GW_METRIC_LOG_LINES, facts_of[entry->level].name, 1);
    if (!gw_log_is_on(entry->level)) return;
    gw_instant_print(gw_clock_real(), ts);
    size_t prefix = 0;
    if (atomic_load(&is_journald)) {
        prefix = 3;
        memcpy(text, (const char[]){'<', facts_of[entry->level].priority, '>'}, prefix);
    }
    char body[GW_LOG_LINE_MAX];
    const size_t length = gw_log_print(entry, ts, body);
    memcpy(text + prefix, body, length);
    /* There is nobody left to tell when the log itself cannot be written. */
    if (write(atomic_load(&output), text, prefix + length) < 0) return;
}

void gw_log(gw_level level, const char *event, const char *subject, const char *format, ...) {
    char detail[DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    gw_log_write(&(gw_log_entry){.level = level,
                                 .event = event,
                                 .subject = gw_text_from_c(subject),
                                 .detail = gw_text_from_c(detail)});
}

void gw_log_fault(gw_level level, const char *event, gw_text id, const gw_fault *fault) {
    char detail[DETAIL_SIZE];
    (void)snprintf(detail, sizeof detail, "%s%s%s", fault->message,
                   fault->hint[0] == '\0' ? "" : ". ", fault->hint);
    gw_log_write(&(gw_log_entry){.level = level,
                                 .event = event,
                                 .id = id,
                                 .subject = gw_text_from_c(fault->subject),
                                 .code = fault->code,
                                 .detail = gw_text_from_c(detail)});
}
