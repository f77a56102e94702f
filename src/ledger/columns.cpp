// SPDX-License-Identifier: MIT
#include "ledger/columns.hpp"

#include <charconv>
#include <optional>
#include <sstream>

namespace primum::ledger {
namespace {

void append_part(std::string& out, std::string_view part) {
    for (const char c : part) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
}

std::optional<std::string> plain(std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] != '\\') {
            out += part[i];
            continue;
        }
        if (++i == part.size()) {
            return std::nullopt;
        }
        if (part[i] == '\\') {
            out += '\\';
        } else if (part[i] == 't') {
            out += '\t';
        } else if (part[i] == 'n') {
            out += '\n';
        } else {
            return std::nullopt;
        }
    }
    return out;
}

template <std::size_t n>
void append_line(std::string& out, const std::array<std::string_view, n>& parts) {
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0) {
            out += '\t';
        }
        append_part(out, parts[i]);
    }
    out += '\n';
}

// Takes one line of n parts off the front.
template <std::size_t n>
bool take_line(std::string_view& text, std::array<std::string, n>& parts) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        return false;
    }
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t tab = line.find('\t');
        if ((tab == std::string_view::npos) != (i + 1 == n)) {
            return false;
        }
        std::optional<std::string> part = plain(line.substr(0, tab));
        if (!part) {
            return false;
        }
        parts[i] = std::move(*part);
        line.remove_prefix(i + 1 == n ? line.size() : tab + 1);
    }
    return true;
}

}  // namespace

std::string pack(const std::vector<GuardVerdict>& guards) {
    std::string out;
    for (const GuardVerdict& item : guards) {
        append_line<3>(out, {name_of(item.guard), name_of(item.verdict), item.detail});
    }
    return out;
}

std::string pack(const std::vector<EvidenceItem>& evidence) {
    std::string out;
    for (const EvidenceItem& item : evidence) {
        append_line<4>(out, {item.indicator, name_of(item.severity), item.value, item.why});
    }
    return out;
}

std::string pack(const std::array<std::uint32_t, level_count>& counts) {
    std::string out;
    for (const std::uint32_t count : counts) {
        if (!out.empty()) {
            out += ' ';
        }
        out += std::to_string(count);
    }
    return out;
}

std::string pack(const ActionFacts& facts) {
    std::string out;
    if (facts == ActionFacts{}) {
        return out;
    }
    std::string snapshots;
    for (const std::string& id : facts.snapshots) {
        snapshots += (snapshots.empty() ? "" : " ") + id;
    }
    append_line<6>(out,
                   {facts.evidence,
                    snapshots,
                    std::to_string(facts.stored_before),
                    std::to_string(facts.stored_after),
                    facts.lost_state ? "lost" : "",
                    facts.conflict});
    return out;
}

bool unpack(std::string_view text, std::vector<GuardVerdict>& guards) {
    guards.clear();
    std::array<std::string, 3> parts;
    while (!text.empty()) {
        if (!take_line(text, parts)) {
            return false;
        }
        const auto guard = from_name<Guard>(parts[0]);
        const auto verdict = from_name<Verdict>(parts[1]);
        if (!guard || !verdict) {
            return false;
        }
        guards.push_back({*guard, *verdict, std::move(parts[2])});
    }
    return true;
}

bool unpack(std::string_view text, std::vector<EvidenceItem>& evidence) {
    evidence.clear();
    std::array<std::string, 4> parts;
    while (!text.empty()) {
        if (!take_line(text, parts)) {
            return false;
        }
        const auto severity = from_name<Severity>(parts[1]);
        if (!severity) {
            return false;
        }
        evidence.push_back(
            {std::move(parts[0]), *severity, std::move(parts[2]), std::move(parts[3])});
    }
    return true;
}

bool unpack(std::string_view text, std::array<std::uint32_t, level_count>& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), counts[i]);
        if (error != std::errc{}) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (i + 1 < counts.size()) {
            if (!text.starts_with(' ')) {
                return false;
            }
            text.remove_prefix(1);
        }
    }
    return text.empty();
}

bool unpack(std::string_view text, ActionFacts& facts) {
    facts = {};
    std::array<std::string, 6> parts;
    if (text.empty()) {
        return true;
    }
    if (!take_line(text, parts) || !text.empty()) {
        return false;
    }
    const auto number = [](const std::string& from, std::uint32_t& to) {
        const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), to);
        return error == std::errc{} && end == from.data() + from.size();
    };
    facts.evidence = std::move(parts[0]);
    std::istringstream ids{parts[1]};
    for (std::string id; ids >> id;) {
        facts.snapshots.push_back(id);
    }
    facts.lost_state = parts[4] == "lost";
    facts.conflict = std::move(parts[5]);
    return number(parts[2], facts.stored_before) && number(parts[3], facts.stored_after);
}

}  // namespace primum::ledger
