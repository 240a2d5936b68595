# SPDX-License-Identifier: Apache-2.0
# The rows of a .def table: one line per GW_<NAME>(a, "b", ...), fields separated by tabs, quotes and
# C comments gone, adjacent strings joined. The first field is the macro's name.
FNR == 1 { comment = 0; inside = 0; row = "" }
function emit(text,   out, at, letter, quoted, blank) {
    out = ""
    for (at = 1; at <= length(text); at++) {
        letter = substr(text, at, 1)
        if (quoted && letter == "\\") { out = out substr(text, ++at, 1); continue }
        if (letter == "\"") { quoted = !quoted; continue }
        if (!quoted && letter == ",") { sub(/ +$/, "", out); out = out "\t"; blank = 1; continue }
        if (!quoted && (letter == " " || letter == "\t") && (blank || out == "")) continue
        blank = 0
        out = out letter
    }
    return out
}
{
    line = $0
    if (comment) {
        at = index(line, "*/")
        if (at == 0) next
        line = substr(line, at + 2)
        comment = 0
    }
    if (!inside) {
        if (match(line, /^[ \t]*\/\*/)) {
            if (index(line, "*/") == 0) { comment = 1; next }
            sub(/\/\*.*\*\//, "", line)
        }
        if (!match(line, /^[ \t]*GW_[A-Z_]+\(/)) next
        name = substr(line, RSTART, RLENGTH - 1)
        sub(/^[ \t]*/, "", name)
        line = substr(line, RSTART + RLENGTH)
        inside = 1
        row = ""
    }
    sub(/[ \t]*\/\*[^"]*\*\/[ \t]*$/, "", line)
    sub(/^[ \t]+/, "", line)
    row = row (row == "" ? "" : " ") line
    if (line ~ /\)[ \t]*$/) {
        sub(/\)[ \t]*$/, "", row)
        gsub(/"[ \t]+"/, "", row)
        print name "\t" emit(row)
        inside = 0
    }
}
