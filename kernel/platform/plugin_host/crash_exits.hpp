// An exit() by a plugin would end the daemon as if it had been asked to: open work dropped, status 0 perhaps, and
// no supervisor the wiser. It is made what it is, a crash: accused, logged, and ended by SIGABRT.
#pragma once

namespace florin::crash {

// For a thread that is about to end the process, by whatever means: does not return when it is a plugin's doing.
void end_if_a_plugin_exits() noexcept;

// Has exit() and quick_exit() look, on every thread. _exit() and _Exit() are taken over at link time.
void watch_exits();

}  // namespace florin::crash
