// SPDX-License-Identifier: MIT
#include "telemetry/metrics.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace primum::telemetry {
namespace {

// The second number of /proc/self/statm: resident pages. 0 where it cannot be read.
std::uint64_t resident_pages() {
    const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    std::array<char, 128> buffer{};
    const auto got = read(fd, buffer.data(), buffer.size());
    close(fd);
    const std::string_view text{buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    const auto blank = text.find(' ');
    std::uint64_t pages = 0;
    if (blank != std::string_view::npos) {
        std::from_chars(text.data() + blank + 1, text.data() + text.size(), pages);
    }
    return pages;
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessUsage process_usage() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return {resident_pages() * page_bytes, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)};
}

}  // namespace primum::telemetry
