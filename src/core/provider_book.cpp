// SPDX-License-Identifier: MIT
#include "core/provider_book.hpp"

#include "core/failback.hpp"
#include "core/target_state.hpp"

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

constexpr std::size_t max_away = 16;
constexpr std::uint32_t max_fell_again = 16;

// The same but for when it was looked at, and for what only its indicator says of it.
bool tells_the_same(const ProviderRecord& written, const ProviderRecord& now) {
    ProviderRecord comparable = now;
    comparable.last_checked = written.last_checked;
    comparable.at = written.at;
    if (now.uid == nobody && written.uid == nobody) {
        comparable.note = written.note;
    }
    return comparable == written;
}

void write_down(World& world, const ProviderState& provider, Candidate& candidate) {
    ProviderRecord record = record_of(world, provider, candidate);
    const bool is_news = candidate.written
                             ? !tells_the_same(*candidate.written, record)
                             : record.state != CandidateState::unknown || record.current ||
                                   record.marked || record.uid != nobody || record.fell_again > 0;
    if (is_news) {
        candidate.written = record;
        world.record(std::move(record));
    }
}

void wake_users(World& world, const ProviderState& provider) {
    for (const std::string& user : provider.users) {
        const auto target = world.targets.find(user);
        if (target != world.targets.end() && target->second->incident) {
            world.changed.insert(target->second->key);
        }
    }
}

// Ends a mark that is over. True when the candidate stands otherwise than before.
bool judge(const ProviderState& provider, Candidate& candidate, Instant now) {
    if (candidate.mark && now >= candidate.mark->until.t) {
        candidate.mark.reset();
        candidate.note.clear();
        candidate.uid = nobody;
    }
    const CandidateState before = candidate.state;
    candidate.state = candidate.mark ? candidate.mark->state : provider.judged(candidate);
    if (candidate.state != CandidateState::healthy) {
        candidate.healthy_since.reset();
    } else if (!candidate.healthy_since) {
        candidate.healthy_since = now;
    }
    return candidate.state != before;
}

// The present one, healthy for as long as it would be waited for, has lasted: what it owed from
// earlier failbacks is forgotten. Gives when that will be.
std::optional<Instant> forgive(const ProviderState& provider, Candidate& candidate, Instant now) {
    const bool in_use = provider.current == candidate.name && provider.current_since;
    if (candidate.fell_again == 0 || !candidate.healthy_since || !in_use) {
        return std::nullopt;
    }
    const Duration wait = failback_wait(provider, candidate).value_or(max_failback_wait);
    const Instant at = std::max(*candidate.healthy_since, *provider.current_since) + wait;
    if (now < at) {
        return at;
    }
    candidate.fell_again = 0;
    return std::nullopt;
}

}  // namespace

ProviderRecord record_of(const World& world,
                         const ProviderState& provider,
                         const Candidate& candidate) {
    ProviderRecord record;
    record.provider = provider.rule->name;
    record.candidate = candidate.name;
    record.state = candidate.state;
    record.note = provider.note_of(candidate);
    record.current = provider.current == candidate.name;
    record.marked = candidate.mark.has_value();
    record.uid = candidate.uid;
    record.fell_again = candidate.fell_again;
    record.until = candidate.mark ? candidate.mark->until : Stamp{};
    if (candidate.place) {
        if (const auto last = provider.indicators[*candidate.place].last_known()) {
            record.last_checked = {*last, world.now.wall - (world.now.t - *last)};
        }
    }
    record.at = world.now;
    return record;
}

ProviderState* find_provider(const World& world, std::string_view name) {
    const auto found = world.providers.find(name);
    return found == world.providers.end() ? nullptr : found->second.get();
}

void look_at_provider(World& world, ProviderState& provider) {
    const Instant now = world.now.t;
    const auto need_at = [&](std::optional<Instant> at) {
        if (at) {
            world.deadlines.arm(provider.key, *at);
        }
    };
    bool changed = false;
    for (Candidate& candidate : provider.candidates) {
        changed = judge(provider, candidate, now) || changed;
        need_at(candidate.mark ? std::optional{candidate.mark->until.t} : std::nullopt);
        need_at(forgive(provider, candidate, now));
    }
    for (Candidate& candidate : provider.candidates) {
        write_down(world, provider, candidate);
    }
    if (changed) {
        wake_users(world, provider);
    }
    if (provider.ask_at && now >= *provider.ask_at) {
        ask_pointer(world, provider);
    }
    need_at(provider.ask_at);
    need_at(consider_failback(world, provider));
}

Choice choose_candidate(const ProviderState& provider) {
    Choice choice;
    choice.detail = provider.states_text();
    if (!provider.current) {
        choice.kind = Choice::Kind::wait;
        choice.detail = "not known yet what the pointer names; " + choice.detail;
        return choice;
    }
    const Candidate* degraded = nullptr;
    bool in_doubt = false;
    for (const Candidate& each : provider.candidates) {
        if (each.name == *provider.current) {
            continue;
        }
        if (each.state == CandidateState::healthy) {
            choice.kind = Choice::Kind::chosen;
            choice.candidate = each.name;
            return choice;
        }
        if (each.state == CandidateState::degraded && degraded == nullptr) {
            degraded = &each;
        }
        in_doubt = in_doubt ||
                   (each.state == CandidateState::unknown && !each.mark && each.place.has_value());
    }
    const Candidate* present = provider.current_one();
    if (degraded != nullptr && present != nullptr && present->state == CandidateState::dead) {
        choice.kind = Choice::Kind::chosen;
        choice.candidate = degraded->name;
        choice.detail = "though degraded, for none is healthy; " + choice.detail;
        return choice;
    }
    const bool present_in_doubt = degraded != nullptr && present != nullptr &&
                                  present->state == CandidateState::unknown &&
                                  present->place.has_value() && !present->mark;
    if (in_doubt || present_in_doubt) {
        choice.kind = Choice::Kind::wait;
        choice.detail = "not known yet; " + choice.detail;
    }
    return choice;
}

bool may_point_to(const ProviderState& provider, std::string_view candidate) {
    const Candidate* wanted = provider.find(candidate);
    if (wanted == nullptr || !provider.current || *provider.current == candidate) {
        return false;
    }
    if (wanted->state == CandidateState::healthy) {
        return true;
    }
    const Choice choice = choose_candidate(provider);
    return choice.kind == Choice::Kind::chosen && choice.candidate == candidate;
}

std::vector<EvidenceItem> provider_evidence(const ProviderState& provider) {
    std::vector<EvidenceItem> items;
    for (const Candidate& each : provider.candidates) {
        items.push_back(
            {provider.rule->name + '/' + each.name,
             each.place ? provider.indicators[*each.place].severity() : Severity::unknown,
             std::string{name_of(each.state)},
             provider.note_of(each)});
    }
    return items;
}

void note_pointer(World& world,
                  ProviderState& provider,
                  const std::string& candidate,
                  const std::string& detail) {
    const bool is_one = provider.find(candidate) != nullptr;
    const std::string named = is_one ? candidate : "";
    provider.elsewhere = is_one ? "" : candidate + detail;
    if (provider.current == named) {
        return;
    }
    provider.current = named;
    provider.current_since = world.now.t;
    world.changed_providers.insert(provider.key);
    wake_users(world, provider);
}

void ask_pointer(World& world, ProviderState& provider) {
    world.emit(AskPointer{provider.rule->name});
    provider.ask_at.reset();
    if (!provider.users.empty()) {
        provider.ask_at = world.now.t + pointer_period;
        world.deadlines.arm(provider.key, *provider.ask_at);
    }
}

bool is_moving(const World& world, const ProviderState& provider) {
    const auto goes_back = [&](const auto& asked) {
        return std::any_of(provider.away.begin(), provider.away.end(), [&](const Away& each) {
            return each.action == asked.first;
        });
    };
    const auto flies = [&](const auto& entry) {
        const TargetState& target = *entry.second;
        return target.flight && target.flight->record.provider == provider.rule->name &&
               (target.phase == Phase::running || target.phase == Phase::rolling_back);
    };
    return std::any_of(world.asked_back.begin(), world.asked_back.end(), goes_back) ||
           (!world.flying.empty() &&
            std::any_of(world.targets.begin(), world.targets.end(), flies));
}

void note_failover_intent(World& world, const ActionRecord& action) {
    ProviderState* provider = find_provider(world, action.provider);
    if (provider == nullptr || !provider->came_back || !provider->rule->failback_after) {
        return;
    }
    const CameBack last = *std::exchange(provider->came_back, std::nullopt);
    Candidate* left = provider->find(action.from);
    if (left != nullptr && last.candidate == action.from &&
        world.now.t - last.at <= *provider->rule->failback_after) {
        left->fell_again = std::min(left->fell_again + 1, max_fell_again);
        world.changed_providers.insert(provider->key);
    }
}

void note_failover_end(World& world, const ActionRecord& action, ActionResult result) {
    ProviderState* provider = find_provider(world, action.provider);
    if (provider == nullptr) {
        return;
    }
    if (result != ActionResult::ambiguous) {
        remember_failover(world, action, world.now.t);
    }
    if (result == ActionResult::done) {
        note_pointer(world, *provider, action.candidate, "");
    } else {
        provider->current.reset();
    }
    ask_pointer(world, *provider);
}

void remember_failover(World& world, const ActionRecord& action, Instant intended) {
    ProviderState* provider = find_provider(world, action.provider);
    if (provider == nullptr) {
        return;
    }
    if (provider->away.size() >= max_away) {
        provider->away.erase(provider->away.begin());
    }
    provider->away.push_back({action.id,
                              action.incident,
                              action.target,
                              action.level,
                              action.from,
                              action.candidate,
                              intended});
}

void note_way_back(World& world, const std::string& action, bool undone, bool failback) {
    for (const auto& [name, provider] : world.providers) {
        const auto found = std::find_if(provider->away.begin(),
                                        provider->away.end(),
                                        [&](const Away& each) { return each.action == action; });
        if (found == provider->away.end()) {
            continue;
        }
        if (undone) {
            const Away away = *found;
            provider->away.erase(found);
            note_pointer(world, *provider, away.from, "");
            if (failback) {
                provider->came_back = CameBack{away.from, world.now.t};
            }
        } else {
            found->stuck = true;
        }
        ask_pointer(world, *provider);
        world.changed_providers.insert(provider->key);
    }
}

}  // namespace primum::core
