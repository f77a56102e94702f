// SPDX-License-Identifier: MIT
#pragma once

#include "source/polled.hpp"
#include "source/tools.hpp"
#include "source/workers.hpp"

#include <primum/source.hpp>
#include <primum/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// More than this is no file with a number.
inline constexpr std::size_t max_number_file_bytes = 4'096;
// A change this far in the future is a clock that is a little off, and an age of zero; beyond it
// there is no age.
inline constexpr Duration tolerated_future{2'000'000};

// One decimal number with white space around it and nothing else; finite.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

// What one look at a path came to. Made on a worker, for the loop to read.
struct FileSight {
    SourceFailure failure = SourceFailure::none;
    std::string detail;
    std::vector<Measured> measured;
    std::optional<WallTime> changed;  // look = age: the age itself needs the clock
    std::size_t bytes = 0;
};

// Looks at once, on the calling thread; may hang with the file system. Only regular files are read
// or aged, of a mount any path tells. Symbolic links are followed.
[[nodiscard]] FileSight look_at(const FilePlan& plan);

// The number in a file (`file_value`), its age (`file_age_seconds`, `file_size_bytes`), or what is
// left of the file system where it stands (`mount_...`).
class FileSource : public PolledSource {
public:
    FileSource(const Tools& tools, SourceRule rule, SeriesId first_id);

private:
    void attempt(Duration timeout) override;
    void seen(FileSight sight);
    void take_age(FileSight& sight) const;

    const Clock& clock_;
    Workers& workers_;
    FilePlan plan_;
    Workers::Ticket looking_;
    bool awaited_ = false;  // by the try under way
    systemd::LoopSource deadline_;
};

[[nodiscard]] std::unique_ptr<Source> make_file(const Tools& tools,
                                                const SourceRule& rule,
                                                SeriesId first_id);

}  // namespace primum::source
