// SPDX-License-Identifier: MIT
#include "ctl/audit.hpp"

#include "ctl/audit_read.hpp"
#include "ctl/time_text.hpp"

#include <fmt/format.h>

#include <fstream>

#include <sys/stat.h>

namespace primum::ctl {
namespace {

// Nothing: the time is none, which is told.
std::optional<replay::AuditScope> scope_of(const AuditOptions& options,
                                           bool json,
                                           Surroundings& world) {
    replay::AuditScope scope;
    scope.target = options.target;
    const WallTime now = world.clock.now().wall;
    for (const auto& [text, to] :
         {std::pair{&options.since, &scope.from}, std::pair{&options.until, &scope.to}}) {
        if (text->empty()) {
            continue;
        }
        const auto at = parse_time(*text, now, Direction::past);
        if (!at) {
            static_cast<void>(tell_problem(
                fmt::format("\"{}\" is no time; write \"2026-11-22 03:45\" or \"7d ago\"", *text),
                Exit::usage,
                json,
                world));
            return std::nullopt;
        }
        *to = *at;
    }
    if (scope.from >= scope.to) {
        static_cast<void>(tell_problem("--since is not before --until", Exit::usage, json, world));
        return std::nullopt;
    }
    return scope;
}

Exit write_page(const AuditFindings& findings,
                const std::string& path,
                bool json,
                Surroundings& world) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file << audit_page(findings);
    file.close();
    return file ? Exit::ok
                : tell_problem(path + ": cannot be written", Exit::no_input, json, world);
}

}  // namespace

Exit audit(const AuditOptions& options, bool json, Surroundings& world) {
    const auto scope = scope_of(options, json, world);
    if (!scope) {
        return Exit::usage;
    }
    replay::Audit audit{*scope};
    AuditFindings findings;
    findings.made = world.clock.now().wall;
    Exit exit = Exit::ok;
    if (!options.recordings.empty()) {
        findings.has_first_signs = true;
        findings.of = options.recordings.size() == 1
                          ? options.recordings.front()
                          : fmt::format("{} recordings", options.recordings.size());
        exit = read_recordings(options, *scope, audit, findings, world);
    } else if (!options.bundles.empty()) {
        findings.has_first_signs = true;
        exit = read_bundles(options, audit, findings, world);
    } else {
        findings.of = options.ledger.empty() ? "primumd's ledger" : options.ledger;
        exit = read_ledger(options, json, audit, world);
    }
    if (exit != Exit::ok) {
        return exit;
    }
    findings.report = audit.report();
    if (!options.page.empty()) {
        if (exit = write_page(findings, options.page, json, world); exit != Exit::ok) {
            return exit;
        }
    }
    world.out << (json ? audit_json(findings) : audit_text(findings, world.painter()));
    return findings.flawed ? Exit::bad_data : Exit::ok;
}

}  // namespace primum::ctl
