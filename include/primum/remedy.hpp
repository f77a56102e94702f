// SPDX-License-Identifier: MIT
#pragma once

#include <primum/names.hpp>
#include <primum/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What can be done about an illness, with every parameter; as the rules say it and as the actuator
// carries it out.
namespace primum {

enum class RemedyKind : std::uint8_t {
    reload,
    signal,
    reset_failed,
    http,
    dbus_call,
    exec,
    failover,
    restart,
    config_fallback
};
template <>
inline constexpr std::array<std::string_view, 9> enum_names<RemedyKind>{"reload",
                                                                        "signal",
                                                                        "reset_failed",
                                                                        "http",
                                                                        "dbus_call",
                                                                        "exec",
                                                                        "failover",
                                                                        "restart",
                                                                        "config_fallback"};

// How a remedy can be undone, which decides when it is: `call` after `worse`; `files` (pointers
// too) also after `unchanged`.
enum class WayBack : std::uint8_t { none, by_hand, call, files };
template <>
inline constexpr std::array<std::string_view, 4> enum_names<WayBack>{
    "none", "by_hand", "call", "files"};

// A stored way back is good for so long; later a rollback is refused as `expired`.
inline constexpr Duration way_back_kept{std::chrono::hours{24 * 30}};

// A program by its absolute path, then its arguments. Never a shell.
using Argv = std::vector<std::string>;

// What happens to the unit after its files or its pointer were changed.
enum class Then : std::uint8_t { nothing, reload, restart };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Then>{"nothing", "reload", "restart"};

// Which processes of the unit get a signal, in the words of systemd's KillUnit.
enum class Whom : std::uint8_t { main, control, all };
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Whom>{"main", "control", "all"};

struct SignalPlan {
    std::string signal = "SIGHUP";
    Whom whom = Whom::main;
};

// One bounded request, made by curl in a transient unit. An answer of 2xx is a success; redirects
// are not followed.
struct HttpCall {
    std::string method = "POST";
    std::string url;
    std::string body;
    std::string content_type = "application/json";  // of a body
};

struct HttpPlan {
    HttpCall call;
    std::optional<HttpCall> undo;
};

// One method call on the system bus. A text is `s`, a whole number `x`, a number with a point `d`,
// a truth value `b`, unless `signature` gives each argument's basic type.
using DbusArgument = std::variant<std::string, std::int64_t, double, bool>;

struct DbusCall {
    std::string destination;
    std::string path;
    std::string interface;
    std::string member;
    std::string signature;  // as many basic types as there are arguments
    std::vector<DbusArgument> arguments;
};

struct DbusPlan {
    DbusCall call;
    std::optional<DbusCall> undo;
};

// A program in a transient unit of its own: no new privileges, the file system read-only but for
// /tmp (its own) and `writes`.
struct ExecPlan {
    Argv run;
    Argv undo;                             // empty: irreversible
    std::string user;                      // empty: the target unit's own User=
    std::vector<std::string> writes;       // absolute paths it may write beneath
    std::uint64_t memory = 256ULL << 20U;  // bytes
    std::uint32_t tasks = 64;
};

struct FailoverPlan {
    std::string provider;
    Then then = Then::reload;
};

// Hooks run as the target unit's own User=.
struct RestartPlan {
    Argv save;                       // before; when it fails nothing is restarted
    std::vector<std::string> state;  // absolute paths kept in a snapshot before the restart
    Argv restore;                    // after
    Duration hook_timeout{std::chrono::seconds{30}};  // of each hook
};

// `path`, a file or a directory, is replaced by what stands in `good`.
struct ReplacedFile {
    std::string path;
    std::string good;
};

struct FallbackPlan {
    std::vector<ReplacedFile> files;
    Argv check;  // run first, with each `good` seen at its `path`; when it fails nothing is changed
    Then then = Then::restart;
};

using RemedyPlan = std::variant<std::monostate,
                                SignalPlan,
                                HttpPlan,
                                DbusPlan,
                                ExecPlan,
                                FailoverPlan,
                                RestartPlan,
                                FallbackPlan>;

// One thing that can be done at a rung.
struct RemedyRule {
    RemedyKind kind = RemedyKind::restart;
    WayBack way_back = WayBack::none;
    Duration timeout{std::chrono::seconds{90}};  // from start to the end of its job
    std::string irreversible;  // why there is no way back; empty where none is needed
    RemedyPlan plan;           // the parameters of `kind`; none for reload and reset_failed
    // SHA-256 (hex) over everything that decides what this remedy does: target, unit, level,
    // index, kind and every parameter. The actuator computes it again from its own reading.
    std::string plan_digest;
};

}  // namespace primum
