// SPDX-License-Identifier: MIT
// Providers: rules, the past, the pointer's news and a person's word; and what a person is told.
#include "core/engine_impl.hpp"
#include "core/failback.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace primum {
namespace {

using core::Candidate;
using core::ProviderState;

// What stands in `target` of records about a provider.
std::string owner_name(std::string_view provider) {
    return "provider:" + std::string{provider};
}

// What a baseline of a candidate's indicator is kept under: both have the candidate's name.
std::string kept_as(const ProviderState& provider, std::size_t place) {
    for (const Candidate& each : provider.candidates) {
        if (each.rate_place == place) {
            return each.name + "/rate_limit";
        }
    }
    return provider.indicators[place].rule().name;
}

std::vector<std::string> users_of(const RuleSet& rules, const std::string& provider) {
    std::vector<std::string> users;
    for (const TargetRule& target : rules.targets) {
        const auto uses = [&](const RungRule& rung) {
            return std::any_of(
                rung.remedies.begin(), rung.remedies.end(), [&](const RemedyRule& each) {
                    return core::provider_of(each) == provider;
                });
        };
        if (std::any_of(target.rungs.begin(), target.rungs.end(), uses)) {
            users.push_back(target.name);
        }
    }
    return users;
}

// Another meaning: evidence is gathered anew, what a person said stays; what is known of the
// pointer stays while it is the same one.
void take_over(ProviderState& now, ProviderState& before) {
    for (Candidate& candidate : now.candidates) {
        const Candidate* known = before.find(candidate.name);
        if (known == nullptr) {
            continue;
        }
        candidate.mark = known->mark;
        candidate.note = known->note;
        candidate.uid = known->uid;
        candidate.fell_again = known->fell_again;
        candidate.written = known->written;
    }
    if (now.rule->pointer == before.rule->pointer) {
        now.away = std::move(before.away);
        now.came_back = std::move(before.came_back);
    }
}

}  // namespace

void Engine::Impl::apply_providers(const std::shared_ptr<const RuleSet>& rules) {
    std::erase_if(world_.providers, [&](const auto& entry) {
        const bool stays = std::any_of(
            rules->providers.begin(), rules->providers.end(), [&](const ProviderRule& each) {
                return each.name == entry.first;
            });
        if (!stays) {
            forget_provider(*entry.second);
            world_.deadlines.forget(entry.second->key);
        }
        return !stays;
    });
    for (const ProviderRule& rule : rules->providers) {
        std::unique_ptr<ProviderState>& known = world_.providers[rule.name];
        if (known != nullptr && known->rule->digest == rule.digest) {
            known->rebind(rules, rule);
        } else {
            const auto key = known != nullptr ? known->key : next_key_++;
            auto fresh = std::make_unique<ProviderState>(key, rules, rule, world_.limits);
            if (known != nullptr) {
                forget_provider(*known);
                take_over(*fresh, *known);
            }
            known = std::move(fresh);
            listen(*known);
        }
        known->users = users_of(*rules, rule.name);
        provider_by_key_[known->key] = known.get();
        world_.changed_providers.insert(known->key);
        core::ask_pointer(world_, *known);
    }
}

void Engine::Impl::listen(ProviderState& provider) {
    for (std::size_t i = 0; i < provider.indicators.size(); ++i) {
        const IndicatorRule& indicator = provider.indicators[i].rule();
        const std::string& source = provider.rules->sources[indicator.source].name;
        sources_.find(source)->second->add_listener({nullptr, i, &provider});
    }
}

void Engine::Impl::forget_provider(const ProviderState& provider) {
    for (const auto& [name, source] : sources_) {
        source->remove_listeners(provider);
    }
    provider_by_key_.erase(provider.key);
    world_.changed_providers.erase(provider.key);
}

void Engine::Impl::restore_providers() {
    for (const RestoredProvider& restored : restored_->providers) {
        ProviderState* provider = core::find_provider(world_, restored.provider.provider);
        Candidate* candidate =
            provider == nullptr ? nullptr : provider->find(restored.provider.candidate);
        if (candidate == nullptr) {
            continue;
        }
        candidate->written = restored.provider;
        candidate->fell_again = restored.provider.fell_again;
        const Instant until = world_.now.t + left_of(restored);
        if (restored.provider.marked && until <= world_.now.t) {
            continue;
        }
        candidate->uid = restored.provider.uid;
        candidate->note = candidate->uid == nobody ? "" : restored.provider.note;
        if (restored.provider.marked) {
            candidate->mark =
                core::Mark{restored.provider.state, {until, restored.provider.until.wall}};
        }
    }
    for (const auto& [name, provider] : world_.providers) {
        for (const BaselineRecord& kept : restored_->baselines) {
            for (std::size_t i = 0; i < provider->indicators.size(); ++i) {
                const bool is_it = kept.target == owner_name(name) &&
                                   kept.digest == provider->rule->digest &&
                                   kept.indicator == kept_as(*provider, i);
                if (is_it && provider->indicators[i].baseline() != nullptr) {
                    provider->indicators[i].baseline()->load(kept.state);
                }
            }
        }
    }
}

// Of a mark that another boot made, only the wall clock tells; where it cannot be trusted no time
// has passed since the record was written.
Duration Engine::Impl::left_of(const RestoredProvider& restored) const {
    if (restored.until.boot_id == world_.boot_id) {
        return restored.until.at.t - world_.now.t;
    }
    return world_.clock_synchronised ? Duration{restored.until.at.wall - world_.now.wall}
                                     : Duration{restored.until.at.wall - restored.at.at.wall};
}

void Engine::Impl::wake_provider(ProviderState& provider) {
    for (std::size_t i = 0; i < provider.indicators.size(); ++i) {
        core::IndicatorState& indicator = provider.indicators[i];
        if (indicator.take_lesson(world_.now.t)) {
            BaselineRecord record;
            record.target = owner_name(provider.rule->name);
            record.indicator = kept_as(provider, i);
            record.digest = provider.rule->digest;
            record.samples = indicator.baseline()->samples();
            record.state = indicator.baseline()->save();
            record.at = world_.now;
            world_.record(std::move(record));
        }
        if (const auto again = indicator.look(world_.now.t)) {
            world_.deadlines.arm(provider.key, *again);
        }
        note_severity({nullptr, i, &provider});
    }
    world_.changed_providers.insert(provider.key);
}

void Engine::Impl::take(const ProviderEvent& event) {
    ProviderState* provider = core::find_provider(world_, event.provider);
    if (provider == nullptr) {
        reject("unknown_provider", event.provider);
    } else if (!core::is_moving(world_, *provider)) {
        core::note_pointer(world_, *provider, event.candidate, event.detail);
    }
}

void Engine::Impl::mark_or_note(const OperatorEvent& command) {
    OperatorEvent event = command;
    event.target = owner_name(event.provider);
    ProviderState* provider = core::find_provider(world_, event.provider);
    if (provider == nullptr) {
        reply(event,
              false,
              "unknown_provider",
              "there is no provider \"" + event.provider + "\"; the providers verb shows them");
        return;
    }
    Candidate* candidate = provider->find(event.candidate);
    if (candidate == nullptr) {
        reply(event,
              false,
              "unknown_candidate",
              event.provider + " has no candidate \"" + event.candidate +
                  "\"; the providers verb shows them");
        return;
    }
    event.target += '/' + event.candidate;
    if (event.verb == OperatorVerb::mark && refuses_length(event, "mark")) {
        return;
    }
    std::string done = "noted on " + candidate->name;
    if (event.verb == OperatorVerb::mark) {
        const Stamp until{world_.now.t + event.length, world_.now.wall + event.length};
        candidate->mark = core::Mark{event.state, until};
        done = candidate->name + " is marked " + std::string{name_of(event.state)} + " for " +
               core::duration_text(event.length);
    }
    candidate->note = event.reason;
    candidate->uid = event.uid;
    world_.changed_providers.insert(provider->key);
    reply(event, true, "ok", done);
}

std::vector<ProviderView> Engine::Impl::providers() const {
    std::vector<ProviderView> views;
    for (const auto& [name, provider] : world_.providers) {
        ProviderView view;
        view.name = name;
        view.pointer = provider->rule->pointer;
        view.current = provider->current.value_or("");
        for (const Candidate& each : provider->candidates) {
            CandidateView candidate{core::record_of(world_, *provider, each), std::nullopt};
            if (each.mark) {
                candidate.marked_until = each.mark->until.t;
            }
            view.candidates.push_back(std::move(candidate));
        }
        const core::FailbackPlan plan = core::plan_failback(*provider, world_.now.t);
        view.next = plan.words + (provider->elsewhere.empty() ? "" : ": " + provider->elsewhere);
        view.failback_at = plan.due;
        views.push_back(std::move(view));
    }
    return views;
}

}  // namespace primum
