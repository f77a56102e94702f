// SPDX-License-Identifier: MIT
#include "nab_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace primum::bench {
namespace {

// A detection at `row`, outside of all windows; `before` is the last one that has ended.
double false_alarm(const Window* before, std::size_t row, const Profile& profile) {
    if (before == nullptr) {
        return -profile.false_positive;
    }
    const auto behind = static_cast<double>(row - before->last);
    const auto width = static_cast<double>(before->last - before->first);
    return scaled_sigmoid(behind / std::max(width, 1.0)) * profile.false_positive;
}

double detection(const Window& window, std::size_t row, const Profile& profile) {
    const auto left = static_cast<double>(window.last - row + 1);
    const auto width = static_cast<double>(window.last - window.first + 1);
    return scaled_sigmoid(-left / width) / scaled_sigmoid(-1) * profile.true_positive;
}

}  // namespace

std::size_t LabelledFile::probation() const {
    constexpr std::size_t longest = 5'000;
    return std::min(rows.size(), longest) * 15 / 100;
}

Profile standard_profile() {
    return {"standard", 1, 0.11, 1};
}

Profile reward_low_fp_profile() {
    return {"reward_low_FP_rate", 1, 0.22, 1};
}

double normalised(double score, std::size_t windows, const Profile& profile) {
    const auto count = static_cast<double>(windows);
    const double nothing = -profile.false_negative * count;
    const double perfect = profile.true_positive * count;
    return windows == 0 ? 100 * score : 100 * (score - nothing) / (perfect - nothing);
}

double scaled_sigmoid(double place) {
    return place > 3 ? -1 : 2 / (1 + std::exp(5 * place)) - 1;
}

double score_of(const LabelledFile& file,
                const std::vector<double>& anomaly,
                double threshold,
                const Profile& profile) {
    double score = 0;
    const Window* before = nullptr;
    auto window = file.windows.begin();
    bool found = false;
    const auto leave_window = [&] {
        score -= found ? 0 : profile.false_negative;
        before = &*window++;
        found = false;
    };
    for (std::size_t row = 0; row < file.rows.size(); ++row) {
        if (window != file.windows.end() && row > window->last) {
            leave_window();
        }
        if (row < file.probation() || !(anomaly[row] >= threshold)) {
            continue;
        }
        if (window == file.windows.end() || row < window->first) {
            score += false_alarm(before, row, profile);
        } else if (!found) {
            score += detection(*window, row, profile);
            found = true;
        }
    }
    if (window != file.windows.end()) {
        leave_window();
    }
    return score;
}

Scored best_of(const std::vector<LabelledFile>& files,
               const std::vector<std::vector<double>>& anomalies,
               const Profile& profile) {
    std::vector<double> thresholds;
    std::size_t windows = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        windows += files[i].windows.size();
        thresholds.insert(thresholds.end(), anomalies[i].begin(), anomalies[i].end());
    }
    std::sort(thresholds.begin(), thresholds.end(), std::greater<>{});
    thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
    // Candidates lie close where scores are high and few, and far apart where they are many.
    const auto all_at = [&](double threshold) {
        double sum = 0;
        for (std::size_t i = 0; i < files.size(); ++i) {
            sum += score_of(files[i], anomalies[i], threshold, profile);
        }
        return sum;
    };
    Scored best{std::numeric_limits<double>::infinity(), 0, {}};
    double best_sum = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < thresholds.size(); i += 1 + i / 50) {
        const double sum = all_at(thresholds[i]);
        if (sum > best_sum) {
            best_sum = sum;
            best.threshold = thresholds[i];
        }
    }
    best.score = normalised(best_sum, windows, profile);
    for (std::size_t i = 0; i < files.size(); ++i) {
        best.of_files.push_back(score_of(files[i], anomalies[i], best.threshold, profile));
    }
    return best;
}

}  // namespace primum::bench
