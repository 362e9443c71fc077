package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs in virtual time, with faults by chance, judged by a model without a cache. FAULTS I1
 * to I9 and rows 10, 13 to 16, 20, 35, 36, 39, 41, 48, 49, 53, 54, 64, 65; "Test architecture" 1
 * and 4.
 */
class SimulationTest {
  private static final long SEEDS = 2_000;
  private static final long STRESS_SEEDS = 40_000;

  @TempDir Path folder;

  @Test
  @Timeout(value = 20, unit = TimeUnit.HOURS) // any number of seeds may be asked for
  @Shows({"Fault 13", "Fault 39", "Fault 41"})
  void runs_anySeed_areRightWhateverHappens() {
    SimSeeds.given(Boolean.getBoolean("reprise.stress") ? STRESS_SEEDS : SEEDS).play(folder);
  }

  /** What a seed finds must be found again. */
  @Test
  void play_sameSeed_isTheSameCourse() {
    for (long seed = 1; seed <= 30; seed++) {
      List<String> course = Simulation.play(seed, folder.resolve("one" + seed), new SimSeams());
      List<String> again = Simulation.play(seed, folder.resolve("two" + seed), new SimSeams());

      assertThat(again).isEqualTo(course);
    }
  }
}
