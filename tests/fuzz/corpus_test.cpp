// SPDX-License-Identifier: MIT
#include "exposition.hpp"
#include "frames.hpp"
#include "monit.hpp"
#include "promql.hpp"
#include "push_lines.hpp"
#include "toml_rules.hpp"
#include "webhook.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace primum::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> corpus(const std::string& name) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(PRIMUM_FUZZ_CORPUS "/" + name)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// The bytes of a file; these cut short at each byte, and with each byte turned over.
void take_cut_and_broken(const fs::path& file, void (*take)(std::span<const std::uint8_t>)) {
    const auto bytes = bytes_of(file);
    const std::size_t most = std::min<std::size_t>(bytes.size(), 256);
    for (std::size_t i = 0; i < most; ++i) {
        take(std::span{bytes}.first(i));
        auto broken = bytes;
        broken[i] = static_cast<std::uint8_t>(~broken[i]);
        take(broken);
    }
}

// What was found once is taken in every run.
TEST(CorpusTest, FramesNeitherCrashNorAct) {
    const auto files = corpus("frames");
    ASSERT_GE(files.size(), 20U);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        take_frames(bytes_of(file));
    }
}

TEST(CorpusTest, NorDoTheyWhenTheyAreCutOrBroken) {
    for (const auto& file : corpus("frames")) {
        take_cut_and_broken(file, take_frames);
    }
}

TEST(CorpusTest, PagesAreReadAlikeWhateverCameBefore) {
    const auto files = corpus("exposition");
    ASSERT_GE(files.size(), 20U);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        take_pages(bytes_of(file));
        take_cut_and_broken(file, take_pages);
    }
}

TEST(CorpusTest, RulesOfMonitsFilesAreRightAndActOnNothing) {
    const auto files = corpus("monit");
    ASSERT_GE(files.size(), 8U);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        take_monit(bytes_of(file));
        take_cut_and_broken(file, take_monit);
    }
}

TEST(CorpusTest, RepliesOfAPrometheusServerAreReadOrRefused) {
    const auto files = corpus("promql");
    ASSERT_GE(files.size(), 10U);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        take_promql(bytes_of(file));
        take_cut_and_broken(file, take_promql);
    }
}

TEST(CorpusTest, PushedLinesDoNotDependOnHowTheyCome) {
    ASSERT_GE(corpus("push_lines").size(), 5U);
    for (const auto& file : corpus("push_lines")) {
        SCOPED_TRACE(file.filename());
        take_push_lines(bytes_of(file));
        take_cut_and_broken(file, take_push_lines);
    }
}

TEST(CorpusTest, RulesAreTakenWholeOrRefusedWithTheirPlaces) {
    const auto files = corpus("toml_rules");
    ASSERT_GE(files.size(), 20U);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        take_rules(bytes_of(file));
        take_cut_and_broken(file, take_rules);
    }
}

TEST(CorpusTest, WebhooksGiveSeriesThatCanBeRead) {
    ASSERT_GE(corpus("webhook").size(), 4U);
    for (const auto& file : corpus("webhook")) {
        SCOPED_TRACE(file.filename());
        take_webhook(bytes_of(file));
        take_cut_and_broken(file, take_webhook);
    }
}

}  // namespace
}  // namespace primum::fuzz
