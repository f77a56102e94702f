// SPDX-License-Identifier: MIT
#include "ctl/off_switch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

std::string errno_text(int number) {
    return std::generic_category().message(number);
}

}  // namespace

OffSwitch::OffSwitch(std::filesystem::path root)
    : run_file_(root / "run/primum/disabled"), etc_file_(root / "etc/primum/disabled") {}

bool OffSwitch::is_set(const std::filesystem::path& file) {
    struct stat info{};
    return lstat(file.c_str(), &info) == 0 || errno != ENOENT;
}

Result<void, std::string> OffSwitch::set(const std::string& note) const {
    const std::filesystem::path folder = run_file_.parent_path();
    constexpr mode_t folder_mode = 0755;
    if (mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) {
        return fail(fmt::format("cannot make {}: {}", folder.string(), errno_text(errno)));
    }
    constexpr mode_t file_mode = 0644;
    const int fd =
        open(run_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, file_mode);
    if (fd < 0) {
        return fail(fmt::format("cannot write {}: {}", run_file_.string(), errno_text(errno)));
    }
    [[maybe_unused]] const ssize_t written = write(fd, note.data(), note.size());
    close(fd);
    return {};
}

Result<bool, std::string> OffSwitch::clear() const {
    if (unlink(run_file_.c_str()) == 0) {
        return true;
    }
    if (errno == ENOENT) {
        return false;
    }
    return fail(fmt::format("cannot remove {}: {}", run_file_.string(), errno_text(errno)));
}

}  // namespace primum::ctl
