// SPDX-License-Identifier: MIT
#include "daemon/daemon.hpp"
#include "daemon/exit_codes.hpp"
#include "daemon/options.hpp"
#include "daemon/reload.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <vector>

namespace {

using namespace primum::daemon;

int check(const Options& options) {
    const auto errors = check_settings_and_rules(options.settings);
    for (const auto& error : errors) {
        fmt::print(stderr, "{}\n", error);
    }
    return errors.empty() ? exit_ok : exit_invalid;
}

int run(std::span<const char* const> arguments) {
    const auto options = parse_options(arguments);
    if (!options) {
        fmt::print(stderr, "primumd: {}\n", options.error().message);
        return exit_usage;
    }
    if (options->help) {
        fmt::print("{}", help_text());
        return exit_ok;
    }
    if (options->version) {
        fmt::print("primumd {}\n", PRIMUM_VERSION);
        return exit_ok;
    }
    if (options->check) {
        return check(*options);
    }
    Daemon daemon{*options};
    return daemon.run();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::span<char*> words{argv, static_cast<std::size_t>(argc)};
        const std::vector<const char*> arguments{words.begin() + (argc > 0 ? 1 : 0), words.end()};
        return run(arguments);
    } catch (const std::exception& error) {
        fmt::print(stderr, "primumd: {}\n", error.what());
        return exit_os_error;
    }
}
