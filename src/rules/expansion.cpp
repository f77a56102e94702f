// SPDX-License-Identifier: MIT
#include "rules/expansion.hpp"

#include "rules/nearest.hpp"
#include "rules/substitution.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

namespace primum::rules {
namespace {

// The members of the table at `key` of a file; none where there is no such table.
const std::vector<Member>& members_of(const Node& tree, std::string_view key) {
    static const std::vector<Member> none;
    const Node* table = find_table(tree, key);
    return table != nullptr ? table->members : none;
}

// nullptr: this target uses no template.
const Member* use_of_target(const Member& target) {
    return target.value.kind == Node::Kind::table ? find_member(target.value, "use") : nullptr;
}

void take_out(Node& table, std::string_view key) {
    const auto at = std::find_if(table.members.begin(),
                                 table.members.end(),
                                 [&](const Member& member) { return member.key == key; });
    if (at != table.members.end()) {
        table.members.erase(at);
    }
}

// The member `key` of `table`; a new empty table where there is none.
Node& made_table(Node& table, std::string_view key) {
    if (Member* member = find_member(table, key)) {
        return member->value;
    }
    Node one;
    one.members.push_back(Member{std::string{key}, {}, Node{}});
    merge_over(table, std::move(one));
    return find_member(table, key)->value;
}

// Lays what is of the same name in both under what is in `own`, out of `made`.
void lay_under(Node& own, Node& made) {
    for (Member& member : own.members) {
        Member* under = find_member(made, member.key);
        if (under == nullptr) {
            continue;
        }
        if (member.value.kind == Node::Kind::table && !member.value.is_inline &&
            under->value.kind == Node::Kind::table) {
            under->value.is_inline = false;
            merge_over(under->value, std::move(member.value));
            member.value = std::move(under->value);
        }
        take_out(made, member.key);
    }
}

// What a value takes of max_expanded_values.
std::size_t weight_of(const Node& value) {
    constexpr std::size_t bytes_of_one = 64;
    std::size_t weight = value.text.size() / bytes_of_one;
    for (const Node& item : value.items) {
        weight += 1 + item.text.size() / bytes_of_one;
    }
    return weight;
}

}  // namespace

// One template at work for one target.
struct Expansion::Use {
    const Template& made;
    const std::string& target;
    std::string note;
    std::map<std::string, Node, std::less<>> values;  // of its parameters, and `name`
    std::map<std::uint32_t, std::uint32_t> files;     // file of the template -> of this use
    bool is_good = true;
};

std::vector<std::string> missing_templates(const std::vector<Node>& trees) {
    std::set<std::string, std::less<>> used;
    for (const Node& tree : trees) {
        for (const Member& target : members_of(tree, "target")) {
            const Member* use = use_of_target(target);
            if (use != nullptr && use->value.kind == Node::Kind::string &&
                is_name(use->value.text)) {
                used.insert(use->value.text);
            }
        }
    }
    for (const Node& tree : trees) {
        for (const Member& made : members_of(tree, "template")) {
            used.erase(made.key);
        }
    }
    return {used.begin(), used.end()};
}

void Expansion::run() {
    read_templates();
    for (Node& tree : trees_) {
        if (Node* targets = find_table(tree, "target")) {
            auto& members = targets->members;
            members.erase(std::remove_if(members.begin(),
                                         members.end(),
                                         [&](Member& target) {
                                             return use_of_target(target) != nullptr &&
                                                    !expand(target);
                                         }),
                          members.end());
        }
    }
    lay_under_own();
}

void Expansion::read_templates() {
    for (const Node& tree : trees_) {
        Section top{tree, Place{tree.at.file, 1, 1}, {}, errors_};
        auto table = top.table("template");
        if (!table) {
            continue;
        }
        refuse_company(top, tree);
        for (const Member& member : table->members()) {
            if (!is_name(member.key)) {
                table->fail_key(member, "a template's name is letters, digits, '_', '-', '.', '@'");
                continue;
            }
            auto section = table->table_of(member);
            if (!section) {
                continue;
            }
            Template made = read_template(member.key, *section);
            const auto [place, fresh] = templates_.emplace(member.key, std::move(made));
            if (!fresh) {
                const Place first = place->second.at;
                table->fail_key(member,
                                fmt::format("template {} stands in {}:{} already",
                                            member.key,
                                            errors_.file(first.file),
                                            first.line));
            }
        }
    }
}

void Expansion::refuse_company(Section& top, const Node& tree) {
    for (const char* other : {"source", "provider", "target"}) {
        if (const Member* member = find_member(tree, other)) {
            top.fail_key(*member, "a file that has templates has nothing else");
        }
    }
}

const Template* Expansion::template_of(Section& section, const Member& use) {
    const std::string* name = section.string_of(use);
    if (name == nullptr) {
        return nullptr;
    }
    const auto found = templates_.find(*name);
    if (found != templates_.end()) {
        // A template with mistakes of its own has been spoken of already.
        return found->second.is_good ? &found->second : nullptr;
    }
    std::vector<std::string_view> known(search_.available.begin(), search_.available.end());
    for (const auto& [each, made] : templates_) {
        known.push_back(each);
    }
    section.fail_at(use,
                    fmt::format("there is no template \"{}\"{}{}",
                                name->substr(0, 64),
                                search_.directories.empty() ? "" : "; looked for in ",
                                fmt::join(search_.directories, ", ")),
                    nearest(*name, known));
    return nullptr;
}

std::optional<Expansion::Use> Expansion::use_of(const Template& made,
                                                Section& section,
                                                const std::string& target) {
    const Place at = section.find("use")->value.at;
    Use use{made, target, {}, {}, {}};
    use.note = fmt::format("template {}, used by target {} at {}:{}",
                           made.name,
                           target,
                           errors_.file(at.file),
                           at.line);
    Node name;
    name.kind = Node::Kind::string;
    name.text = target;
    name.at = section.at();
    use.values.emplace("name", std::move(name));
    std::optional<Section> with;
    if (const Member* member = section.find("with")) {
        with = section.table_of(*member);
        use.is_good = with.has_value();
    }
    for (const Parameter& parameter : made.parameters) {
        if (const Member* given = with ? with->find(parameter.name) : nullptr) {
            take_given(parameter, *given, *with, use);
        } else if (parameter.standard) {
            take_standard(parameter, use);
        } else if (!parameter.optional && use.is_good) {
            section.fail_at(*section.find("use"),
                            fmt::format("template {} needs with = {{ {} = ... }} ({})",
                                        made.name,
                                        parameter.name,
                                        parameter.describe));
            use.is_good = false;
        }
    }
    const std::size_t before = errors_.size();
    if (with) {
        with->refuse_unknown_keys();
    }
    use.is_good = use.is_good && errors_.size() == before;
    return use.is_good ? std::optional{std::move(use)} : std::nullopt;
}

void Expansion::take_given(const Parameter& parameter,
                           const Member& given,
                           Section& with,
                           Use& use) {
    if (const std::string why = mistake_in_value(parameter.type, given.value); !why.empty()) {
        with.fail_at(given, fmt::format("{} ({})", why, parameter.describe));
        use.is_good = false;
    }
    use.values.emplace(parameter.name, given.value);
}

void Expansion::take_standard(const Parameter& parameter, Use& use) {
    auto value = copied(*parameter.standard, use);
    if (!value) {
        return;
    }
    if (const std::string why = mistake_in_value(parameter.type, *value); !why.empty()) {
        errors_.add(value->at, parameter.name, why);
        use.is_good = false;
    }
    use.values.emplace(parameter.name, *std::move(value));
}

bool Expansion::expand(Member& target) {
    Section section{target.value, target.at, "target." + target.key, errors_};
    const Member* named = section.find("use");
    const Template* made = template_of(section, *named);
    auto use = made != nullptr ? use_of(*made, section, target.key) : std::nullopt;
    if (!use) {
        incomplete_ = true;
        return false;
    }
    auto whole = copied(*made->target, *use);
    add_named("source", made->sources, *use);
    add_named("provider", made->providers, *use);
    if (!whole || !use->is_good) {
        incomplete_ = true;
        return false;
    }
    whole->is_inline = false;
    whole->at = target.value.at;
    take_out(target.value, "use");
    take_out(target.value, "with");
    merge_over(*whole, std::move(target.value));
    target.value = *std::move(whole);
    uses_.emplace(target.key, made->name);
    return true;
}

void Expansion::add_named(std::string_view what, const Node* named, Use& use) {
    if (named == nullptr) {
        return;
    }
    Node& table = made_table(made_, what);
    for (const Member& member : named->members) {
        auto value = copied(member.value, use);
        if (!value || !use.is_good) {
            continue;
        }
        const std::string key = use.target + "-" + member.key;
        if (find_member(table, key) != nullptr) {
            errors_.add(placed(member.at, use),
                        fmt::format("{}.{}", what, key),
                        "another target's template makes one of that name too; rename the target");
            use.is_good = false;
            continue;
        }
        Node one;
        one.members.push_back(Member{key, placed(member.at, use), *std::move(value)});
        merge_over(table, std::move(one));
    }
}

void Expansion::lay_under_own() {
    for (const char* what : {"source", "provider"}) {
        Node* made = find_table(made_, what);
        for (Node& tree : trees_) {
            Node* own = find_table(tree, what);
            if (made != nullptr && own != nullptr) {
                lay_under(*own, *made);
            }
        }
    }
    if (!made_.members.empty()) {
        made_.at = trees_.front().at;
        trees_.push_back(std::move(made_));
    }
}

Place Expansion::placed(Place at, Use& use) {
    const auto [found, fresh] = use.files.emplace(at.file, 0);
    if (fresh) {
        found->second = errors_.add_use(at.file, use.note);
    }
    return Place{found->second, at.line, at.column};
}

bool Expansion::take(std::size_t values, Place at, Use& use) {
    values_ += values;
    if (values_ <= max_expanded_values) {
        return true;
    }
    if (!std::exchange(is_full_, true)) {
        errors_.add(placed(at, use),
                    {},
                    fmt::format("the rules' templates make more than {} values together",
                                max_expanded_values));
    }
    use.is_good = false;
    return false;
}

std::optional<Node> Expansion::copied(const Node& from, Use& use) {
    if (!take(1, from.at, use)) {
        return std::nullopt;
    }
    switch (from.kind) {
        case Node::Kind::table:
            return copied_table(from, use);
        case Node::Kind::array:
            return copied_array(from, use);
        case Node::Kind::string:
            return copied_string(from, use);
        default:
            break;
    }
    Node out = from;
    out.at = placed(from.at, use);
    return out;
}

std::optional<Node> Expansion::copied_table(const Node& from, Use& use) {
    const Member* condition = find_member(from, only_with);
    if (condition != nullptr && use.values.count(condition->value.text) == 0) {
        return std::nullopt;
    }
    Node out;
    out.is_inline = from.is_inline;
    out.at = placed(from.at, use);
    out.members.reserve(from.members.size());
    for (const Member& member : from.members) {
        if (&member == condition) {
            continue;
        }
        if (auto value = copied_member(member, use)) {
            out.members.push_back(Member{member.key, placed(member.at, use), *std::move(value)});
        }
    }
    return out;
}

// What a template calls its own by their names is theirs of this use: TARGET-NAME.
std::optional<Node> Expansion::copied_member(const Member& member, Use& use) {
    auto value = copied(member.value, use);
    const Node* own = member.key == "source"     ? use.made.sources
                      : member.key == "provider" ? use.made.providers
                                                 : nullptr;
    if (value && own != nullptr && member.value.kind == Node::Kind::string &&
        find_member(*own, member.value.text) != nullptr) {
        value->text = use.target + "-" + member.value.text;
    }
    return value;
}

std::optional<Node> Expansion::copied_array(const Node& from, Use& use) {
    Node out;
    out.kind = Node::Kind::array;
    out.at = placed(from.at, use);
    for (const Node& item : from.items) {
        auto value = copied(item, use);
        if (!value) {
            continue;
        }
        if (item.kind == Node::Kind::string && value->kind == Node::Kind::array) {
            std::move(value->items.begin(), value->items.end(), std::back_inserter(out.items));
        } else {
            out.items.push_back(*std::move(value));
        }
    }
    return from.items.empty() || !out.items.empty() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<Node> Expansion::copied_string(const Node& from, Use& use) {
    Node placed_from = from;
    placed_from.at = placed(from.at, use);
    auto out = substituted(placed_from, [&](std::string_view name) -> const Node* {
        const auto found = use.values.find(name);
        return found != use.values.end() ? &found->second : nullptr;
    });
    if (!out) {
        errors_.add(placed_from.at, {}, out.error());
        use.is_good = false;
        return std::nullopt;
    }
    return take(weight_of(*out), from.at, use) ? std::optional{*std::move(out)} : std::nullopt;
}

}  // namespace primum::rules
