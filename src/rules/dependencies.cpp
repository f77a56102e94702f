// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace primum::rules {
namespace {

// Depth first over the targets, without recursion: a chain may be as long as there are targets.
class CircleSearch {
public:
    CircleSearch(const std::vector<CompiledTarget>& targets,
                 const std::map<std::string_view, std::size_t>& index,
                 ErrorList& errors)
        : targets_(targets), index_(index), errors_(errors), state_(targets.size()) {}

    void run() {
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            if (state_[i] == State::unseen) {
                visit(i);
            }
        }
    }

private:
    enum class State : std::uint8_t { unseen, open, done };
    struct Step {
        std::size_t target;
        std::size_t next;  // index into its depends_on
    };

    void visit(std::size_t from) {
        path_.assign(1, Step{from, 0});
        state_[from] = State::open;
        while (!path_.empty()) {
            Step& step = path_.back();
            const auto& dependencies = targets_[step.target].depends_on;
            if (step.next == dependencies.size()) {
                state_[step.target] = State::done;
                path_.pop_back();
                continue;
            }
            const Dependency& dependency = dependencies[step.next++];
            const auto found = index_.find(dependency.name);
            if (found == index_.end() || found->second == step.target) {
                continue;
            }
            if (state_[found->second] == State::open) {
                report(found->second, dependency);
            } else if (state_[found->second] == State::unseen) {
                state_[found->second] = State::open;
                path_.push_back(Step{found->second, 0});
            }
        }
    }

    void report(std::size_t first, const Dependency& dependency) {
        std::string circle;
        const auto begin = std::find_if(
            path_.begin(), path_.end(), [&](const Step& step) { return step.target == first; });
        for (auto step = begin; step != path_.end(); ++step) {
            circle += targets_[step->target].rule.name + " -> ";
        }
        circle += targets_[first].rule.name;
        errors_.add(
            dependency.at, dependency.key, fmt::format("depends_on goes in a circle: {}", circle));
    }

    const std::vector<CompiledTarget>& targets_;
    const std::map<std::string_view, std::size_t>& index_;
    ErrorList& errors_;
    std::vector<State> state_;
    std::vector<Step> path_;
};

}  // namespace

void check_dependencies(const std::vector<CompiledTarget>& targets,
                        const Compilation& all,
                        ErrorList& errors) {
    std::map<std::string_view, std::size_t> index;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        index.emplace(targets[i].rule.name, i);
        names.emplace_back(targets[i].rule.name);
    }
    for (const CompiledTarget& target : targets) {
        for (const Dependency& dependency : target.depends_on) {
            if (dependency.name == target.rule.name) {
                errors.add(dependency.at, dependency.key, "a target cannot depend on itself");
            } else if (!index.contains(dependency.name) && !all.incomplete) {
                errors.add(dependency.at,
                           dependency.key,
                           fmt::format("there is no target \"{}\"", dependency.name),
                           nearest(dependency.name, names));
            }
        }
    }
    CircleSearch{targets, index, errors}.run();
}

}  // namespace primum::rules
