// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

namespace primum::daemon {

namespace {

constexpr std::string_view help =
    R"(primumd - the self-healing watchdog daemon

usage: primumd [--settings PATH] [--foreground]
       primumd --check [--settings PATH]
       primumd --version | --help

  --settings PATH  the daemon's own settings (default /etc/primum/primum.toml)
  --foreground     log to standard error as well as to the journal
  --check          read settings and rules, print every error, and exit
  --version        print the version and exit
  --help           print this and exit

Signals: SIGHUP reloads the rules; SIGTERM and SIGINT stop within 5 s.

Exit codes:
   0  stopped as asked; with --check: no errors
  64  the command line was not understood
  65  the settings (with --check: or the rules) have errors
  71  the system refused something that is needed to start
  74  the state directory or the ledger cannot be used
  75  another primumd holds the lock file, the ledger or the bus name
)";

UsageError usage(std::string what) {
    return UsageError{std::move(what) + "; see primumd --help"};
}

}  // namespace

Result<Options, UsageError> parse_options(std::span<const char* const> arguments) {
    constexpr std::string_view settings_is = "--settings=";
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument{arguments[i]};
        if (argument == "--settings") {
            if (i + 1 == arguments.size()) {
                return fail(usage("--settings needs a path"));
            }
            options.settings = arguments[++i];
        } else if (argument.starts_with(settings_is)) {
            options.settings = argument.substr(settings_is.size());
        } else if (argument == "--foreground") {
            options.foreground = true;
        } else if (argument == "--check") {
            options.check = true;
        } else if (argument == "--version") {
            options.version = true;
        } else if (argument == "--help" || argument == "-h") {
            options.help = true;
        } else {
            return fail(usage("\"" + std::string{argument} + "\" is not an option"));
        }
    }
    if (options.settings.empty()) {
        return fail(usage("--settings needs a path that is not empty"));
    }
    return options;
}

std::string_view help_text() {
    return help;
}

}  // namespace primum::daemon
