/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mqtt/topic.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_text text = {(const char *)data, size};
    gw_topic topic;
    char printed[GW_TOPIC_SIZE];
    if (!gw_is_ok(gw_topic_parse(text, &topic, NULL))) return 0;
    /* print of parse is identity */
    if (!gw_is_ok(gw_topic_print(&topic, printed, NULL))) abort();
    if (!gw_text_equal(text, gw_text_from_c(printed))) abort();
    return 0;
}
