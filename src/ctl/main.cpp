// SPDX-License-Identifier: MIT
#include "ctl/command.hpp"
#include "ctl/run.hpp"
#include "ctl/sd_bus_client.hpp"

#include <primum/clock.hpp>

#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

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

bool wants_colours() {
    const char* const no_color = std::getenv("NO_COLOR");
    const char* const term = std::getenv("TERM");
    const bool forbidden = no_color != nullptr && *no_color != '\0';
    const bool dumb = term == nullptr || std::string_view{term} == "dumb";
    return isatty(STDOUT_FILENO) == 1 && !forbidden && !dumb;
}

ctl::Exit run_program(std::vector<std::string> arguments) {
    ctl::SdBusClient client;
    const SystemClock clock;
    ctl::Surroundings surroundings{client, clock, std::cout, std::cerr, wants_colours(), geteuid()};
    surroundings.in = &std::cin;
    surroundings.progress = isatty(STDERR_FILENO) == 1;
    const auto command = ctl::parse_command(std::move(arguments));
    const ctl::Exit exit = command.has_value() ? ctl::run(*command, surroundings)
                                               : ctl::tell(command.error(), surroundings);
    std::cout.flush();
    if (!std::cout) {
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
