// SPDX-License-Identifier: MIT
#include "rules/error_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace primum::rules {
namespace {

constexpr std::size_t max_key_bytes = 160;
constexpr std::size_t max_message_bytes = 600;

std::string printable(std::string_view text, std::size_t limit) {
    std::string out{text.substr(0, limit)};
    if (out.size() < text.size()) {
        out += "...";
    }
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            c = '?';
        }
    }
    return out;
}

}  // namespace

std::uint32_t ErrorList::add_file(std::string path) {
    files_.push_back(File{std::move(path), {}});
    return static_cast<std::uint32_t>(files_.size() - 1);
}

std::uint32_t ErrorList::add_use(std::uint32_t file, std::string note) {
    std::string path = files_[file].path;
    files_.push_back(File{std::move(path), std::move(note)});
    return static_cast<std::uint32_t>(files_.size() - 1);
}

void ErrorList::add(Place at,
                    std::string_view key,
                    std::string_view message,
                    std::string_view hint) {
    if (found_.size() == max_errors) {
        ++left_out_;
        return;
    }
    const File& file = files_[at.file];
    std::string what = printable(message, max_message_bytes);
    if (!file.note.empty()) {
        what += "; " + printable(file.note, max_message_bytes);
    }
    found_.push_back(Found{at,
                           RuleError{.file = file.path,
                                     .line = at.line,
                                     .column = at.column,
                                     .key = printable(key, max_key_bytes),
                                     .message = std::move(what),
                                     .hint = printable(hint, max_key_bytes)}});
}

std::vector<RuleError> ErrorList::take() {
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
        return std::tie(a.at.file, a.at.line, a.at.column) <
               std::tie(b.at.file, b.at.line, b.at.column);
    });
    std::vector<RuleError> out;
    out.reserve(found_.size() + 1);
    for (Found& found : found_) {
        out.push_back(std::move(found.error));
    }
    found_.clear();
    if (left_out_ != 0) {
        out.push_back(RuleError{
            .message = fmt::format("and {} more; mend these first", std::exchange(left_out_, 0))});
    }
    return out;
}

}  // namespace primum::rules
