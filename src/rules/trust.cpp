// SPDX-License-Identifier: MIT
#include "rules/trust.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace primum::rules {
namespace {

constexpr int max_links = 40;

RuleError mistake(const std::filesystem::path& path, std::string message) {
    return RuleError{.file = path.string(), .message = std::move(message)};
}

std::string errno_text(int number) {
    return std::error_code{number, std::generic_category()}.message();
}

void push_parts(std::deque<std::filesystem::path>& parts, const std::filesystem::path& path) {
    std::size_t at = 0;
    for (const auto& part : path) {
        if (part != "/" && !part.empty() && part != ".") {
            parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(at++), part);
        }
    }
}

bool is_below(const std::filesystem::path& path, const std::filesystem::path& top) {
    const auto relative = path.lexically_relative(top);
    return !relative.empty() && *relative.begin() != "..";
}

Result<void, RuleError> check_owner(const std::filesystem::path& path,
                                    const struct stat& status,
                                    uid_t owner) {
    if (status.st_uid != owner) {
        return fail(mistake(
            path,
            fmt::format("is owned by uid {} and not by uid {}; chown it", status.st_uid, owner)));
    }
    if (!S_ISLNK(status.st_mode) && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fail(mistake(path,
                            fmt::format("is writable by others (mode {:04o}); chmod go-w it",
                                        status.st_mode & 07777U)));
    }
    return {};
}

Result<std::filesystem::path, RuleError> link_target(const std::filesystem::path& link) {
    std::array<char, PATH_MAX> buffer{};
    const ssize_t size = ::readlink(link.c_str(), buffer.data(), buffer.size());
    if (size <= 0 || static_cast<std::size_t>(size) == buffer.size()) {
        return fail(mistake(link, "its target cannot be read"));
    }
    return std::filesystem::path{std::string{buffer.data(), static_cast<std::size_t>(size)}};
}

}  // namespace

Result<void, RuleError> check_trusted(const std::filesystem::path& path,
                                      const TrustPolicy& policy) {
    if (!path.is_absolute()) {
        return fail(mistake(path, "is no absolute path"));
    }
    std::deque<std::filesystem::path> parts;
    push_parts(parts, path);
    parts.emplace_front(".");  // the root itself
    std::filesystem::path at = "/";
    int links = 0;
    while (!parts.empty()) {
        const std::filesystem::path part = parts.front();
        parts.pop_front();
        const std::filesystem::path here =
            part == "." ? at : (part == ".." ? at.parent_path() : at / part);
        struct stat status{};
        if (::lstat(here.c_str(), &status) != 0) {
            return fail(mistake(here, fmt::format("cannot be looked at: {}", errno_text(errno))));
        }
        if (is_below(here, policy.top)) {
            if (auto checked = check_owner(here, status, policy.owner); !checked) {
                return checked;
            }
        }
        if (S_ISLNK(status.st_mode)) {
            const auto target = link_target(here);
            if (!target || ++links > max_links) {
                return fail(target ? mistake(here, "has too many symbolic links") : target.error());
            }
            push_parts(parts, *target);
            if (target->is_absolute()) {
                at = "/";
            }
            continue;
        }
        if (!S_ISDIR(status.st_mode) && (!S_ISREG(status.st_mode) || !parts.empty())) {
            return fail(mistake(here, "is neither a regular file nor a directory"));
        }
        at = here;
    }
    return {};
}

}  // namespace primum::rules
