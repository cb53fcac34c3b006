// Laws 2 and 3, held against the far side's own books: whatever the network does at whichever exchange, an
// outcome never denies money that moved, and the look-up finds out what is true without adding to it.
#include "tests/conformance/stage.hpp"

namespace florin::conformance {
namespace {

using Of = LookupRequest::Of;

// A sentence for each way that an outcome contradicts the books; "" when it does not.
template <class Outcome>
std::string contradiction(const Result<Outcome>& result, bool moved) {
  if (!result) return moved ? "an Error, although money moved: " + result.error().message : "";
  return std::visit(
      [moved](const auto& each) -> std::string {
        using Is = std::decay_t<decltype(each)>;
        const bool says_done = std::is_same_v<Is, Approved> || std::is_same_v<Is, Accepted>;
        if (says_done) return moved ? "" : "it says done, although nothing moved";
        if (std::is_same_v<Is, InDoubt> || !moved) return "";
        return std::is_same_v<Is, NotFound>   ? "NotFound, although money moved"
               : std::is_same_v<Is, Declined> ? "Declined, although money moved"
                                              : "RequiresAction, although money moved";
      },
      *result);
}

class Faults : public Conformance {
 protected:
  // Plays `act` on a fresh stage for every fault at every exchange that it makes when nothing goes wrong.
  template <class Prepare, class Act, class Judge>
  void sweep(Prepare prepare, Act act, Judge judge) {
    Stage clean(GetParam());
    auto ready = prepare(clean);
    const std::size_t before = clean.http.exchanges.size();
    (void)act(clean, ready);
    const std::size_t exchanges = clean.http.exchanges.size() - before;
    ASSERT_GT(exchanges, 0u);
    for (const Fault fault : test_support::all_faults()) {
      for (std::size_t at = 0; at < exchanges; ++at) {
        SCOPED_TRACE(std::string(to_text(fault)) + " at exchange " + std::to_string(at));
        Stage stage_of_its_own(GetParam());
        auto prepared = prepare(stage_of_its_own);
        stage_of_its_own.http.break_request(at, fault);
        const auto result = act(stage_of_its_own, prepared);
        stage_of_its_own.http.mend();
        judge(stage_of_its_own, prepared, result);
      }
    }
  }

  // What the kernel does with an operation in doubt: asks at once, and again later, when nothing may be left
  // open.
  template <class Ask>
  static void settle(Stage& stage, LookupRequest request, bool moved, Ask ask) {
    const std::size_t entries = stage.books.entries().size();
    for (const std::chrono::seconds age : {std::chrono::seconds(0), std::chrono::seconds(30)}) {
      stage.wait(age);
      request.now = stage.now;
      const auto found = ask(request);
      EXPECT_EQ(contradiction(found, moved), "");
      if (age.count() == 0) continue;
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_FALSE(std::holds_alternative<InDoubt>(*found)) << std::get<InDoubt>(*found).why;
    }
    EXPECT_EQ(stage.books.entries().size(), entries) << "a look-up never moves money";
  }
  // Law 2's other look-up, where a provider has none: the same request under the same key. What had not
  // arrived is carried out by it, as it was asked for, and never a second time.
  static bool repeats(const Stage& stage, const std::string& operation) {
    const Json repeated = stage.facts.value("lookup_repeats", Json::array());
    return std::find(repeated.begin(), repeated.end(), operation) != repeated.end();
  }
  static void settle_by_repeating(Stage& stage, LookupRequest request, Kind done) {
    for (const std::chrono::seconds age : {std::chrono::seconds(0), std::chrono::seconds(30)}) {
      stage.wait(age);
      request.now = stage.now;
      const auto found = stage.provider->lookup_modification(request, stage.http).run();
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_TRUE(std::holds_alternative<Accepted>(*found));
      EXPECT_EQ(stage.count(done, request.attempt_id), 1u) << "asked for once, done once";
      EXPECT_EQ(stage.sum(done), request.amount);
    }
  }
  static void settle_authorization(Stage& stage, const LookupRequest& request, bool moved) {
    settle(stage, request, moved,
           [&](const LookupRequest& each) { return stage.provider->lookup(each, stage.http).run(); });
  }
  static void settle_modification(Stage& stage, const LookupRequest& request, bool moved) {
    settle(stage, request, moved, [&](const LookupRequest& each) {
      return stage.provider->lookup_modification(each, stage.http).run();
    });
  }
};
FLORIN_CONFORMANCE(Faults);

TEST_P(Faults, AnAuthorizeIsNeverDeniedAndItsLookupFindsTheTruth) {
  for (const bool capture : {true, false}) {
    if (!capture && !stage.can.manual_capture) continue;
    sweep([&](Stage& each) { return each.sale(each.facts.at("approved"), capture); },
          [](Stage& each, AuthorizeRequest& request) { return each.authorize(request); },
          [](Stage& each, AuthorizeRequest& request, const AuthorizeResult& result) {
            const bool moved = each.count(Kind::kAuthorized, "att_1") > 0;
            EXPECT_EQ(contradiction(result, moved), "");
            if (!result) return;  // A promise that nothing moved and nothing will: the kernel goes elsewhere.
            std::string reference;
            if (const auto* doubt = std::get_if<InDoubt>(&*result)) reference = doubt->reference;
            if (const auto* yes = std::get_if<Approved>(&*result)) reference = yes->reference;
            settle_authorization(each, each.question(Of::kAuthorize, request, reference), moved);
          });
  }
}

TEST_P(Faults, AfterACrashTheLookupFindsTheTruthWithoutKnowingAReference) {
  sweep([](Stage& each) { return each.sale(each.facts.at("approved")); },
        [](Stage& each, AuthorizeRequest& request) { return each.authorize(request); },
        [](Stage& each, AuthorizeRequest& request, const AuthorizeResult&) {
          settle_authorization(each, each.question(Of::kAuthorize, request, ""),
                               each.count(Kind::kAuthorized, "att_1") > 0);
        });
}

TEST_P(Faults, WhatTheLookupCalledNotFoundCannotComeToLifeWhenTheLostRequestArrivesAfterAll) {
  if (!stage.facts.value("not_found_is_final", false))
    GTEST_SKIP() << "its NotFound rests on time that has passed";
  const AuthorizeRequest request = stage.sale(stage.facts.at("approved"));
  Stage again(GetParam());
  (void)again.authorize(request);
  const std::size_t last = again.http.exchanges.size() - 1;
  stage.http.break_request(last, Fault::kSilentBefore);
  (void)stage.authorize(request);
  const HttpRequest lost = stage.http.exchanges.back().request;
  const auto found = stage.provider->lookup(stage.question(Of::kAuthorize, request, ""), stage.http).run();
  ASSERT_TRUE(found && std::holds_alternative<NotFound>(*found));

  (void)stage.http.deliver(lost);

  EXPECT_TRUE(stage.books.entries().empty()) << "the kernel has gone to another provider by now";
}

TEST_P(Faults, ALookupThatIsItselfDisturbedNeverDeniesMoney) {
  const AuthorizeRequest request = stage.sale(stage.facts.at("approved"));
  for (const bool moved : {true, false}) {
    for (const std::string kept : {"yes", "no"}) {
      sweep(
          [&](Stage& each) {
            if (!moved) {
              Stage clean(GetParam());
              (void)clean.authorize(request);
              each.http.break_request(clean.http.exchanges.size() - 1, Fault::kSilentBefore);
            }
            const auto result = each.authorize(request);
            each.http.mend();
            each.wait(std::chrono::seconds(30));
            std::string reference;
            if (kept == "yes" && result && std::holds_alternative<Approved>(*result))
              reference = std::get<Approved>(*result).reference;
            if (kept == "yes" && result && std::holds_alternative<InDoubt>(*result))
              reference = std::get<InDoubt>(*result).reference;
            return each.question(Of::kAuthorize, request, reference);
          },
          [](Stage& each, LookupRequest& question) {
            return each.provider->lookup(question, each.http).run();
          },
          [&](Stage& each, LookupRequest&, const Result<AuthorizationLookup>& result) {
            EXPECT_EQ(each.count(Kind::kAuthorized), moved ? 1u : 0u) << "a look-up never moves money";
            if (!result) return;  // "Could not ask": it stays in doubt.
            EXPECT_EQ(contradiction(result, moved), "");
          });
    }
  }
}

TEST_P(Faults, ACaptureIsNeverDeniedAndItsLookupFindsTheTruth) {
  if (!stage.can.manual_capture) GTEST_SKIP() << "it captures at once";
  sweep([](Stage& each) { return each.approved(false); },
        [](Stage& each, Approved& held) {
          const auto request = each.capture_of(held, each.money(1200), each.money(0), true, "att_capture");
          return each.provider->capture(request, each.http).run();
        },
        [](Stage& each, Approved& held, const ModifyResult& result) {
          const bool moved = each.count(Kind::kCaptured) > 0;
          EXPECT_EQ(contradiction(result, moved), "");
          auto question = each.question(
              Of::kCapture, each.sale(each.facts.at("approved"), false, "att_capture"), held.reference);
          settle_modification(each, question, moved);
        });
}

TEST_P(Faults, AVoidIsNeverDeniedAndItsLookupFindsTheTruth) {
  if (!stage.can.voids || !stage.can.manual_capture) GTEST_SKIP() << "it has no void";
  sweep([](Stage& each) { return each.approved(false); },
        [](Stage& each, Approved& held) {
          return each.provider->void_payment(each.void_of(held.reference), each.http).run();
        },
        [](Stage& each, Approved& held, const ModifyResult& result) {
          const bool moved = each.count(Kind::kVoided) > 0;
          EXPECT_EQ(contradiction(result, moved), "");
          auto question = each.question(Of::kVoid, each.sale(each.facts.at("approved"), false, "att_void"),
                                        held.reference);
          settle_modification(each, question, moved);
        });
}

TEST_P(Faults, ARefundIsNeverDeniedAndItsLookupFindsTheTruth) {
  if (!stage.can.refunds) GTEST_SKIP() << "it has no refunds";
  sweep([](Stage& each) { return each.approved(true); },
        [](Stage& each, Approved& taken) {
          return each.provider->refund(each.refund_of(taken, each.money(1200), "ref_1"), each.http).run();
        },
        [](Stage& each, Approved& taken, const ModifyResult& result) {
          const bool moved = each.count(Kind::kRefunded) > 0;
          EXPECT_EQ(contradiction(result, moved), "");
          auto question = each.question(Of::kRefund, each.sale(each.facts.at("approved"), true, "ref_1"),
                                        taken.reference);
          question.capture_reference = taken.capture_reference;
          if (repeats(each, "refund"))
            settle_by_repeating(each, question, Kind::kRefunded);
          else
            settle_modification(each, question, moved);
        });
}

TEST_P(Faults, AResumeIsNeverDeniedAndCanBeAskedAgain) {
  for (const Json& fact : stage.facts.at("actions")) {
    sweep(
        [&](Stage& each) {
          const AuthorizeRequest request = each.sale(fact);
          const auto action = std::get<RequiresAction>(*each.authorize(request));
          each.visit(action, "approve");
          return ResumeRequest{"att_1", "pay_1", action.reference, request.amount, true, each.now};
        },
        [](Stage& each, ResumeRequest& request) { return each.provider->resume(request, each.http).run(); },
        [](Stage& each, ResumeRequest& request, const AuthorizeResult& result) {
          EXPECT_EQ(contradiction(result, each.count(Kind::kAuthorized) > 0), "");
          const auto again = each.provider->resume(request, each.http).run();
          ASSERT_TRUE(again) << again.error().message;
          EXPECT_TRUE(std::holds_alternative<Approved>(*again));
          EXPECT_EQ(each.count(Kind::kCaptured, "att_1"), 1u);
        });
  }
}

TEST_P(Faults, AnAccountThatIsRateLimitedOrShutOutIsADefiniteNo) {
  for (const int status : {401, 403, 429}) {
    class Closed final : public Http {
     public:
      explicit Closed(int code) : status_(code) {}
      Task<Result<HttpResponse>> send(const HttpRequest&) override {
        HttpResponse response;
        response.status = status_;
        response.body = "{}";
        co_return response;
      }

     private:
      int status_;
    } http(status);
    EXPECT_FALSE(stage.provider->authorize(stage.sale(stage.facts.at("approved")), http).run()) << status;
  }
}

}  // namespace
}  // namespace florin::conformance
