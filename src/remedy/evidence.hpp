// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"
#include "systemd/transient.hpp"

#include <primum/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace primum::remedy {

struct EvidenceOptions {
    std::string directory;  // made when it is first needed; 0700
    std::string program;    // run as "PROGRAM --look UNIT", it prints what it finds (look.hpp)
    Duration within{std::chrono::milliseconds{1'800}};  // then whatever is there is all there is
    std::size_t bytes = 1U << 20U;                      // of one
    std::size_t files = 64;                             // the oldest are removed
    std::uintmax_t total = 64U << 20U;                  // bytes of all: the oldest are removed
};

// Looks at a unit and keeps what was seen, ID.txt for root only, on disk when it is told.
//
// The look is taken by a transient unit of its own: reading a journal or a process may block or
// map a lot of memory, and takes powers that the actuator does without; there it ends, with all it
// has started, when its time is over.
class EvidenceTaker {
public:
    EvidenceTaker(systemd::EventLoop& loop,
                  const Clock& clock,
                  systemd::Manager& manager,
                  EvidenceOptions options);
    ~EvidenceTaker();
    EvidenceTaker(const EvidenceTaker&) = delete;
    EvidenceTaker& operator=(const EvidenceTaker&) = delete;

    // `done` once, not from inside: with an id, or with none and why. `detail` says what is
    // missing. `within` never makes it longer than the options say.
    void take(const std::string& target,
              const std::string& unit,
              Duration within,
              std::function<void(const EvidenceReply&)> done);

private:
    struct Look {
        EvidenceReply reply;
        std::string unit;
        std::function<void(const EvidenceReply&)> done;
        std::unique_ptr<systemd::TransientUnit> run;
        systemd::LoopSource deadline;
    };

    void ended(std::uint64_t number, const systemd::TransientEnd& end);
    void keep(EvidenceReply& reply, const std::string& text);

    systemd::EventLoop& loop_;
    const Clock& clock_;
    systemd::Manager& manager_;
    EvidenceOptions options_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, Look> looks_;
    std::vector<Look> over_;
    systemd::LoopSource sweep_;
};

}  // namespace primum::remedy
