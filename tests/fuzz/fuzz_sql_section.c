/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/embed/section.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_sql_file file;
    gw_sql_section section;
    gw_sql_file_init(&file, (gw_text){(const char *)data, size});
    while (gw_is_ok(gw_sql_section_next(&file, &section, NULL))) {
        if (section.sql.length == 0 || section.sql.length > size) abort();
    }
    return 0;
}
