// SPDX-License-Identifier: MIT
#include "source/secret_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::source {
namespace {

constexpr std::size_t max_secret_bytes = 4'096;

FileError unreadable(const std::string& path, int number) {
    const bool missing = number == ENOENT || number == ENOTDIR;
    return {missing ? SourceFailure::missing : SourceFailure::denied,
            fmt::format("{}: {}", path, std::generic_category().message(number))};
}

FileError unfit(const std::string& path, std::string_view why) {
    return {SourceFailure::denied, fmt::format("{}: {}", path, why)};
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

}  // namespace

Result<std::string, FileError> read_bounded(const std::string& path, std::size_t max_bytes) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    struct stat status{};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return fail(unreadable(path, errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(unfit(path, "not a regular file"));
    }
    // One more than fits shows that there is more, whatever the size was said to be.
    const auto said = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
    std::string text(std::min(said, max_bytes) + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t n = ::read(file.get(), text.data() + size, text.size() - size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return fail(unreadable(path, errno));
        }
        if (n == 0) {
            break;
        }
        size += static_cast<std::size_t>(n);
    }
    if (size > max_bytes) {
        return fail(unfit(path, fmt::format("over {} bytes", max_bytes)));
    }
    if (size == text.size()) {
        return fail(unfit(path, "it grew while it was read"));
    }
    text.resize(size);
    return text;
}

Result<std::string, FileError> read_secret(const std::string& path) {
    auto text = read_bounded(path, max_secret_bytes);
    if (!text.has_value()) {
        return text;
    }
    if (text->ends_with('\n')) {
        text->pop_back();
    }
    if (text->ends_with('\r')) {
        text->pop_back();
    }
    if (text->empty()) {
        return fail(unfit(path, "empty"));
    }
    if (std::any_of(text->begin(), text->end(), [](char c) { return c < 0x20 || c == 0x7f; })) {
        return fail(unfit(path, "one line of printable ASCII is expected"));
    }
    return text;
}

}  // namespace primum::source
