/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain as the outbox sees it: configured like serve, on real PostgreSQL and anvil.
 */
#include "server/chain/port.h"
#include "server/config.h"
#include "server/db/migrate.h"
#include "tests/support/ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FUNDED = 1000000, SKIPPED = 77 };

static gw_ledger_world world;
static gw_app app;
static char key_file[128];
static char chain_file[96];

static gw_outbox_row row_of(const char *kind, const char *purpose, const gw_chain_call *call) {
    return (gw_outbox_row){.kind = gw_text_from_c(kind),
                           .purpose = gw_text_from_c(purpose),
                           .payload = call->calldata};
}

static int64_t free_now(void) {
    gw_money free_money = {-1};
    assert_true(gw_is_ok(gw_chain_port_free_escrow(app.chain, &free_money, NULL)));
    return free_money.micros;
}

static void a_promise_is_on_its_way_and_then_delivered_once(void **state) {
    (void)state;
    const gw_commitment commitment = gw_world_commitment(&world, 1, 300000);
    const gw_chain_call call = gw_world_commit_call(&world, &commitment);
    const gw_outbox_row row = row_of("CHAIN_COMMIT", "commit/1/1", &call);
    gw_flow_receipt receipt = {.block_number = -1};
    gw_flow_receipt again;
    assert_int_equal(free_now(), FUNDED);
    assert_int_equal(gw_chain_port_post(app.chain, &row, &receipt, NULL).code, GW_CODE_TOO_EARLY);
    assert_int_equal(receipt.block_number, -1);
    gw_anvil_mine(&world.anvil, 2);
    assert_true(gw_is_ok(gw_chain_port_post(app.chain, &row, &receipt, NULL)));
    assert_true(receipt.block_number > 0 && !gw_word_is_zero(receipt.tx_hash));
    assert_true(gw_is_ok(gw_chain_port_post(app.chain, &row, &again, NULL)));
    assert_true(gw_word_equal(receipt.tx_hash, again.tx_hash));
    assert_int_equal(free_now(), FUNDED - 300000);
}

static void a_promise_that_the_contract_refuses_is_infeasible(void **state) {
    (void)state;
    const gw_commitment commitment = gw_world_commitment(&world, 2, FUNDED);
    const gw_chain_call call = gw_world_commit_call(&world, &commitment);
    const gw_outbox_row row = row_of("CHAIN_COMMIT", "commit/2/1", &call);
    gw_flow_receipt receipt;
    gw_fault fault = {0};
    assert_int_equal(gw_chain_port_post(app.chain, &row, &receipt, &fault).code,
                     GW_CODE_INFEASIBLE);
    assert_non_null(strstr(fault.message, "EscrowTooSmall"));
}

static void an_effect_of_another_kind_is_refused(void **state) {
    (void)state;
    const gw_chain_call none = {.gas_limit = 0};
    const gw_outbox_row row = row_of("MQTT_PUBLISH", "x", &none);
    gw_flow_receipt receipt;
    assert_int_equal(gw_chain_port_post(app.chain, &row, &receipt, NULL).code, GW_CODE_INTERNAL);
}

static gw_config *configure(const char *keys_dir) {
    char file[96];
    gw_config *config = NULL;
    gw_config_faults faults;
    (void)snprintf(file, sizeof file, "/tmp/gw-port-%d.ini", world.anvil.port);
    (void)snprintf(chain_file, sizeof chain_file, "/tmp/gw-port-%d.json", world.anvil.port);
    assert_true(gw_is_ok(gw_deployment_save(chain_file, &world.deployment, NULL)));
    FILE *out = fopen(file, "we");
    assert_non_null(out);
    fprintf(out, "[chain]\nrpc_url = %s\ndeployment_file = %s\nkeys_dir = %s\n", world.anvil.url,
            chain_file, keys_dir);
    (void)fclose(out);
    const gw_status read = gw_config_open(file, NULL, &config, &faults);
    if (!gw_is_ok(read)) print_error("%s\n", faults.items[0].message);
    assert_true(gw_is_ok(read));
    (void)remove(file);
    return config;
}

static bool open_world(void) {
    char keys_dir[128];
    gw_fault fault = {0};
    gw_migrate_result migrated;
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 2,
                                     .statement_timeout_ms = 5000,
                                     .lease_timeout_ms = 5000,
                                     .connect_timeout_s = 5};
    if (!gw_ledger_world_open(&world, FUNDED)) return false;
    gw_anvil_run(&world.anvil, "evm_setAutomine", "[false]");
    gw_anvil_give_ether(&world.anvil, gw_signer_address(gw_anvil_signer(&world.anvil, 0x33)));
    gw_anvil_key_file(0x33, key_file);
    memcpy(keys_dir, key_file, sizeof keys_dir);
    *strrchr(keys_dir, '/') = '\0';
    app.config = configure(keys_dir);
    app.clock = gw_clock_open_manual(gw_instant_seconds(1768928400));
    gw_status status = gw_migrate(settings.conninfo, NULL, &migrated, &fault);
    if (gw_is_ok(status)) status = gw_db_open(&settings, &app.db, &fault);
    if (gw_is_ok(status)) status = gw_chain_port_open(&app, &app.chain, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    return true;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promise_is_on_its_way_and_then_delivered_once),
        cmocka_unit_test(a_promise_that_the_contract_refuses_is_infeasible),
        cmocka_unit_test(an_effect_of_another_kind_is_refused),
    };
    if (!open_world()) {
        print_message("skipped: anvil is not installed (npm ci)\n");
        return SKIPPED;
    }
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    gw_chain_port_close(app.chain);
    gw_db_close(app.db);
    gw_clock_close(app.clock);
    gw_config_close(app.config);
    gw_anvil_key_remove(key_file);
    (void)remove(chain_file);
    gw_ledger_world_close(&world);
    return failures;
}
