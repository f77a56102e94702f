// SPDX-License-Identifier: MIT
#include "actuator/rules_cache.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <unistd.h>

namespace primum::actuator {
namespace {

namespace fs = std::filesystem;

constexpr auto some_target = R"(
[target.gateway]
unit = "gateway.service"
indicator.unit.value = "unit_state"
)";

class RulesCacheTest : public testing::Test {
protected:
    RulesCacheTest() {
        fs::create_directory(directory_.path("rules.d"));
        static_cast<void>(directory_.write("rules.d/a.toml", some_target));
        places_.settings = directory_.path("primum.toml");
        places_.rules = {directory_.path("rules.d")};
        places_.trust = {::geteuid(), directory_.root()};
        cache_ = std::make_unique<RulesCache>(places_);
    }
    // The targets' names, or why there are no rules.
    std::string names() {
        const auto rules = cache_->get();
        if (!rules.has_value()) {
            return rules.error().message;
        }
        std::string all;
        for (const auto& target : (*rules)->targets) {
            all += (all.empty() ? "" : " ") + target.name;
        }
        return all;
    }
    void age(const std::string& name) {
        fs::last_write_time(directory_.path(name),
                            fs::last_write_time(directory_.path(name)) - std::chrono::hours{1});
    }

    TemporaryDirectory directory_;
    RulesPlaces places_;
    std::unique_ptr<RulesCache> cache_;
};

TEST_F(RulesCacheTest, ReadsOnceWhileNothingChanges) {
    const auto first = cache_->get();
    ASSERT_TRUE(first.has_value()) << first.error().message;
    EXPECT_EQ(first->get(), cache_->get()->get());
    EXPECT_EQ(names(), "gateway");
}

TEST_F(RulesCacheTest, SeesAChangedFile) {
    EXPECT_EQ(names(), "gateway");
    age("rules.d/a.toml");
    static_cast<void>(directory_.write("rules.d/a.toml", std::string(some_target) + R"(
[target.postgres]
unit = "postgres.service"
indicator.unit.value = "unit_state"
)"));
    EXPECT_EQ(names(), "gateway postgres");
}

constexpr auto some_template = R"(
[template.page]
summary = "s"
[template.page.target]
unit = "${name}.service"
indicator.unit.value = "unit_state"
)";

class TemplateCacheTest : public RulesCacheTest {
protected:
    TemplateCacheTest() {
        fs::create_directory(directory_.path("library"));
        static_cast<void>(directory_.write("library/page.toml", some_template));
        static_cast<void>(directory_.write("primum.toml",
                                           "library = [\"" + directory_.path("library") + "\"]\n"));
        static_cast<void>(directory_.write("rules.d/a.toml", "[target.page]\nuse = \"page\"\n"));
    }
};

TEST_F(TemplateCacheTest, SeesAChangedTemplate) {
    EXPECT_EQ(names(), "page");
    const auto first = *cache_->get();
    EXPECT_EQ(first, *cache_->get());
    age("library/page.toml");
    const auto second = *cache_->get();
    EXPECT_NE(first, second);
    EXPECT_EQ(first->digest, second->digest);
}

TEST_F(TemplateCacheTest, RefusesATemplateThatOthersMayWrite) {
    fs::permissions(
        directory_.path("library/page.toml"), fs::perms::group_write, fs::perm_options::add);
    EXPECT_NE(names().find("library/page.toml"), std::string::npos) << names();
}

TEST_F(RulesCacheTest, SeesANewFileAndAnOverride) {
    EXPECT_EQ(names(), "gateway");
    static_cast<void>(directory_.write(
        "rules.d/b.toml",
        "[target.b]\nunit = \"b.service\"\nindicator.unit.value = \"unit_state\"\n"));
    EXPECT_EQ(names(), "b gateway");
    fs::create_directory(directory_.path("rules.d/a.d"));
    static_cast<void>(
        directory_.write("rules.d/a.d/10.toml", "[target.gateway]\nunit = \"other.service\"\n"));
    EXPECT_EQ((*cache_->get())->targets[1].unit, "other.service");
    static_cast<void>(
        directory_.write("rules.d/a.d/10.toml", "[target.gateway]\nunit = \"third.service\"\n"));
    EXPECT_EQ((*cache_->get())->targets[1].unit, "third.service");
}

TEST_F(RulesCacheTest, SeesChangedSettings) {
    EXPECT_EQ((*cache_->get())->settings.mode, Mode::dry_run);
    static_cast<void>(directory_.write("primum.toml", "mode = \"enforce\"\n"));
    EXPECT_EQ((*cache_->get())->settings.mode, Mode::enforce);
}

TEST_F(RulesCacheTest, AMistakeMeansNoRulesUntilItIsMended) {
    static_cast<void>(directory_.write("rules.d/a.toml", "[target.gateway]\nunti = \"x\"\n"));
    EXPECT_NE(names().find("a.toml:1:9: "), std::string::npos) << names();
    static_cast<void>(directory_.write("rules.d/a.toml", some_target));
    EXPECT_EQ(names(), "gateway");
}

TEST_F(RulesCacheTest, FilesThatOthersCanWriteAreNotBelieved) {
    EXPECT_EQ(names(), "gateway");
    fs::permissions(
        directory_.path("rules.d/a.toml"), fs::perms::others_write, fs::perm_options::add);
    EXPECT_NE(names().find("a.toml"), std::string::npos) << names();
    EXPECT_FALSE(cache_->get().has_value());
    fs::permissions(
        directory_.path("rules.d/a.toml"), fs::perms::others_write, fs::perm_options::remove);
    EXPECT_TRUE(cache_->get().has_value());
    fs::permissions(directory_.path("rules.d"), fs::perms::group_write, fs::perm_options::add);
    EXPECT_FALSE(cache_->get().has_value());
}

TEST_F(RulesCacheTest, SettingsThatOthersCanWriteAreNotBelieved) {
    static_cast<void>(directory_.write("primum.toml", "mode = \"enforce\"\n"));
    EXPECT_TRUE(cache_->get().has_value());
    fs::permissions(directory_.path("primum.toml"), fs::perms::others_write, fs::perm_options::add);
    EXPECT_FALSE(cache_->get().has_value());
}

TEST_F(RulesCacheTest, ReleasedItReadsAnew) {
    const auto first = cache_->get();
    cache_->release();
    const auto second = cache_->get();
    ASSERT_TRUE(second.has_value());
    EXPECT_NE(first->get(), second->get());
    EXPECT_EQ((*first)->digest, (*second)->digest);
}

}  // namespace
}  // namespace primum::actuator
