/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of `gridwitness grid` share; the table of the studies is studies.def.
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_network.h"

#include <stdio.h>

/* A network of a million nodes needs about 1.4 GiB with its file. */
#define GW_GRID_ARENA_CAP (4UL * 1024 * 1024 * 1024)

#define GW_STUDY(name, arguments, help) int gw_grid_##name(int argc, char **argv);
#include "server/cli/studies.def"
#undef GW_STUDY

/* The line of one study and the lines of its options on standard error; GW_EXIT_USAGE. */
int gw_grid_usage(const char *study, const char *options);
/* "grid: FILE: pointer: reason" on standard error; GW_EXIT_FAILURE. */
int gw_grid_failed(const char *path, const gw_fault *fault);

/* A whole file into the arena, at most 1 GiB. */
GW_MUST_CHECK gw_status gw_grid_file_read(gw_arena *arena, const char *path, gw_bytes *ret,
                                          gw_fault *reterr);
/* A network of any format (server/gridfile/format.h), validated: a file, or a folder for SimBench.
 * The files beside an OpenDSS script are there for its redirects. */
GW_MUST_CHECK gw_status gw_grid_net_read(gw_arena *arena, const char *path, gw_net *ret,
                                         gw_fault *reterr);
/* The same with its loads from a row of the profiles. */
GW_MUST_CHECK gw_status gw_grid_net_read_step(gw_arena *arena, const char *path, int64_t step,
                                              gw_net *ret, gw_fault *reterr);
/* What was written, to standard output. */
GW_MUST_CHECK gw_status gw_grid_show(const gw_writer *out, gw_fault *reterr);
