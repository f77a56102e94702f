// SPDX-License-Identifier: MIT
#include "remedy/tree_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace primum::remedy {
namespace {

constexpr std::size_t max_text = std::size_t{64} * 1024;
constexpr std::size_t max_lines = 2000;  // that differ, on each side
constexpr std::size_t context = 3;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
        text.remove_prefix(lines.back().size());
    }
    return lines;
}

// Length of the UTF-8 sequence at the beginning, or 0.
std::size_t sequence_length(std::string_view text) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t length = byte < 0x80U                    ? 1
                               : byte >= 0xC2U && byte < 0xE0U ? 2
                               : (byte & 0xF0U) == 0xE0U       ? 3
                               : byte >= 0xF0U && byte < 0xF5U ? 4
                                                               : 0;
    if (length == 0 || length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return length;
}

bool is_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0 || text.front() == '\0') {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

struct Line {
    char mark;
    std::string_view text;
};

// The longest common subsequence of the middle, between the common beginning and end.
void compare_middle(const std::vector<std::string_view>& a,
                    const std::vector<std::string_view>& b,
                    std::vector<Line>& out) {
    const std::size_t width = b.size() + 1;
    std::vector<std::uint16_t> common((a.size() + 1) * width);
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;) {
            common[i * width + j] =
                a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                             : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            out.push_back({' ', a[i++]});
            ++j;
        } else if (j == b.size() ||
                   (i < a.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            out.push_back({'-', a[i++]});
        } else {
            out.push_back({'+', b[j++]});
        }
    }
}

// Nothing where there are too many different lines.
std::optional<std::vector<Line>> compare(const std::vector<std::string_view>& a,
                                         const std::vector<std::string_view>& b) {
    const auto [a_begin, b_begin] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    auto a_end = a.end();
    auto b_end = b.end();
    while (a_end != a_begin && b_end != b_begin && *(a_end - 1) == *(b_end - 1)) {
        --a_end;
        --b_end;
    }
    const std::vector<std::string_view> a_middle(a_begin, a_end);
    const std::vector<std::string_view> b_middle(b_begin, b_end);
    if (a_middle.size() > max_lines || b_middle.size() > max_lines) {
        return std::nullopt;
    }
    std::vector<Line> out;
    for (auto it = a.begin(); it != a_begin; ++it) {
        out.push_back({' ', *it});
    }
    compare_middle(a_middle, b_middle, out);
    for (auto it = a_end; it != a.end(); ++it) {
        out.push_back({' ', *it});
    }
    return out;
}

void append_line(std::string& out, const Line& line) {
    out += line.mark;
    out += line.text;
    if (!line.text.ends_with('\n')) {
        out += "\n\\ No newline at end of file\n";
    }
}

void append_hunks(std::string& out, const std::vector<Line>& lines) {
    std::size_t a = 1;
    std::size_t b = 1;
    std::size_t at = 0;
    const auto changed = [&lines](std::size_t i) { return lines[i].mark != ' '; };
    const auto pass = [&](std::size_t i) {
        a += lines[i].mark != '+' ? 1 : 0;
        b += lines[i].mark != '-' ? 1 : 0;
    };
    while (at < lines.size()) {
        std::size_t first = at;
        while (first < lines.size() && !changed(first)) {
            ++first;
        }
        if (first == lines.size()) {
            return;
        }
        const std::size_t begin = std::max(at, first < context ? 0 : first - context);
        std::size_t last = first;
        for (std::size_t i = first; i < lines.size() && i <= last + 2 * context + 1; ++i) {
            last = changed(i) ? i : last;
        }
        const std::size_t end = std::min(lines.size(), last + context + 1);
        for (; at < begin; ++at) {
            pass(at);
        }
        const auto count = [&](char not_of) {
            return std::count_if(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                                 lines.begin() + static_cast<std::ptrdiff_t>(end),
                                 [not_of](const Line& line) { return line.mark != not_of; });
        };
        const auto in_a = count('+');
        const auto in_b = count('-');
        out += fmt::format(
            "@@ -{},{} +{},{} @@\n", in_a == 0 ? a - 1 : a, in_a, in_b == 0 ? b - 1 : b, in_b);
        for (; at < end; ++at) {
            append_line(out, lines[at]);
            pass(at);
        }
    }
}

std::string cut(std::string text) {
    constexpr std::string_view mark = "[cut]\n";
    if (text.size() > max_diff_bytes) {
        text.resize(text.rfind('\n', max_diff_bytes - mark.size() - 1) + 1);
        text += mark;
    }
    return text;
}

std::string shown_name(const std::string& path, const TreeEntry& entry) {
    return entry.name.empty() ? path : path + "/" + entry.name;
}

std::string brief(const TreeEntry* entry) {
    if (entry == nullptr) {
        return "nothing";
    }
    const std::string owner = fmt::format("{}:{} {:04o}", entry->uid, entry->gid, entry->mode);
    switch (entry->kind) {
        case EntryKind::file:
            return fmt::format(
                "file {} {} bytes sha256:{}", owner, entry->size, entry->content.substr(0, 16));
        case EntryKind::directory:
            return "directory " + owner;
        case EntryKind::link:
            break;
    }
    return fmt::format("link to {}", entry->content);
}

class TreeComparison {
public:
    TreeComparison(const std::string& path,
                   const TreeSide& before,
                   const TreeSide& now,
                   bool readable)
        : path_(path), before_(before), now_(now), readable_(readable) {}

    std::string run() {
        if (before_.tree != nullptr) {
            for (const TreeEntry& entry : before_.tree->entries) {
                all_[entry.name].first = &entry;
            }
        }
        if (now_.tree != nullptr) {
            for (const TreeEntry& entry : now_.tree->entries) {
                all_[entry.name].second = &entry;
            }
        }
        std::string out;
        for (const auto& [name, pair] : all_) {
            if (out.size() > max_diff_bytes) {
                break;
            }
            compare_entry(out, pair.first, pair.second);
        }
        return cut(std::move(out));
    }

private:
    // Everybody may look into each directory above the entry, before and now.
    [[nodiscard]] bool is_open(const std::string& name) const {
        const auto closed = [](const TreeEntry* entry) {
            return entry != nullptr && (entry->mode & S_IXOTH) == 0;
        };
        std::string above = name;
        while (!above.empty()) {
            const auto slash = above.rfind('/');
            above.resize(slash == std::string::npos ? 0 : slash);
            const auto found = all_.find(above);
            if (found == all_.end() || closed(found->second.first) ||
                closed(found->second.second)) {
                return false;
            }
        }
        return true;
    }

    void compare_entry(std::string& out, const TreeEntry* before, const TreeEntry* now) {
        const std::string name = shown_name(path_, before != nullptr ? *before : *now);
        if (before == nullptr || now == nullptr || brief(before) != brief(now)) {
            out += fmt::format("{}: {} -> {}\n", name, brief(before), brief(now));
        } else if (before->content != now->content) {
            out += fmt::format("{}: the content is another\n", name);
        } else if (before->attributes != now->attributes) {
            out += fmt::format("{}: the extended attributes are others\n", name);
        }
        const bool files = before != nullptr && now != nullptr && before->kind == EntryKind::file &&
                           now->kind == EntryKind::file && before->content != now->content;
        if (!files) {
            return;
        }
        if (!readable_ || !is_open(before->name) || (before->mode & S_IROTH) == 0 ||
            (now->mode & S_IROTH) == 0) {
            out += name + ": not shown, for not everybody may read it\n";
            return;
        }
        const auto old_text = before_.content(*before);
        const auto new_text = now_.content(*now);
        if (old_text && new_text) {
            out += unified_diff(*old_text, *new_text, name + " (kept)", name + " (now)");
        }
    }

    const std::string& path_;
    const TreeSide& before_;
    const TreeSide& now_;
    bool readable_;
    std::map<std::string, std::pair<const TreeEntry*, const TreeEntry*>> all_;
};

}  // namespace

std::string unified_diff(std::string_view before,
                         std::string_view after,
                         const std::string& before_name,
                         const std::string& after_name) {
    if (before == after) {
        return {};
    }
    std::string differ = fmt::format("files {} and {} differ\n", before_name, after_name);
    if (before.size() > max_text || after.size() > max_text) {
        return differ;
    }
    if (!is_text(before) || !is_text(after)) {
        return "binary " + differ;
    }
    const auto lines = compare(lines_of(before), lines_of(after));
    if (!lines) {
        return differ;
    }
    std::string out = fmt::format("--- {}\n+++ {}\n", before_name, after_name);
    append_hunks(out, *lines);
    return cut(std::move(out));
}

std::string tree_diff(const std::string& path,
                      const TreeSide& before,
                      const TreeSide& now,
                      bool readable) {
    return TreeComparison{path, before, now, readable}.run();
}

}  // namespace primum::remedy
