# SPDX-License-Identifier: Apache-2.0
# What every target of the tree shares. Target commands only; the presets set the options.

option(GW_TESTS "build the tests" ON)
option(GW_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(GW_TSAN "build with ThreadSanitizer" OFF)
option(GW_HARDEN "build with the hardening flags of the product" OFF)
option(GW_ANALYZE "run gcc's analyzer over the product" OFF)
option(GW_FUZZ "build the fuzz targets with libFuzzer (clang)" OFF)
option(GW_COVERAGE "build with coverage counters" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Assertions stay in the release: a broken invariant must stop before it becomes a payment.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")

add_library(gw_flags INTERFACE)
target_include_directories(gw_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(
  gw_flags
  INTERFACE -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
            -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 -Wundef -Wcast-qual
            -Wwrite-strings -Wpointer-arith -fno-common -fstack-protector-strong -ffp-contract=off
            -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_compile_definitions(gw_flags INTERFACE _GNU_SOURCE)
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
  target_compile_options(gw_flags INTERFACE -Wlogical-op -Wduplicated-cond -Wduplicated-branches)
endif()
if(GW_SANITIZE)
  target_compile_options(gw_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                            -fno-omit-frame-pointer)
  target_link_options(gw_flags INTERFACE -fsanitize=address,undefined)
endif()
if(GW_TSAN)
  target_compile_options(gw_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(gw_flags INTERFACE -fsanitize=thread)
endif()
if(GW_HARDEN)
  target_compile_definitions(gw_flags INTERFACE _FORTIFY_SOURCE=2)
  target_compile_options(gw_flags INTERFACE -fstack-clash-protection)
  target_link_options(gw_flags INTERFACE -pie LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
    target_compile_options(gw_flags INTERFACE -fcf-protection)
  endif()
endif()
if(GW_ANALYZE)
  # gcc 12 does not follow "outputs are written on success only" across files; these are clang's.
  target_compile_options(gw_flags INTERFACE -fanalyzer -Wno-analyzer-use-of-uninitialized-value
                                            -Wno-analyzer-null-dereference -Wno-analyzer-null-argument)
endif()
if(GW_COVERAGE)
  target_compile_options(gw_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(gw_flags INTERFACE --coverage)
endif()
if(GW_FUZZ)
  target_compile_options(gw_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# gw_layer(<name> SOURCES ... LINKS ...): one static library per folder.
function(gw_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(gw_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(gw_${name} PUBLIC gw_flags ${ARG_LINKS})
endfunction()

# gw_unit_test(<path relative to tests/unit, without .c> LINKS ...): one cmocka program per file.
function(gw_unit_test path)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  add_executable(${name} ${CMAKE_SOURCE_DIR}/tests/unit/${path}.c ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE gw_flags ${ARG_LINKS} cmocka)
  add_test(NAME ${path} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${path} PROPERTIES TIMEOUT 120 LABELS unit SKIP_RETURN_CODE 77)
endfunction()

# gw_integration_test(<path relative to tests/integration, without .c> LINKS ...): a cmocka program
# that starts real PostgreSQL, Mosquitto or anvil. Exit status 77 means skipped. NEEDS postgres gives it
# an empty database of its own (GW_TEST_PG), NEEDS mosquitto a broker of its own (GW_TEST_BROKER, GW_TEST_KEYS).
function(gw_integration_test path)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES;NEEDS" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  add_executable(integration_${name} ${CMAKE_SOURCE_DIR}/tests/integration/${path}.c ${ARG_SOURCES})
  target_link_libraries(integration_${name} PRIVATE gw_flags ${ARG_LINKS} cmocka)
  set(wrapper)
  if("mosquitto" IN_LIST ARG_NEEDS)
    set(wrapper ${CMAKE_SOURCE_DIR}/tests/support/with_mosquitto.sh $<TARGET_FILE:gridwitness>)
  endif()
  if("postgres" IN_LIST ARG_NEEDS)
    list(APPEND wrapper ${CMAKE_SOURCE_DIR}/tests/support/with_postgres.sh ${CMAKE_BINARY_DIR}/test-parts)
  endif()
  set(fixtures ${ARG_NEEDS})
  list(FILTER fixtures INCLUDE REGEX postgres) # the broker is started by its wrapper
  add_test(NAME integration/${path} COMMAND ${wrapper} $<TARGET_FILE:integration_${name}>
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(integration/${path} PROPERTIES TIMEOUT 300 LABELS integration SKIP_RETURN_CODE 77
                                                  FIXTURES_REQUIRED "${fixtures}")
endfunction()

# gw_fuzz_target(<thing> LINKS ...): tests/fuzz/fuzz_<thing>.c. With GW_FUZZ it is a libFuzzer
# program; otherwise a program that replays tests/fuzz/corpus/<thing>/, which is then also a test.
function(gw_fuzz_target thing)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES" ${ARGN})
  set(program fuzz_${thing})
  set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${thing})
  if(GW_FUZZ)
    add_executable(${program} ${CMAKE_SOURCE_DIR}/tests/fuzz/${program}.c ${ARG_SOURCES})
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${program} ${CMAKE_SOURCE_DIR}/tests/fuzz/${program}.c
                              ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c ${ARG_SOURCES})
    add_test(NAME fuzz/${thing} COMMAND ${program} ${corpus} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(fuzz/${thing} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
  # libFuzzer names the entry point and gives no header for it.
  set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/fuzz/${program}.c
                              PROPERTIES COMPILE_OPTIONS -Wno-missing-prototypes)
  target_link_libraries(${program} PRIVATE gw_flags ${ARG_LINKS})
endfunction()
