/* SPDX-License-Identifier: Apache-2.0
 *
 * The handle of the loader's part (gw_app.loader): its thread and the receipts.
 */
#pragma once

#include "server/mqtt/client.h"

typedef struct gw_loader gw_loader;

void gw_loader_wake(gw_loader *loader); /* any thread */
/* Receipts go out over this client; NULL before it is closed. */
void gw_loader_set_mqtt(gw_loader *loader, gw_mqtt *mqtt);
