// SPDX-License-Identifier: MIT
#pragma once

#include "source/polled.hpp"
#include "source/tools.hpp"

#include <primum/source.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace primum::source {

// What one vantage point says: it works, it does not, or nothing can be said (`failure` says why).
enum class Verdict : std::uint8_t { good, bad, unknown };

struct Vote {
    Verdict verdict = Verdict::unknown;
    SourceFailure failure = SourceFailure::none;
    std::string detail;  // why it is not good
    std::optional<double> duration;
    std::optional<double> status;
    std::optional<double> tls_expiry;  // seconds left
};

// What is made of all of them. `success` is absent without a verdict: then `failure` says why.
struct Outcome {
    std::optional<bool> success;
    SourceFailure failure = SourceFailure::none;
    std::string detail;
};

// `agree.k` of those that say the same give the verdict. Otherwise what failed them all, or
// `disagreement`.
[[nodiscard]] Outcome judge(const std::vector<std::string>& vantages,
                            const std::vector<Vote>& votes,
                            const Agreement& agree);

// What a failed attempt to reach a server says about it. Nobody listening, a connection that is
// closed and an answer in no known protocol are the server's; what may be this host's own (no
// route, no resolver, no trust) is unknown.
[[nodiscard]] Verdict verdict_of(SourceFailure failure, TimeoutMeans timeout_means);

// A source whose outcome is the evidence: looks from all its vantage points at once, every
// interval. `probe_success` is 1 or 0; each vantage point has series of its own, labelled with it.
// A verdict 0 is looked at again, as far as the tries go, before it counts.
class ProbeSource : public PolledSource {
public:
    ProbeSource(const Tools& tools,
                SourceRule rule,
                SeriesId first_id,
                std::vector<std::string> vantages,
                const Agreement& agree);

protected:
    // Ends in one voted(), later or at once, within about `timeout`.
    virtual void look(std::size_t vantage, Duration timeout) = 0;
    void voted(std::size_t vantage, Vote vote);
    [[nodiscard]] const std::vector<std::string>& vantages() const { return vantages_; }

private:
    void attempt(Duration timeout) override;
    void finish();
    [[nodiscard]] std::vector<Measured> measured(bool success) const;

    std::vector<std::string> vantages_;
    Agreement agree_;
    std::vector<Vote> votes_;
    std::size_t pending_ = 0;
};

}  // namespace primum::source
