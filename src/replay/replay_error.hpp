// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace primum::replay {

// Why something could not be driven through the core. The error type of this room.
struct ReplayError {
    std::string message;   // for people; names the file and line where there is one
    bool missing = false;  // a file that is not there, or cannot be opened
};

}  // namespace primum::replay
