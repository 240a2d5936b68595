# SPDX-License-Identifier: Apache-2.0
# Reads the counts that test programs print and prints "passed failed skipped".
{ gsub(/\033\[[0-9;]*m/, "") }
# ours
/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed += $1; failed += $3; skipped += $5 }
# ./run check and ./run lint
/^ok    / { passed++ }
/^FAIL  / { failed++ }
# ctest
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
    if (/\*\*\*Skipped/) skipped++
    else if (/   Passed /) passed++
    else failed++
}
# node --test
/^(#|ℹ) pass [0-9]+$/ { passed += $3 }
/^(#|ℹ) fail [0-9]+$/ { failed += $3 }
/^(#|ℹ) (skipped|todo) [0-9]+$/ { skipped += $3 }
# forge
/^Suite result: / {
    for (at = 3; at < NF; at++) {
        if ($(at + 1) ~ /^passed/) passed += $at
        if ($(at + 1) ~ /^failed/) failed += $at
        if ($(at + 1) ~ /^skipped/) skipped += $at
    }
}
END { print passed + 0, failed + 0, skipped + 0 }
