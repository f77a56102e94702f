// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/client.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

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

    void refuse(const std::string& name, const std::string& message) {
        failure = {CallFailure::Kind::refused, name, message};
    }

    std::map<std::string, Reply> answers;
    CallFailure failure{CallFailure::Kind::not_running, "", ""};
    std::vector<Request> requests;
};

}  // namespace primum::ctl::testing
