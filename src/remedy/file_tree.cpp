// SPDX-License-Identifier: MIT
#include "remedy/file_tree.hpp"

#include "rules/digest.hpp"

#include <fmt/format.h>

#include <charconv>

namespace primum::remedy {
namespace {

constexpr std::string_view heading = "primum-tree 1\n";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '/' || c == ',' || c == ':';
}

void append_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        if (is_plain(c)) {
            out += c;
        } else {
            out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        }
    }
}

std::string entry_line(const TreeEntry& entry) {
    std::string out = fmt::format(
        "{} {:o} {} {} ", static_cast<char>(entry.kind), entry.mode, entry.uid, entry.gid);
    out += '=';
    append_escaped(out, entry.name);
    out += fmt::format(" {} =", entry.size);
    append_escaped(out, entry.content);
    for (const auto& [name, value] : entry.attributes) {
        out += ' ';
        append_escaped(out, name);
        out += '=';
        append_escaped(out, value);
    }
    return out + '\n';
}

std::string entry_lines(const FileTree& tree) {
    std::string out{heading};
    for (const TreeEntry& entry : tree.entries) {
        out += entry_line(entry);
    }
    return out;
}

FileError damaged(std::string_view why) {
    return FileError{Refusal::storage, fmt::format("the copy's list is damaged: {}", why), {}};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

template <class Number>
bool read_number(std::string_view text, Number& out, int base = 10) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

bool unescape(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned byte = 0;
        if (i + 2 >= text.size() || !read_number(text.substr(i + 1, 2), byte, 16)) {
            return false;
        }
        out += static_cast<char>(byte);
        i += 2;
    }
    return true;
}

// "=text", so that an empty one is seen.
bool read_text(std::string_view field, std::string& out) {
    return field.starts_with('=') && unescape(field.substr(1), out);
}

bool read_entry(std::string_view line, TreeEntry& entry) {
    const auto fields = split(line, ' ');
    if (fields.size() < 7 || fields[0].size() != 1 ||
        std::string_view{"fdl"}.find(fields[0][0]) == std::string_view::npos) {
        return false;
    }
    entry.kind = static_cast<EntryKind>(fields[0][0]);
    if (!read_number(fields[1], entry.mode, 8) || !read_number(fields[2], entry.uid) ||
        !read_number(fields[3], entry.gid) || !read_text(fields[4], entry.name) ||
        !read_number(fields[5], entry.size) || !read_text(fields[6], entry.content)) {
        return false;
    }
    for (std::size_t i = 7; i < fields.size(); ++i) {
        const auto equals = fields[i].find('=');
        std::string name;
        std::string value;
        if (equals == std::string_view::npos || !unescape(fields[i].substr(0, equals), name) ||
            !unescape(fields[i].substr(equals + 1), value)) {
            return false;
        }
        entry.attributes.emplace(std::move(name), std::move(value));
    }
    return true;
}

bool read_times(std::string_view line, FileTree& tree) {
    const auto fields = split(line, ' ');
    std::size_t index = 0;
    EntryTimes times;
    if (fields.size() != 4 || !read_number(fields[1], index) || index >= tree.entries.size() ||
        !read_number(fields[2], times.accessed) || !read_number(fields[3], times.modified)) {
        return false;
    }
    tree.entries[index].times = times;
    return true;
}

// Each entry lies in a directory that stands before it, under a plain name.
bool is_well_formed(const FileTree& tree) {
    std::map<std::string, EntryKind> seen;
    for (const TreeEntry& entry : tree.entries) {
        const auto slash = entry.name.rfind('/');
        const std::string leaf =
            slash == std::string::npos ? entry.name : entry.name.substr(slash + 1);
        const bool is_root = seen.empty();
        if (is_root != entry.name.empty() || leaf == "." || leaf == ".." ||
            (leaf.empty() && !is_root) || entry.name.find('\0') != std::string::npos) {
            return false;
        }
        const auto above =
            seen.find(slash == std::string::npos ? std::string{} : entry.name.substr(0, slash));
        if ((!is_root && (above == seen.end() || above->second != EntryKind::directory)) ||
            !seen.emplace(entry.name, entry.kind).second) {
            return false;
        }
    }
    return !seen.empty();
}

}  // namespace

std::string id_of(const FileTree& tree) {
    return "sha256:" + rules::sha256_hex(entry_lines(tree));
}

std::string write_tree(const FileTree& tree) {
    std::string out = entry_lines(tree);
    for (std::size_t i = 0; i < tree.entries.size(); ++i) {
        if (const auto& times = tree.entries[i].times) {
            out += fmt::format("t {} {} {}\n", i, times->accessed, times->modified);
        }
    }
    return out + "end " + rules::sha256_hex(out) + "\n";
}

FileResult<FileTree> read_tree(std::string_view text) {
    const auto end = text.rfind("end ");
    if (end == std::string_view::npos || !text.starts_with(heading) ||
        text.substr(end) != "end " + rules::sha256_hex(text.substr(0, end)) + "\n") {
        return fail(damaged("its hash is another"));
    }
    FileTree tree;
    for (const auto line : split(text.substr(heading.size(), end - heading.size()), '\n')) {
        if (line.empty()) {
            continue;
        }
        if (line.starts_with("t ") ? !read_times(line, tree)
                                   : !read_entry(line, tree.entries.emplace_back())) {
            return fail(damaged("a line of it cannot be read"));
        }
    }
    if (!is_well_formed(tree)) {
        return fail(damaged("it is no tree"));
    }
    return tree;
}

}  // namespace primum::remedy
