// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/kinds.hpp"
#include "daemon/notice/wording.hpp"

#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace primum::notice {

// What came of one POST to Alertmanager.
struct PostEnd {
    enum class How : std::uint8_t { accepted, refused, failed };
    How how = How::failed;  // refused: for what is in it, so that a repetition will not help
    std::string detail;     // for people; why not
};

// How the program for pages ended.
struct ProgramEnd {
    enum class How : std::uint8_t { done, failed, not_run };
    How how = How::not_run;
    std::string detail;  // for people; why not, with what it printed
};

enum class Channel : std::uint8_t { alertmanager, exec, journal };
enum class Result : std::uint8_t { delivered, repeated, failed, refused, dropped };

}  // namespace primum::notice

template <>
inline constexpr std::array<std::string_view, 3> primum::enum_names<primum::notice::Channel>{
    "alertmanager", "exec", "journal"};
template <>
inline constexpr std::array<std::string_view, 5> primum::enum_names<primum::notice::Result>{
    "delivered", "repeated", "failed", "refused", "dropped"};

namespace primum::notice {

inline constexpr Duration durable_within = std::chrono::seconds{2};

// What the senders ask of the program. All are set; none may block. Each `done` comes once, later.
struct Ports {
    std::function<void(std::string body, std::function<void(const PostEnd&)> done)> post;
    std::function<void(std::string page, std::function<void(const ProgramEnd&)> done)> run;
    Explain explain;
    std::function<std::string(const std::string& target)> unit_of;
    std::function<void(Channel, NoticeKind, Result)> count;
    std::function<void(bool well, std::string message)> tell;  // for the journal
    std::function<void()> keep;                                // rows want to be kept
    // Whether the records and rows so far are durable. An alert waits for that, but no longer than
    // durable_within: what is told must not turn out never to have been.
    std::function<bool()> durable;
    std::uint32_t seed = 1;  // of the back-off
};

}  // namespace primum::notice
