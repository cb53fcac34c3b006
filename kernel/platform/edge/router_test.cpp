// Which route a request reaches, and what it is told when it reaches none.
#include "kernel/platform/edge/router.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

// Answers with the route's operation and its parameters: "capture_payment id=pay_1".
RouteHandler saying(std::string operation) {
  return [operation](const EdgeRequest&, const PathParams& params) -> Task<EdgeResponse> {
    return [](std::string text, const PathParams& given) -> Task<EdgeResponse> {
      for (const auto& [name, value] : given.all()) text += " " + name + "=" + value;
      EdgeResponse response;
      response.body = std::move(text);
      co_return response;
    }(operation, params);
  };
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    add("GET", "/", "root");
    add("GET", "/api/v1/payments", "list_payments");
    add("POST", "/api/v1/payments", "create_payment", 1000);
    add("GET", "/api/v1/payments/{id}", "get_payment");
    add("GET", "/api/v1/payments/history", "list_history");
    add("POST", "/api/v1/payments/{id}/capture", "capture_payment");
    add("POST", "/api/v1/webhooks/{provider}/{account}", "receive_webhook");
  }
  void add(std::string method, std::string pattern, std::string operation,
           std::optional<std::size_t> limit = {}) {
    RouteHandler handler = saying(operation);
    router_.add(
        EdgeRoute{std::move(method), std::move(pattern), std::move(operation), limit, std::move(handler)});
  }
  EdgeResponse ask(std::string method, std::string path) {
    EdgeRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.request_id = "req_1";
    return router_.answer(request).run();
  }
  std::string reached(std::string method, std::string path) {
    const EdgeResponse response = ask(std::move(method), std::move(path));
    return response.status == 200 ? response.body : std::to_string(response.status);
  }
  Router router_;
};

TEST_F(RouterTest, AnExactPathReachesItsRouteByMethod) {
  EXPECT_EQ(reached("GET", "/"), "root");
  EXPECT_EQ(reached("GET", "/api/v1/payments"), "list_payments");
  EXPECT_EQ(reached("POST", "/api/v1/payments"), "create_payment");
}

TEST_F(RouterTest, ParametersAreHandedOverByName) {
  EXPECT_EQ(reached("POST", "/api/v1/payments/pay_1/capture"), "capture_payment id=pay_1");
  EXPECT_EQ(reached("POST", "/api/v1/webhooks/stripe/main"), "receive_webhook provider=stripe account=main");
}

TEST_F(RouterTest, AFixedSegmentWinsOverAParameter) {
  EXPECT_EQ(reached("GET", "/api/v1/payments/history"), "list_history");
  EXPECT_EQ(reached("GET", "/api/v1/payments/histories"), "get_payment id=histories");
}

TEST_F(RouterTest, AFixedSegmentThatLeadsNowhereGivesWayToTheParameter) {
  EXPECT_EQ(reached("POST", "/api/v1/payments/history/capture"), "capture_payment id=history");
}

TEST_F(RouterTest, ParametersAreDecodedAndNeverSplit) {
  EXPECT_EQ(reached("GET", "/api/v1/payments/a%2Fb%20c+d"), "get_payment id=a/b c+d");
}

TEST_F(RouterTest, AFixedSegmentIsFoundInItsEncodedForm) {
  EXPECT_EQ(reached("GET", "/api/v1/payments/%68istory"), "list_history");
}

TEST_F(RouterTest, APathThatIsNotEncodedTextIsA400) {
  EXPECT_EQ(reached("GET", "/api/v1/payments/%zz"), "400");
  EXPECT_EQ(reached("GET", "/api/v1/payments/%2"), "400");
  EXPECT_EQ(reached("GET", "/api/v1/payments/a%00b"), "400");
}

TEST_F(RouterTest, AnUnknownPathIsA404) {
  EXPECT_EQ(reached("GET", "/api/v1"), "404");
  EXPECT_EQ(reached("GET", "/api/v1/payments/"), "404");
  EXPECT_EQ(reached("POST", "/api/v1/payments//capture"), "404");
  EXPECT_EQ(reached("GET", "/api/v1/payments/x/capture/y"), "404");
  EXPECT_EQ(reached("OPTIONS", "*"), "404");
}

TEST_F(RouterTest, AnotherMethodIsA405ThatNamesTheAllowedOnes) {
  const EdgeResponse response = ask("DELETE", "/api/v1/payments");

  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.at("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(nlohmann::json::parse(response.body)["error"]["request_id"], "req_1");
}

TEST_F(RouterTest, HeadIsServedByGet) {
  EXPECT_EQ(reached("HEAD", "/api/v1/payments/p"), "get_payment id=p");
}

TEST_F(RouterTest, ARoutesBodyLimitIsFoundBeforeItsBody) {
  EXPECT_EQ(router_.body_limit("POST", "/api/v1/payments"), std::optional<std::size_t>(1000));
  EXPECT_EQ(router_.body_limit("GET", "/api/v1/payments"), std::nullopt);
  EXPECT_EQ(router_.body_limit("POST", "/nowhere"), std::nullopt);
}

TEST_F(RouterTest, EveryRouteCanBeWalked) {
  ASSERT_EQ(router_.routes().size(), 7u);
  EXPECT_EQ(router_.routes()[5].method, "POST");
  EXPECT_EQ(router_.routes()[5].pattern, "/api/v1/payments/{id}/capture");
  EXPECT_EQ(router_.routes()[5].operation, "capture_payment");
}

TEST_F(RouterTest, TwoRoutesOfOnePatternStopTheProcess) {
  EXPECT_DEATH(add("GET", "/api/v1/payments", "another"), "one method and pattern");
}

}  // namespace
}  // namespace florin
