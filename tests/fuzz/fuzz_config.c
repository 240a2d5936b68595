/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The reader wants a file: one in memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    static gw_config_faults faults;
    gw_config *config = NULL;
    const int file = memfd_create("config", MFD_CLOEXEC);
    if (file < 0 || write(file, data, size) != (ssize_t)size) abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const gw_status status = gw_config_open(path, NULL, &config, &faults);
    if (gw_is_ok(status) != (faults.count == 0)) abort();
    gw_config_close(gw_is_ok(status) ? config : NULL);
    (void)close(file);
    return 0;
}
