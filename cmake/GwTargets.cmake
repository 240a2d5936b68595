# SPDX-License-Identifier: Apache-2.0
# What every target of the tree shares. Target commands only.

option(GW_TESTS "build the tests" ON)
option(GW_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(gw_flags INTERFACE)
target_include_directories(gw_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(
  gw_flags
  INTERFACE -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
            -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 -Wundef -Wcast-qual
            -Wwrite-strings -Wpointer-arith -fno-common -fstack-protector-strong -ffp-contract=off)
target_compile_definitions(gw_flags INTERFACE _GNU_SOURCE)
if(GW_SANITIZE)
  target_compile_options(gw_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                            -fno-omit-frame-pointer)
  target_link_options(gw_flags INTERFACE -fsanitize=address,undefined)
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
  set_tests_properties(${path} PROPERTIES TIMEOUT 120 LABELS unit)
endfunction()
