// SPDX-License-Identifier: MIT
#pragma once

#include "bus/errors.hpp"

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace primum::bus {

struct AuthorityOptions {
    std::uint32_t root_uid = 0;  // needs no polkit
    Duration timeout{0};         // for an answer that needs no person
    Duration interactive_timeout{0};
};

// Who is asking, and for what.
struct AuthorityQuestion {
    std::string sender;        // unique bus name of the caller
    std::string action;        // polkit action id
    bool interactive = false;  // the caller lets polkit ask its user
};

// Answers "may this caller?": root may; anyone else if polkit says so. Without polkit only root
// may. The uid always comes from the bus daemon. Never blocks.
class Authority {
public:
    // The uid of the caller, or why not.
    using Answer = std::function<void(Result<std::uint32_t, CallError>)>;

    Authority(sdbus::IConnection& connection, AuthorityOptions options);
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    // `answer` is called exactly once, unless the Authority goes away before.
    void ask(AuthorityQuestion question, Answer answer);

private:
    void ask_polkit(const AuthorityQuestion& question, std::uint32_t uid, Answer answer);
    void cancel(const std::string& cancellation);

    AuthorityOptions options_;
    std::unique_ptr<sdbus::IProxy> bus_;
    std::unique_ptr<sdbus::IProxy> polkit_;
    std::uint64_t next_cancellation_ = 1;
};

// Whether the caller of `message` lets the service ask its user for a password.
[[nodiscard]] bool allows_interaction(const sdbus::MethodCall& message);

}  // namespace primum::bus
