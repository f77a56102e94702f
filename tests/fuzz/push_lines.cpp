// SPDX-License-Identifier: MIT
#include "push_lines.hpp"

#include "source/push_desk.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace primum::fuzz {
namespace {

using namespace primum::source;

constexpr std::size_t line_bytes = 512;
constexpr std::size_t numbers_bytes = 2'048;

// Everybody may push to it, and it takes everything.
class Sink final : public PushTaker {
public:
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] bool may_push(uid_t) override { return true; }
    [[nodiscard]] std::uint32_t lines_per_second() const override { return 1; }
    [[nodiscard]] Result<void, PushError> take(uid_t,
                                               const std::vector<Measured>& values,
                                               bool whole) override {
        ++taken;
        PRIMUM_CHECK(whole || values.size() == 1);
        // No line is longer, and no name stands in a line twice by its number.
        PRIMUM_CHECK(values.size() <= line_bytes);
        for (const auto& [series, value] : values) {
            PRIMUM_CHECK(!series.empty());
            bytes_ += series.size();
        }
        PRIMUM_CHECK(bytes_ <= line_bytes + numbers_bytes);
        bytes_ = 0;
        return {};
    }
    void refused() override { ++refusals; }
    void read(std::uint64_t) override {}

    std::uint64_t taken = 0;
    std::uint64_t refusals = 0;

private:
    std::string name_ = "a";
    std::size_t bytes_ = 0;
};

struct Outcome {
    std::uint64_t lines = 0;
    std::uint64_t taken = 0;
    std::vector<std::string> refused;
    bool operator==(const Outcome&) const = default;
};

Outcome push(const std::vector<std::string_view>& pieces) {
    PushDesk desk{{line_bytes, 16, 64}};
    Sink sink;
    desk.attach(sink);
    PushNumbers numbers{numbers_bytes};
    LineCutter cutter{line_bytes};
    Outcome outcome;
    for (const auto piece : pieces) {
        cutter.feed(piece);
        while (const auto cut = cutter.next()) {
            outcome.lines = cut->number;
            if (cut->too_long || cut->line.empty()) {
                continue;
            }
            if (const auto no = desk.take(0, numbers, cut->line)) {
                outcome.refused.push_back(std::to_string(cut->number) +
                                          std::string{name_of(no->code)} + no->detail);
            }
        }
        PRIMUM_CHECK(cutter.held() <= line_bytes);
    }
    outcome.taken = desk.figures().taken;
    PRIMUM_CHECK(desk.figures().lines == outcome.taken + outcome.refused.size());
    PRIMUM_CHECK(sink.taken <= outcome.taken);
    return outcome;
}

}  // namespace

void take_push_lines(std::span<const std::uint8_t> bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const std::size_t cut =
        text.empty() ? 0 : static_cast<unsigned char>(text.back()) % text.size();
    const auto whole = push({text});
    PRIMUM_CHECK(whole == push({text.substr(0, cut), text.substr(cut)}));
    std::vector<std::string_view> bytewise;
    for (std::size_t i = 0; i < std::min<std::size_t>(text.size(), 2'048); ++i) {
        bytewise.push_back(text.substr(i, i == 2'047 ? std::string_view::npos : 1));
    }
    PRIMUM_CHECK(whole == push(bytewise));
}

}  // namespace primum::fuzz
