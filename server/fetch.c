/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fetch.h"

#include "base/writer.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 10000, RESPONSE_LIMIT = 1024 * 1024, HEADER_LONGEST = 512 };

struct gw_fetch {
    CURL *easy;
    char *ca_file;
};

typedef struct sink {
    gw_writer writer;
    size_t limit;
    bool too_large;
} sink;

static pthread_once_t start_once = PTHREAD_ONCE_INIT;

static void start_library(void) { (void)curl_global_init(CURL_GLOBAL_DEFAULT); }

gw_fetch *gw_fetch_open(const char *ca_file) {
    (void)pthread_once(&start_once, start_library);
    gw_fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL) return NULL;
    fetch->easy = curl_easy_init();
    fetch->ca_file = ca_file == NULL ? NULL : strdup(ca_file);
    if (fetch->easy != NULL) return fetch;
    gw_fetch_close(fetch);
    return NULL;
}

void gw_fetch_close(gw_fetch *fetch) {
    if (fetch == NULL) return;
    if (fetch->easy != NULL) curl_easy_cleanup(fetch->easy);
    free(fetch->ca_file);
    free(fetch);
}

static size_t take_piece(char *bytes, size_t size, size_t count, void *context) {
    sink *into = context;
    const size_t length = size * count;
    if (into->writer.length + length > into->limit) {
        into->too_large = true;
        return 0;
    }
    gw_write_bytes(&into->writer, bytes, length);
    return into->writer.failed ? 0 : length;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value) {
    char line[HEADER_LONGEST];
    if (value == NULL) return list;
    const int length = snprintf(line, sizeof line, "%s%s", name, value);
    if (length < 0 || (size_t)length >= sizeof line) return list;
    struct curl_slist *longer = curl_slist_append(list, line);
    return longer == NULL ? list : longer;
}

static struct curl_slist *headers_of(const gw_fetch_request *request) {
    struct curl_slist *list = NULL;
    list = add_header(list, "Authorization: Bearer ", request->bearer);
    list = add_header(list, "", request->extra_header);
    list = add_header(list, "Expect:", "");
    const char *type = request->content_type;
    if (type == NULL && request->body.length > 0) type = "application/json";
    return add_header(list, "Content-Type: ", type);
}

static void set_limits(const gw_fetch *fetch, const gw_fetch_request *request) {
    const long timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;
    (void)curl_easy_setopt(fetch->easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (fetch->ca_file != NULL) (void)curl_easy_setopt(fetch->easy, CURLOPT_CAINFO, fetch->ca_file);
}

static void set_body(const gw_fetch *fetch, const gw_fetch_request *request) {
    (void)curl_easy_setopt(fetch->easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->body.length == 0) return;
    (void)curl_easy_setopt(fetch->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)request->body.length);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_POSTFIELDS, (const char *)request->body.at);
}

static gw_status failure(CURLcode code, const gw_fetch_request *request, const sink *into,
                         gw_fault *reterr) {
    if (into->too_large) {
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, request->url,
                            "the answer is larger than %zu bytes", into->limit);
    }
    const gw_code kind = code == CURLE_OPERATION_TIMEDOUT ? GW_CODE_TIMED_OUT : GW_CODE_UNAVAILABLE;
    return gw_fail_with(reterr, kind, request->url, "could not reach the service: %s",
                        curl_easy_strerror(code));
}

gw_status gw_fetch_run(gw_fetch *fetch, gw_arena *arena, const gw_fetch_request *request,
                       gw_fetch_response *ret, gw_fault *reterr) {
    sink into = {.limit = request->response_limit > 0 ? request->response_limit : RESPONSE_LIMIT};
    gw_writer_init(&into.writer, arena);
    curl_easy_reset(fetch->easy);
    set_limits(fetch, request);
    set_body(fetch, request);
    struct curl_slist *headers = headers_of(request);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_URL, request->url);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_WRITEFUNCTION, take_piece);
    (void)curl_easy_setopt(fetch->easy, CURLOPT_WRITEDATA, &into);
    const CURLcode code = curl_easy_perform(fetch->easy);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) return failure(code, request, &into, reterr);
    long status = 0;
    (void)curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
    GW_TRY(gw_writer_end(&into.writer, &ret->body, reterr));
    ret->status = (int)status;
    return gw_ok();
}
