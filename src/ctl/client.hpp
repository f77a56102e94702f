// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace primum::ctl {

// A method of org.primum.Primum1.Manager with its arguments in order.
struct Request {
    std::string method;
    std::vector<std::variant<std::string, std::uint32_t, std::uint64_t>> arguments;
    Duration timeout{std::chrono::seconds{10}};
    bool interactive = false;  // polkit may ask the user for a password
};

struct Reply {
    std::string text;                   // the JSON document of a read, the message of a write
    std::optional<std::uint64_t> hold;  // of Hold and Disable
};

struct CallFailure {
    enum class Kind : std::uint8_t {
        no_bus,       // the system bus is not there
        not_running,  // nobody has the name
        timeout,      // primumd did not answer in time
        refused,      // primumd (or the bus) answered with an error
    };
    Kind kind = Kind::refused;
    std::string name;     // D-Bus error name
    std::string message;  // for people
};

// A signal of org.primum.Primum1.Manager, its arguments as text; or "Gone" and "Back", without
// arguments, when primumd leaves the bus and comes to it.
struct Signal {
    std::string name;
    std::vector<std::string> arguments;
};

// How primumctl speaks to primumd. A stopped primumd is never started by it.
class Client {
public:
    Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    virtual ~Client() = default;

    [[nodiscard]] virtual Result<Reply, CallFailure> call(const Request& request) = 0;

    // From now on primumd's signals are kept for next_signal().
    [[nodiscard]] virtual Result<void, CallFailure> listen() = 0;
    // The oldest signal that was not given yet; waits for one at most `within`, then nullopt.
    [[nodiscard]] virtual Result<std::optional<Signal>, CallFailure> next_signal(
        Duration within) = 0;
    // A method without arguments that answers a file descriptor, which is the caller's to close.
    [[nodiscard]] virtual Result<int, CallFailure> call_for_file(const Request& request) = 0;
};

}  // namespace primum::ctl
