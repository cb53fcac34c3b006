// A plugin's file, opened once: everything is checked on the descriptor and the same descriptor is
// loaded, so that nobody can swap the file in between. Nothing here runs the plugin's code.
#pragma once

#include <map>
#include <string>

#include <florin/result.hpp>

namespace florin {

class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();
  int descriptor() const { return descriptor_; }
  // Leaves it open for as long as the process lives.
  int keep_open();

 private:
  int descriptor_ = -1;
};

struct PluginFile {
  OpenFile file;
  std::string digest;  // SHA-256, hex.
};

// A folder that only root or we can change. Errors: kNotFound when there is none, kDenied otherwise. The
// messages of this header's errors are whole sentences: file, reason, remedy.
Result<OpenFile> open_plugin_folder(const std::string& path);

// The file `name` in that folder: a regular file, no link, owned by root or us and writable by no one else,
// with the SDK version of this kernel in its own ELF section. `folder` names it for people.
Result<PluginFile> open_plugin_file(const OpenFile& directory, const std::string& folder,
                                    const std::string& name);

// The optional SHA256SUMS of the plugins' folder, as sha256sum(1) writes it: "providers/acme.so" to digest.
// An empty map when there is none. A damaged or foreign list is an Error: then nothing may be loaded.
Result<std::map<std::string, std::string>> read_digest_list(const OpenFile& directory,
                                                            const std::string& folder);

}  // namespace florin
