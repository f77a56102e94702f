// SPDX-License-Identifier: MIT
#pragma once

#include "source/push_desk.hpp"
#include "source/push_server.hpp"
#include "source/push_users.hpp"
#include "source/source.hpp"
#include "source/tools.hpp"
#include "systemd/event_loop.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace primum::source {

// Takes what the users of its rule write to the push sockets. Three intervals without a line that
// could be taken are a failure, and each interval after them.
class PushSource final : public Source, private PushTaker {
public:
    PushSource(const Tools& tools, SourceRule rule, SeriesId first_id);
    ~PushSource() override;

private:
    [[nodiscard]] const std::string& name() const override { return rule().name; }
    [[nodiscard]] bool may_push(uid_t uid) override { return users_.has(uid); }
    [[nodiscard]] std::uint32_t lines_per_second() const override { return lines_per_second_; }
    [[nodiscard]] Result<void, PushError> take(uid_t uid,
                                               const std::vector<Measured>& values,
                                               bool whole) override;
    void refused() override { ++figures().refused; }
    void read(std::uint64_t bytes) override { figures().bytes += bytes; }

    [[nodiscard]] Result<void, PushError> check(const std::vector<Measured>& values);
    void unheard();

    systemd::EventLoop& loop_;
    PushServer* server_;
    PushUsers users_;
    std::uint32_t lines_per_second_;
    std::map<uid_t, TokenBucket> buckets_;  // of users that may push
    Instant heard_;
    systemd::LoopSource timer_;
};

[[nodiscard]] std::unique_ptr<Source> make_push(const Tools& tools,
                                                const SourceRule& rule,
                                                SeriesId first_id);

}  // namespace primum::source
