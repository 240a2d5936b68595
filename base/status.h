/* SPDX-License-Identifier: Apache-2.0
 *
 * One way to fail. A fallible function returns gw_status and, on failure only, fills the gw_fault
 * that its caller owns. Outputs are written on success only. Not thread-shared: a fault belongs to
 * one unit of work. Pure: no allocation, no I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define GW_MUST_CHECK __attribute__((warn_unused_result))
#define GW_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

typedef enum gw_code {
    GW_CODE_OK = 0,
#define GW_STATUS(symbol, wire, http, retryable, title) GW_CODE_##symbol,
#include "base/status.def"
#undef GW_STATUS
    GW_CODE_COUNT
} gw_code;

/* A struct, so that `if (gw_meter_load(...))` does not compile. */
typedef struct gw_status {
    gw_code code;
} gw_status;

/* Sizes are limits: longer text is cut, never overrun. */
typedef struct gw_fault {
    gw_code code;
    char subject[96];  /* what it is about: a JSON pointer, a file and line, an id */
    char message[256]; /* lower case, no full stop: what and why, value quoted */
    char hint[256];    /* a full sentence: what to do next; may be empty */
} gw_fault;

static inline gw_status gw_ok(void) { return (gw_status){GW_CODE_OK}; }
static inline bool gw_is_ok(gw_status status) { return status.code == GW_CODE_OK; }

/* What the two below are made of: never returns GW_CODE_OK. */
gw_status gw_fault_fill(gw_fault *reterr, gw_code code, const char *subject, const char *format,
                        ...) GW_PRINTF(4, 5);

/* Tells compilers and analysers that a failure is a failure, across files. */
static inline gw_status gw_failed(gw_status status) {
    if (status.code == GW_CODE_OK) __builtin_unreachable();
    return status;
}

/* gw_fail_with(reterr, code, subject, format, ...) fills the fault and returns the code; reterr and
 * subject may be NULL. A macro only because C cannot hand variable arguments on. */
#define gw_fail_with(reterr, code, ...) gw_failed(gw_fault_fill((reterr), (code), __VA_ARGS__))

/* Adds the sentence that says what to do next; to end a return. status is a failure. */
void gw_fault_hint(gw_fault *reterr, gw_status status, const char *hint);
static inline gw_status gw_hint(gw_fault *reterr, gw_status status, const char *hint) {
    gw_fault_hint(reterr, status, hint);
    return status;
}

/* Wire facts of a code; GW_CODE_OK gives "ok", 200, false, "". */
const char *gw_code_wire(gw_code code);
int gw_code_http(gw_code code);
bool gw_code_is_retryable(gw_code code);
const char *gw_code_title(gw_code code);

/* Fills the fault with the code's title as message. reterr may be NULL. */
static inline gw_status gw_fail(gw_fault *reterr, gw_code code) {
    return gw_fail_with(reterr, code, NULL, "%s", gw_code_title(code));
}

/* A deliberate ignore; the caller's comment says why it is safe. */
static inline void gw_ignore(gw_status status) { (void)status; }

/* The only macro of the tree that may leave a function. */
#define GW_TRY(expression)                                                                         \
    do {                                                                                           \
        const gw_status gw_try_status_ = (expression);                                             \
        if (gw_try_status_.code != GW_CODE_OK) return gw_try_status_;                              \
    } while (0)
