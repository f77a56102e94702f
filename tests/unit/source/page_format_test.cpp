// SPDX-License-Identifier: MIT
#include "source/page_format.hpp"

#include "matchers.hpp"

#include <gtest/gtest.h>

namespace primum::source {
namespace {

PageFormat automatic(std::string_view type) {
    return format_of_answer(PageFormat::automatic, type).value_or(PageFormat::automatic);
}

TEST(PageFormatTest, IsThatOfTheContentType) {
    EXPECT_EQ(automatic("application/openmetrics-text; version=1.0.0; charset=utf-8"),
              PageFormat::openmetrics);
    EXPECT_EQ(automatic("Application/OpenMetrics-Text"), PageFormat::openmetrics);
    EXPECT_EQ(automatic("application/openmetrics-text-2"), PageFormat::prometheus);
    EXPECT_EQ(automatic("text/plain; version=0.0.4"), PageFormat::prometheus);
    EXPECT_EQ(automatic(""), PageFormat::prometheus);
    EXPECT_EQ(automatic(" ; "), PageFormat::prometheus);
}

TEST(PageFormatTest, IsThatOfTheRuleWhereItNamesOne) {
    EXPECT_EQ(format_of_answer(PageFormat::openmetrics, "text/plain").value(),
              PageFormat::openmetrics);
    EXPECT_EQ(format_of_answer(PageFormat::prometheus, "application/openmetrics-text").value(),
              PageFormat::prometheus);
}

TEST(PageFormatTest, ProtobufIsRefusedWithAReason) {
    const auto refused = format_of_answer(PageFormat::openmetrics,
                                          "application/vnd.google.protobuf; encoding=delimited");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(),
              "the page is in the protobuf format, as native histograms are: only text is read");
}

TEST(PageFormatTest, AsksForWhatTheRuleNames) {
    EXPECT_TRUE(accept_header(PageFormat::automatic).starts_with("application/openmetrics-text;"));
    EXPECT_NE(accept_header(PageFormat::automatic).find("text/plain"), std::string_view::npos);
    EXPECT_EQ(accept_header(PageFormat::openmetrics).find("text/plain"), std::string_view::npos);
    EXPECT_EQ(accept_header(PageFormat::prometheus).find("openmetrics"), std::string_view::npos);
}

TEST(PageFormatTest, OneEndpointMayChangeItsFormat) {
    Interner interner{"test", 10};
    interner.want({wants_prefix("")});
    ExpositionReader reader;
    std::vector<SampleValue> values;
    EXPECT_TRUE(reader.read(PageFormat::openmetrics, "a 1\n# EOF\n", interner, values, {}));
    EXPECT_TRUE(reader.read(PageFormat::prometheus, "a 2\n\n", interner, values, {}));
    ASSERT_EQ(values.size(), 1U);
    EXPECT_EQ(values[0].value, 2);
    EXPECT_TRUE(reader.read(PageFormat::openmetrics, "a 3\n# EOF\n", interner, values, {}));
    EXPECT_EQ(values.at(0).value, 3);
    EXPECT_FALSE(reader.read(PageFormat::openmetrics, "a 3\n", interner, values, {}));
}

}  // namespace
}  // namespace primum::source
