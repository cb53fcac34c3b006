// Cryptography against published vectors: FIPS 180-4, RFC 4231 and RFC 4648; CRC-32's check value.
#include <gtest/gtest.h>

#include <memory>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <florin/crypto.hpp>

namespace florin {
namespace {

struct PemPair {
  std::string private_key, public_key;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}
PemPair pem_of(EVP_PKEY* key) {
  BIO* secret = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  BIO* open = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(open, key);
  EVP_PKEY_free(key);
  return PemPair{text_of(secret), text_of(open)};
}

TEST(Sha256, MatchesFips180) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(HmacSha256, MatchesRfc4231) {
  const auto hmac = [](std::string_view key, std::string_view text) {
    return to_hex(hmac_sha256(key, text));
  };
  EXPECT_EQ(hmac(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(hmac(*from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd')),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmac(std::string(131, '\xaa'),
                 "This is a test using a larger than block-size key and a larger than block-size data. The "
                 "key needs "
                 "to be hashed before being used by the HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, AnEmptyKeyIsNotTheKeyOfTheCallBefore) {
  static_cast<void>(hmac_sha256("some key", "text"));
  EXPECT_EQ(to_hex(hmac_sha256(std::string_view(), "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Base64, MatchesRfc4648AndIsStrict) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(*from_base64(text), bytes);
    const std::string_view bare = text.substr(0, text.find('='));
    EXPECT_EQ(to_base64url(bytes), bare);
    EXPECT_EQ(*from_base64url(bare), bytes);
  }
  EXPECT_EQ(to_base64("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(to_base64url("\xfb\xff\xfe"), "-__-");
  for (const std::string_view text :
       {"Zg", "Zg=", "Z===", "Zg===", "====", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "-__-", "=Zg="})
    EXPECT_FALSE(from_base64(text)) << text;
  for (const std::string_view text : {"Zg==", "Z", "Zh", "Zm9", "+//+", "Zm9v\n"})
    EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Hex, ReadsEitherCaseAndWritesLower) {
  EXPECT_EQ(to_hex(std::string_view("\x00\xff\x7f", 3)), "00ff7f");
  EXPECT_EQ(*from_hex("00FFaB"), std::string("\x00\xff\xab", 3));
  for (const std::string_view text : {"0", "0g", "0x", " 0", "-1"}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Crc32, MatchesItsCheckValue) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
}

TEST(ConstantTime, EqualityIsEquality) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(Rs256, VerifiesItsOwnSignatureAndNothingElse) {
  const PemPair pair = pem_of(EVP_RSA_gen(2048));
  const Result<std::string> signature = rs256_sign(Secret(pair.private_key), "header.claims");
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->size(), 256U);
  EXPECT_TRUE(rs256_verify(pair.public_key, "header.claims", *signature));
  EXPECT_FALSE(rs256_verify(pair.public_key, "header.claimz", *signature));
  EXPECT_FALSE(rs256_verify(pair.public_key, "header.claims", signature->substr(1)));
  EXPECT_FALSE(rs256_verify(pair.public_key, "header.claims", ""));
  EXPECT_FALSE(rs256_verify("no key", "header.claims", *signature));
  EXPECT_FALSE(rs256_verify(pem_of(EVP_RSA_gen(2048)).public_key, "header.claims", *signature));
}

TEST(Rs256, AKeyOfAnotherKindIsRefusedWithoutEchoingIt) {
  const PemPair curve = pem_of(EVP_EC_gen("P-256"));
  for (const std::string& key : {curve.private_key, std::string("rubbish"), std::string()}) {
    const Result<std::string> signature = rs256_sign(Secret(key), "x");
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().kind, Error::Kind::kInvalid);
    EXPECT_EQ(signature.error().message.find("rubbish"), std::string::npos);
  }
  EXPECT_FALSE(rs256_verify(curve.public_key, "x", "y"));
}

}  // namespace
}  // namespace florin
