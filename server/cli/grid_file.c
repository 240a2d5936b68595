/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cli/grid.h"
#include "server/gridfile/gw_net.h"

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

gw_status gw_grid_net_read(gw_arena *arena, const char *path, gw_net *ret, gw_fault *reterr) {
    gw_bytes bytes;
    GW_TRY(gw_grid_file_read(arena, path, &bytes, reterr));
    return gw_net_parse(arena, bytes, ret, reterr);
}

gw_status gw_grid_show(const gw_writer *out, gw_fault *reterr) {
    gw_text text;
    GW_TRY(gw_writer_end_text(out, &text, reterr));
    if (fwrite(text.at, 1, text.length, stdout) == text.length) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_IO, "", "the result could not be written");
}
