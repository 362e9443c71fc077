package dev.reprise.run;

import java.util.HashMap;
import java.util.Map;

/** Remembers which results were lost and made again, so that no run does that for ever. */
final class Healing {
  /** A result that is lost more often than this has another fault than a bad disk block. */
  static final int MOST = 3;

  private final Map<Integer, Integer> times = new HashMap<>();
  private final Map<Integer, Long> begun = new HashMap<>();

  /** How many times the producer was made to run again. */
  int times(int producer) {
    return times.getOrDefault(producer, 0);
  }

  /**
   * Says that the producer runs again.
   *
   * @param nextAttempt id of the next attempt of any unit: those before it got the lost result
   */
  void begins(int producer, long nextAttempt) {
    times.merge(producer, 1, Integer::sum);
    begun.put(producer, nextAttempt);
  }

  /** Whether the producer was made to run again after the attempt was given its inputs. */
  boolean beganSince(int producer, long attempt) {
    return begun.getOrDefault(producer, 0L) > attempt;
  }
}
