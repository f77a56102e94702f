// SPDX-License-Identifier: MIT
#include "remedy/pointer_file.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

std::string read(PointerForm form, const std::string& text, const std::string& key) {
    const auto value = read_key(form, text, key);
    return value ? *value : "refused: " + value.error().message;
}

std::string change(PointerForm form,
                   const std::string& text,
                   const std::string& key,
                   const std::string& value) {
    const auto changed = change_key(form, text, key, value);
    if (!changed) {
        return "refused: " + changed.error().message;
    }
    EXPECT_EQ(read(form, *changed, key), value);
    // And back again: not a byte is another.
    const auto old = read_key(form, text, key);
    const auto back = change_key(form, *changed, key, old.value());
    EXPECT_TRUE(back) << (back ? "" : back.error().message);
    return *changed;
}

std::string env(const std::string& text, const std::string& value) {
    return change(PointerForm::env, text, "UPSTREAM", value);
}

TEST(PointerEnvTest, ChangesTheValueAndNothingElse) {
    EXPECT_EQ(env("# first\n\n  A=1 # not ours\nUPSTREAM=one\nZ='x y'\n", "two"),
              "# first\n\n  A=1 # not ours\nUPSTREAM=two\nZ='x y'\n");
    EXPECT_EQ(env("UPSTREAM=one", "http://b:8080/x,y@z%20"), "UPSTREAM=http://b:8080/x,y@z%20");
    EXPECT_EQ(env("A=1\r\nUPSTREAM=one\r\nB=2\r\n", "two"), "A=1\r\nUPSTREAM=two\r\nB=2\r\n");
    EXPECT_EQ(env("\texport  UPSTREAM=one  \n", "two"), "\texport  UPSTREAM=two  \n");
    EXPECT_EQ(env("UPSTREAM=\n", "two"), "UPSTREAM=two\n");
    EXPECT_EQ(env("UPSTREAMS=a\nUPSTREAM=b\nXUPSTREAM=c\n;UPSTREAM=d\n#UPSTREAM=e\n", "x"),
              "UPSTREAMS=a\nUPSTREAM=x\nXUPSTREAM=c\n;UPSTREAM=d\n#UPSTREAM=e\n");
}

TEST(PointerEnvTest, KeepsTheQuotesWhereTheyHoldTheValue) {
    EXPECT_EQ(env("UPSTREAM=\"one\"\n", "two"), "UPSTREAM=\"two\"\n");
    EXPECT_EQ(env("UPSTREAM='one' \n", "two"), "UPSTREAM='two' \n");
    EXPECT_EQ(env("UPSTREAM=one\n", "two three"), "UPSTREAM=\"two three\"\n");
    EXPECT_EQ(env("UPSTREAM=\"one\"\n", "a$b"), "UPSTREAM='a$b'\n");
    EXPECT_EQ(env("UPSTREAM='one'\n", "it's"), "UPSTREAM=\"it's\"\n");
    EXPECT_EQ(env("UPSTREAM=one\n", "say \"x\""), "UPSTREAM='say \"x\"'\n");
}

TEST(PointerEnvTest, RefusesAValueThatNotEveryReaderTakesAlike) {
    for (const char* value : {"it's \"x\"", "a\\b", "a\nb", "a$b'c", "tab\there"}) {
        EXPECT_EQ(env("UPSTREAM=one\n", value),
                  "refused: line 1: the new value cannot be written so that every reader takes it "
                  "alike");
    }
}

TEST(PointerEnvTest, RefusesAFileInDoubt) {
    const std::pair<std::string, std::string> cases[] = {
        {"A=1\n", "UPSTREAM is not set in it"},
        {"", "UPSTREAM is not set in it"},
        {"UPSTREAM=a\nUPSTREAM=b\n", "line 2: UPSTREAM is set a second time"},
        {"UPSTREAM=a\nexport UPSTREAM=a\n", "line 2: UPSTREAM is set a second time"},
        {"UPSTREAM = a\n", "line 1: this is no assignment"},
        {"UPSTREAM= a\n", "line 1: something stands behind the value, or a blank before it"},
        {"UPSTREAM=a b\n", "line 1: something stands behind the value, or a blank before it"},
        {"UPSTREAM=a # b\n", "line 1: something stands behind the value, or a blank before it"},
        {"UPSTREAM=\"a\"b\n", "line 1: something stands behind the value, or a blank before it"},
        {"UPSTREAM=\"a\n", "line 1: a quote is not closed on its line"},
        {"A='x\nUPSTREAM=a\n'\n", "line 1: a quote is not closed on its line"},
        {"A=x\\\nUPSTREAM=a\n", "line 1: the line goes on in the next"},
        {"# x\\\r\nUPSTREAM=a\n", "line 1: the line goes on in the next"},
        {"UPSTREAM=$HOME\n",
         "line 1: the value has an escape, an expansion or a character that needs quotes"},
        {"UPSTREAM=\"$HOME\"\n",
         "line 1: the value has an escape, an expansion or a character that needs quotes"},
        {"UPSTREAM=\"a\\\"b\"\n", "line 1: a quote is not closed on its line"},
        {"UPSTREAM=a;b\n",
         "line 1: the value has an escape, an expansion or a character that needs quotes"},
        {"UPSTREAM=a\nunset UPSTREAM\n", "line 2: this is no assignment"},
        {"UPSTREAM=a\nif true; then\n", "line 2: this is no assignment"},
        {"\xef\xbb\xbfUPSTREAM=a\n", "line 1: this is no assignment"},
        {std::string{"UPSTREAM=a\0b\n", 13}, "it is no text file"},
    };
    for (const auto& [text, why] : cases) {
        EXPECT_EQ(env(text, "x"), "refused: " + why) << text;
        EXPECT_EQ(read(PointerForm::env, text, "UPSTREAM"), "refused: " + why) << text;
    }
}

std::string toml(const std::string& text, const std::string& key, const std::string& value) {
    return change(PointerForm::toml, text, key, value);
}

TEST(PointerTomlTest, ChangesTheValueAndNothingElse) {
    EXPECT_EQ(
        toml("# one\r\nb = 1  # two\r\n[dns]\r\nserver=\"x\" # here\r\nz=1\r\n", "dns.server", "y"),
        "# one\r\nb = 1  # two\r\n[dns]\r\nserver=\"y\" # here\r\nz=1\r\n");
    EXPECT_EQ(toml("a.b . c = 'x'", "a.b.c", "y"), "a.b . c = 'y'");
    EXPECT_EQ(toml("t = { k = \"x\", l = \"x\" }\n", "t.l", "y"), "t = { k = \"x\", l = \"y\" }\n");
    EXPECT_EQ(toml("\"\xc3\xa4\xe2\x82\xac\" = 1\nt = { \"\xc3\xa4\" = \"\xc3\xb6\", k = \"x\" }\n",
                   "t.k",
                   "y"),
              "\"\xc3\xa4\xe2\x82\xac\" = 1\nt = { \"\xc3\xa4\" = \"\xc3\xb6\", k = \"y\" }\n");
    EXPECT_EQ(toml("[[many]]\nk = \"x\"\n[[many]]\nk = \"x\"\n[one]\nk = \"x\"\nd = 1979-05-27\n",
                   "one.k",
                   "y"),
              "[[many]]\nk = \"x\"\n[[many]]\nk = \"x\"\n[one]\nk = \"y\"\nd = 1979-05-27\n");
}

TEST(PointerTomlTest, EscapesTheValue) {
    EXPECT_EQ(toml("k = \"x\"\n", "k", "a\"b\\c\nd\xc3\xa4"),
              "k = \"a\\\"b\\\\c\\u000Ad\xc3\xa4\"\n");
    EXPECT_EQ(toml("k = 'x'\n", "k", "C:\\a\"b"), "k = 'C:\\a\"b'\n");
    EXPECT_EQ(toml("k = 'x'\n", "k", "it's"), "k = \"it's\"\n");
    EXPECT_EQ(toml("k = \"a\\\"b # c\" # d\n", "k", "x"), "k = \"x\" # d\n");
    EXPECT_EQ(toml("k = \"\"\n", "k", "x"), "k = \"x\"\n");
}

TEST(PointerTomlTest, RefusesWhatIsNotCertain) {
    const std::pair<std::string, std::string> cases[] = {
        {"k = 1\n", "line 1: the value is no text"},
        {"a = 1\nk = [\"x\"]\n", "line 2: the value is no text"},
        {"k = \"\"\"x\"\"\"\n", "line 1: the value is a text of several lines"},
        {"k = '''\nx'''\n", "line 1: the value is a text of several lines"},
        {"[t]\nk = \"x\"\n", "k is not in it"},
        {"", "k is not in it"},
    };
    for (const auto& [text, why] : cases) {
        EXPECT_EQ(toml(text, "k", "y"), "refused: " + why) << text;
    }
    for (const char* text :
         {"k = \"x\"\nk = \"x\"\n", "k = \"x", "k = x", "k = \"x\"\nk.l = 1\n"}) {
        EXPECT_TRUE(toml(text, "k", "y").starts_with("refused: it is no TOML: ")) << text;
    }
    EXPECT_EQ(toml("[[k]]\nl = \"x\"\n", "k.l", "y"), "refused: k.l is not in it");
    EXPECT_EQ(toml("k = \"x\"\n", "k.", "y"), "refused: the key has an empty part");
    EXPECT_TRUE(toml("k = \"x\"\n", "k", "\xff").starts_with("refused: "));
    EXPECT_TRUE(toml("k = \"x\"\n#" + std::string(70'000, '#'), "k", "y").starts_with("refused: "));
}

std::string json(const std::string& text, const std::string& key, const std::string& value) {
    return change(PointerForm::json, text, key, value);
}

TEST(PointerJsonTest, ChangesTheValueAndNothingElse) {
    EXPECT_EQ(
        json("{ \"a\" : [1, {\"k\": \"x\"}, \"]}\"],\r\n\t\"k\" : \"x\" , \"z\":1e2}", "k", "y"),
        "{ \"a\" : [1, {\"k\": \"x\"}, \"]}\"],\r\n\t\"k\" : \"y\" , \"z\":1e2}");
    EXPECT_EQ(json(R"({"t":{"k":"x","big":123456789012345678901234567890.5},"k":"z"})", "t.k", "y"),
              R"({"t":{"k":"y","big":123456789012345678901234567890.5},"k":"z"})");
    EXPECT_EQ(json("\n{\"\\u006b\": \"x\\\"\\\\\"}\n", "k", "y"), "\n{\"\\u006b\": \"y\"}\n");
    EXPECT_EQ(json(R"({"a":{},"b":[],"c":null,"d":true,"k":""})", "k", "y"),
              R"({"a":{},"b":[],"c":null,"d":true,"k":"y"})");
}

TEST(PointerJsonTest, EscapesTheValue) {
    EXPECT_EQ(json(R"({"k":"x"})", "k", "a\"b\\c\nd/\xc3\xa4"),
              "{\"k\":\"a\\\"b\\\\c\\nd/\xc3\xa4\"}");
    EXPECT_EQ(json(R"({"k":"x"})", "k", "\xff"),
              "refused: line 1: the new value is no valid UTF-8");
}

TEST(PointerJsonTest, RefusesWhatIsNotCertain) {
    const std::pair<std::string, std::string> cases[] = {
        {"{\n\"k\":\"x\",\n\"k\":\"x\"}", "line 3: k stands there a second time"},
        {"{\"\\u006b\":\"x\",\"k\":\"x\"}", "line 1: k stands there a second time"},
        {"{\"k\":\n1}", "line 2: the value is no text"},
        {"{\"k\":{\"k\":\"x\"}}", "line 1: the value is no text"},
        {"{\"a\":\"x\"}", "k is not in it"},
        {"{}", "k is not in it"},
        {"[\"k\"]", "line 1: k is looked for in what is no object"},
        {"\"k\"", "line 1: k is looked for in what is no object"},
    };
    for (const auto& [text, why] : cases) {
        EXPECT_EQ(json(text, "k", "y"), "refused: " + why) << text;
    }
    for (const char* text : {"",
                             "{\"k\":\"x\"",
                             "{\"k\":\"x\",}",
                             "{'k':'x'}",
                             "// a\n{\"k\":\"x\"}",
                             "{\"k\":\"x\"} {}"}) {
        EXPECT_TRUE(json(text, "k", "y").starts_with("refused: it is no JSON: ")) << text;
    }
}

// A text cut at any byte, or with any byte another, is refused or keeps every other byte.
TEST(PointerFileTest, ADamagedTextIsRefusedOrKept) {
    const std::pair<PointerForm, std::string> texts[] = {
        {PointerForm::env, "# c\nexport A='b c'\nk=\"x\" \nZ=1\r\n"},
        {PointerForm::toml,
         "# c\n[t]\na = 'b # c'\n[t.u]\nb = [1, { k = \"\" }]\n[k]\nk=\"x\" # e\n"},
        {PointerForm::json, "{\"a\":[\"b\",{\"k\":1}],\n \"k\" : \"x\\n\", \"z\":-1.5e3}\n"},
    };
    for (const auto& [form, text] : texts) {
        const std::string key = form == PointerForm::toml ? "k.k" : "k";
        ASSERT_TRUE(read_key(form, text, key));
        for (std::size_t i = 0; i < text.size(); ++i) {
            for (const char byte : {'"', '\'', '\\', '\n', '{', ']', '#', '=', 'k', '\0', '\xff'}) {
                std::string other = text;
                other[i] = byte;
                for (const std::string& one : {other, text.substr(0, i)}) {
                    const auto old = read_key(form, one, key);
                    const auto changed = change_key(form, one, key, "another");
                    EXPECT_TRUE(old || !changed);
                    if (changed) {
                        EXPECT_EQ(read_key(form, *changed, key).value(), "another");
                        const auto back = change_key(form, *changed, key, *old);
                        EXPECT_TRUE(back) << one;
                    }
                }
            }
        }
    }
}

TEST(PointerFileTest, OtherFormsHaveNoKey) {
    EXPECT_EQ(read(PointerForm::symlink, "x", "k"), "refused: a pointer of this form has no key");
    EXPECT_EQ(read(PointerForm::file, "x", "k"), "refused: a pointer of this form has no key");
}

}  // namespace
}  // namespace primum::remedy
