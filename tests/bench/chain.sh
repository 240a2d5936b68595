#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Gas of commitment, settlement, claims and trades on a private anvil; called by `./run bench chain`.
# Exit 1 when a target of DESIGN.md section 9 is missed.
set -eu
cd "$(dirname "$0")/../.."
node tests/bench/chain.mjs "$@"
exec node tests/bench/trade.mjs
