// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The control language of monit (monit(1), THE MONIT CONTROL FILE), as far as it must be understood
// to be translated. Nothing of it is ever run.
namespace primum::ctl {

struct MonitPlace {
    std::string file;
    std::uint32_t line = 0;
    bool operator==(const MonitPlace&) const = default;
};

// One word, number, operator or text in quotes.
struct MonitToken {
    std::string text;
    bool quoted = false;
    MonitPlace at;

    // Keywords are case insensitive; what stands in quotes is none.
    [[nodiscard]] bool is(std::string_view keyword) const;
};

// What could not be translated, and why.
struct MonitLeft {
    MonitPlace at;
    std::string text;  // as written, on one line
    std::string why;
    bool operator==(const MonitLeft&) const = default;
};

inline constexpr std::size_t max_monit_bytes = 1'048'576;  // of one file
inline constexpr std::size_t max_monit_files = 256;
inline constexpr std::size_t max_monit_tokens = 200'000;  // of all files together

// The files that an include statement means, in order; nothing for one that matches none.
using MonitGlob = std::function<std::vector<std::string>(const std::string& pattern)>;
// The text of a file; nothing when it cannot be read.
using MonitRead = std::function<std::optional<std::string>(const std::string& path)>;

struct MonitFiles {
    MonitGlob glob;
    MonitRead read;
};

// The tokens of one text, comments left out.
[[nodiscard]] std::vector<MonitToken> monit_tokens(std::string_view text, const std::string& file);

// The same of a file, with what it includes in the place of each include statement. What is over a
// bound, cannot be read or includes itself goes into `left`.
[[nodiscard]] std::vector<MonitToken> monit_tokens_of(const std::string& file,
                                                      const MonitFiles& files,
                                                      std::vector<MonitLeft>& left);

}  // namespace primum::ctl
