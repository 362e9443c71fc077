package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.SeededTest;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

final class KeyOrderTest {
  @SeededTest
  void of_anyKeys_isAscending(Random random) {
    int size = random.nextInt(3000);
    int different = 1 + random.nextInt(40);
    byte[] keys = new byte[size * Fingerprint.BYTES];
    for (int i = 0; i < size; i++) {
      int from = i * Fingerprint.BYTES;
      // Some that differ late, some equal, some anything.
      Arrays.fill(keys, from, from + Fingerprint.BYTES, (byte) random.nextInt(different));
      if (random.nextBoolean()) {
        keys[from + random.nextInt(Fingerprint.BYTES)] = (byte) random.nextInt();
      }
    }

    int[] order = KeyOrder.of(keys, size);

    assertThat(IntStream.of(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, size).toArray());
    for (int i = 1; i < size; i++) {
      Fingerprint before = Fingerprint.read(keys, order[i - 1] * Fingerprint.BYTES);
      assertThat(before).isLessThanOrEqualTo(Fingerprint.read(keys, order[i] * Fingerprint.BYTES));
    }
  }
}
