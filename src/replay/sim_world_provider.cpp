// SPDX-License-Identifier: MIT
// Providers: how their candidates really are, where their pointers point, and who feels it.
#include "replay/sim_world.hpp"

#include <algorithm>
#include <utility>

namespace primum::replay {
namespace {

constexpr Duration millisecond = std::chrono::milliseconds{1};

const std::string* provider_of(const TargetRule& target) {
    for (const RungRule& rung : target.rungs) {
        for (const RemedyRule& remedy : rung.remedies) {
            if (const auto* plan = std::get_if<FailoverPlan>(&remedy.plan)) {
                return &plan->provider;
            }
        }
    }
    return nullptr;
}

}  // namespace

void SimWorld::begin_providers() {
    for (const ProviderRule& rule : rules_->providers) {
        Provider provider;
        provider.truth.assign(rule.candidates.size(), CandidateState::healthy);
        providers_.push_back(std::move(provider));
    }
    for (std::uint32_t i = 0; i < patients_.size(); ++i) {
        if (const std::string* name = provider_of(rules_->targets[i])) {
            patients_[i].provider = provider_index(*name);
        }
    }
}

std::optional<std::uint32_t> SimWorld::provider_index(std::string_view name) const {
    const auto& providers = exhibit_.rules->providers;
    const auto found = std::find_if(
        providers.begin(), providers.end(), [&](const auto& each) { return each.name == name; });
    if (found == providers.end()) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(found - providers.begin());
}

std::string SimWorld::candidate_name(std::uint32_t provider, std::uint32_t candidate) const {
    const auto& candidates = exhibit_.rules->providers[provider].candidates;
    return candidate < candidates.size() ? candidates[candidate].name : std::string{};
}

// What a target feels of the candidate that its provider points at.
Severity SimWorld::felt(const Patient& patient) const {
    if (!patient.provider) {
        return Severity::ok;
    }
    const Provider& provider = providers_[*patient.provider];
    if (provider.pointer >= provider.truth.size()) {
        return Severity::error;
    }
    const CandidateState truth = provider.truth[provider.pointer];
    return truth == CandidateState::dead || truth == CandidateState::rate_limited ? Severity::error
                                                                                  : Severity::ok;
}

Severity SimWorld::shown_of_candidate(const SimChannel& channel) const {
    const CandidateState truth = providers_[channel.provider].truth[channel.target];
    if (channel.is_rate_limit) {
        return truth == CandidateState::rate_limited ? Severity::critical : Severity::ok;
    }
    return truth == CandidateState::dead       ? Severity::critical
           : truth == CandidateState::degraded ? Severity::warning
                                               : Severity::ok;
}

void SimWorld::perform_on_provider(const Deed& deed) {
    if (deed.who >= providers_.size() || deed.a < 0) {
        return;
    }
    Provider& provider = providers_[deed.who];
    const auto candidate = static_cast<std::uint32_t>(deed.a);
    if (deed.kind == DeedKind::points) {
        provider.pointer = candidate;
    } else if (candidate >= provider.truth.size()) {
        return;
    } else if (deed.kind == DeedKind::candidate) {
        provider.truth[candidate] = static_cast<CandidateState>(deed.b);
    } else {
        OperatorEvent command;
        command.ticket = next_ticket_++;
        command.verb = OperatorVerb::mark;
        command.provider = exhibit_.rules->providers[deed.who].name;
        command.candidate = candidate_name(deed.who, candidate);
        command.state = static_cast<CandidateState>(deed.b);
        command.length = deed.length;
        command.reason = "as the timeline says";
        send(std::move(command));
    }
}

void SimWorld::end_candidate(const Deed& deed) {
    if (deed.who < providers_.size() &&
        static_cast<std::size_t>(deed.a) < providers_[deed.who].truth.size()) {
        providers_[deed.who].truth[static_cast<std::size_t>(deed.a)] = CandidateState::healthy;
    }
}

void SimWorld::ask_pointer(const AskPointer& question) {
    const auto provider = provider_index(question.provider);
    if (provider && answers_ != SimAnswer::silent) {
        add_for_primumd(Due::pointer, millisecond, *provider, 0);
    }
}

void SimWorld::tell_pointer(std::uint32_t provider) {
    ProviderEvent found;
    found.provider = exhibit_.rules->providers[provider].name;
    found.candidate = candidate_name(provider, providers_[provider].pointer);
    found.detail = found.candidate.empty() ? "/somewhere/else" : "";
    send(std::move(found));
}

// The pointer is read when the question is answered, not when it was asked.
void SimWorld::look_at_pointer(const AskPreflight& request, PreflightEvent& ready) const {
    const auto target = target_index(request.target);
    if (request.candidate.empty() || !target || !patients_[*target].provider) {
        return;
    }
    const std::uint32_t provider = *patients_[*target].provider;
    const std::string now = candidate_name(provider, providers_[provider].pointer);
    if (ready.answer == Preflight::can && now == request.candidate) {
        ready.answer = Preflight::cannot;
        ready.code = Refusal::points_there;
    }
    ready.current = now;
}

void SimWorld::move_pointer(Action& action) {
    const auto provider = patients_[action.target].provider;
    if (!provider || action.request.candidate.empty()) {
        return;
    }
    const auto& candidates = exhibit_.rules->providers[*provider].candidates;
    const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const auto& each) {
        return each.name == action.request.candidate;
    });
    const auto to = static_cast<std::uint32_t>(found - candidates.begin());
    action.moved_from = std::exchange(providers_[*provider].pointer, to);
}

// False where somebody has pointed elsewhere since.
bool SimWorld::move_pointer_back(Action& action) {
    if (!action.moved_from) {
        return true;
    }
    const std::uint32_t provider = *patients_[action.target].provider;
    std::uint32_t& pointer = providers_[provider].pointer;
    if (candidate_name(provider, pointer) != action.request.candidate) {
        return false;
    }
    pointer = *std::exchange(action.moved_from, std::nullopt);
    return true;
}

}  // namespace primum::replay
