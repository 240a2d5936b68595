/* SPDX-License-Identifier: Apache-2.0
 *
 * EIP-712, type-2 transactions and Merkle trees of ../shared/data/chain_vectors. The typed data
 * vectors have free types, so a general encoder stands here; the product has only its two types.
 */
#include "tests/unit/oracle/vectors.h"

#include "base/writer.h"
#include "oracle/keccak.h"
#include "oracle/merkle.h"
#include "oracle/sign.h"
#include "oracle/transaction.h"

#include <assert.h>
#include <string.h>

static gw_text base_of(gw_text type) { return gw_text_part(type, 0, gw_text_find(type, '[')); }

static const json_t *struct_of(const json_t *types, gw_text type) {
    char name[128];
    assert(type.length < sizeof name);
    memcpy(name, type.at, type.length);
    name[type.length] = '\0';
    return json_object_get(types, name);
}

/* Collects the structs that type refers to, itself first. */
static void collect(const json_t *types, gw_text type, gw_text *found, size_t *count) {
    const json_t *members = struct_of(types, type);
    if (members == NULL) return;
    for (size_t at = 0; at < *count; at++)
        if (gw_text_equal(found[at], type)) return;
    assert(*count < 32);
    found[(*count)++] = type;
    for (size_t at = 0; at < json_array_size(members); at++) {
        const json_t *member = json_array_get(members, at);
        collect(types, base_of(gw_text_from_c(gw_vector_text(member, "type"))), found, count);
    }
}

static void write_struct_type(gw_writer *out, const json_t *types, gw_text type) {
    const json_t *members = struct_of(types, type);
    gw_write_text(out, type);
    gw_write_c(out, "(");
    for (size_t at = 0; at < json_array_size(members); at++) {
        const json_t *member = json_array_get(members, at);
        if (at > 0) gw_write_c(out, ",");
        gw_write_c(out, gw_vector_text(member, "type"));
        gw_write_c(out, " ");
        gw_write_c(out, gw_vector_text(member, "name"));
    }
    gw_write_c(out, ")");
}

static gw_word type_hash(gw_vectors *vectors, const json_t *types, gw_text primary) {
    gw_text found[32];
    size_t count = 0;
    collect(types, primary, found, &count);
    for (size_t at = 2; at < count; at++) /* insertion sort of the referenced ones */
        for (size_t to = at; to > 1 && gw_text_compare(found[to - 1], found[to]) > 0; to--) {
            const gw_text swapped = found[to];
            found[to] = found[to - 1];
            found[to - 1] = swapped;
        }
    gw_writer out;
    gw_writer_init(&out, vectors->arena);
    for (size_t at = 0; at < count; at++) write_struct_type(&out, types, found[at]);
    return gw_keccak256((gw_bytes){out.at, out.length});
}

static gw_word hash_struct(gw_vectors *vectors, const json_t *types, gw_text type,
                           const json_t *data);

static gw_word encode_member(gw_vectors *vectors, const json_t *types, gw_text type,
                             const json_t *data) {
    if (type.at[type.length - 1] == ']') {
        size_t open = type.length;
        while (type.at[open - 1] != '[') open--;
        gw_writer out;
        gw_writer_init(&out, vectors->arena);
        for (size_t at = 0; at < json_array_size(data); at++) {
            const gw_word word = encode_member(vectors, types, gw_text_part(type, 0, open - 1),
                                               json_array_get(data, at));
            gw_write_bytes(&out, word.bytes, GW_WORD_BYTES);
        }
        return gw_keccak256((gw_bytes){out.at, out.length});
    }
    if (struct_of(types, type) != NULL) return hash_struct(vectors, types, type, data);
    gw_abi_type atom;
    const gw_status parsed = gw_abi_type_parse(vectors->arena, type, &atom, NULL);
    assert(gw_is_ok(parsed));
    const gw_abi_value value = gw_vector_value(vectors, &atom, data);
    return atom.is_dynamic ? gw_keccak256(value.bytes) : value.word;
}

static gw_word hash_struct(gw_vectors *vectors, const json_t *types, gw_text type,
                           const json_t *data) {
    const json_t *members = struct_of(types, type);
    const gw_word head = type_hash(vectors, types, type);
    gw_writer out;
    gw_writer_init(&out, vectors->arena);
    gw_write_bytes(&out, head.bytes, GW_WORD_BYTES);
    for (size_t at = 0; at < json_array_size(members); at++) {
        const json_t *member = json_array_get(members, at);
        const gw_word word =
            encode_member(vectors, types, gw_text_from_c(gw_vector_text(member, "type")),
                          json_object_get(data, gw_vector_text(member, "name")));
        gw_write_bytes(&out, word.bytes, GW_WORD_BYTES);
    }
    return gw_keccak256((gw_bytes){out.at, out.length});
}

static gw_word domain_separator(gw_vectors *vectors, const json_t *domain) {
    static const struct {
        const char *name;
        const char *type;
    } fields[] = {{"name", "string"},
                  {"version", "string"},
                  {"chainId", "uint256"},
                  {"verifyingContract", "address"},
                  {"salt", "bytes32"}};
    json_t *types = json_object();
    json_t *members = json_array();
    for (size_t at = 0; at < sizeof fields / sizeof fields[0]; at++)
        if (json_object_get(domain, fields[at].name) != NULL)
            json_array_append_new(
                members, json_pack("{ssss}", "name", fields[at].name, "type", fields[at].type));
    json_object_set_new(types, "EIP712Domain", members);
    const gw_word separator = hash_struct(vectors, types, GW_TEXT("EIP712Domain"), domain);
    json_decref(types);
    return separator;
}

static gw_word typed_digest(gw_vectors *vectors, const json_t *vector, const char *data) {
    const gw_word separator = domain_separator(vectors, json_object_get(vector, "domain"));
    const gw_word message = hash_struct(vectors, json_object_get(vector, "types"),
                                        gw_text_from_c(gw_vector_text(vector, "primaryType")),
                                        json_object_get(vector, data));
    uint8_t bytes[2 + 2 * GW_WORD_BYTES] = {0x19, 0x01};
    memcpy(bytes + 2, separator.bytes, GW_WORD_BYTES);
    memcpy(bytes + 2 + GW_WORD_BYTES, message.bytes, GW_WORD_BYTES);
    return gw_keccak256((gw_bytes){bytes, sizeof bytes});
}

void vector_typed_data(gw_vectors *vectors, const json_t *vector) {
    const gw_word digest = typed_digest(vectors, vector, "data");
    gw_vectors_count(vectors,
                     gw_vector_is_hex(gw_word_slice(&digest), gw_vector_text(vector, "digest")),
                     gw_vector_text(vector, "name"));
}

static gw_signer *signer_of(gw_vectors *vectors, const char *key) {
    gw_signing_key parsed;
    gw_signer *signer = NULL;
    const gw_status read = gw_signing_key_parse(gw_text_from_c(key), &parsed, NULL);
    assert(gw_is_ok(read));
    const gw_status made = gw_signer_make(vectors->arena, &parsed, NULL, &signer, NULL);
    assert(gw_is_ok(made));
    return signer;
}

void vector_typed_data_mail(gw_vectors *vectors, const json_t *whole) {
    const gw_word digest = typed_digest(vectors, whole, "message");
    const gw_signer *signer = signer_of(vectors, gw_vector_text(whole, "privateKey"));
    gw_signature signature;
    gw_address back;
    char address[GW_ADDRESS_TEXT_SIZE] = "";
    const bool is_signed = gw_is_ok(gw_signer_sign(signer, digest, &signature, NULL)) &&
                           gw_is_ok(gw_signature_recover(&signature, digest, &back, NULL));
    if (is_signed) gw_address_print(back, address);
    const gw_word separator = domain_separator(vectors, json_object_get(whole, "domain"));
    const bool is_good =
        is_signed && strcmp(address, gw_vector_text(whole, "address")) == 0 &&
        gw_vector_is_hex(gw_word_slice(&digest), gw_vector_text(whole, "digest")) &&
        gw_vector_is_hex(gw_word_slice(&separator), gw_vector_text(whole, "domainSeparator")) &&
        gw_vector_is_hex((gw_bytes){signature.bytes, 32}, gw_vector_text(whole, "r")) &&
        gw_vector_is_hex((gw_bytes){signature.bytes + 32, 32}, gw_vector_text(whole, "s")) &&
        signature.bytes[64] == json_integer_value(json_object_get(whole, "v"));
    gw_vectors_count(vectors, is_good, "mail");
}

static uint64_t number_of(const json_t *fields, const char *key) {
    uint64_t number = 0;
    const gw_word word = gw_vector_word(json_object_get(fields, key));
    const gw_status fits = gw_word_to_u64(word, &number, NULL);
    assert(gw_is_ok(fits));
    return number;
}

static void accesses_of(gw_vectors *vectors, const json_t *list, gw_transaction *ret) {
    gw_access *accesses = NULL;
    gw_status taken =
        GW_ARENA_NEW(vectors->arena, gw_access, json_array_size(list), &accesses, NULL);
    for (size_t at = 0; at < json_array_size(list); at++) {
        const json_t *entry = json_array_get(list, at);
        const json_t *keys = json_object_get(entry, "storageKeys");
        const gw_bytes address = gw_vector_bytes(vectors, json_object_get(entry, "address"));
        memcpy(accesses[at].address.bytes, address.at, GW_ADDRESS_BYTES);
        gw_word *words = NULL;
        taken = GW_ARENA_NEW(vectors->arena, gw_word, json_array_size(keys), &words, NULL);
        for (size_t key = 0; key < json_array_size(keys); key++)
            words[key] = gw_vector_word(json_array_get(keys, key));
        accesses[at].keys = words;
        accesses[at].key_count = json_array_size(keys);
    }
    assert(gw_is_ok(taken));
    ret->accesses = accesses;
    ret->access_count = json_array_size(list);
}

static gw_transaction transaction_of(gw_vectors *vectors, const json_t *fields) {
    const gw_bytes to = gw_vector_bytes(vectors, json_object_get(fields, "to"));
    gw_transaction transaction = {
        .chain_id = number_of(fields, "chainId"),
        .nonce = number_of(fields, "nonce"),
        .tip_wei = gw_vector_word(json_object_get(fields, "maxPriorityFeePerGas")),
        .fee_cap_wei = gw_vector_word(json_object_get(fields, "maxFeePerGas")),
        .gas_limit = number_of(fields, "gasLimit"),
        .is_creation = to.length == 0,
        .value_wei = gw_vector_word(json_object_get(fields, "value")),
        .data = gw_vector_bytes(vectors, json_object_get(fields, "data")),
    };
    if (to.length > 0) memcpy(transaction.to.bytes, to.at, GW_ADDRESS_BYTES);
    accesses_of(vectors, json_object_get(fields, "accessList"), &transaction);
    return transaction;
}

/* Some vectors have a tip above the cap: they are signed all the same, and refused when read. */
static bool reads_back(gw_vectors *vectors, const gw_transaction *transaction, gw_bytes raw,
                       gw_address sender) {
    gw_transaction read;
    gw_address who;
    gw_bytes again;
    gw_bytes first;
    const gw_status status = gw_transaction_decode(vectors->arena, raw, &read, &who, NULL);
    if (gw_word_compare(transaction->tip_wei, transaction->fee_cap_wei) > 0)
        return !gw_is_ok(status);
    return gw_is_ok(status) && gw_address_equal(who, sender) &&
           gw_is_ok(gw_transaction_unsigned(vectors->arena, &read, &again, NULL)) &&
           gw_is_ok(gw_transaction_unsigned(vectors->arena, transaction, &first, NULL)) &&
           gw_bytes_equal(first, again);
}

void vector_transaction(gw_vectors *vectors, const json_t *vector) {
    const json_t *fields = json_object_get(vector, "tx");
    if (json_integer_value(json_object_get(fields, "type")) != 2) {
        gw_vectors_skip(vectors, "type 1 is not used");
        return;
    }
    const gw_transaction transaction = transaction_of(vectors, fields);
    const gw_signer *signer = signer_of(vectors, gw_vector_text(vector, "key"));
    gw_signed_transaction made;
    gw_bytes bare;
    const bool is_good =
        gw_is_ok(gw_transaction_unsigned(vectors->arena, &transaction, &bare, NULL)) &&
        gw_vector_is_hex(bare, gw_vector_text(vector, "unsigned")) &&
        gw_is_ok(gw_transaction_sign(vectors->arena, &transaction, signer, &made, NULL)) &&
        gw_vector_is_hex(made.raw, gw_vector_text(vector, "signed")) &&
        reads_back(vectors, &transaction, made.raw, gw_signer_address(signer));
    gw_vectors_count(vectors, is_good, gw_vector_text(vector, "name"));
}

void vector_transaction_official(gw_vectors *vectors, const json_t *vector) {
    const char *raw = gw_vector_text(vector, "txbytes");
    const json_t *forks = json_object_get(vector, "result");
    const json_t *wanted = json_object_get(forks, "Cancun");
    if (wanted == NULL) wanted = json_object_get(forks, "Shanghai");
    if (strncmp(raw, "0x02", 4) != 0) {
        gw_vectors_skip(vectors, "only type 2 is used");
        return;
    }
    gw_transaction transaction;
    gw_address sender;
    const gw_bytes bytes = gw_vector_bytes(vectors, json_object_get(vector, "txbytes"));
    const gw_status read =
        gw_transaction_decode(vectors->arena, bytes, &transaction, &sender, NULL);
    bool is_good = gw_is_ok(read) == (json_object_get(wanted, "exception") == NULL);
    if (gw_is_ok(read) && is_good) {
        const gw_word hash = gw_keccak256(bytes);
        is_good = gw_vector_is_hex(gw_word_slice(&hash), gw_vector_text(wanted, "hash")) &&
                  gw_vector_is_hex((gw_bytes){sender.bytes, GW_ADDRESS_BYTES},
                                   gw_vector_text(wanted, "sender"));
    }
    gw_vectors_count(vectors, is_good, gw_vector_text(vector, "name"));
}

static gw_word leaf_of(gw_vectors *vectors, const gw_abi_type *type, const json_t *value) {
    const gw_abi_value tuple = gw_vector_value(vectors, type, value);
    gw_bytes encoded = {NULL, 0};
    const gw_status made = gw_abi_encode(vectors->arena, type, &tuple, &encoded, NULL);
    assert(gw_is_ok(made));
    return gw_merkle_leaf(encoded);
}

static bool proof_holds(const gw_merkle *merkle, const json_t *wanted, gw_word leaf) {
    gw_merkle_proof proof;
    gw_merkle_prove(merkle, (size_t)json_integer_value(json_object_get(wanted, "index")), &proof);
    const json_t *siblings = json_object_get(wanted, "proof");
    bool is_good = proof.count == json_array_size(siblings) &&
                   gw_vector_is_hex(gw_word_slice(&leaf), gw_vector_text(wanted, "leafHash")) &&
                   gw_merkle_verify(gw_merkle_root(merkle), leaf, &proof);
    for (size_t at = 0; is_good && at < proof.count; at++)
        is_good = gw_word_equal(proof.siblings[at], gw_vector_word(json_array_get(siblings, at)));
    return is_good;
}

static void merkle_tree(gw_vectors *vectors, const json_t *tree) {
    const json_t *encoding = json_object_get(tree, "encoding");
    const gw_abi_type type =
        gw_vector_type(vectors, json_array_size(encoding) == 2 ? "(address,uint256)"
                                                               : "(bytes32,uint64,uint64,int256)");
    const json_t *values = json_object_get(tree, "values");
    const size_t count = json_array_size(values);
    gw_word *leaves = NULL;
    gw_merkle merkle;
    gw_status status = GW_ARENA_NEW(vectors->arena, gw_word, count, &leaves, NULL);
    for (size_t at = 0; at < count; at++)
        leaves[at] = leaf_of(vectors, &type, json_array_get(values, at));
    status = gw_merkle_build(vectors->arena, leaves, count, &merkle, NULL);
    assert(gw_is_ok(status));
    const gw_word root = gw_merkle_root(&merkle);
    bool is_good = gw_vector_is_hex(gw_word_slice(&root), gw_vector_text(tree, "root"));
    const json_t *proofs = json_object_get(tree, "proofs");
    for (size_t at = 0; is_good && at < json_array_size(proofs); at++) {
        const json_t *proof = json_array_get(proofs, at);
        const json_int_t index = json_integer_value(json_object_get(proof, "index"));
        is_good = proof_holds(&merkle, proof, leaves[index]);
    }
    gw_vectors_count(vectors, is_good, gw_vector_text(tree, "root"));
}

void vector_merkle(gw_vectors *vectors, const json_t *whole) {
    const json_t *trees = json_object_get(whole, "trees");
    for (size_t at = 0; at < json_array_size(trees); at++)
        merkle_tree(vectors, json_array_get(trees, at));
}
