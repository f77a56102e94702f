// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/client.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>

namespace primum::ctl::testing {

// Answers each method with what the test put there; what is not there is not running.
class FakeClient final : public Client {
public:
    Result<Reply, CallFailure> call(const Request& request) override {
        requests.push_back(request);
        const auto answer = answers.find(request.method);
        if (answer == answers.end()) {
            return fail(failure);
        }
        return answer->second;
    }

    Result<void, CallFailure> listen() override {
        listening = true;
        return {};
    }
    // What the test put there, in turn; then nothing, and time has passed.
    Result<std::optional<Signal>, CallFailure> next_signal(Duration within) override {
        if (signals.empty()) {
            waited += within;
            if (on_wait) {
                on_wait(within);
            }
            return waited > patience ? Result<std::optional<Signal>, CallFailure>{fail(failure)}
                                     : std::optional<Signal>{};
        }
        Signal first = signals.front();
        signals.pop_front();
        return std::optional{std::move(first)};
    }
    Result<int, CallFailure> call_for_file(const Request& request) override {
        requests.push_back(request);
        if (file.empty()) {
            return fail(failure);
        }
        return ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    }

    void refuse(const std::string& name, const std::string& message) {
        failure = {CallFailure::Kind::refused, name, message};
    }

    std::map<std::string, Reply> answers;
    CallFailure failure{CallFailure::Kind::not_running, "", ""};
    std::vector<Request> requests;
    std::deque<Signal> signals;
    std::function<void(Duration)> on_wait;
    Duration waited{0};
    Duration patience{std::chrono::hours{1}};
    std::string file;  // of call_for_file
    bool listening = false;
};

}  // namespace primum::ctl::testing
