/* SPDX-License-Identifier: Apache-2.0
 *
 * One JSON line per entry on standard error: ts, level, event, id, subject, code, detail. A failure
 * is logged once, where it stops travelling up. Event names are dotted nouns: "outbox.delivered".
 * error: a person must act; warning: degraded, going on; info: life cycle and money; debug: off.
 * Any thread may call; a line is one write(2), at most GW_LOG_LINE_MAX bytes, longer text is cut.
 * ts is real time, not market time. Never give it a secret or a reading's value.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef enum gw_level {
    GW_LEVEL_DEBUG,
    GW_LEVEL_INFO,
    GW_LEVEL_WARNING,
    GW_LEVEL_ERROR,
} gw_level;

enum { GW_LOG_LINE_MAX = 4096 };

typedef struct gw_log_entry {
    gw_level level;
    const char *event;
    gw_text id;      /* request or message id; empty: left out */
    gw_text subject; /* what it is about; empty: left out */
    gw_code code;    /* GW_CODE_OK: left out */
    gw_text detail;  /* a sentence; empty: left out */
} gw_log_entry;

/* fd -1: standard error. Under journald (JOURNAL_STREAM is set) lines carry a priority prefix. */
void gw_log_init(gw_level least, int fd);
bool gw_log_is_on(gw_level level);

void gw_log_write(const gw_log_entry *entry);
void gw_log(gw_level level, const char *event, const char *subject, const char *format, ...)
    GW_PRINTF(4, 5);
/* Logs a fault: code, subject, message and hint. id may be empty. */
void gw_log_fault(gw_level level, const char *event, gw_text id, const gw_fault *fault);

/* The line without the priority prefix, with its line feed; returns its length. Pure but for ts,
 * which the caller hands in (RFC 3339). For gw_log_write and its tests. */
size_t gw_log_print(const gw_log_entry *entry, const char *ts, char out[GW_LOG_LINE_MAX]);
