// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/duration.hpp"
#include "rules/source_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

void read_retries(Section& section, Retries& retries) {
    auto table = section.table("retries");
    if (!table) {
        return;
    }
    table->read("attempts", retries.attempts, {1, 10});
    table->read("backoff", retries.backoff, {Duration{0}, hours{1}});
    table->read("max", retries.max, {Duration{0}, hours{1}});
    if (retries.max < retries.backoff) {
        if (const Member* max = table->find("max")) {
            table->fail_at(
                *max,
                fmt::format("max is less than backoff ({})", format_duration(retries.backoff)));
        } else {
            retries.max = retries.backoff;
        }
    }
    table->refuse_unknown_keys();
}

}  // namespace

SourceRule compile_source(const std::string& name, Section& section, bool& has_interval) {
    SourceRule source;
    source.name = name;
    has_interval = true;
    const Member* kind = section.find("kind");
    if (kind == nullptr) {
        section.fail_here("a source needs a kind, like kind = \"prometheus\"");
    } else if (section.read_name("kind", source.kind) && !is_available(source.kind)) {
        section.fail_at(
            *kind,
            source.kind == SourceKind::unit
                ? "systemd units need no source: value = \"unit_state\" is enough"
                : fmt::format("source kind \"{}\" is not available yet", name_of(source.kind)));
        has_interval = false;
        return source;  // its other keys are not known
    }
    CanonicalText text;
    read_source_plan(text, source, section);
    source.digest = text.empty() ? std::string{} : text.digest();
    if (section.find("interval") != nullptr) {
        has_interval = section.read("interval", source.interval, {milliseconds{100}, hours{1}});
    }
    if (const Member* timeout = section.find("timeout")) {
        if (section.read("timeout", source.timeout, {milliseconds{10}, hours{1}}) && has_interval &&
            source.timeout > source.interval) {
            section.fail_at(*timeout,
                            fmt::format("timeout is longer than the interval ({})",
                                        format_duration(source.interval)));
        }
    } else {
        source.timeout = std::min(source.timeout, source.interval);
    }
    read_retries(section, source.retries);
    section.read("max_series", source.max_series, {1, 1'000'000});
    section.refuse_unknown_keys();
    return source;
}

}  // namespace primum::rules
