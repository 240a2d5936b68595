/* SPDX-License-Identifier: Apache-2.0
 *
 * The private broker of NEEDS mosquitto: keys of keygen open it, and nothing else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <MQTTClient.h>
#include <cmocka.h>

enum { PATH_SIZE = 256, WAIT_MS = 5000 };

static char paths[3][PATH_SIZE];

static const char *key_path(int at, const char *name, const char *ending) {
    (void)snprintf(paths[at], PATH_SIZE, "%s/%s.%s", getenv("GW_TEST_KEYS"), name, ending);
    return paths[at];
}

static int connect_as(const char *name, MQTTClient *client) {
    MQTTClient_connectOptions wish = MQTTClient_connectOptions_initializer;
    MQTTClient_SSLOptions keys = MQTTClient_SSLOptions_initializer;
    keys.trustStore = key_path(0, "ca", "pem");
    keys.keyStore = name == NULL ? NULL : key_path(1, name, "pem");
    keys.privateKey = name == NULL ? NULL : key_path(2, name, "key");
    keys.verify = 1;
    wish.ssl = &keys;
    wish.connectTimeout = WAIT_MS / 1000;
    assert_int_equal(MQTTClient_create(client, getenv("GW_TEST_BROKER"), name == NULL ? "x" : name,
                                       MQTTCLIENT_PERSISTENCE_NONE, NULL),
                     MQTTCLIENT_SUCCESS);
    return MQTTClient_connect(*client, &wish);
}

static void a_device_with_its_certificate_may_speak(void **state) {
    (void)state;
    MQTTClient client;
    MQTTClient_deliveryToken token;
    assert_int_equal(connect_as("dev-1", &client), MQTTCLIENT_SUCCESS);
    assert_int_equal(MQTTClient_publish(client, "gw/v1/test/up/dev-1/m", 2, "{}", 1, 0, &token),
                     MQTTCLIENT_SUCCESS);
    assert_int_equal(MQTTClient_waitForCompletion(client, token, WAIT_MS), MQTTCLIENT_SUCCESS);
    (void)MQTTClient_disconnect(client, 0);
    MQTTClient_destroy(&client);
}

static void nobody_comes_in_without_a_certificate(void **state) {
    (void)state;
    MQTTClient client;
    assert_int_not_equal(connect_as(NULL, &client), MQTTCLIENT_SUCCESS);
    MQTTClient_destroy(&client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_with_its_certificate_may_speak),
        cmocka_unit_test(nobody_comes_in_without_a_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
