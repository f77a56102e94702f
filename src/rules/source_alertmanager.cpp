// SPDX-License-Identifier: MIT
#include "rules/remedy_plan.hpp"
#include "rules/source_plan.hpp"

#include <fmt/format.h>

namespace primum::rules {

void read_alertmanager(CanonicalText& text, SourceRule& source, Section& section) {
    AlertmanagerPlan plan;
    source.interval = std::chrono::minutes{5};
    if (section.read("token_file", plan.token_file)) {
        if (const auto mistake = mistake_in_path(plan.token_file); !mistake.empty()) {
            section.fail_at(*section.find("token_file"),
                            fmt::format("{} {}", plan.token_file, mistake));
        }
        text.add("token_file", plan.token_file);
    } else if (section.find("token_file") == nullptr) {
        section.fail_here("a source of kind alertmanager needs a token_file");
    }
    source.plan = std::move(plan);
}

}  // namespace primum::rules
