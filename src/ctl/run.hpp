// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/client.hpp"
#include "ctl/command.hpp"
#include "ctl/json.hpp"
#include "ctl/live_units.hpp"
#include "ctl/off_switch.hpp"
#include "ctl/text.hpp"
#include "remedy/safe_path.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <istream>
#include <ostream>
#include <string>

namespace primum::ctl {

// Where drills have their copies, and whose files they believe.
struct DrillPlace {
    std::string directory = "/var/lib/primum-drill";
    remedy::PathPolicy policy{};
};

// The world as one run of primumctl sees it.
struct Surroundings {
    Client& client;
    const Clock& clock;
    std::ostream& out;
    std::ostream& err;
    bool colours = false;   // `out` is a terminal, and NO_COLOR is not set
    std::uint32_t uid = 0;  // who runs it
    OffSwitch off_switch{};
    bool progress = false;  // `err` is a terminal
    std::string actuator_socket = "/run/primum/actuator.sock";
    DrillPlace drill{};
    std::istream* in = nullptr;  // none: empty
    std::string push_socket = "/run/primum/push.sock";
    std::uint32_t columns = 0;  // of the terminal that `out` is; 0: it is none
    std::uint32_t rows = 0;
    std::string settings_file = "/etc/primum/primum.toml";  // where primumd keeps its things
    std::string machine{};                                  // of DecisionSettings
    LiveUnits* units = nullptr;  // of this host; none: they are not asked for

    [[nodiscard]] Painter painter() const { return Painter{colours, columns}; }
};

// Carries out one command. With `json` set, `out` gets one JSON document and nothing else, also
// when it fails.
[[nodiscard]] Exit run(const Command& command, Surroundings& surroundings);

// Says why the command line is no command.
[[nodiscard]] Exit tell(const NotACommand& problem, Surroundings& surroundings);

// Says that a call failed, as JSON too where `json` is set; the exit code of that.
[[nodiscard]] Exit tell_failure(const CallFailure& failure, bool json, Surroundings& world);
// The same of what primumctl itself could not do; `exit` is the code.
[[nodiscard]] Exit tell_problem(const std::string& what, Exit exit, bool json, Surroundings& world);

// Calls and reads the document; a failure is told, and its exit code is the error.
[[nodiscard]] Result<Document, Exit> ask(const Request& request, bool json, Surroundings& world);

// The exit code of a call that failed.
[[nodiscard]] Exit exit_of(const CallFailure& failure);

// What failed, and what to do next; one line.
[[nodiscard]] std::string advice(const CallFailure& failure);

}  // namespace primum::ctl
