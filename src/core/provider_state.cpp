// SPDX-License-Identifier: MIT
#include "core/provider_state.hpp"

#include <algorithm>
#include <utility>

namespace primum::core {

ProviderState::ProviderState(Deadlines::Key number,
                             std::shared_ptr<const RuleSet> set,
                             const ProviderRule& provider,
                             const EngineLimits& limits)
    : key(number), rules(std::move(set)), rule(&provider) {
    const auto add = [&](const std::optional<IndicatorRule>& indicator) {
        std::optional<std::size_t> place;
        if (indicator) {
            place = indicators.size();
            indicators.emplace_back(*indicator, limits.samples_per_window);
        }
        return place;
    };
    for (const CandidateRule& each : rule->candidates) {
        Candidate candidate;
        candidate.name = each.name;
        candidate.place = add(each.indicator);
        candidate.rate_place = add(each.rate_limit);
        candidates.push_back(std::move(candidate));
    }
}

void ProviderState::rebind(std::shared_ptr<const RuleSet> set, const ProviderRule& provider) {
    rule = &provider;
    std::size_t place = 0;
    for (const CandidateRule& each : provider.candidates) {
        for (const auto* indicator : {&each.indicator, &each.rate_limit}) {
            if (*indicator) {
                indicators[place++].rebind(**indicator);
            }
        }
    }
    rules = std::move(set);
}

const Candidate* ProviderState::find(std::string_view name) const {
    const auto found = std::find_if(
        candidates.begin(), candidates.end(), [&](const auto& each) { return each.name == name; });
    return found == candidates.end() ? nullptr : &*found;
}

Candidate* ProviderState::find(std::string_view name) {
    const auto found = std::find_if(
        candidates.begin(), candidates.end(), [&](const auto& each) { return each.name == name; });
    return found == candidates.end() ? nullptr : &*found;
}

bool ProviderState::is_possible() const {
    return std::all_of(candidates.begin(), candidates.end(), [&](const Candidate& each) {
        return (!each.place || *each.place < indicators.size()) &&
               (!each.rate_place || *each.rate_place < indicators.size());
    });
}

const Candidate* ProviderState::current_one() const {
    return current ? find(*current) : nullptr;
}

CandidateState ProviderState::judged(const Candidate& candidate) const {
    if (candidate.rate_place && indicators[*candidate.rate_place].severity() >= Severity::error) {
        return CandidateState::rate_limited;
    }
    const Severity severity =
        candidate.place ? indicators[*candidate.place].severity() : Severity::unknown;
    switch (severity) {
        case Severity::unknown:
            return CandidateState::unknown;
        case Severity::ok:
        case Severity::info:
            return CandidateState::healthy;
        case Severity::warning:
            return CandidateState::degraded;
        case Severity::error:
        case Severity::critical:
            return CandidateState::dead;
    }
    return CandidateState::unknown;
}

std::string ProviderState::note_of(const Candidate& candidate) const {
    if (candidate.uid != nobody) {
        return candidate.note;
    }
    const auto place =
        candidate.state == CandidateState::rate_limited ? candidate.rate_place : candidate.place;
    if (!place) {
        return "nothing judges it";
    }
    const EvidenceItem evidence = indicators[*place].evidence();
    return evidence.value + (evidence.why.empty() ? "" : ", " + evidence.why);
}

std::string ProviderState::states_text() const {
    std::string text;
    for (const Candidate& each : candidates) {
        text += (text.empty() ? "" : "; ") + each.name + ' ' + std::string{name_of(each.state)} +
                (each.mark ? " by hand" : "") + (current == each.name ? ", in use" : "");
    }
    return text;
}

const std::string& provider_of(const RemedyRule& remedy) {
    static const std::string none;
    const auto* plan = std::get_if<FailoverPlan>(&remedy.plan);
    return plan == nullptr ? none : plan->provider;
}

}  // namespace primum::core
