// SPDX-License-Identifier: MIT
#include "source/promql_reply.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace primum::source {
namespace {

PromqlReply read(const std::string& body) {
    PromqlReader reader;
    auto reply = reader.read(body, 200);
    EXPECT_TRUE(reply.has_value()) << reply.error().detail;
    return reply.value_or(PromqlReply{});
}

PromqlError refuse(const std::string& body, long status = 200) {
    PromqlReader reader;
    const auto reply = reader.read(body, status);
    EXPECT_FALSE(reply.has_value()) << body;
    return reply.has_value() ? PromqlError{SourceFailure::none, ""} : reply.error();
}

std::string vector_of(const std::string& entries) {
    return R"({"status":"success","data":{"resultType":"vector","result":[)" + entries + "]}}";
}

std::string valued(const std::string& value) {
    return vector_of(R"({"metric":{},"value":[1.5,)" + value + "]}");
}

TEST(PromqlReplyTest, ReadsAVectorWithoutItsNames) {
    const auto reply = read(
        vector_of(R"({"metric":{"__name__":"up","instance":"h:1","job":"a \"b\" \\ \n"},)"
                  R"("value":[1700000000.123,"1"]},{"metric":{},"value":[1700000000,"-2.5e-3"]})"));
    ASSERT_EQ(reply.samples.size(), 2U);
    EXPECT_EQ(reply.samples[0].labels, R"({instance="h:1",job="a \"b\" \\ \n"})");
    EXPECT_EQ(reply.samples[0].value, 1);
    EXPECT_DOUBLE_EQ(reply.samples[0].at, 1'700'000'000.123);
    EXPECT_EQ(reply.samples[1].labels, "");
    EXPECT_EQ(reply.samples[1].value, -2.5e-3);
    EXPECT_EQ(reply.warning, "");
    EXPECT_TRUE(read(vector_of("")).samples.empty());
}

TEST(PromqlReplyTest, ReadsAScalar) {
    const auto reply =
        read(R"({"status":"success","data":{"resultType":"scalar","result":[1.5,"42"]}})");
    ASSERT_EQ(reply.samples.size(), 1U);
    EXPECT_EQ(reply.samples[0].labels, "");
    EXPECT_EQ(reply.samples[0].value, 42);
}

TEST(PromqlReplyTest, ReadsWhatIsNoOrdinaryNumber) {
    EXPECT_TRUE(std::isnan(read(valued("\"NaN\"")).samples.at(0).value));
    EXPECT_EQ(read(valued("\"+Inf\"")).samples.at(0).value, HUGE_VAL);
    EXPECT_EQ(read(valued("\"-Inf\"")).samples.at(0).value, -HUGE_VAL);
    for (const auto* text :
         {"\"\"", "\"x\"", "\"1 \"", "\"inf\"", "\"nan\"", "\"1e999\"", "\"0x1\""}) {
        const auto error = refuse(valued(text));
        EXPECT_EQ(error.failure, SourceFailure::parse);
        EXPECT_EQ(error.detail, "data.result[0].value[1]: a number is expected") << text;
    }
    EXPECT_EQ(refuse(valued("1")).detail,
              "data.result[0].value[1]: a number in a string is expected");
}

TEST(PromqlReplyTest, RefusesResultsOfOtherTypes) {
    const auto error = refuse(R"({"status":"success","data":{"resultType":"matrix","result":[]}})");
    EXPECT_EQ(error.failure, SourceFailure::parse);
    EXPECT_EQ(error.detail,
              "data.resultType: the result is a matrix; a vector or a scalar is expected");
    EXPECT_EQ(
        refuse(R"({"status":"success","data":{"resultType":"string","result":[1,"a"]}})").detail,
        "data.resultType: the result is a string; a vector or a scalar is expected");
    EXPECT_NE(refuse(vector_of(R"({"metric":{},"histogram":[1,{}]})")).detail.find("histogram"),
              std::string::npos);
}

TEST(PromqlReplyTest, PassesWarningsOn) {
    const auto body = [](const std::string& warnings) {
        return R"({"status":"success","data":{"resultType":"vector","result":[]},"warnings":)" +
               warnings + "}";
    };
    EXPECT_EQ(read(body(R"(["one store\ndid not answer","two"])")).warning,
              "one store did not answer");
    EXPECT_EQ(read(body(R"([""])")).warning, "a warning without words");
    EXPECT_EQ(read(body("[]")).warning, "");
    EXPECT_EQ(read(body("null")).warning, "");
    EXPECT_EQ(refuse(body("7")).detail, "warnings: an array is expected");
}

TEST(PromqlReplyTest, PassesTheServersOwnErrorsOn) {
    const auto error = refuse(
        R"({"status":"error","errorType":"bad_data","error":"parse error: unexpected <op:*>"})",
        400);
    EXPECT_EQ(error.failure, SourceFailure::http_status);
    EXPECT_EQ(error.detail, "HTTP status 400: bad_data: parse error: unexpected <op:*>");
    EXPECT_EQ(refuse(R"({"status":"error","errorType":"timeout","error":"query timed out"})", 503)
                  .failure,
              SourceFailure::timeout);
    EXPECT_LT(
        refuse(R"({"status":"error","errorType":"x","error":")" + std::string(9'000, 'x') + "\"}",
               500)
            .detail.size(),
        400U);
    EXPECT_EQ(refuse("<html>busy</html>", 503).detail, "HTTP status 503");
    EXPECT_EQ(refuse(vector_of(""), 500).failure, SourceFailure::http_status);
}

TEST(PromqlReplyTest, RefusesWhatIsNoReply) {
    EXPECT_EQ(refuse("up 1\n").failure, SourceFailure::parse);
    EXPECT_EQ(refuse("").failure, SourceFailure::parse);
    EXPECT_EQ(refuse("[]").detail, "an object is expected");
    EXPECT_EQ(refuse("{}").detail, "status: a string is expected");
    EXPECT_EQ(refuse(R"({"status":"success"})").detail, "data: an object is expected");
    EXPECT_EQ(refuse(R"({"status":"success","data":{"resultType":"vector"}})").detail,
              "data.result: a result is expected");
    EXPECT_EQ(refuse(vector_of("7")).detail, "data.result[0]: an object is expected");
    EXPECT_EQ(refuse(vector_of(R"({"metric":{},"value":[1]})")).detail,
              "data.result[0].value: a pair of time and value is expected");
    EXPECT_EQ(refuse(vector_of(R"({"metric":{"a b":"c"},"value":[1,"1"]})")).detail,
              "data.result[0].metric: no label has such a name");
    EXPECT_EQ(refuse(vector_of(R"({"metric":{"a":7},"value":[1,"1"]})")).detail,
              "data.result[0].metric.a: a string is expected");
    EXPECT_EQ(refuse(vector_of(R"({"metric":{"a":")" + std::string(5'000, 'x') +
                               R"("},"value":[1,"1"]})"))
                  .detail,
              "data.result[0].metric: the labels are over 4096 bytes");
    const std::string deep(100'000, '[');
    EXPECT_EQ(refuse(deep).failure, SourceFailure::parse);
    EXPECT_EQ(refuse(vector_of("{\"metric\":{},\"value\":[1,\"1\xff\"]}")).failure,
              SourceFailure::parse);
}

TEST(PromqlReplyTest, KnowsAPlainSelector) {
    for (const auto* query : {"up",
                              " up ",
                              "job:errors:rate5m",
                              "up{}",
                              "up {job=\"a}b\",x!~'c\\'}'}",
                              "{__name__=\"up\"}",
                              "up{job=`a\\`}"}) {
        EXPECT_TRUE(is_plain_selector(query)) << query;
    }
    for (const auto* query : {"",
                              "  ",
                              "1",
                              "NaN",
                              "inf",
                              "rate(up[5m])",
                              "up + up",
                              "up{job=\"a\"} > 1",
                              "up offset 5m",
                              "up # c",
                              "up{job=\"a}",
                              "up[5m]"}) {
        EXPECT_FALSE(is_plain_selector(query)) << query;
    }
}

}  // namespace
}  // namespace primum::source
