// SPDX-License-Identifier: MIT
#include "rules/toml_reader.hpp"

#include "rule_text.hpp"
#include "rules/loader.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace primum::rules {
namespace {

std::vector<std::string> read(std::string_view text, std::optional<Node>& tree) {
    ErrorList errors;
    tree = read_toml(text, errors.add_file("r.toml"), errors);
    return formatted(errors.take());
}

std::vector<std::string> read_errors(std::string_view text) {
    std::optional<Node> tree;
    auto lines = read(text, tree);
    EXPECT_EQ(tree.has_value(), lines.empty());
    return lines;
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) {
        out += piece;
    }
    return out;
}

TEST(TomlReaderTest, KeepsPlacesOfKeysAndValues) {
    std::optional<Node> tree;
    EXPECT_TRUE(read("a = 1\n[b.c]\nd  = { e = \"x\" }\n", tree).empty());
    const Member* b = find_member(*tree, "b");
    ASSERT_NE(b, nullptr);
    const Member* c = find_member(b->value, "c");
    ASSERT_NE(c, nullptr);
    EXPECT_EQ(c->at, (Place{0, 2, 4}));
    const Member* d = find_member(c->value, "d");
    ASSERT_NE(d, nullptr);
    EXPECT_EQ(d->at, (Place{0, 3, 1}));
    EXPECT_EQ(d->value.at, (Place{0, 3, 6}));
    EXPECT_TRUE(d->value.is_inline);
    EXPECT_EQ(find_member(d->value, "e")->value.text, "x");
}

TEST(TomlReaderTest, GivesOneErrorForOneFile) {
    EXPECT_EQ(read_errors("a = 1\na = 2\nb = \n").size(), 1U);
    EXPECT_EQ(read_errors("x = 1\ny = \n"),
              std::vector<std::string>{"r.toml:2:5: syntax: Error while parsing key-value pair: "
                                       "expected value, saw '\\n'"});
}

// Each of these ended a process that gave it to the library as it is.
TEST(TomlReaderTest, SurvivesWhatAssertsInTheLibrary) {
    EXPECT_EQ(read_errors("[[[1]]]").size(), 1U);
    EXPECT_EQ(read_errors("[[[").size(), 1U);
    EXPECT_EQ(read_errors("a = [[[[").size(), 1U);
}

TEST(TomlReaderTest, CapsDottedKeysAndNestingBeforeTheLibrary) {
    EXPECT_EQ(read_errors(repeated("a.", 20'000) + "a = 1"),
              std::vector<std::string>{"r.toml:1:32: the key has too many parts (at most 16)"});
    EXPECT_EQ(read_errors("[" + repeated("a.", 20'000) + "a]"),
              std::vector<std::string>{"r.toml:1:33: the key has too many parts (at most 16)"});
    EXPECT_EQ(read_errors("x = \"\"\na = " + repeated("[", 20'000)),
              std::vector<std::string>{"r.toml:2:21: the nesting is too deep (at most 16)"});
    EXPECT_EQ(read_errors("a = " + repeated("{ a = ", 5'000)).size(), 1U);
    EXPECT_TRUE(read_errors("a = " + repeated("[", 15) + repeated("]", 15)).empty());
}

TEST(TomlReaderTest, DoesNotCountWithinStringsAndComments) {
    const std::string dots = repeated(".", 100);
    const std::string open = repeated("[{", 100);
    EXPECT_TRUE(read_errors("a = \"" + dots + open + "\\\"" + dots + "\"\n# " + dots + open +
                            "\nb = '" + dots + "'\nc = '''\n" + dots + "'" + open +
                            "'''\nd = \"\"\"\n" + open + "\\\"\"\"\\\"" + dots + "\"\"\"\n")
                    .empty());
}

TEST(TomlReaderTest, CapsTheFile) {
    const std::string line = "# " + std::string(61, 'x') + "\n";
    std::string text = repeated(line, max_file_bytes / line.size());
    ASSERT_EQ(text.size(), max_file_bytes);
    EXPECT_TRUE(read_errors(text).empty());
    EXPECT_EQ(read_errors(text + "\n"),
              std::vector<std::string>{"r.toml: the file has 65537 bytes, more than 65536; split "
                                       "it"});
}

TEST(TomlReaderTest, TakesOddFiles) {
    EXPECT_TRUE(read_errors("").empty());
    EXPECT_TRUE(read_errors("\xEF\xBB\xBF").empty());
    EXPECT_EQ(read_errors(std::string_view{"\0", 1}).size(), 1U);
    EXPECT_EQ(read_errors("a = \"\xFF\xFE\"").size(), 1U);
    EXPECT_EQ(read_errors(std::string(60'000, 'k')).size(), 1U);
    EXPECT_TRUE(read_errors(std::string(60'000, 'k') + " = 1").empty());
}

// xorshift64: the same bytes in every run.
class Noise {
public:
    explicit Noise(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 1) {}
    std::uint64_t next() {
        state_ ^= state_ << 13U;
        state_ ^= state_ >> 7U;
        state_ ^= state_ << 17U;
        return state_;
    }

private:
    std::uint64_t state_;
};

TEST(TomlReaderTest, NeverCrashesOnRandomBytes) {
    constexpr std::string_view alphabet = "[]{}=.,\"'#\\\n\t aex01-_:T\xC3\xA9";
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        Noise noise{seed};
        std::string text(noise.next() % 200, ' ');
        for (char& c : text) {
            c = seed % 3 == 0 ? static_cast<char>(noise.next() % 256)
                              : alphabet[noise.next() % alphabet.size()];
        }
        static_cast<void>(read_errors(text));
    }
}

// A good file with bytes changed, left out or doubled: most of it reaches the checks of meaning.
TEST(TomlReaderTest, NeverCrashesOnDamagedRules) {
    const std::string good = indicator_with(
        "source = \"m\"\nvalue = { ratio = ['a{b=~\"5..\"}', 'a'], over = \"1m\" }\n"
        "error = { above = 0.5, clear_below = 0.1 }\ntrip = \"3 of 5\"\n"
        "[target.web.ladder.restart]\nwhen = \"error\"\nremedy = [{ restart = { timeout = \"5s\" } "
        "}]\ncooldown = { initial = \"1m\", factor = 2, max = \"1h\" }\n");
    ASSERT_TRUE(errors_of(good).empty());
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        Noise noise{seed};
        std::string text = good;
        for (std::uint64_t i = 0; i <= seed % 4; ++i) {
            const std::size_t at = noise.next() % text.size();
            const std::size_t length = noise.next() % 12;
            switch (noise.next() % 3) {
                case 0:
                    text[at] = static_cast<char>(noise.next() % 128);
                    break;
                case 1:
                    text.erase(at, length);
                    break;
                default:
                    text.insert(at, text.substr(noise.next() % text.size(), length));
                    break;
            }
        }
        static_cast<void>(errors_of(text));
    }
}

}  // namespace
}  // namespace primum::rules
