// SPDX-License-Identifier: MIT
#include "http/html.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primum::http {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

TEST(HtmlTest, EscapesWhatHasAMeaningInElementsAndAttributes) {
    EXPECT_EQ(escaped("a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
    EXPECT_EQ(escaped("Grüße, 東京 🚑\n\t"), "Grüße, 東京 🚑\n\t");
}

TEST(HtmlTest, ControlsAndOverridesAndBrokenBytesBecomeMarks) {
    for (const std::string bad : {"\x01",
                                  "\x1b",
                                  "\x7f",
                                  "\xC2\x85",      // U+0085
                                  "\xE2\x80\xAE",  // U+202E, right-to-left override
                                  "\xE2\x81\xA6",  // U+2066
                                  "\xFF",
                                  "\x80",
                                  "\xED\xA0\x80"}) {  // a surrogate: three bad bytes
        const auto out = escaped("a" + bad + "b");
        EXPECT_TRUE(out.starts_with("a\xEF\xBF\xBD") && out.ends_with("\xEF\xBF\xBD"
                                                                      "b"))
            << out;
    }
    EXPECT_EQ(escaped(std::string("\0", 1)), "\xEF\xBF\xBD");
    EXPECT_EQ(escaped("\xC0\xBC"), "\xEF\xBF\xBD\xEF\xBF\xBD");  // an overlong "<"
    EXPECT_EQ(escaped("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");  // cut off
}

TEST(HtmlTest, WritesElementsInsideEachOther) {
    Html html;
    html.open("p", {{"class", "a\"b"}}).element("b", "<x>").text("&").close();
    html.empty("br");
    EXPECT_EQ(html.take(), "<p class=\"a&quot;b\"><b>&lt;x&gt;</b>&amp;</p>\n<br/>");
}

TEST(HtmlDeathTest, WhatIsOpenedIsClosed) {
    Html html;
    EXPECT_DEATH(html.close(), "broken invariant");
    html.open("p");
    EXPECT_DEATH(static_cast<void>(html.take()), "broken invariant");
}

TEST(HtmlTest, APathSegmentCannotLeaveItsPlace) {
    EXPECT_EQ(url_segment("web-1.api_~@x"), "web-1.api_~%40x");
    EXPECT_EQ(url_segment("../a?b#c/\xC3\xA4"), "..%2Fa%3Fb%23c%2F%C3%A4");
}

}  // namespace
}  // namespace primum::http
