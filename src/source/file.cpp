// SPDX-License-Identifier: MIT
#include "source/file.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace primum::source {
namespace {

constexpr std::string_view white = " \t\r\n";

FileSight failed(SourceFailure failure, std::string detail) {
    FileSight sight;
    sight.failure = failure;
    sight.detail = std::move(detail);
    return sight;
}

FileSight failed_by(int error, const std::string& path) {
    auto failure = SourceFailure::other;
    if (error == ENOENT || error == ENOTDIR) {
        failure = SourceFailure::missing;
    } else if (error == EACCES || error == EPERM) {
        failure = SourceFailure::denied;
    }
    std::array<char, 128> buffer{};
    return failed(failure,
                  fmt::format("{}: {}", path, strerror_r(error, buffer.data(), buffer.size())));
}

FileSight no_file(const std::string& path) {
    return failed(SourceFailure::other, path + " is no regular file");
}

FileSight read_number(const std::string& path) {
    // Neither waits for the other end of a FIFO nor takes a terminal.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return failed_by(errno, path);
    }
    struct stat status{};
    std::array<char, max_number_file_bytes + 1> text;  // NOLINT(*-member-init): filled by read()
    std::size_t size = 0;
    int error = ::fstat(fd, &status) == 0 ? 0 : errno;
    const bool regular = S_ISREG(status.st_mode);
    while (error == 0 && regular && size < text.size()) {
        const auto got = ::read(fd, text.data() + size, text.size() - size);
        if (got == 0) {
            break;
        }
        if (got > 0) {
            size += static_cast<std::size_t>(got);
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    ::close(fd);
    if (error != 0) {
        return failed_by(error, path);
    }
    if (!regular) {
        return no_file(path);
    }
    if (size > max_number_file_bytes) {
        return failed(SourceFailure::too_large,
                      fmt::format("{} has more than {} bytes", path, max_number_file_bytes));
    }
    const auto number = number_in({text.data(), size});
    if (!number) {
        return failed(SourceFailure::parse, path + " does not hold one number");
    }
    FileSight sight;
    sight.bytes = size;
    sight.measured = {{"file_value", *number}};
    return sight;
}

FileSight look_at_age(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return failed_by(errno, path);
    }
    if (!S_ISREG(status.st_mode)) {
        return no_file(path);
    }
    FileSight sight;
    const auto& at = status.st_mtim;
    sight.changed = wall_from_us(std::int64_t{at.tv_sec} * 1'000'000 + at.tv_nsec / 1'000);
    sight.measured = {{"file_size_bytes", static_cast<double>(status.st_size)}};
    return sight;
}

// The free share is the one that df shows: what ordinary users have left of what they could have.
FileSight look_at_mount(const std::string& path) {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) {
        return failed_by(errno, path);
    }
    const auto block = static_cast<double>(status.f_frsize);
    const auto free = static_cast<double>(status.f_bfree);
    const auto available = static_cast<double>(status.f_bavail);
    const auto blocks = static_cast<double>(status.f_blocks);
    FileSight sight;
    sight.measured = {
        {"mount_size_bytes", blocks * block},
        {"mount_free_bytes", free * block},
        {"mount_available_bytes", available * block},
        {"mount_read_only", (status.f_flag & ST_RDONLY) != 0 ? 1.0 : 0.0},
    };
    if (const double usable = blocks - free + available; usable > 0) {
        sight.measured.push_back({"mount_available_ratio", available / usable});
    }
    if (status.f_files > 0) {  // some file systems do not count them
        const auto inodes = static_cast<double>(status.f_files);
        const auto left = static_cast<double>(status.f_favail);
        sight.measured.push_back({"mount_inodes", inodes});
        sight.measured.push_back({"mount_available_inodes", left});
        sight.measured.push_back({"mount_available_inodes_ratio", left / inodes});
    }
    return sight;
}

double seconds_of(Duration length) {
    return std::chrono::duration<double>(length).count();
}

const FilePlan& plan_of(const SourceRule& rule) {
    return std::get<FilePlan>(rule.plan);
}

}  // namespace

std::optional<double> number_in(std::string_view text) {
    const auto begin = text.find_first_not_of(white);
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    text = text.substr(begin, text.find_last_not_of(white) - begin + 1);
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

FileSight look_at(const FilePlan& plan) {
    switch (plan.look) {
        case FileLook::age:
            return look_at_age(plan.path);
        case FileLook::mount:
            return look_at_mount(plan.path);
        case FileLook::number:
            break;
    }
    return read_number(plan.path);
}

FileSource::FileSource(const Tools& tools, SourceRule rule, SeriesId first_id)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      clock_(tools.clock),
      workers_(*tools.workers),
      plan_(plan_of(this->rule())) {}

void FileSource::attempt(Duration timeout) {
    if (looking_ != nullptr) {
        missed(SourceFailure::timeout,
               plan_.path + ": an earlier look has not come back yet; no other is begun");
        return;
    }
    awaited_ = true;
    const auto sight = std::make_shared<FileSight>();
    looking_ = workers_.run([sight, plan = plan_] { *sight = look_at(plan); },
                            [this, sight] { seen(std::move(*sight)); });
    deadline_ = loop().at(now() + timeout, [this] {
        awaited_ = false;
        missed(SourceFailure::timeout, plan_.path + ": the file system has not answered in time");
    });
}

void FileSource::seen(FileSight sight) {
    looking_.reset();
    if (!std::exchange(awaited_, false)) {
        return;  // too late: this try is over
    }
    deadline_.reset();
    take_age(sight);
    figures().bytes += sight.bytes;
    if (sight.failure != SourceFailure::none) {
        missed(sight.failure, std::move(sight.detail));
        return;
    }
    collected();
    succeed_with(sight.measured);
}

void FileSource::take_age(FileSight& sight) const {
    if (!sight.changed) {
        return;
    }
    const Duration age = clock_.now().wall - *sight.changed;
    if (age < -tolerated_future) {
        sight = failed(SourceFailure::other,
                       fmt::format("{} was changed {:.0f} s in the future: no age can be told",
                                   plan_.path,
                                   -seconds_of(age)));
        return;
    }
    sight.measured.push_back({"file_age_seconds", std::max(0.0, seconds_of(age))});
}

std::unique_ptr<Source> make_file(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    PRIMUM_CHECK(tools.workers != nullptr);
    return std::make_unique<FileSource>(tools, rule, first_id);
}

}  // namespace primum::source
