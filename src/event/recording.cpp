// SPDX-License-Identifier: MIT
#include "event/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include <sys/stat.h>

namespace primum::event {
namespace {

constexpr std::string_view prefix = "recording-";
constexpr std::string_view suffix = ".jsonl.zst";

template <class T>
bool take_number(std::string_view text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

std::optional<Segment> segment_at(const std::filesystem::path& path) {
    const auto name = parse_segment_name(path.filename().string());
    struct stat status{};
    if (!name || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return std::nullopt;
    }
    const auto changed =
        std::chrono::duration_cast<Duration>(std::chrono::seconds{status.st_mtim.tv_sec} +
                                             std::chrono::nanoseconds{status.st_mtim.tv_nsec});
    return Segment{*name, path, static_cast<std::uint64_t>(status.st_size), WallTime{changed}};
}

}  // namespace

std::string format_segment_name(const SegmentName& name) {
    return fmt::format("{}{}-{:06}{}", prefix, to_us(name.run), name.sequence, suffix);
}

std::optional<SegmentName> parse_segment_name(std::string_view file_name) {
    if (!file_name.starts_with(prefix) || !file_name.ends_with(suffix) ||
        file_name.size() < prefix.size() + suffix.size()) {
        return std::nullopt;
    }
    file_name.remove_prefix(prefix.size());
    file_name.remove_suffix(suffix.size());
    const std::size_t dash = file_name.find('-');
    std::int64_t run = 0;
    SegmentName name;
    if (dash == std::string_view::npos || !take_number(file_name.substr(0, dash), run) ||
        !take_number(file_name.substr(dash + 1), name.sequence)) {
        return std::nullopt;
    }
    name.run = wall_from_us(run);
    return name;
}

Result<std::vector<Segment>, RecordingError> list_segments(const std::filesystem::path& directory) {
    std::vector<Segment> segments;
    std::error_code failure;
    auto entry = std::filesystem::directory_iterator{directory, failure};
    while (!failure && entry != std::filesystem::directory_iterator{}) {
        if (auto segment = segment_at(entry->path())) {
            segments.push_back(*std::move(segment));
        }
        entry.increment(failure);
    }
    if (failure && failure != std::errc::no_such_file_or_directory) {
        return fail(recording_error("cannot be listed", directory, failure.value()));
    }
    std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) {
        return a.name < b.name;
    });
    return segments;
}

std::vector<Segment> outlived(const std::vector<Segment>& oldest_first,
                              const Retention& keep,
                              WallTime now) {
    std::uint64_t size = 0;
    for (const Segment& segment : oldest_first) {
        size += segment.size_bytes;
    }
    std::vector<Segment> gone;
    for (const Segment& segment : oldest_first) {
        const bool newest_run = segment.name.run == oldest_first.back().name.run;
        const bool needed = segment.name == oldest_first.back().name;
        const bool too_old = !newest_run && now - segment.changed > keep.age;
        if (!needed && (size > keep.size_bytes || too_old)) {
            size -= segment.size_bytes;
            gone.push_back(segment);
        }
    }
    return gone;
}

RecordingError recording_error(std::string_view what,
                               const std::filesystem::path& path,
                               int number) {
    return {number,
            fmt::format("{} {}: {}", path.string(), what, std::generic_category().message(number))};
}

}  // namespace primum::event
