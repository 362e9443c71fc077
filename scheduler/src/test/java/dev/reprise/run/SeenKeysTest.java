package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenKeysTest {
  private final SeenKeys keys = new SeenKeys();

  @Test
  void mayHave_eachOfManyThatWereAdded_isTrue() {
    IntStream.range(0, 10_000).forEach(i -> keys.add(key(i)));
    IntStream.range(0, 10_000).forEach(i -> keys.add(key(i)));

    assertThat(IntStream.range(0, 10_000)).allMatch(i -> keys.mayHave(key(i)));
  }

  @Test
  void mayHave_othersThanWereAdded_isHardlyEverTrue() {
    IntStream.range(0, 10_000).forEach(i -> keys.add(key(i)));

    assertThat(IntStream.range(10_000, 30_000).filter(i -> keys.mayHave(key(i))).count())
        .isLessThan(10);
  }

  @Test
  void mayHave_nothingWasAdded_isFalse() {
    assertThat(IntStream.range(0, 100)).noneMatch(i -> keys.mayHave(key(i)));
  }

  private static Fingerprint key(int i) {
    return Hasher.of("key").putLong(i).finish();
  }
}
