/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/flow.h"

typedef struct job_call {
    gw_flow_unit unit;
    const gw_flow_job *job;
} job_call;

static gw_status run_job(gw_db *tx, void *context, gw_fault *reterr) {
    job_call *call = (job_call *)context;
    call->unit.tx = tx;
    GW_TRY(call->job->work(&call->unit, call->job->context, reterr));
    gw_crash_point(call->job->before_commit);
    return gw_ok();
}

gw_status gw_flow_transact(const gw_flow *flow, gw_arena *arena, const gw_flow_job *job,
                           gw_fault *reterr) {
    job_call call = {{.flow = flow, .arena = arena, .now = job->now}, job};
    GW_TRY(gw_db_transact(flow->db, GW_ISOLATION_READ_COMMITTED, run_job, &call, reterr));
    gw_crash_point(job->after_commit);
    return gw_ok();
}

gw_status gw_flow_quorum(const gw_flow *flow, gw_quorum *ret, gw_fault *reterr) {
    return gw_quorum_for((uint32_t)flow->settings.node_count, ret, reterr);
}

gw_status gw_flow_find_node(const gw_flow *flow, gw_text name, gw_address *ret, gw_fault *reterr) {
    for (int i = 0; i < flow->settings.node_count; i++) {
        if (!gw_text_equal(flow->settings.nodes[i].name, name)) continue;
        *ret = flow->settings.nodes[i].address;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_FORBIDDEN, "node", "\"%.*s\" is no node of the signer set",
                        GW_TEXT_ARGS(name));
}
