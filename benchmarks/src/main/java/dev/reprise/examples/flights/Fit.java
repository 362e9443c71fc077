package dev.reprise.examples.flights;

import java.util.SortedMap;

/**
 * A model: a flight is the likelier to be late, the larger the sum of its features' weights.
 *
 * @param score how likely it ranks a flight that was late above one that was not, of months that it
 *     has not seen; 0.5 for a model that knows nothing
 * @param weights by feature; a feature that is not here has none
 */
record Fit(Setting setting, double score, SortedMap<String, Double> weights) {
  double lateness(Flight flight) {
    return flight.features().stream()
        .mapToDouble(feature -> weights.getOrDefault(feature, 0.0))
        .sum();
  }
}
