// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/selector.hpp"

namespace primum::rules {
namespace {

bool read_source(CostRule& cost, Section& section, const Compilation& all) {
    const Member* member = section.find("source");
    if (member == nullptr) {
        section.fail_here("a cost needs its source");
        return false;
    }
    const std::string* name = section.string_of(*member);
    if (name == nullptr) {
        return false;
    }
    const auto source = all.sources.find(*name);
    if (source != all.sources.end()) {
        cost.source = source->second;
        return true;
    }
    if (!all.incomplete) {
        std::vector<std::string_view> known;
        known.reserve(all.sources.size());
        for (const auto& [known_name, unused] : all.sources) {
            known.push_back(known_name);
        }
        section.refuse_reference(*member, "source", *name, known);
    }
    return false;
}

bool read_series(CostRule& cost, Section& section) {
    const Member* member = section.find("series");
    if (member == nullptr) {
        section.fail_here("a cost needs its series, a counter like 'http_requests_failed_total'");
        return false;
    }
    if (section.string_of(*member) == nullptr) {
        return false;
    }
    auto matcher = parse_selector(member->value.text);
    if (!matcher) {
        section.fail_at(
            member->value.at, section.path_to(member->key), matcher.error().message, {});
        return false;
    }
    cost.selector = member->value.text;
    cost.matcher = *std::move(matcher);
    return true;
}

}  // namespace

std::optional<CostRule> compile_cost(Section& section, const Compilation& all) {
    CostRule cost;
    const bool has_source = read_source(cost, section, all);
    const bool has_series = read_series(cost, section);
    section.refuse_unknown_keys();
    return has_source && has_series ? std::optional{std::move(cost)} : std::nullopt;
}

}  // namespace primum::rules
