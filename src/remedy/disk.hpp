// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/safe_path.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace primum::remedy {

// Asked before each operation that changes a disk ("rename", "fsync", ...): false makes it fail
// with EIO. For tests; empty in the actuator.
using FaultHook = std::function<bool(std::string_view operation)>;

// Each way in which the remedies change a disk. Every function gives 0, or an errno with nothing
// done (a write or a copy may be half done).
class Disk {
public:
    explicit Disk(FaultHook hook) : hook_(std::move(hook)) {}

    [[nodiscard]] int make_directory(int at, const std::string& name);
    // New, empty, for the owner alone. An errno where something stands already.
    [[nodiscard]] int create_file(int at, const std::string& name, Fd& out);
    [[nodiscard]] int make_link(const std::string& target, int at, const std::string& name);
    [[nodiscard]] int write(int fd, std::string_view bytes);
    // All of `from` into the empty file `to`: sharing its blocks where the file system can, with
    // its holes otherwise.
    [[nodiscard]] int copy(int from, int to);
    [[nodiscard]] int sync(int fd);
    [[nodiscard]] int rename(
        int from_at, const std::string& from, int to_at, const std::string& to, unsigned flags);
    [[nodiscard]] int remove(int at, const std::string& name, bool directory);
    [[nodiscard]] int change_owner(int fd, uid_t uid, gid_t gid);
    [[nodiscard]] int change_link_owner(int at, const std::string& name, uid_t uid, gid_t gid);
    [[nodiscard]] int change_mode(int fd, mode_t mode);
    [[nodiscard]] int set_attribute(int fd, const std::string& name, std::string_view value);
    [[nodiscard]] int remove_attribute(int fd, const std::string& name);
    // Nanoseconds since the epoch. An empty name: of `at` itself; never follows a link.
    [[nodiscard]] int set_times(int at,
                                const std::string& name,
                                std::int64_t accessed,
                                std::int64_t modified);

private:
    [[nodiscard]] bool fails(std::string_view operation) const {
        return hook_ && !hook_(operation);
    }

    FaultHook hook_;
};

}  // namespace primum::remedy
