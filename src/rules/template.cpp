// SPDX-License-Identifier: MIT
#include "rules/template.hpp"

#include "rules/compilation.hpp"
#include "rules/duration.hpp"
#include "rules/nearest.hpp"
#include "rules/remedy_plan.hpp"
#include "rules/substitution.hpp"
#include "rules/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace primum::rules {
namespace {

constexpr std::size_t max_describe_bytes = 400;

bool is_parameter_name(std::string_view name) {
    constexpr std::size_t longest = 32;
    return !name.empty() && name.size() <= longest && name != "name" &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

std::string mistake_in_list(const Node& value) {
    constexpr std::size_t max_items = 64;
    if (value.kind != Node::Kind::array || value.items.size() > max_items ||
        std::any_of(value.items.begin(), value.items.end(), [](const Node& item) {
            return item.kind != Node::Kind::string || item.text.size() > max_substituted_bytes;
        })) {
        return fmt::format("an array of at most {} strings is expected", max_items);
    }
    return {};
}

std::string mistake_in_text(ParameterType type, const std::string& text) {
    if (text.size() > max_substituted_bytes) {
        return fmt::format("the string is longer than {} bytes", max_substituted_bytes);
    }
    switch (type) {
        case ParameterType::unit:
            return std::string{mistake_in_unit(text)};
        case ParameterType::url:
            return std::string{mistake_in_url(text)};
        case ParameterType::path:
            return std::string{mistake_in_path(text)};
        case ParameterType::duration: {
            const auto duration = parse_duration(text);
            return duration ? std::string{} : duration.error().message;
        }
        default:
            return {};
    }
}

// A string of a default that the target's name goes into is checked when it is used.
bool refers_to_name(const Node& value) {
    return value.kind == Node::Kind::string && value.text.find("${") != std::string::npos;
}

void read_standard(Parameter& parameter, Section& section) {
    const Member* member = section.find("default");
    if (member == nullptr) {
        return;
    }
    if (parameter.optional) {
        section.fail_at(*member, "an optional parameter has no default");
    }
    if (refers_to_name(member->value)) {
        const auto parts = parts_of(member->value.text);
        if (!parts) {
            section.fail_at(*member, parts.error());
        } else if (std::any_of(parts->begin(), parts->end(), [](const StringPart& part) {
                       return part.is_reference && part.text != "name";
                   })) {
            section.fail_at(*member, "a default refers to nothing but ${name}");
        }
    } else if (const std::string why = mistake_in_value(parameter.type, member->value);
               !why.empty()) {
        section.fail_at(*member, why);
    }
    parameter.standard = member->value;
}

Parameter read_parameter(const std::string& name, Section& section) {
    Parameter parameter;
    parameter.name = name;
    if (!section.read("describe", parameter.describe) && section.find("describe") == nullptr) {
        section.fail_here("a parameter needs a describe = \"what it is\"");
    } else if (parameter.describe.size() > max_describe_bytes) {
        section.fail_at(*section.find("describe"),
                        fmt::format("it is longer than {} bytes", max_describe_bytes));
    }
    section.read_name("type", parameter.type);
    if (const Member* optional = section.find("optional")) {
        if (optional->value.kind != Node::Kind::boolean) {
            section.fail_at(*optional, "true or false is expected");
        }
        parameter.optional = optional->value.boolean;
    }
    read_standard(parameter, section);
    section.refuse_unknown_keys();
    return parameter;
}

void read_parameters(Template& made, Section& section) {
    auto table = section.table("parameter");
    if (!table) {
        return;
    }
    if (table->members().size() > max_parameters) {
        table->fail_here(fmt::format("a template takes at most {} parameters", max_parameters));
        return;
    }
    for (const Member& member : table->members()) {
        if (!is_parameter_name(member.key)) {
            table->fail_key(member,
                            "a parameter's name is 1 to 32 of a to z, digits and '_', and not "
                            "\"name\", which is the target's");
        } else if (auto one = table->table_of(member)) {
            made.parameters.push_back(read_parameter(member.key, *one));
        }
    }
}

// Looks at what the strings of a template refer to.
class References {
public:
    References(const Template& made, ErrorList& errors) : made_(made), errors_(errors) {}

    void look(const Node& node, const std::string& path) {
        if (node.kind == Node::Kind::string) {
            look_at_string(node, path);
        }
        for (const Node& item : node.items) {
            look(item, path);
        }
        for (const Member& member : node.members) {
            const std::string key = path + "." + member.key;
            if (member.key == only_with) {
                look_at_condition(member, key);
            } else {
                look(member.value, key);
            }
        }
    }

    [[nodiscard]] bool has(const std::string& name) const { return seen_.count(name) != 0; }

private:
    void refer(const std::string& name, Place at, const std::string& path) {
        seen_.insert(name);
        if (name == "name" || made_.find(name) != nullptr) {
            return;
        }
        std::vector<std::string_view> known{"name"};
        for (const Parameter& parameter : made_.parameters) {
            known.push_back(parameter.name);
        }
        errors_.add(at,
                    path,
                    fmt::format("the template has no parameter \"{}\"", name),
                    nearest(name, known));
    }

    void look_at_string(const Node& node, const std::string& path) {
        const auto parts = parts_of(node.text);
        if (!parts) {
            errors_.add(node.at, path, parts.error());
            return;
        }
        for (const StringPart& part : *parts) {
            if (part.is_reference) {
                refer(part.text, node.at, path);
            }
        }
    }

    void look_at_condition(const Member& member, const std::string& path) {
        if (member.value.kind != Node::Kind::string) {
            errors_.add(member.value.at, path, "the name of an optional parameter is expected");
            return;
        }
        refer(member.value.text, member.value.at, path);
        const Parameter* parameter = made_.find(member.value.text);
        if (parameter != nullptr && !parameter->optional) {
            errors_.add(member.value.at,
                        path,
                        fmt::format("parameter \"{}\" is not optional: it always has a value",
                                    parameter->name));
        }
    }

    const Template& made_;
    ErrorList& errors_;
    std::set<std::string> seen_;
};

const Node* table_in(Section& section, std::string_view key) {
    const Member* member = section.find(key);
    return member != nullptr && section.table_of(*member) ? &member->value : nullptr;
}

void check_references(const Template& made, Section& section) {
    References references{made, section.errors()};
    for (const auto& [key, node] : {std::pair{"target", made.target},
                                    std::pair{"source", made.sources},
                                    std::pair{"provider", made.providers}}) {
        if (node != nullptr) {
            references.look(*node, section.path_to(key));
        }
    }
    auto table = section.table("parameter");
    for (const Parameter& parameter : made.parameters) {
        if (!references.has(parameter.name)) {
            table->fail_key(*table->find(parameter.name), "nothing refers to this parameter");
        }
    }
}

}  // namespace

const Parameter* Template::find(std::string_view parameter) const {
    const auto found = std::find_if(parameters.begin(),
                                    parameters.end(),
                                    [&](const Parameter& each) { return each.name == parameter; });
    return found != parameters.end() ? &*found : nullptr;
}

std::string mistake_in_value(ParameterType type, const Node& value) {
    const auto expected = [&](std::string_view what) {
        return fmt::format("{} is expected, not {}", what, kind_name(value.kind));
    };
    switch (type) {
        case ParameterType::number:
            return value.kind == Node::Kind::number || value.kind == Node::Kind::integer
                       ? std::string{}
                       : expected("a number");
        case ParameterType::count:
            return value.kind == Node::Kind::integer && value.integer >= 0
                       ? std::string{}
                       : std::string{"a whole number, 0 or more, is expected"};
        case ParameterType::boolean:
            return value.kind == Node::Kind::boolean ? std::string{} : expected("true or false");
        case ParameterType::list:
            return mistake_in_list(value);
        default:
            return value.kind == Node::Kind::string ? mistake_in_text(type, value.text)
                                                    : expected("a string");
    }
}

Template read_template(const std::string& name, Section& section) {
    Template made;
    made.name = name;
    made.at = section.at();
    const std::size_t before = section.errors().size();
    if (!section.read("summary", made.summary) && section.find("summary") == nullptr) {
        section.fail_here("a template needs a summary = \"what it is for\"");
    }
    read_parameters(made, section);
    made.target = table_in(section, "target");
    made.sources = table_in(section, "source");
    made.providers = table_in(section, "provider");
    if (section.find("target") == nullptr) {
        section.fail_here("a template needs a table target, with what [target.NAME] takes");
    } else if (made.target != nullptr) {
        for (const char* key : {"use", "with"}) {
            if (const Member* use = find_member(*made.target, key)) {
                section.fail_at(
                    use->at, section.path_to("target"), "a template cannot use another", {});
            }
        }
    }
    check_references(made, section);
    section.refuse_unknown_keys();
    made.is_good = section.errors().size() == before;
    return made;
}

}  // namespace primum::rules
