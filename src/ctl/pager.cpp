// SPDX-License-Identifier: MIT
#include "ctl/pager.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

std::string pager_command() {
    for (const char* const name : {"PRIMUM_PAGER", "SYSTEMD_PAGER", "PAGER"}) {
        if (const char* const value = std::getenv(name); value != nullptr) {
            return value;
        }
    }
    return "less";
}

// In the child: the pager, or what is as good as none.
[[noreturn]] void become(const std::string& command, int input) {
    dup2(input, STDIN_FILENO);
    // As systemctl: leave at once when all fits on one screen, colours, no wrapping.
    const char* const options = std::getenv("SYSTEMD_LESS");
    setenv("LESS", options != nullptr ? options : "FRSXMK", 1);
    setenv("LESSCHARSET", "utf-8", 0);
    if (geteuid() == 0) {
        setenv("LESSSECURE", "1", 0);
    }
    const std::string line = "exec " + command;
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
}

}  // namespace

bool wants_pager(Verb verb) {
    switch (verb) {
        case Verb::list:
        case Verb::show:
        case Verb::explain:
        case Verb::incidents:
        case Verb::incident:
        case Verb::actions:
        case Verb::action:
        case Verb::sources:
        case Verb::source:
        case Verb::precision:
        case Verb::providers:
        case Verb::provider:
            return true;
        default:
            return false;
    }
}

Pager::Pager(bool wanted) {
    const std::string command = wanted ? pager_command() : std::string{};
    std::array<int, 2> ends{};
    if (command.empty() || command == "cat" || pipe2(ends.data(), O_CLOEXEC) != 0) {
        return;
    }
    child_ = fork();
    if (child_ == 0) {
        become(command, ends[0]);
    }
    if (child_ > 0) {
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_IGN);  // the reader may leave before the end
    }
    close(ends[0]);
    close(ends[1]);
}

Pager::~Pager() {
    if (child_ <= 0) {
        return;
    }
    std::cout.flush();
    std::fflush(stdout);
    close(STDOUT_FILENO);
    while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace primum::ctl
