// Where values come from outside the YAML: `${NAME}` is an environment variable, alone or inside text,
// `$${NAME}` is that text itself; a value that is `file:path` is the file's text, without its last line end.
#pragma once

#include <string>
#include <string_view>

#include <florin/result.hpp>

namespace florin {

struct Substituted {
  std::string text;
  bool from_outside = false;  // Holds what the YAML itself does not: never quoted in a message.
};

// A relative path counts from `directory`. Errors: kInvalid with a sentence that names the variable or
// file and what to do.
Result<Substituted> substitute(const std::string& written, const std::string& directory);

// A file's whole text; `bytes_most` guards against a wrong name. The message says why not.
Result<std::string> read_whole_file(const std::string& path, std::size_t bytes_most);

}  // namespace florin
