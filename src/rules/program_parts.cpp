// SPDX-License-Identifier: MIT
#include "rules/program_parts.hpp"

#include "rules/duration.hpp"

#include <string>
#include <utility>

namespace primum::rules {
namespace {

constexpr std::uint64_t min_memory = 1ULL << 20U;
constexpr std::uint64_t max_memory = 16ULL << 30U;

}  // namespace

bool read_argv(Section& section, std::string_view key, Argv& out) {
    const Member* member = section.find(key);
    Argv words;
    if (member == nullptr || !section.read(key, words)) {
        return false;
    }
    if (words.empty() || !words.front().starts_with('/')) {
        section.fail_at(*member, "a program by its absolute path is expected, and its arguments");
        return false;
    }
    out = std::move(words);
    return true;
}

void read_memory(Section& section, std::uint64_t& out) {
    std::string size;
    if (!section.read("memory", size)) {
        return;
    }
    const auto bytes = parse_size(size);
    if (!bytes || *bytes < min_memory || *bytes > max_memory) {
        section.fail_at(*section.find("memory"),
                        bytes ? "1MiB to 16GiB is expected" : bytes.error().message);
        return;
    }
    out = *bytes;
}

}  // namespace primum::rules
