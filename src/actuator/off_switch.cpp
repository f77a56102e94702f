// SPDX-License-Identifier: MIT
#include "actuator/off_switch.hpp"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>

namespace primum::actuator {

std::vector<std::string> default_off_switch() {
    return {"/run/primum/disabled", "/etc/primum/disabled"};
}

OffSwitch read_off_switch(const std::vector<std::string>& files) {
    if (files.empty()) {
        return {true, "no off switch file is named"};
    }
    for (const auto& file : files) {
        struct stat status{};
        // lstat: a link that points nowhere is a file that is there.
        if (::lstat(file.c_str(), &status) == 0) {
            return {true, file + " is there; remove it or call `primumctl enable`"};
        }
        if (errno != ENOENT) {
            const std::string why = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
            return {true, file + " cannot be ruled out: " + why};
        }
    }
    return {false, {}};
}

}  // namespace primum::actuator
