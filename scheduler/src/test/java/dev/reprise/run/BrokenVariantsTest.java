package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulation is worth what it finds: with a part that breaks its promise in the place of a
 * sound one, the seeds that every build plays are enough to say so.
 */
class BrokenVariantsTest {
  private static final int SEEDS = 2000;

  @TempDir Path folder;

  static Set<String> variants() {
    return SimVariants.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void play_brokenVariant_isFound(String variant) {
    int found = -1;
    for (int seed = 1; seed <= SEEDS && found < 0; seed++) {
      SimSeams broken = SimVariants.all().get(variant);
      if (SimSeeds.failureOf(seed, folder, broken) != null) {
        found = seed;
      }
    }

    assertThat(found).as("the first seed that tells that %s", variant).isPositive();
  }
}
