// SPDX-License-Identifier: MIT
#pragma once

#include "../unit/ledger/ledger_fixture.hpp"
#include "ledger/store.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <string>

namespace primum::ledger {

inline std::string text_of(const Stamp& at) {
    return fmt::format("{}/{}", to_us(at.t), to_us(at.wall));
}

inline std::string text_of(const RestoredAction& a) {
    return fmt::format("action {} {} {} {} {} {} {} {}\n",
                       a.action.sequence,
                       a.action.id,
                       a.action.incident,
                       text_of(a.action.intended),
                       name_of(a.state),
                       name_of(a.result),
                       name_of(a.outcome),
                       text_of(a.ended.at));
}

// All that a ledger says, as text: two ledgers with the same text hold the same.
inline std::string dump(Store& store) {
    std::string text;
    const auto incidents = store.incidents({1'000, 0});
    if (!incidents) {
        return "incidents: " + incidents.error().message;
    }
    for (const RestoredIncident& item : *incidents) {
        const IncidentRecord& i = item.incident;
        text += fmt::format("incident {} {} {} {} {}\n",
                            i.id,
                            i.open,
                            text_of(i.opened),
                            text_of(i.updated),
                            text_of(i.closed));
        const auto story = store.incident(i.id);
        if (!story || !*story) {
            return "no story";
        }
        for (const DecisionRecord& d : (*story)->decisions) {
            text += fmt::format("decision {} {} {}\n", name_of(d.kind), d.reason, text_of(d.at));
        }
        for (const RestoredAction& a : (*story)->actions) {
            text += text_of(a);
        }
        for (const TransitionRecord& t : (*story)->transitions) {
            text += fmt::format("{} {} {}\n", t.action, name_of(t.state), text_of(t.at));
        }
    }
    const auto commands = store.operator_commands({1'000, 0});
    for (const OperatorRecord& o : commands.value()) {
        text += fmt::format("command {} {}\n", o.verb, text_of(o.at));
    }
    return text;
}

// What a start is given, as text.
inline std::string dump_restored(Store& store, Stamp now) {
    const auto state = store.restore(now, true);
    if (!state) {
        return "restore: " + state.error().message;
    }
    std::string text =
        fmt::format("next {} {} {}\n", state->next_action, state->next_incident, state->next_hold);
    for (const RestoredIncident& item : state->incidents) {
        text += fmt::format("incident {} {}\n", item.incident.id, item.incident.open);
    }
    for (const RestoredAction& item : state->actions) {
        text += text_of(item);
    }
    for (const RestoredHold& item : state->holds) {
        text += fmt::format("hold {} {}\n", item.hold.id, text_of(item.until.at));
    }
    return text;
}

// A directory in memory where there is one: what counts here is the order of operations.
class Scratch {
public:
    Scratch() {
        const std::filesystem::path memory = "/dev/shm";
        std::error_code none;
        const std::filesystem::path base = std::filesystem::is_directory(memory, none)
                                               ? memory
                                               : std::filesystem::temp_directory_path();
        std::string name = (base / "ledger-crash-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            name = (std::filesystem::temp_directory_path() / "ledger-crash-XXXXXX").string();
            PRIMUM_CHECK(mkdtemp(name.data()) != nullptr);
        }
        directory_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { std::filesystem::remove_all(directory_); }

    // A new, empty place for a ledger.
    std::string fresh() {
        std::filesystem::remove_all(directory_ / "run");
        std::filesystem::create_directory(directory_ / "run");
        return directory_ / "run" / "ledger.sqlite";
    }

private:
    std::filesystem::path directory_;
};

inline StoreOptions crash_options(std::string path, std::string vfs) {
    StoreOptions options;
    options.path = std::move(path);
    options.boot_id = "boot-a";
    options.vfs = std::move(vfs);
    options.checkpoint_pages = 6;  // so that the WAL is written back many times
    options.retention.transitions = 6;
    options.retention.incidents = 2;
    return options;
}

}  // namespace primum::ledger
