package dev.reprise.examples.flights;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.reprise.cache.codec.ArrowTable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The steps of {@link FlightsModel} that know neither Spark nor Ray. */
final class LateFlights {
  private static final int LISTED = 5;

  private LateFlights() {}

  /**
   * Fits a model to all months but the last ones, and scores it on those.
   *
   * @param heldOut how many months it does not see
   */
  static Fit fit(Setting setting, List<ArrowTable> months, int heldOut) {
    Split split = Split.of(months, heldOut);
    SortedMap<String, Double> weights = Learner.weights(split.seen(), setting);
    Fit unscored = new Fit(setting, 0, weights);
    return new Fit(setting, score(unscored, split.unseen()), weights);
  }

  /** The one with the best score, the first of them if there are several. */
  static Choice best(List<Fit> fits) {
    return new Choice(
        fits.size(), fits.stream().max(Comparator.comparingDouble(Fit::score)).orElseThrow());
  }

  /** What the model is good for, month by month, and what it has learned. */
  static String report(Choice choice, List<ArrowTable> months, int heldOut) {
    Split split = Split.of(months, heldOut);
    Fit best = choice.best();
    StringBuilder text = new StringBuilder();
    text.append("The best of ").append(choice.tried()).append(" models\n\n  ");
    text.append(best.setting().text()).append('\n');
    line(text, "months that it has seen", best, split.seen());
    split.unseen().stream()
        .collect(groupingBy(Flight::month, TreeMap::new, toList()))
        .forEach((month, flights) -> line(text, "month " + month, best, flights));
    text.append("\nmost often late\n");
    List<Map.Entry<String, Double>> byWeight =
        best.weights().entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .toList();
    byWeight.stream().limit(LISTED).forEach(feature -> line(text, feature));
    text.append("\nleast often late\n");
    byWeight.stream()
        .skip(Math.max(0, byWeight.size() - LISTED))
        .forEach(feature -> line(text, feature));
    return text.toString();
  }

  private static void line(StringBuilder text, String what, Fit model, List<Flight> flights) {
    text.append(
        String.format(
            Locale.ROOT,
            "  %-26s %,7d flights, score %.3f\n",
            what,
            flights.size(),
            score(model, flights)));
  }

  private static void line(StringBuilder text, Map.Entry<String, Double> feature) {
    text.append(
        String.format(Locale.ROOT, "  %-14s %+.3f\n", feature.getKey(), feature.getValue()));
  }

  /** The share of pairs, of a late flight and another, whose late one is ranked above. */
  static double score(Fit model, List<Flight> flights) {
    SortedMap<Double, int[]> byLateness = new TreeMap<>();
    long late = 0;
    for (Flight flight : flights) {
      byLateness
          .computeIfAbsent(model.lateness(flight), any -> new int[2])[flight.late() ? 1 : 0]++;
      late += flight.late() ? 1 : 0;
    }
    double above = 0;
    long onTimeBelow = 0;
    for (int[] counts : byLateness.values()) {
      above += counts[1] * (onTimeBelow + counts[0] / 2.0);
      onTimeBelow += counts[0];
    }
    return late == 0 || onTimeBelow == 0 ? 0.5 : above / late / onTimeBelow;
  }

  /** Flights of the months that a model sees, and of those that it is scored on. */
  private record Split(List<Flight> seen, List<Flight> unseen) {
    static Split of(List<ArrowTable> months, int heldOut) {
      List<Flight> all = Flight.allOf(months);
      TreeSet<Integer> last = new TreeSet<>();
      all.forEach(flight -> last.add(flight.month()));
      while (last.size() > heldOut) {
        last.pollFirst();
      }
      return new Split(
          all.stream().filter(flight -> !last.contains(flight.month())).toList(),
          all.stream().filter(flight -> last.contains(flight.month())).toList());
    }
  }
}
