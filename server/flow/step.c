/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/step.h"

#include "server/db/outbox_store.h"
#include "server/db/proposal_store.h"
#include "server/flow/outbox.h"
#include "server/flow/schedule.h"
#include "server/flow/settle.h"
#include "server/log.h"

#include <time.h>

enum { PAUSE_MS = 20, GRACE_MS = 5000, SMALL_ARENA_BYTES = 1024 * 1024 };

static void pause_a_little(void) {
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    (void)nanosleep(&pause, NULL);
}

static bool is_over(const gw_step_work *work, gw_tick since, int most_ms) {
    if (work->is_closing != NULL && work->is_closing(work->context)) return true;
    return gw_tick_since(gw_tick_now(), since).us > (int64_t)most_ms * 1000;
}

static gw_status load_waiting(const gw_step_work *work, gw_proposal_waiting *ret,
                              gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(SMALL_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return gw_proposal_load_waiting(work->flow->db, arena, ret, reterr);
}

/* A certificate is enough to go on; the last nodes get a moment, so that their verdicts are seen.
 */
static gw_status await_votes(const gw_step_work *work, gw_instant now, gw_fault *reterr) {
    const gw_tick since = gw_tick_now();
    gw_tick certified = since;
    for (;;) {
        int fired = 0;
        GW_TRY(gw_schedule_run(work->flow, now, &fired, reterr));
        gw_proposal_waiting waiting;
        GW_TRY(load_waiting(work, &waiting, reterr));
        if (waiting.undecided == 0 && waiting.unanswered == 0) return gw_ok();
        if (waiting.undecided > 0) certified = gw_tick_now();
        if (waiting.undecided == 0 && is_over(work, certified, GRACE_MS)) return gw_ok();
        if (is_over(work, since, work->wait_most_ms)) {
            gw_log(GW_LEVEL_WARNING, "oracle.waits", "votes", "%lld proposals have no quorum yet",
                   (long long)waiting.undecided);
            return gw_ok();
        }
        pause_a_little();
    }
}

static gw_status count_outbox(const gw_step_work *work, gw_instant now, int64_t *ret,
                              gw_fault *reterr) {
    if (work->wake_outbox == NULL) {
        gw_outbox_progress progress;
        GW_TRY(gw_outbox_run(work->flow, now, &progress, reterr));
        *ret = progress.waiting;
        return gw_ok();
    }
    work->wake_outbox(work->context);
    GW_AUTO_ARENA arena = gw_arena_open(SMALL_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return gw_outbox_load_waiting(work->flow->db, arena, ret, reterr);
}

static gw_status await_outbox(const gw_step_work *work, gw_instant now, gw_fault *reterr) {
    const gw_tick since = gw_tick_now();
    for (;;) {
        int64_t waiting = 0;
        GW_TRY(count_outbox(work, now, &waiting, reterr));
        if (waiting == 0) return gw_ok();
        if (is_over(work, since, work->wait_most_ms)) {
            gw_log(GW_LEVEL_WARNING, "outbox.waits", "deliveries", "%lld promises are open",
                   (long long)waiting);
            return gw_ok();
        }
        pause_a_little();
    }
}

gw_status gw_step_run(const gw_step_work *work, gw_instant now, gw_fault *reterr) {
    if (work->drain != NULL) GW_TRY(work->drain(work->context, reterr));
    GW_TRY(await_votes(work, now, reterr));
    GW_TRY(await_outbox(work, now, reterr));
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    int marked = 0;
    return gw_settle_recheck(work->flow, arena, now, &marked, reterr);
}
