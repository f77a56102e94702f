// SPDX-License-Identifier: MIT
#pragma once

#include "bus/errors.hpp"

#include <primum/record.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <systemd/sd-bus.h>

namespace primum::bus {

struct AuthorityOptions {
    std::uint32_t root_uid = 0;  // needs no polkit
    Duration timeout{0};         // for an answer that needs no person
    Duration interactive_timeout{0};
    Duration look_up_timeout{std::chrono::seconds{2}};  // of what is only for the record
};

// Who is asking, and for what.
struct AuthorityQuestion {
    std::string sender;        // unique bus name of the caller
    std::string action;        // polkit action id
    bool interactive = false;  // the caller lets polkit ask its user
};

// Who was found to be allowed.
struct Identity {
    std::uint32_t uid = 0;
    Caller caller;
};

// Answers "may this caller?": root may; anyone else if polkit says so. Without polkit only root
// may. The uid always comes from the bus daemon. Never blocks.
class Authority {
public:
    // Who the caller is, or why not. Of the process only what is known in time.
    using Answer = std::function<void(Result<Identity, CallError>)>;

    Authority(sdbus::IConnection& connection, AuthorityOptions options);
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    // `answer` is called exactly once, unless the Authority goes away before.
    void ask(AuthorityQuestion question, Answer answer);

private:
    using Credentials = std::map<std::string, sdbus::Variant>;

    void on_credentials(const AuthorityQuestion& question,
                        const Credentials& credentials,
                        const Answer& answer);
    void ask_polkit(const AuthorityQuestion& question, const Identity& who, Answer answer);
    // Asks systemd and logind where the process runs, and answers when both have answered.
    void look_up(const Identity& who, const Answer& answer);
    void cancel(const std::string& cancellation);

    AuthorityOptions options_;
    std::unique_ptr<sdbus::IProxy> bus_;
    std::unique_ptr<sdbus::IProxy> polkit_;
    std::unique_ptr<sdbus::IProxy> systemd_;
    std::unique_ptr<sdbus::IProxy> logind_;
    std::uint64_t next_cancellation_ = 1;
};

// sdbus-c++ 1.2 keeps these to itself.
[[nodiscard]] sd_bus_message* raw(const sdbus::Message& message);

}  // namespace primum::bus
