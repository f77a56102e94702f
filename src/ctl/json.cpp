// SPDX-License-Identifier: MIT
#include "ctl/json.hpp"

namespace primum::ctl {

Json Json::operator[](std::string_view key) const {
    simdjson::dom::element found;
    if (element_.has_value() && element_->is_object() &&
        element_->at_key(key).get(found) == simdjson::SUCCESS) {
        return Json{found};
    }
    return Json{};
}

Json Json::at(std::string_view path) const {
    Json value = *this;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        value = value[path.substr(0, dot)];
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    return value;
}

bool Json::present() const {
    return element_.has_value() && !element_->is_null();
}

std::string Json::text() const {
    std::string_view view;
    if (element_.has_value() && element_->get_string().get(view) == simdjson::SUCCESS) {
        return std::string{view};
    }
    return {};
}

std::int64_t Json::number() const {
    std::int64_t value = 0;
    if (element_.has_value() && element_->get_int64().get(value) == simdjson::SUCCESS) {
        return value;
    }
    return 0;
}

bool Json::flag() const {
    bool value = false;
    return element_.has_value() && element_->get_bool().get(value) == simdjson::SUCCESS && value;
}

std::vector<Json> Json::items() const {
    std::vector<Json> found;
    simdjson::dom::array array;
    if (element_.has_value() && element_->get_array().get(array) == simdjson::SUCCESS) {
        for (const simdjson::dom::element item : array) {
            found.emplace_back(item);
        }
    }
    return found;
}

std::vector<std::pair<std::string, Json>> Json::members() const {
    std::vector<std::pair<std::string, Json>> found;
    simdjson::dom::object object;
    if (element_.has_value() && element_->get_object().get(object) == simdjson::SUCCESS) {
        for (const auto& [key, value] : object) {
            found.emplace_back(std::string{key}, Json{value});
        }
    }
    return found;
}

std::string Json::raw() const {
    return element_.has_value() ? simdjson::minify(*element_) : "null";
}

std::optional<WallTime> Json::wall() const {
    const Json inner = (*this)["wall_us"];
    const std::int64_t us = inner.present() ? inner.number() : number();
    return us == 0 ? std::nullopt : std::optional{wall_from_us(us)};
}

std::string canonical(const std::string& json) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    return parser.parse(json).get(root) == simdjson::SUCCESS ? simdjson::minify(root)
                                                             : std::string{};
}

std::optional<Document> Document::parse(std::string_view text) {
    Document document;
    document.parser_ = std::make_unique<simdjson::dom::parser>();
    simdjson::dom::element root;
    if (document.parser_->parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    document.root_ = Json{root};
    if (document.root_["v"].number() != 1) {
        return std::nullopt;
    }
    return document;
}

WallTime Document::now() const {
    return root_["now"].wall().value_or(WallTime{});
}

}  // namespace primum::ctl
