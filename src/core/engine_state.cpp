// SPDX-License-Identifier: MIT
// The whole engine as one line of text, and back (archive.hpp).
#include "core/archive_reader.hpp"
#include "core/archive_writer.hpp"
#include "core/engine_impl.hpp"
#include "core/record_members.hpp"
#include "core/rule_members.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace primum {
namespace {

// Another list of members is another version.
constexpr std::string_view version = "primum-engine/2 ";

// FNV-1a: no change of one byte leaves it the same.
std::string sum_of(std::string_view text) {
    std::uint64_t sum = 0xCBF2'9CE4'8422'2325U;
    for (const char c : text) {
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3U;
    }
    std::array<char, 17> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + 16, sum, 16).ptr;
    *end = ' ';
    return {digits.data(), end + 1};
}

// What is in the envelope; nothing, and why, when it is damaged.
std::string_view open_envelope(std::string_view text, std::string& why) {
    if (!text.starts_with(version)) {
        why = "no state of this version of the engine";
        return {};
    }
    text.remove_prefix(version.size());
    const std::string_view sum = text.substr(0, text.find(' ') + 1);
    text.remove_prefix(sum.size());
    if (sum.empty() || sum_of(text) != sum) {
        why = "damaged or cut off";
        return {};
    }
    return text;
}

}  // namespace

std::string Engine::save() const {
    return impl_->save();
}

// Which rules a target is of: those in force, unless it has left them.
struct Engine::Impl::TargetHome {
    core::Deadlines::Key key = 0;
    std::string name;
    std::optional<RuleSet> left;

    static void members(auto& archive, auto& it) { archive.whole(it, it.key, it.name, it.left); }
};

// A source or a provider; its rule is the one in force.
struct Engine::Impl::Home {
    core::Deadlines::Key key = 0;
    std::string name;

    static void members(auto& archive, auto& it) { archive.whole(it, it.key, it.name); }
};

struct Engine::Impl::Homes {
    std::vector<TargetHome> targets;
    std::vector<Home> sources;
    std::vector<Home> providers;

    static void members(auto& archive, auto& it) {
        archive.whole(it, it.targets, it.sources, it.providers);
    }
};

// `self` is this engine; when it is read, one that has just been made with the same limits.
template <class Archive, class Self>
void Engine::Impl::members(Archive& archive, Self& self) {
    archive(self.started_, self.next_key_, self.restored_, self.undoing_);
    archive(self.farewells_, self.orphans_);
    Homes homes;
    if constexpr (!Archive::reads) {
        homes = self.list_homes();
    }
    archive(homes);
    bool has_rules = self.world_.rules != nullptr;
    archive(has_rules);
    if constexpr (Archive::reads) {
        if (has_rules) {
            RuleSet rules;
            archive(rules);
            self.world_.rules = std::make_shared<const RuleSet>(std::move(rules));
        }
        archive.require(archive.ok() && self.make_homes(homes));
    } else if (has_rules) {
        archive(*self.world_.rules);
    }
    for (const auto& [name, target] : self.targets_) {
        if (archive.ok()) {
            archive(*target);
        }
    }
    for (const auto& [name, provider] : self.world_.providers) {
        if (archive.ok()) {
            archive(*provider);
        }
    }
    const core::ListenerHomes listeners{self.target_by_key_, self.provider_by_key_};
    for (const auto& [name, source] : self.sources_) {
        if (archive.ok()) {
            core::SourceState::members(archive, *source, listeners);
        }
    }
    archive(self.world_);
}

Engine::Impl::Homes Engine::Impl::list_homes() const {
    Homes homes;
    for (const auto& [name, target] : targets_) {
        TargetHome home{target->key, name, std::nullopt};
        if (target->gone) {
            home.left.emplace();
            home.left->sources = target->rules->sources;
            home.left->targets.push_back(*target->rule);
        }
        homes.targets.push_back(std::move(home));
    }
    for (const auto& [name, source] : sources_) {
        homes.sources.push_back({source->key, name});
    }
    for (const auto& [name, provider] : world_.providers) {
        homes.providers.push_back({provider->key, name});
    }
    return homes;
}

namespace {

// Whether the sources that it refers to by number are there.
bool fits_together(const RuleSet& rules) {
    const auto has_source = [&](const IndicatorRule& indicator) {
        return indicator.kind == ValueKind::unit_state || indicator.source < rules.sources.size();
    };
    const auto may_have_source = [&](const std::optional<IndicatorRule>& indicator) {
        return !indicator || has_source(*indicator);
    };
    return std::all_of(rules.targets.begin(),
                       rules.targets.end(),
                       [&](const TargetRule& target) {
                           return std::all_of(
                               target.indicators.begin(), target.indicators.end(), has_source);
                       }) &&
           std::all_of(
               rules.providers.begin(), rules.providers.end(), [&](const ProviderRule& provider) {
                   return std::all_of(provider.candidates.begin(),
                                      provider.candidates.end(),
                                      [&](const CandidateRule& each) {
                                          return may_have_source(each.indicator) &&
                                                 may_have_source(each.rate_limit);
                                      });
               });
}

template <class Rules>
auto* rule_of(Rules& rules, std::string_view name) {  // they are sorted by name
    const auto found = std::lower_bound(
        rules.begin(), rules.end(), name, [](const auto& each, std::string_view wanted) {
            return each.name < wanted;
        });
    return found == rules.end() || found->name != name ? nullptr : &*found;
}

}  // namespace

// Makes what the state is of. Selectors are not in a state: until the rules come, no series is
// taken.
bool Engine::Impl::make_homes(const Homes& homes) {
    if (world_.rules == nullptr) {
        return homes.targets.empty() && homes.sources.empty() && homes.providers.empty();
    }
    const RuleSet& rules = *world_.rules;
    if (!fits_together(rules)) {
        return false;
    }
    for (const TargetHome& home : homes.targets) {
        if (!make_target(home)) {
            return false;
        }
    }
    for (const Home& home : homes.sources) {
        const SourceRule* rule = rule_of(rules.sources, home.name);
        if (rule == nullptr) {
            return false;
        }
        auto source = std::make_unique<SourceState>(home.key, *rule);
        source_by_key_[home.key] = source.get();
        sources_[home.name] = std::move(source);
    }
    for (const Home& home : homes.providers) {
        const ProviderRule* rule = rule_of(rules.providers, home.name);
        if (rule == nullptr) {
            return false;
        }
        auto provider =
            std::make_unique<core::ProviderState>(home.key, world_.rules, *rule, world_.limits);
        provider_by_key_[home.key] = provider.get();
        world_.providers[home.name] = std::move(provider);
    }
    index_units();
    return target_by_key_.size() == homes.targets.size() &&
           targets_.size() == homes.targets.size() &&
           source_by_key_.size() == homes.sources.size() &&
           sources_.size() == homes.sources.size() &&
           provider_by_key_.size() == homes.providers.size() &&
           world_.providers.size() == homes.providers.size();
}

bool Engine::Impl::make_target(const TargetHome& home) {
    std::shared_ptr<const RuleSet> rules = world_.rules;
    if (home.left) {
        if (!fits_together(*home.left)) {
            return false;
        }
        rules = std::make_shared<const RuleSet>(*home.left);
    }
    const TargetRule* rule = rule_of(rules->targets, home.name);
    if (rule == nullptr) {
        return false;
    }
    auto target = std::make_unique<TargetState>(home.key, rules, *rule, world_.limits);
    target_by_key_[home.key] = target.get();
    world_.targets[home.name] = target.get();
    targets_[home.name] = std::move(target);
    return true;
}

// Whether what refers to targets finds what it takes to be there.
bool Engine::Impl::is_possible() const {
    const auto is_ill = [&](core::Deadlines::Key key) {
        const auto target = target_by_key_.find(key);
        return target != target_by_key_.end() && target->second->incident;
    };
    const auto flies = [&](const auto& flying) {
        const auto target = target_by_key_.find(flying.second);
        return target != target_by_key_.end() && target->second->flight &&
               target->second->flight->record.id == flying.first;
    };
    return std::all_of(world_.ill.begin(), world_.ill.end(), is_ill) &&
           std::all_of(world_.flying.begin(), world_.flying.end(), flies);
}

std::string Engine::Impl::save() const {
    core::Writer writer;
    writer(world_.limits);
    members(writer, *this);
    const std::string payload = writer.take();
    return std::string{version} + sum_of(payload) + payload;
}

bool Engine::Impl::load(std::string_view text, std::string& why) {
    const std::string_view payload = open_envelope(text, why);
    if (!why.empty()) {
        return false;
    }
    core::Reader reader{payload};
    EngineLimits limits;
    reader(limits);
    Impl fresh{limits};
    members(reader, fresh);
    if (!reader.ok() || !reader.at_end() || !fresh.is_possible()) {
        why = "does not fit together";
        return false;
    }
    fresh.awaits_rules_ = fresh.world_.rules != nullptr;
    *this = std::move(fresh);
    return true;
}

// The rules that it was saved with: nothing changes but that they are the compiled ones.
bool Engine::Impl::goes_on_with(const std::shared_ptr<const RuleSet>& rules) {
    const auto same_target = [&](const auto& entry) {
        const TargetState& target = *entry.second;
        const TargetRule* rule = rule_of(rules->targets, entry.first);
        return target.gone ? rule == nullptr
                           : rule != nullptr && rule->digest == target.rule->digest &&
                                 rule->indicators.size() == target.indicators.size();
    };
    const auto same_source = [&](const auto& entry) {
        return rule_of(rules->sources, entry.first) != nullptr;
    };
    const auto same_provider = [&](const auto& entry) {
        const ProviderRule* rule = rule_of(rules->providers, entry.first);
        return rule != nullptr && rule->digest == entry.second->rule->digest;
    };
    if (rules->digest != world_.rules->digest || sources_.size() != rules->sources.size() ||
        !std::all_of(targets_.begin(), targets_.end(), same_target) ||
        !std::all_of(sources_.begin(), sources_.end(), same_source) ||
        !std::all_of(world_.providers.begin(), world_.providers.end(), same_provider)) {
        return false;
    }
    world_.rules = rules;
    for (const auto& [name, target] : targets_) {
        if (!target->gone) {
            rebind_target(*target, rules, *rule_of(rules->targets, name));
        }
    }
    for (const auto& [name, source] : sources_) {
        source->rule = *rule_of(rules->sources, name);
    }
    for (const auto& [name, provider] : world_.providers) {
        provider->rebind(rules, *rule_of(rules->providers, name));
    }
    return true;
}

}  // namespace primum
