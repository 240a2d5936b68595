/* SPDX-License-Identifier: Apache-2.0 */
#include "server/worker.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct seen {
    sem_t entered;
    sem_t let_go;
    _Atomic int sum;
    _Atomic int ticks;
} seen;

static void run_item(void *context, void *item) {
    seen *into = context;
    (void)sem_post(&into->entered);
    (void)sem_wait(&into->let_go);
    atomic_fetch_add(&into->sum, *(const int *)item);
}

static void count_tick(void *context) {
    seen *into = context;
    atomic_fetch_add(&into->ticks, 1);
    (void)sem_post(&into->entered);
}

static void open_seen(seen *into) {
    (void)sem_init(&into->entered, 0, 0);
    (void)sem_init(&into->let_go, 0, 0);
    atomic_store(&into->sum, 0);
    atomic_store(&into->ticks, 0);
}

static void a_full_queue_refuses_and_queued_items_finish_before_the_end(void **state) {
    (void)state;
    seen into;
    int items[4] = {1, 10, 100, 1000};
    gw_worker *worker = NULL;
    gw_fault fault = {0};
    open_seen(&into);
    const gw_worker_settings settings = {
        .name = "test", .capacity = 2, .run = run_item, .context = &into};
    assert_true(gw_is_ok(gw_worker_open(&settings, &worker, NULL)));
    assert_true(gw_is_ok(gw_worker_post(worker, &items[0], NULL)));
    (void)sem_wait(&into.entered); /* the first is being worked on, the queue is empty */
    assert_true(gw_is_ok(gw_worker_post(worker, &items[1], NULL)));
    assert_true(gw_is_ok(gw_worker_post(worker, &items[2], NULL)));
    assert_int_equal(gw_worker_post(worker, &items[3], &fault).code, GW_CODE_RATE_LIMITED);
    for (int i = 0; i < 3; i++) (void)sem_post(&into.let_go);
    gw_worker_close(worker);
    assert_int_equal(atomic_load(&into.sum), 111);
}

static void a_worker_ticks_at_its_start_and_when_woken(void **state) {
    (void)state;
    seen into;
    gw_worker *worker = NULL;
    open_seen(&into);
    const gw_worker_settings settings = {
        .name = "test", .tick_ms = 3600000, .tick = count_tick, .context = &into};
    assert_true(gw_is_ok(gw_worker_open(&settings, &worker, NULL)));
    (void)sem_wait(&into.entered);
    gw_worker_wake(worker);
    (void)sem_wait(&into.entered);
    gw_worker_close(worker);
    assert_int_equal(atomic_load(&into.ticks), 2);
}

static void a_short_tick_comes_again_by_itself(void **state) {
    (void)state;
    seen into;
    gw_worker *worker = NULL;
    open_seen(&into);
    const gw_worker_settings settings = {
        .name = "test", .tick_ms = 1, .tick = count_tick, .context = &into};
    assert_true(gw_is_ok(gw_worker_open(&settings, &worker, NULL)));
    for (int i = 0; i < 3; i++) (void)sem_wait(&into.entered);
    gw_worker_close(worker);
    assert_true(atomic_load(&into.ticks) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_queue_refuses_and_queued_items_finish_before_the_end),
        cmocka_unit_test(a_worker_ticks_at_its_start_and_when_woken),
        cmocka_unit_test(a_short_tick_comes_again_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
