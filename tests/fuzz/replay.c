/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a fuzz target over files and folders of files: what builds without libFuzzer use as main,
 * so that every corpus is part of every test run. Also feeds every truncation of each file.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20, TRUNCATIONS_MOST = 256 };

static int inputs = 0;

/* A copy of exactly the size, so that AddressSanitizer sees a read past the end. */
static void run_one(const uint8_t *bytes, size_t size) {
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    if (exact == NULL) abort();
    memcpy(exact, bytes, size);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    inputs++;
}

static void run_file(const char *path) {
    static uint8_t bytes[LARGEST];
    FILE *file = fopen(path, "rb");
    if (file == NULL) return;
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    const size_t step = size / TRUNCATIONS_MOST + 1;
    for (size_t length = 0; length < size; length += step) run_one(bytes, length);
    run_one(bytes, size);
}

static void run_path(const char *path) {
    struct stat facts;
    if (stat(path, &facts) != 0) return;
    if (!S_ISDIR(facts.st_mode)) {
        run_file(path);
        return;
    }
    DIR *folder = opendir(path);
    if (folder == NULL) return;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char name[4096];
        const int length = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && length > 0 && (size_t)length < sizeof name) run_file(name);
    }
    (void)closedir(folder);
}

int main(int argc, char **argv) {
    for (int at = 1; at < argc; at++) run_path(argv[at]);
    (void)printf("%d inputs\n", inputs);
    return inputs == 0; /* a corpus that is not there is a mistake */
}
