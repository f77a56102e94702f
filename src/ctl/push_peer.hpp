// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"

#include <primum/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

struct PushFailure {
    Exit exit = Exit::unreachable;
    std::string message;
};

// A line that primumd refused.
struct RefusedLine {
    std::uint64_t line = 0;  // 0: the whole connection
    std::string code;
    std::string detail;
};

// A connection to the push socket. Reads answers while it writes, so that none is lost.
class PushPeer {
public:
    [[nodiscard]] static Result<PushPeer, PushFailure> connect(const std::string& path);
    ~PushPeer();
    PushPeer(PushPeer&& other) noexcept;
    PushPeer& operator=(PushPeer&&) = delete;
    PushPeer(const PushPeer&) = delete;
    PushPeer& operator=(const PushPeer&) = delete;

    [[nodiscard]] Result<void, PushFailure> send(std::string_view text);
    // Says that nothing more comes, and waits until primumd has gone through all of it.
    [[nodiscard]] Result<void, PushFailure> finish();

    // What has come since the last call.
    [[nodiscard]] std::vector<RefusedLine> take_refused();

private:
    explicit PushPeer(int fd) : fd_(fd) {}
    [[nodiscard]] Result<short, PushFailure> wait_for(short events) const;
    void read_answers();

    int fd_;
    bool closed_ = false;
    std::string heard_;
};

}  // namespace primum::ctl
