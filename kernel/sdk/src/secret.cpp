// Secrets: wiped through OPENSSL_cleanse, which no optimiser drops, compared in constant time.
#include <florin/secret.hpp>

#include <utility>

#include <openssl/crypto.h>

#include <florin/crypto.hpp>

namespace florin {

namespace {
// Up to the capacity: what stood there before a shorter text was assigned goes too.
void wipe_text(std::string& text) noexcept {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}
}  // namespace

// A short text lives inside the string object itself, so that a move leaves a copy behind: it is wiped.
Secret::Secret(std::string text) : text_(std::move(text)) { wipe_text(text); }
Secret::Secret(const Secret& other) = default;
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    Secret copy(other);
    *this = std::move(copy);
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

bool operator==(const Secret& a, const Secret& b) { return equal_in_constant_time(a.text_, b.text_); }

void Secret::wipe() noexcept { wipe_text(text_); }

}  // namespace florin
