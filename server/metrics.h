/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters, gauges and histograms of the process, rows of metrics.def, shown by GET /metrics in the
 * Prometheus text format. Process-wide, any thread. Integers only; a SECONDS histogram is fed in
 * microseconds. A metric with labels keeps at most GW_METRIC_SERIES_MAX label sets, the rest is
 * counted under "other".
 */
#pragma once

#include "base/status.h"
#include "base/writer.h"

#include <stdint.h>

typedef enum gw_metric {
#define GW_METRIC(symbol, kind, name, labels, help) GW_METRIC_##symbol,
#include "server/metrics.def"
#undef GW_METRIC
    GW_METRIC_COUNT
} gw_metric;

enum { GW_METRIC_SERIES_MAX = 128, GW_METRIC_LABEL_MAX = 80 };

/* labels: the values, comma separated, in the order of the row's names ("listParties,200"); NULL or
 * "" for a metric without labels. */
void gw_metric_add(gw_metric metric, const char *labels, int64_t amount); /* COUNTER, GAUGE */
void gw_metric_set(gw_metric metric, const char *labels, int64_t value);  /* GAUGE */
void gw_metric_observe(gw_metric metric, const char *labels, int64_t us); /* SECONDS */
int64_t gw_metric_get(gw_metric metric, const char *labels); /* value, or count of a histogram */

void gw_metrics_write(gw_writer *out); /* the whole page */
void gw_metrics_reset(void);           /* for tests */
