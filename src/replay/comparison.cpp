// SPDX-License-Identifier: MIT
#include "replay/comparison.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace primum::replay {
namespace {

constexpr std::array<std::string_view, 3> change_names{"new", "gone", "changed"};

std::string utc(WallTime wall) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                       (wall - seconds).count());
}

// What an action is, whenever it is: "would gateway retry reload".
std::string name_of_action(const ActionRecord& action) {
    return fmt::format("{} {} {} {}",
                       action.dry_run ? "would" : "run",
                       action.target,
                       name_of(action.level),
                       action.kind);
}

std::string said(const EvidenceItem& item) {
    return fmt::format("{} {}{}",
                       name_of(item.severity),
                       item.value,
                       item.why.empty() ? "" : " (" + item.why + ")");
}

std::string said(const GuardVerdict& verdict) {
    return fmt::format("{}{}",
                       name_of(verdict.verdict),
                       verdict.detail.empty() ? "" : " (" + verdict.detail + ")");
}

// The first indicator, or else the first guard, about which the two do not say the same.
std::string first_difference(const std::vector<EvidenceItem>& mine,
                             const std::vector<EvidenceItem>& theirs) {
    for (const EvidenceItem& item : mine) {
        const auto other = std::find_if(theirs.begin(), theirs.end(), [&](const auto& one) {
            return one.indicator == item.indicator;
        });
        if (other == theirs.end()) {
            return fmt::format("{}: {}, not an indicator there", item.indicator, said(item));
        }
        if (*other != item) {
            return fmt::format("{}: {}, not {}", item.indicator, said(item), said(*other));
        }
    }
    for (const EvidenceItem& item : theirs) {
        if (std::none_of(mine.begin(), mine.end(), [&](const auto& one) {
                return one.indicator == item.indicator;
            })) {
            return fmt::format("{}: {} there, not an indicator here", item.indicator, said(item));
        }
    }
    return {};
}

std::string first_difference(const std::vector<GuardVerdict>& mine,
                             const std::vector<GuardVerdict>& theirs) {
    for (std::size_t i = 0; i < std::min(mine.size(), theirs.size()); ++i) {
        if (mine[i].verdict != theirs[i].verdict && mine[i].verdict != Verdict::not_asked &&
            theirs[i].verdict != Verdict::not_asked) {
            return fmt::format(
                "{}: {}, not {}", name_of(mine[i].guard), said(mine[i]), said(theirs[i]));
        }
    }
    return {};
}

// What the other engine says of the same target at the same time.
std::string against(const ActionRecord& action, const Engine& other) {
    const auto there = other.explain(action.target);
    if (!there) {
        return "there is no such target there";
    }
    std::vector<EvidenceItem> evidence;
    for (const IndicatorView& view : there->evidence) {
        evidence.push_back(view.evidence);
    }
    std::string found = first_difference(action.evidence, evidence);
    if (found.empty()) {
        found = first_difference(action.guards, there->guards);
    }
    if (found.empty()) {
        found = fmt::format("the same evidence; there at level {}, {}",
                            name_of(there->target.level),
                            name_of(there->target.phase));
    }
    return found;
}

}  // namespace

std::string Difference::kind_key() const {
    return fmt::format(
        "{} {}", change_names.at(static_cast<std::size_t>(change)), name_of_action(action));
}

std::string Difference::key() const {
    return fmt::format("{} {}", kind_key(), utc(action.intended.wall));
}

Judgement Report::judgement() const {
    const bool all_known = std::all_of(
        differences.begin(), differences.end(), [](const auto& one) { return one.known; });
    const bool worse = std::any_of(differences.begin(), differences.end(), [](const auto& one) {
        return one.change == Change::appeared && !one.known;
    });
    return worse                               ? Judgement::regression
           : all_known && !differences.empty() ? Judgement::known
                                               : Judgement::stable;
}

Result<void, ReplayError> Comparison::play(const Event& event) {
    std::array<std::vector<Rehearsal::Step>, 2> steps;
    for (std::size_t side = 0; side < 2; ++side) {
        auto played = rehearsals_[side].play(event);
        if (!played) {
            return fail(played.error());
        }
        steps[side] = *std::move(played);
    }
    note(0, steps[0]);
    note(1, steps[1]);
    return {};
}

void Comparison::note(std::size_t side, const std::vector<Rehearsal::Step>& steps) {
    for (const Rehearsal::Step& step : steps) {
        const auto* record = std::get_if<RecordEffect>(&step.effect);
        const auto* action =
            record == nullptr ? nullptr : std::get_if<ActionRecord>(&record->record);
        if (action == nullptr || (meant_ && !meant_(*action))) {
            continue;
        }
        ++count_[side];
        if (taken_[side].size() < max_actions) {
            taken_[side].push_back({*action, against(*action, rehearsals_[1 - side].engine())});
        }
    }
}

Report Comparison::report(const std::vector<std::string>& known) const {
    Report report;
    report.first = count_[0];
    report.second = count_[1];
    std::map<std::string, std::vector<const Taken*>, std::less<>> first;
    for (const Taken& one : taken_[0]) {
        first[name_of_action(one.action)].push_back(&one);
    }
    const auto take = [&](const ActionRecord& action, Duration within) -> const Taken* {
        auto& those = first[name_of_action(action)];
        const auto found = std::find_if(those.begin(), those.end(), [&](const Taken* one) {
            const Duration apart = one->action.intended.wall - action.intended.wall;
            return apart <= within && apart >= -within;
        });
        if (found == those.end()) {
            return nullptr;
        }
        const Taken* const one = *found;
        those.erase(found);
        return one;
    };
    std::vector<const Taken*> left;
    for (const Taken& one : taken_[1]) {
        if (take(one.action, Duration{0}) != nullptr) {
            ++report.same;
        } else {
            left.push_back(&one);
        }
    }
    for (const Taken* one : left) {
        if (const Taken* before = take(one->action, same_action_within)) {
            const std::string evidence =
                first_difference(one->action.evidence, before->action.evidence);
            report.differences.push_back({Change::changed,
                                          one->action,
                                          before->action.intended,
                                          evidence.empty() ? one->other_evidence : evidence});
        } else {
            report.differences.push_back({Change::appeared, one->action, {}, one->other_evidence});
        }
    }
    for (const auto& [name, gone] : first) {
        for (const Taken* one : gone) {
            report.differences.push_back({Change::gone, one->action, {}, one->other_evidence});
        }
    }
    std::stable_sort(report.differences.begin(),
                     report.differences.end(),
                     [](const Difference& a, const Difference& b) {
                         return a.action.intended.wall < b.action.intended.wall;
                     });
    for (Difference& one : report.differences) {
        one.known = std::any_of(known.begin(), known.end(), [&](const std::string& line) {
            return line == one.key() || line == one.kind_key();
        });
    }
    return report;
}

}  // namespace primum::replay
