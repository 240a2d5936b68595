/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/format.h"

#include "server/gridfile/gw_net.h"
#include "server/gridfile/matpower.h"
#include "server/gridfile/opendss.h"
#include "server/gridfile/pandapower.h"
#include "server/gridfile/pgm.h"
#include "server/gridfile/simbench.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef gw_status parser(gw_arena *arena, const gw_gridfile *file, gw_net *ret, gw_fault *reterr);

static gw_bytes first_bytes(const gw_gridfile *file) {
    return (gw_bytes){(const uint8_t *)file->parts[0].text.at, file->parts[0].text.length};
}

static gw_status parse_gw_net(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                              gw_fault *reterr) {
    return gw_net_parse(arena, first_bytes(file), ret, reterr);
}

static gw_status parse_pgm(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                           gw_fault *reterr) {
    return gw_pgm_parse(arena, first_bytes(file), ret, reterr);
}

static gw_status parse_pandapower(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                                  gw_fault *reterr) {
    return gw_pandapower_parse(arena, first_bytes(file), ret, reterr);
}

static gw_status parse_matpower(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                                gw_fault *reterr) {
    return gw_matpower_parse(arena, file->parts[0].text, ret, reterr);
}

/* `ending` and `sign` tell a format from the name and the text of its first part. */
typedef struct reader {
    const char *name;
    const char *ending;
    const char *sign;
    parser *parse;
} reader;

static const reader formats[GW_GRIDFILE_FORMATS] = {
    [GW_GRIDFILE_GW_NET] = {"gw-net", ".json", "\"gw-net\"", parse_gw_net},
    [GW_GRIDFILE_PGM] = {"pgm", ".json", "\"is_batch\"", parse_pgm},
    [GW_GRIDFILE_PANDAPOWER] = {"pandapower", ".json", "pandapowerNet", parse_pandapower},
    [GW_GRIDFILE_MATPOWER] = {"matpower", ".m", "mpc", parse_matpower},
    [GW_GRIDFILE_SIMBENCH] = {"simbench", ".csv", ";", gw_simbench_parse},
    [GW_GRIDFILE_OPENDSS] = {"opendss", ".dss", "", gw_opendss_parse},
};

bool gw_gridfile_format_parse(gw_text word, gw_gridfile_format *ret) {
    for (size_t at = 0; at < COUNT_OF(formats); at++) {
        if (!gw_text_is(word, formats[at].name)) continue;
        *ret = (gw_gridfile_format)at;
        return true;
    }
    return false;
}

const char *gw_gridfile_format_name(gw_gridfile_format format) { return formats[format].name; }

static char lower(char letter) {
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

static bool is_alike(gw_text left, gw_text right) {
    if (left.length != right.length) return false;
    for (size_t at = 0; at < left.length; at++)
        if (lower(left.at[at]) != lower(right.at[at])) return false;
    return true;
}

static bool ends_with(gw_text name, const char *ending) {
    const gw_text end = gw_text_from_c(ending);
    return name.length >= end.length &&
           is_alike(gw_text_part(name, name.length - end.length, name.length), end);
}

static bool contains(gw_text text, const char *sign) {
    const size_t length = strlen(sign);
    for (size_t at = 0; at + length <= text.length; at++)
        if (memcmp(text.at + at, sign, length) == 0) return true;
    return false;
}

bool gw_gridfile_guess(const gw_gridfile_part *parts, size_t part_count, gw_gridfile_format *ret) {
    enum { LOOKED_AT = 4096 };
    if (part_count == 0) return false;
    const gw_text head = gw_text_part(parts[0].text, 0, LOOKED_AT);
    for (size_t at = 0; at < COUNT_OF(formats); at++) {
        if (!ends_with(parts[0].name, formats[at].ending) || !contains(head, formats[at].sign))
            continue;
        *ret = (gw_gridfile_format)at;
        return true;
    }
    return false;
}

const gw_gridfile_part *gw_gridfile_find(const gw_gridfile *file, gw_text name) {
    for (size_t at = 0; at < file->part_count; at++)
        if (is_alike(file->parts[at].name, name)) return &file->parts[at];
    return NULL;
}

gw_status gw_gridfile_parse(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                            gw_fault *reterr) {
    if (file->part_count == 0 || file->part_count > GW_GRIDFILE_PARTS_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, "", "1 to %d files are taken, %zu are there",
                            GW_GRIDFILE_PARTS_MOST, file->part_count);
    return formats[file->format].parse(arena, file, ret, reterr);
}
