// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::http {

// Appends text for HTML, in an element or in a quoted attribute. Control characters other than line
// feed and tab, bidirectional overrides (with which a line reads as what it is not) and bytes that
// are not UTF-8 become U+FFFD.
void append_escaped(std::string& out, std::string_view text);

// A path segment for a link: all but unreserved characters (RFC 3986, 2.3) as %XX.
[[nodiscard]] std::string url_segment(std::string_view text);

using Attribute = std::pair<std::string_view, std::string_view>;
using Attributes = std::initializer_list<Attribute>;

// Writes HTML (and SVG within it) into one string. Whatever is text or the value of an attribute is
// escaped; tags and names of attributes are the program's own. Each open() has its close().
class Html {
public:
    Html& open(std::string_view tag, Attributes attributes = {});
    Html& close();
    Html& text(std::string_view text);
    // An element that has only text in it.
    Html& element(std::string_view tag, Attributes attributes, std::string_view text);
    Html& element(std::string_view tag, std::string_view text) { return element(tag, {}, text); }
    // An element that has nothing in it.
    Html& empty(std::string_view tag, Attributes attributes = {});
    // What another Html has written.
    Html& append(const std::string& html);
    // "<!doctype html>"
    Html& doctype();

    // Everything must be closed.
    [[nodiscard]] std::string take();

private:
    void begin(std::string_view tag, Attributes attributes);

    std::string out_;
    std::vector<std::string_view> open_;
};

}  // namespace primum::http
