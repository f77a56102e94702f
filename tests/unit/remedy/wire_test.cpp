// SPDX-License-Identifier: MIT
#include "remedy/wire.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace primum::remedy {
namespace {

ExecuteRequest execute() {
    ExecuteRequest request;
    request.action = "0b7e-12";
    request.target = "gateway \"x\"\n";
    request.level = Level::restart;
    request.index = 3;
    request.candidate = "secondary";
    request.plan_digest = "abc";
    request.not_after = instant_from_us(123'456'789);
    request.operator_uid = 1000;
    return request;
}

PreflightRequest preflight() {
    PreflightRequest request;
    request.ticket = UINT64_MAX;
    request.target = "gateway";
    request.level = Level::retry;
    request.plan_digest = "abc";
    request.dry_run = true;
    return request;
}

std::string body_of(const std::string& framed) {
    FrameReader reader;
    reader.feed(framed);
    auto body = reader.next();
    EXPECT_TRUE(body.has_value() && body->has_value());
    return body->value_or("");
}

Request again(const Request& request) {
    const auto read = decode_request(body_of(encode(request)));
    EXPECT_TRUE(read.has_value()) << (read.has_value() ? "" : read.error().message);
    return read.has_value() ? *read : Request{};
}

template <class T>
T again(const T& reply) {
    const auto read = decode_reply(body_of(encode(Reply{reply})));
    EXPECT_TRUE(read.has_value()) << (read.has_value() ? "" : read.error().message);
    return read.has_value() && std::holds_alternative<T>(*read) ? std::get<T>(*read) : T{};
}

TEST(WireTest, RequestsReadBackAsTheyWereWritten) {
    for (const Request& request : {Request{execute()},
                                   Request{preflight()},
                                   Request{RollbackRequest{"a-1"}},
                                   Request{SettleRequest{"a-1"}},
                                   Request{EvidenceRequest{"gateway"}},
                                   Request{ProbeRequest{"metrics"}},
                                   Request{PointerRequest{"upstream"}},
                                   Request{NotifyRequest{4, "{\"kind\":\"breaker\"}"}}}) {
        EXPECT_EQ(again(request), request);
    }
}

TEST(WireTest, PreflightRepliesReadBack) {
    PreflightEvent reply;
    reply.ticket = 7;
    reply.answer = Preflight::cannot;
    reply.code = Refusal::protected_unit;
    reply.detail = "dbus.service would go down with it";
    reply.blast_radius = {"a.service", "dbus.service"};
    reply.current = "primary";
    const auto read = again(reply);
    EXPECT_EQ(read.ticket, 7U);
    EXPECT_EQ(read.answer, Preflight::cannot);
    EXPECT_EQ(read.code, Refusal::protected_unit);
    EXPECT_EQ(read.detail, reply.detail);
    EXPECT_EQ(read.blast_radius, reply.blast_radius);
    EXPECT_EQ(read.current, "primary");
}

TEST(WireTest, ActionRepliesReadBack) {
    ActionEvent reply;
    reply.action = "a-1";
    reply.phase = ActionPhase::settled;
    reply.result = ActionResult::done;
    reply.refusal = Refusal::too_late;
    reply.settled_as = SettledAs::ambiguous;
    reply.detail = "job done";
    reply.took = Duration{1'234};
    reply.facts = {"e-1", {"sha256:aa", "sha256:bb"}, 3, 2, true, "-a\n+b\n"};
    const auto read = again(reply);
    EXPECT_EQ(read.action, "a-1");
    EXPECT_EQ(read.phase, ActionPhase::settled);
    EXPECT_EQ(read.result, ActionResult::done);
    EXPECT_EQ(read.refusal, Refusal::too_late);
    EXPECT_EQ(read.settled_as, SettledAs::ambiguous);
    EXPECT_EQ(read.detail, "job done");
    EXPECT_EQ(read.took, Duration{1'234});
    EXPECT_EQ(read.facts, reply.facts);
}

TEST(WireTest, PointerAndEvidenceRepliesReadBack) {
    const auto pointer = again(ProviderEvent{"upstream", "primary", "/etc/a"});
    EXPECT_EQ(pointer.provider, "upstream");
    EXPECT_EQ(pointer.candidate, "primary");
    EXPECT_EQ(pointer.detail, "/etc/a");
    const EvidenceReply evidence{"gateway", "e-1", "/var/lib/x/e-1.txt", 4711, "no sockets"};
    EXPECT_EQ(again(evidence), evidence);
}

TEST(WireTest, ProbeRepliesReadBack) {
    const ProbeReply probe{"load", Refusal::none, false, 2, "CRITICAL|a=1\n", true, "detail"};
    EXPECT_EQ(again(probe), probe);
    const ProbeReply stopped{"load", Refusal::budget, true, -1, "", false, "enough"};
    EXPECT_EQ(again(stopped), stopped);
    // The worst that a plugin can print, with every byte escaped, still fits a frame.
    ProbeReply worst{std::string(64, 'a'), {}, {}, 0, std::string(20'000, '\1'), true, ""};
    worst.detail = std::string(9'000, '\2');
    const auto read = again(worst);
    EXPECT_EQ(read.output, std::string(max_probe_output_bytes, '\1'));
}

TEST(WireTest, NoticesAndTheirEndsFitAFrameWhateverIsInThem) {
    const NotifyReply reply{9, Refusal::untrusted, true, 3, "printed", "detail"};
    EXPECT_EQ(again(reply), reply);
    const Request worst{NotifyRequest{1, std::string(max_notice_bytes, '\1')}};
    EXPECT_EQ(again(worst), worst);
}

TEST(WireTest, ErrorRepliesReadBack) {
    const ErrorReply reply{Refusal::not_permitted, "uid 7 may not ask"};
    EXPECT_EQ(again(reply), reply);
}

// Lesson: a framed reader reads past its frame into the next message.
TEST(WireTest, SeveralFramesInOneReadComeOutOneByOne) {
    const std::vector<Request> sent{
        execute(), SettleRequest{"a-1"}, preflight(), RollbackRequest{"a-2"}};
    std::string stream;
    for (const auto& request : sent) {
        stream += encode(request);
    }
    FrameReader reader;
    reader.feed(stream);
    for (const auto& request : sent) {
        const auto body = reader.next();
        ASSERT_TRUE(body.has_value() && body->has_value());
        const auto read = decode_request(**body);
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(*read, request);
    }
    const auto none = reader.next();
    ASSERT_TRUE(none.has_value());
    EXPECT_FALSE(none->has_value());
    EXPECT_FALSE(reader.inside_frame());
}

TEST(WireTest, AStreamCutAtEveryByteGivesTheSameFrames) {
    const std::string stream = encode(Request{execute()}) + encode(Request{SettleRequest{"a-1"}});
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        FrameReader reader;
        std::vector<std::string> bodies;
        for (const auto part :
             {std::string_view{stream}.substr(0, cut), std::string_view{stream}.substr(cut)}) {
            reader.feed(part);
            for (;;) {
                auto body = reader.next();
                ASSERT_TRUE(body.has_value()) << "cut at " << cut;
                if (!body->has_value()) {
                    break;
                }
                bodies.push_back(**body);
            }
        }
        ASSERT_EQ(bodies.size(), 2U) << "cut at " << cut;
        EXPECT_EQ(frame(bodies[0]) + frame(bodies[1]), stream) << "cut at " << cut;
    }
}

TEST(WireTest, AStreamByteByByteGivesTheSameFrames) {
    const std::string stream = encode(Request{execute()}) + encode(Request{preflight()});
    FrameReader reader;
    std::string out;
    for (const char c : stream) {
        reader.feed({&c, 1});
        const auto body = reader.next();
        ASSERT_TRUE(body.has_value());
        out += body->has_value() ? frame(**body) : "";
    }
    EXPECT_EQ(out, stream);
}

TEST(WireTest, AFrameThatIsTooLongBreaksTheStreamForGood) {
    FrameReader reader;
    reader.feed(std::string("\x00\x01\x00\x01", 4));  // 65,537
    const auto body = reader.next();
    ASSERT_FALSE(body.has_value());
    EXPECT_EQ(body.error().message, "a frame must hold 1 to 65536 bytes");
    reader.feed(encode(Request{SettleRequest{"a-1"}}));
    EXPECT_FALSE(reader.next().has_value());
}

TEST(WireTest, TheLongestFrameIsTaken) {
    FrameReader reader;
    reader.feed(frame(std::string(max_frame_bytes, ' ')));
    const auto body = reader.next();
    ASSERT_TRUE(body.has_value() && body->has_value());
    EXPECT_EQ((*body)->size(), max_frame_bytes);
}

TEST(WireTest, AnEmptyFrameBreaksTheStream) {
    FrameReader reader;
    reader.feed(std::string(4, '\0'));
    EXPECT_FALSE(reader.next().has_value());
}

TEST(WireTest, GarbageIsRefusedWithAReason) {
    for (const std::string body : {"",
                                   "{",
                                   "[]",
                                   "7",
                                   "null",
                                   "{}",
                                   "{\"op\":7}",
                                   "{\"op\":\"explode\"}",
                                   "\xff\xfe\x00",
                                   "{\"op\":\"settle\"}",
                                   "{\"op\":\"settle\",\"action\":1}",
                                   "{\"op\":\"settle\",\"action\":\"a\"} trailing"}) {
        const auto request = decode_request(body);
        EXPECT_FALSE(request.has_value()) << body;
        EXPECT_FALSE(decode_reply(body).has_value()) << body;
    }
}

TEST(WireTest, DeepNestingIsRefused) {
    const std::string deep(60'000, '[');
    EXPECT_FALSE(decode_request(deep).has_value());
}

TEST(WireTest, AMissingOrIllTypedMemberIsNamed) {
    const auto missing = decode_request(R"({"op":"execute","action":"a"})");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().message, "member \"target\" is missing or of the wrong kind");
    auto body = body_of(encode(Request{execute()}));
    const auto at = body.find("\"restart\"");
    ASSERT_NE(at, std::string::npos);
    const auto ill_typed = decode_request(body.replace(at, 9, "\"reboot\""));
    ASSERT_FALSE(ill_typed.has_value());
    EXPECT_EQ(ill_typed.error().message, "member \"level\" is missing or of the wrong kind");
}

TEST(WireTest, NumbersThatDoNotFitAreRefused) {
    auto body = body_of(encode(Request{execute()}));
    const auto at = body.find("\"index\":3");
    ASSERT_NE(at, std::string::npos);
    for (const std::string value : {"4294967296", "-1", "1.5", "\"3\""}) {
        auto changed = body;
        EXPECT_FALSE(decode_request(changed.replace(at + 8, 1, value)).has_value()) << value;
    }
}

TEST(WireTest, UnknownMembersAreIgnored) {
    const auto read = decode_request(R"({"op":"settle","action":"a","later":{"x":[1]}})");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, Request{SettleRequest{"a"}});
}

TEST(WireTest, EveryPrefixOfABodyIsRefused) {
    const auto body = body_of(encode(Request{execute()}));
    for (std::size_t size = 0; size < body.size(); ++size) {
        EXPECT_FALSE(decode_request(body.substr(0, size)).has_value()) << size;
    }
}

TEST(WireTest, TextThatWouldNotFitIsCutNeverTheFrame) {
    PreflightEvent reply;
    reply.detail = std::string(200'000, '\x01');
    reply.blast_radius.assign(1'000, std::string(1'000, '\x02'));
    const auto framed = encode(Reply{reply});
    EXPECT_LE(framed.size(), max_frame_bytes + 4);
    EXPECT_TRUE(decode_reply(body_of(framed)).has_value());

    ActionEvent ended;
    ended.action = ended.detail = ended.facts.evidence = std::string(200'000, '\x01');
    ended.facts.conflict = ended.detail;
    ended.facts.snapshots.assign(1'000, ended.detail);
    EXPECT_TRUE(decode_reply(body_of(encode(Reply{ended}))).has_value());

    ExecuteRequest request;
    for (auto* text :
         {&request.action, &request.target, &request.candidate, &request.plan_digest}) {
        text->assign(200'000, '\x01');
    }
    EXPECT_TRUE(decode_request(body_of(encode(Request{request}))).has_value());
}

}  // namespace
}  // namespace primum::remedy
