// SPDX-License-Identifier: MIT
#pragma once

#include <primum/remedy.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

// How an action is undone: made before its effect, stored by the actuator, taken without rules.
namespace primum::remedy {

// One path that was changed. Ids are those of the snapshot store; empty: nothing stands there.
struct FileBack {
    std::string path;
    std::string before;  // what is put back
    std::string after;   // what the action put there; anything else by then is a conflict
    bool operator==(const FileBack&) const = default;
};

// A command that undoes.
struct ExecBack {
    Argv run;
    std::string user;  // empty: root
    std::vector<std::string> writes;
    std::uint64_t memory = 0;  // bytes
    std::uint32_t tasks = 0;
};

using CallBack = std::variant<std::monostate, ExecBack, HttpCall, DbusCall>;

struct WayBackRecord {
    std::string action;
    std::string target;
    std::string unit;
    std::vector<FileBack> files;  // in the order in which they were changed
    CallBack call;
    Then then = Then::nothing;  // after the files are back
    Duration timeout{0};        // of the whole rollback
    // Only for a person, with the unit stopped: what is newer is kept aside (state of a restart).
    bool by_hand = false;

    [[nodiscard]] bool empty() const {
        return files.empty() && std::holds_alternative<std::monostate>(call);
    }
};

// Why a stored text is no way back.
struct WayBackError {
    std::string message;
};

// As one JSON object.
[[nodiscard]] std::string write_way_back(const WayBackRecord& record);
[[nodiscard]] Result<WayBackRecord, WayBackError> read_way_back(std::string_view text);

}  // namespace primum::remedy
