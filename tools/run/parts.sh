# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
run_test() { run_check; }
