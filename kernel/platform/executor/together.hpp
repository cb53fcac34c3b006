// For a thread that resumes many coroutines at once: while this lives, what the thread posts to executors of
// threads is put aside, and posted when it ends; the workers are woken once and not for each.
#pragma once

namespace florin {

class PostTogether {
 public:
  PostTogether();  // Not within another of the same thread.
  ~PostTogether();
  PostTogether(const PostTogether&) = delete;
  PostTogether& operator=(const PostTogether&) = delete;
};

}  // namespace florin
