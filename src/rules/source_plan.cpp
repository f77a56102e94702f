// SPDX-License-Identifier: MIT
#include "rules/source_plan.hpp"

#include <array>

namespace primum::rules {
namespace {

using Read = void (*)(CanonicalText&, SourceRule&, Section&);

// In the order of the enumeration; nullptr: not available.
constexpr std::array<Read, enum_names<SourceKind>.size()> readers{
    read_prometheus,
    read_promql,
    read_push,
    nullptr,
    read_journal,
    read_pressure,
    read_cgroup,
    read_file,
    read_tcp,
    read_http_probe,
    read_dns,
    read_exec_probe,
    read_alertmanager,
};

}  // namespace

bool is_available(SourceKind kind) {
    return readers.at(static_cast<std::size_t>(kind)) != nullptr;
}

void read_source_plan(CanonicalText& text, SourceRule& source, Section& section) {
    readers.at(static_cast<std::size_t>(source.kind))(text, source, section);
}

}  // namespace primum::rules
