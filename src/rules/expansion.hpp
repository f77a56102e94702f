// SPDX-License-Identifier: MIT
#pragma once

#include "rules/error_list.hpp"
#include "rules/node.hpp"
#include "rules/template.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// From targets that use templates to targets, sources and providers as if all had been written out.
namespace primum::rules {

// The values (strings, numbers, tables ...) that the templates of one rule set may make.
inline constexpr std::size_t max_expanded_values = 200'000;

// Where templates were looked for, for what is said when one is not there.
struct TemplateSearch {
    std::vector<std::string> directories;  // empty: nowhere but in the files themselves
    std::vector<std::string> available;    // names of templates there
};

// The templates that `trees` use and do not have, each once, sorted: names that can be file names.
[[nodiscard]] std::vector<std::string> missing_templates(const std::vector<Node>& trees);

class Expansion {
public:
    // All three outlive it; `trees` are whole files.
    Expansion(std::vector<Node>& trees, const TemplateSearch& search, ErrorList& errors)
        : trees_(trees), search_(search), errors_(errors) {}

    // Reads all templates and replaces each target that uses one by what comes of it, the target's
    // own keys laid over the template's. What the template has of sources and providers is put into
    // the trees as TARGET-NAME, under what the files say of those themselves. A target whose
    // template cannot be used is taken out, with an error.
    void run();

    // target -> template, of those that were made.
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& uses() const {
        return uses_;
    }
    // A target could not be made: what is missing may have been its.
    [[nodiscard]] bool is_incomplete() const { return incomplete_; }

private:
    struct Use;

    void read_templates();
    void refuse_company(Section& top, const Node& tree);
    bool expand(Member& target);
    const Template* template_of(Section& section, const Member& use);
    std::optional<Use> use_of(const Template& made, Section& section, const std::string& target);
    void take_given(const Parameter& parameter, const Member& given, Section& with, Use& use);
    void take_standard(const Parameter& parameter, Use& use);
    bool take(std::size_t values, Place at, Use& use);
    void add_named(std::string_view what, const Node* named, Use& use);
    void lay_under_own();

    std::optional<Node> copied(const Node& from, Use& use);
    std::optional<Node> copied_table(const Node& from, Use& use);
    std::optional<Node> copied_array(const Node& from, Use& use);
    std::optional<Node> copied_string(const Node& from, Use& use);
    std::optional<Node> copied_member(const Member& member, Use& use);
    Place placed(Place at, Use& use);

    std::vector<Node>& trees_;
    const TemplateSearch& search_;
    ErrorList& errors_;
    std::map<std::string, Template, std::less<>> templates_;
    std::map<std::string, std::string, std::less<>> uses_;
    Node made_;  // the sources and providers that come of templates
    std::size_t values_ = 0;
    bool is_full_ = false;  // and that was said
    bool incomplete_ = false;
};

}  // namespace primum::rules
