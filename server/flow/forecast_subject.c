/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_subject.h"

static gw_status load_subject(gw_db *db, gw_arena *arena, const gw_forecast_key *key,
                              gw_forecast_subject *ret, gw_fault *reterr) {
    const gw_status found = gw_forecast_load_subject(db, arena, key, ret, reterr);
    if (found.code != GW_CODE_NOT_FOUND) return found;
    return gw_fail_with(reterr, GW_CODE_NO_DATA, "subject", "nothing of \"%.*s\" was measured yet",
                        GW_TEXT_ARGS(key->id));
}

gw_status gw_forecast_answer_make(gw_db *db, gw_arena *arena, const gw_forecast_asked *asked,
                                  gw_forecast_answer *ret, gw_fault *reterr) {
    gw_forecast_subject subject;
    gw_forecast_scene *scene = NULL; /* the point's model points at its days */
    gw_forecast_answer made;
    size_t count = 0;
    GW_TRY(load_subject(db, arena, &asked->key, &subject, reterr));
    GW_TRY(gw_period_count(asked->period, subject.interval, &count, reterr));
    if (count > GW_FORECAST_STEPS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "to",
                            "%zu intervals, at most %d are forecast", count,
                            GW_FORECAST_STEPS_MOST);
    const gw_forecast_scene_question question = {subject.zone, subject.interval, asked->period,
                                                 asked->now};
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_scene, 1, &scene, reterr));
    GW_TRY(gw_forecast_scene_load(db, arena, &question, scene, reterr));
    const gw_forecast_point_question point = {scene, &subject, asked->period};
    GW_TRY(gw_forecast_point_make(db, arena, &point, &made.point, reterr));
    made.interval = subject.interval;
    *ret = made;
    return gw_ok();
}
