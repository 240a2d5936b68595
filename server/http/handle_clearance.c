/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/flow/clearance.h"
#include "server/http/routes.h"

/* The core holds everybody's items, so no party gets it; its own items are in its view of the
 * check. */
gw_status gw_handle_get_check_clearance(gw_http_request *request, gw_reply *reply,
                                        gw_fault *reterr) {
    gw_uuid check_id;
    gw_proposal_row row;
    gw_json json;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &check_id, reterr));
    GW_TRY(gw_clearance_load(request->app->db, request->arena, check_id, &row, reterr));
    gw_json_init(&json, request->arena);
    GW_TRY(gw_clearance_bundle(&row, &json, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
