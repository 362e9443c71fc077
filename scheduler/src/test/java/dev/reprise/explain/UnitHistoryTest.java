package dev.reprise.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.explain.UnitHistory.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitHistoryTest {
  @Test
  void with_moreThanFour_keepsTheNewestFirst() {
    UnitHistory history = UnitHistory.EMPTY;
    for (int i = 1; i <= 6; i++) {
      history = history.with(variant("k" + i, "run" + i));
    }
    assertThat(history.variants())
        .extracting(Variant::run)
        .containsExactly("run6", "run5", "run4", "run3");
  }

  @Test
  void with_keyThatWasThere_movesItToTheFront() {
    UnitHistory history =
        UnitHistory.EMPTY
            .with(variant("a", "run1"))
            .with(variant("b", "run2"))
            .with(variant("a", "run3"));
    assertThat(history.variants()).extracting(Variant::run).containsExactly("run3", "run2");
  }

  @Test
  void id_pipelineStepAndLabel_areKeptApart() {
    assertThat(
            List.of(
                UnitHistory.id("p", "s", "l"),
                UnitHistory.id("ps", "", "l"),
                UnitHistory.id("p", "sl", ""),
                UnitHistory.id("", "p", "sl")))
        .doesNotHaveDuplicates();
  }

  private static Variant variant(String key, String run) {
    Fingerprint digest = Hasher.of(key).finish();
    return new Variant(digest, digest, run, List.of());
  }
}
