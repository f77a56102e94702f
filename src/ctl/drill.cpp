// SPDX-License-Identifier: MIT
#include "ctl/drill.hpp"

#include "ctl/drill_directory.hpp"
#include "ctl/drill_failover.hpp"
#include "ctl/drill_fallback.hpp"
#include "ctl/drill_plan.hpp"
#include "ctl/drill_report.hpp"
#include "ctl/drill_unit.hpp"
#include "ctl/json.hpp"
#include "ctl/rules_check.hpp"
#include "ctl/switches.hpp"
#include "rules/loader.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include <unistd.h>

namespace primum::ctl {
namespace {

constexpr const char* default_settings = "/etc/primum/primum.toml";
constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};
constexpr int turns = 20;
constexpr Duration last_turn = std::chrono::milliseconds{10};

Exit refuse(const DrillRefusal& why, bool json, Surroundings& world) {
    if (json) {
        world.out << failure_json(
            {CallFailure::Kind::refused, "org.primum.Error.Drill", why.message});
    }
    world.err << "primumctl: " << printable(why.message) << "\n";
    return why.exit;
}

struct Loaded {
    std::shared_ptr<const RuleSet> rules;
    RulesReport report;
};

Loaded load(const DrillOptions& options) {
    Loaded loaded;
    const std::string file = options.settings.empty() ? default_settings : options.settings;
    rules::SettingsLoad settings = rules::load_settings(file);
    if (!options.settings.empty() && ::access(file.c_str(), F_OK) != 0) {
        settings.errors.push_back({file, 0, 0, "", "there is no such settings file", ""});
    }
    loaded.report.errors = std::move(settings.errors);
    std::vector<std::filesystem::path> paths = settings.settings.rules;
    if (!options.rules.empty()) {
        paths = {options.rules};
    }
    rules::RulesLoad load =
        rules::load_rules(paths, with_library(settings.settings, options.library));
    std::move(load.errors.begin(), load.errors.end(), std::back_inserter(loaded.report.errors));
    if (loaded.report.errors.empty()) {
        loaded.rules = std::move(load.rules);
    }
    return loaded;
}

// All that one drill works with.
class Drill {
public:
    Drill(const TargetRule& target,
          const RuleSet& rules,
          const Surroundings& world,
          const std::string& directory)
        : target_(target),
          rules_(rules),
          clock_(world.clock),
          directory_(directory),
          action_(fmt::format("drill-{}", ::getpid())),
          snapshots_(directory + "/snapshots", {}, {}, world.drill.policy) {
        for (const int number : ending_signals) {
            signals_.push_back(loop_.on_signal(number, [this, number] {
                interrupted_ = true;
                signal_ = number;
            }));
        }
        bus_.start();
        ask_unit();
    }

    DrillReport run() {
        DrillReport report{target_.name, target_.unit, rules_.digest, {}};
        for (std::size_t level = 0; level < level_count; ++level) {
            for (const RemedyRule& rule : target_.rungs[level].remedies) {
                turn_loop(Duration{0});
                if (interrupted_) {
                    return report;
                }
                report.remedies.push_back(
                    {static_cast<Level>(level), std::string{name_of(rule.kind)}, prove(rule)});
            }
        }
        if (sight_.unit.has_value()) {
            turn_loop(last_turn);
        }
        return report;
    }

    // The signal that ended it; 0: none.
    [[nodiscard]] int ended_by() const { return signal_; }

private:
    [[nodiscard]] remedy::Tools tools() { return {loop_, clock_, manager_, snapshots_}; }

    // Takes the signals that have come, and what is left of units that are cleared away.
    void turn_loop(Duration each) {
        for (int turn = 0; turn < turns; ++turn) {
            loop_.run_once(each);
        }
    }

    void ask_unit() {
        if (bus_.connection() == nullptr || target_.unit.empty()) {
            return;
        }
        std::optional<systemd::ManagerResult<systemd::UnitFacts>> answer;
        manager_.facts(target_.unit, [&](const auto& unit) { answer = unit; });
        const bool patient = false;  // the answer comes within ten seconds
        await(loop_, patient, [&] { return answer.has_value(); });
        sight_.unit = std::move(answer);
    }

    std::vector<Proof> prove(const RemedyRule& rule) {
        std::vector<Proof> proofs = prove_plan(sight_, action_, rule);
        const auto append = [&](std::vector<Proof> more) {
            std::move(more.begin(), more.end(), std::back_inserter(proofs));
        };
        const DrillTools drill{tools(), fmt::format("{}/{}", directory_, ++number_), action_};
        if (const auto* failover = std::get_if<FailoverPlan>(&rule.plan)) {
            append(drill_pointer(drill, rule, failover->provider));
        } else if (const auto* fallback = std::get_if<FallbackPlan>(&rule.plan)) {
            append(drill_fallback(drill, rule));
            if (!fallback->check.empty()) {
                proofs.push_back(prove_check(sight_, tools(), order_of(rule)));
            }
        } else if (const auto* restart = std::get_if<RestartPlan>(&rule.plan)) {
            append(drill_state(drill, *restart));
        }
        append(prove_unit(sight_, target_, rule));
        return proofs;
    }

    std::vector<Proof> drill_pointer(const DrillTools& drill,
                                     const RemedyRule& rule,
                                     const std::string& name) {
        const auto provider = std::find_if(
            rules_.providers.begin(), rules_.providers.end(), [&](const ProviderRule& each) {
                return each.name == name;
            });
        if (provider == rules_.providers.end()) {
            return {{Shown::failed, "provider", "there is no provider " + name}};
        }
        return drill_failover(drill, rule, *provider);
    }

    [[nodiscard]] remedy::Order order_of(const RemedyRule& rule) const {
        remedy::Order order;
        order.action = action_;
        order.target = target_.name;
        order.unit = target_.unit;
        order.rule = rule;
        return order;
    }

    const TargetRule& target_;
    const RuleSet& rules_;
    const Clock& clock_;
    std::string directory_;
    std::string action_;
    systemd::EventLoop loop_;
    std::vector<systemd::LoopSource> signals_;
    bool interrupted_ = false;
    int signal_ = 0;
    systemd::Bus bus_{loop_, clock_};
    systemd::Manager manager_{bus_};
    remedy::SnapshotStore snapshots_;
    DrillSight sight_{loop_, bus_, interrupted_, {}};
    std::size_t number_ = 0;  // of the remedy; each has copies of its own
};

// As if the signal had not been taken.
void end_by(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    std::signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    std::raise(number);
}

}  // namespace

Result<DrillReport, DrillRefusal> drill_report(const TargetRule& target,
                                               const RuleSet& rules,
                                               const Surroundings& world) {
    int signal = 0;
    DrillReport report;
    sigset_t mask;  // the loop takes the signals that end it; afterwards they are as before
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    {
        const auto directory = DrillDirectory::make(world.drill.directory);
        if (!directory) {
            return fail(directory.error());
        }
        Drill drill{target, rules, world, (*directory)->path()};
        report = drill.run();
        signal = drill.ended_by();
    }
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    if (signal != 0) {
        end_by(signal);
    }
    return report;
}

Exit drill(const DrillOptions& options, bool json, Surroundings& world) {
    if (world.uid != 0) {
        return refuse(
            {Exit::denied, "a drill needs root: it copies files with their owners"}, json, world);
    }
    const Loaded loaded = load(options);
    if (loaded.rules == nullptr) {
        if (json) {
            world.out << report_json(loaded.report);
        }
        world.err << mistakes_text(loaded.report);
        return Exit::bad_data;
    }
    const auto& targets = loaded.rules->targets;
    const auto target = std::find_if(targets.begin(), targets.end(), [&](const TargetRule& each) {
        return each.name == options.target;
    });
    if (target == targets.end()) {
        return refuse({Exit::usage, "there is no target \"" + options.target + "\" in the rules"},
                      json,
                      world);
    }
    const auto report = drill_report(*target, *loaded.rules, world);
    if (!report) {
        return refuse(report.error(), json, world);
    }
    world.out << (json ? drill_json(*report) : drill_text(*report, Painter{world.colours}));
    return report->count(Shown::failed) == 0 ? Exit::ok : Exit::breach;
}

}  // namespace primum::ctl
