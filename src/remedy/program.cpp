// SPDX-License-Identifier: MIT
#include "remedy/program.hpp"

#include "rules/trust.hpp"

#include <algorithm>
#include <utility>

namespace primum::remedy {
namespace {

constexpr std::size_t max_id_bytes = 128;
constexpr std::size_t max_quoted_bytes = 400;

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// The end of what was printed, on one line.
std::string quoted(const std::string& output) {
    std::string text =
        output.substr(output.size() > max_quoted_bytes ? output.size() - max_quoted_bytes : 0);
    std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
    while (text.ends_with(' ')) {
        text.pop_back();
    }
    return text;
}

bool is_root(const std::string& user) {
    return user.empty() || user == "root" || user == "0";
}

}  // namespace

std::string program_unit(const std::string& action, std::string_view suffix) {
    std::string name = "primum-action-" + action;
    if (!suffix.empty()) {
        name += '-';
        name += suffix;
    }
    return name + ".service";
}

std::optional<Objection> program_objection(const std::string& action, const Argv& run) {
    if (action.empty() || action.size() > max_id_bytes ||
        !std::all_of(action.begin(), action.end(), is_plain)) {
        return Objection{Refusal::bad_request, "this action's id cannot name a unit"};
    }
    if (run.empty()) {
        return Objection{Refusal::bad_request, "there is no program to run"};
    }
    const auto trusted = rules::check_trusted(run.front());
    if (!trusted.has_value()) {
        return Objection{Refusal::untrusted, trusted.error().message};
    }
    return std::nullopt;
}

systemd::TransientSpec program_spec(const std::string& action,
                                    std::string_view suffix,
                                    const ExecBack& program,
                                    Duration timeout) {
    systemd::TransientSpec spec;
    spec.name = program_unit(action, suffix);
    spec.description = "primum: " + program.run.front() + " for action " + action;
    spec.run = program.run;
    const bool root = is_root(program.user);
    spec.user = root ? std::string{} : program.user;
    spec.powers =
        root ? systemd::TransientSpec::Powers::files : systemd::TransientSpec::Powers::none;
    spec.writes = program.writes;
    spec.memory = program.memory;
    spec.tasks = program.tasks;
    spec.timeout = timeout;
    return spec;
}

Report report_of_program(std::string_view what, const systemd::TransientEnd& end) {
    using How = systemd::TransientEnd::How;
    Report report;
    report.detail = what;
    if (end.how == How::refused) {
        report.result = ActionResult::failed;
        report.refusal = Refusal::bus;
        report.detail += " did not run: " + end.detail;
        return report;
    }
    if (end.how == How::unknown) {
        report.detail += ": nobody saw how it ended: " + end.detail;
        return report;
    }
    report.result = end.success() ? ActionResult::done : ActionResult::failed;
    if (end.success()) {
        report.detail += " ended well";
    } else if (end.result == "timeout") {
        report.detail = "timeout: " + report.detail + " was ended with all its processes";
    } else {
        report.detail += " ended with " + end.result;
        report.detail += end.status.empty() ? "" : " " + end.status;
        // With control groups of version 1 systemd cannot tell who killed it (`oom-kill`).
        if (end.result == "signal" && end.status == "KILL" && !end.unlimited) {
            report.detail += ", by somebody or for more memory than it may have";
        }
    }
    if (end.printed > 0) {
        report.detail += "; it printed " + std::to_string(end.printed) +
                         " bytes, at the end: " + quoted(end.output);
    }
    if (end.unlimited) {
        report.detail += "; this host has no memory or tasks controller, so no limit held";
    }
    return report;
}

}  // namespace primum::remedy
