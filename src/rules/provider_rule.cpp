// SPDX-License-Identifier: MIT
#include "rules/canonical_text.hpp"
#include "rules/compilation.hpp"
#include "rules/remedy_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::size_t max_candidates = 32;

std::string read_path(Section& section, std::string_view key) {
    std::string path;
    if (section.read(key, path)) {
        if (const auto mistake = mistake_in_written_path(path); !mistake.empty()) {
            section.fail_at(*section.find(key), mistake);
        }
    }
    return path;
}

Pointer read_pointer(Section& section) {
    Pointer pointer;
    auto table = section.table("pointer");
    if (!table) {
        section.fail_here(
            "a provider needs a pointer, like pointer = { symlink = \"/etc/a/upstream.conf\" }");
        return pointer;
    }
    const bool is_link = table->find("symlink") != nullptr;
    const bool is_file = table->find("file") != nullptr;
    if (is_link == is_file) {
        table->fail_here("a pointer is either a symlink or a file");
    }
    pointer.path = read_path(*table, is_link ? "symlink" : "file");
    pointer.form = is_link ? PointerForm::symlink : PointerForm::file;
    const Member* key = is_file ? table->find("key") : nullptr;
    const Member* format = is_file ? table->find("format") : nullptr;
    if (key == nullptr && format != nullptr) {
        table->fail_here("a pointer with a format needs the key");
    } else if (key != nullptr && format == nullptr) {
        table->fail_here("a pointer in a file needs its format");
    } else if (key != nullptr) {
        if (table->read("key", pointer.key) && pointer.key.empty()) {
            table->fail_at(*key, "a key is expected");
        }
        table->read_name("format", pointer.form, PointerForm::env);
    }
    table->refuse_unknown_keys();
    return pointer;
}

std::optional<IndicatorRule> read_judgement(const std::string& name,
                                            std::string_view key,
                                            Section& section,
                                            const Compilation& all) {
    auto table = section.table(key);
    if (!table) {
        return std::nullopt;
    }
    IndicatorRule rule = compile_indicator(name, *table, all);
    if (rule.kind == ValueKind::unit_state) {
        table->fail_here("a candidate has no unit: it is judged by a source's series");
    }
    return rule;
}

CandidateRule read_candidate(const std::string& name,
                             Section& section,
                             PointerForm form,
                             const Compilation& all) {
    CandidateRule candidate;
    candidate.name = name;
    if (!section.read("points_to", candidate.points_to) || candidate.points_to.empty()) {
        section.fail_here("a candidate needs points_to, the pointer's value when it is chosen");
    } else if (form == PointerForm::file) {
        if (const auto mistake = mistake_in_path(candidate.points_to); !mistake.empty()) {
            section.fail_at(*section.find("points_to"), mistake);
        }
    }
    candidate.indicator = read_judgement(name, "indicator", section, all);
    candidate.rate_limit = read_judgement(name, "rate_limit", section, all);
    section.refuse_unknown_keys();
    return candidate;
}

std::vector<CandidateRule> read_candidates(Section& section,
                                           PointerForm form,
                                           const Compilation& all) {
    std::vector<CandidateRule> candidates;
    auto table = section.table("candidate");
    if (!table || table->members().empty() || table->members().size() > max_candidates) {
        section.fail_here(
            fmt::format("a provider needs 1 to {} candidates, like candidate.primary.points_to = "
                        "\"...\"",
                        max_candidates));
        return candidates;
    }
    for (const Member& member : table->members()) {
        if (!is_name(member.key)) {
            table->fail_key(member, "a candidate's name is letters, digits, '_', '-', '.'");
        } else if (auto one = table->table_of(member)) {
            candidates.push_back(read_candidate(member.key, *one, form, all));
        }
    }
    return candidates;
}

// Sorts the candidates as the order says; each must stand in it once.
void read_order(std::vector<CandidateRule>& candidates, Section& section) {
    std::vector<std::string> order;
    const Member* member = section.find("order");
    if (member == nullptr) {
        section.fail_here("a provider needs the order in which its candidates are preferred");
        return;
    }
    section.read("order", order);
    std::vector<std::string_view> names;
    for (const CandidateRule& candidate : candidates) {
        names.push_back(candidate.name);
        if (std::count(order.begin(), order.end(), candidate.name) != 1) {
            section.fail_at(
                *member, fmt::format("candidate {} must stand in the order, once", candidate.name));
        }
    }
    for (const std::string& name : order) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            section.refuse_reference(*member, "candidate", name, names);
        }
    }
    const auto place = [&order](const CandidateRule& candidate) {
        return std::find(order.begin(), order.end(), candidate.name);
    };
    std::sort(candidates.begin(), candidates.end(), [&place](const auto& a, const auto& b) {
        return place(a) < place(b);
    });
}

std::string pointer_digest(const ProviderRule& rule) {
    CanonicalText text;
    text.add("provider", rule.name);
    text.add("form", name_of(rule.pointer.form));
    text.add("path", rule.pointer.path);
    text.add("key", rule.pointer.key);
    for (const CandidateRule& candidate : rule.candidates) {
        text.add("candidate", candidate.name);
        text.add("points_to", candidate.points_to);
    }
    return text.digest();
}

}  // namespace

ProviderRule compile_provider(const std::string& name, Section& section, const Compilation& all) {
    ProviderRule rule;
    rule.name = name;
    rule.pointer = read_pointer(section);
    rule.candidates = read_candidates(section, rule.pointer.form, all);
    read_order(rule.candidates, section);
    const Member* failback = section.find("failback_after");
    const bool by_hand = failback != nullptr && failback->value.kind == Node::Kind::string &&
                         failback->value.text == "manual";
    Duration after{std::chrono::minutes{30}};
    if (by_hand) {
        rule.failback_after.reset();
    } else {
        section.read("failback_after", after, {seconds{1}, hours{24 * 31}});
        rule.failback_after = after;
    }
    section.refuse_unknown_keys();
    rule.digest = pointer_digest(rule);
    return rule;
}

}  // namespace primum::rules
