# SPDX-License-Identifier: Apache-2.0
# Lengths of files and functions. Layout is fixed by the formatters, so a function ends at the first
# closing brace with the indent of its head. For what clang-tidy does not read (shell, JavaScript,
# Solidity, SQL) decisions are counted too: branches, loops, and the links of a condition.
# -v most_file, most_function and most_decisions change the limits.
BEGIN {
    if (most_file == 0) most_file = 500
    if (most_function == 0) most_function = 60
    if (most_decisions == 0) most_decisions = 20
    word["js"] = "(^|[^A-Za-z_])(if|for|while|case|catch) *[(]?|&&|[|][|]|[?][?]| [?] "
    word["sol"] = word["js"]
    word["sh"] = "(^|[ ;(])(if|elif|for|while|until|case) |&&|[|][|]"
    word["sql"] = "(^|[^A-Za-z_])(AND|OR|WHEN|JOIN|UNION|EXISTS)($|[^A-Za-z_])"
}
function count_decisions(line) {
    if (!(kind in word) || line ~ /^ *(\/\/|#|--|\*|\/\*)/) return
    decisions += gsub(word[kind], "&", line)
}
function kind_of(name) {
    if (name ~ /\.[ch]$/) return "c"
    if (name ~ /\.(js|mjs|cjs)$/) return "js"
    if (name ~ /\.sol$/) return "sol"
    if (name ~ /\.sql$/) return "sql"
    if (name ~ /\.(sh)$/ || name ~ /(^|\/)(run|fresh)$/) return "sh"
    return ""
}
function close_function(last) {
    if (opened > 0 && last - opened + 1 > most_function)
        printf "%s:%d: %d lines in one function, the limit is %d\n", file, opened, last - opened + 1, most_function
    if (opened > 0 && decisions > most_decisions)
        printf "%s:%d: %d decisions in one function, the limit is %d\n", file, opened, decisions, most_decisions
    opened = 0
    decisions = 0
}
function close_file() {
    if (file == "") return
    if (kind == "sql") close_function(lines)
    if (lines > most_file) printf "%s:1: %d lines, the limit is %d\n", file, lines, most_file
}
FNR == 1 { close_file(); file = FILENAME; kind = kind_of(file); opened = 0; head = 0; decisions = 0 }
{ lines = FNR }
kind == "sql" {
    if ($0 ~ /^-- name:/) { close_function(FNR - 1); opened = FNR }
    if (opened > 0) count_decisions($0)
    next
}
opened > 0 {
    count_decisions($0)
    if (match($0, /^ */) && RLENGTH == indent && substr($0, indent + 1, 1) == "}") close_function(FNR)
    next
}
kind == "c" {
    if ($0 ~ /^[A-Za-z_]/) head = FNR
    if ($0 ~ /^[#}\/]/ || $0 ~ /;[ ]*$/) head = 0
    if (head > 0 && $0 ~ /\{$/) {
        if ($0 !~ /=[ ]*\{$/ && $0 !~ /^(typedef |static |const )*(struct|enum|union)[^(]*\{$/) { opened = head; indent = 0 }
        head = 0
    }
}
kind == "sh" && /^[A-Za-z_][A-Za-z0-9_]*\(\) *[{(]$/ { opened = FNR; indent = 0 }
kind == "js" && /^ *(export )?(default )?(static )?(async )?function.*\(/ { head = FNR; match($0, /^ */); indent = RLENGTH }
kind == "js" && /^ *(export )?(const|let) .*=>/ { head = FNR; match($0, /^ */); indent = RLENGTH }
kind == "js" && /^ *(static )?(async )?[#A-Za-z_]+\(.*\) \{$/ && !/^ *(if|for|while|switch|catch|with)\>?[ (]/ { head = FNR; match($0, /^ */); indent = RLENGTH }
kind == "sol" && /^ *(function|constructor|modifier|receive|fallback)[ (]/ { head = FNR; match($0, /^ */); indent = RLENGTH }
(kind == "js" || kind == "sol") && head > 0 {
    if ($0 ~ /\{$/) { opened = head; head = 0 }
    else if ($0 ~ /[;}]$/) head = 0
}
END { close_file() }
