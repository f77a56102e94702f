// SPDX-License-Identifier: MIT
#pragma once

#include <primum/names.hpp>
#include <primum/remedy.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Where evidence comes from, with every parameter; as the rules say it and as it is collected.
namespace primum {

enum class SourceKind : std::uint8_t {
    prometheus,
    promql,
    push,
    unit,
    journal,
    pressure,
    cgroup,
    file,
    tcp,
    http,
    dns,
    exec,
    alertmanager
};
template <>
inline constexpr std::array<std::string_view, 13> enum_names<SourceKind>{"prometheus",
                                                                         "promql",
                                                                         "push",
                                                                         "unit",
                                                                         "journal",
                                                                         "pressure",
                                                                         "cgroup",
                                                                         "file",
                                                                         "tcp",
                                                                         "http",
                                                                         "dns",
                                                                         "exec",
                                                                         "alertmanager"};

// Tries within one interval before the source counts as failed.
struct Retries {
    std::uint32_t attempts = 1;
    Duration backoff{250'000};
    Duration max{2'000'000};
    bool operator==(const Retries&) const = default;
};

// How an HTTP server is reached and what it may answer with. Secrets are read from their files at
// each request, so that they can be renewed.
struct HttpAccess {
    std::string unix_socket;                     // path; empty: TCP
    std::uint32_t redirects = 0;                 // followed at most; none from https to http
    std::uint32_t max_bytes = 16 * 1024 * 1024;  // of an answer, unpacked
    std::string ca_file;                         // empty: those of the host
    std::string cert_file;                       // of the client, with key_file
    std::string key_file;
    std::string user;  // with password_file
    std::string password_file;
    std::string bearer_file;
};

// `automatic`: what the answer's Content-Type says, else the older one.
enum class PageFormat : std::uint8_t { automatic, prometheus, openmetrics };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<PageFormat>{
    "auto", "prometheus", "openmetrics"};

struct PrometheusPlan {
    HttpAccess access;
    PageFormat format = PageFormat::automatic;
};

// Its answer is read as series `name{labels of the answer}`.
struct PromqlQuery {
    std::string name;
    std::string text;
};

struct PromqlPlan {
    HttpAccess access;
    std::vector<PromqlQuery> queries;           // by name
    bool accept_partial = false;                // an answer with warnings counts
    Duration max_age{std::chrono::minutes{2}};  // of a sample of a plain selector
};

// Who may push, by user names or uids.
struct PushPlan {
    std::vector<std::string> users;
    std::uint32_t lines_per_second = 1'000;  // per user; then streams wait, datagrams are refused
};

// A journal field and the values of which one must be there.
struct JournalField {
    std::string field;
    std::vector<std::string> values;
};

// Entries that match every field are counted in the series `name`.
struct JournalCount {
    std::string name;
    std::vector<JournalField> match;
};

struct JournalPlan {
    std::vector<JournalCount> counts;
};

enum class PressureResource : std::uint8_t { cpu, memory, io };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<PressureResource>{
    "cpu", "memory", "io"};

// The kernel tells at once when tasks were stalled for `stall` within `window`.
struct PressureTrigger {
    PressureResource resource = PressureResource::memory;
    bool full = false;  // all tasks at once, not some
    Duration stall{0};
    Duration window{0};
};

struct PressurePlan {
    std::string unit;  // empty: the host
    std::vector<PressureTrigger> triggers;
};

struct CgroupPlan {
    std::string unit;
};

// What is read of a path: the number in it, how long ago it was changed, or what is left of the
// file system it stands on.
enum class FileLook : std::uint8_t { number, age, mount };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<FileLook>{"number", "age", "mount"};

struct FilePlan {
    std::string path;
    FileLook look = FileLook::number;
};

// What makes a verdict of several vantage points: `k` of `n` that say the same.
struct Agreement {
    std::uint32_t k = 1;
    std::uint32_t n = 1;
    bool operator==(const Agreement&) const = default;
};

// What a probe makes of no answer in time: nothing (`unknown`), or a failure.
enum class TimeoutMeans : std::uint8_t { unknown, failure };
template <>
inline constexpr std::array<std::string_view, 2> enum_names<TimeoutMeans>{"unknown", "failure"};

struct TcpPlan {
    std::vector<std::string> addresses;  // host:port
    Agreement agree;
    TimeoutMeans timeout_means = TimeoutMeans::unknown;
};

// The value at a JSON pointer (RFC 6901), as text.
struct JsonExpectation {
    std::string pointer;
    std::string equals;
};

struct HttpProbePlan {
    std::vector<std::string> urls;
    HttpAccess access;
    std::vector<std::uint32_t> statuses{200};
    std::optional<JsonExpectation> json;
    std::optional<std::string> body;  // the whole of it
    Agreement agree;
    TimeoutMeans timeout_means = TimeoutMeans::unknown;
};

enum class DnsType : std::uint8_t { a, aaaa };
template <>
inline constexpr std::array<std::string_view, 2> enum_names<DnsType>{"A", "AAAA"};

struct DnsPlan {
    std::string name;
    DnsType type = DnsType::a;
    std::vector<std::string> servers;  // address or address:port
    std::vector<std::string> expect;   // addresses, one of which must be there; empty: any
    Agreement agree;
    TimeoutMeans timeout_means = TimeoutMeans::unknown;
};

// A monitoring plugin: exit code 0 ok, 1 warning, 2 critical, 3 unknown; numbers after '|'.
struct ExecProbePlan {
    Argv run;
    std::uint64_t memory = 64ULL * 1024 * 1024;  // bytes
    std::uint32_t tasks = 16;
    TimeoutMeans timeout_means = TimeoutMeans::unknown;
};

struct AlertmanagerPlan {
    std::string token_file;  // holds the bearer token that the sender must show
};

using SourcePlan = std::variant<std::monostate,
                                PrometheusPlan,
                                PromqlPlan,
                                PushPlan,
                                JournalPlan,
                                PressurePlan,
                                CgroupPlan,
                                FilePlan,
                                TcpPlan,
                                HttpProbePlan,
                                DnsPlan,
                                ExecProbePlan,
                                AlertmanagerPlan>;

struct SourceRule {
    std::string name;
    SourceKind kind = SourceKind::prometheus;
    std::string url;  // of prometheus and promql
    Duration interval{std::chrono::seconds{15}};
    Duration timeout{std::chrono::seconds{5}};
    Retries retries;
    std::uint32_t max_series = 10'000;
    std::string digest;  // SHA-256 (hex) of this source's meaning; equal means unchanged
    SourcePlan plan;     // not for decisions: only collecting reads it
};

// What a source did since it was made. Counts only grow.
struct SourceStats {
    std::uint64_t collections = 0;  // that ended, well or not
    std::uint64_t failures = 0;
    std::uint64_t retries = 0;
    std::uint64_t samples = 0;    // taken
    std::uint64_t refused = 0;    // series or lines over a bound, or not allowed
    std::uint64_t partial = 0;    // answers that said they were not whole
    std::uint64_t bytes = 0;      // read
    std::uint32_t series = 0;     // held now
    Duration took{0};             // the last collection
    Duration late{0};             // how much after its due time the last one began
    Duration latest{0};           // the most of that
    std::optional<Instant> last;  // end of the last good collection
    std::optional<Instant> next;  // when the next one is due; push and the like have none
    SourceFailure failure = SourceFailure::none;  // of the last collection that failed
    std::string failure_detail;                   // of that
    std::optional<Instant> failed;                // end of that
    std::optional<Instant> failing_since;         // no good collection since then
    std::string note;  // for people: how it is read, what the other end warned of
};

// A source's name with its figures.
using SourceFigures = std::vector<std::pair<std::string, SourceStats>>;

}  // namespace primum
