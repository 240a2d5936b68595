/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/auth.h"

#include "server/http/route.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SECRET_MIN = 32, SECRET_MAX = 128, ID_MAX = 64 };

typedef struct token_parts {
    gw_text id;
    gw_text secret;
} token_parts;

/* "Bearer gw_<id>_<secret>"; the id has no underscore, so the second one ends it. */
static bool token_split(gw_text header, token_parts *ret) {
    static const char scheme[] = "Bearer ";
    if (header.length < sizeof scheme - 1) return false;
    if (strncasecmp(header.at, scheme, sizeof scheme - 1) != 0) return false;
    gw_text rest = gw_text_trim(gw_text_part(header, sizeof scheme - 1, header.length));
    if (!gw_text_is(gw_text_split(&rest, '_'), "gw")) return false;
    const gw_text id = gw_text_split(&rest, '_');
    if (id.length == 0 || id.length > ID_MAX || !gw_text_is_name(id)) return false;
    if (rest.length < SECRET_MIN || rest.length > SECRET_MAX) return false;
    *ret = (token_parts){.id = id, .secret = rest};
    return true;
}

static gw_status refuse(gw_fault *reterr) {
    return gw_hint(
        reterr, gw_fail_with(reterr, GW_CODE_UNAUTHENTICATED, NULL, "no valid token was presented"),
        "Send \"Authorization: Bearer gw_...\" with a token made by the operator with "
        "\"gridwitness token create\".");
}

static bool secret_fits(const gw_token_facts *facts, gw_text secret) {
    uint8_t digest[GW_TOKEN_DIGEST];
    (void)SHA256((const unsigned char *)secret.at, secret.length, digest);
    return CRYPTO_memcmp(digest, facts->digest, sizeof digest) == 0;
}

gw_status gw_auth_identify(const gw_token_store *store, gw_arena *arena, gw_text header,
                           gw_instant now, gw_identity *ret, gw_fault *reterr) {
    token_parts parts;
    gw_token_facts facts = {0};
    if (!token_split(header, &parts)) return refuse(reterr);
    const gw_status found = store->find(store->context, arena, parts.id, &facts, reterr);
    if (found.code == GW_CODE_NOT_FOUND) return refuse(reterr);
    GW_TRY(found);
    const bool is_over = facts.expires_at.us != 0 && !gw_instant_before(now, facts.expires_at);
    if (!secret_fits(&facts, parts.secret) || is_over || facts.is_revoked) return refuse(reterr);
    *ret = (gw_identity){.token_id = facts.id, .scopes = facts.scopes, .party = facts.party};
    return gw_ok();
}

bool gw_auth_is(const gw_identity *identity, unsigned scopes) {
    return (identity->scopes & scopes) != 0;
}

gw_status gw_auth_allow(const gw_identity *identity, unsigned scopes, gw_fault *reterr) {
    if (gw_auth_is(identity, scopes)) return gw_ok();
    char names[128] = "";
    for (unsigned bit = 1; bit <= GW_SCOPE_READER; bit <<= 1) {
        if ((scopes & bit) == 0) continue;
        const size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%s", used == 0 ? "" : " or ",
                       gw_scope_name((gw_scope)bit));
    }
    return gw_fail_with(reterr, GW_CODE_FORBIDDEN, NULL, "this needs the scope %s", names);
}

static bool sees_all(const gw_identity *identity) {
    return gw_auth_is(identity, GW_SCOPE_OPERATOR | GW_SCOPE_READER);
}

bool gw_auth_sees(const gw_identity *identity, gw_text party) {
    if (sees_all(identity)) return true;
    return identity->party.length > 0 && gw_text_equal(identity->party, party);
}

gw_status gw_auth_own(const gw_identity *identity, gw_text party, gw_text thing, gw_fault *reterr) {
    if (gw_auth_sees(identity, party)) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, NULL, "there is no \"%.*s\" here",
                        GW_TEXT_ARGS(gw_text_part(thing, 0, 80)));
}

gw_text gw_auth_filter(const gw_identity *identity) {
    if (sees_all(identity)) return (gw_text){"", 0};
    /* An unbound token of another scope sees nobody: no party has this name. */
    return identity->party.length > 0 ? identity->party : GW_TEXT("/nobody");
}
