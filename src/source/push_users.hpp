// SPDX-License-Identifier: MIT
#pragma once

#include <primum/time.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace primum::source {

// The users that a rule names, by name or by number. Names are looked up in a passwd file and
// nowhere else: other databases may ask the network, and would stop the loop. The file is read
// again when it has changed. Root is always one of them.
class PushUsers {
public:
    explicit PushUsers(const std::vector<std::string>& users, std::string passwd = "/etc/passwd");

    [[nodiscard]] bool has(uid_t uid);
    // Names that there is no user of.
    [[nodiscard]] std::vector<std::string> missing();

private:
    void look_up();

    std::string passwd_;
    std::set<uid_t> numbers_;
    std::map<std::string, std::int64_t> names_;  // -1: no such user
    std::int64_t changed_ = -1;                  // when the file was, in nanoseconds
};

}  // namespace primum::source
