/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cli/grid.h"
#include "server/gridfile/format.h"
#include "server/gridfile/gw_net.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static gw_status read_open_file(FILE *file, gw_arena *arena, gw_bytes *ret, gw_fault *reterr) {
    struct stat facts;
    uint8_t *bytes = NULL;
    if (fstat(fileno(file), &facts) != 0 || !S_ISREG(facts.st_mode))
        return gw_fail_with(reterr, GW_CODE_IO, "", "it is no regular file");
    if (facts.st_size > GW_NET_FILE_BYTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "the file is above 1 GiB");
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, (size_t)facts.st_size, &bytes, reterr));
    const size_t length = fread(bytes, 1, (size_t)facts.st_size, file);
    if (ferror(file) != 0) return gw_fail_with(reterr, GW_CODE_IO, "", "it cannot be read");
    *ret = (gw_bytes){bytes, length};
    return gw_ok();
}

gw_status gw_grid_file_read(gw_arena *arena, const char *path, gw_bytes *ret, gw_fault *reterr) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return gw_fail_with(reterr, GW_CODE_IO, "", "the file cannot be opened");
    const gw_status status = read_open_file(file, arena, ret, reterr);
    (void)fclose(file);
    return status;
}

/* ---- formats of several files ---- */

typedef struct bundle {
    gw_arena *arena;
    gw_gridfile_part *parts;
    size_t count;
    bool is_script;
    gw_fault *reterr;
} bundle;

static gw_status add_part(bundle *to, const char *path) {
    gw_bytes bytes;
    const char *slash = strrchr(path, '/');
    gw_text name;
    if (to->count == GW_GRIDFILE_PARTS_MOST)
        return gw_fail_with(to->reterr, GW_CODE_TOO_LARGE, "", "more than %d files in the folder",
                            GW_GRIDFILE_PARTS_MOST);
    GW_TRY(gw_grid_file_read(to->arena, path, &bytes, to->reterr));
    GW_TRY(gw_text_copy(to->arena, gw_text_from_c(slash == NULL ? path : slash + 1), &name,
                        to->reterr));
    to->parts[to->count++] = (gw_gridfile_part){name, {(const char *)bytes.at, bytes.length}};
    return gw_ok();
}

/* Tables of a folder, or whatever a script may redirect to. */
static bool is_wanted(const bundle *to, const char *name) {
    const char *dot = strrchr(name, '.');
    if (name[0] == '.' || dot == NULL) return false;
    return strcmp(dot, ".csv") == 0 ||
           (to->is_script && (strcmp(dot, ".dss") == 0 || strcmp(dot, ".txt") == 0));
}

static gw_status add_entries(bundle *to, DIR *folder, const char *path) {
    char name[PATH_MAX];
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        struct stat facts;
        if (!is_wanted(to, entry->d_name)) continue;
        const int length = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof name) continue;
        if (stat(name, &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        GW_TRY(add_part(to, name));
    }
    return gw_ok();
}

static gw_status add_folder(bundle *to, const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL)
        return gw_fail_with(to->reterr, GW_CODE_IO, "", "the folder cannot be opened");
    const gw_status status = add_entries(to, folder, path);
    (void)closedir(folder);
    return status;
}

static bool is_folder(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static gw_status collect(bundle *to, const char *path) {
    char folder[PATH_MAX];
    if (is_folder(path)) return add_folder(to, path);
    GW_TRY(add_part(to, path));
    const char *dot = strrchr(path, '.');
    to->is_script = dot != NULL && strcmp(dot, ".dss") == 0;
    if (!to->is_script) return gw_ok();
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s", (int)length, path);
    return add_folder(to, length == 0 ? "." : folder);
}

gw_status gw_grid_net_read_step(gw_arena *arena, const char *path, int64_t step, gw_net *ret,
                                gw_fault *reterr) {
    bundle parts = {.arena = arena, .reterr = reterr};
    gw_gridfile_format format = GW_GRIDFILE_GW_NET;
    GW_TRY(GW_ARENA_NEW(arena, gw_gridfile_part, GW_GRIDFILE_PARTS_MOST, &parts.parts, reterr));
    GW_TRY(collect(&parts, path));
    if (!gw_gridfile_guess(parts.parts, parts.count, &format))
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "",
                            "the format is none of gw-net, pgm, pandapower, matpower (.m), "
                            "simbench (a folder) and opendss (.dss)");
    const gw_gridfile file = {format, parts.parts, parts.count, step};
    return gw_gridfile_parse(arena, &file, ret, reterr);
}

gw_status gw_grid_net_read(gw_arena *arena, const char *path, gw_net *ret, gw_fault *reterr) {
    return gw_grid_net_read_step(arena, path, GW_GRIDFILE_STEP_NONE, ret, reterr);
}

gw_status gw_grid_show(const gw_writer *out, gw_fault *reterr) {
    gw_text text;
    GW_TRY(gw_writer_end_text(out, &text, reterr));
    if (fwrite(text.at, 1, text.length, stdout) == text.length) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_IO, "", "the result could not be written");
}
