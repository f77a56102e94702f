// SPDX-License-Identifier: MIT
#include "ctl/drill_fallback.hpp"

#include "ctl/counted.hpp"
#include "rules/protected.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace primum::ctl {
namespace {

using remedy::FileError;
using remedy::FileResult;
using remedy::FileTree;
using remedy::TreeEntry;

constexpr std::uint32_t permission_bits = 07777;

const TreeEntry* find(const std::optional<FileTree>& tree, const TreeEntry& like) {
    if (!tree) {
        return nullptr;
    }
    const auto& all = tree->entries;
    const auto found = std::find_if(all.begin(), all.end(), [&](const TreeEntry& entry) {
        return entry.name == like.name && entry.kind == like.kind;
    });
    return found == all.end() ? nullptr : &*found;
}

std::string named(const std::string& path, const TreeEntry& entry) {
    return entry.name.empty() ? path : path + "/" + entry.name;
}

// What is wrong with `now`, which replaced `before` by `good`; empty: nothing.
std::string flaw(const ReplacedFile& file,
                 const std::optional<FileTree>& good,
                 const std::optional<FileTree>& before,
                 const std::optional<FileTree>& now) {
    if (!good || !now || good->entries.size() != now->entries.size()) {
        return file.path + " has not as many files as " + file.good;
    }
    for (const TreeEntry& entry : now->entries) {
        const TreeEntry* const content = find(good, entry);
        if (content == nullptr || content->content != entry.content) {
            return named(file.path, entry) + " is not the known-good one";
        }
        const TreeEntry* const old = find(before, entry);
        const TreeEntry& like = old == nullptr ? *content : *old;
        if ((entry.mode & permission_bits) != (like.mode & permission_bits)) {
            return named(file.path, entry) + " has another mode than before";
        }
        if (old != nullptr && (entry.uid != old->uid || entry.gid != old->gid)) {
            return named(file.path, entry) + " has another owner than before";
        }
        if (old != nullptr && entry.attributes != old->attributes) {
            return named(file.path, entry) + " has other attributes than before";
        }
    }
    return {};
}

class FallbackDrill {
public:
    FallbackDrill(const DrillTools& drill, const RemedyRule& rule)
        : drill_(drill), plan_(std::get<FallbackPlan>(rule.plan)) {
        order_.action = drill.action;
        order_.rule = rule;
        FallbackPlan mapped = plan_;
        for (ReplacedFile& file : mapped.files) {
            file.path = copy_path(drill, file.path);
        }
        mapped.check.clear();  // it would see the copies; it is run by itself
        mapped.then = Then::nothing;
        order_.rule.plan = std::move(mapped);
    }

    std::vector<Proof> run() {
        if (copy()) {
            if (const auto way_back = replace()) {
                put_back(*way_back);
            }
        }
        compare_host();
        return std::move(proofs_);
    }

private:
    void add(Shown shown, const char* what, std::string detail) {
        proofs_.push_back({shown, what, std::move(detail)});
    }

    bool copy() {
        for (const ReplacedFile& file : plan_.files) {
            if (rules::is_protected_file(file.path)) {
                add(Shown::failed, "copy", file.path + " is protected: no remedy writes there");
                return false;
            }
            auto picture = copy_in(drill_, file.path);
            if (!picture) {
                proofs_.push_back(not_so("copy", picture.error()));
                return false;
            }
            host_.push_back(*picture);
            copies_.push_back(std::move(*picture));
        }
        add(Shown::proved,
            "copy",
            fmt::format("{} copied with owner, mode, attributes and times",
                        counted(plan_.files.size(), "path")));
        return true;
    }

    std::optional<remedy::WayBackRecord> replace() {
        auto way_back = apply();
        std::string note;
        if (!way_back && way_back.error().refusal == Refusal::not_applicable) {
            note = "; the known-good stands there already, so edited copies were replaced";
            way_back = edit_all() ? apply() : std::move(way_back);
        }
        if (!way_back) {
            proofs_.push_back(not_so("replacement", way_back.error()));
            return std::nullopt;
        }
        for (std::size_t i = 0; i < plan_.files.size(); ++i) {
            if (const std::string wrong = look(i); !wrong.empty()) {
                add(Shown::failed, "replacement", wrong);
                return std::nullopt;
            }
        }
        add(Shown::proved,
            "replacement",
            "the known-good content with the old owners, modes and attributes" + note);
        return std::move(*way_back);
    }

    FileResult<remedy::WayBackRecord> apply() {
        before_.clear();
        for (const ReplacedFile& file : plan_.files) {
            auto tree = tree_at(copy_path(drill_, file.path), policy());
            before_.push_back(tree ? std::move(*tree) : std::nullopt);
        }
        return carry_out(*remedy::make_execution(drill_.tools, order_));
    }

    bool edit_all() {
        for (std::size_t i = 0; i < plan_.files.size(); ++i) {
            const std::string copy = copy_path(drill_, plan_.files[i].path);
            const auto edited = edit_copy(copy, "edited-before");
            const auto picture = picture_of(copy, policy());
            if (!edited || !picture) {
                return false;
            }
            copies_[i] = *picture;
        }
        return true;
    }

    std::string look(std::size_t index) {
        const ReplacedFile& file = plan_.files[index];
        const auto good = tree_at(file.good, policy());
        const auto now = tree_at(copy_path(drill_, file.path), policy());
        if (!good || !now) {
            return good ? now.error().message : good.error().message;
        }
        return flaw(file, *good, before_[index], *now);
    }

    void put_back(const remedy::WayBackRecord& way_back) {
        const auto back = carry_out(*remedy::make_rollback(drill_.tools, way_back));
        if (!back) {
            proofs_.push_back(not_so("way back", back.error()));
            return;
        }
        for (std::size_t i = 0; i < plan_.files.size(); ++i) {
            const auto now = picture_of(copy_path(drill_, plan_.files[i].path), policy());
            if (!now || *now != copies_[i]) {
                add(Shown::failed,
                    "way back",
                    now ? plan_.files[i].path + " is not as it was" : now.error().message);
                return;
            }
        }
        add(Shown::proved, "way back", "every copy is as it was, byte for byte, with its times");
        const auto again = apply();
        proofs_.push_back(
            again ? prove_conflict(drill_, *again, copy_path(drill_, plan_.files.back().path))
                  : not_so("edited since", again.error()));
    }

    void compare_host() {
        for (std::size_t i = 0; i < host_.size(); ++i) {
            const auto now = picture_of(plan_.files[i].path, policy());
            if (!now || *now != host_[i]) {
                add(Shown::failed,
                    "host",
                    plan_.files[i].path + " was changed while it was drilled, by somebody else");
                return;
            }
        }
        if (!host_.empty()) {
            add(Shown::proved, "host", "its own files are as they were");
        }
    }

    [[nodiscard]] const remedy::PathPolicy& policy() const {
        return drill_.tools.snapshots.policy();
    }

    const DrillTools& drill_;
    FallbackPlan plan_;
    remedy::Order order_;
    std::vector<std::string> host_;    // pictures of the host's own
    std::vector<std::string> copies_;  // and of the copies before the remedy
    std::vector<std::optional<FileTree>> before_;
    std::vector<Proof> proofs_;
};

Proof prove_state(const DrillTools& drill, const std::string& path) {
    const std::string what = "state " + path;
    remedy::SnapshotStore& snapshots = drill.tools.snapshots;
    const auto id = snapshots.keep(path);
    if (!id) {
        return not_so(what, id.error());
    }
    if (id->empty()) {
        return {Shown::not_proved, what, "nothing stands there now"};
    }
    const auto shown = snapshots.lay_out(*id, drill.action + "-state");
    if (!shown) {
        return not_so(what, shown.error());
    }
    const auto again = tree_at(*shown, snapshots.policy());
    if (!again || !again->has_value()) {
        return again ? Proof{Shown::failed, what, "the copy is empty"}
                     : not_so(what, again.error());
    }
    const bool same = remedy::id_of(**again) == *id;
    std::uint64_t bytes = 0;
    for (const TreeEntry& entry : (*again)->entries) {
        bytes += entry.size;
    }
    snapshots.clear_laid_out(drill.action + "-state");
    return {same ? Shown::proved : Shown::failed,
            what,
            fmt::format("{} bytes in {} kept and {}",
                        bytes,
                        (*again)->entries.size() == 1
                            ? "one entry"
                            : fmt::format("{} entries", (*again)->entries.size()),
                        same ? "laid out again, the same" : "not the same when laid out again")};
}

}  // namespace

std::vector<Proof> drill_fallback(const DrillTools& drill, const RemedyRule& rule) {
    PRIMUM_CHECK(std::holds_alternative<FallbackPlan>(rule.plan));
    return FallbackDrill{drill, rule}.run();
}

std::vector<Proof> drill_state(const DrillTools& drill, const RestartPlan& plan) {
    std::vector<Proof> proofs;
    for (const std::string& path : plan.state) {
        proofs.push_back(prove_state(drill, path));
    }
    return proofs;
}

}  // namespace primum::ctl
