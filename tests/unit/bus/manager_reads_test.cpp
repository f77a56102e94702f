// SPDX-License-Identifier: MIT
#include "service_fixture.hpp"

namespace primum::bus {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ManagerReadsTest : public testing::ServiceFixture {};

TEST_F(ManagerReadsTest, AnswersEachReadWithOneDocument) {
    start();
    const std::string head = R"({"v":1,"now":{"t_us":60000000,"wall_us":1795312800000000},)";
    EXPECT_THAT(call("Status", {}).text, StartsWith(head + R"("daemon":{"version":"0.1.0")"));
    EXPECT_THAT(call("ListTargets", {}).text, StartsWith(head + R"("targets":[{"name":"gateway")"));
    EXPECT_THAT(call("Explain", {"gateway"}).text,
                StartsWith(head + R"("explanation":{"target":)"));
    EXPECT_THAT(call("Sources", {}).text, StartsWith(head + R"("sources":[{"name":"metrics")"));
    const auto source = call("Source", {"metrics"}).text;
    EXPECT_THAT(source, StartsWith(head + R"("source":{"name":"metrics")"));
    EXPECT_THAT(source, HasSubstr(R"("used_by":[{"target":"gateway")"));
    EXPECT_THAT(call("Providers", {}).text,
                StartsWith(head + R"("providers":[{"name":"upstream","pointer":{"form":"env",)" +
                           R"("path":"/etc/gw.env","key":"UPSTREAM"},"current":"west",)" +
                           R"("candidates":[{"candidate":"west","state":"dead","note":"",)" +
                           R"("current":true,"marked":true,"marked_until":{"t_us":90000000,)"));
    const auto precision = call("Precision", {"gateway"}).text;
    EXPECT_THAT(precision,
                StartsWith(head + R"("precision":[{"target":"gateway","level":"retry",)"));
    EXPECT_THAT(precision,
                HasSubstr(R"("share":0.8,"text":"precision 80 % (8 of 10 justified, 3 )"));
    EXPECT_THAT(call("Precision", {""}).text, HasSubstr(R"("target":"api","level":"restart",)"));
    EXPECT_THAT(call("Precision", {"nobody"}).error, HasSubstr("UnknownTarget"));
    EXPECT_THAT(call("Incidents", {5U, std::uint64_t{0}}).text,
                StartsWith(head + R"("incidents":[)"));
    EXPECT_THAT(call("Incident", {std::uint64_t{7}}).text,
                StartsWith(head + R"("story":{"incident":)"));
    EXPECT_THAT(call("Actions", {5U, std::uint64_t{9}}).text, StartsWith(head + R"("actions":[)"));
    ASSERT_THAT(backend.pages, SizeIs(2));
    EXPECT_THAT(call("OperatorCommands", {5U}).text,
                HasSubstr(R"("commands":[{"at":{"t_us":0,"wall_us":0},"verb":"hold",)"));
    EXPECT_THAT(call("OperatorCommands", {0U}).error, HasSubstr("InvalidArgument"));
    EXPECT_EQ(backend.pages[1].limit, 5U);
    EXPECT_EQ(backend.pages[1].before, 9U);
}

TEST_F(ManagerReadsTest, SaysWhatIsNotThere) {
    start();
    const testing::Answer target = call("Explain", {"gatewax"});
    EXPECT_EQ(target.error, "org.primum.Error.UnknownTarget");
    EXPECT_THAT(target.message, HasSubstr("\"gatewax\""));
    EXPECT_THAT(target.message, HasSubstr("primumctl list"));
    const testing::Answer source = call("Source", {"metrix"});
    EXPECT_EQ(source.error, "org.primum.Error.UnknownSource");
    EXPECT_THAT(source.message, HasSubstr("primumctl sources"));
    const testing::Answer incident = call("Incident", {std::uint64_t{8}});
    EXPECT_EQ(incident.error, "org.primum.Error.UnknownIncident");
    EXPECT_THAT(incident.message, HasSubstr("no incident 8"));
}

TEST_F(ManagerReadsTest, BoundsThePage) {
    start();
    EXPECT_EQ(call("Incidents", {0U, std::uint64_t{0}}).error, "org.primum.Error.InvalidArgument");
    EXPECT_EQ(call("Actions", {501U, std::uint64_t{0}}).error, "org.primum.Error.InvalidArgument");
    EXPECT_EQ(call("Actions", {500U, std::uint64_t{0}}).error, "");
    EXPECT_THAT(backend.pages, SizeIs(1));
}

TEST_F(ManagerReadsTest, SaysThatTheLedgerDoesNotAnswer) {
    backend.ledger_broken = true;
    start();
    const testing::Answer answer = call("Incidents", {5U, std::uint64_t{0}});
    EXPECT_EQ(answer.error, "org.primum.Error.LedgerUnavailable");
    EXPECT_THAT(answer.message, HasSubstr("the disk is full"));
}

}  // namespace
}  // namespace primum::bus
