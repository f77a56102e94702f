// SPDX-License-Identifier: MIT
#include "monit.hpp"

#include "ctl/monit_import.hpp"
#include "rules/loader.hpp"
#include "rules/rule_tree.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace primum::fuzz {

void take_monit(std::span<const std::uint8_t> bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const auto tokens = ctl::monit_tokens(text, "f");
    PRIMUM_CHECK(tokens.size() <= text.size());
    const ctl::MonitRules rules = ctl::translate_monit(ctl::read_monit(tokens));
    PRIMUM_CHECK(rules.left.size() <= 4 * tokens.size() + 4);
    for (const ctl::MonitLeft& left : rules.left) {
        PRIMUM_CHECK(left.at.line >= 1 && left.at.line <= lines);
        PRIMUM_CHECK(!left.why.empty());
    }
    const std::string toml = rules::toml_text(rules.document);
    if (toml.size() > rules::max_file_bytes) {
        return;
    }
    const auto load = rules::compile_rules({{"imported", toml}}, {});
    PRIMUM_CHECK(load.rules != nullptr);
    for (const TargetRule& target : load.rules->targets) {
        PRIMUM_CHECK(target.mode != Mode::enforce);
    }
}

}  // namespace primum::fuzz
