// SPDX-License-Identifier: MIT
#include "core/archive_reader.hpp"
#include "core/archive_writer.hpp"

#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace primum::core {
namespace {

struct Inner {
    std::string name;
    double value = 0;
    bool operator==(const Inner&) const = default;

    static void members(auto& archive, auto& it) { archive.whole(it, it.name, it.value); }
};

struct Everything {
    bool flag = false;
    std::int64_t number = 0;
    std::uint8_t small = 0;
    Level level = Level::steady;
    Instant at;
    Duration span{0};
    std::optional<Inner> maybe;
    std::optional<int> usual{7};  // there unless it is taken away
    std::array<std::optional<int>, 3> places{};
    std::variant<std::monostate, std::string, double> either;
    std::tuple<int, std::string> both;
    std::vector<bool> bits;
    std::vector<Inner> many;
    std::map<std::string, std::vector<int>> by_name;
    std::set<std::uint64_t> keys;
    bool operator==(const Everything&) const = default;

    static void members(auto& archive, auto& it) {
        archive.whole(it,
                      it.flag,
                      it.number,
                      it.small,
                      it.level,
                      it.at,
                      it.span,
                      it.maybe,
                      it.usual,
                      it.places,
                      it.either,
                      it.both,
                      it.bits,
                      it.many,
                      it.by_name,
                      it.keys);
    }
};

Everything everything() {
    Everything it;
    it.flag = true;
    it.number = INT64_MIN;
    it.small = 255;
    it.level = Level::fallback;
    it.at = Instant::min();
    it.span = Duration{-7};
    it.maybe = Inner{"a b%\"\\\n\xC3\xBC", 0.1};
    it.usual.reset();
    it.places = {1, std::nullopt, -3};
    it.either = std::string{"x"};
    it.both = {5, ""};
    it.bits = {true, false, true};
    it.many = {{"", 1e308}, {std::string{"\0z", 2}, -0.0}};
    it.by_name = {{"", {}}, {"k", {1, 2}}};
    it.keys = {0, UINT64_MAX};
    return it;
}

template <class T>
std::string written(const T& value) {
    Writer writer;
    writer(value);
    return writer.take();
}

template <class T>
std::optional<T> read(std::string_view text) {
    Reader reader{text};
    T value{};
    reader(value);
    return reader.ok() && reader.at_end() ? std::optional{value} : std::nullopt;
}

TEST(ArchiveTest, GivesBackWhatWasWritten) {
    const std::string text = written(everything());
    EXPECT_EQ(read<Everything>(text), everything());
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) {
        return c >= ' ' && c <= '~' && c != '"' && c != '\\';
    })) << text;
}

TEST(ArchiveTest, DoublesAreExact) {
    using Limits = std::numeric_limits<double>;
    for (const double value :
         {0.0, -0.0, 1.0, 0.1, 5e-324, Limits::max(), Limits::infinity(), -Limits::infinity()}) {
        const auto back = read<double>(written(value));
        ASSERT_TRUE(back);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
    }
    EXPECT_EQ(written(1.0), "3FF ");
    EXPECT_NE(read<double>(written(-Limits::quiet_NaN())), std::nullopt);
}

TEST(ArchiveTest, CutAnywhereItIsRefused) {
    const std::string text = written(everything());
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_EQ(read<Everything>(text.substr(0, length)), std::nullopt) << length;
    }
}

TEST(ArchiveTest, NoTextIsMoreThanRefused) {
    const std::string text = written(everything());
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : {' ', '0', '9', '-', '=', '%', 'F', 'x', '\0'}) {
            std::string other = text;
            other[i] = c;
            static_cast<void>(read<Everything>(other));
        }
    }
}

TEST(ArchiveTest, RefusesWhatItWouldNotWrite) {
    EXPECT_EQ(read<bool>("2 "), std::nullopt);
    EXPECT_EQ(read<std::uint8_t>("256 "), std::nullopt);
    EXPECT_EQ(read<std::uint8_t>("-1 "), std::nullopt);
    EXPECT_EQ(read<Level>("6 "), std::nullopt);
    EXPECT_EQ(read<double>("3ff "), std::nullopt);
    EXPECT_EQ(read<double>("00000000000000000 "), std::nullopt);
    EXPECT_EQ(read<std::string>("text "), std::nullopt);
    EXPECT_EQ(read<std::string>("=%4 "), std::nullopt);
    EXPECT_EQ(read<std::string>("=%GG "), std::nullopt);
    EXPECT_EQ(read<std::string>("=a  "), std::nullopt);
    EXPECT_EQ(read<std::vector<int>>("18446744073709551615 1 "), std::nullopt);
    EXPECT_EQ((read<std::variant<int, bool>>("2 1 ")), std::nullopt);
}

}  // namespace
}  // namespace primum::core
