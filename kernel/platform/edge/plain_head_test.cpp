// Which requests may be refused at a glance, and where they end; and that such a refusal is the ordinary one.
#include "kernel/platform/edge/plain_head.hpp"

#include <gtest/gtest.h>

#include <string>

#include "kernel/platform/edge/http_writer.hpp"
#include "kernel/platform/edge/refusal.hpp"

namespace florin {
namespace {

std::string request(std::string_view fields, std::string_view line = "POST /payments?x=1 HTTP/1.1") {
  return std::string(line) + "\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}

TEST(EdgePlainHead, MethodPathAndSizeAreRead) {
  const std::string bytes = request("content-length: 12\r\nAccept: */*\r\n") + "{\"amount\":1}";
  const auto head = plain_head(bytes, 1024);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->path, "/payments");
  EXPECT_EQ(head->size, bytes.size());
}

TEST(EdgePlainHead, WithoutALengthThereIsNoBody) {
  const std::string bytes = request("", "GET /payments HTTP/1.1");
  const auto head = plain_head(bytes, 1024);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->size, bytes.size());
}

TEST(EdgePlainHead, WhatTwoReadersCouldReadDifferentlyIsNotPlain) {
  for (const std::string_view fields :
       {"Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: 1, 1\r\n", "Content-Length: +1\r\n", "Content-Length: \r\n",
        "Content-Length: 99999999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "EXPECT: 100-continue\r\n",
        "Connection: close\r\n", "Upgrade: websocket\r\n", "no colon\r\n", ": no name\r\n", "Folded: a\r\n b\r\n", "Bare: a\n"})
    EXPECT_FALSE(plain_head(request(fields), 1024)) << fields;
  for (const std::string_view line : {"POST /payments HTTP/1.0", "POST http://host/payments HTTP/1.1", "POST  /payments HTTP/1.1",
                                      "POST /a b HTTP/1.1", "OPTIONS * HTTP/1.1", "/payments HTTP/1.1", " /payments HTTP/1.1"})
    EXPECT_FALSE(plain_head(request("", line), 1024)) << line;
}

TEST(EdgePlainHead, HalfAHeadOrOneThatIsTooLongIsNotPlain) {
  const std::string whole = request("Content-Length: 0\r\n");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(plain_head(whole.substr(0, size), 1024)) << size;
  EXPECT_FALSE(plain_head(whole, whole.size() - 1));
}

TEST(EdgePlainHead, ThePreparedRefusalIsTheOrdinaryOneWithItsOwnId) {
  for (const std::string_view id : {"req_0191f0c27b3a7e1c9d5f3a2b1c0d9e8f", "req_ffffffffffffffffffffffffffffffff"})
    for (const Instant now : {Instant(std::chrono::seconds(1'700'000'000)), Instant(std::chrono::seconds(1'700'000'001))})
      EXPECT_EQ(overloaded_bytes(id, now), serialize(overloaded(id), AnswerFrame{id, now, false, true, false}));
}

}  // namespace
}  // namespace florin
