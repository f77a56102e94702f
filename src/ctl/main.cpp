// SPDX-License-Identifier: MIT
#include "ctl/command.hpp"
#include "ctl/pager.hpp"
#include "ctl/run.hpp"
#include "ctl/sd_bus_client.hpp"
#include "ctl/systemd_units.hpp"
#include "systemd/machine.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

namespace {

using namespace primum;

class SystemClock final : public Clock {
public:
    [[nodiscard]] Stamp now() const override {
        return {Instant{read(CLOCK_MONOTONIC)}, WallTime{read(CLOCK_REALTIME)}};
    }

private:
    static Duration read(clockid_t id) {
        timespec time{};
        clock_gettime(id, &time);
        return std::chrono::duration_cast<Duration>(std::chrono::seconds{time.tv_sec} +
                                                    std::chrono::nanoseconds{time.tv_nsec});
    }
};

bool wants_colours(ctl::Colours said, bool terminal) {
    if (said != ctl::Colours::automatic) {
        return said == ctl::Colours::always;
    }
    const char* const no_color = std::getenv("NO_COLOR");
    const char* const term = std::getenv("TERM");
    const bool forbidden = no_color != nullptr && *no_color != '\0';
    const bool dumb = term == nullptr || std::string_view{term} == "dumb";
    return terminal && !forbidden && !dumb;
}

// One of the environment's COLUMNS and LINES, where it is a number; else what the terminal says.
std::uint32_t extent(const char* variable, unsigned short told, std::uint32_t usual) {
    const char* const text = std::getenv(variable);
    const long said = text != nullptr ? std::strtol(text, nullptr, 10) : 0;
    constexpr long most = 10'000;
    if (said > 0 && said < most) {
        return static_cast<std::uint32_t>(said);
    }
    return told > 0 ? told : usual;
}

void measure(ctl::Surroundings& world, bool full) {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        size = {};
    }
    constexpr std::uint32_t usual_columns = 80;
    constexpr std::uint32_t usual_rows = 24;
    world.columns = full ? UINT16_MAX : extent("COLUMNS", size.ws_col, usual_columns);
    world.rows = full ? 0 : extent("LINES", size.ws_row, usual_rows);
}

ctl::Exit run_program(std::vector<std::string> arguments) {
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    ctl::SdBusClient client;
    const SystemClock clock;
    const auto command = ctl::parse_command(std::move(arguments));
    const ctl::LookOptions look = command.has_value() ? command->look : ctl::LookOptions{};
    ctl::Surroundings surroundings{
        client, clock, std::cout, std::cerr, wants_colours(look.colours, terminal), geteuid()};
    surroundings.in = &std::cin;
    surroundings.machine = primum::systemd::machine_key();
    ctl::SystemdUnits units{clock};
    surroundings.units = &units;
    surroundings.progress = isatty(STDERR_FILENO) == 1;
    if (terminal) {
        measure(surroundings, look.full);
    }
    if (!command.has_value()) {
        const ctl::Exit exit = ctl::tell(command.error(), surroundings);
        std::cout.flush();
        return exit;
    }
    const bool paged = terminal && look.pager && !command->json && ctl::wants_pager(command->verb);
    const ctl::Pager pager{paged};
    const ctl::Exit exit = ctl::run(*command, surroundings);
    std::cout.flush();
    if (!std::cout && !paged && command->verb != ctl::Verb::watch) {
        std::cerr << "primumctl: the output could not be written\n";
        return ctl::Exit::internal;
    }
    return exit;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return static_cast<int>(run_program({argv + 1, argv + argc}));
    } catch (const std::exception& error) {
        std::cerr << "primumctl: internal error: " << error.what() << "\n";
        return static_cast<int>(primum::ctl::Exit::internal);
    }
}
