// SPDX-License-Identifier: MIT
#include "remedy/pointer_file.hpp"

#include "remedy/pointer_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::remedy {
namespace {

FindResult find(PointerForm form, std::string_view text, std::string_view key) {
    if (text.find('\0') != std::string_view::npos) {
        return fail(TextError{"it is no text file"});
    }
    switch (form) {
        case PointerForm::env:
            return find_in_env(text, key);
        case PointerForm::toml:
            return find_in_toml(text, key);
        case PointerForm::json:
            return find_in_json(text, key);
        case PointerForm::symlink:
        case PointerForm::file:
            break;
    }
    return fail(TextError{"a pointer of this form has no key"});
}

WriteResult write(PointerForm form, std::string_view value, std::string_view old) {
    return form == PointerForm::env    ? write_for_env(value, old)
           : form == PointerForm::toml ? write_for_toml(value, old)
                                       : write_for_json(value);
}

}  // namespace

std::vector<std::string> key_parts(std::string_view key) {
    std::vector<std::string> parts;
    for (;;) {
        const auto dot = key.find('.');
        parts.emplace_back(key.substr(0, dot));
        if (parts.back().empty()) {
            return {};
        }
        if (dot == std::string_view::npos) {
            return parts;
        }
        key.remove_prefix(dot + 1);
    }
}

std::string line_of(std::string_view text, std::size_t at) {
    const auto before = text.substr(0, at);
    return fmt::format("line {}: ", std::count(before.begin(), before.end(), '\n') + 1);
}

Result<std::string, TextError> read_key(PointerForm form,
                                        std::string_view text,
                                        std::string_view key) {
    auto found = find(form, text, key);
    if (!found) {
        return fail(found.error());
    }
    return std::move(found->value);
}

Result<std::string, TextError> change_key(PointerForm form,
                                          std::string_view text,
                                          std::string_view key,
                                          std::string_view value) {
    const auto found = find(form, text, key);
    if (!found) {
        return fail(found.error());
    }
    const auto written = write(form, value, text.substr(found->begin, found->end - found->begin));
    if (!written) {
        return fail(TextError{line_of(text, found->begin) + written.error().message});
    }
    std::string changed{text.substr(0, found->begin)};
    changed += *written;
    changed += text.substr(found->end);
    const auto again = find(form, changed, key);
    if (!again || again->value != value || again->begin != found->begin ||
        again->end != found->begin + written->size() ||
        (form == PointerForm::toml && !same_toml_but(key, text, changed))) {
        return fail(TextError{line_of(text, found->begin) +
                              "the value cannot be changed without changing something else"});
    }
    return changed;
}

}  // namespace primum::remedy
