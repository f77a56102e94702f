// SPDX-License-Identifier: MIT
// What is peculiar to a failover: whom to point at is chosen when preflight is asked, and chosen
// again before anything is done.
#include "core/ladder.hpp"
#include "core/provider_book.hpp"

#include <utility>

namespace primum::core {

bool Ladder::choose(const RemedyRule& remedy, std::string& candidate) {
    if (provider_of(remedy).empty()) {
        return true;
    }
    const ProviderState* provider = find_provider(world_, provider_of(remedy));
    const Choice choice = provider == nullptr
                              ? Choice{Choice::Kind::none, {}, "it is not in the rules"}
                              : choose_candidate(*provider);
    const std::string code{name_of(Refusal::no_provider)};
    const std::string detail = provider_of(remedy) + ": " + choice.detail;
    switch (choice.kind) {
        case Choice::Kind::chosen:
            candidate = choice.candidate;
            return true;
        case Choice::Kind::wait:
            target_.held_back =
                HeldBack{Guard::preflight, code + ": " + detail, world_.now.t + preflight_retry};
            return false;
        case Choice::Kind::none:
            mark_spent(target_.level, DecisionKind::passed_over, code, detail);
            return false;
    }
    return false;
}

bool Ladder::still_chosen(const RemedyRule& remedy,
                          const Asking& asked,
                          const PreflightEvent& answer) {
    ProviderState* provider = find_provider(world_, provider_of(remedy));
    const bool points_there = answer.code == Refusal::points_there;
    if (provider == nullptr || (answer.answer != Preflight::can && !points_there)) {
        return true;
    }
    const bool is_told = !points_there || !answer.current.empty();
    note_pointer(world_, *provider, is_told ? answer.current : asked.candidate, "");
    if (points_there) {
        target_.held_back =
            HeldBack{Guard::preflight,
                     std::string{name_of(Refusal::points_there)} + ": " + provider->states_text(),
                     world_.now.t + preflight_retry};
        return false;
    }
    return may_point_to(*provider, asked.candidate);
}

std::string Ladder::point(ActionRecord& record,
                          const RemedyRule& remedy,
                          const std::string& candidate) const {
    const ProviderState* provider = find_provider(world_, provider_of(remedy));
    if (provider == nullptr) {
        return record.kind;
    }
    record.provider = provider->rule->name;
    record.from = provider->current.value_or("");
    record.candidate = candidate;
    for (EvidenceItem& item : provider_evidence(*provider)) {
        record.evidence.push_back(std::move(item));
    }
    return record.kind + " of " + record.provider + " to " + candidate + " (" +
           choose_candidate(*provider).detail + ')';
}

bool Ladder::lost_its_candidate() const {
    const ActionRecord& record = target_.flight->record;
    const ProviderState* provider = find_provider(world_, record.provider);
    return !record.provider.empty() &&
           (provider == nullptr || !may_point_to(*provider, record.candidate));
}

}  // namespace primum::core
