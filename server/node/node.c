/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/node.h"

#include "server/config.h"
#include "server/journal/journal.h"
#include "server/keys/account.h"
#include "server/log.h"
#include "server/mqtt/client.h"
#include "server/mqtt/topic.h"
#include "server/node/poll.h"
#include "server/secret.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 1024, CONNECT_MS = 60000, SESSION_S = 7 * 86400 };
static const size_t arena_cap = (size_t)4 * 1024 * 1024 * 1024; /* sightings of a season */

typedef struct node {
    const gw_config *config;
    gw_arena *arena;
    gw_journal *journal;
    gw_mqtt *client;
    gw_secret token;
    gw_node_voice voice;
} node;

static volatile sig_atomic_t ending;

static void end_later(int number) {
    (void)number;
    ending = 1;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = end_later};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

/* What the broker sends is stored before it is acknowledged, with the market time of its coming. */
static gw_status store(void *context, const gw_mqtt_message *message, gw_fault *reterr) {
    node *self = context;
    if (message->topic.length > GW_RECORD_TOPIC_MOST ||
        message->payload.length > GW_RECORD_PAYLOAD_MOST)
        return gw_ok(); /* nothing of ours is that large */
    if (!gw_is_ok(gw_clock_refresh(self->voice.clock, NULL)))
        gw_log(GW_LEVEL_WARNING, "node.clock", NULL, "the conductor does not answer");
    const gw_record record = {.received_at = gw_clock_now(self->voice.clock),
                              .kind = GW_RECORD_MQTT,
                              .topic = message->topic,
                              .payload = message->payload};
    return gw_journal_append(self->journal, &record, NULL, reterr);
}

static gw_status open_broker(node *self, gw_fault *reterr) {
    char filter[GW_TOPIC_SIZE];
    (void)snprintf(filter, sizeof filter, "gw/v1/%s/up/#",
                   gw_config_text(self->config, GW_SETTING_SERVER_REALM));
    const gw_mqtt_options options = {
        .url = gw_config_text(self->config, GW_SETTING_MQTT_URL),
        .client_id = gw_config_text(self->config, GW_SETTING_MQTT_CLIENT_ID),
        .authority = gw_config_text(self->config, GW_SETTING_MQTT_CA_FILE),
        .certificate = gw_config_text(self->config, GW_SETTING_MQTT_CERT_FILE),
        .private_key = gw_config_text(self->config, GW_SETTING_MQTT_KEY_FILE),
        .session_expiry_s = SESSION_S,
        .filters = {filter},
        .context = self,
        .on_message = store};
    GW_TRY(gw_mqtt_open(&options, &self->client, reterr));
    return gw_mqtt_wait(self->client, CONNECT_MS, reterr);
}

static gw_status open_clock(node *self, gw_fault *reterr) {
    const bool conducted = gw_config_is(self->config, GW_SETTING_CLOCK_MODE, "conducted");
    const gw_clock_settings settings = {
        .mode = conducted ? GW_CLOCK_CONDUCTED : GW_CLOCK_SYSTEM,
        .conductor_url = gw_config_text(self->config, GW_SETTING_CLOCK_CONDUCTOR_URL),
        .who = gw_config_text(self->config, GW_SETTING_NODE_NAME)};
    return gw_clock_open(&settings, &self->voice.clock, reterr);
}

static gw_status open_stores(node *self, gw_fault *reterr) {
    char path[PATH_SIZE];
    const char *directory = gw_config_text(self->config, GW_SETTING_SERVER_STATE_DIR);
    (void)snprintf(path, sizeof path, "%s/readings", directory);
    const gw_journal_options options = {.directory = path};
    GW_TRY(gw_journal_open(&options, &self->journal, reterr));
    GW_TRY(gw_sightings_open(self->arena, self->journal, self->voice.realm, &self->voice.sightings,
                             reterr));
    GW_TRY(gw_archive_open(self->arena, directory,
                           gw_config_text(self->config, GW_SETTING_NODE_NETWORK_DIR),
                           &self->voice.archive, reterr));
    (void)snprintf(path, sizeof path, "%s/votes", directory);
    return gw_votes_open(self->arena, path, &self->voice.votes, reterr);
}

static gw_status open_identity(node *self, gw_fault *reterr) {
    gw_signer *signer = NULL;
    const gw_config *config = self->config;
    GW_TRY(
        gw_secret_read(gw_config_text(config, GW_SETTING_NODE_TOKEN_FILE), &self->token, reterr));
    GW_TRY(gw_account_load(self->arena, gw_config_text(config, GW_SETTING_NODE_SIGNING_KEY_FILE),
                           &signer, reterr));
    self->voice.signer = signer;
    self->voice.token = (const char *)self->token.bytes;
    self->voice.name = gw_config_text(config, GW_SETTING_NODE_NAME);
    self->voice.gateway_url = gw_config_text(config, GW_SETTING_NODE_GATEWAY_URL);
    self->voice.realm = gw_text_from_c(gw_config_text(config, GW_SETTING_SERVER_REALM));
    self->voice.patience_ms = (int)gw_config_int(config, GW_SETTING_NODE_PATIENCE_MS);
    self->voice.signer_set = (uint32_t)gw_config_int(config, GW_SETTING_NODE_SIGNER_SET);
    self->voice.domain.chain_id = (uint64_t)gw_config_int(config, GW_SETTING_NODE_CHAIN_ID);
    return gw_address_parse(gw_text_from_c(gw_config_text(config, GW_SETTING_NODE_LEDGER)),
                            &self->voice.domain.ledger, reterr);
}

static gw_status open_all(node *self, gw_fault *reterr) {
    const char *authority = gw_config_text(self->config, GW_SETTING_NODE_GATEWAY_CA_FILE);
    GW_TRY(open_identity(self, reterr));
    GW_TRY(open_clock(self, reterr));
    GW_TRY(open_stores(self, reterr));
    self->voice.fetch = gw_fetch_open(authority[0] == '\0' ? NULL : authority);
    if (self->voice.fetch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return open_broker(self, reterr);
}

static void close_all(node *self) {
    gw_mqtt_close(self->client);
    gw_fetch_close(self->voice.fetch);
    gw_votes_close(self->voice.votes);
    gw_sightings_close(self->voice.sightings);
    gw_journal_close(self->journal);
    gw_clock_close(self->voice.clock);
    gw_secret_wipe(&self->token);
}

static void run_rounds(node *self) {
    const int pause_ms = (int)gw_config_int(self->config, GW_SETTING_NODE_POLL_MS);
    bool was_away = false;
    gw_log(GW_LEVEL_INFO, "node.ready", self->voice.name, "the node watches and waits for work");
    while (!ending) {
        gw_fault fault = {0};
        size_t answered = 0;
        const bool away = !gw_is_ok(gw_node_poll(&self->voice, &answered, &fault));
        if (away && !was_away) gw_log_fault(GW_LEVEL_WARNING, "node.round", GW_TEXT(""), &fault);
        was_away = away;
        if (answered == 0) gw_tick_sleep_ms(pause_ms);
    }
}

gw_status gw_node_run(const gw_config *config, gw_fault *reterr) {
    node self = {.config = config};
    catch_signals();
    self.arena = gw_arena_open(arena_cap);
    if (self.arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_status status = open_all(&self, reterr);
    if (gw_is_ok(status)) run_rounds(&self);
    close_all(&self);
    gw_arena_close(self.arena);
    return status;
}
