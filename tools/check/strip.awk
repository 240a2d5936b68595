# SPDX-License-Identifier: Apache-2.0
# C text without comments and without what stands between quotes; prints file:line:text.
# Line numbers stay. -v keep=1 keeps string contents (and still drops comments).
FNR == 1 { comment = 0 }
{
    line = $0
    out = ""
    while (length(line) > 0) {
        if (comment) {
            at = index(line, "*/")
            if (at == 0) { line = ""; break }
            line = substr(line, at + 2)
            comment = 0
            continue
        }
        if (!match(line, /\/\*|\/\/|"|'/)) { out = out line; break }
        out = out substr(line, 1, RSTART - 1)
        mark = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (mark == "//") break
        if (mark == "/*") { comment = 1; continue }
        text = ""
        while (length(line) > 0) {
            letter = substr(line, 1, 1)
            if (letter == "\\") { text = text substr(line, 1, 2); line = substr(line, 3); continue }
            line = substr(line, 2)
            if (letter == mark) break
            text = text letter
        }
        out = out mark (keep ? text : "") mark
    }
    print FILENAME ":" FNR ":" out
}
