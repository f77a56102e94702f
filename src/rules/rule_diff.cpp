// SPDX-License-Identifier: MIT
#include "rules/rule_diff.hpp"

#include "rules/duration.hpp"
#include "rules/rule_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace primum::rules {
namespace {

// What more of a key's value comes to.
struct Leaning {
    std::string_view key;
    Tendency more;
    std::string_view if_more;
    std::string_view if_less;
};

constexpr std::array<Leaning, 23> leanings{{
    {"mode", Tendency::acts_more, "acts more", "acts less"},
    {"enforce_up_to", Tendency::acts_more, "acts more", "acts less"},
    {"enforce_share", Tendency::acts_more, "acts on more hosts", "acts on fewer hosts"},
    {"actions", Tendency::acts_more, "may act more often", "may act less often"},
    {"per", Tendency::acts_less, "may act less often", "may act more often"},
    {"attempts", Tendency::acts_more, "tries more often", "tries less often"},
    {"when", Tendency::acts_less, "acts on worse illness only", "acts on milder illness too"},
    {"indicators", Tendency::acts_less, "more must agree", "fewer must agree"},
    {"for", Tendency::acts_less, "acts later", "acts sooner"},
    {"initial", Tendency::acts_less, "waits longer between actions", "acts again sooner"},
    {"factor", Tendency::acts_less, "waits longer between actions", "acts again sooner"},
    {"max", Tendency::acts_less, "waits longer between actions", "acts again sooner"},
    {"max_blast_radius", Tendency::acts_more, "may take more units along", "takes fewer along"},
    {"max_wait", Tendency::none, "waits longer before it gives up", "gives up sooner"},
    {"above", Tendency::acts_less, "ill later", "ill sooner"},
    {"below", Tendency::acts_more, "ill sooner", "ill later"},
    {"above_baseline", Tendency::acts_less, "ill later", "ill sooner"},
    {"below_baseline", Tendency::acts_less, "ill later", "ill sooner"},
    {"by_at_least", Tendency::acts_less, "ill later", "ill sooner"},
    {"interval", Tendency::none, "looks less often", "looks more often"},
    {"settle", Tendency::none, "judges later", "judges sooner"},
    {"verify", Tendency::none, "judges later", "judges sooner"},
    {"soak", Tendency::none, "counts as well later", "counts as well sooner"},
}};

// A number by which two values of one key can be compared; nothing where there is none.
std::optional<double> size_of(std::string_view key, const Node& value) {
    if (value.kind == Node::Kind::integer) {
        return static_cast<double>(value.integer);
    }
    if (value.kind == Node::Kind::number) {
        return value.number;
    }
    if (value.kind != Node::Kind::string) {
        return std::nullopt;
    }
    if (key == "mode") {
        const auto mode = from_name<Mode>(value.text);
        return mode ? std::optional{static_cast<double>(*mode)} : std::nullopt;
    }
    if (key == "enforce_up_to") {
        const auto level = from_name<Level>(value.text);
        return level ? std::optional{static_cast<double>(*level)} : std::nullopt;
    }
    if (key == "when") {
        const auto severity = from_name<Severity>(value.text);
        return severity ? std::optional{static_cast<double>(*severity)} : std::nullopt;
    }
    const auto span = parse_duration(value.text);
    return span ? std::optional{static_cast<double>(span->count())} : std::nullopt;
}

Tendency opposite(Tendency tendency) {
    switch (tendency) {
        case Tendency::none:
            break;
        case Tendency::acts_more:
            return Tendency::acts_less;
        case Tendency::acts_less:
            return Tendency::acts_more;
    }
    return Tendency::none;
}

void explain(Change& change, std::string_view key, const Node& before, const Node& after) {
    const auto leaning = std::find_if(
        leanings.begin(), leanings.end(), [key](const Leaning& each) { return each.key == key; });
    const auto was = size_of(key, before);
    const auto is = size_of(key, after);
    if (leaning != leanings.end() && was && is && *was != *is) {
        const bool more = *is > *was;
        change.tendency = more ? leaning->more : opposite(leaning->more);
        change.meaning = more ? leaning->if_more : leaning->if_less;
    } else if (key == "remedy") {
        change.meaning = "does something else";
    } else if (key == "unit") {
        change.meaning = "acts on another unit";
    }
}

class Comparison {
public:
    // `depth` counts the tables above: named things stand at 2.
    void tables(const Node& before, const Node& after, const std::string& path, int depth) {
        for (const Member& member : before.members) {
            const Member* other = in(after, member.key);
            const std::string key = below(path, member.key);
            if (other == nullptr) {
                one_sided(ChangeKind::removed, key, member, depth);
            } else if (is_table(member.value) && is_table(other->value)) {
                tables(member.value, other->value, key, depth + 1);
            } else {
                values(key, member, *other);
            }
        }
        for (const Member& member : after.members) {
            if (in(before, member.key) == nullptr) {
                one_sided(ChangeKind::added, below(path, member.key), member, depth);
            }
        }
    }

    std::vector<Change> changes;

private:
    static bool is_table(const Node& value) { return value.kind == Node::Kind::table; }

    static const Member* in(const Node& table, std::string_view key) {
        const auto found = std::find_if(table.members.begin(),
                                        table.members.end(),
                                        [key](const Member& each) { return each.key == key; });
        return found == table.members.end() ? nullptr : &*found;
    }

    static std::string below(const std::string& path, const std::string& key) {
        return path.empty() ? key : fmt::format("{}.{}", path, key);
    }

    void values(const std::string& key, const Member& before, const Member& after) {
        Change change{
            ChangeKind::changed, key, value_text(before.value), value_text(after.value), {}, {}};
        if (change.before != change.after) {
            explain(change, before.key, before.value, after.value);
            changes.push_back(std::move(change));
        }
    }

    // The whole table "source" is no thing, nor is a ladder: what is in it is told one by one.
    void one_sided(ChangeKind kind, const std::string& key, const Member& member, int depth) {
        if (depth == 0 || (depth == 2 && member.key == "ladder")) {
            for (const Member& each : member.value.members) {
                one_sided(kind, below(key, each.key), each, depth + 1);
            }
            return;
        }
        Change change{kind, key, {}, {}, {}, {}};
        const bool added = kind == ChangeKind::added;
        if (!is_table(member.value) || member.value.is_inline) {
            (added ? change.after : change.before) = value_text(member.value);
        }
        const bool level = key.find(".ladder.") != std::string::npos && is_table(member.value);
        if (key.starts_with("target.") && (depth == 1 || level)) {
            change.tendency = added ? Tendency::acts_more : Tendency::acts_less;
            change.meaning = depth == 1 ? (added ? "one more that is looked after"
                                                 : "nothing looks after it any more")
                                        : (added ? "one more step" : "one step less");
        } else if (member.key == "budget") {
            change.tendency = added ? Tendency::acts_less : Tendency::acts_more;
            change.meaning = added ? "may act less often" : "may act more often";
        }
        changes.push_back(std::move(change));
    }
};

// Levels with remedies whose digest is another one: promotions to them do not hold.
void tell_levels(const TargetRule& before, const TargetRule& after, std::vector<Change>& changes) {
    for (std::size_t i = 0; i < level_count; ++i) {
        const bool acts =
            !before.rungs.at(i).remedies.empty() || !after.rungs.at(i).remedies.empty();
        const std::string& was = before.level_digests.at(i);
        const std::string& is = after.level_digests.at(i);
        if (!acts || was == is) {
            continue;
        }
        const auto level = name_of(static_cast<Level>(i));
        changes.push_back(Change{ChangeKind::changed,
                                 fmt::format("target.{}.ladder.{}", after.name, level),
                                 {},
                                 {},
                                 Tendency::none,
                                 fmt::format("when or how it acts has changed: what {} was "
                                             "promoted on falls",
                                             level)});
    }
}

}  // namespace

std::vector<Change> diff_rules(const RuleSet& before, const RuleSet& after) {
    Comparison comparison;
    comparison.tables(rule_tree(before), rule_tree(after), "", 0);
    for (const TargetRule& target : before.targets) {
        const auto other = std::find_if(
            after.targets.begin(), after.targets.end(), [&target](const TargetRule& each) {
                return each.name == target.name;
            });
        if (other != after.targets.end()) {
            tell_levels(target, *other, comparison.changes);
        }
    }
    return std::move(comparison.changes);
}

}  // namespace primum::rules
