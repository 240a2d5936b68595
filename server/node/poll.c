/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/poll.h"

#include "server/log.h"
#include "server/node/judge.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum {
    ROUND_ARENA = 512 * 1024 * 1024,
    CORE_LIMIT = 64 * 1024 * 1024, /* as GW_CORE_MAX_BYTES */
    URL_SIZE = 512
};

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

typedef struct node_task {
    const char *id;
    gw_bytes core;
} node_task;

static gw_status ask(const gw_node_voice *voice, gw_arena *arena, const gw_fetch_request *request,
                     const char *path, gw_bytes *ret, gw_fault *reterr) {
    char url[URL_SIZE];
    gw_fetch_response response = {0};
    (void)snprintf(url, sizeof url, "%s%s", voice->gateway_url, path);
    gw_fetch_request asked = *request;
    asked.url = url;
    asked.bearer = voice->token;
    GW_TRY(gw_fetch_run(voice->fetch, arena, &asked, &response, reterr));
    if (response.status >= 200 && response.status < 300) {
        *ret = response.body;
        return gw_ok();
    }
    const gw_text said = {(const char *)response.body.at, response.body.length};
    return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, path, "the gateway answered %d: %.*s",
                        response.status, GW_TEXT_ARGS(gw_text_part(said, 0, 150)));
}

static gw_status get_core(const gw_node_voice *voice, gw_arena *arena, const char *task_id,
                          gw_bytes *ret, gw_fault *reterr) {
    char path[URL_SIZE];
    gw_fetch_request request = {.method = "GET", .response_limit = CORE_LIMIT};
    (void)snprintf(path, sizeof path, "/v1/oracle/tasks/%s/core", task_id);
    return ask(voice, arena, &request, path, ret, reterr);
}

/* A settlement needs our own agreement to its commitment; then the vote is made durable. */
static gw_status claim(const gw_node_voice *voice, gw_judgement *judgement, gw_fault *reterr) {
    const gw_vote_slot *slot = &judgement->record.slot;
    gw_vote_decision decision = GW_VOTE_REFUSE;
    gw_word root = judgement->root;
    if (slot->kind == GW_TASK_SETTLEMENT) {
        if (!gw_votes_has_commitment(voice->votes, slot->subject, root)) {
            judgement->verdict = GW_VERDICT_COMMITMENT_UNKNOWN;
            (void)snprintf(judgement->detail, sizeof judgement->detail,
                           "this node has not agreed to that commitment");
            return gw_ok();
        }
        memset(&root, 0, sizeof root);
    }
    GW_TRY(gw_votes_claim(voice->votes, &judgement->record, root, &decision, reterr));
    if (decision != GW_VOTE_REFUSE) return gw_ok();
    judgement->verdict = GW_VERDICT_ALREADY_SIGNED_OTHER;
    (void)snprintf(judgement->detail, sizeof judgement->detail,
                   "another digest is signed for this event or check, revision and epoch");
    return gw_ok();
}

static json_t *seen_json(const gw_admission *seen) {
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "proposed", (json_int_t)seen->proposed,
                     "equal", (json_int_t)seen->equal, "differs", (json_int_t)seen->differs,
                     "unseen", (json_int_t)seen->unseen, "window_proposed",
                     (json_int_t)seen->window_proposed, "window_held",
                     (json_int_t)seen->window_held);
}

static gw_status vote_body(const gw_node_voice *voice, const gw_judgement *judgement, json_t **ret,
                           gw_fault *reterr) {
    json_t *body = json_pack("{s:s, s:s, s:o}", "verdict", gw_verdict_wire(judgement->verdict),
                             "detail", judgement->detail, "seen", seen_json(&judgement->seen));
    if (body == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    *ret = body;
    if (judgement->verdict != GW_VERDICT_AGREES) return gw_ok();
    gw_signature signature;
    char text[GW_SIGNATURE_TEXT_SIZE];
    GW_TRY(gw_signer_sign(voice->signer, judgement->record.digest, &signature, reterr));
    gw_signature_print(&signature, text);
    if (json_object_set_new(body, "signature", json_string(text)) != 0)
        return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return gw_ok();
}

static gw_status put_vote(const gw_node_voice *voice, gw_arena *arena, const char *task_id,
                          const gw_judgement *judgement, gw_fault *reterr) {
    char path[URL_SIZE];
    char text[2048];
    gw_bytes answer = {NULL, 0};
    AUTO_JSON body = NULL;
    GW_TRY(vote_body(voice, judgement, &body, reterr));
    const size_t length = json_dumpb(body, text, sizeof text, JSON_COMPACT | JSON_SORT_KEYS);
    if (length == 0 || length > sizeof text) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    gw_fetch_request request = {.method = "PUT", .body = {(const uint8_t *)text, length}};
    (void)snprintf(path, sizeof path, "/v1/oracle/tasks/%s/vote", task_id);
    return ask(voice, arena, &request, path, &answer, reterr);
}

/* True while the readings may still be on their way; remembers since when. */
static bool is_patient(gw_node_voice *voice, const char *task_id) {
    for (size_t at = 0; at < GW_NODE_WAITING_MOST; at++) {
        const gw_node_waiting *known = &voice->waiting[at];
        if (strcmp(known->task_id, task_id) != 0) continue;
        return gw_tick_since(gw_tick_now(), known->since).us < voice->patience_ms * 1000LL;
    }
    gw_node_waiting *fresh = &voice->waiting[voice->next_waiting++ % GW_NODE_WAITING_MOST];
    (void)snprintf(fresh->task_id, sizeof fresh->task_id, "%s", task_id);
    fresh->since = gw_tick_now();
    return voice->patience_ms > 0;
}

static gw_status get_network(const gw_node_voice *voice, gw_arena *arena, const char *task_id,
                             gw_bytes *ret, gw_fault *reterr) {
    char path[URL_SIZE];
    gw_fetch_request request = {.method = "GET", .response_limit = GW_NETWORKS_BYTES_MOST};
    (void)snprintf(path, sizeof path, "/v1/oracle/tasks/%s/network", task_id);
    return ask(voice, arena, &request, path, ret, reterr);
}

/* What a clearance is judged with. A core that cannot be read is the judge's to name. */
static gw_status prepare_grid(const gw_node_voice *voice, gw_arena *arena, const node_task *task,
                              gw_judge_grid *ret, gw_fault *reterr) {
    gw_core_kind kind = GW_CORE_COMMITMENT;
    gw_core_clearance core = {0};
    gw_bytes network = {NULL, 0};
    gw_fault ignored = {0};
    if (!gw_is_ok(gw_core_kind_of(task->core, &kind, &ignored)) || kind != GW_CORE_CLEARANCE ||
        !gw_is_ok(gw_core_read_clearance(arena, task->core, &core, &ignored)))
        return gw_ok();
    GW_TRY(gw_archive_recall(voice->archive, arena, &core, ret, reterr));
    if (ret->network.length > 0 || ret->refusal.length > 0) return gw_ok();
    GW_TRY(get_network(voice, arena, task->id, &network, reterr));
    return gw_archive_take(voice->archive, arena, &core.network, network, ret, reterr);
}

static gw_status judge_task(const gw_node_voice *voice, gw_arena *arena, const node_task *task,
                            gw_judgement *ret, gw_fault *reterr) {
    gw_judge_grid grid = {0};
    GW_TRY(prepare_grid(voice, arena, task, &grid, reterr));
    GW_TRY(gw_sightings_follow(voice->sightings, reterr));
    const gw_sightings_view view = gw_sightings_get(voice->sightings);
    const gw_judge_facts facts = {.domain = voice->domain,
                                  .signer_set = voice->signer_set,
                                  .realm = voice->realm,
                                  .now = gw_clock_now(voice->clock),
                                  .sightings = view.items,
                                  .sighting_count = view.count,
                                  .grid = grid};
    return gw_judge(arena, task->core, &facts, ret, reterr);
}

/* Claimed first: only what was signed may show a schedule to a later check. Both are durable before
 * the signature leaves. */
static gw_status agree(const gw_node_voice *voice, gw_arena *arena, const node_task *task,
                       gw_judgement *judgement, gw_fault *reterr) {
    GW_TRY(claim(voice, judgement, reterr));
    if (judgement->verdict != GW_VERDICT_AGREES || judgement->record.slot.kind != GW_TASK_CLEARANCE)
        return gw_ok();
    return gw_archive_keep(voice->archive, arena, task->core, reterr);
}

static gw_status do_task(gw_node_voice *voice, gw_arena *arena, const char *task_id,
                         bool *ret_answered, gw_fault *reterr) {
    gw_judgement judgement;
    node_task task = {.id = task_id};
    GW_TRY(get_core(voice, arena, task_id, &task.core, reterr));
    GW_TRY(judge_task(voice, arena, &task, &judgement, reterr));
    if (judgement.verdict == GW_VERDICT_READINGS_MISSING && is_patient(voice, task_id))
        return gw_ok();
    if (judgement.verdict == GW_VERDICT_AGREES)
        GW_TRY(agree(voice, arena, &task, &judgement, reterr));
    GW_TRY(put_vote(voice, arena, task_id, &judgement, reterr));
    gw_log(GW_LEVEL_INFO, "node.voted", task_id, "%s: %s", gw_verdict_wire(judgement.verdict),
           judgement.detail);
    *ret_answered = true;
    return gw_ok();
}

static size_t do_tasks(gw_node_voice *voice, gw_arena *arena, const json_t *items) {
    size_t answered = 0;
    size_t at = 0;
    const json_t *item = NULL;
    json_array_foreach(items, at, item) {
        gw_fault fault = {0};
        bool done = false;
        const char *task_id = json_string_value(json_object_get(item, "task_id"));
        if (task_id == NULL || strlen(task_id) >= GW_NODE_TASK_ID_SIZE) continue;
        if (!gw_is_ok(do_task(voice, arena, task_id, &done, &fault)))
            gw_log_fault(GW_LEVEL_WARNING, "node.task", gw_text_from_c(task_id), &fault);
        if (done) answered++;
    }
    return answered;
}

gw_status gw_node_poll(gw_node_voice *voice, size_t *ret_answered, gw_fault *reterr) {
    gw_bytes body = {NULL, 0};
    gw_fetch_request request = {.method = "GET"};
    GW_AUTO_ARENA arena = gw_arena_open(ROUND_ARENA);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(ask(voice, arena, &request, "/v1/oracle/tasks", &body, reterr));
    GW_TRY(gw_clock_refresh(voice->clock, reterr));
    AUTO_JSON root = json_loadb((const char *)body.at, body.length, JSON_REJECT_DUPLICATES, NULL);
    *ret_answered = do_tasks(voice, arena, json_object_get(root, "items"));
    return gw_ok();
}
