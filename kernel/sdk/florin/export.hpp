// Which of the SDK's symbols leave libflorin-sdk.so; everything is built with hidden visibility.
#pragma once

#define FLORIN_SDK_API __attribute__((visibility("default")))
