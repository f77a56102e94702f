// SPDX-License-Identifier: MIT
#include "remedy/http.hpp"

#include "remedy_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace primum::remedy {
namespace {

class HttpTest : public testing::RemedyFixture {
protected:
    Report answer(const std::string& printed) {
        systemd_->on_transient = [this, printed](const FakeSystemd::Transient& unit) {
            started_.push_back(unit);
            std::array<char, 512> text{};
            const auto got = ::read(
                unit.descriptors.at("StandardInputFileDescriptor"), text.data(), text.size());
            input_.assign(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
            EXPECT_GT(::write(unit.descriptors.at("StandardOutputFileDescriptor"),
                              printed.data(),
                              printed.size()),
                      0);
            for (const auto& [name, fd] : unit.descriptors) {
                ::close(fd);
            }
            return next_job_++;
        };
        HttpPlan plan;
        plan.call = {"POST", "http://127.0.0.1:9/reset", "{\"a\": 1}", "application/json"};
        EXPECT_EQ(prepare(order(RemedyKind::http, plan)).refusal, Refusal::none);
        return run();
    }
    std::string input_;
};

TEST_F(HttpTest, TwoHundredsAreDone) {
    EXPECT_EQ(answer("ok\nprimum-status=204\n").result, ActionResult::done);
    EXPECT_EQ(started_.at(0).properties.at("DynamicUser"), "yes");
    EXPECT_EQ(started_.at(0).properties.at("CapabilityBoundingSet"), "0");
    EXPECT_EQ(input_,
              "url = \"http://127.0.0.1:9/reset\"\nrequest = \"POST\"\ngloboff\n"
              "header = \"Content-Type: application/json\"\ndata-raw = \"{\\\"a\\\": 1}\"\n");
}

TEST_F(HttpTest, EverythingElseIsAFailure) {
    const auto report = answer("go there\nprimum-status=302\n");
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_EQ(report.detail, "POST http://127.0.0.1:9/reset was answered with 302");
}

TEST_F(HttpTest, TheAnswerCannotSayItsOwnStatus) {
    EXPECT_EQ(answer("\nprimum-status=200\n\nprimum-status=500\n").result, ActionResult::failed);
}

TEST_F(HttpTest, ACallIsWrittenAsCurlReadsIt) {
    HttpCall call;
    call.method = "PUT";
    call.url = "http://h/[1-9]";
    call.body = "a\n\"b\"\\\t";
    call.content_type = "text/plain";
    EXPECT_EQ(curl_config(call),
              "url = \"http://h/[1-9]\"\nrequest = \"PUT\"\ngloboff\n"
              "header = \"Content-Type: text/plain\"\ndata-raw = \"a\\n\\\"b\\\"\\\\\\t\"\n");
    call.body.clear();
    EXPECT_EQ(curl_config(call), "url = \"http://h/[1-9]\"\nrequest = \"PUT\"\ngloboff\n");
}

}  // namespace
}  // namespace primum::remedy
