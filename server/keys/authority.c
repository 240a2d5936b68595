/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keys/authority.h"

#include "base/text.h"
#include "server/keys/files.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIAL_BYTES = 16, NAME_SIZE = 96, VALID_CA_DAYS = 3650, VALID_LEAF_DAYS = 365 };
static const long seconds_a_day = 86400;
static const long backdate_s = 3600; /* a clock that is a little behind still accepts it */

struct gw_authority {
    char *directory;
    EVP_PKEY *key;
    X509 *certificate;
};

static void bio_drop(BIO **bio) { BIO_free(*bio); }
static void key_drop(EVP_PKEY **key) { EVP_PKEY_free(*key); }
static void x509_drop(X509 **certificate) { X509_free(*certificate); }
#define AUTO(drop) __attribute__((cleanup(drop)))

static gw_status failed(const char *name, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_INTERNAL, name, "the certificate could not be made");
}

static gw_status write_pem(const char *directory, const char *name, const char *ending, BIO *pem,
                           gw_fault *reterr) {
    char file[NAME_SIZE];
    char *bytes = NULL;
    const long length = BIO_get_mem_data(pem, &bytes);
    (void)snprintf(file, sizeof file, "%.64s%s", name, ending);
    const gw_key_audience audience = strcmp(ending, ".key") == 0 ? GW_KEY_PRIVATE : GW_KEY_PUBLIC;
    return gw_key_file_write(directory, file, (gw_bytes){(uint8_t *)bytes, (size_t)length},
                             audience, reterr);
}

static gw_status write_pair(const char *directory, const char *name, X509 *certificate,
                            EVP_PKEY *key, gw_fault *reterr) {
    AUTO(bio_drop) BIO *certificate_pem = BIO_new(BIO_s_mem());
    AUTO(bio_drop) BIO *key_pem = BIO_new(BIO_s_mem());
    if (certificate_pem == NULL || key_pem == NULL) return failed(name, reterr);
    if (PEM_write_bio_X509(certificate_pem, certificate) != 1) return failed(name, reterr);
    if (PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1)
        return failed(name, reterr);
    GW_TRY(write_pem(directory, name, ".key", key_pem, reterr));
    return write_pem(directory, name, ".pem", certificate_pem, reterr);
}

static bool set_serial(X509 *certificate) {
    uint8_t bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
    bytes[0] &= 0x7f; /* positive */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    const bool set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool set_name(X509 *certificate, const char *realm, const char *common_name) {
    X509_NAME *name = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)realm, -1,
                                      -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name,
                                      -1, -1, 0) == 1;
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    const bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static X509 *blank(const char *realm, const char *common_name, EVP_PKEY *key, long days) {
    X509 *certificate = X509_new();
    if (certificate == NULL) return NULL;
    const bool filled =
        X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -backdate_s) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), days * seconds_a_day) != NULL &&
        set_name(certificate, realm, common_name) && X509_set_pubkey(certificate, key) == 1;
    if (filled) return certificate;
    X509_free(certificate);
    return NULL;
}

static bool finish_ca(X509 *certificate, EVP_PKEY *key) {
    return X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
           add_extension(certificate, certificate, NID_basic_constraints,
                         "critical,CA:TRUE,pathlen:0") &&
           add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool finish_leaf(const gw_authority *authority, X509 *certificate, gw_leaf_use use) {
    const char *usage = use == GW_LEAF_SERVER ? "serverAuth" : "clientAuth";
    const bool named =
        use != GW_LEAF_SERVER || add_extension(certificate, authority->certificate,
                                               NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    return named &&
           X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)) == 1 &&
           add_extension(certificate, authority->certificate, NID_basic_constraints,
                         "critical,CA:FALSE") &&
           add_extension(certificate, authority->certificate, NID_key_usage,
                         "critical,digitalSignature") &&
           add_extension(certificate, authority->certificate, NID_ext_key_usage, usage) &&
           X509_sign(certificate, authority->key, EVP_sha256()) > 0;
}

static gw_status fill_authority(gw_authority *authority, const char *directory, const char *realm,
                                gw_fault *reterr) {
    authority->directory = strdup(directory);
    authority->key = EVP_EC_gen("P-256");
    if (authority->directory == NULL || authority->key == NULL) return failed("ca", reterr);
    authority->certificate = blank(realm, "gridwitness-ca", authority->key, VALID_CA_DAYS);
    if (authority->certificate == NULL || !finish_ca(authority->certificate, authority->key))
        return failed("ca", reterr);
    return write_pair(directory, "ca", authority->certificate, authority->key, reterr);
}

gw_status gw_authority_make(const char *directory, const char *realm, gw_authority **ret,
                            gw_fault *reterr) {
    gw_authority *authority = calloc(1, sizeof *authority);
    if (authority == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_status status = fill_authority(authority, directory, realm, reterr);
    if (!gw_is_ok(status)) {
        gw_authority_close(authority);
        return status;
    }
    *ret = authority;
    return gw_ok();
}

void gw_authority_close(gw_authority *authority) {
    if (authority == NULL) return;
    free(authority->directory);
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
    free(authority);
}

gw_status gw_authority_issue(const gw_authority *authority, const char *name, gw_leaf_use use,
                             gw_fault *reterr) {
    if (!gw_text_is_name(gw_text_from_c(name))) {
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_INVALID, name,
                                    "\"%.64s\" cannot be the name of a certificate", name),
                       "Use 1 to 64 of A-Z a-z 0-9 . _ : and -.");
    }
    char realm[NAME_SIZE] = "";
    (void)X509_NAME_get_text_by_NID(X509_get_subject_name(authority->certificate),
                                    NID_organizationName, realm, sizeof realm);
    AUTO(key_drop) EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL) return failed(name, reterr);
    AUTO(x509_drop) X509 *certificate = blank(realm, name, key, VALID_LEAF_DAYS);
    if (certificate == NULL || !finish_leaf(authority, certificate, use))
        return failed(name, reterr);
    return write_pair(authority->directory, name, certificate, key, reterr);
}
