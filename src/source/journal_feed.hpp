// SPDX-License-Identifier: MIT
#pragma once

#include <primum/source.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

struct JournalTrouble {
    SourceFailure failure = SourceFailure::other;
    std::string detail;
};

// The entries that matter, from the moment of opening on. One reader whatever the number of counts.
class JournalFeed {
public:
    enum class Step : std::uint8_t { entry, end, trouble };
    struct Read {
        Step step = Step::end;
        Instant received;  // of an entry: by journald
        std::string detail;
    };

    JournalFeed() = default;
    JournalFeed(const JournalFeed&) = delete;
    JournalFeed& operator=(const JournalFeed&) = delete;
    virtual ~JournalFeed() = default;

    // Stands at the end of the journal then: no entry that is there already is ever given. May be
    // called again, and begins anew.
    [[nodiscard]] virtual std::optional<JournalTrouble> open(
        const std::vector<JournalCount>& counts) = 0;
    virtual void close() = 0;
    // Readable when there may be more; call changed() then. -1: not open.
    [[nodiscard]] virtual int fd() const = 0;
    virtual void changed() = 0;
    // The next entry that some count matches; `field` gets each "NAME=value" of it (long ones cut).
    [[nodiscard]] virtual Read next(const std::function<void(std::string_view)>& field) = 0;
};

// This host's journal, through sd-journal. It filters by its own index: entries that nobody counts
// cost nothing.
[[nodiscard]] std::unique_ptr<JournalFeed> make_host_journal();

}  // namespace primum::source
