// SPDX-License-Identifier: MIT
#include "source/exec.hpp"

#include "source/plugin_output.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace primum::source {
namespace {

// Monitoring Plugins development guidelines, "Plugin Return Codes".
constexpr int exit_warning = 1;
constexpr int exit_critical = 2;
constexpr int exit_unknown = 3;

// In a label value `\`, `"` and line ends are escaped.
std::string quoted(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

std::string series_of(const PluginFigure& figure) {
    auto series = "perfdata{label=\"" + quoted(figure.label) + "\"";
    if (!figure.unit.empty()) {
        series += ",unit=\"" + quoted(figure.unit) + "\"";
    }
    return series + "}";
}

}  // namespace

ExecSource::ExecSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      run_probe_(tools.run_probe),
      timeout_means_(std::get<ExecProbePlan>(this->rule().plan).timeout_means) {}

void ExecSource::attempt(Duration timeout) {
    if (!run_probe_) {
        missed(SourceFailure::actuator, "there is no actuator");
        return;
    }
    if (asked_ != nullptr) {
        missed(SourceFailure::actuator, "an earlier run has not ended yet; no other is begun");
        return;
    }
    asked_ = std::make_shared<bool>(true);
    deadline_ = loop().at(now() + timeout + actuator_takes, [this] { no_answer(); });
    run_probe_(rule().name, [this, alive = std::weak_ptr{asked_}](const ProbeEnd& end) {
        if (const auto waits = alive.lock()) {  // else this source is gone
            asked_.reset();
            if (*waits) {
                ended(end);
            }
        }
    });
}

void ExecSource::no_answer() {
    *asked_ = false;
    missed(SourceFailure::actuator, "the actuator has not told the end of the run in time");
}

void ExecSource::ended(const ProbeEnd& end) {
    deadline_.reset();
    figures().bytes += end.output.size();
    switch (end.how) {
        case ProbeEnd::How::not_run:
            missed(SourceFailure::actuator, end.detail);
            return;
        case ProbeEnd::How::timeout:
            if (timeout_means_ == TimeoutMeans::unknown) {
                missed(SourceFailure::timeout, end.detail);
                return;
            }
            figures().note = end.detail;
            collected();
            succeed_with({{"probe_success", 0}});
            return;
        case ProbeEnd::How::ended:
            judge(end);
            return;
    }
}

void ExecSource::judge(const ProbeEnd& end) {
    const auto text = plugin_text(end.output);
    if (end.exit_code < 0 || end.exit_code > exit_critical) {
        const auto how = end.exit_code < 0 ? end.detail
                         : end.exit_code == exit_unknown
                             ? std::string{"the plugin says unknown (exit 3)"}
                             : fmt::format("exit code {} is no verdict", end.exit_code);
        missed(SourceFailure::other, text.empty() ? how : how + ": " + text);
        return;
    }
    std::vector<Measured> measured{
        {"probe_success", end.exit_code <= exit_warning ? 1.0 : 0.0},
        {"probe_exit_code", static_cast<double>(end.exit_code)},
    };
    figures().note = text;
    const auto output = read_plugin_output(end.output);
    if (end.cut || !output) {
        ++figures().partial;
        figures().note += end.cut ? "; its numbers are left out: it printed too much"
                                  : fmt::format("; its numbers are left out: byte {}: {}",
                                                output.error().offset + 1,
                                                output.error().message);
    } else {
        for (const auto& figure : output->figures) {
            measured.push_back({series_of(figure), figure.value});
        }
    }
    collected();
    succeed_with(measured);
}

std::unique_ptr<Source> make_exec(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    return std::make_unique<ExecSource>(tools, rule, first_id);
}

}  // namespace primum::source
