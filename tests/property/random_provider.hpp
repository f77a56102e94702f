// SPDX-License-Identifier: MIT
#pragma once

#include "property/random_world.hpp"

namespace primum::property {

// The provider "up" with the candidates a, b and c, and the source of their indicators.
[[nodiscard]] std::string provider_text(Rng& rng);

// The parameters of a failover of that provider.
[[nodiscard]] std::string failover_text(Rng& rng);

// What becomes of its candidates and its pointer until `calm`, and what a person says of them; from
// then until `end` all are well.
[[nodiscard]] std::vector<Deed> provider_deeds(Rng& rng, Duration calm, Duration end);

}  // namespace primum::property
