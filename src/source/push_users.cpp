// SPDX-License-Identifier: MIT
#include "source/push_users.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>

#include <pwd.h>
#include <sys/stat.h>

namespace primum::source {

PushUsers::PushUsers(const std::vector<std::string>& users, std::string passwd)
    : passwd_(std::move(passwd)), numbers_{0} {
    for (const auto& user : users) {
        uid_t uid = 0;
        const auto* end = user.data() + user.size();
        const auto [at, error] = std::from_chars(user.data(), end, uid);
        if (error == std::errc{} && at == end) {
            numbers_.insert(uid);
        } else {
            names_.emplace(user, -1);
        }
    }
}

bool PushUsers::has(uid_t uid) {
    look_up();
    return numbers_.contains(uid) || std::any_of(names_.begin(), names_.end(), [&](const auto& n) {
               return n.second == std::int64_t{uid};
           });
}

std::vector<std::string> PushUsers::missing() {
    look_up();
    std::vector<std::string> found;
    for (const auto& [name, uid] : names_) {
        if (uid < 0) {
            found.push_back(name);
        }
    }
    return found;
}

void PushUsers::look_up() {
    struct stat status{};
    if (names_.empty() || ::stat(passwd_.c_str(), &status) != 0) {
        return;
    }
    const auto changed =
        std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    if (changed == changed_) {
        return;
    }
    changed_ = changed;
    for (auto& [name, uid] : names_) {
        uid = -1;
    }
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(passwd_.c_str(), "re"),
                                                     &std::fclose);
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    while (file != nullptr &&
           ::fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
        const auto named = names_.find(entry.pw_name);
        if (named != names_.end() && named->second < 0) {
            named->second = entry.pw_uid;
        }
    }
}

}  // namespace primum::source
