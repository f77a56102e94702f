// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// The actuator protocol, version 1: frames of a 4-byte big-endian length and that many bytes of
// one JSON object, in both directions. Requests carry "op", replies "re".
namespace primum::remedy {

inline constexpr std::size_t max_frame_bytes = 64 * std::size_t{1024};

// Why bytes are not what the protocol allows. After one from FrameReader the connection is of no
// more use.
struct WireError {
    std::string message;
};

template <class T>
using WireResult = Result<T, WireError>;

// Cuts a stream into frames, however it arrives. Holds at most one unfinished frame and what was
// fed at once.
class FrameReader {
public:
    void feed(std::string_view bytes);
    // The next whole frame's body, nothing while none is whole, or why the stream is broken: a
    // frame that is empty or over max_frame_bytes. Broken it stays.
    [[nodiscard]] WireResult<std::optional<std::string>> next();
    // Whether a frame has begun and not ended.
    [[nodiscard]] bool inside_frame() const { return buffer_.size() > start_; }

private:
    std::string buffer_;
    std::size_t start_ = 0;
    bool broken_ = false;
};

// A body with its length in front. The body must not be empty nor over max_frame_bytes.
[[nodiscard]] std::string frame(std::string_view body);

// Could it be done? Answered by one PreflightReply with the same ticket.
struct PreflightRequest {
    std::uint64_t ticket = 0;
    std::string target;
    Level level = Level::retry;
    std::uint32_t index = 0;
    std::string candidate;  // of a failover; else empty
    std::string plan_digest;
    bool dry_run = false;  // asked for a level that is not enforced
    std::uint32_t operator_uid = UINT32_MAX;
    bool operator==(const PreflightRequest&) const = default;
};

// Do it, at most once for this action id. Answered by ActionReply `started` and then, when it has
// ended, `finished`; by `finished` alone when it is refused.
struct ExecuteRequest {
    std::string action;
    std::string target;
    Level level = Level::retry;
    std::uint32_t index = 0;
    std::string candidate;
    std::string plan_digest;
    Instant not_after;
    std::uint32_t operator_uid = UINT32_MAX;
    bool operator==(const ExecuteRequest&) const = default;
};

// Take the stored way back. Answered by ActionReply rolled_back or rollback_failed.
struct RollbackRequest {
    std::string action;
    bool operator==(const RollbackRequest&) const = default;
};

// What became of it? Answered by ActionReply `settled`; while it runs, `finished` follows later on
// this connection. An id that was never seen is made unusable first.
struct SettleRequest {
    std::string action;
    bool operator==(const SettleRequest&) const = default;
};

// Look at the target's unit now. Answered by EvidenceReply.
struct EvidenceRequest {
    std::string target;
    bool operator==(const EvidenceRequest&) const = default;
};
// Run the plugin of a source. Answered by one ProbeReply that names it.
struct ProbeRequest {
    std::string source;
    bool operator==(const ProbeRequest&) const = default;
};

// What does the provider's pointer name? Answered by a ProviderEvent.
struct PointerRequest {
    std::string provider;
    bool operator==(const PointerRequest&) const = default;
};

// Of a notice, as JSON.
inline constexpr std::size_t max_notice_bytes = 8'192;

// Run the program that the settings name for pages, with the notice as its input. Answered by one
// NotifyReply with the same ticket.
struct NotifyRequest {
    std::uint64_t ticket = 0;
    std::string notice;
    bool operator==(const NotifyRequest&) const = default;
};

using Request = std::variant<PreflightRequest,
                             ExecuteRequest,
                             RollbackRequest,
                             SettleRequest,
                             EvidenceRequest,
                             ProbeRequest,
                             PointerRequest,
                             NotifyRequest>;

// The request could not be served at all.
struct ErrorReply {
    Refusal code = Refusal::bad_request;
    std::string detail;
    bool operator==(const ErrorReply&) const = default;
};

// The evidence that was taken: its id, and the file that root can read.
struct EvidenceReply {
    std::string target;
    std::string id;
    std::string path;
    std::uint64_t bytes = 0;
    std::string detail;  // what could not be had in time
    bool operator==(const EvidenceReply&) const = default;
};

// Of what a plugin prints, the first half of this and the last are kept.
inline constexpr std::size_t max_probe_output_bytes = 8'192;

// How the plugin of a source ended.
struct ProbeReply {
    std::string source;
    Refusal code = Refusal::none;  // else it was not run
    bool timed_out = false;
    std::int32_t exit_code = -1;  // -1: ended by a signal, at the timeout, or not run
    std::string output;
    bool cut = false;  // it printed more than that
    std::string detail;
    bool operator==(const ProbeReply&) const = default;
};

// Of what the program for pages prints, the first half of this and the last are kept.
inline constexpr std::size_t max_notify_output_bytes = 1'024;

// How the program for pages ended.
struct NotifyReply {
    std::uint64_t ticket = 0;
    Refusal code = Refusal::none;  // else it was not run
    bool timed_out = false;
    std::int32_t exit_code = -1;  // -1: ended by a signal, at the timeout, or not run
    std::string output;
    std::string detail;
    bool operator==(const NotifyReply&) const = default;
};

// PreflightEvent, ActionEvent and ProviderEvent are the replies as the core takes them.
using Reply = std::variant<PreflightEvent,
                           ActionEvent,
                           ProviderEvent,
                           EvidenceReply,
                           ProbeReply,
                           NotifyReply,
                           ErrorReply>;

// A whole frame. Text that would not fit is cut short (details, blast radius), never the frame.
[[nodiscard]] std::string encode(const Request& request);
[[nodiscard]] std::string encode(const Reply& reply);

// The body of one frame. Unknown members are ignored; a missing or ill-typed one is an error that
// names it.
[[nodiscard]] WireResult<Request> decode_request(std::string_view body);
[[nodiscard]] WireResult<Reply> decode_reply(std::string_view body);

}  // namespace primum::remedy
