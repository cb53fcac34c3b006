// Keeps the books of all sandboxes in one JSON file, so that they outlive a restart: written beside the
// file and renamed over it, about a second after the last change and at the end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <florin/json.hpp>
#include <florin/result.hpp>

namespace florin {

class BooksFile {
 public:
  // `collect` gives what is to be written, on a thread of the file's own.
  BooksFile(std::string path, std::function<Json()> collect);
  ~BooksFile();  // stop()s.

  // {plugin: save_books()}; an absent file is an empty object. Errors: kBroken, naming the file.
  static Result<Json> read(const std::string& path);
  void changed();
  // Writes what has changed and ends the thread.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin
