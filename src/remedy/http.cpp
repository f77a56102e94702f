// SPDX-License-Identifier: MIT
#include "remedy/http.hpp"

#include "remedy/program.hpp"
#include "remedy/step.hpp"
#include "systemd/transient.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace primum::remedy {
namespace {

constexpr const char* curl = "/usr/bin/curl";
constexpr std::uint64_t curl_memory = 64ULL << 20U;
constexpr std::uint32_t curl_tasks = 16;
// What curl says last, so that nothing the other side sends can be taken for it.
constexpr std::string_view status_mark = "\nprimum-status=";

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
            case '\\':
                out += '\\';
                out += c;
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\v':
                out += "\\v";
                break;
            default:
                out += c;
        }
    }
    return out + '"';
}

Argv curl_command(Duration timeout) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(timeout).count();
    return {curl,
            "--disable",
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--proto",
            "=http,https",
            "--max-redirs",
            "0",
            "--fail-with-body",
            "--max-time",
            std::to_string(std::max<std::int64_t>(whole, 1)),
            "--write-out",
            "\\nprimum-status=%{http_code}\\n",
            "--config",
            "-"};
}

// The status that curl has written at the very end; 0 for none.
int status_of(const std::string& output) {
    const auto at = output.rfind(status_mark);
    if (at == std::string::npos || output.size() < at + status_mark.size() + 3) {
        return 0;
    }
    int status = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const char c = output[at + status_mark.size() + i];
        status = c >= '0' && c <= '9' ? status * 10 + (c - '0') : 0;
    }
    return status;
}

Report judge(const HttpCall& call, const systemd::TransientEnd& end) {
    const auto what = call.method + ' ' + call.url;
    const int status = end.how == systemd::TransientEnd::How::ended ? status_of(end.output) : 0;
    if (status == 0 || end.result == "timeout") {
        return report_of_program(what, end);
    }
    Report report;
    report.result = status >= 200 && status < 300 ? ActionResult::done : ActionResult::failed;
    report.detail = what + " was answered with " + std::to_string(status);
    return report;
}

class HttpStep : public Step {
public:
    HttpStep(const Tools& tools, StepPlace place, HttpCall call)
        : place_(std::move(place)),
          call_(std::move(call)),
          unit_(tools.loop, tools.clock, tools.manager) {}

    [[nodiscard]] std::optional<Objection> check() const override {
        if (call_.body.find('\0') != std::string::npos) {
            return Objection{Refusal::bad_request, "the body has a zero byte in it"};
        }
        return program_objection(place_.action, {curl});
    }
    void start(std::function<void(const Report&)> done) override {
        ExecBack program;
        program.run = curl_command(place_.timeout);
        program.user = "nobody";  // not root's powers; systemd makes it a user of its own
        program.memory = curl_memory;
        program.tasks = curl_tasks;
        auto spec = program_spec(place_.action, place_.suffix, program, place_.timeout);
        spec.user.clear();
        spec.dynamic_user = true;
        spec.input = curl_config(call_);
        unit_.start(std::move(spec),
                    [call = call_, done = std::move(done)](const systemd::TransientEnd& end) {
                        done(judge(call, end));
                    });
    }
    void stop() override { unit_.stop(); }

private:
    StepPlace place_;
    HttpCall call_;
    systemd::TransientUnit unit_;
};

}  // namespace

std::string curl_config(const HttpCall& call) {
    std::string text =
        "url = " + quoted(call.url) + "\nrequest = " + quoted(call.method) + "\ngloboff\n";
    if (!call.body.empty()) {
        text += "header = " + quoted("Content-Type: " + call.content_type) +
                "\ndata-raw = " + quoted(call.body) + '\n';
    }
    return text;
}

std::unique_ptr<Step> make_http_step(const Tools& tools, StepPlace place, HttpCall call) {
    return std::make_unique<HttpStep>(tools, std::move(place), std::move(call));
}

std::unique_ptr<Execution> make_http(const Tools& tools, Order order) {
    const auto* plan = std::get_if<HttpPlan>(&order.rule.plan);
    PRIMUM_CHECK(plan != nullptr);
    const CallBack call{plan->call};
    CallBack undo;
    if (plan->undo.has_value()) {
        undo = *plan->undo;
    }
    return make_call(tools, std::move(order), call, std::move(undo));
}

}  // namespace primum::remedy
