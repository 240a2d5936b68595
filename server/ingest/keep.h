/* SPDX-License-Identifier: Apache-2.0
 *
 * Retention of what was taken in: journal segments that every reader has passed, days of readings,
 * message numbers and dead letters, each by its setting. Loader's thread.
 */
#pragma once

#include "server/app.h"

#include <stdint.h>

/* passed: last journal record that is in the database. Failures are logged; the next call tries
 * again. */
void gw_ingest_keep(gw_app *app, uint64_t passed);
