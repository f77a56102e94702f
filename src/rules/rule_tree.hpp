// SPDX-License-Identifier: MIT
#pragma once

#include "rules/node.hpp"

#include <primum/rules.hpp>

#include <functional>
#include <string>

// Compiled rules as a document again: what rule files would say if they left nothing to defaults.
namespace primum::rules {

// The tables `source`, `provider` and `target` of a rule set, with every key that has a meaning
// there. Templates are gone: what they gave stands in the target. Members stand in the order in
// which people write them.
[[nodiscard]] Node rule_tree(const RuleSet& rules);

// The same of one target alone, with the sources and providers that it uses.
[[nodiscard]] Node target_tree(const RuleSet& rules, const TargetRule& target);

// One source.
[[nodiscard]] Node source_tree(const SourceRule& source);

// What stands as a comment behind the key with this dotted path (as Places has them); empty: none.
using Remark = std::function<std::string(const std::string& path)>;

// The document as TOML that compiles to the same rules.
[[nodiscard]] std::string toml_text(const Node& document, const Remark& remark = {});

// One value as TOML, on one line.
[[nodiscard]] std::string value_text(const Node& value);

// Makers of nodes.
[[nodiscard]] Node text_node(std::string text);
[[nodiscard]] Node integer_node(std::int64_t value);
// A whole number becomes an integer.
[[nodiscard]] Node number_node(double value);
[[nodiscard]] Node flag_node(bool value);
[[nodiscard]] Node span_node(Duration span);
[[nodiscard]] Node list_node(const std::vector<std::string>& texts);
// A table with a heading of its own, or (`is_inline`) written { ... }.
[[nodiscard]] Node table_node(bool is_inline);
void put(Node& table, std::string_view key, Node value);
// Puts it unless it is empty.
void put_text(Node& table, std::string_view key, const std::string& text);

}  // namespace primum::rules
