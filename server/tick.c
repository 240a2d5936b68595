/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"

#include <time.h>

void gw_tick_sleep_ms(int ms) {
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000L};
    (void)nanosleep(&pause, NULL);
}
