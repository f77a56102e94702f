// SPDX-License-Identifier: MIT
#include "ctl/drill_failover.hpp"

#include "remedy/pointer.hpp"
#include "rules/protected.hpp"
#include "rules/trust.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <variant>

namespace primum::ctl {
namespace {

namespace fs = std::filesystem;

using remedy::FileError;
using remedy::FileResult;

std::string to(const CandidateRule& candidate) {
    return "to " + candidate.name;
}

class FailoverDrill {
public:
    FailoverDrill(const DrillTools& drill, const RemedyRule& rule, const ProviderRule& provider)
        : drill_(drill), provider_(provider), pointer_(copy_path(drill, provider.pointer.path)) {
        order_.action = drill.action;
        order_.rule = rule;
        FailoverPlan plan = std::get<FailoverPlan>(rule.plan);
        plan.then = Then::nothing;
        order_.rule.plan = plan;
        order_.provider = provider;
        order_.provider->pointer.path = pointer_;
    }

    std::vector<Proof> run() {
        if (read() && copy()) {
            for (const CandidateRule& candidate : provider_.candidates) {
                point(candidate);
            }
            conflict();
            compare_host();
        }
        return std::move(proofs_);
    }

private:
    void add(Shown shown, std::string what, std::string detail) {
        proofs_.push_back({shown, std::move(what), std::move(detail)});
    }

    bool read() {
        const std::string& path = provider_.pointer.path;
        if (rules::is_protected_file(path)) {
            add(Shown::failed, "pointer", path + " is protected: no remedy writes there");
            return false;
        }
        const auto reading = remedy::read_pointer(provider_, policy());
        if (!reading) {
            proofs_.push_back(not_so("pointer", reading.error()));
            return false;
        }
        current_ = reading->candidate;
        add(Shown::proved,
            "pointer",
            current_.empty() ? fmt::format("{} names none of them: {}", path, reading->detail)
                             : fmt::format("{} names {}", path, current_));
        return true;
    }

    bool copy() {
        auto picture = copy_in(drill_, provider_.pointer.path);
        if (!picture) {
            proofs_.push_back(not_so("copy", picture.error()));
            return false;
        }
        original_ = std::move(*picture);
        add(Shown::proved, "copy", "copied with owner, mode, attributes and times");
        return true;
    }

    // What a relative link leads to is looked at where it is; beside the copy stands an empty file
    // in its place.
    FileResult<void> stand_in(const CandidateRule& candidate) {
        if (provider_.pointer.form != PointerForm::symlink || candidate.points_to.front() == '/') {
            return {};
        }
        const auto beside = [&](const std::string& pointer) {
            return (fs::path{pointer}.parent_path() / candidate.points_to).lexically_normal();
        };
        rules::TrustPolicy trust;
        trust.owner = policy().owner;
        trust.top = policy().top;
        if (const auto checked = rules::check_trusted(beside(provider_.pointer.path), trust);
            !checked) {
            return fail(FileError{Refusal::untrusted, rules::format_error(checked.error()), {}});
        }
        const fs::path copy = beside(pointer_);
        if (!copy.string().starts_with(drill_.directory + "/")) {
            return fail(FileError{
                Refusal::storage, candidate.points_to + " leads out of the private copy", {}});
        }
        std::error_code error;
        if (!fs::exists(fs::symlink_status(copy, error))) {
            fs::create_directories(copy.parent_path(), error);
            std::ofstream{copy};
        }
        return {};
    }

    FileResult<remedy::WayBackRecord> move_to(const CandidateRule& candidate) {
        if (auto ready = stand_in(candidate); !ready) {
            return fail(ready.error());
        }
        order_.candidate = candidate.name;
        return carry_out(*remedy::make_execution(drill_.tools, order_));
    }

    // The one that is in use is moved to from another, as a failback does.
    void point(const CandidateRule& candidate) {
        if (candidate.name != current_) {
            there_and_back(candidate, {});
            return;
        }
        for (const CandidateRule& other : provider_.candidates) {
            if (other.name == current_) {
                continue;
            }
            if (const auto away = move_to(other)) {
                there_and_back(candidate, other.name);
                static_cast<void>(carry_out(*remedy::make_rollback(drill_.tools, *away)));
                return;
            }
        }
        add(Shown::not_proved, to(candidate), "it is in use, and there is no other to come from");
    }

    void there_and_back(const CandidateRule& candidate, const std::string& from) {
        const auto before = picture_of(pointer_, policy());
        const auto way_back = move_to(candidate);
        if (!way_back || !before) {
            proofs_.push_back(not_so(to(candidate), way_back ? before.error() : way_back.error()));
            return;
        }
        const auto reading = remedy::read_pointer(*order_.provider, policy());
        const bool named = reading && reading->candidate == candidate.name;
        const auto back = carry_out(*remedy::make_rollback(drill_.tools, *way_back));
        const auto after = picture_of(pointer_, policy());
        if (!named) {
            add(Shown::failed,
                to(candidate),
                "then the pointer does not name it: " +
                    (reading ? reading->detail : reading.error().message));
        } else if (!back || !after) {
            proofs_.push_back(not_so(to(candidate), back ? after.error() : back.error()));
        } else if (*after != *before) {
            add(Shown::failed, to(candidate), "rolled back, the pointer is not as it was");
        } else {
            add(Shown::proved,
                to(candidate),
                (from.empty() ? std::string{} : "from " + from + ": ") +
                    "the pointer names it; rolled back, it is as it was, byte for byte");
        }
    }

    void conflict() {
        for (const CandidateRule& candidate : provider_.candidates) {
            if (candidate.name == current_) {
                continue;
            }
            if (const auto way_back = move_to(candidate)) {
                proofs_.push_back(prove_conflict(drill_, *way_back, pointer_));
                return;
            }
        }
    }

    void compare_host() {
        const auto now = picture_of(provider_.pointer.path, policy());
        if (now && *now == original_) {
            add(Shown::proved, "host", "its own pointer is as it was");
        } else {
            add(Shown::failed, "host", "the pointer was changed meanwhile, by somebody else");
        }
    }

    [[nodiscard]] const remedy::PathPolicy& policy() const {
        return drill_.tools.snapshots.policy();
    }

    const DrillTools& drill_;
    const ProviderRule& provider_;
    std::string pointer_;  // the copy
    remedy::Order order_;
    std::string current_;
    std::string original_;
    std::vector<Proof> proofs_;
};

}  // namespace

std::vector<Proof> drill_failover(const DrillTools& drill,
                                  const RemedyRule& rule,
                                  const ProviderRule& provider) {
    PRIMUM_CHECK(std::holds_alternative<FailoverPlan>(rule.plan));
    return FailoverDrill{drill, rule, provider}.run();
}

}  // namespace primum::ctl
