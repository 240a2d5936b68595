/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

typedef enum kind {
    KIND_COUNTER,
    KIND_GAUGE,
    KIND_SECONDS,
} kind;

typedef struct facts {
    kind kind;
    const char *name;
    const char *labels;
    const char *help;
} facts;

static const facts facts_of[GW_METRIC_COUNT] = {
#define GW_METRIC(symbol, kind_of, name, labels, help)                                             \
    [GW_METRIC_##symbol] = {KIND_##kind_of, name, labels, help},
#include "server/metrics.def"
#undef GW_METRIC
};

static const char *const kind_names[] = {"counter", "gauge", "histogram"};

/* Upper bounds of the histogram's buckets in microseconds; the last bucket is +Inf. */
static const int64_t bounds_us[] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                    100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};
enum { BOUNDS = sizeof bounds_us / sizeof bounds_us[0], SERIES_MOST = 2048 };

typedef struct series {
    char labels[GW_METRIC_LABEL_MAX];
    int next;      /* index + 1 of the metric's next series; 0: last */
    int64_t value; /* sum in us for a histogram */
    int64_t count;
    int64_t buckets[BOUNDS];
} series;

/* All guarded by the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static series pool[SERIES_MOST];
static int pool_used;
static int first_of[GW_METRIC_COUNT]; /* index + 1; 0: none */
static int count_of[GW_METRIC_COUNT];

static series *find(gw_metric metric, const char *labels) {
    for (int at = first_of[metric]; at != 0; at = pool[at - 1].next) {
        if (strncmp(pool[at - 1].labels, labels, GW_METRIC_LABEL_MAX - 1) == 0) {
            return &pool[at - 1];
        }
    }
    return NULL;
}

static series *append(gw_metric metric, const char *labels) {
    if (pool_used == SERIES_MOST) return NULL;
    series *made = &pool[pool_used++];
    memset(made, 0, sizeof *made);
    memcpy(made->labels, labels, strnlen(labels, GW_METRIC_LABEL_MAX - 1));
    int *link = &first_of[metric];
    while (*link != 0) link = &pool[*link - 1].next;
    *link = pool_used;
    count_of[metric]++;
    return made;
}

/* NULL only when the whole pool is used up: the value is then lost, never the process. */
static series *find_or_append(gw_metric metric, const char *labels) {
    const char *wanted = labels == NULL ? "" : labels;
    series *known = find(metric, wanted);
    if (known != NULL) return known;
    if (count_of[metric] < GW_METRIC_SERIES_MAX - 1) return append(metric, wanted);
    known = find(metric, "other");
    return known != NULL ? known : append(metric, "other");
}

void gw_metric_add(gw_metric metric, const char *labels, int64_t amount) {
    (void)pthread_mutex_lock(&lock);
    series *one = find_or_append(metric, labels);
    if (one != NULL) one->value += amount;
    (void)pthread_mutex_unlock(&lock);
}

void gw_metric_set(gw_metric metric, const char *labels, int64_t value) {
    (void)pthread_mutex_lock(&lock);
    series *one = find_or_append(metric, labels);
    if (one != NULL) one->value = value;
    (void)pthread_mutex_unlock(&lock);
}

void gw_metric_observe(gw_metric metric, const char *labels, int64_t us) {
    (void)pthread_mutex_lock(&lock);
    series *one = find_or_append(metric, labels);
    if (one != NULL) {
        one->value += us;
        one->count++;
        for (int i = 0; i < BOUNDS; i++) one->buckets[i] += us <= bounds_us[i] ? 1 : 0;
    }
    (void)pthread_mutex_unlock(&lock);
}

int64_t gw_metric_get(gw_metric metric, const char *labels) {
    (void)pthread_mutex_lock(&lock);
    const series *one = find(metric, labels == NULL ? "" : labels);
    int64_t value = 0;
    if (one != NULL) value = facts_of[metric].kind == KIND_SECONDS ? one->count : one->value;
    (void)pthread_mutex_unlock(&lock);
    return value;
}

static void write_escaped(gw_writer *out, gw_text value) {
    for (size_t i = 0; i < value.length; i++) {
        const char letter = value.at[i];
        if (letter == '"' || letter == '\\') gw_write_c(out, "\\");
        gw_write_bytes(out, letter == '\n' ? " " : &letter, 1);
    }
}

/* {route="listParties",code="200"}; `le` is the bucket's bound or NULL. */
static void write_labels(gw_writer *out, const char *names, const char *values, const char *le) {
    gw_text name_rest = gw_text_from_c(names);
    gw_text value_rest = gw_text_from_c(values);
    if (name_rest.length == 0 && le == NULL) return;
    const char *separator = "{";
    while (name_rest.length > 0) {
        gw_write_c(out, separator);
        gw_write_text(out, gw_text_split(&name_rest, ','));
        gw_write_c(out, "=\"");
        write_escaped(out, gw_text_split(&value_rest, ','));
        gw_write_c(out, "\"");
        separator = ",";
    }
    if (le != NULL) gw_write_format(out, "%sle=\"%s\"", separator, le);
    gw_write_c(out, "}");
}

static void write_seconds(gw_writer *out, const facts *about, const series *one) {
    char bound[GW_DECIMAL_TEXT_SIZE];
    for (int i = 0; i < BOUNDS; i++) {
        gw_decimal_print(bounds_us[i], 6, bound);
        gw_write_format(out, "%s_bucket", about->name);
        write_labels(out, about->labels, one->labels, bound);
        gw_write_format(out, " %" PRId64 "\n", one->buckets[i]);
    }
    gw_write_format(out, "%s_bucket", about->name);
    write_labels(out, about->labels, one->labels, "+Inf");
    gw_decimal_print(one->value, 6, bound);
    gw_write_format(out, " %" PRId64 "\n%s_sum", one->count, about->name);
    write_labels(out, about->labels, one->labels, NULL);
    gw_write_format(out, " %s\n%s_count", bound, about->name);
    write_labels(out, about->labels, one->labels, NULL);
    gw_write_format(out, " %" PRId64 "\n", one->count);
}

static void write_plain(gw_writer *out, const facts *about, const series *one) {
    gw_write_c(out, about->name);
    write_labels(out, about->labels, one->labels, NULL);
    gw_write_format(out, " %" PRId64 "\n", one->value);
}

static void write_metric(gw_writer *out, int metric) {
    const facts *about = &facts_of[metric];
    if (first_of[metric] == 0) return;
    gw_write_format(out, "# HELP %s %s\n# TYPE %s %s\n", about->name, about->help, about->name,
                    kind_names[about->kind]);
    for (int at = first_of[metric]; at != 0; at = pool[at - 1].next) {
        if (about->kind == KIND_SECONDS) write_seconds(out, about, &pool[at - 1]);
        if (about->kind != KIND_SECONDS) write_plain(out, about, &pool[at - 1]);
    }
}

void gw_metrics_write(gw_writer *out) {
    (void)pthread_mutex_lock(&lock);
    for (int i = 0; i < GW_METRIC_COUNT; i++) write_metric(out, i);
    (void)pthread_mutex_unlock(&lock);
}

void gw_metrics_reset(void) {
    (void)pthread_mutex_lock(&lock);
    pool_used = 0;
    memset(first_of, 0, sizeof first_of);
    memset(count_of, 0, sizeof count_of);
    (void)pthread_mutex_unlock(&lock);
}
