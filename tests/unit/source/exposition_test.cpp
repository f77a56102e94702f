// SPDX-License-Identifier: MIT
#include "source/exposition.hpp"

#include "allocations.hpp"
#include "matchers.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace primum::source {
namespace {

// Reads pages for somebody who wants every series.
class Reader {
public:
    explicit Reader(std::uint32_t max_series = 10'000, ExpositionLimits limits = {})
        : interner_("test", max_series), limits_(limits) {
        interner_.want({wants_prefix("")});
    }

    std::optional<ExpositionError> read(std::string_view page) {
        auto result = read_exposition(page, interner_, values_, limits_);
        return result ? std::nullopt : std::optional{result.error()};
    }
    // The error as people see it; empty when there is none.
    std::string error(std::string_view page) {
        const auto error = read(page);
        return error ? format_error(*error) : std::string{};
    }
    // The value of a page with one sample.
    double value(std::string_view number) {
        EXPECT_EQ(error("x " + std::string{number} + "\n"), "") << number;
        return values_.size() == 1 ? values_[0].value : -12345;
    }
    std::vector<SampleValue>& values() { return values_; }
    Interner& interner() { return interner_; }

private:
    Interner interner_;
    std::vector<SampleValue> values_;
    ExpositionLimits limits_;
};

TEST(ExpositionTest, ReadsThePageOfTheFormatsDocumentation) {
    Reader reader;
    EXPECT_EQ(reader.error(R"(# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",)"
                           R"(error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
)"),
              "");
    ASSERT_EQ(reader.values().size(), 8U);
    EXPECT_EQ(reader.values()[0].value, 1027);
    EXPECT_EQ(reader.values()[2].value, 1.458255915e9);
    EXPECT_EQ(reader.values()[4].value, std::numeric_limits<double>::infinity());
    const auto news = reader.interner().take_news();
    ASSERT_EQ(news.size(), 8U);
    EXPECT_EQ(news[2].parsed.labels[0].value, "Cannot find file:\n\"FILE.TXT\"");
    EXPECT_EQ(news[2].parsed.labels[1].value, "C:\\DIR\\FILE.TXT");
}

TEST(ExpositionTest, AnEmptyPageIsAPage) {
    Reader reader;
    EXPECT_EQ(reader.error(""), "");
    EXPECT_EQ(reader.error("\n\n"), "");
    EXPECT_EQ(reader.error("# only talk\n"), "");
    EXPECT_TRUE(reader.values().empty());
}

TEST(ExpositionTest, BlanksMayStandBetweenTokens) {
    Reader reader;
    EXPECT_EQ(reader.error(" \tx\t { a = \"1\" , b=\"2\", } \t 5 \t 17 \n"), "");
    EXPECT_EQ(reader.error("x{a=\"1\"}5\n"), "");
    EXPECT_EQ(reader.error("x{} 5\n"), "");
    EXPECT_EQ(reader.values().at(0).value, 5);
}

TEST(ExpositionTest, BracesAndBlanksMayStandInLabelValues) {
    Reader reader;
    EXPECT_EQ(reader.error("x{a=\"} 7 {\",b=\"#\"} 5\n"), "");
    EXPECT_EQ(reader.values().at(0).value, 5);
    EXPECT_EQ(reader.interner().take_news().at(0).parsed.labels.at(0).value, "} 7 {");
}

TEST(ExpositionTest, ReadsEveryKindOfNumber) {
    Reader reader;
    EXPECT_EQ(reader.value("0"), 0);
    EXPECT_EQ(reader.value("007"), 7);
    EXPECT_EQ(reader.value("+3"), 3);
    EXPECT_EQ(reader.value("-3.5"), -3.5);
    EXPECT_EQ(reader.value(".5"), 0.5);
    EXPECT_EQ(reader.value("5."), 5);
    EXPECT_EQ(reader.value("1e3"), 1000);
    EXPECT_EQ(reader.value("1E-3"), 0.001);
    EXPECT_EQ(reader.value("999999999999999"), 999999999999999.0);
    EXPECT_EQ(reader.value("1000000000000001"), 1000000000000001.0);
    EXPECT_EQ(reader.value("9007199254740993"), 9007199254740992.0);
    EXPECT_TRUE(std::signbit(reader.value("-0")));
    EXPECT_TRUE(std::isnan(reader.value("NaN")));
    EXPECT_TRUE(std::isnan(reader.value("nan")));
    EXPECT_EQ(reader.value("+Inf"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(reader.value("Inf"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(reader.value("-Inf"), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(reader.value("-infinity"), -std::numeric_limits<double>::infinity());
}

TEST(ExpositionTest, RefusesWhatIsNotANumber) {
    Reader reader;
    for (const auto* bad : {"one",
                            "1,5",
                            "--1",
                            "+-1",
                            "1e",
                            "0x10",
                            "nan(1)",
                            "1e400",
                            "1e-400",
                            "-1e400",
                            "infinit",
                            "1_000",
                            "+",
                            "-",
                            ".",
                            "1.5.2",
                            "\x80"}) {
        EXPECT_EQ(reader.error("x " + std::string{bad} + "\n"),
                  "line 1, column 3: the value is not a number that a double can hold")
            << bad;
    }
}

TEST(ExpositionTest, SaysWhereAndWhyAPageIsRefused) {
    struct Case {
        std::string_view page;
        std::string_view error;
    };
    const Case cases[]{
        {"a 1\nb 2\n{x=\"1\"} 3\n",
         "line 3, column 1: a metric name begins with a letter, '_' or ':'"},
        {"9a 1\n", "line 1, column 1: a metric name begins with a letter, '_' or ':'"},
        {"a-b 1\n", "line 1, column 2: not a character of a metric name"},
        {"a{b=\"c\" 1\n", "line 1, column 8: the labels are not closed with '}'"},
        {"a{b=\"c\"d=\"e\"} 1\n", "line 1, column 8: expected ',' or '}' after a label"},
        {"a{,b=\"c\"} 1\n", "line 1, column 3: a label name begins with a letter or '_'"},
        {"a{b:c=\"d\"} 1\n", "line 1, column 4: expected '=' after a label name"},
        {"a{b=c} 1\n", "line 1, column 5: expected '\"' before a label value"},
        {"a{b=\"c} 1\n", "line 1, column 8: the label value is not closed with '\"'"},
        {"a{b=\"\\t\"} 1\n", "line 1, column 6: only \\\\, \\\" and \\n may follow a backslash"},
        {"a{b=\"1\",b=\"2\"} 1\n", "line 1, column 14: label \"b\" is given twice"},
        {"a{b=\"\xff\"} 1\n", "line 1, column 6: not UTF-8 text"},
        {"a{b=\"1\"} 1 # {c=\"2\"} 3\n",
         "line 1, column 9: text after the labels that is not a value"},
        {"a\n", "line 1, column 2: the value is missing"},
        {"a{b=\"1\"}  \n", "line 1, column 11: the value is missing"},
        {"a 1 soon\n", "line 1, column 5: the timestamp is not a whole number of milliseconds"},
        {"a 1 1.5\n", "line 1, column 5: the timestamp is not a whole number of milliseconds"},
        {"a 1 2 3\n", "line 1, column 7: text after the timestamp"},
        {"\n# c\na 1\na 2\n", "line 4, column 1: the series is on this page twice"},
        {"a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n",
         "line 2, column 1: the series is on this page twice"},
        {"a 1\nb 2",
         "line 2, column 4: the page ends within a line: its last line feed is missing"},
        {"a 1\r\nb 2\r\n", "line 1, column 4: a carriage return: lines end in a line feed only"},
        {"# TYPE a\r\n", "line 1, column 9: a carriage return: lines end in a line feed only"},
        {"# TYPE a meter\n",
         "line 1, column 10: the type is none of counter, gauge, histogram, summary, untyped"},
        {"# TYPE a gauge x\n",
         "line 1, column 10: the type is none of counter, gauge, histogram, summary, untyped"},
        {"# TYPE 1a gauge\n", "line 1, column 8: not a metric name after TYPE"},
        {"# HELP a- b\n", "line 1, column 9: not a metric name after HELP"},
        {"<html>\n", "line 1, column 1: a metric name begins with a letter, '_' or ':'"},
    };
    for (const auto& item : cases) {
        Reader reader;
        EXPECT_EQ(reader.error(item.page), item.error) << item.page;
        EXPECT_TRUE(reader.values().empty()) << item.page;
    }
}

TEST(ExpositionTest, OneErrorRefusesTheWholePageAndTheNextPageIsReadAsIfNothingHappened) {
    Reader reader;
    EXPECT_EQ(reader.error("a 1\nb x\nc 3\n"),
              "line 2, column 3: the value is not a number that a double can hold");
    EXPECT_TRUE(reader.values().empty());
    EXPECT_EQ(reader.error("a 1\nb 2\nc 3\n"), "");
    EXPECT_EQ(reader.values().size(), 3U);
    EXPECT_EQ(reader.interner().take_news().size(), 3U);
}

TEST(ExpositionTest, ASecondPageIsReadWithoutAskingAgain) {
    Interner interner{"test", 10};
    const auto matcher = wants_prefix("wanted");
    interner.want({matcher});
    std::vector<SampleValue> values;
    ASSERT_TRUE(read_exposition("wanted{a=\"1\"} 1\nother 2\n", interner, values));
    const auto asked = matcher->asked();
    ASSERT_TRUE(read_exposition("other 3\nwanted{a=\"1\"} 4\n", interner, values));
    EXPECT_EQ(matcher->asked(), asked);
    ASSERT_EQ(values.size(), 1U);
    EXPECT_EQ(values[0].value, 4);
}

// What stands at the place of a known series may only begin like it.
TEST(ExpositionTest, AKnownLineIsTakenForNothingElse) {
    struct Case {
        std::string_view page;
        std::vector<double> values;
    };
    const Case cases[]{{"a 3\nb{c=\"1\"} 4\n", {3, 4}},
                       {"a {c=\"1\"} 5\nb{c=\"1\"} 6\n", {5, 6}},
                       {"a 7 1000\nb{c=\"1\"}\t8\n", {7, 8}},
                       {"a  9\nb{c=\"1\"}10\n", {9, 10}},
                       {"b{c=\"1\"} 11\na 12\n", {11, 12}},
                       {"ab 13\n", {13}}};
    for (const auto& item : cases) {
        Reader reader;
        ASSERT_EQ(reader.error("a 1\nb{c=\"1\"} 2\n"), "");
        EXPECT_EQ(reader.error(item.page), "") << item.page;
        std::vector<double> values;
        for (const auto& value : reader.values()) {
            values.push_back(value.value);
        }
        EXPECT_EQ(values, item.values) << item.page;
        EXPECT_EQ(reader.error("a 1\na 2\n"), "line 2, column 1: the series is on this page twice");
        EXPECT_EQ(reader.error("a x\n"),
                  "line 1, column 3: the value is not a number that a double can hold");
    }
}

TEST(ExpositionTest, AKnownPageIsReadWithoutAllocating) {
    Reader reader;
    const std::string page = "# TYPE a counter\na{b=\"1\"} 1.5e3\na{b=\"2\"} NaN\nc +Inf\n";
    ASSERT_EQ(reader.error(page), "");
    ASSERT_EQ(reader.error(page), "");
    const auto before = allocations();
    const auto error = reader.read(page);
    EXPECT_EQ(allocations(), before);
    EXPECT_FALSE(error);
    EXPECT_EQ(reader.values().size(), 3U);
}

TEST(ExpositionTest, AnErrorOnASeriesThatNobodyWantsRefusesThePageToo) {
    Interner interner{"test", 10};
    interner.want({wants_prefix("wanted")});
    std::vector<SampleValue> values;
    EXPECT_TRUE(read_exposition("wanted 1\nother 2\n", interner, values));
    EXPECT_FALSE(read_exposition("wanted 1\nother x\n", interner, values));
    EXPECT_TRUE(values.empty());
}

TEST(ExpositionTest, KeepsToItsLimits) {
    ExpositionLimits limits;
    limits.page_bytes = 40;
    limits.line_bytes = 20;
    limits.labels = 2;
    limits.samples = 3;
    Reader reader{10, limits};
    const auto failure = [&](std::string_view page) {
        const auto error = reader.read(page);
        return error ? error->failure : SourceFailure::none;
    };
    EXPECT_EQ(failure("a{a=\"\",b=\"\"} 1\n"), SourceFailure::none);
    EXPECT_EQ(reader.error("a{a=\"\",b=\"\",c=\"\"} 1\n"), "line 1, column 13: more than 2 labels");
    EXPECT_EQ(failure("a 1\nb 1\nc 1\n"), SourceFailure::none);
    EXPECT_EQ(failure("a 1\nb 1\nc 1\nd 1\n"), SourceFailure::too_large);
    EXPECT_EQ(failure("a                  1\n"), SourceFailure::none);
    EXPECT_EQ(failure("a                   1\n"), SourceFailure::too_large);
    EXPECT_EQ(failure("# 345678\n# 345678\n# 345678\n# 345678\n"), SourceFailure::none);
    EXPECT_EQ(failure("# 345678\n# 345678\n# 345678\n# 345678\n\n\n\n\n\n"),
              SourceFailure::too_large);
}

TEST(ExpositionTest, MoreWantedSeriesThanAllowedRefuseThePage) {
    Reader reader{2};
    EXPECT_EQ(reader.error("a 1\nb 2\n"), "");
    const auto error = reader.read("a 1\nb 2\nc 3\n");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->failure, SourceFailure::too_many_series);
    EXPECT_EQ(error->line, 3U);
    EXPECT_TRUE(reader.values().empty());
    EXPECT_EQ(reader.error("a 1\nb 2\n"), "");
}

TEST(ExpositionTest, EveryPrefixOfAPageIsReadOrRefusedButNeverHalfRead) {
    const std::string page =
        "# TYPE a counter\na{b=\"c\\\"d\",e=\"}\"} 1.5e3 17\n\nf +Inf\ng{} -0\n";
    for (std::size_t cut = 0; cut <= page.size(); ++cut) {
        Reader reader;
        const auto error = reader.read(page.substr(0, cut));
        const bool at_line_end = cut == 0 || page[cut - 1] == '\n';
        EXPECT_EQ(!error, at_line_end) << cut;
        EXPECT_TRUE(!error || reader.values().empty()) << cut;
    }
}

std::string spelt(const SeriesName& series) {
    std::string text = series.name + "{";
    for (const auto& label : series.labels) {
        text += label.name + "=\"";
        for (const char c : label.value) {
            text += c == '\n' ? "\\n" : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : std::string(1, c);
        }
        text += "\",";
    }
    return text + "}";
}

TEST(ExpositionTest, RandomPagesComeBackAsTheyWereWritten) {
    std::mt19937_64 random{20'260'101};
    const std::string alphabet = "ab\"\\\n{}=, #";
    for (int round = 0; round < 200; ++round) {
        std::vector<SeriesName> series;
        std::vector<double> numbers;
        std::string page;
        for (int i = 0; i < 20; ++i) {
            SeriesName name{"m" + std::to_string(i), {}};
            for (std::uint64_t l = 0; l < random() % 4; ++l) {
                std::string value;
                for (std::uint64_t c = 0; c < random() % 8; ++c) {
                    value += alphabet[random() % alphabet.size()];
                }
                name.labels.push_back({"l" + std::to_string(l), value});
            }
            const auto bits = random();
            double number = 0;
            std::memcpy(&number, &bits, sizeof number);
            number = std::isfinite(number) ? number : static_cast<double>(i);
            char text[64];
            const auto end = std::to_chars(text, text + sizeof text, number).ptr;
            page += spelt(name) + " " + std::string(text, end) + "\n";
            series.push_back(std::move(name));
            numbers.push_back(number);
        }
        Reader reader;
        ASSERT_EQ(reader.error(page), "");
        const auto news = reader.interner().take_news();
        ASSERT_EQ(news.size(), series.size());
        for (std::size_t i = 0; i < series.size(); ++i) {
            ASSERT_EQ(news[i].parsed, series[i]);
            ASSERT_EQ(reader.values()[i].id, news[i].id);
            ASSERT_EQ(reader.values()[i].value, numbers[i]);
        }
    }
}

TEST(ExpositionTest, RandomBytesAreRefusedOrReadButNeverHarm) {
    std::mt19937_64 random{7};
    const std::string alphabet = "ab{}\"\\=, \n\t#1.e+-NaInf\r\x80";
    for (int round = 0; round < 20'000; ++round) {
        std::string page;
        for (std::uint64_t i = 0; i < random() % 40; ++i) {
            page += alphabet[random() % alphabet.size()];
        }
        Reader reader;
        if (const auto error = reader.read(page)) {
            const auto lines = static_cast<std::size_t>(std::count(page.begin(), page.end(), '\n'));
            ASSERT_GE(error->line, 1U);
            ASSERT_LE(error->line, lines + 1);
            ASSERT_LE(error->column, page.size() + 1);
            ASSERT_FALSE(error->reason.empty());
        }
    }
}

}  // namespace
}  // namespace primum::source
