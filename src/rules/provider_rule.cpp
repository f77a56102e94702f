// SPDX-License-Identifier: MIT
#include "rules/canonical_text.hpp"
#include "rules/compilation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::array<std::string_view, 3> formats{"env", "toml", "json"};

std::string absolute(Section& section, std::string_view key) {
    std::string path;
    if (section.read(key, path) && !path.starts_with('/')) {
        section.fail_at(*section.find(key), "an absolute path is expected");
    }
    return path;
}

void read_pointer(CanonicalText& text, Section& section) {
    auto pointer = section.table("pointer");
    if (!pointer) {
        section.fail_here(
            "a provider needs a pointer, like pointer = { symlink = \"/etc/a/upstream.conf\" }");
        return;
    }
    const bool is_link = pointer->find("symlink") != nullptr;
    const bool is_file = pointer->find("file") != nullptr;
    if (is_link == is_file) {
        pointer->fail_here("a pointer is either a symlink or a key of a file");
    }
    text.add("symlink", absolute(*pointer, "symlink"));
    text.add("file", absolute(*pointer, "file"));
    if (is_file) {
        std::string key;
        std::string format;
        if (!pointer->read("key", key) || key.empty()) {
            pointer->fail_here("a pointer in a file needs its key");
        }
        if (!pointer->read("format", format)) {
            pointer->fail_here("a pointer in a file needs its format");
        } else if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
            pointer->refuse_name(
                *pointer->find("format"), format, {formats.begin(), formats.end()});
        }
        text.add("key", key);
        text.add("format", format);
    }
    pointer->refuse_unknown_keys();
}

std::vector<std::string_view> read_candidates(CanonicalText& text,
                                              Section& section,
                                              const Compilation& all) {
    std::vector<std::string_view> names;
    auto candidates = section.table("candidate");
    if (!candidates || candidates->members().empty()) {
        section.fail_here(
            "a provider needs candidates, like candidate.primary.points_to = \"...\"");
        return names;
    }
    for (const Member& member : candidates->members()) {
        if (!is_name(member.key)) {
            candidates->fail_key(member, "a candidate's name is letters, digits, '_', '-', '.'");
            continue;
        }
        names.push_back(member.key);
        auto one = candidates->table_of(member);
        if (!one) {
            continue;
        }
        std::string points_to;
        if (!one->read("points_to", points_to) || points_to.empty()) {
            one->fail_here("a candidate needs points_to, the pointer's value when it is chosen");
        }
        text.add("candidate", member.key);
        text.add("points_to", points_to);
        if (auto indicator = one->table("indicator")) {
            static_cast<void>(compile_indicator(member.key, *indicator, all));
        }
        one->refuse_unknown_keys();
    }
    return names;
}

void read_order(CanonicalText& text,
                Section& section,
                const std::vector<std::string_view>& candidates) {
    std::vector<std::string> order;
    const Member* member = section.find("order");
    if (member == nullptr) {
        section.fail_here("a provider needs the order in which its candidates are preferred");
        return;
    }
    section.read("order", order);
    for (const std::string& name : order) {
        if (std::find(candidates.begin(), candidates.end(), name) == candidates.end()) {
            section.refuse_reference(*member, "candidate", name, candidates);
        }
    }
    text.add("order", order);
}

}  // namespace

// The candidates' indicators are not in the digest: they decide which one is healthy, not what is
// done to the pointer.
std::string compile_provider(const std::string& name, Section& section, const Compilation& all) {
    CanonicalText text;
    text.add("provider", name);
    read_pointer(text, section);
    read_order(text, section, read_candidates(text, section, all));
    const Member* failback = section.find("failback_after");
    const bool by_hand = failback != nullptr && failback->value.kind == Node::Kind::string &&
                         failback->value.text == "manual";
    Duration after{std::chrono::minutes{30}};
    if (!by_hand) {
        section.read("failback_after", after, {seconds{1}, hours{24 * 31}});
    }
    text.add("failback_after", by_hand ? Duration{0} : after);
    section.refuse_unknown_keys();
    return text.digest();
}

}  // namespace primum::rules
