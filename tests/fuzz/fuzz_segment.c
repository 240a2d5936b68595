/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/segment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_bytes bytes = {data, size};
    gw_segment_header header;
    gw_segment_scan scan;
    gw_record record;
    size_t record_size = 0;
    if (!gw_is_ok(gw_segment_header_read(bytes, &header, NULL)))
        header = (gw_segment_header){.stream = 1, .number = 1, .first = 1};
    if (size >= GW_SEGMENT_HEADER_SIZE) {
        gw_segment_scan_bytes(&header, bytes, &scan);
        if (scan.end > size || scan.survivors_end > size || scan.next < header.first) abort();
    }
    if (gw_record_read(&header, bytes, header.first, &record, &record_size, NULL) &&
        record_size > size)
        abort();
    return 0;
}
