/* SPDX-License-Identifier: Apache-2.0
 *
 * An OpenDSS script as a list of elements with their properties in the order given. Knows New,
 * Edit, More (~), BatchEdit of a whole class, Redirect and Compile (files are parts, found by their
 * name without folders), Set, Clear, Solve and comments. Names are lower case from here on. Other
 * commands do not change a circuit and are passed over. Edits come behind what they edit, so the
 * last value of a property counts.
 */
#pragma once

#include "server/gridfile/format.h"

enum { GW_DSS_REDIRECTS_MOST = 16 };

typedef struct gw_dss_value {
    gw_text key;
    gw_text text; /* without its quotes or brackets */
    struct gw_dss_value *next;
} gw_dss_value;

typedef struct gw_dss_element {
    gw_text class;
    gw_text name;
    const char *part; /* where it stands */
    size_t line;
    gw_dss_value *first;
    gw_dss_value *last;
    struct gw_dss_element *next;
} gw_dss_element;

typedef struct gw_dss_script {
    gw_dss_element *first;   /* in the order of the script; a circuit is also vsource.source */
    gw_dss_element *options; /* what Set said */
} gw_dss_script;

GW_MUST_CHECK gw_status gw_dss_parse(gw_arena *arena, const gw_gridfile *file, gw_dss_script *ret,
                                     gw_fault *reterr);

/* The last value of the property, or nothing. */
const gw_dss_value *gw_dss_find(const gw_dss_element *element, const char *key);
/* The next value of a list: separated by blanks, commas or |. Empty at the end. */
gw_text gw_dss_take(gw_text *list);
/* Fault with subject "/<part>/<line>/<key>". */
GW_MUST_CHECK gw_status gw_dss_blame(const gw_dss_element *element, const char *key,
                                     const char *what, gw_fault *reterr);
