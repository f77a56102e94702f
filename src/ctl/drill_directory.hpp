// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"
#include "remedy/safe_path.hpp"

#include <primum/result.hpp>

#include <memory>
#include <string>

#include <sys/types.h>

namespace primum::ctl {

struct DrillRefusal {
    Exit exit = Exit::internal;
    std::string message;
};

// The private directory of one drill, for its owner alone; it goes with this. What a drill that
// was killed has left there is removed by the next. A second drill at the same time is refused.
class DrillDirectory {
public:
    // The directory above must be there.
    [[nodiscard]] static Result<std::unique_ptr<DrillDirectory>, DrillRefusal> make(
        const std::string& path);
    DrillDirectory(const DrillDirectory&) = delete;
    DrillDirectory& operator=(const DrillDirectory&) = delete;
    ~DrillDirectory();

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    DrillDirectory(std::string path, remedy::Fd lock);

    std::string path_;
    remedy::Fd lock_;
    mode_t umask_;  // as it was: nothing is made here that others may write
};

}  // namespace primum::ctl
