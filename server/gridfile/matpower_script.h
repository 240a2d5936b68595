/* SPDX-License-Identifier: Apache-2.0
 *
 * The program text of a MATPOWER case: its matrices as tables and which of the known conversions
 * it does. Knows MATLAB as far as case files use it.
 */
#pragma once

#include "server/gridfile/table.h"

typedef struct gw_matpower_script {
    gw_text name;
    double base_mva;
    gw_table bus;
    gw_table gen;
    gw_table branch;
    bool is_in_ohm;      /* branch r and x; bases: voltage of the first bus */
    bool is_in_kw;       /* bus Pd and Qd */
    double power_factor; /* 0: Qd stands in the table; otherwise Pd is an apparent power */
} gw_matpower_script;

GW_MUST_CHECK gw_status gw_matpower_script_parse(gw_arena *arena, gw_text file,
                                                 gw_matpower_script *ret, gw_fault *reterr);
