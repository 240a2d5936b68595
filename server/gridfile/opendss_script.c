/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/opendss_script.h"

#include <stdio.h>
#include <string.h>

enum { POINTER_SIZE = 160, LINES_MOST = 4000000 };

/* A part that is being read and how far. */
typedef struct place {
    const gw_gridfile_part *part;
    gw_text rest;
    size_t line;
} place;

typedef struct script {
    gw_arena *arena;
    const gw_gridfile *file;
    place places[GW_DSS_REDIRECTS_MOST]; /* the last one is being read */
    size_t depth;
    bool is_in_comment;
    gw_dss_script made;
    gw_dss_element *last;
    gw_dss_element *open; /* what More goes on with */
    size_t lines;
    gw_fault *reterr;
} script;

/* ---- words ---- */

static bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; }

static gw_status lower_case(script *in, gw_text text, gw_text *ret) {
    char *made = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, char, text.length, &made, in->reterr));
    for (size_t at = 0; at < text.length; at++) {
        const char letter = text.at[at];
        made[at] = (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    }
    *ret = (gw_text){made, text.length};
    return gw_ok();
}

static char closing_of(char opening) {
    static const char pairs[] = "()[]{}\"\"''";
    for (size_t at = 0; at + 1 < sizeof pairs; at += 2)
        if (pairs[at] == opening) return pairs[at + 1];
    return '\0';
}

/* The line up to a comment that stands outside quotes. */
static gw_text cut_comment(gw_text line) {
    char closing = '\0';
    for (size_t at = 0; at < line.length; at++) {
        const char letter = line.at[at];
        if (closing != '\0') {
            closing = (char)(letter == closing ? '\0' : closing);
            continue;
        }
        const bool is_slashes = letter == '/' && at + 1 < line.length && line.at[at + 1] == '/';
        if (letter == '!' || is_slashes) return gw_text_part(line, 0, at);
        closing = closing_of(letter);
    }
    return line;
}

/* A bare or a quoted value off the front of the rest. */
static gw_text take_value(gw_text *rest) {
    const gw_text text = gw_text_trim(*rest);
    if (text.length == 0) {
        *rest = text;
        return text;
    }
    const char closing = closing_of(text.at[0]);
    size_t to = 0;
    if (closing == '\0') {
        while (to < text.length && !is_blank(text.at[to]) && text.at[to] != ',') to++;
        *rest = gw_text_part(text, to + 1, text.length);
        return gw_text_part(text, 0, to);
    }
    to = 1;
    while (to < text.length && text.at[to] != closing) to++;
    *rest = gw_text_part(text, to + 1, text.length);
    return gw_text_part(text, 1, to);
}

gw_text gw_dss_take(gw_text *list) {
    size_t from = 0;
    while (from < list->length && strchr(" \t\r\n,|", list->at[from]) != NULL) from++;
    size_t to = from;
    while (to < list->length && strchr(" \t\r\n,|", list->at[to]) == NULL) to++;
    const gw_text taken = gw_text_part(*list, from, to);
    *list = gw_text_part(*list, to, list->length);
    return taken;
}

/* ---- faults ---- */

static gw_status refuse(const script *in, gw_code code, const char *what) {
    char pointer[POINTER_SIZE];
    const place *here = &in->places[in->depth - 1];
    (void)snprintf(pointer, sizeof pointer, "/%.*s/%zu", GW_TEXT_ARGS(here->part->name),
                   here->line);
    return gw_fail_with(in->reterr, code, pointer, "%s", what);
}

gw_status gw_dss_blame(const gw_dss_element *element, const char *key, const char *what,
                       gw_fault *reterr) {
    char pointer[POINTER_SIZE];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu/%s", element->part, element->line, key);
    return gw_fail_with(reterr, GW_CODE_INVALID, pointer, "%s", what);
}

/* ---- elements ---- */

static gw_status add_value(script *in, gw_dss_element *element, gw_text key, gw_text text) {
    gw_dss_value *made = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_dss_value, 1, &made, in->reterr));
    GW_TRY(lower_case(in, key, &made->key));
    made->text = text;
    if (element->last == NULL) {
        element->first = made;
    } else {
        element->last->next = made;
    }
    element->last = made;
    return gw_ok();
}

static gw_status add_values(script *in, gw_dss_element *element, gw_text rest) {
    for (rest = gw_text_trim(rest); rest.length > 0; rest = gw_text_trim(rest)) {
        if (rest.at[0] == ',') {
            rest = gw_text_part(rest, 1, rest.length);
            continue;
        }
        const size_t equals = gw_text_find(rest, '=');
        const gw_text key = gw_text_trim(gw_text_part(rest, 0, equals));
        if (equals == rest.length || key.length == 0 || gw_text_find(key, ' ') < key.length)
            return refuse(in, GW_CODE_UNSUPPORTED, "every value has to be written as name=value");
        rest = gw_text_part(rest, equals + 1, rest.length);
        GW_TRY(add_value(in, element, key, take_value(&rest)));
    }
    return gw_ok();
}

static gw_status add_element(script *in, gw_text class, gw_text name, gw_dss_element **ret) {
    gw_dss_element *made = NULL;
    const place *here = &in->places[in->depth - 1];
    GW_TRY(GW_ARENA_NEW(in->arena, gw_dss_element, 1, &made, in->reterr));
    GW_TRY(gw_text_to_c(in->arena, here->part->name, &made->part, in->reterr));
    made->class = class;
    made->name = name;
    made->line = here->line;
    if (in->last == NULL) {
        in->made.first = made;
    } else {
        in->last->next = made;
    }
    in->last = made;
    *ret = made;
    return gw_ok();
}

/* "class.name" or "object=class.name" off the front of the rest. */
static gw_status take_name(script *in, gw_text *rest, gw_text *class, gw_text *name) {
    gw_text lower;
    gw_text word = take_value(rest);
    GW_TRY(lower_case(in, word, &lower));
    if (gw_text_starts(lower, "object=")) lower = gw_text_part(lower, 7, lower.length);
    *name = lower;
    *class = gw_text_split(name, '.');
    if (class->length == 0 || name->length == 0)
        return refuse(in, GW_CODE_MALFORMED, "an element is named class.name");
    return gw_ok();
}

static gw_status do_new(script *in, gw_text rest) {
    gw_text class;
    gw_text name;
    GW_TRY(take_name(in, &rest, &class, &name));
    GW_TRY(add_element(in, class, name, &in->open));
    if (gw_text_is(class, "energymeter") || gw_text_is(class, "monitor")) return gw_ok();
    if (gw_text_is(class, "circuit"))
        GW_TRY(add_element(in, GW_TEXT("vsource"), GW_TEXT("source"), &in->open));
    return add_values(in, in->open, rest);
}

static gw_status do_edit(script *in, gw_text rest) {
    gw_text class;
    gw_text name;
    GW_TRY(take_name(in, &rest, &class, &name));
    for (gw_dss_element *it = in->made.first; it != NULL; it = it->next) {
        if (!gw_text_equal(it->class, class) || !gw_text_equal(it->name, name)) continue;
        in->open = it;
        return add_values(in, it, rest);
    }
    return refuse(in, GW_CODE_NOT_FOUND, "there is no such element to edit");
}

static gw_status do_batch_edit(script *in, gw_text rest) {
    gw_text class;
    gw_text name;
    GW_TRY(take_name(in, &rest, &class, &name));
    if (!gw_text_is(name, ".*"))
        return refuse(in, GW_CODE_UNSUPPORTED, "only class..* is taken, a whole class");
    for (gw_dss_element *it = in->made.first; it != NULL; it = it->next)
        if (gw_text_equal(it->class, class)) GW_TRY(add_values(in, it, rest));
    return gw_ok();
}

static gw_status do_more(script *in, gw_text rest) {
    if (in->open == NULL) return refuse(in, GW_CODE_MALFORMED, "there is nothing to go on with");
    const bool is_counter =
        gw_text_is(in->open->class, "energymeter") || gw_text_is(in->open->class, "monitor");
    return is_counter ? gw_ok() : add_values(in, in->open, rest);
}

/* "Set mode=yearly number= 1440": options without a value are none of ours. */
static gw_status do_set(script *in, gw_text rest) {
    if (gw_text_find(rest, '=') == rest.length) return gw_ok();
    return add_values(in, in->made.options, rest);
}

static gw_text base_name(gw_text path) {
    size_t from = path.length;
    while (from > 0 && path.at[from - 1] != '/' && path.at[from - 1] != '\\') from--;
    return gw_text_part(path, from, path.length);
}

static gw_status do_redirect(script *in, gw_text rest) {
    const gw_gridfile_part *part = gw_gridfile_find(in->file, base_name(take_value(&rest)));
    if (part == NULL)
        return refuse(in, GW_CODE_NOT_FOUND,
                      "the file is missing; give an empty one if nothing in it matters");
    if (in->depth == GW_DSS_REDIRECTS_MOST)
        return refuse(in, GW_CODE_TOO_LARGE, "files redirect to files too deeply");
    in->places[in->depth++] = (place){part, part->text, 0};
    return gw_ok();
}

/* ---- lines ---- */

static gw_status do_line(script *in, gw_text line) {
    static const struct {
        const char *word;
        gw_status (*act)(script *in, gw_text rest);
    } commands[] = {
        {"new", do_new},           {"edit", do_edit},        {"~", do_more},
        {"more", do_more},         {"m", do_more},           {"set", do_set},
        {"redirect", do_redirect}, {"compile", do_redirect}, {"batchedit", do_batch_edit}};
    gw_text rest = line;
    gw_text word;
    if (line.at[0] == '~') {
        rest = gw_text_part(line, 1, line.length);
        return do_more(in, rest);
    }
    GW_TRY(lower_case(in, take_value(&rest), &word));
    for (size_t at = 0; at < sizeof commands / sizeof commands[0]; at++)
        if (gw_text_is(word, commands[at].word)) return commands[at].act(in, rest);
    return gw_ok();
}

/* A comment over several lines begins with slash and star at the start of one and ends its line. */
static bool is_comment(script *in, gw_text line) {
    const bool begins = gw_text_starts(line, "/*");
    const bool was_in = in->is_in_comment;
    if (begins) in->is_in_comment = true;
    for (size_t at = 0; in->is_in_comment && at + 1 < line.length; at++)
        if (line.at[at] == '*' && line.at[at + 1] == '/') in->is_in_comment = false;
    return begins || was_in;
}

static gw_status do_places(script *in) {
    while (in->depth > 0) {
        place *here = &in->places[in->depth - 1];
        if (here->rest.length == 0) {
            in->depth--;
            continue;
        }
        here->line++;
        if (++in->lines > LINES_MOST) return refuse(in, GW_CODE_TOO_LARGE, "too many lines");
        const gw_text line = gw_text_trim(gw_text_split(&here->rest, '\n'));
        if (is_comment(in, line)) continue;
        const gw_text command = gw_text_trim(cut_comment(line));
        if (command.length > 0) GW_TRY(do_line(in, command));
    }
    return gw_ok();
}

gw_status gw_dss_parse(gw_arena *arena, const gw_gridfile *file, gw_dss_script *ret,
                       gw_fault *reterr) {
    script in = {.arena = arena, .file = file, .depth = 1, .reterr = reterr};
    in.places[0] = (place){&file->parts[0], file->parts[0].text, 0};
    GW_TRY(GW_ARENA_NEW(arena, gw_dss_element, 1, &in.made.options, reterr));
    *in.made.options = (gw_dss_element){.class = GW_TEXT("set"), .part = "set"};
    GW_TRY(do_places(&in));
    *ret = in.made;
    return gw_ok();
}

const gw_dss_value *gw_dss_find(const gw_dss_element *element, const char *key) {
    const gw_dss_value *found = NULL;
    for (const gw_dss_value *it = element->first; it != NULL; it = it->next)
        if (gw_text_is(it->key, key)) found = it;
    return found;
}
