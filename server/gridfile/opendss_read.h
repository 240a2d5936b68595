/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the OpenDSS reader share: typed properties of elements and the readers of
 * single elements. The first fault is kept.
 */
#pragma once

#include "server/gridfile/opendss_script.h"

typedef struct gw_dss {
    gw_arena *arena;
    const gw_gridfile *file;
    gw_dss_script script;
    gw_net_index nodes;
    gw_net net;
    gw_status status;
    gw_fault *reterr;
} gw_dss;

void gw_dss_refuse(gw_dss *in, const gw_dss_element *element, const char *key, const char *what);
double gw_dss_number(gw_dss *in, const gw_dss_element *element, const char *key, double otherwise);
/* Empty when absent. */
gw_text gw_dss_text(const gw_dss_element *element, const char *key);
/* yes, true, y, t in any case */
bool gw_dss_flag(const gw_dss_element *element, const char *key);
bool gw_dss_is_word(gw_text text, const char *word); /* without case */
/* The element of that class and name, NULL when there is none. */
const gw_dss_element *gw_dss_element_named(const gw_dss *in, const char *class, gw_text name);

/* A bus as written: "899.2" is node 899 on phase B. phases 0: all three. Lower case. */
typedef struct gw_dss_bus {
    gw_text id;
    unsigned phases;
} gw_dss_bus;
gw_dss_bus gw_dss_bus_parse(gw_dss *in, const gw_dss_element *element, const char *key,
                            gw_text text);
uint32_t gw_dss_node(gw_dss *in, const gw_dss_element *element, const char *key, gw_text text);

/* Number `at` of the winding (0 or 1) from the list property or from "wdg=2 kv=0.4". */
double gw_dss_winding(gw_dss *in, const gw_dss_element *element, const char *keys[2], size_t at,
                      double otherwise);
gw_text gw_dss_winding_text(const gw_dss_element *element, const char *keys[2], size_t at);

void gw_dss_read_source(gw_dss *in, const gw_dss_element *element);
void gw_dss_read_line(gw_dss *in, const gw_dss_element *element);
void gw_dss_read_transformer(gw_dss *in, const gw_dss_element *element);
void gw_dss_read_load(gw_dss *in, const gw_dss_element *element);
