// SPDX-License-Identifier: MIT
#include "source/alertmanager.hpp"

#include "loop_clock.hpp"
#include "matchers.hpp"
#include "source/http_client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace primum::source {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class AlertmanagerTest : public testing::Test {
protected:
    AlertmanagerTest() {
        std::string folder = testing::TempDir() + "primum-alerts-XXXXXX";
        root_ = ::mkdtemp(folder.data());
        write_token("pager", "good\n");
        write_token("other", "else\n");
    }
    ~AlertmanagerTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    void write_token(const std::string& name, const std::string& text) const {
        std::ofstream{root_ / name} << text;
    }
    std::unique_ptr<Source> make(const std::string& name, Duration interval = minutes{5}) {
        SourceRule rule;
        rule.name = name;
        rule.kind = SourceKind::alertmanager;
        rule.interval = interval;
        rule.max_series = 2;
        rule.plan = AlertmanagerPlan{root_ / name};
        Tools tools{
            loop_, clock_, client_, [this](EventBody body) { news_.push_back(std::move(body)); }};
        tools.alerts = &desk_;
        auto source = make_alertmanager(tools, rule, 0);
        source->want({{wants_prefix("alert")}, {"alert"}});
        return source;
    }
    static std::string alert(const std::string& status, const std::string& name) {
        return R"({"status":")" + status + R"(","labels":{"alertname":")" + name +
               R"("},"fingerprint":")" + name + R"("})";
    }
    static std::string body(const std::string& alerts, int truncated = 0) {
        return R"({"version":"4","receiver":"r","truncatedAlerts":)" + std::to_string(truncated) +
               R"(,"alerts":[)" + alerts + "]}";
    }
    WebhookReply post(const std::string& text,
                      const std::string& path = "/api/v1/alerts",
                      const std::string& token = "Bearer good",
                      const std::string& type = "application/json") {
        WebhookPost head{path, token, type, {}};
        if (auto no = desk_.admit(head)) {
            return *no;
        }
        head.body = text;
        return desk_.take(head);
    }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const auto& event : news_) {
            if (const auto* one = std::get_if<T>(&event)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    std::filesystem::path root_;
    systemd::EventLoop loop_;
    LoopClock clock_{loop_};
    HttpClient client_{loop_, clock_};
    AlertDesk desk_;
    std::vector<EventBody> news_;
};

TEST_F(AlertmanagerTest, FiringIsOneAndResolvedIsNought) {
    loop_.run_once(milliseconds{0});
    const auto source = make("pager");
    EXPECT_EQ(post(body(alert("firing", "Down"))).status, 200U);
    EXPECT_EQ(post(body(alert("resolved", "Down"))).status, 200U);
    ASSERT_EQ(all<SeriesEvent>().size(), 1U);
    EXPECT_EQ(all<SeriesEvent>()[0].name, R"(alert{alertname="Down"})");
    const auto samples = all<SampleEvent>();
    ASSERT_EQ(samples.size(), 2U);
    EXPECT_EQ(samples[0].value, 1);
    EXPECT_EQ(samples[1].value, 0);
    EXPECT_EQ(source->stats().samples, 2U);
    EXPECT_EQ(source->stats().collections, 2U);
}

TEST_F(AlertmanagerTest, OnlyWithItsToken) {
    loop_.run_once(milliseconds{0});
    EXPECT_EQ(post(body("")).status, 404U) << "there is no source at all";
    const auto source = make("pager");
    for (const char* shown : {"", "Bearer ", "Bearer goo", "Bearer goodx", "good", "Basic good"}) {
        EXPECT_EQ(post(body(alert("firing", "Down")), "/api/v1/alerts", shown).status, 401U)
            << shown;
    }
    write_token("pager", "");
    EXPECT_EQ(post(body(""), "/api/v1/alerts", "Bearer ").status, 401U) << "an empty token";
    write_token("pager", "renewed\n");
    EXPECT_EQ(post(body("")).status, 401U);
    EXPECT_EQ(post(body(""), "/api/v1/alerts", "Bearer renewed").status, 200U);
    std::filesystem::remove(root_ / "pager");
    EXPECT_EQ(post(body("")).status, 401U);
    EXPECT_TRUE(all<SampleEvent>().empty());
    EXPECT_EQ(desk_.refused(), 10U);
}

TEST_F(AlertmanagerTest, ThePathOrTheTokenSaysWhoseItIs) {
    loop_.run_once(milliseconds{0});
    const auto pager = make("pager");
    const auto other = make("other");
    EXPECT_EQ(post(body(alert("firing", "A")), "/api/v1/alerts", "Bearer else").status, 200U);
    EXPECT_EQ(all<SampleEvent>().back().source, "other");
    EXPECT_EQ(post(body(alert("firing", "A")), "/api/v1/alerts/pager").status, 200U);
    EXPECT_EQ(all<SampleEvent>().back().source, "pager");
    EXPECT_EQ(post(body(""), "/api/v1/alerts/other").status, 401U);
    EXPECT_EQ(post(body(""), "/api/v1/alerts/nobody").status, 404U);
}

TEST_F(AlertmanagerTest, RefusesWhatIsNoWebhook) {
    loop_.run_once(milliseconds{0});
    const auto source = make("pager");
    EXPECT_EQ(post("{}").status, 400U);
    EXPECT_NE(post("{}").text.find("version"), std::string::npos);
    EXPECT_EQ(post(body(""), "/api/v1/alerts", "Bearer good", "text/plain").status, 415U);
    EXPECT_EQ(
        post(body(""), "/api/v1/alerts", "Bearer good", "application/json; charset=utf-8").status,
        200U);
    EXPECT_EQ(source->stats().refused, 3U);
    EXPECT_TRUE(all<SourceEvent>().empty()) << "what others send is not the source's failure";
}

TEST_F(AlertmanagerTest, CountsWhatWasLeftOutAndTakesEachFingerprintOnce) {
    loop_.run_once(milliseconds{0});
    const auto source = make("pager");
    EXPECT_EQ(post(body(alert("firing", "A") + "," + alert("resolved", "A"), 7)).status, 200U);
    ASSERT_EQ(all<SampleEvent>().size(), 1U);
    EXPECT_EQ(all<SampleEvent>()[0].value, 1);
    EXPECT_EQ(source->stats().partial, 1U);
    EXPECT_EQ(source->stats().refused, 1U);
    EXPECT_NE(source->stats().note.find("7 alerts"), std::string::npos);
}

TEST_F(AlertmanagerTest, MoreAlertsThanItMayHoldAreRefused) {
    loop_.run_once(milliseconds{0});
    const auto source = make("pager");
    EXPECT_EQ(
        post(body(alert("firing", "A") + "," + alert("firing", "B") + "," + alert("firing", "C")))
            .status,
        200U);
    EXPECT_EQ(all<SampleEvent>().size(), 2U);
    EXPECT_EQ(source->stats().refused, 1U);
}

TEST_F(AlertmanagerTest, SilenceIsAFailureOnlyWhileSomethingFires) {
    loop_.run_once(milliseconds{0});
    const auto source = make("pager", milliseconds{10});
    const auto later = [this](int ms) {
        const auto until = clock_.now().t + milliseconds{ms};
        return turn_until(loop_, [&] { return clock_.now().t >= until; });
    };
    ASSERT_TRUE(later(50));
    EXPECT_TRUE(all<SourceEvent>().empty());
    EXPECT_EQ(post(body(alert("firing", "A"))).status, 200U);
    ASSERT_TRUE(turn_until(loop_, [&] { return !all<SourceEvent>().empty(); }));
    EXPECT_EQ(all<SourceEvent>()[0].error_class, "silent");
    EXPECT_EQ(all<SampleEvent>().size(), 1U) << "silence clears nothing";
    EXPECT_EQ(post(body(alert("resolved", "A"))).status, 200U);
    EXPECT_TRUE(all<SourceEvent>().back().ok);
    const auto before = all<SourceEvent>().size();
    ASSERT_TRUE(later(50));
    EXPECT_EQ(all<SourceEvent>().size(), before);
}

TEST(TokenTest, IsTheWholeToken) {
    EXPECT_TRUE(is_token("abc", "abc"));
    EXPECT_FALSE(is_token("ab", "abc"));
    EXPECT_FALSE(is_token("abca", "abc"));
    EXPECT_FALSE(is_token("abcabc", "abc"));
    EXPECT_FALSE(is_token("", "abc"));
    EXPECT_FALSE(is_token("", ""));
}

}  // namespace
}  // namespace primum::source
