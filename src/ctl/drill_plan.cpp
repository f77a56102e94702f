// SPDX-License-Identifier: MIT
#include "ctl/drill_plan.hpp"

#include "remedy/program.hpp"
#include "rules/protected.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <variant>

#include <pwd.h>
#include <sys/stat.h>

namespace primum::ctl {
namespace {

constexpr const char* curl = "/usr/bin/curl";
constexpr std::size_t passwd_bytes = 65'536;

bool is_user(const std::string& name) {
    passwd entry{};
    passwd* found = nullptr;
    std::string buffer(passwd_bytes, '\0');
    const bool numeric =
        std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    return numeric ||
           (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
            found != nullptr);
}

class PlanProofs {
public:
    PlanProofs(const DrillSight& sight, const std::string& action, const RemedyRule& rule)
        : sight_(sight), action_(action), rule_(rule) {}

    void operator()(const std::monostate&) {}
    void operator()(const SignalPlan&) {}
    void operator()(const FailoverPlan&) {}
    void operator()(const FallbackPlan& plan) {
        if (!plan.check.empty()) {
            program("check program", plan.check);
        }
    }
    void operator()(const RestartPlan& plan) {
        if (!plan.save.empty()) {
            program("save hook", plan.save);
        }
        if (!plan.restore.empty()) {
            program("restore hook", plan.restore);
        }
    }
    void operator()(const HttpPlan& plan) {
        program("curl", {curl});
        add(Shown::proved, "call", plan.call.method + " " + plan.call.url + " is well formed");
        undo(plan.undo.has_value() ? plan.undo->method + " " + plan.undo->url : std::string{});
    }
    void operator()(const DbusPlan& plan) {
        name(plan.call);
        if (plan.undo.has_value() && plan.undo->destination != plan.call.destination) {
            name(*plan.undo);
        }
        undo(plan.undo.has_value() ? plan.undo->interface + "." + plan.undo->member
                                   : std::string{});
    }
    void operator()(const ExecPlan& plan) {
        program("program", plan.run);
        if (!plan.undo.empty()) {
            program("undo program", plan.undo);
        }
        if (!plan.user.empty()) {
            add(is_user(plan.user) ? Shown::proved : Shown::failed,
                "user",
                plan.user + (is_user(plan.user) ? " is there" : ": there is no such user"));
        }
        for (const std::string& path : plan.writes) {
            struct stat status{};
            const bool there = ::stat(path.c_str(), &status) == 0;
            add(there ? Shown::proved : Shown::failed,
                "writes",
                path +
                    (there ? " is there" : ": nothing stands there, so it would not be started"));
        }
        undo(plan.undo.empty() ? std::string{} : plan.undo.front());
    }

    std::vector<Proof> take() { return std::move(proofs_); }

private:
    void add(Shown shown, const char* what, std::string detail) {
        proofs_.push_back({shown, what, std::move(detail)});
    }

    void program(const char* what, const Argv& run) {
        if (const auto why = remedy::program_objection(action_, run)) {
            add(Shown::failed,
                what,
                fmt::format("{}: {} ({})", run.front(), why->detail, name_of(why->refusal)));
            return;
        }
        struct stat status{};
        constexpr mode_t any_execute = S_IXUSR | S_IXGRP | S_IXOTH;
        if (::stat(run.front().c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
            (status.st_mode & any_execute) == 0) {
            add(Shown::failed, what, run.front() + " is no program");
            return;
        }
        add(Shown::proved, what, run.front() + " is there and root's alone");
    }

    void undo(const std::string& call) {
        if (!call.empty()) {
            add(Shown::proved, "way back", "the rules have an undo: " + call);
        } else if (!rule_.irreversible.empty()) {
            add(Shown::proved, "way back", "none, and the rules say why: " + rule_.irreversible);
        } else {
            add(Shown::failed, "way back", "neither an undo nor a reason why there is none");
        }
    }

    void name(const DbusCall& call) {
        constexpr const char* what = "bus name";
        if (rules::is_protected_bus_name(call.destination)) {
            add(Shown::failed, what, call.destination + " is protected: no remedy calls it");
        } else if (sight_.bus.connection() == nullptr) {
            add(Shown::not_proved, what, "no system bus here");
        } else if (is_owned(call.destination)) {
            add(Shown::proved, what, call.destination + " is on the bus");
        } else if (is_activatable(call.destination)) {
            add(Shown::proved, what, call.destination + " is started by the bus when it is called");
        } else {
            add(Shown::not_proved, what, "nobody has the name " + call.destination + " now");
        }
    }

    [[nodiscard]] static systemd::CallTarget bus_method(const char* member) {
        return {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", member};
    }

    bool is_owned(const std::string& name) {
        std::optional<bool> owned;
        sight_.bus.call(
            bus_method("NameHasOwner"),
            [&](sdbus::MethodReply* reply, const sdbus::Error*) {
                bool answer = false;
                if (reply != nullptr) {
                    *reply >> answer;
                }
                owned = answer;
            },
            name);
        await(sight_.loop, never_, [&] { return owned.has_value(); });
        return owned.value_or(false);
    }

    bool is_activatable(const std::string& name) {
        std::optional<std::vector<std::string>> names;
        sight_.bus.call(bus_method("ListActivatableNames"),
                        [&](sdbus::MethodReply* reply, const sdbus::Error*) {
                            std::vector<std::string> answer;
                            if (reply != nullptr) {
                                *reply >> answer;
                            }
                            names = std::move(answer);
                        });
        await(sight_.loop, never_, [&] { return names.has_value(); });
        return names && std::find(names->begin(), names->end(), name) != names->end();
    }

    const DrillSight& sight_;
    const std::string& action_;
    const RemedyRule& rule_;
    const bool never_ = false;  // the answer comes within ten seconds; it writes to what is here
    std::vector<Proof> proofs_;
};

}  // namespace

std::vector<Proof> prove_plan(const DrillSight& sight,
                              const std::string& action,
                              const RemedyRule& rule) {
    PlanProofs proofs{sight, action, rule};
    std::visit(proofs, rule.plan);
    return proofs.take();
}

}  // namespace primum::ctl
