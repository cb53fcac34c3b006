// From yaml-cpp's events to our tree, with the refusals that yaml-cpp 0.7 does not make itself.
#include "kernel/platform/config/yaml_tree.hpp"

#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "kernel/platform/config/yaml_text.hpp"

namespace florin {

const YamlMember* YamlNode::find(std::string_view key) const {
  const auto found = index.find(std::string(key));
  return found == index.end() ? nullptr : &members[found->second];
}

YamlMember& YamlNode::add(YamlMember member) {
  index.emplace(member.key, members.size());
  return members.emplace_back(std::move(member));
}

namespace {

constexpr std::size_t kDepthMost = 64;
constexpr std::size_t kValuesMost = 1'000'000;

// Leaves yaml-cpp's parser from inside an event; the fault has been written down.
struct Stop {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const std::string> file, std::vector<ConfigFault>& faults)
      : file_(std::move(file)), faults_(faults) {}

  YamlNode take_root() {
    root_.file = file_;
    return std::move(root_);
  }
  // Where the last quoted text began: the only one that can lack its closing quote.
  std::optional<std::pair<int, int>> last_quoted() const { return last_quoted_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      stop(mark, "a second document begins here; a file holds one, so remove the \"---\"");
  }
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    stop(mark, "an alias (*name) stands here; write the value out, aliases are not read");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(node(mark, YamlNode::Kind::kNull, "", anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode scalar = node(mark, YamlNode::Kind::kScalar, tag, anchor);
    scalar.quoted = tag == "!";
    scalar.text = value;
    if (scalar.quoted) last_quoted_ = {scalar.line, scalar.column};
    place(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, node(mark, YamlNode::Kind::kList, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, node(mark, YamlNode::Kind::kMap, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    YamlNode node;
    std::optional<YamlMember> key;  // In a map: read, and waiting for its value.
    bool skip = false;              // The key was refused: so is its value, without another word.
  };

  void fault(int line, int column, std::string message) {
    faults_.push_back({*file_, line, column, std::move(message)});
  }
  [[noreturn]] void stop(const YAML::Mark& mark, std::string message) {
    fault(mark.line + 1, mark.column + 1, std::move(message));
    throw Stop();
  }

  YamlNode node(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    if (++values_ > kValuesMost) stop(mark, "more than a million values; split the file");
    if (anchor != 0) stop(mark, "an anchor (&name) stands here; remove it, anchors and aliases are not read");
    if (!tag.empty() && tag != "?" && tag != "!")
      stop(mark, fmt::format("the tag {} stands here; remove it, the schema decides what a value is", tag));
    YamlNode made;
    made.kind = kind;
    made.file = file_;
    made.line = mark.line + 1;
    made.column = mark.column + 1;
    return made;
  }

  void open(const YAML::Mark& mark, YamlNode node) {
    if (frames_.size() >= kDepthMost) stop(mark, fmt::format("nested deeper than {} levels", kDepthMost));
    frames_.push_back({std::move(node), std::nullopt, false});
  }
  void close() {
    YamlNode done = std::move(frames_.back().node);
    frames_.pop_back();
    place(std::move(done));
  }

  void place(YamlNode node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::kList) {
      frame.node.items.push_back(std::move(node));
      return;
    }
    if (!frame.key) {
      take_key(frame, node);
      return;
    }
    // yaml-cpp places an absent value at the next token, and a map at its first key; people look for both
    // where the key stands.
    if (node.kind != YamlNode::Kind::kScalar) {
      node.line = frame.key->line;
      node.column = frame.key->column;
    }
    frame.key->value = std::move(node);
    if (!frame.skip) frame.node.add(std::move(*frame.key));
    frame.key.reset();
  }

  void take_key(Frame& frame, const YamlNode& node) {
    frame.skip = false;
    if (node.kind != YamlNode::Kind::kScalar) {
      fault(node.line, node.column, "a key must be a text");
      frame.skip = true;
    } else if (const YamlMember* first = frame.node.find(node.text)) {
      fault(
          node.line, node.column,
          fmt::format("key \"{}\" is written twice, here and in line {}; keep one", node.text, first->line));
      frame.skip = true;
    }
    frame.key = YamlMember{node.text, node.line, node.column, {}};
  }

  std::shared_ptr<const std::string> file_;
  std::vector<ConfigFault>& faults_;
  std::vector<Frame> frames_;
  YamlNode root_;
  std::size_t values_ = 0;
  int documents_ = 0;
  std::optional<std::pair<int, int>> last_quoted_;
};

}  // namespace

std::optional<YamlNode> parse_yaml(const std::string& file, const std::string& text,
                                   std::vector<ConfigFault>& faults) {
  const std::size_t before = faults.size();
  yaml_text::refuse_tabs(file, text, faults);
  if (faults.size() > before) return std::nullopt;  // What follows from a tab would only confuse.

  TreeBuilder builder(std::make_shared<const std::string>(file), faults);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& e) {
    faults.push_back({file, e.mark.line + 1, e.mark.column + 1,
                      fmt::format("this is not YAML: {}{}", e.msg, yaml_text::advice(e.msg))});
    return std::nullopt;
  }
  if (const auto quoted = builder.last_quoted();
      quoted && !yaml_text::closes(text, quoted->first, quoted->second)) {
    faults.push_back({file, quoted->first, quoted->second, "the text that begins here has no closing quote"});
    return std::nullopt;
  }
  YamlNode root = builder.take_root();
  if (root.kind == YamlNode::Kind::kNull) {
    root.kind = YamlNode::Kind::kMap;
    root.line = root.column = 1;
  }
  if (root.kind != YamlNode::Kind::kMap) {
    faults.push_back(
        {file, root.line, root.column, "the file must hold keys with values, like \"name: Lisbon Books\""});
    return std::nullopt;
  }
  // A key that was written twice has been said; the rest is still worth checking.
  return root;
}

}  // namespace florin
