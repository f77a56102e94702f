// SPDX-License-Identifier: MIT
#include "daemon/rules_check.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace primum::daemon {

namespace {

std::string why(int error) {
    return std::generic_category().message(error);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        if (end > at) {
            lines.push_back(text.substr(at, end - at));
        }
        at = end + 1;
    }
    return lines;
}

}  // namespace

RulesCheck::RulesCheck(systemd::EventLoop& loop, const Clock& clock, std::string program)
    : loop_(loop), clock_(clock), program_(std::move(program)) {}

RulesCheck::~RulesCheck() {
    kill_child();
    close_all();
}

void RulesCheck::kill_child() {
    if (child_ > 0) {
        kill(child_, SIGKILL);
        int status = 0;
        waitpid(child_, &status, 0);
        child_ = -1;
    }
}

void RulesCheck::start(const std::string& settings, std::function<void(CheckOutcome)> done) {
    PRIMUM_CHECK(!running());
    done_ = std::move(done);
    text_.clear();
    timed_out_ = false;
    std::string error;
    if (!spawn(settings, error)) {
        on_failure_ = loop_.soon(
            [this, error] { finish({false, {"the rules could not be checked: " + error}}); });
        return;
    }
    on_output_ = loop_.on_io(output_, EPOLLIN, [this](std::uint32_t) { drain(); });
    on_exit_ = loop_.on_io(process_, EPOLLIN, [this](std::uint32_t) { ended(); });
    on_timeout_ = loop_.at(clock_.now().t + time_limit, [this] {
        timed_out_ = true;
        kill(child_, SIGKILL);
    });
}

bool RulesCheck::spawn(const std::string& settings, std::string& error) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        error = why(errno);
        return false;
    }
    output_ = ends[0];
    fcntl(output_, F_SETFL, O_NONBLOCK);

    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    PRIMUM_CHECK(posix_spawn_file_actions_init(&files) == 0);
    PRIMUM_CHECK(posix_spawnattr_init(&attributes) == 0);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

    std::array<std::string, 4> words{"primumd", "--check", "--settings", settings};
    std::array<char*, 5> argv{
        words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    // No variable of ours is for the child: it must not speak to systemd in our name.
    std::array<char*, 1> environment{nullptr};
    const int result = posix_spawn(
        &child_, program_.c_str(), &files, &attributes, argv.data(), environment.data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (result != 0) {
        child_ = -1;
        error = program_ + ": " + why(result);
        close_all();
        return false;
    }
    process_ = static_cast<int>(syscall(SYS_pidfd_open, child_, 0));
    if (process_ < 0) {
        error = "the end of the check cannot be awaited: " + why(errno);
        kill_child();
        close_all();
        return false;
    }
    return true;
}

void RulesCheck::drain() {
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto length = read(output_, buffer.data(), buffer.size());
        if (length < 0 && errno == EINTR) {
            continue;
        }
        if (length <= 0) {
            if (length == 0) {
                on_output_.reset();
            }
            return;
        }
        const auto room = max_output_bytes - text_.size();
        text_.append(buffer.data(), std::min(room, static_cast<std::size_t>(length)));
    }
}

void RulesCheck::ended() {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG) != 0 ||
        info.si_pid == 0) {
        return;
    }
    child_ = -1;
    drain();
    const auto outcome = judge(info.si_code, info.si_status);
    close_all();
    finish(outcome);
}

CheckOutcome RulesCheck::judge(int code, int status) const {
    if (code == CLD_EXITED && status == 0) {
        return {true, {}};
    }
    CheckOutcome outcome{false, lines_of(text_)};
    if (timed_out_) {
        outcome.errors.push_back("the check of the rules took longer than 20 s and was ended");
    } else if (code != CLD_EXITED) {
        outcome.errors.push_back(
            fmt::format("the check of the rules was ended by signal {}", status));
    } else if (outcome.errors.empty()) {
        outcome.errors.push_back(fmt::format("the check of the rules ended with {}", status));
    }
    return outcome;
}

void RulesCheck::finish(CheckOutcome outcome) {
    const auto done = std::exchange(done_, nullptr);
    if (done) {
        done(std::move(outcome));
    }
}

void RulesCheck::close_all() {
    on_exit_.reset();
    on_output_.reset();
    on_timeout_.reset();
    for (int* fd : {&process_, &output_}) {
        if (*fd >= 0) {
            close(*fd);
            *fd = -1;
        }
    }
}

}  // namespace primum::daemon
