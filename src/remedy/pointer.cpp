// SPDX-License-Identifier: MIT
#include "remedy/pointer.hpp"

#include "remedy/pointer_file.hpp"
#include "rules/trust.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <vector>

#include <unistd.h>

namespace primum::remedy {
namespace {

constexpr std::uint64_t max_pointer_bytes = std::uint64_t{1} << 20U;
constexpr std::size_t max_shown = 200;

FileError refuse(Refusal code, std::string message) {
    return FileError{code, std::move(message), {}};
}

// The path that a link at `pointer` with that target leads to, without looking.
std::string leads_to(const std::string& pointer, const std::string& target) {
    const std::filesystem::path path = std::filesystem::path{pointer}.parent_path() / target;
    return path.lexically_normal().string();
}

PointerReading names(const CandidateRule& candidate) {
    return PointerReading{candidate.name, {}};
}

PointerReading names_none(std::string detail) {
    detail.resize(std::min(detail.size(), max_shown));
    return PointerReading{{}, std::move(detail)};
}

FileResult<PointerReading> read_link(const ProviderRule& provider, const PathPolicy& policy) {
    const std::string& path = provider.pointer.path;
    const auto parent = open_parent(path, policy);
    if (!parent) {
        return fail(parent.error());
    }
    std::array<char, PATH_MAX + 1> buffer{};
    const ssize_t size =
        ::readlinkat(parent->directory.get(), parent->name.c_str(), buffer.data(), buffer.size());
    if (size < 0 && errno == ENOENT) {
        return names_none("nothing stands at " + path);
    }
    if (size < 0) {
        return fail(errno == EINVAL ? refuse(Refusal::not_applicable, path + " is no symbolic link")
                                    : storage_error(path, errno));
    }
    const std::string target{buffer.data(), static_cast<std::size_t>(size)};
    for (const CandidateRule& candidate : provider.candidates) {
        if (candidate.points_to == target) {
            return names(candidate);
        }
    }
    for (const CandidateRule& candidate : provider.candidates) {
        if (leads_to(path, candidate.points_to) == leads_to(path, target)) {
            return names(candidate);
        }
    }
    return names_none(fmt::format("{} points to {}", path, target));
}

FileResult<PointerReading> read_file(const ProviderRule& provider,
                                     const std::string& text,
                                     const PathPolicy& policy) {
    std::vector<const CandidateRule*> same;
    for (const CandidateRule& candidate : provider.candidates) {
        const auto other = read_file_safely(candidate.points_to, max_pointer_bytes, policy);
        if (other && *other == text) {
            same.push_back(&candidate);
        }
    }
    if (same.size() == 1) {
        return names(*same.front());
    }
    return same.empty() ? names_none(provider.pointer.path + " is no candidate's file")
                        : names_none(fmt::format(
                              "the files of {} and {} are the same", same[0]->name, same[1]->name));
}

FileResult<PointerReading> read_value(const ProviderRule& provider, const std::string& text) {
    const Pointer& pointer = provider.pointer;
    const auto value = read_key(pointer.form, text, pointer.key);
    if (!value) {
        return fail(refuse(Refusal::not_applicable,
                           fmt::format("{}: {}", pointer.path, value.error().message)));
    }
    for (const CandidateRule& candidate : provider.candidates) {
        if (candidate.points_to == *value) {
            return names(candidate);
        }
    }
    return names_none(fmt::format("{} in {} is another value", pointer.key, pointer.path));
}

// The target of a link must be there and root's alone.
FileResult<void> check_target(const std::string& pointer,
                              const std::string& target,
                              const PathPolicy& policy) {
    rules::TrustPolicy trust;
    trust.owner = policy.owner;
    trust.top = policy.top;
    const auto checked = rules::check_trusted(leads_to(pointer, target), trust);
    return checked ? FileResult<void>{}
                   : fail(refuse(Refusal::untrusted, rules::format_error(checked.error())));
}

FileResult<std::string> keep_changed_key(SnapshotStore& snapshots,
                                         const Pointer& pointer,
                                         const std::string& value,
                                         const std::string& before) {
    if (before.empty()) {
        return fail(refuse(Refusal::not_applicable, "nothing stands at " + pointer.path));
    }
    const auto text = snapshots.text_of(before);
    if (!text) {
        return fail(text.error());
    }
    const auto changed = change_key(pointer.form, *text, pointer.key, value);
    if (!changed) {
        return fail(refuse(Refusal::not_applicable,
                           fmt::format("{}: {}", pointer.path, changed.error().message)));
    }
    return snapshots.keep_text(*changed, before, false);
}

}  // namespace

FileResult<PointerReading> read_pointer(const ProviderRule& provider, const PathPolicy& policy) {
    const Pointer& pointer = provider.pointer;
    if (pointer.form == PointerForm::symlink) {
        return read_link(provider, policy);
    }
    const auto text = read_file_safely(pointer.path, max_pointer_bytes, policy);
    if (!text) {
        return fail(text.error());
    }
    return pointer.form == PointerForm::file ? read_file(provider, *text, policy)
                                             : read_value(provider, *text);
}

FileResult<std::string> keep_pointer_to(SnapshotStore& snapshots,
                                        const ProviderRule& provider,
                                        const CandidateRule& candidate,
                                        const std::string& before) {
    const Pointer& pointer = provider.pointer;
    switch (pointer.form) {
        case PointerForm::symlink: {
            auto checked = check_target(pointer.path, candidate.points_to, snapshots.policy());
            return checked ? snapshots.keep_text(candidate.points_to, before, true)
                           : fail(checked.error());
        }
        case PointerForm::file:
            return snapshots.keep_as(candidate.points_to, before);
        case PointerForm::env:
        case PointerForm::toml:
        case PointerForm::json:
            break;
    }
    return keep_changed_key(snapshots, pointer, candidate.points_to, before);
}

}  // namespace primum::remedy
