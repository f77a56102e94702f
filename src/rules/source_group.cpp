// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/source_plan.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace primum::rules {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t max_triggers = 6;  // three resources, "some" and "full"
// The bounds of the kernel (WINDOW_MIN_US, WINDOW_MAX_US in kernel/sched/psi.c).
constexpr Duration least_window = milliseconds{500};
constexpr Duration most_window = seconds{10};

void read_unit(CanonicalText& text, Section& section, std::string& unit) {
    const Member* member = section.find("unit");
    if (member == nullptr || !section.read("unit", unit)) {
        return;
    }
    if (const auto mistake = mistake_in_unit_name(unit); !mistake.empty()) {
        section.fail_at(*member, mistake);
    }
    text.add("unit", unit);
}

PressureTrigger read_trigger(CanonicalText& text, Section& section) {
    PressureTrigger trigger;
    std::string share = "some";
    trigger.window = seconds{2};
    section.read_name("resource", trigger.resource);
    if (section.read("share", share) && share != "some" && share != "full") {
        section.refuse_name(*section.find("share"), share, {"some", "full"});
    }
    trigger.full = share == "full";
    section.read("window", trigger.window, {least_window, most_window});
    if (section.find("stall") == nullptr) {
        section.fail_here("a trigger needs a stall, like stall = \"200ms\"");
    } else if (section.read("stall", trigger.stall, {milliseconds{1}, most_window}) &&
               trigger.stall > trigger.window) {
        section.fail_at(*section.find("stall"), "stall is longer than the window");
    }
    section.refuse_unknown_keys();
    text.add("resource", name_of(trigger.resource));
    text.add("share", share);
    text.add("stall", trigger.stall);
    text.add("window", trigger.window);
    return trigger;
}

void read_triggers(CanonicalText& text, Section& section, std::vector<PressureTrigger>& out) {
    const Member* list = section.find("triggers");
    if (list == nullptr) {
        return;
    }
    if (list->value.kind != Node::Kind::array || list->value.items.empty() ||
        list->value.items.size() > max_triggers) {
        section.fail_at(*list, fmt::format("a list of 1 to {} triggers is expected", max_triggers));
        return;
    }
    for (const Node& item : list->value.items) {
        if (item.kind != Node::Kind::table) {
            section.fail_at(item.at, section.path_to("triggers"), "a table is expected", {});
            continue;
        }
        Section one{item, item.at, section.path_to("triggers"), section.errors()};
        const auto trigger = read_trigger(text, one);
        for (const auto& other : out) {
            if (other.resource == trigger.resource && other.full == trigger.full) {
                one.fail_here("this resource and share stands in the list already");
            }
        }
        out.push_back(trigger);
    }
}

}  // namespace

void read_cgroup(CanonicalText& text, SourceRule& source, Section& section) {
    CgroupPlan plan;
    if (section.find("unit") == nullptr) {
        section.fail_here("a source of kind cgroup needs a unit");
    }
    read_unit(text, section, plan.unit);
    source.plan = std::move(plan);
}

void read_pressure(CanonicalText& text, SourceRule& source, Section& section) {
    source.interval = seconds{10};
    PressurePlan plan;
    read_unit(text, section, plan.unit);
    read_triggers(text, section, plan.triggers);
    source.plan = std::move(plan);
}

}  // namespace primum::rules
