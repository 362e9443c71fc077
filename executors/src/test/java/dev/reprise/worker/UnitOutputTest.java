package dev.reprise.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.testing.SeededTest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnitOutputTest {
  private static final int MOST = UnitOutput.MOST_HEAD + UnitOutput.MOST_TAIL;

  private final UnitOutput output = new UnitOutput();

  @Test
  void seal_nothingPrinted_isEmpty() {
    assertThat(output.seal()).isEqualTo(Bytes.EMPTY);
  }

  @SeededTest
  void seal_upToTheLimit_isAllThatWasPrinted(Random random) {
    String text = text(random, random.nextInt(MOST / 3));
    print(text, random);

    assertThat(new String(output.seal().array(), UTF_8)).isEqualTo(text);
  }

  @SeededTest
  void seal_beyondTheLimit_isBeginningAndEndWithTheGapCounted(Random random)
      throws CharacterCodingException {
    String text = text(random, MOST + random.nextInt(MOST));
    print(text, random);

    // Strict: a torn character would throw.
    String kept = UTF_8.newDecoder().decode(ByteBuffer.wrap(output.seal().array())).toString();

    String[] parts = kept.split("\n\\.\\.\\. | bytes of output left out \\.\\.\\.\n", 3);
    assertThat(text).startsWith(parts[0]).endsWith(parts[2]);
    int keptBytes = (parts[0] + parts[2]).getBytes(UTF_8).length;
    assertThat(Long.parseLong(parts[1])).isEqualTo(text.getBytes(UTF_8).length - keptBytes);
    assertThat(keptBytes).isBetween(MOST - 8, MOST);
  }

  @Test
  void write_afterSeal_isDropped() {
    print("before", new Random(1));
    output.seal();
    print("after", new Random(1));

    assertThat(output.isSealed()).isTrue();
    assertThat(output.seal()).isEqualTo(Bytes.EMPTY);
  }

  private static String text(Random random, int characters) {
    String[] alphabet = {"a", "é", "✈", "🛫", "\n"};
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      text.append(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  private void print(String text, Random random) {
    byte[] bytes = text.getBytes(UTF_8);
    for (int from = 0; from < bytes.length; ) {
      int count = Math.min(bytes.length - from, 1 + random.nextInt(30_000));
      output.write(bytes, from, count);
      from += count;
    }
  }
}
