// SPDX-License-Identifier: MIT
#include "ctl/render_effect.hpp"

#include "ctl/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace primum::ctl {
namespace {

// What stands in one line, beside the time.
struct Line {
    std::string target;
    std::string what;
    std::string text;
};

std::string with_detail(std::string text, const std::string& detail) {
    return detail.empty() ? text : std::move(text) + ": " + detail;
}

std::optional<Line> line_of(const DecisionRecord& decision) {
    return Line{decision.target,
                "decision",
                with_detail(fmt::format("{:<15} {:<8} {}",
                                        name_of(decision.kind),
                                        name_of(decision.level),
                                        decision.reason),
                            decision.detail)};
}

std::optional<Line> line_of(const ActionRecord& action) {
    return Line{action.target,
                "action",
                fmt::format("{:<15} {:<8} {} {}",
                            action.dry_run ? "would" : "intended",
                            name_of(action.level),
                            action.kind,
                            action.id)};
}

std::optional<Line> line_of(const TransitionRecord& step) {
    std::string text = fmt::format("{:<15} {}", name_of(step.state), step.action);
    if (step.result != ActionResult::none) {
        text += fmt::format(" {}", name_of(step.result));
    }
    if (step.outcome != Outcome::none) {
        text += fmt::format(" {}", name_of(step.outcome));
    }
    return Line{"",
                "step",
                with_detail(text + (step.reason.empty() ? "" : " " + step.reason), step.detail)};
}

template <class Other>
std::optional<Line> line_of(const Other& /*other*/) {
    return std::nullopt;
}

std::optional<Line> line_of(const RecordEffect& effect) {
    return std::visit([](const auto& record) { return line_of(record); }, effect.record);
}

std::optional<Line> line_of(const LevelChanged& change) {
    return Line{
        change.target,
        "level",
        fmt::format("{} -> {} ({})", name_of(change.from), name_of(change.to), change.reason)};
}

std::optional<Line> line_of(const Notify& page) {
    return Line{page.target, "page", fmt::format("{}: {}", name_of(page.kind), page.text)};
}

}  // namespace

std::optional<std::string> render_effect(const Effect& effect,
                                         WallTime at,
                                         std::size_t target_width) {
    const auto line = std::visit([](const auto& one) { return line_of(one); }, effect);
    if (!line) {
        return std::nullopt;
    }
    return fmt::format("{}  {:<{}}  {:<8}  {}\n",
                       local_time(at),
                       printable(line->target.empty() ? "-" : line->target),
                       target_width,
                       line->what,
                       printable(line->text));
}

}  // namespace primum::ctl
