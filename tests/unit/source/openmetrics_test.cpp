// SPDX-License-Identifier: MIT
#include "source/openmetrics.hpp"

#include "allocations.hpp"
#include "matchers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace primum::source {
namespace {

// Reads pages of one endpoint for somebody who wants every series.
class Endpoint {
public:
    explicit Endpoint(std::uint32_t max_series = 10'000, ExpositionLimits limits = {})
        : interner_("test", max_series), limits_(limits) {
        interner_.want({wants_prefix("")});
    }

    std::optional<ExpositionError> read(std::string_view page) {
        auto result = reader_.read(page, interner_, values_, limits_);
        return result ? std::nullopt : std::optional{result.error()};
    }
    // The error as people see it; empty when there is none.
    std::string error(std::string_view page) {
        const auto error = read(page);
        return error ? format_error(*error) : std::string{};
    }
    std::vector<double> numbers() const {
        std::vector<double> numbers;
        for (const auto& value : values_) {
            numbers.push_back(value.value);
        }
        return numbers;
    }
    std::vector<SampleValue>& values() { return values_; }
    Interner& interner() { return interner_; }

private:
    Interner interner_;
    OpenMetricsReader reader_;
    std::vector<SampleValue> values_;
    ExpositionLimits limits_;
};

std::string error_of(const std::string& lines) {
    return Endpoint{}.error(lines + "# EOF\n");
}

constexpr const char* whole_page = R"(# HELP jobs Jobs done\nsince the start.
# TYPE jobs counter
jobs_total{queue="a \"b\" \\ # }"} 12 1520879607.789 # {trace="x"} 0.5 1520879600.1
jobs_created{queue="a \"b\" \\ # }"} 1520430000.1 1520879607.789
# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
wait_seconds_bucket{le="0.1"} 8 # {} 0.05
wait_seconds_bucket{le="1"} 11
wait_seconds_bucket{le="+Inf"} 17
wait_seconds_count 17
wait_seconds_sum 324.5
# TYPE build info
build_info{version="1.2"} 1
# TYPE state stateset
state{state="a"} 0
state{state="b"} 1
# TYPE depth gaugehistogram
depth_bucket{le="1"} 3
depth_bucket{le="+Inf"} 4
depth_gcount 4
depth_gsum -0
# TYPE rpc summary
rpc{quantile="0.5"} NaN
rpc_count 0
rpc_sum 0
plain -1.5
# EOF
)";

TEST(OpenMetricsTest, ReadsEveryTypeOfMetric) {
    Endpoint endpoint;
    ASSERT_EQ(endpoint.error(whole_page), "");
    const auto first = endpoint.numbers();
    ASSERT_EQ(first.size(), 18U);
    EXPECT_EQ(first[0], 12);
    EXPECT_EQ(first[6], 324.5);
    EXPECT_TRUE(std::isnan(first[14]));
    EXPECT_EQ(first[17], -1.5);
    const auto news = endpoint.interner().take_news();
    ASSERT_EQ(news.size(), 18U);
    EXPECT_EQ(news[0].parsed.name, "jobs_total");
    EXPECT_EQ(news[0].parsed.labels.at(0).value, "a \"b\" \\ # }");
}

TEST(OpenMetricsTest, AKnownPageIsFollowedWithoutAllocatingOrAskingAgain) {
    Endpoint endpoint;
    const std::string page = whole_page;
    ASSERT_EQ(endpoint.error(page), "");
    ASSERT_EQ(endpoint.error(page), "");
    const auto before = allocations();
    const auto error = endpoint.read(page);
    EXPECT_EQ(allocations(), before);
    EXPECT_FALSE(error);
    EXPECT_EQ(endpoint.values().size(), 18U);
    EXPECT_EQ(endpoint.interner().take_news().size(), 18U);
}

TEST(OpenMetricsTest, OtherNumbersOnAKnownPageKeepToTheRules) {
    const auto page = [](const std::string& low, const std::string& all, const std::string& count) {
        return "# TYPE a histogram\na_bucket{le=\"1\"} " + low + "\na_bucket{le=\"+Inf\"} " + all +
               "\na_sum 1\na_count " + count + "\n# EOF\n";
    };
    Endpoint endpoint;
    EXPECT_EQ(endpoint.error(page("1", "2", "2")), "");
    EXPECT_EQ(endpoint.error(page("2", "3", "3")), "");
    EXPECT_EQ(endpoint.numbers(), (std::vector<double>{2, 3, 1, 3}));
    EXPECT_EQ(endpoint.error(page("4", "3", "3")),
              "line 3, column 1: a bucket holds at least what the one before it holds");
    EXPECT_TRUE(endpoint.values().empty());
    EXPECT_EQ(endpoint.error(page("4", "5", "5")), "");
    EXPECT_EQ(endpoint.error(page("4", "5", "6")),
              "line 5, column 1: the count is not that of the bucket of +Inf");
    EXPECT_EQ(endpoint.error(page("4", "5", "5 17")),
              "line 5, column 1: a metric has a timestamp on all of its samples or on none");
    EXPECT_EQ(endpoint.error(page("4", "5", "5 # {} 1")),
              "line 5, column 11: only buckets and totals have exemplars");
    EXPECT_EQ(endpoint.error(page("4", "5", "5")), "");
}

TEST(OpenMetricsTest, SeriesComeAndGoFromPageToPage) {
    Endpoint endpoint;
    EXPECT_EQ(endpoint.error("a 1\nb 2\n# EOF\n"), "");
    EXPECT_EQ(endpoint.error("a 3\nb 4\nc 5\n# EOF\n"), "");
    EXPECT_EQ(endpoint.numbers(), (std::vector<double>{3, 4, 5}));
    EXPECT_EQ(endpoint.error("b 6\n# EOF\n"), "");
    EXPECT_EQ(endpoint.numbers(), std::vector<double>{6});
    EXPECT_EQ(endpoint.error("ab 7\n# EOF"), "");
    EXPECT_EQ(endpoint.numbers(), std::vector<double>{7});
    EXPECT_EQ(endpoint.interner().take_news().size(), 4U);
}

TEST(OpenMetricsTest, WhatIsWantedMayChangeBetweenPages) {
    Endpoint endpoint;
    EXPECT_EQ(endpoint.error("a 1\nb 2\n# EOF\n"), "");
    endpoint.interner().want({wants_prefix("b")});
    EXPECT_EQ(endpoint.error("a 1\nb 3\n# EOF\n"), "");
    EXPECT_EQ(endpoint.numbers(), std::vector<double>{3});
}

TEST(OpenMetricsTest, OfSeveralPointsTheLastCounts) {
    Endpoint endpoint;
    const std::string page =
        "# TYPE a gauge\na{b=\"1\"} 1 1.5\na{b=\"1\"} 2 1.6\na{b=\"1\"} 3 1.6\na{b=\"2\"} 4\n# "
        "EOF\n";
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(endpoint.error(page), "");
        EXPECT_EQ(endpoint.numbers(), (std::vector<double>{3, 4}));
    }
}

TEST(OpenMetricsTest, SaysWhereAndWhyAPageIsRefused) {
    struct Case {
        std::string_view page;
        std::string_view error;
    };
    const Case cases[]{
        {"", "line 1, column 1: the page ends without # EOF: it was cut, or is no OpenMetrics"},
        {"a 1\n",
         "line 2, column 1: the page ends without # EOF: it was cut, or is no OpenMetrics"},
        {"a 1\nb 2", "line 2, column 4: the page ends within a line"},
        {"a 1\n# EOF\na 2\n", "line 2, column 6: text after # EOF"},
        {"a 1\n\n# EOF\n", "line 2, column 1: a blank line"},
        {"#a 1\n# EOF\n", "line 1, column 1: a line with '#' is # HELP, # TYPE, # UNIT or # EOF"},
        {"# HELP a\n# EOF\n", "line 1, column 9: a metric name and a blank stand here"},
        {"a  1\n# EOF\n", "line 1, column 3: the value is not a number that a double can hold"},
        {"a{b=\"c\"}1\n# EOF\n", "line 1, column 9: one blank stands before the value"},
        {"a{b=\"c\", d=\"e\"} 1\n# EOF\n",
         "line 1, column 9: a label name begins with a letter or '_'"},
        {"a{b=\"c\",b=\"d\"} 1\n# EOF\n",
         "line 1, column 9: a label of this name is there already"},
        {"a{b=\"\xff\"} 1\n# EOF\n", "line 1, column 6: not UTF-8 text"},
        {"a 1 soon\n# EOF\n", "line 1, column 5: the timestamp is not a number of seconds"},
        {"a 1\r\n# EOF\n", "line 1, column 3: the value is not a number that a double can hold"},
        {"a {count:1} 1\n# EOF\n",
         "line 1, column 3: a native histogram: only histograms with buckets of their own are "
         "taken"},
        {"# TYPE a summary\na_sum{b=\"1\"} 1\na_sum{b=\"2\"} 1\na_count{b=\"1\"} 1\n# EOF\n",
         "line 4, column 1: the samples of a metric stand together"},
        {"a 1\nb 2\na 3\n# EOF\n",
         "line 3, column 1: the name is that of another metric family on this page"},
        {"a 1\na 2\n# EOF\n", "line 2, column 1: the series is on this page twice"},
    };
    for (const auto& item : cases) {
        Endpoint endpoint;
        EXPECT_EQ(endpoint.error(item.page), item.error) << item.page;
        EXPECT_TRUE(endpoint.values().empty()) << item.page;
    }
}

// Each breaks a rule of the specification (sections "Metric Types", "ABNF" and "Text Format").
TEST(OpenMetricsTest, RefusesWhatTheSpecificationForbids) {
    for (const auto* lines : {
             "a{a} 1\n",
             "a{a\"\"} 1\n",
             "a{a=\"} 1\n",
             "a{a='1'} 1\n",
             "a{a=\"1\",,b=\"2\"} 1\n",
             "a{,} 1\n",
             "a{:=\"1\"} 1\n",
             "a \n",
             "a.b 1\n",
             " a 1\n",
             "a 1\t\n",
             "a 1_2\n",
             "a 0x1P-3\n",
             "a 0B1\n",
             "a 0o1\n",
             "a 1 NaN\n",
             "a 1 +Inf\n",
             "a 1 1_2\n",
             "a 1 0x1p-3\n",
             "a 1 z\n",
             "# HELP\n",
             "# HELP a\n",
             " # HELP a b\n",
             "# TYPE \n",
             "# TYPE a\t\n",
             "# TYPE a untyped\n",
             "# TYPE a Gauge\n",
             "# UNIT \n",
             "# UNIT a\t\n",
             "# UNIT a_seconds seconds \n",
             "# TYPE x_u stateset\n# UNIT x_u u\n",
             "# UNIT seconds seconds\n",
             "# HELP a x\na 1\n# TYPE a gauge\n",
             "# TYPE a_s gauge\na_s 1\n# UNIT a_s s\n",
             "# HELP a \n# HELP a \n",
             "# TYPE a gauge\n# TYPE a gauge\n",
             "# TYPE a_created gauge\n# TYPE a counter\n",
             "# TYPE a counter\n# TYPE a_total gauge\n",
             "# TYPE a counter\na 1\n",
             "# TYPE a counter\na_total -1\n",
             "# TYPE a counter\na_total 1\na_total 2\n",
             "# TYPE a histogram\na_bucket{le=\"+Inf\"} -1\n",
             "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1.5\n",
             "# TYPE a histogram\na_bucket{le=\"1\"} 0\n",
             "# TYPE a histogram\na_bucket{le=\"NaN\"} 0\n",
             "# TYPE a histogram\na_bucket{le=\"Inf\"} 0\n",
             "# TYPE a histogram\na_count 1\n",
             "# TYPE a histogram\na_created 1\n",
             "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 1\na_sum 1\n",
             "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_sum 1\n",
             "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 0\n",
             "# TYPE a histogram\na_count 1\na_sum 1\na_bucket{le=\"+Inf\"} 0\n",
             "# TYPE a histogram\na_bucket{a=\"1\",le=\"1\"} 0\na_bucket{a=\"2\",le=\"+Inf\"} 0\n"
             "a_bucket{a=\"1\",le=\"+Inf\"} 0\n",
             "# TYPE a gaugehistogram\na_gsum 1\n",
             "# TYPE a gaugehistogram\na_bucket 0\n",
             "# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gsum NaN\na_gcount 1\n",
             "# TYPE a gaugehistogram\na_gsum{a=\"1\"} 0\na_gsum{a=\"2\"} 0\na_gcount{a=\"1\"} 0\n",
             "# TYPE a summary\na 0\n",
             "# TYPE a summary\na{quantile=\"NaN\"} 0\n",
             "# TYPE a summary\na{quantile=\"half\"} 0\n",
             "# TYPE a summary\na{quantile=\"0.5\"} -1\n",
             "# TYPE a summary\na_sum -1\n",
             "# TYPE a summary\na_count 1.5\n",
             "# TYPE a summary\na{quantile=\"0.5\"} 1\na{quantile=\"0.5\"} 2\n",
             "# TYPE a summary\na_sum{a=\"1\"} 0\na_sum{a=\"2\"} 0\na_count{a=\"1\"} 0\n",
             "# TYPE a stateset\na{a=\"x\"} 0.5\n",
             "# TYPE a stateset\na{b=\"x\"} 1\n",
             "# TYPE a stateset\na{a=\"x\"} 1\na{a=\"x\"} 0\n",
             "# TYPE a info\na_info 0\n",
             "# TYPE a info\na 1\n",
             "# TYPE a info\na_info{b=\"1\"} 1\na_info{b=\"1\"} 1\n",
             "# TYPE a gauge\na 0 1\na 0 0\n",
             "# TYPE a gauge\na 0 1\na 0\n",
             "# TYPE a gauge\na 1 # {a=\"b\"} 1\n",
             "# TYPE a stateset\na{a=\"b\"} 1 # {c=\"d\"} 1\n",
             "# TYPE a counter\na_created 1 # {a=\"b\"} 0.5\n",
             "# TYPE a gaugehistogram\na_gcount 1 # {a=\"b\"} 0.5\n",
             "# TYPE a counter\na_total 1# {} 1\n",
             "# TYPE a counter\na_total 1 #{} 1\n",
             "# TYPE a counter\na_total 1 # {} 1 \n",
             "# TYPE a counter\na_total 1 # {a=\"b\"} \n",
             "# TYPE a counter\na_total 1 # {a=\"b\"}\n",
             "# TYPE a counter\na_total 1 # {a} 1\n",
             "# TYPE a counter\na_total 1 # {a=\"b\",a=\"c\"} 1\n",
             "# TYPE a counter\na_total 1 # {a=\"b\"} 1 2 3\n",
             "# TYPE a counter\na_total 1 # {a=\"b\"} 1 NaN\n",
         }) {
        EXPECT_NE(error_of(lines), "") << lines;
    }
    const std::string names(64, 'x');
    EXPECT_EQ(error_of("# TYPE a counter\na_total 1 # {" + names + "=\"" + names + "\"} 1\n"), "");
    EXPECT_NE(error_of("# TYPE a counter\na_total 1 # {" + names + "=\"" + names + "x\"} 1\n"), "");
}

TEST(OpenMetricsTest, TakesWhatTheSpecificationAllows) {
    for (const auto* lines : {
             "",
             "# HELP a \n",
             "# TYPE a gauge\n# UNIT a \n# HELP a b\n",
             "a_ +1.5E+3\n",
             "a:b{c=\"\\d\"} -Inf\n",
             "a inf\n",
             "a 1 -1.5e3\n",
             "a{b=\"\"} 1\na{b=\"c\"} 2\n",
             "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n",
             "# TYPE a unknown\na 1\n# TYPE b unknown\nb -1\n",
             "# TYPE a counter\na_total 1 # {} 1\na_created 5\n",
             "# TYPE a counter\na_total{b=\"1\"} 1\na_total{b=\"2\"} 1\n",
             "# TYPE a histogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\na_count 1\n",
             "# TYPE a histogram\na_count 1\na_sum 2\na_bucket{le=\"1e3\"} 1\n"
             "a_bucket{le=\"+Inf\"} 1\na_created 4\n",
             "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 1\na_bucket{le=\"+Inf\"} 2 2\n",
             "# TYPE a gaugehistogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\n"
             "a_gsum -1\na_gcount 1\n",
             "# TYPE a summary\na{quantile=\"0\"} 1\na{quantile=\"1\"} NaN\na_sum 1\na_count 1\n",
             "# TYPE a info\na_info{b=\"1\"} 1\na_info{b=\"2\"} 1.0\n",
             "# TYPE a stateset\na{a=\"x\",b=\"1\"} 1\na{a=\"y\",b=\"1\"} 0\n"
             "a{a=\"x\",b=\"2\"} 0\n",
         }) {
        EXPECT_EQ(error_of(lines), "") << lines;
    }
}

TEST(OpenMetricsTest, KeepsToItsLimits) {
    ExpositionLimits limits;
    limits.page_bytes = 60;
    limits.line_bytes = 20;
    limits.labels = 2;
    limits.samples = 3;
    Endpoint endpoint{3, limits};
    const auto failure = [&](const std::string& lines) {
        const auto error = endpoint.read(lines + "# EOF\n");
        return error ? error->failure : SourceFailure::none;
    };
    EXPECT_EQ(failure("a 1\nb 1\nc 1\n"), SourceFailure::none);
    EXPECT_EQ(failure("a 1\nb 1\nd 1\n"), SourceFailure::too_many_series);
    EXPECT_EQ(failure("a 1\nb 1\nc 1\nd 1\n"), SourceFailure::too_many_series);
    EXPECT_EQ(failure("a 1 10000000000000000\n"), SourceFailure::too_large);
    EXPECT_EQ(failure("a 1\n"), SourceFailure::none);
    EXPECT_EQ(failure("a 10000000000000000000\n"), SourceFailure::too_large);
    EXPECT_EQ(failure("a{a=\"\",b=\"\",c=\"\"} 1\n"), SourceFailure::parse);
    EXPECT_EQ(failure(std::string(100, '\n')), SourceFailure::too_large);
}

TEST(OpenMetricsTest, EveryPrefixOfAPageIsRefused) {
    const std::string page = whole_page;
    for (std::size_t cut = 0; cut + 2 <= page.size(); ++cut) {
        Endpoint endpoint;
        EXPECT_TRUE(cut + 1 == page.size() || endpoint.read(page.substr(0, cut))) << cut;
    }
}

// A reader that knows the page before says of the next one what a reader says that knows nothing.
TEST(OpenMetricsTest, WhatWasKnownBeforeChangesNoVerdict) {
    std::mt19937_64 random{11};
    const std::string page = whole_page;
    Endpoint known;
    ASSERT_EQ(known.error(page), "");
    for (int round = 0; round < 5'000; ++round) {
        auto broken = page;
        for (std::uint64_t i = 0; i <= random() % 3; ++i) {
            const auto at = random() % broken.size();
            const std::string alphabet = "01#{} \n\"\\,.=a_eN-+";
            if (random() % 2 == 0) {
                broken[at] = alphabet[random() % alphabet.size()];
            } else {
                broken.erase(at, random() % 3);
            }
        }
        Endpoint fresh;
        const auto expected = fresh.error(broken);
        ASSERT_EQ(known.error(broken), expected) << broken;
        ASSERT_EQ(known.numbers().size(), fresh.numbers().size());
        for (std::size_t i = 0; i < fresh.numbers().size(); ++i) {
            const double one = known.numbers()[i];
            const double other = fresh.numbers()[i];
            ASSERT_TRUE(one == other || (std::isnan(one) && std::isnan(other)));
        }
        if (round % 2 == 0) {
            ASSERT_EQ(known.error(page), "");
        }
    }
}

}  // namespace
}  // namespace primum::source
