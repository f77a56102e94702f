// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/vocabulary.hpp>

#include <string>
#include <string_view>

namespace primum::remedy {

// Why something on disk was not done. `refusal` is the code of it: untrusted, unsafe_path,
// too_large, not_applicable, conflict or storage.
struct FileError {
    Refusal refusal = Refusal::storage;
    std::string message;
    std::string diff;  // of a conflict; bounded
};

template <class T>
using FileResult = Result<T, FileError>;

// "WHAT: No space left on device".
[[nodiscard]] FileError storage_error(std::string_view what, int number);

}  // namespace primum::remedy
