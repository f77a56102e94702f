// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/rules.hpp>

#include <string>
#include <string_view>

// One key of an env, TOML or JSON file, found and changed in the text itself: every other byte is
// kept. What is not certain is refused.
namespace primum::remedy {

// Why, and where: "line 3: ...".
struct TextError {
    std::string message;
};

// The value of `key`, which must stand there once and be a text.
//
// - env: lines `KEY=value`, `export KEY=value`, comments and empty lines, and nothing else; the
//   value bare, or wholly in single or double quotes. What one reader takes for one thing and
//   another for another is refused: a line that goes on after its end, an escape or an expansion
//   in the value, spaces around `=`, something behind the value.
// - toml, json: "key", or "table.key" at any depth; no part of an array. TOML strings of more than
//   one line are refused.
[[nodiscard]] Result<std::string, TextError> read_key(PointerForm form,
                                                      std::string_view text,
                                                      std::string_view key);

// The text with another value there, written in the way in which the old one was where that holds
// the new one. Read back, it has that value and no other difference.
[[nodiscard]] Result<std::string, TextError> change_key(PointerForm form,
                                                        std::string_view text,
                                                        std::string_view key,
                                                        std::string_view value);

}  // namespace primum::remedy
