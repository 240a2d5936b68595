# SPDX-License-Identifier: Apache-2.0
# Lengths of files and functions. Layout is fixed by the formatters, so a function ends at the first
# closing brace with the indent of its head. -v most_file and -v most_function change the limits.
BEGIN {
    if (most_file == 0) most_file = 500
    if (most_function == 0) most_function = 60
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
    opened = 0
}
function close_file() {
    if (file == "") return
    if (kind == "sql") close_function(lines)
    if (lines > most_file) printf "%s:1: %d lines, the limit is %d\n", file, lines, most_file
}
FNR == 1 { close_file(); file = FILENAME; kind = kind_of(file); opened = 0; head = 0 }
{ lines = FNR }
kind == "sql" {
    if ($0 ~ /^-- name:/) { close_function(FNR - 1); opened = FNR }
    next
}
opened > 0 {
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
