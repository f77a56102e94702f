// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/kinds.hpp"

#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace primum::notice {

// Of any one text in a notice.
inline constexpr std::size_t max_text_bytes = 1'024;

// One row of the outbox as it is kept; an empty body takes it out.
struct Row {
    std::string key;
    std::string body;
    bool operator==(const Row&) const = default;
};

// Something that is so, or has been: one alert of Alertmanager. Its labels are the kind, the
// target, the unit and the incident, none of which changes while it stands.
struct Alert {
    NoticeKind kind = NoticeKind::incident;
    std::uint64_t incident = 0;  // 0: of no incident
    std::string target;          // empty: the host
    std::string unit;            // empty: it has none, or it is not known
    std::string text;            // of the page; else empty
    WallTime starts;
    WallTime ends;      // zero while it is so
    bool told = false;  // it was accepted as firing
    bool operator==(const Alert&) const = default;
};

// Something that happened: one run of the program for pages.
struct Page {
    std::uint64_t number = 0;  // in the order in which they are sent
    NoticeKind kind = NoticeKind::exhausted;
    std::uint64_t incident = 0;
    std::string target;
    std::string unit;
    Level level = Level::steady;
    std::string reason;
    std::string text;
    WallTime at;
    std::uint32_t tries = 0;    // runs that failed
    bool done = false;          // delivered, or given up
    bool only_counted = false;  // there was no program to run
    bool operator==(const Page&) const = default;
};

// What stands on every notice.
struct Origin {
    std::string host;
    std::string status_url;  // of the status page; empty: there is none
    std::string runbook;     // empty: none
};

[[nodiscard]] std::string key_of(const Alert& alert);
[[nodiscard]] std::string key_of(const Page& page);

// As kept, and read back; nothing where the row is of the other sort or not what is written here.
[[nodiscard]] Row kept(const Alert& alert);
[[nodiscard]] Row kept(const Page& page);
[[nodiscard]] std::optional<Alert> alert_of(const Row& row);
[[nodiscard]] std::optional<Page> page_of(const Row& row);

// The page as the program gets it: docs/notifications.md.
[[nodiscard]] std::string page_json(const Page& page, const Origin& origin);

// "2026-11-22T16:20:04.123Z"
[[nodiscard]] std::string rfc3339(WallTime at);
// The runbook's entry of an alert; empty where there is no runbook.
[[nodiscard]] std::string runbook_of(const Origin& origin, NoticeKind kind);

}  // namespace primum::notice
