// What the vault promises: sealed text opens only in its place, under its key, unchanged; rotation; and
// fingerprints that survive it.
#include "kernel/platform/crypto/vault.hpp"

#include <gtest/gtest.h>

#include <set>

#include <florin/crypto.hpp>

#include "kernel/platform/crypto/aes_gcm.hpp"
#include "kernel/platform/crypto/keyed_hmac.hpp"

namespace florin {
namespace {

Secret key_of(char fill) { return Secret(std::string(32, fill)); }

std::unique_ptr<Vault> vault(const std::string& current, std::map<std::string, Secret> keys) {
  Result<std::unique_ptr<Vault>> made = Vault::make(current, std::move(keys), system_random());
  EXPECT_TRUE(made);
  return std::move(*made);
}

const std::string kPlace = "lisbon-books/pm_1/number";
const Secret kNumber("4242424242424242");

TEST(KeyedHmac, UsedAgainIsWhatTheKeyGivesEachTime) {
  const Secret key(std::string(131, '\xaa'));  // RFC 4231, test case 6: a key that is longer than a block.
  const KeyedHmac keyed(key);
  const std::string first = "Test Using Larger Than Block-Size Key - Hash Key First";
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(to_hex(keyed.of(first)), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(keyed.of(""), hmac_sha256(key.expose(), ""));
    EXPECT_EQ(keyed.of(std::string(200, 'x')), hmac_sha256(key.expose(), std::string(200, 'x')));
  }
}

TEST(AesGcm, MatchesNistsVector) {
  // The GCM specification's test case 16 (McGrew and Viega, 2005).
  const std::string key = *from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const std::string nonce = *from_hex("cafebabefacedbaddecaf888");
  const std::string text = *from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aed"
      "f5aa0de657ba637b39");
  const std::string associated = *from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = aes_gcm::seal(key, nonce, text, associated);
  EXPECT_EQ(to_hex(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(aes_gcm::open(key, nonce, sealed, associated), text);
}

TEST(Vault, OpensWhatItSealedInItsPlaceAlone) {
  const auto here = vault("k1", {{"k1", key_of('a')}});
  const std::string sealed = here->seal(kNumber, kPlace);
  EXPECT_EQ(here->open(sealed, kPlace)->expose(), kNumber.expose());
  EXPECT_EQ(here->open(sealed, "tokyo-teas/pm_1/number").error().kind, Error::Kind::kDenied);
  EXPECT_EQ(here->open(sealed, "").error().kind, Error::Kind::kDenied);
  EXPECT_TRUE(here->open(here->seal(Secret(), kPlace), kPlace)->empty());
}

TEST(Vault, SealedTextIsAsciiNamesItsKeyAndIsNeverTheSameTwice) {
  const auto here = vault("2026-11", {{"2026-11", key_of('a')}});
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(here->seal(kNumber, kPlace));
  EXPECT_EQ(seen.size(), 1'000U);
  EXPECT_TRUE(seen.begin()->starts_with("fv1.2026-11."));
  for (const char letter : *seen.begin()) EXPECT_TRUE(letter > ' ' && letter < '\x7f');
}

TEST(Vault, EveryChangedByteIsNoticed) {
  const auto here = vault("k1", {{"k1", key_of('a')}});
  const std::string sealed = here->seal(kNumber, kPlace);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(here->open(changed, kPlace)) << "byte " << i;
    EXPECT_FALSE(here->open(sealed.substr(0, i), kPlace)) << "cut at " << i;
  }
  EXPECT_FALSE(here->open(sealed + "A", kPlace));
  EXPECT_FALSE(here->open(sealed + ".", kPlace));
}

TEST(Vault, PartsOfTwoSealedTextsDoNotFitTogether) {
  const auto here = vault("k1", {{"k1", key_of('a')}});
  const std::string one = here->seal(kNumber, kPlace), two = here->seal(kNumber, kPlace);
  EXPECT_FALSE(here->open(one.substr(0, one.rfind('.')) + two.substr(two.rfind('.')), kPlace));
}

TEST(Vault, RotationSealsAnewUnderTheCurrentKeyOnce) {
  const auto before = vault("k1", {{"k1", key_of('a')}});
  const auto after = vault("k2", {{"k1", key_of('a')}, {"k2", key_of('b')}});
  const auto later = vault("k2", {{"k2", key_of('b')}});
  const std::string old = before->seal(kNumber, kPlace);
  EXPECT_EQ(later->open(old, kPlace).error().code, "unknown_vault_key");

  const Result<std::string> rotated = after->rotate(old, kPlace);
  ASSERT_TRUE(rotated);
  EXPECT_TRUE(rotated->starts_with("fv1.k2."));
  EXPECT_EQ(later->open(*rotated, kPlace)->expose(), kNumber.expose());
  EXPECT_EQ(*after->rotate(*rotated, kPlace), *rotated);
  EXPECT_FALSE(after->rotate(old, "elsewhere"));
}

TEST(Vault, AnotherKeyOfTheSameNameDoesNotOpen) {
  const std::string sealed = vault("k1", {{"k1", key_of('a')}})->seal(kNumber, kPlace);
  EXPECT_EQ(vault("k1", {{"k1", key_of('b')}})->open(sealed, kPlace).error().code, "vault_refused");
}

TEST(Vault, RefusesKeysThatAreNone) {
  const auto code = [](const std::string& current, std::map<std::string, Secret> keys) {
    const auto made = Vault::make(current, std::move(keys), system_random());
    return made ? std::string() : made.error().code;
  };
  EXPECT_EQ(code("k1", {{"k1", Secret("short")}}), "invalid_key");
  EXPECT_EQ(code("k2", {{"k1", key_of('a')}}), "invalid_key_id");
  EXPECT_EQ(code("k1", {}), "invalid_key_id");
  EXPECT_EQ(code("a.b", {{"a.b", key_of('a')}}), "invalid_key_id");
}

TEST(Fingerprint, IsEqualForEqualTextOfOnePurposeAlsoAfterRotation) {
  const auto before = vault("k1", {{"k1", key_of('a')}});
  const auto after = vault("k2", {{"k1", key_of('a')}, {"k2", key_of('b')}});
  const std::string print = before->fingerprint(kNumber, "card");
  EXPECT_EQ(print.size(), 32U);
  EXPECT_EQ(print, after->fingerprint(kNumber, "card"));
  EXPECT_NE(print, before->fingerprint(kNumber, "api_key"));
  EXPECT_NE(print, before->fingerprint(Secret("4000000000000002"), "card"));
  EXPECT_NE(print, vault("k1", {{"k1", key_of('b')}})->fingerprint(kNumber, "card"));
  EXPECT_NE(print, to_hex(sha256(kNumber.expose())).substr(0, 32));
}

TEST(LockedMemory, AValueIsTakenOnceAndNotAfterItsTime) {
  LockedMemory memory(64);
  ASSERT_TRUE(memory.put("tok_1", Secret("314"), 1'000)) << "this machine lets us lock no memory";
  ASSERT_TRUE(memory.put("tok_2", Secret("2718"), 1'000));
  EXPECT_EQ(memory.take("tok_1", 999).expose(), "314");
  EXPECT_TRUE(memory.take("tok_1", 999).empty());
  EXPECT_TRUE(memory.take("tok_2", 1'000).empty());
  EXPECT_TRUE(memory.take("tok_3", 0).empty());
}

TEST(LockedMemory, IsBoundedAndGivesItsPlacesBack) {
  LockedMemory memory(4);
  for (const char* token : {"a", "b", "c", "d"}) ASSERT_TRUE(memory.put(token, Secret("314"), 10));
  EXPECT_FALSE(memory.put("e", Secret("314"), 10));
  EXPECT_TRUE(memory.put("a", Secret("159"), 20)) << "the same token takes its own place";
  memory.drop_expired(10);
  EXPECT_EQ(memory.take("a", 10).expose(), "159");
  for (const char* token : {"e", "f", "g", "h"}) EXPECT_TRUE(memory.put(token, Secret("271"), 30));
  EXPECT_FALSE(memory.put("i", Secret("271"), 30));
}

TEST(LockedMemory, TakesNothingLongerThanACvcCouldBe) {
  LockedMemory memory(4);
  EXPECT_TRUE(memory.put("fits", Secret(std::string(16, '1')), 10));
  EXPECT_FALSE(memory.put("long", Secret(std::string(17, '1')), 10));
}

}  // namespace
}  // namespace florin
