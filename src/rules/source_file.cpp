// SPDX-License-Identifier: MIT
#include "rules/remedy_plan.hpp"
#include "rules/source_plan.hpp"

#include <fmt/format.h>

namespace primum::rules {

void read_file(CanonicalText& text, SourceRule& source, Section& section) {
    FilePlan plan;
    section.read_name("look", plan.look);
    const Member* path = section.find("path");
    if (path == nullptr) {
        section.fail_here("a source of kind file needs a path");
    } else if (section.read("path", plan.path)) {
        const bool root = plan.path == "/" && plan.look == FileLook::mount;
        if (const auto mistake = mistake_in_path(plan.path); !mistake.empty() && !root) {
            section.fail_at(*path, fmt::format("{}: {}", plan.path, mistake));
        }
    }
    text.add("path", plan.path);
    text.add("look", name_of(plan.look));
    source.plan = std::move(plan);
}

}  // namespace primum::rules
