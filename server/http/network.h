/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers of networks share: the version that the caller has seen, and how elements and
 * points are read and written.
 */
#pragma once

#include "server/flow/network_change.h"
#include "server/http/request.h"

/* The header If-Match: a version in quotes or without, "*" for any; absent: NO_VERSION. Anything
 * else is GW_CODE_PRECONDITION. */
GW_MUST_CHECK gw_status gw_network_seen(const gw_http_request *request, int64_t *ret,
                                        gw_fault *reterr);
/* id of the path, token and time of the request; seen version from If-Match. */
GW_MUST_CHECK gw_status gw_network_call_read(const gw_http_request *request, gw_network_call *ret,
                                             gw_fault *reterr);

/* Sets the ETag to the version. */
GW_MUST_CHECK gw_status gw_network_tag(const gw_http_request *request, gw_reply *reply,
                                       int64_t version, gw_fault *reterr);
