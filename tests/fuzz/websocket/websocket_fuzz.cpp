// Bytes of a WebSocket client, cut anyhow, through the edge's stage: it hears exactly the messages that a
// plain reading of RFC 6455 finds, ends when and with the code that it says, answers every ping, and what it
// sends is nothing but good server frames with at most one close, at the end.
#include <fcntl.h>

#include <memory>

#include "kernel/platform/edge/connection.hpp"
#include "kernel/platform/edge/websocket.hpp"
#include "tests/fuzz/support/fuzz.hpp"
#include "tests/fuzz/websocket/reference.hpp"

namespace florin {
namespace {

constexpr std::size_t kLongest = 300;  // Bytes of a message; small, so that inputs reach it.

class NoExecutor final : public Executor {
 public:
  void post(std::coroutine_handle<>) override {}
};
class StoppedClock final : public Clock {
 public:
  Instant now() const override { return Instant(); }
  Duration monotonic() const override { return Duration(0); }
  Task<void> sleep(Duration) override { co_return; }
};

// Says back what it hears.
class Listener final : public WebSocketHandler {
 public:
  std::optional<EdgeResponse> refuses(const EdgeRequest&) override { return std::nullopt; }
  void opened(std::shared_ptr<WebSocketPeer>) override { heard.clear(); }
  void received(WebSocketPeer& peer, std::string_view text) override {
    heard.emplace_back(text);
    peer.send(std::make_shared<const std::string>(text));
  }
  void closed(WebSocketPeer&) override {}
  std::vector<std::string> heard;
};

// A connection that no loop runs: its stage is driven here.
struct World {
  World() {
    EdgeOptions options;
    options.limits.websocket_message_bytes = kLongest;
    core = std::make_shared<EdgeCore>(
        options, executor, clock, [](const EdgeRequest&) -> Task<EdgeResponse> { co_return EdgeResponse(); },
        &listener);
    loop = std::make_unique<Loop>(core);
    connection = std::make_shared<Connection>(*loop, ::open("/dev/null", O_RDWR), "127.0.0.1");
  }
  NoExecutor executor;
  StoppedClock clock;
  Listener listener;
  std::shared_ptr<EdgeCore> core;
  std::unique_ptr<Loop> loop;
  std::shared_ptr<Connection> connection;
};

// Every wake-up for a loop that does not run stays in its inbox, so the world is made anew now and then.
World& world() {
  static std::unique_ptr<World> made;
  static int uses = 0;
  if (!made || ++uses % 256 == 0) made = std::make_unique<World>();
  return *made;
}

struct Outcome {
  std::vector<std::string> heard, pongs, said;
  int close = 0;  // The code that we sent; 1005: a close without one.
  bool finished = false;
};

void read_frames(std::string_view out, Outcome& outcome) {
  while (!out.empty()) {
    FLORIN_CHECK(outcome.close == 0, "nothing follows a close");
    const auto head = fuzz::take_head(out);
    FLORIN_CHECK(head && !head->masked && !head->reserved && !head->overlong && head->final,
                 "we send whole, unmasked frames");
    FLORIN_CHECK(head->length <= out.size(), "a frame has the bytes that it names");
    const std::string payload(out.substr(0, head->length));
    out.remove_prefix(head->length);
    if (head->opcode == 1) outcome.said.push_back(payload);
    if (head->opcode == 10) outcome.pongs.push_back(payload);
    if (head->opcode == 8)
      outcome.close = payload.size() < 2 ? 1005 : static_cast<unsigned char>(payload[0]) << 8 |
                                                      static_cast<unsigned char>(payload[1]);
    FLORIN_CHECK(head->opcode == 1 || head->opcode == 8 || head->opcode == 10, "we send text, pong and close");
    FLORIN_CHECK(head->opcode == 1 || head->length <= 125, "a control frame is short");
  }
}

Outcome converse(std::string_view input, fuzz::Choices* choices) {
  World& here = world();
  const std::unique_ptr<Stage> stage = websocket_stage(*here.connection, EdgeRequest());
  std::string out;
  if (choices == nullptr) {
    // Even at once, a stage is asked whether it takes more only between pieces; one piece is one of them.
    stage->consume(input);
    stage->refill(out);
  } else {
    for (fuzz::Slices slices(input, *choices); !slices.done() && stage->wants_input() && !stage->finished();) {
      const std::string_view piece = slices.next();
      FLORIN_CHECK(stage->consume(piece) == piece.size(), "a stage that wants input takes it");
      stage->refill(out);
    }
  }
  stage->refill(out);
  Outcome outcome;
  outcome.heard = here.listener.heard;
  outcome.finished = stage->finished();
  stage->gone();
  read_frames(out, outcome);
  return outcome;
}

void is_as_told(const Outcome& outcome, const fuzz::Conversation& told) {
  FLORIN_CHECK(outcome.heard == told.texts, "what is heard is what was said");
  if (told.end == 0) {
    FLORIN_CHECK(told.may_end || (!outcome.finished && outcome.close == 0), "it goes on");
    if (!outcome.finished && outcome.close == 0) {
      FLORIN_CHECK(outcome.pongs == told.pings, "every ping has its pong");
      FLORIN_CHECK(outcome.said == told.texts, "every text has its echo");
    }
    return;
  }
  FLORIN_CHECK(outcome.close != 0, "it ends");
  FLORIN_CHECK(told.end == 1000 || outcome.close == told.end, "it ends with the code for what was wrong");
}

}  // namespace

void fuzz_one(std::string_view input) {
  // More pings than a stage answers at a time are a matter of patience, not of parsing.
  if (input.size() > 4096) return;
  const fuzz::Conversation told = fuzz::read_conversation(input, kLongest);
  is_as_told(converse(input, nullptr), told);
  fuzz::Choices choices(input);
  is_as_told(converse(input, &choices), told);
}

}  // namespace florin
