// SPDX-License-Identifier: MIT
#include "rules/program_parts.hpp"
#include "rules/source_plan.hpp"

namespace primum::rules {

void read_exec_probe(CanonicalText& text, SourceRule& source, Section& section) {
    ExecProbePlan plan;
    if (section.find("run") == nullptr) {
        section.fail_here(
            "a source of kind exec needs its plugin, like run = "
            "[\"/usr/lib/nagios/plugins/check_load\", \"-w\", \"4\"]");
    }
    read_argv(section, "run", plan.run);
    read_memory(section, plan.memory);
    section.read("tasks", plan.tasks, CountRange{1, max_tasks});
    text.add("run", plan.run);
    text.add("memory", static_cast<std::int64_t>(plan.memory));
    text.add("tasks", plan.tasks);
    plan.timeout_means = read_timeout_means(text, section);
    source.plan = std::move(plan);
}

}  // namespace primum::rules
