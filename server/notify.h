/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells systemd how we are, by its datagram protocol (sd_notify(3)), without its library. Does
 * nothing when NOTIFY_SOCKET is not set.
 */
#pragma once

void gw_notify_ready(void);
void gw_notify_watchdog(void); /* call at least twice per WatchdogSec */
void gw_notify_stopping(void);
