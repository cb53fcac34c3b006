// Connections kept open between exchanges, by origin. One that its far side has closed or spoken on in the
// meantime is dropped when it is asked for: reusing it would look like "charged, then died".
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <Poco/Net/StreamSocket.h>

namespace florin {

class SessionPool {
 public:
  // The key says who may share: the origin, and whether its address was judged.
  std::optional<Poco::Net::StreamSocket> take(const std::string& key);
  void put(const std::string& key, const Poco::Net::StreamSocket& socket);
  void clear();

 private:
  struct Idle {
    Poco::Net::StreamSocket socket;
    std::chrono::steady_clock::time_point since;
  };
  std::deque<Idle> take_old(std::chrono::steady_clock::time_point now);

  std::mutex mutex_;
  std::map<std::string, std::deque<Idle>> idle_;
};

}  // namespace florin
