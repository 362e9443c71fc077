package dev.reprise.examples.flights;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How one model of a sweep is made.
 *
 * @param number its place in the sequence, from 1
 * @param penalty what keeps weights small
 * @param cost of an error beside the penalty
 * @param lateWeight how much more a flight that is late counts
 */
record Setting(int number, Penalty penalty, double cost, double lateWeight) {
  /** What keeps the weights of a model small. */
  enum Penalty {
    /** The sum of their squares. */
    SQUARES,
    /** The sum of their sizes: many are 0. */
    SIZES
  }

  /** The first settings of a fixed sequence, so that a longer sweep begins with a shorter one. */
  static List<Setting> first(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Setting::of).toList();
  }

  private static Setting of(int number) {
    return new Setting(
        number,
        number % 2 == 1 ? Penalty.SQUARES : Penalty.SIZES,
        StrictMath.pow(10, -3 + 3 * halton(number, 2)),
        1 + 3 * halton(number, 3));
  }

  /** The Halton sequence, which fills the range from 0 to 1 evenly however long it is. */
  private static double halton(int index, int base) {
    double value = 0;
    double digit = 1;
    for (int rest = index; rest > 0; rest /= base) {
      digit /= base;
      value += digit * (rest % base);
    }
    return value;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "setting %s: penalty on %s, cost %.4f, late flights count %.2f times",
        number,
        penalty.name().toLowerCase(Locale.ROOT),
        cost,
        lateWeight);
  }
}
