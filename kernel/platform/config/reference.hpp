// docs/configuration.md, written out from the tables that the checks use.
#pragma once

#include <string>

namespace florin {

std::string configuration_reference();  // Markdown.

}  // namespace florin
